"""Which operator makes which kind, each proposing changes of a query's text."""

import re
from collections.abc import Callable, Iterator

from sqlglot import exp
from sqlglot.tokenizer_core import Token, TokenType

from generators.injectors.single_edit import Change
from generators.injectors.sql_operators.query import Query

_AGGREGATES = {
    "SUM": ("AVG", "COUNT"),
    "AVG": ("SUM", "MAX"),
    "MIN": ("MAX",),
    "MAX": ("MIN",),
    "COUNT": ("SUM",),
    "TOTAL": ("AVG",),
}
_COMPARED = {
    TokenType.GT: (">=", "<"),
    TokenType.GTE: (">", "<="),
    TokenType.LT: ("<=", ">"),
    TokenType.LTE: ("<", ">="),
    TokenType.NEQ: ("=",),
}
_COMPARISONS = {*_COMPARED, TokenType.EQ, TokenType.LIKE, TokenType.BETWEEN, TokenType.AND, TokenType.IN}
_SETS = {
    TokenType.UNION: ("INTERSECT",),
    TokenType.INTERSECT: ("UNION", "EXCEPT"),
    TokenType.EXCEPT: ("INTERSECT", "UNION"),
}
_OUTER = (TokenType.LEFT, TokenType.FULL, TokenType.INNER)


def _like(token: Token, text: str, after: str) -> str:
    """A keyword in the case that the query writes its keywords in."""
    return after.lower() if text[token.start : token.end + 1].islower() else after


def _put(query: Query, token: Token, after: str, rank: int = 0) -> Change:
    return Change(token.start, token.end + 1, _like(token, query.text, after), rank)


def join(query: Query) -> Iterator[Change]:
    """`JOIN` for `LEFT JOIN` and the reverse."""
    for number, token in enumerate(query.tokens):
        if token.token_type != TokenType.JOIN:
            continue
        before = number - 1
        while before > 0 and query.tokens[before].token_type == TokenType.OUTER:
            before -= 1
        side = query.tokens[before]
        if side.token_type in (TokenType.LEFT, TokenType.FULL):
            yield Change(side.start, token.start, "")
        elif side.token_type == TokenType.INNER:
            yield _put(query, side, "LEFT")
        elif side.token_type not in (TokenType.CROSS, TokenType.NATURAL, TokenType.RIGHT):
            yield Change(token.start, token.start, _like(token, query.text, "LEFT") + " ")


def aggregate(query: Query) -> Iterator[Change]:
    """`SUM` for `AVG`, `MIN` for `MAX`."""
    for token, after in zip(query.tokens, query.tokens[1:], strict=False):
        star = query.text[after.end + 1 : after.end + 2] == "*"
        if after.token_type == TokenType.L_PAREN and not star:
            for rank, other in enumerate(_AGGREGATES.get(token.text.upper(), ())):
                yield _put(query, token, other, rank)


def condition(query: Query) -> Iterator[Change]:
    """Another comparison, `OR` for `AND`, a `NOT` too many or too few."""
    for number, token in _conditions(query):
        kind = token.token_type
        for rank, other in enumerate(_COMPARED.get(kind, ())):
            yield _put(query, token, other, rank)
        if kind == TokenType.EQ and not _joins(query, number):
            yield _put(query, token, "<>", 1)
        elif kind == TokenType.OR:
            yield _put(query, token, "AND")
        elif kind == TokenType.AND and not _between(query, number):
            yield _put(query, token, "OR")
        elif kind == TokenType.NOT and number + 1 < len(query.tokens):
            yield Change(token.start, query.tokens[number + 1].start, "")
        elif (
            kind == TokenType.IS
            and query.tokens[min(number + 1, len(query.tokens) - 1)].token_type == TokenType.NULL
        ):
            yield Change(token.end + 1, token.end + 1, _like(token, query.text, " NOT"))


def value(query: Query) -> Iterator[Change]:
    """Another number, a pattern held at one end, another case."""
    for number, token in _conditions(query):
        if number == 0 or query.tokens[number - 1].token_type not in _COMPARISONS:
            continue
        written = query.text[token.start : token.end + 1]
        if token.token_type == TokenType.NUMBER and written.isdecimal():
            size = 10 ** max(0, len(written.rstrip("0")) and len(written) - len(written.rstrip("0")))
            yield Change(token.start, token.end + 1, str(int(written) + size), 0)
            yield Change(token.start, token.end + 1, str(max(0, int(written) - size)), 0)
        elif token.token_type == TokenType.STRING:
            for rank, other in enumerate(_strings(written)):
                yield Change(token.start, token.end + 1, other, rank)


