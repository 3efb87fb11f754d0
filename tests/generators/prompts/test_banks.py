"""Banks of connecting texts: enough phrasings, all different, only the fields they are given, and true."""

import random

import pytest

from filters.verify.equations import states_falsehood
from generators.injected import MADE
from generators.prompts import brakes, instructions, kinds_noticed, noticing, rechecks, transitions
from generators.reflect import notice
from schemas.errors import KINDS
from schemas.location import Location
from tests.generators.prompts.banks import fields, problems_of

EQUATION = {"expression", "right", "wrong"}
BANKS: dict[str, tuple[tuple[str, ...], set[str]]] = {
    "noticing.EQUATION": (noticing.EQUATION, EQUATION),
    "noticing.CALCULATION": (noticing.CALCULATION, {"expression", "wrong"}),
    "noticing.UNSURE": (noticing.UNSURE, set()),
    "noticing.STEP": (noticing.STEP, set()),
    "noticing.ANSWER": (noticing.ANSWER, {"wrong"}),
    "noticing.ANSWER_UNSAID": (noticing.ANSWER_UNSAID, set()),
    "kinds_noticed.PAUSES": (kinds_noticed.PAUSES, set()),
    "transitions.REDO": (transitions.REDO, set()),
    "transitions.GO_ON": (transitions.GO_ON, set()),
    "transitions.START_OVER": (transitions.START_OVER, set()),
    "transitions.CORRECT_IT": (transitions.CORRECT_IT, set()),
    "instructions.DOUBLE_CHECK": (instructions.DOUBLE_CHECK, set()),
    "rechecks.WRONG_STEP": (rechecks.WRONG_STEP, {"step", "computed"}),
    "rechecks.SUSPECTED": (rechecks.SUSPECTED, {"step"}),
    "rechecks.MISCOMPUTED": (rechecks.MISCOMPUTED, {"step"}),
    "rechecks.NOT_ASKED": (rechecks.NOT_ASKED, set()),
    "brakes.BRAKES": (brakes.BRAKES, set()),
    "brakes.AGAIN": (brakes.AGAIN, set()),
}


@pytest.mark.parametrize("name", BANKS)
def test_banks_are_large_and_different(name: str) -> None:
    bank, most = BANKS[name]
    assert problems_of(bank) == []
    assert all(fields(text) <= most for text in bank)


def test_a_noticing_text_does_not_itself_state_the_false_equation_as_true() -> None:
    for text in noticing.EQUATION:
        assert not states_falsehood(text.format(expression="3 + 4", right="7", wrong="8")), text


def test_every_kind_that_can_be_put_in_can_be_noticed() -> None:
    assert set(kinds_noticed.KINDS) <= set(KINDS)
    # A wrong final answer is located as such and has a bank of its own.
    assert set(MADE) - {"final_answer"} <= set(kinds_noticed.KINDS)
    assert all(len(set(bodies)) == len(bodies) >= 4 for bodies in kinds_noticed.KINDS.values())


@pytest.mark.parametrize("proven", [True, False])
def test_a_mistake_of_which_nothing_is_known_is_claimed_only_where_it_is_proven(proven: bool) -> None:
    said = notice(random.Random(3), Location(0, "reference", proven=proven))
    assert (said in noticing.STEP) is proven and (said in noticing.UNSURE) is not proven


def test_a_mistake_that_was_put_in_is_named_by_its_kind() -> None:
    said = notice(random.Random(3), Location(0, "construction", proven=True, kind="operator"))
    assert any(said.endswith(body) for body in kinds_noticed.KINDS["operator"])
