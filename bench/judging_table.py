"""The judge and math-verify on the public cases: the table of `docs/judging.md`.

`python -m bench.judging_table` writes it between the page's marks. Both get each case's own params;
math-verify looks for LaTeX, expressions and strings, as the suites' tests have it, with the kinds of
`match_type` where a case names them.
"""

import contextlib
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from filters.verify.math.judge import Judge
from filters.verify.math.options import JudgeOptions
from pipelines.verify.math import row_rules
from schemas.verdict import Verdict

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "judging.md"
CASES = ROOT.parent / "shared" / "cases" / "math_equivalence.jsonl"
BEGIN, END = "<!-- cases: written by bench/judging_table.py -->", "<!-- end of cases -->"

WHY = {
    "1 - \\frac{1}{\\mathrm{e}}": "the suite pins math-verify's own mistake: 1 - 1/e and 1 + 1/e differ",
    "Answer $ \n 9 \n $": "the suite does not take a line break inside dollars for mathematics; we and math-verify do",
    "不是 A": 'math-verify takes the last letter: "not A"',
    "颗弹珠/男孩": "math-verify takes the number of the heading, 2",
    "and and and or thus": "math-verify takes all three boxes; words stand between the first two",
    "Janeth": "math-verify takes the last number, 12 months",
    "(C) Cecile": "math-verify reads no letter there",
}
"""Reasons by a piece of the case."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A case, and what the judge and math-verify say."""

    case: dict[str, Any]
    verdict: Verdict
    math_verify: bool

    @property
    def we_agree(self) -> bool:
        """Whether the judge says, decidedly, what the suite expects."""
        return self.verdict.is_right if self.case["equal"] else self.verdict.is_wrong

    @property
    def they_agree(self) -> bool:
        """Whether math-verify says what the suite expects."""
        return self.math_verify == bool(self.case["equal"])


def judged_cases(cases: Sequence[dict[str, Any]]) -> list[Judged]:
    """Both opinions on all cases, the judge's as `corrigenda verify math` gives them."""
    options = JudgeOptions.published()
    found: list[Judged] = []
    with Judge(options) as judge:
        for case in cases:
            rules, letters = row_rules(case["params"], options)
            verdict = judge.stated_equal(case["reference"], case["answer"], rules, letters)
            found.append(Judged(case, verdict, math_verify(case)))
    return found


def math_verify(case: dict[str, Any]) -> bool:
    """math-verify's verdict with the case's own params."""
    from math_verify import (
        ExprExtractionConfig,
        LatexExtractionConfig,
        StringExtractionConfig,
        parse,
        verify,
    )

    kinds = {"latex": LatexExtractionConfig, "expr": ExprExtractionConfig, "string": StringExtractionConfig}
    params = case["params"]
    looked_for = [kinds[kind]() for kind in params.get("match_type", kinds)]
    with contextlib.redirect_stdout(io.StringIO()):
        gold, said = (parse(case[side], looked_for, parsing_timeout=None) for side in ("reference", "answer"))
        return bool(
            verify(
                gold,
                said,
                float_rounding=params.get("precision", 6),
                strict=True,
                allow_set_relation_comp=params.get("allow_set_relation_comp", False),
                timeout_seconds=None,
            )
        )


def table(judged: Sequence[Judged]) -> str:
    """The counts and a row for every case where either departs from the suite."""
    ours, theirs = sum(j.we_agree for j in judged), sum(j.they_agree for j in judged)
    lines = [
        f"{len(judged)} cases: the judge agrees with {ours}, math-verify with {theirs}.",
        "",
        "| suite's test | reference | answer | expected | judge | math-verify | why |",
        "|---|---|---|---|---|---|---|",
    ]
    for one in judged:
        if one.we_agree and one.they_agree:
            continue
        case = one.case
        cells = (
            case["source"].rpartition("::")[2],
            f"`{_short(case['reference'])}`",
            f"`{_short(case['answer'])}`",
            "equal" if case["equal"] else "different",
            f"{one.verdict.outcome.value} ({one.verdict.reason}, {one.verdict.method})",
            "equal" if one.math_verify else "different",
            next((why for piece, why in WHY.items() if piece in case["reference"] + case["answer"]), ""),
        )
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _short(text: str) -> str:
    shown = text if len(text) <= 60 else "… " + text[-58:]
    return shown.replace("\n", "\\n").replace("|", "\\|").replace("`", "'")


def written(page: str) -> str:
    """The part of the page between the marks."""
    return page.partition(BEGIN)[2].partition(END)[0].strip()


def main() -> None:
    """Write the table into the page."""
    with CASES.open(encoding="utf-8") as lines:
        judged = judged_cases([json.loads(line) for line in lines])
    page = PAGE.read_text(encoding="utf-8")
    before, _, rest = page.partition(BEGIN)
    PAGE.write_text(f"{before}{BEGIN}\n\n{table(judged)}\n\n{END}{rest.partition(END)[2]}", encoding="utf-8")


if __name__ == "__main__":
    main()
