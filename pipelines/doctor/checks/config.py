"""Can the config be read, is it whole, and are the files it names there?"""

from collections.abc import Iterator
from pathlib import Path

from pipelines.config import BuildConfig
from pipelines.doctor.base import Situation
from pipelines.findings import Finding, Kind
from schemas.exceptions import ConfigError, InputError

FINE = Kind("config.ok", "ok", "The config is whole, and the files it names can be read.")
NONE = Kind(
    "config.none",
    "note",
    "Only the machine was looked at: models, servers, room on disk and the journal are those of a config.",
    "corrigenda doctor CONFIG --out DIR",
)
REFUSED = Kind(
    "config.refused",
    "error",
    "A build of this config ends at once: something in it is unknown, missing or impossible.",
    "Correct what is named; nothing has been paid for.",
)
NO_FILE = Kind(
    "config.no_file",
    "error",
    "A file of problems or attempts that the config names is not there or cannot be read.",
    "Correct `paths` or `data_dir` (relative paths start from data_dir), or give the right to read it.",
)


def look(at: Situation) -> Iterator[Finding]:
    """The config's own checks, but for those of engines, which other checks look at one by one."""
    if at.refused:
        yield REFUSED.found(at.refused)
    elif at.config is None:
        yield NONE.found("no config was given")
    else:
        found = list(_about(at.config))
        yield from found or [
            FINE.found(f"{at.config.name}: {', '.join(sorted(at.config.roles()) or ['no model'])}")
        ]


def _about(config: BuildConfig) -> Iterator[Finding]:
    said = _of_engines(config)
    try:
        config.check()
    except ConfigError as error:
        if str(error) not in said:
            yield REFUSED.found(str(error))
            return
    try:
        files = {file for source in config.sources_made() for file in source.files()}
        files |= {file for attempts in config.attempts_made() for file in attempts.files()}
    except (ConfigError, InputError) as error:
        yield NO_FILE.found(str(error))
        return
    for file in sorted(files):
        try:
            with Path(file).open("rb") as opened:
                opened.read(1)
        except OSError as error:
            yield NO_FILE.found(f"{file}: {error.strerror or error}")


def _of_engines(config: BuildConfig) -> set[str]:
    """What the engines object to by themselves."""
    said: set[str] = set()
    try:
        engines = list(config.engines_made().values())
    except ConfigError:
        return said
    for engine in engines:
        try:
            engine.check()
        except ConfigError as error:
            said.add(str(error))
    return said
