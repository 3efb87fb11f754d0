"""Records as table rows: dicts whose keys are exactly the columns of `schemas.arrow`."""

from dataclasses import asdict, fields
from typing import Any

from pipelines.cases import CaseResult
from schemas.attempt import Attempt
from schemas.case import Case
from schemas.example import Example
from schemas.location import Location
from schemas.problem import Problem
from schemas.sampled import Sampled
from schemas.segment import Message

Row = dict[str, Any]

_LINEAGE = tuple(f.name for f in fields(Example))


def example_row(example: Example) -> Row:
    """An example as its table holds it."""
    lineage = {name: getattr(example, name) for name in _LINEAGE}
    return {"id": example.id, **lineage, **example.content()}


def attempt_row(attempt: Attempt, case: Case, prompt: tuple[Message, ...], found: Location | None) -> Row:
    """An attempt with its verdict; a wrong one with where it first goes wrong, if that was looked for."""
    verdict, problem = attempt.verdict, case.problem
    kind = "none" if verdict.is_right else (found.kind if found else "unknown")
    return {
        "id": attempt.id,
        "problem_id": problem.id,
        "recipe": "",
        "variant": "",
        "error_kind": kind,
        "origin": attempt.origin,
        "parents": [],
        "policy": attempt.policy,
        "teacher": "",
        "verified_by": f"answer:{verdict.method}" if verdict.method else "",
        "located_by": found.method if found else "",
        "written_by": "",
        "source": problem.source,
        "licence": problem.licence,
        "prompt": [asdict(m) for m in prompt],
        "answer": problem.answer,
        "model": attempt.model,
        "index": attempt.index,
        "text": attempt.text,
        "steps": [{"start": s.start, "end": s.end} for s in attempt.steps],
        "first_error": found.step if found else None,
        "verdict": verdict.outcome.value,
        "reason": verdict.reason,
        "evidence": verdict.evidence,
        "pass_rate": case.pass_rate,
        "decided": case.decided,
        "finish": attempt.finish,
        "tokens": attempt.tokens,
        "logprob": attempt.logprob,
        "token_logprobs": _listed(attempt.token_logprobs),
        "token_entropies": _listed(attempt.token_entropies),
        "sampling": attempt.sampling,
    }


def _listed(values: tuple[float, ...] | None) -> list[float] | None:
    return None if values is None else list(values)


def sampled_row(sampled: Sampled, case: Case) -> Row:
    """An attempt of a recipe's own. It is of no group, so it has no pass rate."""
    row = attempt_row(sampled.attempt, case, sampled.prompt, sampled.found)
    own = {"recipe": sampled.recipe, "variant": sampled.variant, "parents": [*sampled.parents]}
    return {**row, **own, "pass_rate": None, "decided": None}


def result_rows(result: CaseResult, prompt: tuple[Message, ...]) -> dict[str, list[Row]]:
    """All rows of one case by table, in recipe order."""
    rows: dict[str, list[Row]] = {"dropped": [asdict(d) for d in result.dropped]}
    for example in result.kept:
        rows.setdefault(example.kind, []).append(example_row(example))
    if result.case is not None:
        case = result.case
        rows["attempts"] = [
            *(attempt_row(a, case, prompt, result.locations.get(a.id)) for a in case.attempts),
            *(sampled_row(sampled, case) for sampled in result.extras.values()),
        ]
    return rows


def split_of(problem: Problem, test_share: float) -> str:
    """The split of a problem: its own, else by hash of its statement, so that none is in two."""
    if problem.split:
        return problem.split
    return "test" if int(problem.fingerprint[:8], 16) / 0x1_0000_0000 < test_share else "train"
