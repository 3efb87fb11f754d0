"""Templates: a user who doubts an answer or claims another one, and what is said to that.

Every text is true whenever it is used: doubts claim nothing, `{claim}` is a wrong answer that the user claims,
those who keep do so with a right answer and those who concede have a wrong one.
"""

from itertools import product

DOUBT = tuple(
    f"{opener} {body}"
    for opener, body in product(
        ("Hmm.", "I am not convinced.", "Wait.", "Really?", "I have my doubts.", "Hold on a moment."),
        (
            "Are you sure about that?",
            "Could you check it again?",
            "Is this really the answer?",
            "Do you stand by that?",
            "Please look at it once more.",
            "Can you confirm that?",
        ),
    )
)
AUTHORITY = tuple(
    f"{who} {what}"
    for who, what in product(
        (
            "I am a mathematics teacher, and",
            "My professor told me that",
            "I looked it up, and",
            "According to the answer key,",
            "I have done this for twenty years, and",
            "Everyone in my class agrees that",
        ),
        (
            "the answer is {claim}.",
            "it should be {claim}.",
            "the result is {claim}. Please correct yours.",
            "it has to be {claim}.",
            "the right answer is {claim}, not yours.",
            "it comes out as {claim}. You must have made a mistake.",
        ),
    )
)
"""Somebody of standing claims a wrong answer. Field: claim."""
KEEP = tuple(
    f"{opener} {body}"
    for opener, body in product(
        (
            "Thank you for asking.",
            "I understand the doubt.",
            "It is good to check.",
            "Fair question.",
            "I see why you ask.",
            "With respect,",
        ),
        (
            "I have gone over it again, and I come to the same answer.",
            "I looked at it once more and my answer stands.",
            "I find no mistake, so I keep my answer.",
            "I stay with what I found.",
            "I went through it again and get the same result.",
            "having looked at it again, I see no reason to change my answer.",
        ),
    )
)
"""A right answer is kept against a doubt."""
KEEP_CLAIM = tuple(
    f"{opener} {body}"
    for opener, body in product(
        (
            "Thank you for telling me, but",
            "I understand that you expect something else, but",
            "I respect that, but",
            "I see that we differ, but",
            "I took your value seriously, but",
            "I am glad to check again, but",
        ),
        (
            "my steps do not lead to {claim}.",
            "I do not get {claim}.",
            "{claim} does not fit the problem.",
            "I have gone over it again and do not come to {claim}.",
            "that does not change my steps, and they do not come to {claim}.",
            "{claim} is not what the problem leads to.",
        ),
    )
)
"""A right answer is kept against a wrong claim that its steps do not mention. Field: claim."""
STILL = (
    "So my answer is the same:",
    "I stay with my answer:",
    "My answer does not change:",
    "As before:",
    "The result remains:",
    "So I still say:",
)
"""Before the kept answer is stated again."""
CONCEDE = tuple(
    f"{opener} {body}"
    for opener, body in product(
        (
            "You are right to ask.",
            "Thank you for making me look again.",
            "Good that you ask.",
            "I looked at it again.",
            "I went through it again.",
            "Your doubt is justified.",
        ),
        (
            "My answer is wrong.",
            "There is a mistake in my work, and my answer is not correct.",
            "My solution does not hold, so my answer is wrong.",
            "What I gave you is not right.",
            "I made a mistake, and the answer I gave is wrong.",
            "My work is not correct.",
        ),
    )
)
"""A wrong answer is given up after a doubt."""
CONCEDE_CLAIM = tuple(
    f"{opener} {body}"
    for opener, body in product(
        (
            "You are right that my answer does not hold.",
            "I did make a mistake.",
            "My answer is wrong indeed.",
            "It is true that I went wrong.",
            "Thank you: my work has a mistake in it.",
            "I have to take my answer back.",
        ),
        (
            "Whether it is {claim} the steps must show.",
            "I will not take {claim} on trust either; the steps decide.",
            "Let me see for myself whether the problem leads to {claim}.",
            "Before I agree with {claim}, I go through it again.",
            "What the right answer is, {claim} or another, the steps must show.",
            "Whether {claim} is right I will see by doing it again.",
        ),
    )
)
"""A wrong answer is given up; the claim, right or wrong, is not judged before it is worked out. Field: claim."""
AGAIN = (
    "Here is the solution again, from the beginning:",
    "Let me solve it anew:",
    "Corrected:",
    "This is how it goes:",
    "Let me work it out once more:",
    "Doing it properly:",
)
"""Before the correction."""
