"""Options of a judge from the command line: `--set KEY=VALUE` on top of defaults."""

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from pydantic import ValidationError

from pipelines.setting import yaml_value
from schemas.exceptions import ConfigError
from schemas.family import Options, nearest

Judged = TypeVar("Judged", bound=Options)


def changed(base: Judged, changes: Iterable[str], given: Mapping[str, Any] | None = None) -> Judged:
    """`base` with `KEY=VALUE` changes and ready values; None values count as not given.

    ConfigError names what is wrong.
    """
    values = base.model_dump()
    for change in changes:
        key, equals, written = change.partition("=")
        if not equals:
            raise ConfigError(f"--set {change}: expected KEY=VALUE, for example {next(iter(values))}=...")
        if key not in values:
            raise ConfigError(
                f"--set {change}: no option is called {key!r}{nearest(key, values)} "
                f"There are: {', '.join(sorted(values))}"
            )
        values[key] = yaml_value(key, written)
    values.update({key: value for key, value in (given or {}).items() if value is not None})
    try:
        return type(base)(**values)
    except ValidationError as error:
        raise ConfigError(f"options of the judge: {complaint(error)}") from error


def complaint(error: ValidationError) -> str:
    """The first thing that is wrong, on one line."""
    detail = error.errors(include_url=False)[0]
    return f"{'.'.join(map(str, detail['loc']))}: {detail['msg']}, got {detail['input']!r}"
