"""Templates: help that is put before an answer and taken away again before the answer is learnt."""

from itertools import product

SEE_SOLUTION = tuple(
    f"{opener}\n\n{{solution}}\n\n{body}"
    for opener, body in product(
        (
            "That is not right. Here is a solution that is:",
            "Your answer is wrong. Compare it with this one:",
            "This does not hold. A right way to do it:",
            "Not correct. Somebody else solved it like this:",
            "Something went wrong. Look at this solution:",
            "Your result is not the right one. Study this:",
        ),
        (
            "Now solve the problem in your own words.",
            "Put it away and write your own solution.",
            "Solve the problem again, from the beginning.",
            "Now give a full solution yourself.",
            "Write your own solution to the problem, step by step.",
            "Work the problem out again as if for the first time.",
        ),
    )
)
"""Another right solution as the user's turn after a wrong answer. Field: solution."""

ANSWER = (
    "The answer to this is known to be {answer}. Write out, step by step, how it is reached, as if you did not "
    "know it; do not speak of having been told.",
    "You should come to {answer}. Give the full solution without mentioning that you knew the result.",
    "For your own check: the result is {answer}. Show the steps that lead there and do not refer to this remark.",
    "Solve the problem step by step. It comes out as {answer}; do not say that you were told.",
)
"""The answer as a hint. Field: answer."""
RATIONALE = (
    "Here is how somebody solved it:\n\n{rationale}\n\nNow write a solution of your own, in your own words and "
    "without referring to this one.",
    "A sketch of a solution:\n\n{rationale}\n\nSolve the problem yourself, step by step, without mentioning the "
    "sketch.",
    "These notes may help:\n\n{rationale}\n\nWrite a full solution that does not speak of them.",
)
"""A right solution without its last line as a hint. Field: rationale."""
PEERS = (
    "Others who tried this ended like this:\n\n{summaries}\n\nNot all of them are right. Solve the problem yourself, "
    "step by step, without referring to them.",
    "Some last steps of other people's work on this:\n\n{summaries}\n\nThey may be wrong. Write your own solution and "
    "do not mention theirs.",
)
"""Last steps of other attempts at the problem, right or not (LeaP). Field: summaries."""
TRIGGERS = tuple(
    f"{opener} {body}"
    for opener, body in product(
        ("Wait.", "Hold on.", "One moment.", "Stop.", "Before I go on:", "Let me pause here."),
        (
            "There may be a mistake in this; let me recheck.",
            "Let me go over what I have so far.",
            "I should check this before going further.",
            "Did I make a mistake somewhere? Let me look.",
            "I want to be sure of the steps so far.",
            "Let me make sure that this is right.",
        ),
    )
)
"""What is put in where a budget ends without an answer (ID-Sampling); claims nothing of the steps before."""
