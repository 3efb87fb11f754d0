"""Kinds of mistakes in SQL queries that execution can prove."""

from schemas.error_kind import ErrorKind

SQL_KINDS: tuple[ErrorKind, ...] = ()
