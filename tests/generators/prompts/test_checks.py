"""The checking texts: enough of them, all different, and each ends in the verdict it is meant to give."""

import random

import pytest

from filters.shape import LEAKS
from filters.verify.math.extract import extract_answer
from filters.verify.stated_verdict import stated_verdict
from generators.checks import confirming, rejecting
from generators.prompts import checks
from schemas.location import Location
from tests.generators.prompts.banks import fields, problems_of

ANSWERS = ("8", "3.5", "-2", "$\\frac{1}{2}$", "Tuesday", "12:30", "1,250")
EQUATION = Location(0, "equations", proven=True, expression="3.5 + 4", wrong="8.5", right="7.5")
BANKS = {
    "CONFIRM": (checks.CONFIRM, {"answer"}, True),
    "CONFIRM_UNSAID": (checks.CONFIRM_UNSAID, set(), True),
    "REJECT": (checks.REJECT, {"answer"}, False),
    "REJECT_UNSAID": (checks.REJECT_UNSAID, set(), False),
    "REJECT_EQUATION": (checks.REJECT_EQUATION, {"expression", "right", "wrong"}, False),
}


@pytest.mark.parametrize("name", BANKS)
def test_every_body_ends_in_its_verdict(name: str) -> None:
    bank, wanted, right = BANKS[name]
    for opener in checks.OPENERS:
        for body in bank:
            for answer in ANSWERS:
                said = body.format(answer=answer, expression="3.5 + 4", right="7.5", wrong=answer)
                assert stated_verdict(f"{opener} {said}") is right, said
    assert all(fields(body) == wanted for body in bank)


@pytest.mark.parametrize("name", [*BANKS, "OPENERS"])
def test_banks_are_large_and_different(name: str) -> None:
    assert problems_of(getattr(checks, name)) == []


def test_an_opener_says_nothing_of_the_outcome() -> None:
    assert all(stated_verdict(opener) is None and not LEAKS.search(opener) for opener in checks.OPENERS)


@pytest.mark.parametrize("answer", [*ANSWERS, "", "x = 5", "a" * 40])
def test_checks_are_read_back(answer: str) -> None:
    rng = random.Random(0)
    for _ in range(40):
        assert stated_verdict(confirming(rng, answer)) is True
        assert stated_verdict(rejecting(rng, answer)) is False
        assert stated_verdict(rejecting(rng, answer, EQUATION)) is False


def test_a_rejection_names_the_false_equation_where_there_is_one() -> None:
    said = rejecting(random.Random(1), "8.5", EQUATION)
    assert "3.5 + 4" in said and "7.5" in said
    unproven = Location(0, "reference", proven=False)
    assert "3.5 + 4" not in rejecting(random.Random(1), "8.5", unproven)


@pytest.mark.parametrize("form", ["The answer is \\boxed{17}.", "A: 17", "#### 17", "The answer is 17."])
@pytest.mark.parametrize("name", BANKS)
def test_a_check_is_not_read_as_another_answer(name: str, form: str) -> None:
    # "The answer is correct." was read as the answer "correct".
    for body in BANKS[name][0]:
        said = body.format(answer="17", expression="3 + 14", right="17", wrong="18")
        found = extract_answer(f"3 + 14 = 17\n{form}\n\nLet me check. {said}")
        assert found is not None and found.answer == "17"
