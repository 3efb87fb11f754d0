"""Which model a config means, and whether a server serves it.

The fingerprint is made of the config alone, so a rebuild from the journal needs no server; every
server is held to the same config before it gets its first request, and again after each failure.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from generators.engines.local.folder import find_model
from generators.engines.server.replies import Card
from schemas.exceptions import ConfigError
from schemas.ids import content_id


@dataclass(frozen=True)
class Identity:
    """`asked` is the name that requests carry; `root` what is behind it (a Hub name or a folder)."""

    asked: str
    root: str
    revision: str | None

    @property
    def folder(self) -> Path | None:
        """The served model's folder, where it is on this machine, weights and all."""
        path = Path(self.root).expanduser()
        here = (path / "config.json").is_file() and any(path.glob("*.safetensors"))
        return path if here else None

    def fingerprint(self) -> str:
        """Of the weights' bytes where their folder is here (that of transformers_local: the engines then
        share purchases), else of the names."""
        if self.folder is not None:
            return find_model(str(self.folder), None, False).fingerprint
        return content_id("served", [self.root, self.revision])

    @property
    def model(self) -> str:
        """Name for people."""
        return self.root if self.folder is None else self.folder.resolve().name

    def card(self, url: str, cards: Sequence[Card]) -> Card:
        """The server's entry for the model; ConfigError where it has none or means another."""
        found = next((card for card in cards if card.name == self.asked), None)
        if found is None:
            names = ", ".join(repr(card.name) for card in cards[:20]) or "nothing"
            raise ConfigError(f"{url} serves {names}; the config asks for model {self.asked!r}")
        if found.root is not None and not _same(found.root, self.root):
            raise ConfigError(
                f"{url} serves {found.root!r} under the name {self.asked!r}; the config says "
                f"{self.root!r}. A name given by hand does not say which weights are behind it: if they "
                f"are meant, set `root: {found.root}`"
            )
        return found

    def is_mine(self, model: str | None) -> bool:
        """Whether a reply from a model of this name may be from this one; a reply may also not say."""
        return model is None or model == self.asked or _same(model, self.root)

    def check_reply(self, url: str, model: str | None) -> None:
        """ConfigError where a reply to the first request is from another model."""
        if not self.is_mine(model):
            raise ConfigError(
                f"{url} answers as {model!r} where the config asks for {self.asked!r}: name the model by "
                f"what it is, or set `root: {model}`"
            )


def _same(one: str, other: str) -> bool:
    if one == other:
        return True
    paths = Path(one).expanduser(), Path(other).expanduser()
    return all(path.exists() for path in paths) and paths[0].resolve() == paths[1].resolve()
