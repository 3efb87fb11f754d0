"""What a build bought, read from its journal's files."""

from collections import Counter
from pathlib import Path

from generators.engines.journals import names
from generators.engines.journals.folder import open_file
from generators.engines.journals.handles import Handles
from generators.engines.journals.records import key_of


def journal_keys(out: Path) -> Counter[str]:
    """How often each completion was bought by a build, torn last records left out."""
    return keys_in(out / "work" / "journal")


def keys_in(journal: Path) -> Counter[str]:
    """How often each completion of a journal's folder was bought, torn last records left out."""
    handles = Handles()
    # A kill between sealing a file and removing its plain form leaves both: one purchase all the same.
    bought = {
        (names.stem(path), key_of(line))
        for path in names.files(journal)
        for _place, line in open_file(path, handles).lines()
    }
    return Counter(key for _writer, key in bought)