def _strings(written: str) -> Iterator[str]:
    inside = written[1:-1]
    if inside.startswith("%") and len(inside) > 1:
        yield f"'{inside[1:]}'"
    if inside.endswith("%") and len(inside) > 1:
        yield f"'{inside[:-1]}'"
    year = re.match(r"(19|20)\d\d", inside)
    if year:
        yield f"'{int(year[0]) + 1}{inside[4:]}'"
    elif inside != inside.lower():
        yield f"'{inside.lower()}'"
    elif inside != inside.title():
        yield f"'{inside.title()}'"


def filter_left_out(query: Query) -> Iterator[Change]:
    """One of several conditions, or the whole `WHERE` or `HAVING`, left out."""
    for number, token in enumerate(query.tokens):
        if token.token_type not in (TokenType.WHERE, TokenType.HAVING):
            continue
        after, depth = query.clause(number), query.depths[number]
        yield Change(*query.cut(number, after), "", 1)
        ands = [
            at
            for at in range(number + 1, after)
            if query.tokens[at].token_type == TokenType.AND
            and query.depths[at] == depth
            and not _between(query, at)
        ]
        ors = any(
            query.tokens[at].token_type == TokenType.OR and query.depths[at] == depth
            for at in range(number + 1, after)
        )
        for at, end in zip(ands, [*ands[1:], after], strict=False):
            if not ors:
                yield Change(*query.cut(at, end), "", 0)
        if ands and not ors:
            yield Change(query.tokens[number + 1].start, query.tokens[ands[0] + 1].start, "", 0)


def column(query: Query) -> Iterator[Change]:
    """Another column of the same table that the query names elsewhere."""
    named: dict[str, dict[str, None]] = {}
    found = [node for node in query.tree.find_all(exp.Column) if isinstance(node.this, exp.Identifier)]
    for node in found:
        start, end = _place(node.this)
        named.setdefault(node.table, {})[query.text[start:end]] = None
    for node in sorted(found, key=lambda node: _place(node.this)):
        start, end = _place(node.this)
        beside = {query.text[slice(*_place(c.this))] for c in _siblings(node)}
        for other in named[node.table]:
            if (
                start < end
                and other not in {*beside, query.text[start:end]}
                and _key(other) == _key(node.name)
            ):
                yield Change(start, end, other)


def _key(name: str) -> bool:
    """Whether a name looks like a key's: a key is taken for another key, not for a price."""
    return name.strip('"`[]').lower().endswith("id")


def _siblings(node: exp.Column) -> Iterator[exp.Column]:
    """Columns of the same list or comparison: nobody selects the same twice or compares it with itself."""
    for other in node.parent.args.values() if node.parent else ():
        for each in other if isinstance(other, list) else [other]:
            if isinstance(each, exp.Column) and isinstance(each.this, exp.Identifier):
                yield each


def _place(identifier: exp.Expr) -> tuple[int, int]:
    meta = identifier.meta
    return (meta["start"], meta["end"] + 1) if "start" in meta and "end" in meta else (0, 0)


def group(query: Query) -> Iterator[Change]:
    """`GROUP BY`, or one of its columns, left out."""
    for number, token in enumerate(query.tokens):
        if token.token_type != TokenType.GROUP_BY:
            continue
        after = query.clause(number)
        if after < len(query.tokens) and query.tokens[after].token_type == TokenType.HAVING:
            continue  # HAVING without it is an error, not a wrong answer
        yield Change(*query.cut(number, after), "", 1)
        commas = _commas(query, number, after)
        for at, end in zip(commas, [*commas[1:], after], strict=False):
            yield Change(*query.cut(at, end), "", 0)


