"""A report on one writing of a program, made to fit another writing of the same tree."""

import ast
from dataclasses import replace

from filters.verify.code.feedback import Feedback
from filters.verify.code.program_tree import program_tree
from filters.verify.code.report import ProgramReport


def relocated(report: ProgramReport, judged: str, other: str) -> ProgramReport:
    """The report with the other text's lines; both texts are the same tree."""
    if judged == other or not any(one.line or one.steps for one in report.feedback):
        return report
    tree, another = program_tree(judged), program_tree(other)
    if tree is None or another is None:
        return report
    lines = {
        a.lineno: b.lineno
        for a, b in zip(ast.walk(tree), ast.walk(another), strict=True)
        if isinstance(a, ast.stmt | ast.expr) and isinstance(b, ast.stmt | ast.expr)
    }
    texts = other.splitlines()
    return replace(report, feedback=tuple(_moved(one, lines, texts) for one in report.feedback))


def _moved(one: Feedback, lines: dict[int, int], texts: list[str]) -> Feedback:
    line = lines.get(one.line) if one.line else None
    source = texts[line - 1].strip() if line else ""
    return replace(one, line=line, source=source, steps=tuple((lines.get(n, n), s) for n, s in one.steps))
