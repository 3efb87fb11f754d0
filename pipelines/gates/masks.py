"""Masks: what a trainer would learn of drawn rows, token by token, by the policy's own tokenizer and template.

SFT rows of every recipe and variant are read back, rendered once and tokenised once (`generators.token_labels`). What
its labels claim is then looked at in other ways: every token that is learnt is held against its characters one by
one, and each learnt run of tokens is decoded again and must read as the learnt text.

Reasons that fail the gate for a single row: `bad_record`; `not_rendered` (the template refuses or rewrites the
conversation, or a text holds a special token); `ids_differ` (the offsets are of other tokens than the policy is
sampled with); `nothing_learnt`; `mask_learnt` (a learnt token has a masked character); `text_differs` (learnt tokens
read as something else); `end_not_learnt` (the end-of-turn token after a learnt last span is not learnt, or the template
writes none: the model would not learn to stop); `end_learnt` (it is learnt after a masked one).

Counted, and too many only above a share: `straddling` (a token holds masked and learnt characters; it is masked) and
`split_differently` (the row's tokens are not those of its parts, so a model that is asked to go on from a cut sees
other tokens than it was trained on).

The scripted engine's token is a character. Of a server that is asked through chat, and of attempts from files, no
tokenizer is known: name one with `tokenizer`.

Not covered: preference rows.
"""

from collections.abc import Sequence
from itertools import groupby

from pydantic import Field

from generators.chat_tokens import ChatTokens, chat_tokens
from generators.engines.base import Renderer
from generators.engines.render import ChatRenderer
from generators.token_labels import TokenLabels, token_labels
from pipelines.gates.base import Examined, Gate, named
from pipelines.gates.readback import example_of
from pipelines.gates.sample import sample
from schemas.example import SFTExample
from schemas.exceptions import ConfigError, RecordError
from schemas.manifest import GateResult

COUNTED = ("straddling", "split_differently")
"""Findings that fail the gate only above a share of the rows."""


class Masks(Gate):
    """Refuses a dataset whose masks do not hold in the policy's tokens."""

    rows: int = Field(default=100, ge=1)
    """SFT rows drawn; at least one of every recipe and variant."""
    seed: int = 0
    """Another seed draws other rows."""
    most_straddling: float = Field(default=0.02, ge=0, le=1)
    """Largest share of rows with a token that holds masked and learnt characters, and of rows whose tokens are not
    those of their parts."""
    tokenizer: str = ""
    """Folder or Hub name of a tokenizer to check with; empty: the policy's own."""
    allow_unchecked: bool = False
    """Pass where no tokenizer is known."""

    def examine(self, dataset: Examined) -> GateResult:
        try:
            renderer = self._renderer(dataset)
            tokens = chat_tokens(renderer)
        except ConfigError as error:
            said = f"not checked: {error}"
            return self.result(self.allow_unchecked, said, checked=0)
        found: dict[str, list[str]] = {}
        checked = 0
        for _, row in sample(dataset, ("sft",), self.rows, self.seed):
            checked += 1
            for reason in objections(row, tokens, renderer):
                found.setdefault(reason, []).append(row["id"])
        return self._result(found, checked)

    def _renderer(self, dataset: Examined) -> Renderer:
        if self.tokenizer:
            from generators.engines.server.tokenizer import load_tokenizer

            return load_tokenizer(self.tokenizer, None)
        if dataset.renderer is None:
            raise ConfigError(f"{dataset.no_renderer}; name a `tokenizer`")
        return dataset.renderer

    def _result(self, found: dict[str, list[str]], checked: int) -> GateResult:
        rows = {reason: found.get(reason, []) for reason in COUNTED}
        hard = {reason: ids for reason, ids in found.items() if reason not in COUNTED}
        passed = not hard and all(len(ids) <= self.most_straddling * checked for ids in rows.values())
        findings = [
            f"{row_id} ({reason})" for part in (hard, rows) for reason in part for row_id in part[reason]
        ]
        wrong = len({row_id for ids in hard.values() for row_id in ids})
        if not checked:
            return self.result(True, "there is no SFT row", checked=0)
        said = (
            f"{wrong:,} of {checked:,} rows drawn are masked wrongly"
            if wrong
            else f"the masks of {checked:,} rows hold"
        )
        straddle, parts = len(rows["straddling"]), len(rows["split_differently"])
        said += f"; in {straddle:,} a token straddles, {parts:,} are other tokens in parts"
        said += f" (up to {self.most_straddling:.0%} may)"
        if not passed:
            said += f": {named(findings)}"
        counts = {reason: len(ids) for reason, ids in {**hard, **rows}.items()}
        return self.result(passed, said, findings, checked=checked, **counts)


