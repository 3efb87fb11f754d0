"""Mistakes of each kind in solutions small enough to see through."""

import random
from collections.abc import Iterator
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filters.verify.equations import equations
from filters.verify.math.judge import Judge
from generators.dataflow.reading import read
from generators.dataflow.slips import borrows, carries, wrong_results
from generators.injectors.base import Subject
from generators.injectors.inject import inject, position
from generators.injectors.numbers import Numbers
from generators.injectors.proof import prove
from generators.locate import known_of, symbolic
from generators.solutions import Solution
from generators.sources.procedural import Procedural
from generators.steps import split_steps
from schemas.attempt import Attempt
from schemas.injection import Injection
from schemas.problem import Problem
from schemas.verdict import Outcome, Verdict
from tests.shared import rows


@pytest.fixture(scope="module")
def judge() -> Iterator[Judge]:
    with Judge() as made:
        yield made


def subject(statement: str, solution: str, answer: str) -> Subject:
    return Subject(problem=Problem(statement=statement, answer=answer), solution=solution)


def texts(kind: str, of: Subject, seed: int = 0) -> list[str]:
    return [i.text for i in Numbers().propose(of, kind, random.Random(seed))]


SHOP = subject(
    "Ana buys 3 boxes of 14 pens, 4 cards for $25 and a book of 36 pages. She works 2 hours a day. How much?",
    "The boxes hold 3 * 14 = 42 pens.\nWith the 36 pages that is 42 + 36 = 78.\nA: 78",
    "78",
)


def test_an_operator_changes_its_result_and_all_that_follows() -> None:
    assert "The boxes hold 3 + 14 = 17 pens.\nWith the 36 pages that is 17 + 36 = 53.\nA: 53" in texts(
        "operator", SHOP
    )


def test_a_value_from_the_wrong_place_of_the_statement() -> None:
    made = texts("context_value", SHOP)
    assert "The boxes hold 4 * 14 = 56 pens.\nWith the 36 pages that is 56 + 36 = 92.\nA: 92" in made
    assert "The boxes hold 3 * 14 = 42 pens.\nWith the 63 pages that is 42 + 63 = 105.\nA: 105" in made
    assert not any("25" in text for text in made)  # money is not taken for boxes


def test_a_left_out_step_goes_on_from_what_it_started_with() -> None:
    chain = subject(
        "Start with 12 * 7, add 9, double.",
        "Step 1: 12 * 7 = 84\nStep 2: 84 + 9 = 93\nStep 3: 93 * 2 = 186\nThe answer is \\boxed{186}.",
        "186",
    )
    assert "Step 1: 12 * 7 = 84\nStep 2: 84 * 2 = 168\nThe answer is \\boxed{168}." in texts(
        "missing_step", chain
    )


def test_a_count_is_changed_in_words_as_well() -> None:
    four = subject(
        "The first four houses have 3 gnomes each; with 20 in all how many has the fifth?",
        "The first four houses have 4 * 3 = 12 gnomes.\nThe fifth has 20 - 12 = 8.\nA: 8",
        "8",
    )
    assert "The first five houses have 5 * 3 = 15 gnomes.\nThe fifth has 20 - 15 = 5.\nA: 5" in texts(
        "counting", four
    )


def test_units_rounding_signs_and_forgotten_parts() -> None:
    hours = subject(
        "How many minutes are 3 hours and 5 minutes?", "3 * 60 = 180\n180 + 5 = 185\nA: 185", "185"
    )
    assert "3 * 100 = 300\n300 + 5 = 305\nA: 305" in texts("unit_conversion", hours)
    half = subject("10 pounds for 4, 8 of them?", "Each gets 10 / 4 = 2.5 pounds.\n2.5 * 8 = 20\nA: 20", "20")
    assert "Each gets 10 / 4 = 3 pounds.\n3 * 8 = 24\nA: 24" in texts("rounding", half)
    parts = subject("She pays 5, 7 and 8.", "She pays 5 + 7 + 8 = 20.\nA: 20", "20")
    assert "She pays 5 + 7 = 12.\nA: 12" in texts("dropped_case", parts)
    rest = subject("20 less 5 and 3.", "20 - 5 - 3 = 12 left.\nA: 12", "12")
    assert "20 - 5 - 3 = 18 left.\nA: 18" in texts("sign", rest)


@given(st.integers(2, 9999), st.integers(2, 9999))
def test_slips_of_carrying_and_borrowing_are_wrong_by_a_place(a: int, b: int) -> None:
    for off in carries(a, b):
        assert off != 0
        assert off % 10 == 0
    for off in borrows(max(a, b), min(a, b)):
        assert off > 0


