"""Two attempts: who is asked for the second, what is learnt, how much is edited."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filters.verify.math.judge import Judge
from generators.edit_ratio import bucket, distance, edit_ratio
from generators.prompts.second_turns import IT_IS_WRONG, LOOK_AGAIN, VERIFY, YOU_REJECTED_IT
from generators.second_answers import draws_on, in_order, stands_alone
from schemas.example import PreferenceExample, SFTExample
from tests.generators.prompts.banks import problems_of
from tests.generators.recipes.verdict_world import rows_of, shapes
from tests.world import Jars

WORDS = st.lists(st.sampled_from(["a", "b", "c"]), max_size=7)


@pytest.fixture(scope="module")
def judge() -> Iterator[Judge]:
    with Judge() as judge:
        yield judge


def test_only_second_answers_are_learnt_unless_right_first_ones_are_to_be(judge: Judge) -> None:
    plain = shapes(rows_of("two_attempts", judge))
    both = shapes(rows_of("two_attempts", judge, learn_first=0.5))
    for variant, shape in plain.items():
        if ".corrected." in variant:
            assert shape == both[variant] == [("mistake", 0.0), ("correction", 1.0)]
        else:
            assert shape == [("answer", 0.0), ("answer", 1.0)] and both[variant][0] == ("answer", 0.5)
    assert {v.split(".")[1] for v in plain} == {"corrected", "kept"}


def test_without_a_plus_nothing_right_comes_first(judge: Judge) -> None:
    assert all(".kept." not in v for v in shapes(rows_of("two_attempts", judge, modes=["pair_sft"])))


def test_star_rows_are_what_the_policy_answered(judge: Judge) -> None:
    right, wrong = Jars(0).right(again=True), Jars(0).wrong("slip_second")
    rows = rows_of("two_attempts", judge, second=(right, wrong), modes=["star"], request="Look again.")
    stars = [r for _, r in rows if isinstance(r, SFTExample) and r.problem_id == "jars/0"]
    assert stars and all(r.messages[-1].content == right for r in stars)
    assert all(r.messages[2].content == "Look again." for r in stars)


def test_flips_are_pairs_on_the_question_alone(judge: Judge) -> None:
    replies = (Jars(0).right(again=True), Jars(0).wrong("slip_second"))
    flips = [r for _, r in rows_of("flips", judge, second=replies) if r.problem_id == "jars/0"]
    assert {r.variant for r in flips} == {"to_right", "to_wrong"}
    assert all(isinstance(r, PreferenceExample) and len(r.prompt) == 1 for r in flips)


def test_scraps_and_bare_answers_are_no_second_answers(judge: Judge) -> None:
    scraps = (
        "The answer is \\boxed{17}.",
        "Step 1: \\boxed{ 3 * 4 = 12\n12 + 5 = 17\nThe answer is \\boxed{17}.",
    )
    rows = rows_of("two_attempts", judge, second=scraps, modes=["star+"])
    assert not [r for _, r in rows if r.problem_id == "jars/0"]


def test_wrong_second_answers_must_be_attempts_at_the_problem(judge: Judge) -> None:
    stray = (
        "Step 1: 91 + 71 = 162\n162 + 1 = 163\nThe answer is \\boxed{163}.",
        Jars(0).wrong("wrong_operator"),
    )
    rows = rows_of("flips", judge, second=stray)
    flips = [r for _, r in rows if isinstance(r, PreferenceExample) and r.problem_id == "jars/0"]
    assert flips and {r.rejected[0].content for r in flips} == {stray[1]}


def test_caps_and_edit_bounds(judge: Judge) -> None:
    rows = rows_of("two_attempts", judge, modes=["pair_sft"], most=1)
    per_problem = [(r.problem_id, r.kind) for _, r in rows]
    assert len(per_problem) == len(set(per_problem))
    narrow = rows_of("two_attempts", judge, min_edit=0.1)
    assert narrow and all(not r.variant.endswith("edit_0.0") for _, r in narrow)
    assert not rows_of("two_attempts", judge, max_edit=0.0)


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("Step 1: 3 * 4 = 12\nStep 2: 12 + 5 = 17", True),
        ("3 * 4 + 5 = 17", True),
        ("There are 17 of them.", True),
        ("Step 1: 11 + 6 = 17", False),
        ("Step 1: 3 * 4 = 12\nStep 4: 12 + 5 = 17", False),
        ("3 * 19 = 57. 57 - 41 = 16. 91 - 74 = 17.", False),
    ],
    ids=["steps", "at once", "words", "its numbers from nowhere", "steps missing", "mostly from nowhere"],
)
def test_muddles_are_no_attempts(text: str, fits: bool) -> None:
    assert (in_order(text) and draws_on(text, "There are 3 crates with 4 jars each and 5 more.")) is fits


@given(WORDS, WORDS)
def test_distance_is_a_distance(a: list[str], b: list[str]) -> None:
    found = distance(a, b)
    assert found == distance(b, a) and (found == 0) == (a == b)
    assert abs(len(a) - len(b)) <= found <= max(len(a), len(b))
    assert 0 <= edit_ratio(" ".join(a), " ".join(b)) <= 1


@pytest.mark.parametrize(("a", "b", "far"), [("kitten", "sitting", 3), ("", "abc", 3), ("abc", "axc", 1)])
def test_distance_counts_edits(a: str, b: str, far: int) -> None:
    assert distance(list(a), list(b)) == far


@pytest.mark.parametrize(
    ("ratio", "name"), [(0.0, "edit_0.0"), (0.3, "edit_0.3"), (0.99, "edit_0.9"), (1.0, "edit_0.9")]
)
def test_buckets(ratio: float, name: str) -> None:
    assert bucket(ratio) == name


def test_what_speaks_of_a_turn_before_does_not_stand_alone() -> None:
    assert stands_alone(Jars(0).right())
    assert not any(map(stands_alone, ["I apologize.", "My previous answer was 8.", "You're right, it is 7."]))


@pytest.mark.parametrize("bank", [LOOK_AGAIN, IT_IS_WRONG, VERIFY, YOU_REJECTED_IT])
def test_banks(bank: tuple[str, ...]) -> None:
    assert problems_of(bank) == []
