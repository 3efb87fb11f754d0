"""The judge of mathematical answers: extract, compare exactly, ask math-verify only where that fails.

    with Judge() as judge:
        judge.verdict(problem, "… so the answer is \\boxed{\\frac12}")  # right, wrong or unknown

Wrong is said only of an answer that was found, read and shown to differ. Everything else that is
not right is unknown, with the reason: `no_answer`, `unparsed`, `timeout`, `memory`, `crashed`, `error`,
`close`, `percent`, `units`, `brackets`, `order`, `several`, `comma`, `text`, `base` (see `exact`), `words`,
`ellipsis`, `relation`, `logarithm`, `too_long`, `too_deep`, `too_large` (see `screen`), `names` (`2k` and `2n`),
`asymmetric` (math-verify answers differently when reference and answer change places), `unconfirmed`
(the numeric opinion is not math-verify's), `undecided` (the options forbid asking it).

The method says who decided: `exact`; `symbolic` (math-verify, and the numeric opinion does not speak
against it); `numeric` (the values were evaluated and agree to the places asked for).
"""

import asyncio
import threading
from collections import OrderedDict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from filters.verify.closing import Closing
from filters.verify.math.disagreements import Disagreement, DisagreementTable
from filters.verify.math.extract import extract_answer
from filters.verify.math.options import JudgeOptions
from filters.verify.math.quick import quick_verdict
from filters.verify.math.screen import shape_differs, too_hard
from filters.verify.math.settle import by_letter, for_worker
from filters.verify.math.stated import stated_answer
from filters.verify.math.verdict_cache import VerdictCache
from filters.verify.math.worker_pool import WorkerPool
from filters.verify.math.worker_process import Reply
from schemas.problem import Problem
from schemas.verdict import Outcome, Verdict

MAX_EVIDENCE = 200
"""Characters of the extracted answer that a verdict keeps."""

MAX_CACHED = 200_000
"""Verdicts remembered, about 100 bytes each beside the texts; the oldest are forgotten."""

MAX_REMEMBERED_CHARS = 2000
"""Longest pair that is remembered; longer ones are refused cheaply anyway."""

NO_ANSWER = Verdict(Outcome.UNKNOWN, "no_answer", "exact")

TRANSIENT = ("timeout", "memory", "crashed")
"""Reasons that may be the machine's fault: such pairs are asked again next time."""

_OUTCOMES = {"equal": Outcome.RIGHT, "rounded": Outcome.RIGHT, "different": Outcome.WRONG}


