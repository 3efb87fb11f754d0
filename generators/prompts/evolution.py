"""Templates: asking for another look at one's own answer, and for one solution made of several."""

from itertools import product

_LOOK = (
    "Look at your solution again.",
    "Please review what you wrote.",
    "Go over your work once more.",
    "Reread your solution critically.",
    "Take a second look.",
    "Check your solution.",
)
REVIEW = tuple(
    f"{opener} {body}"
    for opener, body in product(
        _LOOK,
        (
            "Say what is wrong with it, if anything is, and improve it.",
            "Criticise it, then give a better version if it needs one.",
            "What would you change? Write it out.",
            "Give feedback on it yourself, and refine it where that is needed.",
            "Note its first mistake, should it have one, and write a mended solution.",
            "If it does not hold, say where and do it again.",
        ),
    )
)
"""Asks for self-feedback and refinement; none says whether there is a mistake."""
AGAIN = tuple(
    f"{opener} {body}"
    for opener, body in product(
        _LOOK,
        (
            "Then solve the problem once more.",
            "Then give your solution anew.",
            "Write out the solution that you stand by.",
            "Do the problem again from the start.",
            "Give the solution once more, in whole.",
            "Then write a solution that holds.",
        ),
    )
)
"""Asks for another solution and for no word on the one before; none says whether there is a mistake."""
AGGREGATE = tuple(
    f"{opener}\n\n{{attempts}}\n\n{body}"
    for opener, body in product(
        (
            "Here are some attempts at this problem. They may be right or wrong.",
            "This has been tried more than once, with the following results.",
            "Below are a few solutions of unknown quality.",
            "These are attempts at the problem; do not trust any of them.",
            "Some drafts, which need not agree:",
            "Candidate solutions, not checked:",
        ),
        (
            "Taking them into account, write the best solution you can.",
            "Write one solution that keeps what is sound in them.",
            "Use what holds, leave what does not, and solve the problem.",
            "With these in view, give a solution of your own.",
            "Now write a solution you can stand by.",
            "Put together one right solution.",
        ),
    )
)
"""Asks for one solution in view of several. Field: attempts."""
ATTEMPT = "Attempt {number}:\n{text}"
"""How each attempt stands in the request. Fields: number, text."""
