"""Cases in flight: bounded, in order, and no chunk's slowest case holds up the next chunk."""

import asyncio
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


def test_small_chunks_keep_the_slots_as_busy_as_large_ones(tmp_path: Path) -> None:
    small, large = (measure(24, slots=16, cases_in_flight=24, chunk_size=size) for size in (3, 24))
    assert small["tokens"] == large["tokens"] and small["rows"] == large["rows"]
    # Eight chunks that began one after another would take half as long again.
    assert small["over_ideal"] > 0.97 * large["over_ideal"]
    assert small["over_ideal"] > 0.8
