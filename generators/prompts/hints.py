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
