"""The taxonomy as data."""

from generators.injectors.proof import CHECKS
from schemas.errors import KINDS
from schemas.errors_math import MATH_KINDS

LEMMA_AND_EIC = [
    "calculation",
    "counting",
    "context_value",
    "previous_step_value",
    "unit_conversion",
    "operator",
]
LEMMA_AND_EIC += [
    "missing_step",
    "formula",
    "concept",
    "question_misread",
    "irrelevant_information",
    "nonsense",
]

ALGEBRA = ["distribution", "cancellation", "exponent_rule", "lost_root", "inequality_flip"]


def test_the_union_of_both_papers_and_the_own_kinds_are_there() -> None:
    slugs = [kind.slug for kind in MATH_KINDS]
    assert len(set(slugs)) == len(slugs)
    assert {*LEMMA_AND_EIC, "sign", "dropped_case", "rounding", "truncated", "final_answer", *ALGEBRA} == set(
        slugs
    )


def test_every_kind_says_what_it_is_and_what_can_prove_it() -> None:
    for kind in MATH_KINDS:
        assert KINDS[kind.slug] is kind
        assert kind.definition.endswith(".")
        assert kind.source
        assert kind.example[0] != kind.example[1]
        assert set(kind.proofs) <= set(CHECKS)
