"""Cases in flight: bounded, in order, and no chunk's slowest case holds up the next chunk."""

import asyncio
import itertools
import random
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from bench.sampling import measure
from pipelines.window import Window


@settings(max_examples=40, deadline=None)
@given(
    cases=st.integers(1, 6),
    sizes=st.lists(st.integers(1, 9), min_size=1, max_size=8),
    seed=st.integers(0, 99),
)
def test_every_case_enters_in_order_within_the_bounds(cases: int, sizes: list[int], seed: int) -> None:
    window = Window(cases, max(sizes))
    rng = random.Random(seed)
    entered: list[tuple[int, int]] = []
    in_flight = kept = most_in_flight = most_kept = 0

    async def case(chunk: int, number: int) -> None:
        nonlocal in_flight, kept, most_in_flight, most_kept
        entered.append((chunk, number))
        in_flight, kept = in_flight + 1, kept + 1
        most_in_flight, most_kept = max(most_in_flight, in_flight), max(most_kept, kept)
        for _ in range(rng.randrange(4)):
            await asyncio.sleep(0)
        in_flight -= 1
        window.leave()

    async def chunk(number: int, size: int) -> None:
        nonlocal kept
        async with asyncio.TaskGroup() as group:
            for index in range(size):
                await window.enter()
                group.create_task(case(number, index))
        kept -= size
        window.written(size)

    async def main() -> None:
        async with asyncio.TaskGroup() as group:
            for number, size in enumerate(sizes):
                await window.open_chunk(size)
                group.create_task(chunk(number, size))

    asyncio.run(asyncio.wait_for(main(), 20))
    assert entered == [(c, i) for c, size in enumerate(sizes) for i in range(size)]
    assert most_in_flight <= cases
    assert most_kept <= 4 * cases + max(sizes)


@settings(max_examples=40, deadline=None)
@given(
    sizes=st.lists(st.integers(1, 5), min_size=2, max_size=6),
    cases=st.integers(1, 3),
    gone=st.sets(st.integers(0, 5)),
)
def test_chunks_that_wait_to_be_opened_all_get_their_turn(
    sizes: list[int], cases: int, gone: set[int]
) -> None:
    """As tries again do, each in a task of its own; of those in `gone` no case enters."""
    window = Window(cases, max(sizes))
    order: list[int] = []

    async def chunk(number: int) -> None:
        await window.open_chunk(sizes[number])
        if number in gone:
            window.stay_out(sizes[number])
            return
        for _ in range(sizes[number]):
            await window.enter()
            order.append(number)
            await asyncio.sleep(0)
            window.leave()
        window.written(sizes[number])

    async def main() -> None:
        async with asyncio.TaskGroup() as group:
            for number in range(len(sizes)):
                group.create_task(chunk(number))

    asyncio.run(asyncio.wait_for(main(), 20))
    left = [n for n in range(len(sizes)) if n not in gone]
    assert sorted(order) == sorted(n for n in left for _ in range(sizes[n]))
    changes = sum(a != b for a, b in itertools.pairwise(order))
    assert changes == max(0, len(left) - 1), "a chunk enters whole before the next one begins"


def test_small_chunks_keep_the_slots_as_busy_as_large_ones(tmp_path: Path) -> None:
    small, large = (measure(24, slots=16, cases_in_flight=24, chunk_size=size) for size in (3, 24))
    assert small["tokens"] == large["tokens"] and small["rows"] == large["rows"]
    # Eight chunks that began one after another would take half as long again.
    assert small["over_ideal"] > 0.97 * large["over_ideal"]
    assert small["over_ideal"] > 0.8