def objections(row: dict[str, object], tokens: ChatTokens, renderer: Renderer) -> list[str]:
    """What is wrong with the masks of one row, as slugs."""
    try:
        example = example_of("sft", row)
        example.check()
    except (RecordError, TypeError, ValueError):
        return ["bad_record"]
    assert isinstance(example, SFTExample)
    try:
        labels = token_labels(tokens, example.messages, example.spans)
    except RecordError:
        return ["not_rendered"]
    if not _as_sampled(example, labels, renderer):
        return ["ids_differ"]
    return mislabelled(example, labels, tokens)


def mislabelled(example: SFTExample, labels: TokenLabels, tokens: ChatTokens) -> list[str]:
    """What is wrong with a row's labels, as slugs."""
    found = [
        ("nothing_learnt", not any(weight > 0 for weight in labels.weights)),
        ("mask_learnt", _learns_masked(labels)),
        ("text_differs", not _reads_back(labels, tokens)),
        *_ends(example, labels),
        ("straddling", bool(labels.straddling)),
        ("split_differently", not labels.straddling and _parts(labels, tokens) != labels.ids),
    ]
    return [reason for reason, so in found if so]


def _as_sampled(example: SFTExample, labels: TokenLabels, renderer: Renderer) -> bool:
    """Whether the tokens are those that the engine's own way gives, and the first turn begins as it is asked for."""
    first = next(n for n, m in enumerate(example.messages) if m.role == "assistant")
    asked = renderer.render(example.messages[:first])
    if isinstance(renderer, ChatRenderer):
        whole = renderer.tokenizer(labels.text, add_special_tokens=False, verbose=False)["input_ids"]
        if tuple(whole) != labels.ids:
            return False
    # The last token before the turn may be merged with its first characters: that is what straddles.
    return labels.ids[: len(asked) - 1] == asked[:-1]


def _learns_masked(labels: TokenLabels) -> bool:
    """Character by character, not by the walk over stretches that made the labels."""
    learnt = bytearray(len(labels.text))
    for stretch in labels.stretches:
        if stretch.weight > 0:
            learnt[stretch.start : stretch.end] = b"\x01" * (stretch.end - stretch.start)
    return any(
        weight > 0 and not all(learnt[start:end])
        for weight, (start, end) in zip(labels.weights, labels.covers, strict=True)
    )


def _reads_back(labels: TokenLabels, tokens: ChatTokens) -> bool:
    """Whether every run of learnt tokens, decoded, stands within one run of learnt text, in order."""
    texts = [
        "".join(labels.text[s.start : s.end] for s in run)
        for learnt, run in groupby(labels.stretches, key=lambda s: s.weight > 0)
        if learnt
    ]
    at = 0
    for learnt, pairs in groupby(zip(labels.weights, labels.ids, strict=True), key=lambda pair: pair[0] > 0):
        if not learnt:
            continue
        # A run may begin or end inside a character, or with the space that some tokenizers keep to themselves.
        read = tokens.decode([number for _, number in pairs]).strip("\ufffd").strip()
        while at < len(texts) and read not in texts[at]:
            at += 1
        if at == len(texts):
            return False
    return True


def _ends(example: SFTExample, labels: TokenLabels) -> Sequence[tuple[str, bool]]:
    """The end-of-turn token of each assistant message goes with its last span."""
    last = {span.message: span.weight for span in example.spans}
    learnt = [last[number] > 0 for number, m in enumerate(example.messages) if m.role == "assistant"]
    missing = surplus = False
    for wanted, end in zip(learnt, labels.ends, strict=True):
        weights = [
            w for w, cover in zip(labels.weights, labels.covers, strict=True) if end and _meet(cover, end)
        ]
        missing |= wanted and not (weights and all(weight > 0 for weight in weights))
        surplus |= not wanted and any(weight > 0 for weight in weights)
    return [("end_not_learnt", missing), ("end_learnt", surplus)]


def _meet(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def _parts(labels: TokenLabels, tokens: ChatTokens) -> tuple[int, ...]:
    """The tokens of the stretches, each by itself."""
    return tuple(i for s in labels.stretches for i in tokens.encode(labels.text[s.start : s.end]).ids)
