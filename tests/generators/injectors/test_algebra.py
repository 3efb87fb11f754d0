"""False moves in LaTeX: which are made, what becomes of the rest, and what the proof refuses."""

import json
import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from filters.verify.math.judge import Judge
from generators.algebra.proof import prove
from generators.algebra.reading import read
from generators.algebra.tokens import terms, tokens
from generators.injectors.algebra import Algebra
from generators.injectors.base import Subject
from generators.injectors.inject import inject
from schemas.ids import nfc
from schemas.injection import Edit, Injection, apply
from schemas.problem import Problem
from tests.shared import shared

CASES = json.loads((Path(__file__).parents[2] / "cases" / "algebra_moves.json").read_text(encoding="utf-8"))
PIECES = st.sampled_from(
    [
        *(
            "$",
            "$$",
            "\\[",
            "\\]",
            "\\begin{align*}",
            "\\end{align*}",
            "\\\\",
            "&= ",
            "{",
            "}",
            "\\boxed{",
            " or ",
        ),
        *(
            "3(x + 2)",
            " = 3x + 6",
            "\\left(",
            "\\right)",
            "2^{3} = 8",
            "x^2 = 9",
            "x = \\pm 3",
            "-2x < 6",
            "x > -3",
        ),
        *(
            "\\sqrt{49} = 7",
            "\\frac{6x + 4}{2} = 3x + 2",
            "2p = 58",
            "p = 29",
            ", so ",
            ". ",
            "\n\n",
            "29",
            "é",
            "-",
        ),
    ]
)
TEXTS = st.one_of(st.lists(PIECES, max_size=14).map("".join), st.text(max_size=60)).map(nfc)


def subject(text: str, answer: str = "1", statement: str = "q") -> Subject:
    return Subject(problem=Problem(statement=statement, answer=answer), solution=text)


def made(kind: str, text: str) -> list[Injection]:
    return list(Algebra().propose(subject(text), kind, random.Random(0)))


@pytest.mark.parametrize("case", CASES, ids=lambda c: f"{c['kind']} {c['before'][:40]}")
def test_the_table(case: dict[str, str]) -> None:
    texts = [i.text for i in made(case["kind"], case["before"])]
    if case["after"]:
        assert case["after"] in texts
    else:
        assert not texts


@pytest.mark.parametrize("case", [c for c in CASES if c["after"]], ids=lambda c: c["before"][:40])
def test_every_false_move_of_the_table_is_shown_to_be_false(case: dict[str, str]) -> None:
    with Judge() as judge:
        for injection in made(case["kind"], case["before"]):
            checks = {c.name: c for c in prove(injection, subject(case["before"]), judge).checks}
            assert checks["step_false"].passed, (injection.text, checks["step_false"].seen)


SOLUTION = (
    "The two legs give $c^2 = 5^2 + 12^2 = 25 + 144 = 169.$\n\n"
    "Twice that is $2 \\cdot 169 = 338,$ and taking away the first part leaves\n\\[338 - 25 = \\boxed{313}.\\]"
)


def test_what_follows_is_computed_anew_up_to_the_answer() -> None:
    found = {i.text: i for i in made("exponent_rule", SOLUTION) if i.answer}
    wrong = (
        SOLUTION.replace("25 + 144 = 169", "10 + 144 = 154")
        .replace("2 \\cdot 169 = 338", "2 \\cdot 154 = 308")
        .replace("338 - 25 = \\boxed{313}", "308 - 10 = \\boxed{298}")
    )
    assert found[wrong].answer == "298"
    with Judge() as judge:
        proven = Algebra().prove(found[wrong], subject(SOLUTION, "313"), judge)
    assert proven.proven, proven.checks
    assert [c.name for c in proven.checks][3] == "answer_wrong"


def test_a_number_that_may_come_from_elsewhere_is_not_followed() -> None:
    own = subject(SOLUTION, "313", "A number is 25 less than twice a square. Which?")
    wrong = [i.text for i in Algebra(cut=False).propose(own, "exponent_rule", random.Random(0))]
    assert not any("= 10 +" in text for text in wrong)


