"""Ids by content: the same content always has the same id, on every machine, in every run.

An id is a one-letter-or-word prefix and 20 hexadecimal digits of SHA-256 (80 bits: at 10⁹ rows
the chance of any collision is below 10⁻⁶), e.g. `p-3f0c…`. Never a counter, so a rebuilt or
extended dataset keeps its ids.
"""

import hashlib
import json
import unicodedata

_DIGITS = 20
# A shared encoder: json.dumps with options of its own makes a new one every time.
_encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


def nfc(text: str) -> str:
    """Text in Unicode normal form C; every offset in the system counts code points of such text."""
    return unicodedata.normalize("NFC", text)


def writable(text: str) -> str:
    """Text that UTF-8 can hold: a whole surrogate pair, which JSON can escape, is a character, half of one U+FFFD."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def canonical_json(content: object) -> str:
    """JSON with sorted keys and no spare spaces: equal content, equal string."""
    return _encode(content)


def content_hash(content: object) -> str:
    """SHA-256 of the canonical JSON of `content`, 64 hexadecimal digits."""
    return hashlib.sha256(canonical_json(content).encode("utf-8", "surrogatepass")).hexdigest()


def content_id(prefix: str, content: object) -> str:
    """A short id such as `a-5b1f0c…` for anything that JSON can hold."""
    return f"{prefix}-{content_hash(content)[:_DIGITS]}"


def seed_of(*parts: object) -> int:
    """A 63-bit random seed derived from what it is for, so that no state is shared or saved."""
    return int(content_hash(parts)[:16], 16) >> 1
