"""Pieces by content: all of the things, in order, sized as asked, and hardly any of them new when things are added."""

from hypothesis import given
from hypothesis import strategies as st

from pipelines.cutting import cut, cut_finer

NAMES = st.lists(st.text(min_size=1, max_size=6), max_size=200)


@given(things=NAMES, sizes=st.lists(st.integers(1, 40), min_size=1, max_size=3))
def test_pieces_are_all_of_the_things_in_order(things: list[str], sizes: list[int]) -> None:
    pieces = list(cut_finer(things, str, sizes))
    assert [thing for piece in pieces for thing in piece] == things
    assert all(1 <= len(piece) <= 2 * max(sizes) for piece in pieces)


@given(things=NAMES, size=st.integers(1, 40))
def test_of_one_size_only_the_last_may_be_smaller_than_half(things: list[str], size: int) -> None:
    assert all(size / 2 <= len(piece) <= 2 * size for piece in [*cut(things, str, size)][:-1])


def test_what_is_added_at_the_end_makes_small_pieces_new_and_a_large_one_when_it_is_full() -> None:
    things = [f"problem/{number}" for number in range(4000)]

    def new(sizes: tuple[int, ...], at: int) -> int:
        old = {tuple(piece) for piece in cut_finer(things[:at], str, sizes)}
        return sum(len(p) for p in cut_finer(things[: at + 20], str, sizes) if tuple(p) not in old)

    places = range(1000, 3900, 7)
    finer, coarse = ([new(sizes, at) for at in places] for sizes in ((320, 80, 20), (320,)))
    assert sum(finer) / len(finer) < 0.45 * sum(coarse) / len(coarse)
    assert sorted(finer)[len(finer) // 2] <= 60
    assert max(finer) <= 2 * 320 + 20


def test_a_thing_put_in_changes_few_pieces() -> None:
    things = [f"problem/{number}" for number in range(2000)]
    old = {tuple(piece) for piece in cut_finer(things, str, (320, 80, 20))}
    changed = []
    for at in range(0, 2000, 50):
        pieces = cut_finer([*things[:at], "another", *things[at:]], str, (320, 80, 20))
        changed.append(sum(tuple(piece) not in old for piece in pieces))
    assert sum(changed) / len(changed) < 1.6
