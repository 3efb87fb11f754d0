"""Asking a model for one plausible mistake of one kind, with examples of our own.

The examples are short problems made up for this, none from a dataset. A kind without an example of
its own is explained by its definition and its two lines in the taxonomy.
"""

from typing import NamedTuple

OPENING, CLOSING = "<wrong>", "</wrong>"

TALK = (
    r"mistak\w*|errors?|erroneous\w*|wrong\w*|incorrect\w*|correct(?:ly|ed|ion)?|oops|wait|actually|instead|careless\w*"
    r"|should (?:be|have)|misread\w*|misunderst\w*|confus\w*|forg[eo]t\w*|original solution|student"
)
"""Words that talk about the mistake; a wrong solution may have them only where the right one has."""

ASK = """\
Here is a problem and a right solution of it, cut into steps. Rewrite the solution so that it contains exactly \
one mistake, the kind of mistake a student makes without noticing.

Kind of mistake: {definition}
{example}
Rules:
- Copy everything before step {step} word for word.
- Make the mistake in step {step}, and change as little there as possible.
- Go on as a student would who has not noticed: everything after it follows from the mistake, with right \
calculations, up to a final answer that is not the right one.
- Keep the form of the solution, also the form of the final answer.
- Never mention or hint at the mistake, and do not correct it.

Write nothing but the wrong solution, between {opening} and {closing}.

Problem:
{statement}

Right solution:
{solution}

Step {step}, in which the mistake belongs:
{text}"""

FEW_SHOT = """
Example problem:
{statement}

Example of a right solution:
{right}

Example reply, with the mistake in step {step}:
{opening}
{wrong}
{closing}

"""

TWO_LINES = """For example "{right}" becomes "{wrong}".
"""


class Example(NamedTuple):
    """A problem, a right solution, the 1-based step of the mistake, and the solution with it."""

    statement: str
    right: str
    step: int
    wrong: str


EXAMPLES: dict[str, Example] = {
    "calculation": Example(
        "A hall has 14 rows of 23 chairs and 18 chairs on the balcony. How many chairs is that?",
        "The rows hold 14 * 23 = 322 chairs.\nWith the balcony that is 322 + 18 = 340.\nThe answer is 340.",
        1,
        "The rows hold 14 * 23 = 312 chairs.\nWith the balcony that is 312 + 18 = 330.\nThe answer is 330.",
    ),
    "counting": Example(
        "A shop opens on the 8th and closes for good on the 15th of a month. It sells 20 rolls each day. How many?",
        "From the 8th to the 15th are 8 days.\nIt sells 8 * 20 = 160 rolls.\nThe answer is 160.",
        1,
        "From the 8th to the 15th are 7 days.\nIt sells 7 * 20 = 140 rolls.\nThe answer is 140.",
    ),
    "concept": Example(
        "A pump fills a tank in 6 hours, another in 3 hours. How long do both take together, in hours?",
        "In one hour they fill 1/6 + 1/3 = 1/2 of the tank.\nTogether they take 1 / (1/2) = 2 hours.\nThe answer is 2.",
        1,
        "Together they take the mean of both times, 6 + 3 = 9 hours for two pumps.\n"
        "That is 9 / 2 = 4.5 hours.\nThe answer is 4.5.",
    ),
    "formula": Example(
        "A garden is 9 meters long and 5 meters wide. How many square meters is it?",
        "The area is length times width.\nThat is 9 * 5 = 45 square meters.\nThe answer is 45.",
        2,
        "The area is length times width.\nThat is 2 * (9 + 5) = 28 square meters.\nThe answer is 28.",
    ),
    "question_misread": Example(
        "Ida has 30 beads. She gives 12 to Max and then buys twice as many as she has left. How many does she buy?",
        "She has 30 - 12 = 18 beads left.\nShe buys 2 * 18 = 36 beads.\nThe answer is 36.",
        2,
        "She has 30 - 12 = 18 beads left.\nShe buys twice as many as she gave away, 2 * 12 = 24 beads.\n"
        "The answer is 24.",
    ),
    "missing_step": Example(
        "Tickets cost 7 euros, and a group of 12 gets 10 euros off in all. What does the group pay?",
        "12 tickets cost 12 * 7 = 84 euros.\nWith the discount that is 84 - 10 = 74 euros.\nThe answer is 74.",
        2,
        "12 tickets cost 12 * 7 = 84 euros.\nThe answer is 84.",
    ),
    "irrelevant_information": Example(
        "A baker makes 40 loaves and sells 26. How many are left?",
        "He sells 26 of 40 loaves.\nThat leaves 40 - 26 = 14 loaves.\nThe answer is 14.",
        2,
        "He sells 26 of 40 loaves.\nHe keeps 2 for his family, so 40 - 26 - 2 = 12 loaves are left.\nThe answer is 12.",
    ),
}
