"""What differs in how two versions were made: config, models, packages, code."""

import json
from collections.abc import Iterator, Mapping

from pipelines.diff.difference import Setting
from pipelines.diff.side import Side
from schemas.manifest import Manifest

_BY_TYPE = ("recipes", "filters")
"""Lists of the config whose entries are told apart by their type: one more must not shift the others."""

_ANY_ROW = ("seed", "prompt", "steps", "judge", "locate", "policy", "teacher", "critic")
"""Parts of the config that may change any row and leave no other trace in it."""

_SELECTING = ("filters", "targets", "caps")
"""Parts that only leave rows out; `dropped/` says which."""

_OF_MODELS = ("engine", "sampling", "samples", "terms")
"""Of a role: fingerprints and samples say what changed, terms change no row."""


def settings(a: Manifest, b: Manifest) -> tuple[Setting, ...]:
    """Every value that differs, by its path in config or manifest, in order of the paths."""
    was, now = dict(_flat(_made(a), "")), dict(_flat(_made(b), ""))
    names = sorted(name for name in {*was, *now} if was.get(name) != now.get(name))
    return tuple(Setting(name, was.get(name, ""), now.get(name, "")) for name in names)


def flat(values: Mapping[str, object]) -> dict[str, str]:
    """Values by their dotted path, as JSON."""
    return dict(_flat(values, ""))


def config_parts(a: Side, b: Side, dropped_known: bool) -> str:
    """Names of the config's parts that may explain any row, joined by `+`; empty where none differs.

    What leaves rows out counts only where it is not known which.
    """
    was, now = a.manifest.config, b.manifest.config
    names = _ANY_ROW if dropped_known else (*_ANY_ROW, *_SELECTING)
    return "+".join(name for name in names if _asked(was.get(name)) != _asked(now.get(name)))


def code_differs(a: Manifest, b: Manifest) -> bool:
    """Whether Corrigenda, its packages, or the build's id under one config are not the same."""
    ids = a.build_id and b.build_id and a.config_digest == b.config_digest and a.build_id != b.build_id
    return bool(ids) or a.version != b.version or a.packages != b.packages


def _asked(part: object) -> object:
    if isinstance(part, Mapping) and "engine" in part:
        return {name: value for name, value in part.items() if name not in _OF_MODELS}
    return part


def _made(manifest: Manifest) -> dict[str, object]:
    config: dict[str, object] = dict(manifest.config)
    for name in _BY_TYPE:
        listed = config.get(name)
        if isinstance(listed, list):
            config[name] = {
                str(entry["type"]): {k: v for k, v in entry.items() if k != "type"} for entry in listed
            }
    models = {
        role: {k: v for k, v in model.items() if k in ("model", "fingerprint")}
        for role, model in manifest.models.items()
    }
    return {
        "config": config,
        "models": models,
        "packages": manifest.packages,
        "version": manifest.version,
        "format_version": manifest.format_version,
    }


def _flat(value: object, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping) and value:
        for key in value:
            yield from _flat(value[key], f"{path}.{key}" if path else str(key))
    elif isinstance(value, list) and value and isinstance(value[0], Mapping):
        for number, inner in enumerate(value):
            yield from _flat(inner, f"{path}.{number}")
    else:
        yield path, json.dumps(value, ensure_ascii=False, sort_keys=True)
