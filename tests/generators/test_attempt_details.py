"""Attempts with what the policy knew of every token, from the engine to the table."""

import asyncio

import pytest

pytest.importorskip("torch")
pytest.importorskip("transformers")

from generators.attempts import sample
from generators.engines.base import Sampling
from generators.engines.transformers_local import TransformersLocal
from generators.roles import PromptOptions, Role
from generators.sources.procedural import Procedural
from pipelines.rows import attempt_row
from schemas.arrow import to_table
from schemas.case import Case
from schemas.problem import Problem


def test_details_reach_the_attempts_table_where_they_were_asked_for() -> None:
    problem = next(p for p in Procedural(count=1).problems() if isinstance(p, Problem))

    async def run() -> None:
        engine = TransformersLocal(model="embedded", dtype="float32", device="cpu", threads=1).open()
        role, prompt = Role(engine, Sampling(max_tokens=20)), PromptOptions()
        plain = await sample(problem, role, prompt, 2, "auto")
        detailed = await sample(problem, role, prompt, 2, "auto", details=True)
        await engine.close()
        assert [a.id for a in plain] == [a.id for a in detailed]
        case = Case(problem, (*plain, *detailed))
        rows = [attempt_row(attempt, case, prompt.messages(problem), None) for attempt in case.attempts]
        table = to_table("attempts", rows).to_pylist()
        for without in table[:2]:
            assert (without["token_logprobs"], without["token_entropies"]) == (None, None)
        for row in table[2:]:
            assert len(row["token_logprobs"]) == len(row["token_entropies"]) == row["tokens"]
            assert sum(row["token_logprobs"]) == pytest.approx(row["logprob"], abs=1e-4)
            assert min(row["token_entropies"]) >= 0

    asyncio.run(run())
