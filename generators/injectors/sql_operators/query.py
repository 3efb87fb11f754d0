"""A query with the place of every token, in code points."""

from dataclasses import dataclass

import sqlglot
from sqlglot import exp
from sqlglot.tokenizer_core import Token, TokenType

MAX_CHARACTERS = 10_000
MAX_DEPTH = 60
CLAUSES = {
    TokenType.WHERE, TokenType.GROUP_BY, TokenType.HAVING, TokenType.ORDER_BY, TokenType.LIMIT, TokenType.OFFSET,
    TokenType.UNION, TokenType.INTERSECT, TokenType.EXCEPT, TokenType.SEMICOLON, TokenType.WINDOW,
}  # fmt: skip
"""What ends the clause before it."""


@dataclass(frozen=True)
class Query:
    """A query, its tokens, its tree, and how deep in brackets each token stands."""

    text: str
    tokens: tuple[Token, ...]
    tree: exp.Expr
    depths: tuple[int, ...]

    def clause(self, number: int) -> int:
        """The number of the token after the clause that begins with a token."""
        at, depth = number + 1, self.depths[number]
        while at < len(self.tokens) and self.depths[at] >= depth:
            if self.depths[at] == depth and self.tokens[at].token_type in CLAUSES:
                break
            at += 1
        return at

    def cut(self, first: int, after: int) -> tuple[int, int]:
        """The place of tokens `first` to `after` (not included) with the white space before them."""
        start = self.tokens[first].start
        return len(self.text[:start].rstrip()), self.tokens[after - 1].end + 1


def query(text: str, dialect: str) -> Query | None:
    """The query read, or None for what is not one statement that can be read in this dialect."""
    tree = tree_of(text, dialect)
    if tree is None:
        return None
    tokens = tuple(sqlglot.tokenize(text, read=dialect))
    depths, depth = [], 0
    for token in tokens:
        depth -= token.token_type == TokenType.R_PAREN
        depths.append(depth)
        depth += token.token_type == TokenType.L_PAREN
    return Query(text, tokens, tree, tuple(depths))


def tree_of(text: str, dialect: str) -> exp.Expr | None:
    """The tree of one SELECT statement, or None."""
    if len(text) > MAX_CHARACTERS or max(text.count("("), text.lower().count("case")) > MAX_DEPTH:
        return None
    try:
        trees = sqlglot.parse(text, read=dialect)
    except Exception:
        # A parser of thirty dialects raises what its authors did not think of; none of it is a query.
        return None
    return trees[0] if len(trees) == 1 and isinstance(trees[0], exp.Query) else None
