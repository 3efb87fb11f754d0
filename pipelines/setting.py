"""The value in `--set KEY=VALUE`."""

import yaml

from schemas.exceptions import ConfigError


def yaml_value(key: str, written: str) -> object:
    """The value as YAML reads it; ConfigError names key and text where it is none."""
    try:
        return yaml.safe_load(written)
    except yaml.YAMLError as error:
        raise ConfigError(f"--set {key}: {written!r} is not YAML: {error}") from None
