"""A sentence for each reason, in the words a reviewer of the query would use."""

from filters.verify.sql.report import MAX_TEXT

SENTENCES = {
    "no_answer": "There is no query",
    "syntax_error": "The query is not valid SQL",
    "unknown_table": "The query names a table that does not exist",
    "unknown_column": "The query names a column that does not exist",
    "unknown_function": "The query calls a function that does not exist, or with wrong arguments",
    "ambiguous_column": "A column name fits several tables; say which",
    "several_statements": "One query is asked for, and there are several statements",
    "not_a_query": "The statement is not a query that gives rows",
    "forbidden": "The database is read-only and closed to files and network",
    "sql_error": "The query fails when it runs",
    "too_many_rows": "The query gives far more rows than it should",
    "timeout": "The query takes too long",
    "memory": "The query needs too much memory",
    "crashed": "The query ended its process",
    "result_too_large": "The result is too large",
    "engine_error": "The engine failed inside",
    "unsupported": "The statement cannot be judged here",
    "nondeterministic": "The query gives another result each time it is run",
    "storage_order": "The result is right only by the order in which the rows happen to be stored",
    "ties": "The reference's result depends on the order in which the rows happen to be stored",
    "undecided": "Too many rows are nearly equal to say whether the results are",
    "bad_database": "The problem's database cannot be built",
    "wrong_column_count": "The result has a wrong number of columns",
    "wrong_column_order": "The columns are right and in the wrong order",
    "wrong_order": "The rows are right and in the wrong order",
    "wrong_duplicates": "The rows are right, but some come too often or not often enough",
    "missing_rows": "Rows are missing from the result",
    "extra_rows": "The result has rows that should not be there",
    "wrong_rows": "The result has wrong rows",
}


def said(reason: str, message: str = "") -> str:
    """The sentence for a reason, with the engine's own words where there are any."""
    if reason.startswith("reference_"):
        sentence = f"The reference gives no result to compare with ({reason.removeprefix('reference_')})"
    else:
        sentence = SENTENCES[reason]
    words = message.strip()[:MAX_TEXT]
    text = f"{sentence}: {words}" if words else f"{sentence}."
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
