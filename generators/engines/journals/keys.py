"""Journal keys: the identity of a purchase, 32 hexadecimal digits (128 bits of SHA-256).

Token ids are hashed as packed bytes: as JSON they cost more than all the rest of a request.
"""

import hashlib
import struct
from functools import lru_cache

from generators.engines.base import Request, Sampling
from schemas.ids import canonical_json

DIGITS = 32


def completion_key(fingerprint: str, request: Request, sample: int) -> str:
    """Identity of one completion: model, token ids, sampling, sample index."""
    return completion_keys(fingerprint, request, (sample,))[sample]


def completion_keys(fingerprint: str, request: Request, samples: tuple[int, ...]) -> dict[int, str]:
    """`completion_key` of several samples; the prompt is hashed once."""
    shared = hashlib.sha256(_head(fingerprint, request.sampling))
    shared.update(_packed(request.ids))
    keys = {}
    for sample in samples:
        digest = shared.copy()
        digest.update(sample.to_bytes(8, "little", signed=True))
        keys[sample] = digest.hexdigest()[:DIGITS]
    return keys


def score_key(
    fingerprint: str, ids: tuple[int, ...], continuation: tuple[int, ...], entropies: bool = False
) -> str:
    """Identity of one scored continuation, with or without entropies; never that of a completion."""
    head = canonical_json(["score, entropies" if entropies else "score", fingerprint, len(ids)])
    return hashlib.sha256(f"{head}\n".encode() + _packed((*ids, *continuation))).hexdigest()[:DIGITS]


@lru_cache(maxsize=256)
def _head(fingerprint: str, sampling: Sampling) -> bytes:
    # The text ends at its only line end, and the sample index has eight bytes: no two requests read alike.
    head = ["completion", fingerprint, *sampling.distribution(), sampling.seed]
    return f"{canonical_json(head)}\n".encode("utf-8", "surrogatepass")


def _packed(ids: tuple[int, ...]) -> bytes:
    return struct.pack(f"<{len(ids)}q", *ids)
