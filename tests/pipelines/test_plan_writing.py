"""Cutting problems into chunks: by content, so that a plan that grows keeps the chunks it has."""

import random
from collections.abc import Sequence

import pytest

from pipelines.plan_writing import cut_problems
from schemas.problem import Problem

SIZES = (1, 2, 3, 7, 20)
MOST_CHANGED = 4
"""Chunks that one problem more or less changes at most, here; 1.1 on average where they are large."""


def problems(count: int, seed: int = 0) -> list[Problem]:
    return [Problem(id=f"{seed}/{n}", statement=f"What is {n}?", answer=str(n)) for n in range(count)]


def ids(chunks: Sequence[Sequence[Problem]]) -> set[tuple[str, ...]]:
    return {tuple(problem.id for problem in chunk) for chunk in chunks}


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("limit", [None, 1, 10, 53, 1000])
def test_chunks_tile_the_problems_in_order_with_sizes_from_half_to_twice(
    size: int, limit: int | None
) -> None:
    whole = problems(60 + 10 * size, seed=size)
    chunks = list(cut_problems(whole, size, limit))
    assert [problem for chunk in chunks for problem in chunk] == whole
    at, ends = 0, []
    for chunk in chunks:
        at += len(chunk)
        ends.append(at)
        shorter = at in (limit, len(whole))  # what is left
        assert (1 if shorter else -(-size // 2)) <= len(chunk) <= 2 * size
    if limit is not None and limit < len(whole):
        assert limit in ends


@pytest.mark.parametrize("size", SIZES)
def test_chunks_have_the_asked_size_on_average(size: int) -> None:
    chunks = list(cut_problems(problems(300 * size), size))
    assert 0.85 * size < 300 * size / len(chunks) < 1.15 * size


@pytest.mark.parametrize("size", SIZES)
def test_a_problem_put_in_or_taken_away_changes_the_chunk_it_is_in_and_hardly_another(size: int) -> None:
    rng, changed = random.Random(size), []
    whole = problems(15 * size + 5)
    before = list(cut_problems(whole, size))
    for new in problems(40, seed=1):
        place = rng.randrange(len(whole) + 1)
        after = list(cut_problems([*whole[:place], new, *whole[place:]], size))
        changed += [len(ids(after) - ids(before)), len(ids(before) - ids(after))]
        # The other way round it is one taken away.
        assert max(changed[-2:]) <= MOST_CHANGED
    assert sum(changed) / len(changed) < 1.8


def test_problems_behind_the_last_leave_all_but_the_last_chunks_as_they_are() -> None:
    whole = problems(400)
    before = list(cut_problems(whole[:380], 20))
    after = list(cut_problems(whole, 20))
    assert after[: len(before) - 1] == before[:-1]


def test_a_raised_limit_leaves_all_chunks_but_the_last_before_it_as_they_are() -> None:
    whole = problems(400)
    before, after = list(cut_problems(whole, 20, 200)), list(cut_problems(whole, 20, 230))
    lost = [chunk for chunk in before if chunk not in after]
    places = [whole.index(problem) for chunk in lost for problem in chunk]
    assert places and min(places) > 200 - 3 * 20 and max(places) < 230 + 3 * 20


def test_the_same_problem_ends_a_chunk_wherever_it_stands() -> None:
    whole = problems(300)
    other = problems(500, seed=9)
    here, there = list(cut_problems(whole, 10)), list(cut_problems([*other, *whole, *other], 10))
    assert len(ids(here) & ids(there)) >= len(here) - 3


def test_the_order_of_ids_alone_decides_no_chunk() -> None:
    one, other = (cut_problems(problems(60, seed=seed), 5) for seed in (3, 4))
    assert [len(chunk) for chunk in one] != [len(chunk) for chunk in other]
