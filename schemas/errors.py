"""The taxonomy of mistakes: every kind by its slug.

`none` marks rows without a mistake and `unknown` mistakes that nothing has diagnosed.
"""

from schemas.error_kind import ErrorKind
from schemas.errors_code import CODE_KINDS
from schemas.errors_math import MATH_KINDS
from schemas.errors_sql import SQL_KINDS

_ANY = (
    ErrorKind("any", "unknown", "A mistake that nothing has diagnosed.", ("", ""), "Corrigenda"),
    ErrorKind("any", "none", "The row contains no mistake.", ("", ""), "Corrigenda"),
)

KINDS: dict[str, ErrorKind] = {kind.slug: kind for kind in (*MATH_KINDS, *CODE_KINDS, *SQL_KINDS, *_ANY)}
