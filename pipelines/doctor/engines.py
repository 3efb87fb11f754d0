"""The engines of a config as the checks look at them: each once, with the roles that share it."""

from generators.engines.base import EngineOptions
from pipelines.doctor.base import Situation
from schemas.exceptions import ConfigError


def engines_of(at: Situation) -> list[tuple[str, EngineOptions]]:
    """Roles joined by `, ` and the options of their engine. Empty without a config, or where its engines cannot be
    made (the check of the config says why)."""
    if at.config is None:
        return []
    try:
        made = at.config.engines_made()
    except ConfigError:
        return []
    shared: list[tuple[list[str], EngineOptions]] = []
    for role, options in made.items():
        roles = next((roles for roles, other in shared if other == options), None)
        if roles is None:
            shared.append(([role], options))
        else:
            roles.append(role)
    return [(", ".join(roles), options) for roles, options in shared]


def engine_type(options: EngineOptions) -> str:
    """Its `type` in a config."""
    return type(options).__module__.rpartition(".")[2]
