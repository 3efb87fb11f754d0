"""Families: every source, engine, recipe and filter is one file in its family's folder.

A member's name is its file's name; the file defines exactly one class derived from the family's
base, whose fields are its options. Nothing is registered anywhere: adding the file adds it.
"""

import difflib
import importlib
import pkgutil
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from pydantic import BaseModel, ConfigDict

from schemas.exceptions import ConfigError


class Options(BaseModel):
    """What a person writes: frozen, unknown keys refused, the string under a field is its help."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


T = TypeVar("T", bound=Options)


def nearest(word: str, known: Iterable[str]) -> str:
    """`; did you mean 'x'?` where one of the known words is near, else a full stop."""
    near = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f"; did you mean {near[0]!r}?" if near else "."


@dataclass(frozen=True)
class Family(Generic[T]):
    """The members of one folder. `support` names the files in it that are not members."""

    noun: str
    package: str
    base: type[T]
    support: frozenset[str] = frozenset()

    def names(self) -> list[str]:
        """Names of all members, sorted, without importing them."""
        folder = importlib.import_module(self.package).__path__
        found = (m.name for m in pkgutil.iter_modules(folder))
        return sorted(n for n in found if n not in self.support and n != "base" and not n.startswith("_"))

    def find(self, name: str) -> type[T]:
        """The member's class; ConfigError with the near name where there is no such member."""
        names = self.names()
        if name not in names:
            raise ConfigError(
                f"no {self.noun} is called {name!r}{nearest(name, names)} There are: {', '.join(names)}"
            )
        module = importlib.import_module(f"{self.package}.{name}")
        classes = [
            value
            for value in vars(module).values()
            if isinstance(value, type)
            and issubclass(value, self.base)
            and value.__module__ == module.__name__
        ]
        if len(classes) != 1:
            raise ConfigError(
                f"{module.__name__} must define one {self.base.__name__}, it defines {len(classes)}"
            )
        return classes[0]
