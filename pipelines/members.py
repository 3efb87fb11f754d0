"""Members of families as a person writes them, and what pydantic found wrong in plain words."""

from collections.abc import Mapping
from typing import Any, TypeVar

import pydantic

from pipelines.masking import masked
from schemas.exceptions import ConfigError
from schemas.family import Family, Options, nearest

T = TypeVar("T", bound=Options)


def member(family: Family[T], written: Mapping[str, Any], where: str) -> T:
    """The member named by `type` with its options checked; ConfigError with the place and the near name."""
    options = dict(written)
    name = options.pop("type", None)
    if not isinstance(name, str):
        raise ConfigError(f"{where}: `type` is missing; there are: {', '.join(family.names())}")
    cls = family.find(name)
    try:
        return cls(**options)
    except pydantic.ValidationError as error:
        raise ConfigError(explain(error, where, cls)) from None


def explain(error: pydantic.ValidationError, where: str, model: type[pydantic.BaseModel]) -> str:
    """The first problem pydantic found, with its place, its value and the near name."""
    first = error.errors()[0]
    place = ".".join(str(part) for part in (*([where] if where else []), *first["loc"]))
    if first["type"] == "extra_forbidden":
        known = _keys_at(model, first["loc"][:-1])
        key = str(first["loc"][-1])
        return f"{place}: unknown key {key!r}{nearest(key, known)} Known keys: {', '.join(sorted(known))}"
    if first["type"] == "missing":
        return f"{place}: is required"
    return f"{place}: {first['msg']}, got {masked(repr(first['input']))}"


def _keys_at(model: type[pydantic.BaseModel], path: tuple[int | str, ...]) -> list[str]:
    """Names of the fields of the model found by following a path of field names."""
    for part in path:
        field = model.model_fields.get(str(part))
        if field is None:
            continue
        inner = [field.annotation, *getattr(field.annotation, "__args__", ())]
        models = [t for t in inner if isinstance(t, type) and issubclass(t, pydantic.BaseModel)]
        if models:
            model = models[0]
    return list(model.model_fields)
