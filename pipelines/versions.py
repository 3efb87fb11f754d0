"""What a build ran with."""

from importlib import metadata

_PACKAGES = ("datasets", "math-verify", "pyarrow", "pydantic", "sympy", "torch", "transformers", "vllm")


def version() -> str:
    """Corrigenda's own version."""
    return _installed("corrigenda") or "unknown"


def packages() -> dict[str, str]:
    """Versions of the packages that can change a row."""
    found = {name: _installed(name) for name in _PACKAGES}
    return {name: value for name, value in found.items() if value}


def _installed(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""
