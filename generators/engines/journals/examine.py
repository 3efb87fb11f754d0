"""Reading a whole journal: is every record as it was written, and what is in it?"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from generators.engines.journals import names
from generators.engines.journals.entries import FAN_OUT, Listing
from generators.engines.journals.folder import Folder, open_file
from generators.engines.journals.handles import Handles
from generators.engines.journals.objects import Objects
from generators.engines.journals.plain import Plain
from generators.engines.journals.records import prefix_of, read_record
from generators.engines.journals.segment import Segment, lines_of
from generators.engines.journals.store import Store


@dataclass(frozen=True, slots=True)
class Damage:
    """Something unreadable: where it begins, in bytes of its file, and what it is."""

    path: Path
    offset: int
    what: str


@dataclass
class Findings:
    """What `verify` found. Torn last records are no damage: their completions were never used."""

    files: int = 0
    records: int = 0
    doubles: int = 0
    """Records whose key (its first 64 bits) another one has too."""
    damages: list[Damage] = field(default_factory=list)
    torn: list[Damage] = field(default_factory=list)


@dataclass
class ModelStats:
    """What a journal holds of one model. Times are seconds since 1970, 0 where no record has one."""

    completions: int = 0
    tokens: int = 0
    """Sampled ones."""
    scores: int = 0
    """Scored continuations."""
    oldest: int = 0
    newest: int = 0


@dataclass
class JournalStats:
    """Sizes of a journal and what it holds, by model. Doubles count."""

    files: int = 0
    open: int = 0
    """Files that are still written to, or were left by a killed writer; parts, where it is under a URL."""
    records: int = 0
    disk_bytes: int = 0
    text_bytes: int = 0
    """Of the records' text, uncompressed."""
    models: dict[str, ModelStats] = field(default_factory=dict)


def verify(place: Path | Store) -> Findings:
    """Check every checksum, and every index against its records. OSError where a file cannot be read."""
    found = Findings()
    whole = Folder(place) if isinstance(place, Path) else Objects(place)
    found.doubles = len(whole.index) - whole.index.distinct
    whole.close()
    for file in _files(place):
        found.files += 1
        if isinstance(file, Segment):
            _verify_segment(file, found)
            continue
        found.records += file.records
        found.damages += [Damage(file.path, at, "unreadable record") for at in file.damages]
        if file.torn is not None:
            found.torn.append(Damage(file.path, file.torn, "torn last record"))
    return found


def stats(place: Path | Store) -> JournalStats:
    """Count what is there; every record is read. OSError where a file cannot be read."""
    found = JournalStats()
    for file in _files(place):
        found.files += 1
        found.open += names.is_open(file.path.name)
        found.disk_bytes += file.size
        for _place, line in file.lines():
            found.text_bytes += len(line)
            found.records += 1
            _count(found.models, read_record(line))
    return found


def _count(models: dict[str, ModelStats], record: dict[str, object]) -> None:
    of_model = models.setdefault(str(record.get("model") or ""), ModelStats())
    ids, at = record.get("ids"), record.get("at")
    if isinstance(ids, list):
        of_model.completions += 1
        of_model.tokens += len(ids)
    else:
        of_model.scores += 1
    if isinstance(at, int):
        of_model.oldest = min(of_model.oldest or at, at)
        of_model.newest = max(of_model.newest, at)


def _verify_segment(segment: Segment, found: Findings) -> None:
    if segment.index_damaged:
        found.damages.append(Damage(segment.path, segment.index_start, "damaged index"))
    listing, damaged = Listing(), False
    for number in range(segment.blocks):
        text = segment.block(number)
        if not text:
            damaged = True
            found.damages.append(Damage(segment.path, segment.start(number), "damaged block"))
        for place, line in lines_of(text, number):
            listing.add(prefix_of(line), place)
    found.records += len(listing)
    if not damaged and not np.array_equal(listing.sorted(), segment.entries(0, FAN_OUT)):
        found.damages.append(Damage(segment.path, segment.index_start, "index of other records"))


def _files(place: Path | Store) -> Iterator[Segment | Plain]:
    """One file after the other, each closed before the next; those that were merged meanwhile are left out."""
    if isinstance(place, Store):
        yield from Objects(place).files
        return
    for path in names.files(place):
        handles = Handles()
        try:
            yield open_file(path, handles)
        except FileNotFoundError:
            continue
        finally:
            handles.close()
