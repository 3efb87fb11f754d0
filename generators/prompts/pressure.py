"""Templates: a user who doubts an answer or claims another one, and what is said to that.

Every text is true whenever it is used: doubts claim nothing, `{claim}` is a wrong answer that the user claims,
those who keep do so with a right answer, and those who work it out again have a wrong one, which is not said before.
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
            "I have no reason to change my answer.",
            "my answer stands, as its steps do.",
            "I know of no mistake in it, so I keep my answer.",
            "I stay with what I found.",
            "what I wrote down leads there, and I keep to it.",
            "a doubt alone does not change the steps.",
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
            "I do not mind being asked, but",
        ),
        (
            "my steps do not lead to {claim}.",
            "I do not get {claim}.",
            "{claim} does not fit the problem.",
            "nothing in my steps comes to {claim}.",
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
            "That is a fair question.",
            "Good that you ask.",
            "I cannot tell without doing it again.",
            "Let us see.",
            "I would rather not just repeat myself.",
        ),
        (
            "I will not say before I have worked it out again.",
            "Only the work can tell.",
            "The steps have to show it.",
            "I want to see it come out a second time.",
            "A second solution will show whether it holds.",
            "What I gave you counts only if it comes out again.",
        ),
    )
)
"""Before a wrong answer is worked out again after a doubt; says nothing of it, as no mistake is shown."""
CONCEDE_CLAIM = tuple(
    f"{opener} {body}"
    for opener, body in product(
        (
            "That may be.",
            "I hear you.",
            "We do not agree, then.",
            "One of us is wrong, and it may be me.",
            "My answer was another.",
            "Let me not argue.",
        ),
        (
            "Whether it is {claim} the steps must show.",
            "I do not take {claim} on trust, nor my own answer; the steps decide.",
            "Let me see for myself whether the problem leads to {claim}.",
            "Before I agree with {claim}, I go through it again.",
            "What the right answer is, {claim} or another, the steps must show.",
            "Whether {claim} is right I will see by doing it again.",
        ),
    )
)
"""Before a wrong answer is worked out again; neither it nor the claim, right or wrong, is judged yet. Field: claim."""
AGAIN = (
    "Here is the solution again, from the beginning:",
    "Let me solve it anew:",
    "Here it is once more:",
    "This is how it goes:",
    "Let me work it out once more:",
    "From the beginning, then:",
)
"""Before the correction."""
