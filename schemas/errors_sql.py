"""Kinds of mistakes in SQL queries that execution can prove.

`source` names the categories of NL2SQL-BUGs (arXiv 2503.11984: attribute, table, value, operator,
condition, function and clause errors). All are proven by a result that differs on a database.
"""

from schemas.error_kind import ErrorKind

DIFFERS = ("query_differs",)


def _kind(slug: str, definition: str, right: str, wrong: str, source: str) -> ErrorKind:
    return ErrorKind("sql", slug, definition, (right, wrong), f"NL2SQL-BUGs {source}", DIFFERS)


SQL_KINDS: tuple[ErrorKind, ...] = (
    _kind(
        "wrong_join",
        "Rows without a partner are kept where they should not be, or the reverse.",
        "FROM a LEFT JOIN b ON a.id = b.a_id",
        "FROM a JOIN b ON a.id = b.a_id",
        "table errors",
    ),
    _kind(
        "wrong_aggregate",
        "Another aggregate is computed than the one asked for.",
        "SELECT SUM(price) FROM orders",
        "SELECT AVG(price) FROM orders",
        "function errors",
    ),
    _kind(
        "wrong_filter",
        "A condition has the wrong operator or the wrong connective.",
        "WHERE age >= 18",
        "WHERE age > 18",
        "operator and condition errors",
    ),
    _kind(
        "wrong_filter_value",
        "A condition compares with the wrong value.",
        "WHERE name LIKE '%son%'",
        "WHERE name LIKE 'son%'",
        "value errors",
    ),
    _kind(
        "missing_filter",
        "A condition is left out.",
        "WHERE age >= 18 AND city = 'Rome'",
        "WHERE age >= 18",
        "condition errors",
    ),
    _kind(
        "wrong_column",
        "Another column than the right one is used.",
        "SELECT last_name FROM people ORDER BY first_name",
        "SELECT first_name FROM people ORDER BY first_name",
        "attribute errors",
    ),
    _kind(
        "missing_group",
        "The grouping, or a column of it, is left out.",
        "SELECT city, COUNT(*) FROM people GROUP BY city",
        "SELECT city, COUNT(*) FROM people",
        "clause errors",
    ),
    _kind(
        "wrong_sort",
        "The rows come in the wrong order, or in none.",
        "ORDER BY price DESC",
        "ORDER BY price",
        "clause errors",
    ),
    _kind(
        "wrong_limit",
        "Too many or too few rows are taken.",
        "LIMIT 3",
        "LIMIT 4",
        "clause errors",
    ),
    _kind(
        "missing_distinct",
        "Doubles are kept that should be dropped.",
        "SELECT COUNT(DISTINCT city) FROM people",
        "SELECT COUNT(city) FROM people",
        "clause errors",
    ),
    _kind(
        "wrong_set_operation",
        "Two results are put together in the wrong way.",
        "SELECT a FROM t INTERSECT SELECT a FROM u",
        "SELECT a FROM t UNION SELECT a FROM u",
        "clause errors",
    ),
)
