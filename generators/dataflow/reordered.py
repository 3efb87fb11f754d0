"""Steps that take the terms of a sum in another order, which is no mistake.

Of 2 * 9 - 47 - 10 * 8 the solution computes 18 - 47 first; one who computes 18 - 80 first and leaves the 47 for
later goes wrong only where it is forgotten, not in this step.
"""

from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise

from filters.verify.arithmetic import number_value, tokens_of
from filters.verify.equations import Equation

Terms = Counter[Fraction]


def reordered(found: str, chain: Sequence[Equation]) -> bool:
    """Whether all signed terms of an expression are among those that a chain of sums adds up, from its first on."""
    stated, whole = signed_terms(found), _whole(chain)
    return stated is not None and whole is not None and stated <= whole


def _whole(chain: Sequence[Equation]) -> Terms | None:
    """The signed terms that equations add up, as long as each goes on from the one before; None of no sum."""
    terms = signed_terms(chain[0].left) if chain else None
    for before, equation in pairwise(chain):
        more = signed_terms(equation.left)
        if terms is None or more is None or not more[before.stated_value]:
            break
        terms = terms + more - Counter([before.stated_value])
    return terms


def signed_terms(expression: str) -> Terms | None:
    """The numbers of a flat sum with their signs; None of any other expression."""
    terms: Terms = Counter()
    sign, expected = 1, True
    for token in (t for t in tokens_of(expression) if t.kind != "skip"):
        if token.kind == "number" and expected:
            terms[sign * number_value(token)] += 1
            expected = False
        elif token.text == "-" and expected:
            sign = -sign
        elif token.text in ("+", "-") and not expected:
            sign, expected = (1 if token.text == "+" else -1), True
        else:
            return None
    return None if expected else terms
