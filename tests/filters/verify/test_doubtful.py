"""Right answers whose text may not be learnt: results made whole without a word, and equations that lost a side."""

import pytest

from filters.verify.doubtful import doubtful

CASES = [
    # Samples of the embedded policy on procedural problems.
    ("Step 4: In bags of 10 that makes 48 / 10 = 4 bags. The answer is \\boxed{4}.", "48 / 12 = 4", True),
    ("Divide both sides by 7: -12 / 7 = -2, so x = -2.", "-14 / 7 = -2", True),
    ("Add 58 to both sides: -23 + 58 = 35, so 7*x =*x = 35", "", True),
    ("Add 58 to both sides: -23 + 58 = 35, so 7*x = 35", "", False),
    ("Step 1: 14 - 14 = -0", "", True),
    ("Step 1: 14 - 14.5 = -0.5", "", False),
    ("Step 1: 11 7 stamps hold 11 * 7 = 77 stamps.", "", True),
    ("They are 2 1/2 cups, 12 eggs and 1, 20 or 100 000 people.", "", False),
    # GSM8K rollouts that are right: the first two by luck.
    ("That means it took 450/70=<<450/70=6.428571428571429>>6 hours\nA: 6", "420/70=6", True),
    ("She can put out 11 / 5 = <<11/5=2.2>>2 trays of eggnog.\nA: 2", "12/6=2", True),
    ("The three wolves howl for 60+80=<<60+80=140>>140 seconds.", "", False),
    # Made for this table.
    ("That makes 100 / 30 = 3 full boxes.", "100 / 30 = 3 boxes can be filled", False),
    ("Each pays $33.33, and 33.33 * 3 = 100.", "", False),
    ("Half of it: \\frac{7}{2} = 4", "", False),
    ("The answer is **5**, since 2 + 3 = **5**.", "", False),
    ("Hence 2x = *x* + 3.", "", False),
]


@pytest.mark.parametrize(("text", "reference", "expected"), CASES)
def test_what_is_doubtful(text: str, reference: str, expected: bool) -> None:
    assert doubtful(text, reference) is expected
