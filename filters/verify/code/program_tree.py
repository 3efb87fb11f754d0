"""The tree of a program's text, read once for everything that looks at it."""

import ast
import warnings
from functools import lru_cache

_FILE = "<judged program>"

# A model's program may hold '\d' in a plain string: its own matter, not worth a line per program.
warnings.filterwarnings("ignore", module=_FILE)


@lru_cache(maxsize=1024)
def program_tree(program: str) -> ast.Module | None:
    """The tree, not to be changed; None where the text does not parse."""
    try:
        return ast.parse(program, _FILE)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
