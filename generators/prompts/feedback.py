"""Templates: a teacher's feedback that names the step and the kind of mistake, never a value.

No template holds a digit and none quotes the work, so that no answer can stand in it. `{step}` is a
step's name in words ("the third step"). What is said of a step is said only where it is proven; `LOOK_AT`
says no more than where to look.
"""

from itertools import product

_NOT_YET = (
    "Not quite.",
    "That is not right yet.",
    "Your answer is not correct.",
    "This does not come out right.",
    "The result you reached is not the right one.",
    "I cannot agree with this answer.",
)
GOES_WRONG = tuple(
    f"{opener} {body}"
    for opener, body in product(
        _NOT_YET,
        (
            "The first thing that goes wrong is in {step}.",
            "Everything is fine until {step}.",
            "Go back to {step}: that is where it goes wrong.",
            "Your work holds up to {step}, which does not.",
            "The mistake begins in {step}.",
            "Check {step}; what comes before it is sound.",
        ),
    )
)
"""Where the step is proven wrong and everything before it right."""
GOES_WRONG_AT_ONCE = tuple(
    f"{opener} {body}"
    for opener, body in product(
        _NOT_YET,
        (
            "It goes wrong in {step} already.",
            "Already {step} does not hold.",
            "Go back to {step}: that is where it goes wrong.",
            "The trouble begins right in {step}.",
            "The mistake is in {step} already.",
            "You cannot go on from {step} as it stands.",
        ),
    )
)
"""The same of the step with which the work begins: nothing can be said of what comes before it."""
LOOK_AT = tuple(
    f"{opener} {body}"
    for opener, body in product(
        _NOT_YET,
        (
            "Have another look at {step}.",
            "I would start by checking {step}.",
            "Please go over {step} once more.",
            "You may want to look closely at {step}.",
            "Reread {step} with care.",
            "Try to justify {step} to yourself.",
        ),
    )
)
"""Where the step is likely wrong and not proven."""
UNLOCATED = tuple(
    f"{opener} {body}"
    for opener, body in product(
        _NOT_YET,
        (
            "Go through your steps again.",
            "Please check each step against the problem.",
            "Look over your work and try again.",
            "See whether every step follows from the one before.",
            "Read the problem once more and compare your steps with it.",
            "Something in your work needs to change.",
        ),
    )
)
"""Where nothing is known of the mistake but that there is one."""
ANSWER_ONLY = tuple(
    f"{opener} {body}"
    for opener, body in product(
        _NOT_YET,
        (
            "Compare what you give as the answer with what the problem asks for.",
            "Ask yourself whether your last line answers the question.",
            "Read the question again, then your last line.",
            "What you state at the end needs another look.",
            "Check the end of your work against the question.",
            "Look once more at what is asked, and at what you answered.",
        ),
    )
)
"""Where the steps show nothing wrong and the answer at the end is."""

KIND = {
    "calculation": (
        "A result there is not what the operation gives.",
        "Work the calculation out again.",
        "The operation is carried out wrongly.",
    ),
    "operator": (
        "Think about which operation is needed there.",
        "The numbers are the right ones, the operation is not.",
        "Ask whether these quantities are combined in the right way.",
    ),
    "context_value": (
        "Compare the numbers you use with those of the problem.",
        "A number there is not the one the problem gives.",
        "Look up in the problem what you copied.",
    ),
    "previous_step_value": (
        "A number carried over from your own work is not the one you found.",
        "Compare the numbers there with your earlier results.",
        "You go on with the wrong one of your own results.",
    ),
    "counting": ("Count again.", "The count there is off.", "Recount what is asked about."),
    "unit_conversion": (
        "Mind the units.",
        "A unit is not converted as it should be.",
        "Check how you convert the units.",
    ),
    "missing_step": (
        "Something has to be done before that can be concluded.",
        "A step is missing.",
        "One thing the answer depends on is left out.",
    ),
    "dropped_case": (
        "Not every part is taken into account.",
        "Something that belongs there is left out.",
        "Check whether you have all the parts.",
    ),
    "sign": ("Mind the signs.", "A sign is turned there.", "Check plus and minus."),
    "rounding": (
        "Mind the exact value.",
        "A value is rounded where it should not be.",
        "Check the rounding.",
    ),
    "distribution": (
        "Mind the bracket.",
        "A factor reaches only some of the terms in the bracket.",
        "Multiply the bracket out again.",
    ),
    "cancellation": (
        "Mind what may be cancelled.",
        "The fraction is not cancelled as a whole.",
        "Check the cancelling.",
    ),
    "exponent_rule": (
        "Mind the rule of powers.",
        "The rule of powers used there does not hold.",
        "Check the powers.",
    ),
    "lost_root": (
        "Are these all the solutions?",
        "A solution is lost there.",
        "Look for a further solution.",
    ),
    "inequality_flip": (
        "Mind the direction of the inequality.",
        "The inequality should turn.",
        "Check the sign of the inequality.",
    ),
}
"""What is said of each kind that a program can prove; all are true of any mistake of the kind."""

AGAIN = (
    "",
    "Please try again.",
    "Give it another try.",
    "Have another go.",
    "What do you get then?",
    "Solve it once more.",
)
"""What feedback ends in."""

TEACHER = """\
You are a teacher. A student tries to solve this problem:

{statement}

For your eyes only, the right answer is: {answer}

The student's solution, which is wrong:

{work}

Write one to three sentences of feedback that help the student find the mistake: name the step and the kind \
of mistake. Do not state the right answer or the right value of any step, do not do the work for the student \
and do not mention that you know the answer."""
"""Fields: statement, answer, work."""

ASK_FEEDBACK = (
    "Give feedback on the solution above.",
    "You are the teacher now. What would you tell the author of this solution?",
    "Comment on the solution without giving the answer away.",
    "Is there anything the author of this solution should look at again?",
    "Review the solution above and say whether it needs another look.",
    "Look for a first mistake; if there is one, say where, without correcting it.",
    "Write a short comment on this solution for its author.",
    "If this were a student's work, what feedback would you give?",
    "Does any step need work? Say which.",
    "How would you comment on this?",
    "Point out what is wrong, if anything is, without solving the problem.",
    "Please assess the solution above in a sentence or two.",
    "Tell the student what you think of this.",
    "Say what a good teacher would say about this work.",
    "Check the solution and comment on it.",
    "Would you accept this solution? If not, where should the student look?",
    "Comment on the steps above.",
    "Give a remark, not the answer.",
    "Would you send any part of this solution back?",
    "Be the grader: what do you write in the margin?",
    "Read the work above critically and say what you find.",
    "What is your feedback?",
    "Help the student along with one remark.",
    "Go through the solution and say whether it holds.",
    "Mark this.",
    "If a step is to be mended, say which and what sort of mistake it is.",
    "Review this and leave a comment for the author.",
    "What do you say to the student?",
    "Does this hold up? Comment without giving anything away.",
    "Look the solution over and give your opinion.",
)
"""A request for feedback on the solution before it; none says whether there is a mistake."""

NO_MISTAKE = tuple(
    f"{opener} {body}"
    for opener, body in product(
        (
            "I would leave this as it is.",
            "Nothing to object to.",
            "There is nothing to put right here.",
            "I have no correction to make.",
            "I find no mistake.",
            "This needs no change.",
        ),
        (
            "The solution is correct.",
            "Your answer is correct.",
            "The result is right.",
            "Your answer is right.",
            "The answer is right.",
            "The answer given is correct.",
        ),
    )
)
"""Feedback on a right solution; ends in a verdict that can be read. None claims more of the steps than is proven."""
