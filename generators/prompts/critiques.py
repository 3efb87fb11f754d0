"""Templates: a critique of a solution by its first wrong step, and the correction that follows it.

Unlike feedback (`generators.prompts.feedback`) a critique says what is wrong and what is right. `{step}` is a
step's name in words, `{expression}` what was computed there, `{wrong}` what was stated, `{right}` what it is.
"""

from itertools import product

_LOOKING = (
    "Going through the solution, I stop at {step}.",
    "The first mistake is in {step}.",
    "What goes wrong is {step}.",
    "Look at {step}.",
    "The problem is {step}.",
    "It is {step} that does not hold.",
)
EQUATION = tuple(
    f"{opener} {body}"
    for opener, body in product(
        _LOOKING,
        (
            "It says {wrong}, but {expression} is {right}.",
            "There {expression} is worked out as {wrong}; it is {right}.",
            "{expression} gives {right}, not {wrong}.",
            "The result {wrong} is wrong: {expression} = {right}.",
            "{expression} comes to {right}, so {wrong} is a mistake in the calculation.",
            "Computing {expression} again gives {right} and not {wrong}.",
        ),
    )
)
"""The step states a false equation. Fields: step, expression, wrong, right."""
EQUATION_UNSAID = tuple(
    f"{opener} {body}"
    for opener, body in product(
        _LOOKING,
        (
            "{expression} is not {wrong}.",
            "There {expression} is worked out wrongly.",
            "{expression} does not give {wrong}.",
            "The result of {expression} is not right.",
            "{wrong} is a mistake in the calculation of {expression}.",
            "Computing {expression} again gives something else than {wrong}.",
        ),
    )
)
"""The same where the result is the answer itself, which is left to the correction. Fields: step, expression, wrong."""
KIND_ONLY = _LOOKING
"""Before a sentence on the kind of mistake (`KIND`). Field: step."""
KIND = {
    "calculation": (
        "A result there is not what the operation gives.",
        "The operation is carried out wrongly.",
    ),
    "operator": (
        "The numbers are the right ones, the operation is not.",
        "Another operation is needed there.",
    ),
    "context_value": (
        "A number there is not the one the problem gives.",
        "A number of the problem is copied wrongly there.",
    ),
    "previous_step_value": (
        "A number carried over from an earlier step is not the one found there.",
        "It goes on with the wrong one of the earlier results.",
    ),
    "counting": ("The count there is off.", "Something is counted wrongly there."),
    "unit_conversion": (
        "A unit is not converted as it should be.",
        "A conversion of units goes wrong there.",
    ),
    "missing_step": ("Something has to be done before that can be concluded.", "A step is missing."),
    "dropped_case": ("Not every part is taken into account.", "Something that belongs there is left out."),
    "sign": ("A sign is turned there.", "A sign there is wrong."),
    "rounding": ("A value is rounded where it should not be.", "The exact value is needed there."),
    "distribution": (
        "A factor reaches only some of the terms in the bracket.",
        "The bracket is not multiplied out as a whole.",
    ),
    "cancellation": ("The fraction is not cancelled as a whole.", "Something is cancelled that may not be."),
    "exponent_rule": ("The rule of powers used there does not hold.", "The powers are not combined rightly."),
    "lost_root": ("A solution is lost there.", "There is a further solution."),
    "inequality_flip": ("The inequality should turn.", "The direction of the inequality is wrong."),
}
"""What a critique says of each kind that a program can prove; true of any mistake of the kind. Addresses nobody."""
OTHER_COMPUTATION = tuple(
    f"{opener} {body}"
    for opener, body in product(
        _LOOKING,
        (
            "It computes {computed}, where {needed} takes the problem on.",
            "What should be computed there is {needed}, not {computed}.",
            "{computed} is not what the problem calls for; {needed} is.",
            "Instead of {computed}, {needed} is needed.",
            "There {computed} is computed, but {needed} is needed.",
            "The numbers lead to {needed} rather than to {computed}.",
        ),
    )
)
"""A proven wrong step against what a right solution computes at the same place. Fields: step, computed, needed."""
ANSWER = tuple(
    f"{opener} {body}"
    for opener, body in product(
        (
            "Going through the solution, I find nothing wrong before the end.",
            "I have no objection to the steps.",
            "Nothing in the steps catches my eye.",
            "The work itself gives me no reason to object.",
            "What is computed seems fine.",
            "It is not the computing that I object to.",
        ),
        (
            "But {wrong} is not what is asked for.",
            "The answer {wrong}, however, is not the one asked for.",
            "Still, {wrong} is not the answer to the question.",
            "Only the answer {wrong} does not answer the question.",
            "Yet {wrong} is not the answer.",
            "The answer given, {wrong}, is wrong all the same.",
        ),
    )
)
"""The steps show nothing wrong and the answer is. Field: wrong."""
LIKELY = tuple(
    f"{opener} {body}"
    for opener, body in product(
        (
            "The answer is not right.",
            "The solution does not reach the right answer.",
            "This does not come out right.",
            "The result is wrong.",
            "The solution ends in a wrong answer.",
            "Something in this solution goes wrong.",
        ),
        (
            "I suspect {step}.",
            "Most likely it goes wrong in {step}.",
            "I would look at {step} first.",
            "It is probably {step} that goes astray.",
            "I have my doubts about {step}.",
            "As far as I can see, {step} is to blame.",
        ),
    )
)
"""Where the step is likely wrong and not proven."""
STEP_HOLDS = (
    *("This step is right.", "Correct.", "This holds.", "Nothing wrong here.", "Right.", "This follows."),
    *("That is fine.", "I agree with this step.", "This checks out.", "No objection.", "Good.", "Yes."),
    *("This step is fine.", "This is so.", "Agreed.", "Sound.", "This is correct.", "True.", "OK."),
    *("I find no mistake here.", "Holds.", "Fine.", "This works.", "No mistake here.", "As it should be."),
    *("This is in order.", "All right.", "In order.", "Fine so far.", "This part holds.", "Right so far."),
)
"""Feedback on a step before the first mistake."""
THEN = (
    *("Correction:", "Corrected solution:", "A right solution:", "Put right:", "Corrected:", "Solved again:"),
    *(
        "Here is how it goes:",
        "The solution, corrected:",
        "Here is the correction:",
        "It should go like this:",
    ),
    *("A solution that holds:", "So, once more:", "The right way:", "Done again from the start:", "Mended:"),
    *("Here is a solution that holds:", "This is how to do it:", "Without the mistake:", "Improved version:"),
    *("My correction:", "The whole solution again:", "Let me write it out correctly:", "Set right:"),
    *("Solving it properly:", "Working it out:", "Now the correct solution:", "Revision:", "Revised:"),
    *("Here it is without the mistake:", "The corrected work:"),
)
"""Between critique and correction."""
ASK = (
    "Check this solution. If it is wrong, say where it first goes wrong and correct it.",
    "Critique the solution above, and give a corrected one if it needs it.",
    "Is this solution right? If not, name the first mistake and solve the problem.",
    "Review the solution and revise it where that is needed.",
    "Look for the first mistake in this solution and put it right; say so if there is none.",
    "Give feedback on this solution, followed by a correction if one is needed.",
    "Please check the work and correct it if necessary.",
    "Go through the solution. Say what is wrong with it, if anything, and give a right one.",
    "Assess the solution above and mend it if it is broken.",
    "Does this hold? If not, where does it fail, and how does it go instead?",
    "Find out whether this solution is right, and correct it otherwise.",
    "Mark this solution; where it is wrong, explain and correct.",
    "Examine the steps. Report the first one that is wrong, if one is, and redo the solution.",
    "Proofread this solution and fix it if need be.",
    "Verify the work above. Correct what has to be corrected.",
    "Tell me if this is right, and if not, what is wrong and how to do it.",
    "Be a strict grader: find the first mistake, if any, and give the corrected solution.",
    "Inspect the solution for mistakes and repair them.",
    "Comment on this solution and improve it where it is wrong.",
    "Say whether the solution holds; if it does not, criticise and correct it.",
    "Judge this solution and, should it be wrong, write a right one.",
    "Can this stand? If not, point to the first mistake and start over.",
    "Compare the solution with the problem, and correct it if they do not agree.",
    "Test the reasoning above and put right what does not hold.",
    "Work through this solution critically, then give a corrected version if you need to.",
    "Read the solution step by step. Stop at the first mistake, if there is one, and correct it.",
    "What do you think of this solution? Correct it if it is wrong.",
    "Find the flaw in this solution, if it has one, and mend it.",
    "Audit the solution above and rewrite it if it fails.",
    "If this solution is wrong, explain the first mistake and correct it; if it is right, say so.",
)
"""Ends the request for a critique; none says whether there is a mistake."""
ASK_SCORE = (
    "Is the solution right? Answer with a score, 1 for right and 0 for wrong.",
    "Score this solution: 1 if its answer is right, 0 if not.",
    "Give the solution a score of 1 (right) or 0 (wrong).",
    "Rate the solution above: 1 right, 0 wrong.",
    "Does it reach the right answer? Score 1 for yes, 0 for no.",
    "Reply with a score only: 1 if the solution is right, else 0.",
)
"""Asks for a verdict alone; not more wordings, as the verifier is asked in one way when it is used."""
SHOWN = "{problem}\n\nSolution:\n{work}\n\n{ask}"
"""Problem, solution and request in one user message."""

TEACHER = """\
Here are a problem and two solutions. Answer 1 is wrong and Answer 2 is right.

{statement}

Answer 1:
{steps}

Answer 2:
{right}

Go through Answer 1 step by step. For each of its {count} steps write one line "Step <number>: <feedback>", where \
the feedback says that the step is right, or what is wrong with it. The last line must say what the answer should \
have been. Write nothing else."""
"""SCORE's comparison of a wrong and a right solution. Fields: statement, steps, right, count."""