class Judge(Closing):
    """Judges answers under one set of options; safe to use from any thread and any event loop."""

    def __init__(self, options: JudgeOptions | None = None) -> None:
        self.options = options or JudgeOptions()
        self._pool = WorkerPool(self.options.workers, self.options.deadline_s, self.options.memory_bytes)
        self._cache: OrderedDict[tuple[str, str, str], Verdict] = OrderedDict()
        self._disk = VerdictCache(self.options.cache_dir) if self.options.cache_dir else None
        self._table = DisagreementTable(self.options.disagreements)
        self._rules = self.options.rules()
        self._lock = threading.Lock()

    def verdict(self, problem: Problem, text: str, explicit_only: bool = False) -> Verdict:
        """The verdict on the answer that `text` states; `explicit_only` for a text that may be cut."""
        found = extract_answer(text, explicit_only)
        return NO_ANSWER if found is None else self.equal(problem.answer, found.answer)

    def verdicts(self, pairs: Sequence[tuple[Problem, str]], explicit_only: bool = False) -> list[Verdict]:
        """Verdicts of many texts, in order; all workers are used for what needs them."""
        found = [extract_answer(text, explicit_only) for _, text in pairs]
        stated = [(p.answer, f.answer) for (p, _), f in zip(pairs, found, strict=True) if f is not None]
        judged = iter(self.equals(stated))
        return [NO_ANSWER if f is None else next(judged) for f in found]

    async def averdict(self, problem: Problem, text: str, explicit_only: bool = False) -> Verdict:
        """`verdict` for an event loop: only pairs that need a worker leave it, to a thread."""
        found = extract_answer(text, explicit_only)
        if found is None:
            return NO_ANSWER
        quick = self._without_worker(problem.answer, found.answer, self.options)
        if quick is not None:
            return quick
        return await asyncio.to_thread(self._ask, problem.answer, found.answer, self.options)

    def equal(self, reference: str, answer: str, options: JudgeOptions | None = None) -> Verdict:
        """The verdict on an answer that is already extracted; `options` change the rules for this pair."""
        rules = options or self.options
        quick = self._without_worker(reference, answer, rules)
        return quick if quick is not None else self._ask(reference, answer, rules)

    def equals(self, pairs: Sequence[tuple[str, str]]) -> list[Verdict]:
        """Verdicts on many (reference, answer) pairs, in order, in one call.

        What needs a worker is asked once a pair and by reference, which a worker parses once.
        """
        verdicts = [self._without_worker(*pair, self.options) for pair in pairs]
        open_pairs: dict[str, dict[tuple[str, str], None]] = {}
        for pair, verdict in zip(pairs, verdicts, strict=True):
            if verdict is None:
                open_pairs.setdefault(pair[0], {})[pair] = None
        if not open_pairs:
            return [verdict for verdict in verdicts if verdict is not None]
        asked: dict[tuple[str, str], Verdict] = {}

        def ask_group(group: dict[tuple[str, str], None]) -> None:
            asked.update({pair: self._ask(*pair, self.options) for pair in group})

        if self.options.workers == 1:
            for group in open_pairs.values():
                ask_group(group)
        else:
            with ThreadPoolExecutor(self.options.workers) as threads:
                list(threads.map(ask_group, open_pairs.values()))
        return [
            asked[pair] if verdict is None else verdict for pair, verdict in zip(pairs, verdicts, strict=True)
        ]

    def stated_equal(
        self, reference: str, answer: str, options: JudgeOptions | None = None, letters: bool = True
    ) -> Verdict:
        """The verdict where either side may be a whole text around its answer.

        `letters`: whether a lone letter A-J may be a choice that the other side names in its text.
        """
        if not answer.strip():
            return NO_ANSWER
        if letters:
            verdict = by_letter(reference, answer)
            if verdict is not None:
                return replace(verdict, evidence=answer[-MAX_EVIDENCE:])
        return self.equal(stated_answer(reference), stated_answer(answer), options)

    def worker_word(self, reference: str, answer: str) -> str:
        """What a worker alone says of two formulas (`equal`, `different`, …), the exact comparison left aside."""
        return self._pool.ask(for_worker(reference), for_worker(answer), self.options.decimal_places).word

    def disagreements(self) -> list[Disagreement]:
        """Pairs so far on which math-verify and the numeric evaluation differ; all are unknown."""
        return self._table.rows()

    def close(self) -> None:
        """End the workers."""
        self._pool.close()
        if self._disk is not None:
            self._disk.close()

    def _without_worker(self, reference: str, answer: str, options: JudgeOptions) -> Verdict | None:
        """From the cache, by exact comparison or by the screen; None where a worker must say."""
        key = (self._rules_of(options), reference, answer)
        with self._lock:
            known = self._cache.get(key)
        if known is not None:
            return known
        verdict = quick_verdict(reference, answer, options)
        if verdict is None:
            one, other = for_worker(reference), for_worker(answer)
            hard = too_hard(one) or too_hard(other) or shape_differs(one, other)
            if hard is None and options.symbolic:
                known = self._disk.get(key[0], one, other) if self._disk else None
                return None if known is None else self._remember(key, known)
            verdict = Verdict(Outcome.UNKNOWN, hard or "undecided", "exact")
        return self._remember(key, verdict)

    def _ask(self, reference: str, answer: str, options: JudgeOptions) -> Verdict:
        one, other = for_worker(reference), for_worker(answer)
        reply = self._pool.ask(one, other, options.decimal_places)
        outcome = _OUTCOMES.get(reply.word, Outcome.UNKNOWN)
        method = "numeric" if reply.word == "rounded" else "symbolic"
        verdict = Verdict(outcome, "mismatch" if reply.word == "different" else reply.word, method)
        if _disagree(reply):
            self._table.add(Disagreement(reference, answer, reply.word, reply.symbolic, reply.numeric))
        rules = self._rules_of(options)
        if self._disk is not None and reply.word not in (*TRANSIENT, "error"):
            self._disk.put(rules, one, other, verdict)
        return self._remember((rules, reference, answer), verdict)

    def _rules_of(self, options: JudgeOptions) -> str:
        return self._rules if options is self.options else options.rules()

    def _remember(self, key: tuple[str, str, str], verdict: Verdict) -> Verdict:
        verdict = replace(verdict, evidence=key[2][:MAX_EVIDENCE])
        if verdict.reason in TRANSIENT or len(key[1]) + len(key[2]) > MAX_REMEMBERED_CHARS:
            return verdict
        with self._lock:
            self._cache[key] = verdict
            if len(self._cache) > MAX_CACHED:
                self._cache.popitem(last=False)
        return verdict


def _disagree(reply: Reply) -> bool:
    """Whether the two opinions contradict each other, or math-verify contradicts itself."""
    if reply.symbolic == "asymmetric":
        return True
    return (
        bool(reply.symbolic) and reply.numeric in ("equal", "different") and reply.symbolic != reply.numeric
    )
