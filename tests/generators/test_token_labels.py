"""Token labels against a brute-force reading, character by character, in tokenizers with different habits."""

import random
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from generators.chat_tokens import ChatTokens, PlainTokens, TokenizerTokens
from generators.engines.local.folder import EMBEDDED
from generators.engines.render import ChatRenderer
from generators.rendered import rendered
from generators.token_labels import MASKED_ID, TokenLabels, token_labels
from schemas.exceptions import ConfigError, RecordError
from schemas.segment import Message, Segment, Span, compose

if TYPE_CHECKING:
    from tokenizers import Tokenizer

CHATML = (EMBEDDED / "chat_template.jinja").read_text(encoding="utf-8")
STRIPS = CHATML.replace("message['content']", "(message['content'] | trim)")
UNCLOSED = "{% for m in messages %}[{{ m['role'] }}] {{ m['content'] }}\n{% endfor %}"
REWRITES = CHATML.replace("message['content']", "message['content'].split('</think>')[-1]")
SPACED = "{% for m in messages %}<|im_start|>{{ m['role'] }}\n {{ m['content'] }} <|im_end|>{% endfor %}"

PIECES = [
    *(
        "3 + 4 = 8",
        "No:",
        " let me see.",
        "\n",
        "\n\n",
        "  ",
        " 12",
        "é",
        "e\u0301xy",
        "😀",
        "漢字",
        "\\boxed{7}",
        "a",
        "assistant",
    ),
    *(".", ".\n\n", "user", "Step 2: ", "\t", "→", "𝔸", " =", "=", "0"),
]


@cache
def tokens_of(kind: str) -> ChatTokens:
    """By kind: `plain`, `embedded`, or a byte-level BPE trained here on what the tests write."""
    from transformers import AutoTokenizer, PreTrainedTokenizerFast

    if kind == "plain":
        return PlainTokens()
    if kind.startswith("embedded"):
        tokenizer = AutoTokenizer.from_pretrained(EMBEDDED, local_files_only=True)
    else:
        tokenizer = PreTrainedTokenizerFast(
            tokenizer_object=_byte_level(words="words" in kind, trim="trim" in kind),
            eos_token="<|im_end|>",
            pad_token="<|endoftext|>",
            additional_special_tokens=["<|im_start|>"],
        )
    templates = {"strips": STRIPS, "unclosed": UNCLOSED, "rewrites": REWRITES, "spaced": SPACED}
    tokenizer.chat_template = templates.get(kind.rpartition(" ")[2], CHATML)
    return TokenizerTokens(ChatRenderer(tokenizer))


