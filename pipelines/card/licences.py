"""Licences as the Hub's metadata names them (its page "Licenses")."""

import re
from collections.abc import Iterable
from typing import Any

_LISTED = """
    apache-2.0 mit openrail bigscience-openrail-m creativeml-openrail-m bigscience-bloom-rail-1.0
    bigcode-openrail-m afl-3.0 artistic-2.0 bsl-1.0 bsd bsd-2-clause bsd-3-clause bsd-3-clause-clear c-uda cc
    cc0-1.0 cc-by-2.0 cc-by-2.5 cc-by-3.0 cc-by-4.0 cc-by-sa-3.0 cc-by-sa-4.0 cc-by-nc-2.0 cc-by-nc-3.0
    cc-by-nc-4.0 cc-by-nd-4.0 cc-by-nc-nd-3.0 cc-by-nc-nd-4.0 cc-by-nc-sa-2.0 cc-by-nc-sa-3.0 cc-by-nc-sa-4.0
    cdla-sharing-1.0 cdla-permissive-1.0 cdla-permissive-2.0 wtfpl ecl-2.0 epl-1.0 epl-2.0 etalab-2.0 eupl-1.1
    agpl-3.0 gfdl gpl gpl-2.0 gpl-3.0 lgpl lgpl-2.1 lgpl-3.0 isc lppl-1.3c ms-pl mpl-2.0 odc-by odbl openrail++
    osl-3.0 postgresql ofl-1.1 ncsa unlicense zlib pddl lgpl-lr deepfloyd-if-license llama2 gemma unknown other
"""
_KNOWN = frozenset(_LISTED.split())

_ALSO = {
    "apache": "apache-2.0",
    "apache-license-2.0": "apache-2.0",
    "apache2": "apache-2.0",
    "mit-license": "mit",
    "cc0": "cc0-1.0",
    "cc-by": "cc",
    "cc-by-sa": "cc",
    "odbl-1.0": "odbl",
    "odc-by-1.0": "odc-by",
    "gpl-3.0-or-later": "gpl-3.0",
    "gpl-3.0-only": "gpl-3.0",
    "": "unknown",
}


def hub_licence(name: str) -> str:
    """The Hub's identifier of a licence, `other` where it has none."""
    slug = _slug(name)
    slug = _ALSO.get(slug, slug)
    return slug if slug in _KNOWN else "other"


def licence_metadata(names: Iterable[str]) -> dict[str, Any]:
    """`license` and, where one is not on the Hub's list, `license_name`.

    Several licences stand as a list, in the given order; the one of each row is in its column `licence`.
    """
    named = list(names)
    slugs = list(dict.fromkeys(map(hub_licence, named)))
    if not slugs:
        return {"license": "unknown"}
    found: dict[str, Any] = {"license": slugs[0] if len(slugs) == 1 else slugs}
    if "other" in slugs:
        others = [_slug(name) for name in named if hub_licence(name) == "other"]
        found["license_name"] = "-and-".join(dict.fromkeys(slug or "other" for slug in others))[:120]
    return found


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9.+]+", "-", name.strip().lower()).strip("-")
