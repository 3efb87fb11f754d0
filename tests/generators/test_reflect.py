"""Reflections say what is wrong with a step, and nothing that the step after them contradicts."""

from generators.reflect import fitting
from schemas.location import Location

SLIP = Location(1, "equations", proven=True, kind="calculation", expression="1 * 5", wrong="55", right="5")


def test_an_equation_is_named_where_the_repair_computes_it() -> None:
    assert fitting(SLIP, "Step 2: 1 * 5 = 5\n") is SLIP


def test_an_expression_that_the_repair_does_not_compute_is_not_named() -> None:
    assert fitting(SLIP, "Step 2: 11 * 5 = 55\n").method == ""


def test_other_ways_of_knowing_stay_as_they_are() -> None:
    strange = Location(1, "reference", proven=False)
    assert fitting(strange, "Step 2: 3 + 4 = 7\n") is strange