def test_a_cut_text_says_so_and_states_no_answer() -> None:
    text = "Since $x^2 = 9,$ we have $x = \\pm 3.$\n\nSo there are $\\boxed{2}$ of them."
    with Judge() as judge:
        (found,) = inject(
            subject(text, "2"), [Algebra()], {"lost_root": 1.0}, random.Random(1), judge
        ).accepted
    assert found.text == "Since $x^2 = 9,$ we have $x = 3.$"
    assert found.answer == ""
    assert [c.name for c in found.checks] == [
        "prefix_untouched",
        "prefix_valid",
        "step_false",
        "cut_after_step",
        "one_cause",
    ]
    assert not list(Algebra(cut=False).propose(subject(text, "2"), "lost_root", random.Random(1)))


@pytest.mark.parametrize(
    ("before", "edits", "check"),
    [
        ("$6 + 8 = 14$ so $\\boxed{14}$", {"14": "15"}, "one_cause"),
        ("$6 + 8 = 14$ so $\\boxed{14}$", {"14$ so $\\boxed{14": "14$ so $\\boxed{15"}, "step_false"),
        (
            "$6 + 8 = 14$ so $2 + 2 = 4$ and $\\boxed{14}$",
            {"14": "15", "= 4": "= 5", "{14}": "{15}"},
            "one_cause",
        ),
        ("$2 + 2 = 5,$ $6 + 8 = \\boxed{14}$", {"14": "15"}, "prefix_valid"),
    ],
)
def test_the_proof_refuses(before: str, edits: dict[str, str], check: str) -> None:
    places = sorted((before.index(old), old, new) for old, new in edits.items())
    parts = tuple(
        Edit(at, at + len(old), new, "consequence" if number else "cause")
        for number, (at, old, new) in enumerate(places)
    )
    text = apply(before, parts)
    wrong = Injection(
        injector="algebra", kind="calculation", original=before, text=text, edits=parts, step=0, answer="15"
    )
    with Judge() as judge:
        proven = prove(wrong, subject(before, "14"), judge)
    assert not proven.proven
    # a stale answer is right by the judge before it is seen to be stale
    assert proven.checks[-1].name in {check, "answer_wrong"}


@settings(max_examples=150, deadline=None)
@given(TEXTS)
def test_any_text_is_read_with_its_places(text: str) -> None:
    for chain in read(text):
        assert len(chain.sides) == len(chain.relations) + 1
        for side in chain.sides:
            assert text[side.start : side.end] == side.text
    found = tokens(text, 0, len(text))
    assert all(text[t.start : t.end] == t.text for t in found)
    assert all(t.start <= t.body < t.end for t in terms(found))


@settings(max_examples=150, deadline=None)
@given(TEXTS, st.sampled_from(Algebra.kinds))
def test_any_text_before_the_mistake_is_verbatim(text: str, kind: str) -> None:
    for injection in made(kind, text):
        assert apply(text, injection.edits) == injection.text
        assert injection.text[: injection.cause.start] == text[: injection.cause.start]


def test_four_of_ten_real_solutions_take_a_proven_mistake() -> None:
    rows = [
        json.loads(line)
        for line in shared("data/math500.jsonl").read_text(encoding="utf-8").splitlines()[:60]
    ]
    weights = dict.fromkeys(Algebra.kinds, 1.0)
    taken = 0
    with Judge() as judge:
        for row in rows:
            own = subject(row["solution"], row["answer"], row["question"])
            taken += bool(inject(own, [Algebra()], weights, random.Random(row["id"]), judge).accepted)
    assert taken >= 24


def test_no_mistake_makes_a_line_say_what_the_one_before_it_says() -> None:
    """`x = 90 / 5`, then `x = 18`: with 90 - 5 for the one, both would be `x = 85`."""
    text = "We have\n\\[\n5x = 90\n\\]\nso that\n\\[\nx = \\frac{90}{5}\n\\]\n\\[\nx = 18\n\\]\nIt is $\\boxed{18}$."
    problem = Problem(
        id="p", statement="Solve 5x = 90.", answer="18", solution=text, source="t", licence="MIT"
    )
    made = [
        injection.text
        for seed in range(20)
        for kind in Algebra.kinds
        for injection in Algebra(cut=False).propose(
            Subject(problem=problem, solution=text), kind, random.Random(seed)
        )
    ]
    assert made and not any("\nx = 85\n\\]\n\\[\nx = 85" in text for text in made)