def sort(query: Query) -> Iterator[Change]:
    """The other direction, or no order at all."""
    for number, token in enumerate(query.tokens):
        if token.token_type != TokenType.ORDER_BY:
            continue
        after = query.clause(number)
        yield Change(*query.cut(number, after), "", 1)
        for end in [*_commas(query, number, after), after]:
            last = query.tokens[end - 1]
            if last.token_type == TokenType.DESC:
                yield Change(*query.cut(end - 1, end), "")
            elif last.token_type == TokenType.ASC:
                yield _put(query, last, "DESC")
            else:
                yield Change(last.end + 1, last.end + 1, _like(token, query.text, " DESC"))


def limit(query: Query) -> Iterator[Change]:
    """Another number of rows, or all of them."""
    for number, token in enumerate(query.tokens):
        if token.token_type not in (TokenType.LIMIT, TokenType.OFFSET) or number + 1 == len(query.tokens):
            continue
        amount = query.tokens[number + 1]
        if amount.token_type == TokenType.NUMBER and amount.text.isdecimal():
            rows = int(amount.text)
            yield Change(amount.start, amount.end + 1, str(rows + 1), 0)
            if rows > 1 or (rows == 1 and token.token_type == TokenType.OFFSET):
                yield Change(amount.start, amount.end + 1, str(rows - 1), 0)
        after = query.clause(number)
        if after == len(query.tokens) or query.tokens[after].token_type != TokenType.OFFSET:
            yield Change(*query.cut(number, after), "", 1)


def distinct(query: Query) -> Iterator[Change]:
    """`DISTINCT` left out."""
    for number, token in enumerate(query.tokens[:-1]):
        if token.token_type == TokenType.DISTINCT:
            yield Change(token.start, query.tokens[number + 1].start, "")


def set_operation(query: Query) -> Iterator[Change]:
    """`UNION ALL` for `UNION`, `EXCEPT` for `INTERSECT`."""
    for number, token in enumerate(query.tokens):
        following = query.tokens[number + 1] if number + 1 < len(query.tokens) else token
        all_ = following.token_type == TokenType.ALL
        if token.token_type == TokenType.UNION:
            place = token.end + 1
            yield (
                Change(place, following.end + 1, "")
                if all_
                else Change(place, place, _like(token, query.text, " ALL"))
            )
        if not all_:
            for rank, other in enumerate(_SETS.get(token.token_type, ())):
                yield _put(query, token, other, rank + 1)


def _conditions(query: Query) -> Iterator[tuple[int, Token]]:
    """The tokens of `WHERE`, `HAVING` and `ON`."""
    inside: set[int] = set()
    for number, token in enumerate(query.tokens):
        if token.token_type in (TokenType.WHERE, TokenType.HAVING, TokenType.ON):
            inside |= set(range(number + 1, query.clause(number)))
    return ((number, query.tokens[number]) for number in sorted(inside))


def _joins(query: Query, number: int) -> bool:
    """Whether `=` stands between two columns: joining on `<>` is no mistake anybody makes."""
    after = query.tokens[number + 1] if number + 1 < len(query.tokens) else query.tokens[number]
    return after.token_type not in (TokenType.NUMBER, TokenType.STRING, TokenType.L_PAREN)


def _between(query: Query, number: int) -> bool:
    """Whether an `AND` belongs to a `BETWEEN`."""
    depth = query.depths[number]
    for at in range(number - 1, -1, -1):
        kind = query.tokens[at].token_type
        if query.depths[at] < depth or kind in (
            TokenType.AND,
            TokenType.OR,
            TokenType.WHERE,
            TokenType.HAVING,
        ):
            return False
        if kind == TokenType.BETWEEN and query.depths[at] == depth:
            return True
    return False


def _commas(query: Query, number: int, after: int) -> list[int]:
    """The commas of a list that begins after a token, outside brackets."""
    depth = query.depths[number]
    return [
        at
        for at in range(number + 1, after)
        if query.tokens[at].token_type == TokenType.COMMA and query.depths[at] == depth
    ]


OPERATORS: dict[str, Callable[[Query], Iterator[Change]]] = {
    "wrong_join": join,
    "wrong_aggregate": aggregate,
    "wrong_filter": condition,
    "wrong_filter_value": value,
    "missing_filter": filter_left_out,
    "wrong_column": column,
    "missing_group": group,
    "wrong_sort": sort,
    "wrong_limit": limit,
    "missing_distinct": distinct,
    "wrong_set_operation": set_operation,
}
"""An operator by the slug of the kind of mistakes it makes."""
