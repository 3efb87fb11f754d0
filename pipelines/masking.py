"""Secrets cut out of text before it reaches a file, a log or a terminal.

    Authorization: Bearer hf_abc…      ->  Authorization: ***
    https://me:pw@host/v1?key=abc      ->  https://***@host/v1?***

What is cut: the value of headers and keys that are named like secrets, users and queries of URLs, tokens of
known forms, and whatever this process has in environment variables that are named like secrets.
"""

import os
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from urllib.parse import quote

MASK = "***"

_SHORTEST = 6
"""Characters of an environment's value from which on it is cut wherever it stands: `1` and `true` are no secrets."""

_SECRET_VARIABLE = re.compile(
    r"(?:^|_)(?:TOKEN|SECRET|PASSWORD|PASSWD|PWD|CREDENTIALS?|API_?KEY|ACCESS_KEY|AUTH_STRING|KEY)(?:$|_ID$|_B64$)"
)
_NO_SECRET = ("PWD", "OLDPWD")

_RULES: tuple[tuple[re.Pattern[str], str], ...] = (
    # URLs first: a rule below must not take `//user:password@` apart.
    (re.compile(r"(\w+://)[^/\s'\"]+@"), rf"\1{MASK}@"),
    (re.compile(r"(\w+://[^\s'\"?#]*[?#])[^\s'\"]+"), rf"\1{MASK}"),
    (
        re.compile(
            r"(?i)\b((?:proxy-)?authorization|(?:set-)?cookie|x-(?:api|auth)-(?:key|token)|api-key)"
            r"(['\"]?\s*[:=,]\s*(?:b?['\"])?)[^'\"\r\n]+"
        ),
        rf"\1\2{MASK}",
    ),
    # A digit or a capital tells a token from a word: `basic training`.
    (re.compile(r"\b([Bb]earer|[Bb]asic)(\s+)(?=[\w.~+/=-]*[\dA-Z_=])[\w.~+/=-]{8,}"), rf"\1\2{MASK}"),
    (
        # `token` and not `tokens`: how many there are is no secret.
        re.compile(
            r"(?i)([\w-]*(?:token|secret|password|passwd|passphrase|api[_-]?key|access[_-]?key(?:[_-]id)?"
            r"|private[_-]?key|credentials))(['\"]?\s*[:=]\s*['\"]?)[^\s'\",;&)}\]]+"
        ),
        rf"\1\2{MASK}",
    ),
    (re.compile(r"\b(hf_|api_org_)[A-Za-z0-9]{12,}"), rf"\1{MASK}"),
    (re.compile(r"\b(sk-|pnu_|pnb_|glpat-|gh[pousr]_|github_pat_|xox[abprs]-)[\w-]{12,}"), rf"\1{MASK}"),
    (re.compile(r"\b(AKIA|ASIA)[0-9A-Z]{16}\b"), rf"\1{MASK}"),
    (re.compile(r"\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*"), MASK),
    (re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.S), MASK),
)


def masked(text: str, secrets: Iterable[str] = ()) -> str:
    """The text without secrets; `secrets` are cut out besides those that are known by form or environment."""
    return _cut(text, _longest_first(secrets))


def masked_deep(content: object, secrets: Iterable[str] = ()) -> object:
    """The same of every string in lists and mappings; whatever else JSON does not know becomes its text."""
    return _cut_deep(content, _longest_first(secrets))


def _longest_first(secrets: Iterable[str]) -> tuple[str, ...]:
    return tuple(
        sorted(filter(None, {*secrets, *_of_environment(os.environ)}), key=lambda one: (-len(one), one))
    )


def _cut(text: str, secrets: tuple[str, ...]) -> str:
    for value in secrets:
        text = text.replace(value, MASK).replace(quote(value, safe=""), MASK)
    for pattern, replacement in _RULES:
        text = pattern.sub(replacement, text)
    return text


_cut_name = lru_cache(maxsize=2048)(_cut)
"""Names of counts and fields come again in every line."""


def _cut_deep(content: object, secrets: tuple[str, ...]) -> object:
    if isinstance(content, str):
        return _cut(content, secrets)
    if content is None or isinstance(content, bool | int | float):
        return content
    if isinstance(content, Mapping):
        return {_cut_name(str(name), secrets): _cut_deep(value, secrets) for name, value in content.items()}
    if isinstance(content, list | tuple | set | frozenset):
        return [_cut_deep(value, secrets) for value in content]
    return _cut(str(content), secrets)


def _of_environment(environ: Mapping[str, str]) -> set[str]:
    """Values of variables that are named like secrets, as written and without white space around them."""
    found = {
        value
        for name, value in environ.items()
        if name not in _NO_SECRET and _SECRET_VARIABLE.search(name.upper())
    }
    return {part for value in found for part in (value, value.strip()) if len(part) >= _SHORTEST}
