"""Sums taken in another order are no mistakes."""

import pytest

from filters.verify.equations import equations
from generators.dataflow.reordered import reordered, signed_terms


@pytest.mark.parametrize(
    ("found", "chain", "same"),
    [
        # Injections of builds on procedural problems, the first four right steps in truth.
        ("18 - 80", "18 - 47 = -29\n-29 - 80 = -109", True),
        ("41 + 8", "41 - 34 = 7\n7 + 8 = 15", True),
        ("4 - 30", "4 - 16 = -12\n-12 - 30 = -42", True),
        ("20 + 28", "18 + 28 = 46\n46 + 20 = 66", True),
        ("18 + 80", "18 - 47 = -29\n-29 - 80 = -109", False),
        ("18 - 18", "18 - 47 = -29\n-29 - 80 = -109", False),
        ("19 - 80", "18 - 47 = -29\n-29 - 80 = -109", False),
        ("18 * 80", "18 - 47 = -29\n-29 - 80 = -109", False),
        ("18 - 80", "18 - 47 = -29\n-29 * 2 = -58\n-58 - 80 = -138", False),
        ("3 + 4", "3 * 4 = 12\n12 + 4 = 16", False),
    ],
)
def test_another_order_is_told_from_other_terms(found: str, chain: str, same: bool) -> None:
    assert reordered(found, equations(chain)) is same


def test_signs_are_read() -> None:
    assert signed_terms("-3 + 4 - 5") == {-3: 1, 4: 1, -5: 1}
    assert signed_terms("3 - -5 + 3") == {3: 2, 5: 1}
    assert signed_terms("3 * 4") is None and signed_terms("(3 + 4)") is None and signed_terms("3 +") is None
