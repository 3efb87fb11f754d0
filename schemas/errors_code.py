"""Kinds of mistakes in programs that execution can prove, from HumanEvalFix, DebugBench and Tambon et al."""

from schemas.error_kind import ErrorKind

CODE_KINDS: tuple[ErrorKind, ...] = ()
