"""The judge of mathematical answers: extract, compare exactly, ask math-verify only where that fails.

    with Judge() as judge:
        judge.verdict(problem, "… so the answer is \\boxed{\\frac12}")  # right, wrong or unknown

Wrong is said only of an answer that was found, read and shown to differ. Everything else that is
not right is unknown, with the reason: `no_answer`, `unparsed`, `timeout`, `memory`, `crashed`, `error`,
`close`, `percent`, `units`, `brackets`, `order`, `several`, `comma`, `text`, `base` (see `exact`), `words`,
`ellipsis`, `relation`, `logarithm`, `too_long`, `too_deep`, `too_large` (see `screen`),
`asymmetric` (math-verify answers differently when reference and answer change places), `unconfirmed`
(math-verify says different and no number shows it), `undecided` (the options forbid asking it).
"""

import asyncio
import threading
from collections import OrderedDict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from types import TracebackType
from typing import Self

from filters.verify.math.exact import compare
from filters.verify.math.extract import extract_answer
from filters.verify.math.notation import plain
from filters.verify.math.options import JudgeOptions
from filters.verify.math.screen import shape_differs, too_hard
from filters.verify.math.worker_pool import WorkerPool
from schemas.problem import Problem
from schemas.verdict import Outcome, Verdict

MAX_EVIDENCE = 200
"""Characters of the extracted answer that a verdict keeps."""

MAX_CACHED = 200_000
"""Verdicts remembered, about 100 bytes each beside the texts; the oldest are forgotten."""

NO_ANSWER = Verdict(Outcome.UNKNOWN, "no_answer", "exact")


class Judge:
    """Judges answers under one set of options; safe to use from any thread."""

    def __init__(self, options: JudgeOptions | None = None) -> None:
        self.options = options or JudgeOptions()
        self._pool = WorkerPool(self.options.workers, self.options.deadline_s, self.options.memory_bytes)
        self._cache: OrderedDict[tuple[str, str], Verdict] = OrderedDict()
        self._lock = threading.Lock()

    def verdict(self, problem: Problem, text: str, explicit_only: bool = False) -> Verdict:
        """The verdict on the answer that `text` states; `explicit_only` for a text that may be cut."""
        found = extract_answer(text, explicit_only)
        return NO_ANSWER if found is None else self.equal(problem.answer, found.answer)

    def verdicts(self, pairs: Sequence[tuple[Problem, str]], explicit_only: bool = False) -> list[Verdict]:
        """Verdicts of many texts, in order; all workers are used for what needs them."""

        def one(pair: tuple[Problem, str]) -> Verdict:
            return self.verdict(*pair, explicit_only=explicit_only)

        if self.options.workers == 1:
            return [one(pair) for pair in pairs]
        # neighbours share a reference, which a worker parses once
        with ThreadPoolExecutor(self.options.workers) as threads:
            return list(threads.map(one, pairs))

    async def averdict(self, problem: Problem, text: str, explicit_only: bool = False) -> Verdict:
        """`verdict` for an event loop: only pairs that need a worker leave it, to a thread."""
        found = extract_answer(text, explicit_only)
        if found is None:
            return NO_ANSWER
        quick = self._without_worker(problem.answer, found.answer)
        if quick is not None:
            return quick
        return await asyncio.to_thread(self._ask, problem.answer, found.answer)

    def equal(self, reference: str, answer: str) -> Verdict:
        """The verdict on an answer that is already extracted."""
        quick = self._without_worker(reference, answer)
        return quick if quick is not None else self._ask(reference, answer)

    def close(self) -> None:
        """End the workers."""
        self._pool.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _without_worker(self, reference: str, answer: str) -> Verdict | None:
        """From the cache, by exact comparison or by the screen; None where a worker must say."""
        with self._lock:
            known = self._cache.get((reference, answer))
        if known is not None:
            return known
        verdict = compare(reference, answer, self.options)
        if verdict is None:
            hard = too_hard(reference) or too_hard(answer) or shape_differs(reference, answer)
            if hard is None and self.options.symbolic:
                return None
            verdict = Verdict(Outcome.UNKNOWN, hard or "undecided", "exact")
        return self._remember(reference, answer, verdict)

    def _ask(self, reference: str, answer: str) -> Verdict:
        word = self._pool.ask(plain(reference), plain(answer))
        outcome = {"equal": Outcome.RIGHT, "different": Outcome.WRONG}.get(word, Outcome.UNKNOWN)
        verdict = Verdict(outcome, "mismatch" if word == "different" else word, "math_verify")
        return self._remember(reference, answer, verdict)

    def _remember(self, reference: str, answer: str, verdict: Verdict) -> Verdict:
        verdict = replace(verdict, evidence=answer[:MAX_EVIDENCE])
        if verdict.reason in ("timeout", "memory", "crashed"):
            return verdict  # may be the machine's fault: asked again next time
        with self._lock:
            self._cache[reference, answer] = verdict
            if len(self._cache) > MAX_CACHED:
                self._cache.popitem(last=False)
        return verdict
