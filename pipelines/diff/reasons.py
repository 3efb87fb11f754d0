"""Why a row is in one version alone, or differs: one slug a row, the first that is true in the order below.

Every one is a fact of the two manifests and tables, not a guess. A slug such as `dropped.filter.too_long` is made of
the stage and the reason that `dropped/` gives.
"""

REASONS = {
    "new_problem": "the older version has no row of the problem",
    "problem_gone": "the newer version has no row of the problem",
    "problem_renamed": "the other version has the same statement under another problem_id",
    "new_recipe": "the older config does not name the recipe",
    "recipe_gone": "the newer config does not name the recipe",
    "new_policy": "its policy's fingerprint is not among the older version's models",
    "policy_changed": "the newer version has another policy fingerprint in the row's place, or none",
    "new_teacher": "its teacher's fingerprint is not among the older version's models",
    "teacher_changed": "the newer version has another teacher fingerprint in the row's place, or none",
    "was_dropped": "the older version dropped the row, or failed on its problem: stage and reason follow",
    "dropped": "the newer version dropped the row, or failed on its problem: stage and reason follow",
    "problem_changed": "the problem's statement or answer is another under the same problem_id",
    "new_samples": "it is, or is made of, a sample of the policy that the older version does not have",
    "samples_gone": "it is, or is made of, a sample of the policy that the newer version does not have",
    "resampled": "it is, or is made of, a sample that says something else: same policy, same index, another reply",
    "verdict_changed": "an attempt it is made of is judged otherwise",
    "location_changed": "an attempt it is made of first goes wrong elsewhere, or in another kind",
    "recipe_options": "the recipe's options differ",
    "other_samples": "the problem has other samples, among which the recipe chooses",
    "other_verdicts": "other attempts of the problem are judged otherwise",
    "test_share": "the config's test_share differs, and the split alone",
    "other_split": "the source puts the problem into another split, and nothing else differs",
    "config": "parts of the config differ that may change any row: they follow",
    "code_or_packages": "configs and models are equal; Corrigenda or a package it judges with is not",
    "unexplained": "the manifests name no difference that would do it: code changed under the same version number, "
    "or what a problem says beside statement and answer",
}
"""Every slug, in the order in which they are tried."""

MIRRORED = {
    "new_problem": "problem_gone",
    "new_recipe": "recipe_gone",
    "new_policy": "policy_changed",
    "new_teacher": "teacher_changed",
    "was_dropped": "dropped",
    "new_samples": "samples_gone",
}
"""What is said of an added row, and of one that is removed for the same reason."""


def said_of_removed(reason: str) -> str:
    """The slug for a removed row of what `reason` says of an added one."""
    head, dot, rest = reason.partition(".")
    return f"{MIRRORED.get(head, head)}{dot}{rest}"