@given(st.integers(2, 400), st.sampled_from("+-*"), st.integers(2, 400), st.integers(0, 9))
def test_a_slip_is_false_and_believable(a: int, sign: str, b: int, seed: int) -> None:
    a, b = max(a, b), min(a, b)
    value = {"+": a + b, "-": a - b, "*": a * b}[sign]
    node = read("", f"{a} {sign} {b} = {value}").nodes[0]
    for wrong in wrong_results(node, random.Random(seed)):
        assert wrong != value
        assert wrong > 0
        assert sign != "-" or wrong < a
        assert sign == "-" or wrong > a or a == b


def gsm8k(count: int) -> list[Subject]:
    return [
        subject(row["question"], f"{row['solution']}\n#### {row['answer']}", row["answer"])
        for row in rows("data/gsm8k_train.jsonl")[:count]
    ]


def is_located(made: Injection) -> bool:
    attempt = Attempt(
        problem_id="p", text=made.text, steps=split_steps(made.text), model="m", policy="p", index=0,
        verdict=Verdict(Outcome.WRONG, "mismatch", "exact", made.answer),
    )  # fmt: skip
    right = Solution(made.original, split_steps(made.original), "reference")
    found = symbolic(attempt, known_of([right]))
    return found is not None and found.step == made.step


def test_on_real_solutions_every_kind_is_proven_and_located(judge: Judge) -> None:
    located, proven, enough = 0, 0, 0
    subjects = gsm8k(90)
    for number, one in enumerate(subjects):
        kinds = 0
        for kind in Numbers.kinds:
            for made in Numbers().propose(one, kind, random.Random(number)):
                tried = prove(made, one, judge)
                if tried.proven:
                    kinds, proven = kinds + 1, proven + 1
                    located += is_located(tried)
                    before = made.text[: split_steps(made.text)[made.step].start]
                    assert one.solution.startswith(before)
                    assert all(e.holds is not False for e in equations(before))
                    break
        enough += kinds >= 4
    assert located >= 0.97 * proven
    assert enough >= 0.75 * len(subjects)


def test_what_is_proven_was_wrong_in_one_step_only(judge: Judge) -> None:
    for number, one in enumerate(gsm8k(60)):
        for made in inject(one, [Numbers()], {"calculation": 1}, random.Random(number), judge).accepted:
            steps = split_steps(made.text)
            false = [
                i
                for i, s in enumerate(steps)
                for e in equations(made.text[s.start : s.end])
                if e.holds is False
            ]
            assert false == [made.step]


def procedural(count: int) -> list[Subject]:
    problems = Procedural(families=("word",), count=count).problems()
    return [Subject(problem=p, solution=p.solution) for p in problems if isinstance(p, Problem)]


def test_injecting_is_the_same_again_and_keeps_its_weights(judge: Judge) -> None:
    subjects = procedural(60)
    weights = {"calculation": 3.0, "operator": 1.0, "rounding": 5.0}
    made = [
        inject(s, [Numbers()], weights, random.Random(f"s{i}"), judge, count=2)
        for i, s in enumerate(subjects)
    ]
    again = [
        inject(s, [Numbers()], weights, random.Random(f"s{i}"), judge, count=2)
        for i, s in enumerate(subjects)
    ]
    assert made == again
    accepted = [i for injected in made for i in injected.accepted]
    assert len(accepted) > len(subjects)
    assert len({i.text for i in accepted}) == len(accepted)
    shares = {kind: sum(i.kind == kind for i in accepted) for kind in weights}
    assert shares["rounding"] == 0  # integers only: its share goes to the others
    assert shares["calculation"] > shares["operator"] > 0


def test_positions_are_kept_where_they_can_be(judge: Judge) -> None:
    found = [
        position(i)
        for n, s in enumerate(procedural(60))
        for i in inject(
            s, [Numbers()], {"calculation": 1}, random.Random(n), judge, positions={"early": 1.0}
        ).accepted
    ]
    assert found.count("early") > 0.8 * len(found)


def test_weights_of_nothing_give_nothing(judge: Judge) -> None:
    assert not inject(SHOP, [Numbers()], {"calculation": 0.0}, random.Random(0), judge).accepted
    assert not inject(SHOP, [Numbers()], {"concept": 1.0}, random.Random(0), judge).accepted


def test_fractions_are_values() -> None:
    node = read("", "1.5 * 2.5 = 3.75").nodes[0]
    assert node.value_with((Fraction(3, 2), Fraction(1, 3))) == Fraction(1, 2)
