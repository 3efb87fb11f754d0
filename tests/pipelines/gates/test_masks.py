"""The masks gate fails where a trainer would learn what is masked, and names the row."""

from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from generators.chat_tokens import chat_tokens
from generators.engines.base import Renderer
from generators.engines.local.folder import EMBEDDED
from generators.engines.render import ChatRenderer, PlainRenderer
from generators.engines.server.tokenizer import load_tokenizer
from generators.token_labels import token_labels
from pipelines.dataset import rows
from pipelines.gates.again import read_manifest
from pipelines.gates.base import Examined
from pipelines.gates.masks import Masks, mislabelled
from pipelines.gates.readback import example_of
from schemas.example import SFTExample
from schemas.manifest import GateResult
from tests.datasets import Row, rewritten

_TURNS = "{% for m in messages %}[{{ m['role'] }}] {{ m['content'] }}\n{% endfor %}"
UNCLOSED = _TURNS + "{% if add_generation_prompt %}[assistant] {% endif %}"
SHOUTS = "{% for m in messages %}[{{ m['role'] }}] {{ m['content'] | upper }}<|im_end|>{% endfor %}"


@cache
def renderer(template: str = "") -> ChatRenderer:
    made = load_tokenizer("embedded", None)
    if template:
        made.tokenizer.chat_template = template
    return made


def found(dataset: Path, using: Renderer | None = None, **options: object) -> GateResult:
    examined = Examined(
        dataset, read_manifest(dataset), Path(), using, "" if using else "nobody knows the tokenizer"
    )
    return Masks(**{"rows": 30, **options}).examine(examined)  # type: ignore[arg-type]


@pytest.mark.parametrize("using", [PlainRenderer(), renderer()], ids=["plain", "embedded"])
def test_the_masks_of_what_was_built_hold(dataset: Path, using: Renderer) -> None:
    result = found(dataset, using, rows=100)
    assert result.passed, result.said
    assert result.numbers == {"checked": result.numbers["checked"], "straddling": 0, "split_differently": 0}
    assert result.numbers["checked"] >= 50


def test_a_span_shifted_into_a_token_is_named(copy: Path) -> None:
    def shift(given: list[Row]) -> list[Row]:
        for row in given:
            spans = row["spans"]
            at = next(
                (i for i in range(len(spans) - 1) if spans[i]["weight"] != spans[i + 1]["weight"]), None
            )
            text = row["messages"][1]["content"]
            # Into `boxed`, one token of the embedded tokenizer.
            into = text.find("boxed", spans[at]["start"]) + 2 if at is not None else 0
            if at is not None and spans[at]["start"] < into < spans[at + 1]["end"]:
                spans[at]["end"] = spans[at + 1]["start"] = into
        return given

    rewritten(copy, "sft", shift)
    result = found(copy, renderer(), rows=200)
    straddling = int(result.numbers["straddling"])
    assert not result.passed and straddling > 5
    assert all(finding.endswith("(straddling)") for finding in result.findings)
    assert result.findings[0].partition(" ")[0] in result.said
    assert found(copy, renderer(), rows=200, most_straddling=1.0).passed
    assert found(copy, PlainRenderer(), rows=200).passed  # a character is never cut


def test_a_row_of_which_nothing_is_learnt_is_named(copy: Path) -> None:
    masked: list[str] = []

    def mask(given: list[Row]) -> list[Row]:
        if not masked:
            masked.append(given[0]["id"])
            for span in given[0]["spans"]:
                span["weight"] = 0.0
        return given

    rewritten(copy, "sft", mask)
    result = found(copy, renderer(), rows=1000)
    assert not result.passed and result.findings == (f"{masked[0]} (bad_record)",)


@pytest.mark.parametrize(
    ("template", "reason"),
    [(UNCLOSED, "end_not_learnt"), (SHOUTS, "not_rendered")],
    ids=["unclosed", "shouts"],
)
def test_a_template_that_no_row_can_be_learnt_with_fails_every_row(
    dataset: Path, template: str, reason: str
) -> None:
    result = found(dataset, renderer(template))
    assert not result.passed and result.numbers[reason] == result.numbers["checked"] >= 30


def test_labels_that_are_wrong_are_found_in_every_row(dataset: Path) -> None:
    tokens = chat_tokens(renderer())
    checked = 0
    for row in rows(dataset, "sft"):
        example = example_of("sft", row)
        assert isinstance(example, SFTExample)
        labels = token_labels(tokens, example.messages, example.spans)
        assert mislabelled(example, labels, tokens) == []
        everything = replace(labels, weights=tuple(1.0 for _ in labels.weights))
        assert {"mask_learnt", "text_differs"} <= {*mislabelled(example, everything, tokens)}
        late = replace(labels, weights=(0.0, *labels.weights[:-1]))
        assert {"mask_learnt", "end_learnt"} & {*mislabelled(example, late, tokens)}
        early = replace(labels, weights=(*labels.weights[1:], 0.0))
        assert {"mask_learnt", "end_not_learnt"} <= {*mislabelled(example, early, tokens)}
        other = replace(labels, ids=(*labels.ids[:-6], *labels.ids[-5:], labels.ids[-6]))
        assert "text_differs" in mislabelled(example, other, tokens)
        checked += 1
    assert checked > 50


def test_without_a_tokenizer_it_passes_only_where_it_may(dataset: Path) -> None:
    strict, allowed = found(dataset), found(dataset, allow_unchecked=True)
    assert not strict.passed and allowed.passed
    assert strict.said == allowed.said == "not checked: nobody knows the tokenizer; name a `tokenizer`"
    named = found(dataset, tokenizer=str(EMBEDDED))
    assert named.passed and named.numbers["checked"] == 30


def test_a_dataset_without_conversations_has_no_masks(copy: Path) -> None:
    rewritten(copy, "sft", lambda given: [])
    assert found(copy, renderer()).said == "there is no SFT row"