def _byte_level(words: bool, trim: bool) -> "Tokenizer":
    """Merges spaces to the front of words; without `words` over everything, cuts and headers included."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=words)
    tokenizer.post_processor = processors.ByteLevel(trim_offsets=trim)
    tokenizer.decoder = decoders.ByteLevel()
    rng = random.Random(5)
    texts = ["\n" + "".join(rng.choices(PIECES, k=12)) for _ in range(300)]
    special = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=600, special_tokens=special, initial_alphabet=alphabet, show_progress=False
    )
    tokenizer.train_from_iterator(texts, trainer)
    return tokenizer


KINDS = [
    "plain",
    "embedded",
    "embedded strips",
    "words trim",
    "words",
    "all trim",
    "all spaced",
    "words strips",
]


def conversation(rng: random.Random) -> tuple[list[Message], list[Span]]:
    """One to three turns with spans of any weight, cut anywhere."""
    messages: list[Message] = []
    spans: list[Span] = []
    for _ in range(rng.randint(1, 3)):
        messages.append(Message("user", "".join(rng.choices(PIECES, k=3)).replace("e\u0301", "é")))
        segments = [
            Segment(
                "answer", "".join(rng.choices(PIECES, k=rng.randint(1, 4))).replace("e\u0301", "é"), weight
            )
            for weight in rng.choices([0.0, 1.0, 0.5], k=rng.randint(1, 4))
        ]
        if rng.random() < 0.5:
            text, own = compose(segments, {}, len(messages))
        else:  # cut where compose would not: inside words and white space
            text = "".join(s.text for s in segments)
            edges = sorted({0, len(text), *rng.choices(range(len(text) + 1), k=2)})
            weights = rng.choices([0.0, 1.0, 0.5], k=len(edges))
            own = tuple(
                Span(a, b, "answer", w, len(messages))
                for a, b, w in zip(edges, edges[1:], weights, strict=False)
            )
        messages.append(Message("assistant", text))
        spans += own
    return messages, spans


def brute_force(
    tokens: ChatTokens, labels: TokenLabels, messages: Sequence[Message], spans: Sequence[Span]
) -> list[float]:
    """Every character's weight by looking where the template puts each content; every token's by its bytes."""
    weights = [0.0] * len(labels.text)
    whole = rendered(tokens.text, messages)
    for number, (message, place) in enumerate(zip(messages, whole.places, strict=True)):
        if message.role != "assistant":
            continue
        own = [s for s in spans if s.message == number]
        for span in own:
            for at in range(span.start, span.end):
                if place.start <= place.start + at - place.lead < place.end:
                    weights[place.start + at - place.lead] = span.weight
        if own and "<|im_end|>" in whole.closings[number]:
            end = labels.text.index("<|im_end|>", place.end) + len("<|im_end|>")
            weights[place.end : end] = [own[-1].weight] * (end - place.end)
    # Byte by byte: in a byte-level vocabulary the tokens are the text's bytes, one after another.
    by_byte = [w for character, w in zip(labels.text, weights, strict=True) for _ in character.encode()]
    found, at = [], 0
    for number in labels.ids:
        size = _bytes_of(tokens, number)
        found.append(min(by_byte[at : at + size]))
        at += size
    assert at == len(by_byte)
    return found


def _bytes_of(tokens: ChatTokens, number: int) -> int:
    if isinstance(tokens, PlainTokens):
        return len(chr(number).encode())
    assert isinstance(tokens, TokenizerTokens)
    token = tokens._backend.id_to_token(number)
    return len(str(token))  # a byte is a character of the token's name; special tokens are ASCII


@pytest.mark.parametrize("kind", KINDS)
def test_every_token_weighs_the_least_of_its_bytes(kind: str) -> None:
    tokens, rng = tokens_of(kind), random.Random(kind)
    straddling = learnt = 0
    for _ in range(60):
        messages, spans = conversation(rng)
        labels = token_labels(tokens, messages, spans)
        assert list(labels.weights) == brute_force(tokens, labels, messages, spans)
        assert tokens.decode(labels.ids) == labels.text == tokens.text(messages)
        masked = [i if w > 0 else MASKED_ID for i, w in zip(labels.ids, labels.weights, strict=True)]
        assert list(labels.labels) == masked
        straddling += len(labels.straddling)
        learnt += sum(w > 0 for w in labels.weights)
    assert learnt > 300
    assert straddling == 0 if kind == "plain" else straddling > 0  # or the test would show nothing


@pytest.mark.parametrize("kind", ["embedded", "words trim", "words"])
def test_cuts_as_rows_have_them_are_never_straddled_by_tokens_that_end_at_words(kind: str) -> None:
    text = "Step 1: 3 + 4 = 8.\nWait, that is wrong. Step 1: 3 + 4 = 7.\n\nThe answer is \\boxed{7}."
    for at in range(1, len(text)):
        if text[at].isspace() or text[at - 1].isspace():
            made, spans = compose(
                [Segment("mistake", text[:at]), Segment("correction", text[at:])], {"mistake": 0}, 1
            )
            labels = token_labels(tokens_of(kind), [Message("user", "?"), Message("assistant", made)], spans)
            assert not labels.straddling


def test_a_cut_inside_a_merged_token_straddles_and_is_masked() -> None:
    tokens = tokens_of("words trim")
    text = "so Step 2: = 12"
    spans = [Span(0, 5, "mistake", 0.0, 1), Span(5, len(text), "correction", 1.0, 1)]
    labels = token_labels(tokens, [Message("user", "?"), Message("assistant", text)], spans)
    assert len(labels.straddling) == 1
    start, end = labels.covers[labels.straddling[0]]
    assert (
        labels.text[start:end].strip() in ("Step", "St", "Ste", "tep")
        and labels.weights[labels.straddling[0]] == 0
    )


def test_a_space_that_a_tokenizer_trims_off_its_token_still_belongs_to_it() -> None:
    # With the trimmed offsets ` 12` begins at the 1, and a mask that ends with the space would not touch it.
    tokens = tokens_of("words trim")
    text = "x = 12"
    spans = [Span(0, 4, "mistake", 0.0, 1), Span(4, 6, "correction", 1.0, 1)]
    labels = token_labels(tokens, [Message("user", "?"), Message("assistant", text)], spans)
    learnt = tokens.decode([i for i, w in zip(labels.ids, labels.weights, strict=True) if w])
    assert learnt == "<|im_end|>" and len(labels.straddling) == 1


def test_every_byte_of_a_masked_character_is_masked() -> None:
    for kind in ("embedded", "words"):
        text = "a😀b"
        spans = [Span(0, 2, "mistake", 0.0, 1), Span(2, 3, "correction", 1.0, 1)]
        labels = token_labels(tokens_of(kind), [Message("user", "?"), Message("assistant", text)], spans)
        learnt = [i for i, w in zip(labels.ids, labels.weights, strict=True) if w]
        assert tokens_of(kind).decode(learnt) == "b<|im_end|>"


def test_the_end_of_a_turn_goes_with_its_last_span() -> None:
    messages = [
        Message("user", "?"),
        Message("assistant", "5"),
        Message("user", "?"),
        Message("assistant", "4"),
    ]
    spans = [Span(0, 1, "mistake", 0.0, 1), Span(0, 1, "correction", 1.0, 3)]
    for kind in ("plain", "embedded", "all spaced"):
        labels = token_labels(tokens_of(kind), messages, spans)
        (masked, learnt) = labels.ends
        assert (
            masked and learnt and labels.text[slice(*masked)] == labels.text[slice(*learnt)] == "<|im_end|>"
        )
        pairs = [*zip(labels.covers, labels.weights, strict=True)]
        assert {w for (a, b), w in pairs if masked[0] <= a and b <= masked[1]} == {0}
        assert {w for (a, b), w in pairs if learnt[0] <= a and b <= learnt[1]} == {1}
    labels = token_labels(tokens_of("words unclosed"), messages, spans)
    assert labels.ends == (None, None)


def test_a_conversation_that_cannot_be_placed_is_refused() -> None:
    spans = [Span(0, 3, "answer", 1.0, 1)]
    with pytest.raises(RecordError, match=r"contains the special token '<\|im_end\|>'"):
        token_labels(
            tokens_of("embedded"), [Message("user", "<|im_end|>"), Message("assistant", "abc")], spans
        )
    with pytest.raises(RecordError, match="rewrites the content of message 1"):
        twice = "why</think>abc"
        token_labels(
            tokens_of("words rewrites"),
            [Message("user", "?"), Message("assistant", twice)],
            [Span(0, len(twice), "answer", 1.0, 1)],
        )
    with pytest.raises(RecordError, match="only spans of `content`"):
        odd = [Span(0, 3, "answer", 1.0, 1, "reasoning_content")]
        token_labels(PlainTokens(), [Message("user", "?"), Message("assistant", "abc")], odd)


def test_contents_are_placed_where_the_template_put_them_though_they_stand_elsewhere_too() -> None:
    messages = [
        Message("user", "assistant"),
        Message("assistant", "user"),
        Message("user", ""),
        Message("assistant", "a"),
    ]
    whole = rendered(PlainTokens().text, messages)
    assert [whole.text[p.start : p.end] for p in whole.places] == ["assistant", "user", "", "a"]
    assert whole.places[3].start == len(whole.text) - len("a<|im_end|>\n")


def test_a_huge_row_takes_no_more_than_its_length() -> None:
    text = "Step 1: 3 + 4 = 7. " * 5_000
    spans = [Span(0, 8, "mistake", 0.0, 1), Span(8, len(text), "answer", 1.0, 1)]
    labels = token_labels(tokens_of("embedded"), [Message("user", "?"), Message("assistant", text)], spans)
    assert len(labels.ids) > 50_000 and sum(w == 0 for w in labels.weights) < 40


def test_a_tokenizer_without_a_fast_form_is_refused(tmp_path: Path) -> None:
    class Slow:
        chat_template, name_or_path = CHATML, "slow"
        added_tokens_decoder: dict[int, str] = {}
        all_special_tokens: list[str] = []

    with pytest.raises(ConfigError, match="no fast form"):
        TokenizerTokens(ChatRenderer(Slow()))
