"""Records: a completion, or the scores of a given text, as one line of JSON.

    {"key":"9f…","model":"tiny","at":1790000000,"seed":3,"text":"4","ids":[19,2],"finish":"stop","logprob":-0.1,"sum":"5c…"}
    {"key":"…","model":"tiny","at":1790000000,"scores":"f…","entropies":"d…","sum":"…"}

`at` is the second it was written, `sum` a checksum of everything before it; inside a compressed segment, whose
blocks have checksums, a record has no `sum`. A completion may also have `logprobs` and `entropies`. Numbers
per token are packed (`pack`): exact, a quarter of the bytes of decimal digits, and fast.
"""

import base64
import hashlib
import json
import time
from collections.abc import Sequence
from typing import Any

import numpy as np

from generators.engines.base import Completion, Scores
from generators.engines.journals.keys import DIGITS

_SUM_DIGITS = 16
_SUM_MARK = b',"sum":"'
_TAIL = len(_SUM_MARK) + _SUM_DIGITS + len(b'"}\n')
_START = b'{"key":"'
_HEAD = len(_START)
# A shared encoder: json.dumps with options of its own makes a new one for every record.
_encode = json.JSONEncoder(separators=(",", ":")).encode


def completion_record(key: str, completion: Completion, model: str, seed: int) -> bytes:
    """A completion as a line with its checksum."""
    record: dict[str, object] = {
        "key": key,
        "model": model,
        "at": int(time.time()),
        "seed": seed,
        "text": completion.text,
        "ids": completion.token_ids,
        "finish": completion.finish,
        "logprob": completion.logprob,
    }
    if completion.logprobs is not None:
        record["logprobs"] = pack(completion.logprobs)
    if completion.entropies is not None:
        record["entropies"] = pack(completion.entropies)
    return _as_line(record)


def scores_record(key: str, scores: Scores, model: str) -> bytes:
    """Scores as a line with its checksum."""
    record: dict[str, object] = {"key": key, "model": model, "at": int(time.time())}
    record["scores"] = pack(scores.logprobs)
    if scores.entropies is not None:
        record["entropies"] = pack(scores.entropies)
    return _as_line(record)


def read_record(line: bytes) -> dict[str, Any]:
    """The fields of a whole line."""
    record: dict[str, Any] = json.loads(line)
    return record


def as_completion(line: bytes) -> Completion:
    """The completion of a whole line."""
    record = read_record(line)
    return Completion(
        record["text"],
        tuple(record["ids"]),
        record["finish"],
        record["logprob"],
        unpack(record.get("logprobs")),
        unpack(record.get("entropies")),
    )


def as_scores(line: bytes) -> Scores:
    """The scores of a whole line."""
    record = read_record(line)
    return Scores(unpack(record["scores"]) or (), unpack(record.get("entropies")))


def is_whole(line: bytes) -> bool:
    """Whether a line is a record with its checksum as it was written, down to its line end."""
    body, mark = line[:-_TAIL], line[-_TAIL:]
    return line.startswith(_START) and mark == _SUM_MARK + _checksum(body) + b'"}\n'


def without_sum(line: bytes) -> bytes:
    """A whole line as a segment holds it."""
    return line[:-_TAIL] + b"}\n"


def key_of(line: bytes) -> str:
    """The key of a whole line, with or without checksum."""
    return line[_HEAD : _HEAD + DIGITS].decode("ascii")


def prefix_of(line: bytes) -> int:
    """The first 64 bits of a whole line's key."""
    return int(line[_HEAD : _HEAD + 16], 16)


def pack(values: Sequence[float]) -> str:
    """Numbers as `f` (32 bits each) where that keeps every one exactly, else as `d` (64), in base64."""
    wide = np.asarray(values, "<f8")
    with np.errstate(over="ignore"):
        narrow = wide.astype("<f4")
    exact = bool((narrow == wide).all())
    return ("f" if exact else "d") + base64.b64encode((narrow if exact else wide).tobytes()).decode()


def unpack(packed: str | list[float] | None) -> tuple[float, ...] | None:
    """What `pack` packed; a list (older records) as it is."""
    if packed is None or isinstance(packed, list):
        return None if packed is None else tuple(packed)
    binary = base64.b64decode(packed[1:])
    return tuple(np.frombuffer(binary, "<f4" if packed[0] == "f" else "<f8").tolist())


def _as_line(record: dict[str, object]) -> bytes:
    # JSON escapes line ends inside texts, and lone surrogates too, so a line is a record.
    body = _encode(record).encode("ascii")[:-1]
    return body + _SUM_MARK + _checksum(body) + b'"}\n'


def _checksum(body: bytes) -> bytes:
    return hashlib.sha256(body).hexdigest()[:_SUM_DIGITS].encode()
