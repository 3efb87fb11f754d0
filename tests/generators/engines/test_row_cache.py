"""The cache whose rows come and go, against a plain list of what each row was given."""

from types import SimpleNamespace
from typing import Any

import pytest

pytest.importorskip("torch")
pytest.importorskip("transformers")

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from generators.engines.local.attention import _attend, row_lengths
from generators.engines.local.cache import RowCache

HEADS, CHANNELS = 2, 3
_STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("join"), st.lists(st.integers(1, 90), min_size=1, max_size=4)),
        st.tuples(st.just("step"), st.integers(1, 80)),
        st.tuples(st.just("leave"), st.lists(st.integers(0, 7), min_size=1, max_size=4)),
    ),
    max_size=14,
)


def prefilled(rows: list[list[torch.Tensor]]) -> Any:  # noqa: ANN401 stands for a cache of transformers
    """A left-padded cache of one layer; values are the keys' negatives."""
    longest = max(map(len, rows))
    keys = torch.full((len(rows), HEADS, longest, CHANNELS), 99.0)
    for number, row in enumerate(rows):
        keys[number, :, longest - len(row) :] = torch.stack(row, dim=1)
    return SimpleNamespace(layers=[SimpleNamespace(keys=keys, values=-keys)])


def left(rows: list[list[torch.Tensor]], gone: list[int]) -> list[tuple[int, int]]:
    """Take rows out and fill the holes from behind; the moves that did it."""
    stay = [number for number in range(len(rows)) if number not in gone]
    holes = sorted(set(range(len(stay))) - set(stay))
    moves = list(zip(stay[len(stay) - len(holes) :], holes, strict=True))
    for source, hole in moves:
        rows[hole] = rows[source]
    del rows[len(stay) :]
    return moves


@settings(max_examples=60, deadline=None)
@given(actions=_STEPS)
def test_every_row_keeps_what_it_was_given(actions: list[tuple[str, Any]]) -> None:
    generator = torch.Generator().manual_seed(0)
    rows: list[list[torch.Tensor]] = []
    cache: RowCache | None = None

    def token() -> torch.Tensor:
        return torch.randn(HEADS, CHANNELS, generator=generator)

    for name, what in actions:
        if name == "join":
            new = [[token() for _ in range(length)] for length in what]
            first = prefilled(new)
            cache = cache or RowCache(first, 8)
            cache.join(first, torch.arange(len(new)))
            rows += new
        elif cache is None:
            continue
        elif name == "step":
            for _ in range(what):
                cache.make_room()
                for row in rows:
                    row.append(token())
                newest = torch.stack([row[-1] for row in rows])[:, :, None]
                keys, values = cache.layers[0].update(newest, -newest)
                cache.advance()
            assert torch.equal(keys, -values)
            assert keys.shape[2] == max(map(len, rows))
            for number, row in enumerate(rows):
                assert torch.equal(keys[number, :, -len(row) :], torch.stack(row, dim=1))
        else:
            moves = left(rows, what)
            cache = cache if rows else None
            if cache is not None:
                cache.move(moves, len(rows), max(map(len, rows)))


@settings(max_examples=40, deadline=None)
@given(lengths=st.lists(st.integers(1, 40), min_size=1, max_size=40), groups=st.sampled_from([1, 3]))
def test_attention_by_rows_is_attention(lengths: list[int], groups: int) -> None:
    generator = torch.Generator().manual_seed(len(lengths))
    rows, longest = len(lengths), max(lengths)
    query = torch.randn(rows, HEADS * groups, 1, 8, generator=generator)
    key = torch.randn(rows, HEADS, longest, 8, generator=generator)
    value = torch.randn(rows, HEADS, longest, 5, generator=generator)
    mask = (torch.arange(longest, 0, -1) <= torch.tensor(lengths)[:, None])[:, None, None]
    with row_lengths(lengths):
        found = _attend(query, key, value, mask, 0.3)
    expected = torch.nn.functional.scaled_dot_product_attention(
        query, key, value, attn_mask=mask, scale=0.3, enable_gqa=True
    )
    assert torch.allclose(found, expected.transpose(1, 2), atol=1e-5)
