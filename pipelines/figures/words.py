"""Slugs in plain words. A slug that is not listed here says itself, its underscores as spaces."""

_WORDS = {
    # verdicts
    "mismatch": "the answer is another one",
    "equal": "the answer is the right one",
    "no_answer": "no final answer was found",
    "unparsed": "the answer could not be read",
    "unchecked": "never judged: cut off on purpose, or made only to be corrected",
    "truncated": "cut off by the token limit",
    "empty": "empty",
    "timeout": "the judge took too long",
    "text": "words that cannot be compared",
    "several": "several answers at once",
    "close": "too close to call",
    # filters
    "same_row": "the same row was there already",
    "false_equation_learnt": "would have taught a false equation",
    "wrong_answer_learnt": "would have taught a wrong answer",
    "mistake_not_false": "the mistake is no mistake",
    "right_side_fails": "the right side is wrong",
    "right_side_unknown": "the right side could not be proven",
    "wrong_side_right": "the wrong side is right",
    "wrong_side_unknown": "the wrong side could not be shown to be wrong",
    "verdict_unread": "a verdict could not be read back",
    "verdict_disagrees": "a verdict disagrees with the judge",
    "feedback_reveals": "feedback gives the answer away",
    "feedback_on_right": "feedback on a right answer",
    "feedback_elsewhere": "feedback names another step",
    "leak": "speaks of a reference solution",
    "not_nfc": "text is not in Unicode NFC",
    # selection
    "cap_problem": "over the cap for one problem",
    "cap_kind": "over the cap for one kind of mistake",
    "over_target": "more than the target asked for",
    "no_target": "fits no target",
    # cases
    "engine_error": "the model could not be asked",
    "budget": "the budget was spent",
}

LOCATED = {
    "equations": "the step states a false equation",
    "identities": "an equation in LaTeX that nothing makes true",
    "reference": "the first step that states what no known right solution does; likely, not proven",
    "units": "the right number of another unit",
    "numbers": "it computes with a number that comes from nowhere",
    "answer": "the steps are right, the answer at the end is not",
    "continuations": "right answers were reached from before the step and not from after it; likely, not proven",
    "judged": "a model says so and what it quotes is there; likely, not proven",
    "construction": "the mistake was put there",
}
"""How a first wrong step was found, by the slug of `located_by`."""

LIKELY = ("reference", "continuations", "judged")
"""Ways of finding a first wrong step that prove nothing by themselves."""

VERIFIED = {
    "answer": "ends in the right answer",
    "wrong": "ends in a wrong answer, on purpose",
    "verdict": "ends in a verdict on the first parent that agrees with the judge's",
    "feedback": "ends in feedback on a wrong first parent that does not give the answer away",
    "continued": "from where it ends the right answer was reached",
    "equations": "step labels that rest on equations",
    "continuations": "step labels that rest on sampled continuations",
}
"""What is known of a row, by the first part of `verified_by`."""


def words(slug: str) -> str:
    """A slug for people."""
    return _WORDS.get(slug, slug.replace("_", " "))
