"""An engine that never buys the same completion, or the same scores, twice."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property
from typing import Protocol

from generators.engines.base import Completion, Engine, Incomplete, Request, ScoreRequest, Scores
from generators.engines.journals.base import AnyJournal
from generators.engines.journals.keys import completion_keys, score_key
from generators.engines.purchases import Purchases
from schemas.exceptions import BudgetError, EngineError, JournalError
from schemas.ids import writable


class Purse(Protocol):
    """What a build may spend."""

    def admit(self, samples: int) -> None:
        """BudgetError where so many more completions may not be bought."""
        ...

    def spent(self, completions: Sequence[Completion], prompt_tokens: int) -> None:
        """Note a purchase that was made: its completions, and the tokens of their prompt, counted once."""
        ...


class JournaledEngine(Engine):
    """Answers from a journal, and asks the wrapped engine only for what is not in it.

    Every completion is in the journal before it is returned, and so are scores. Two coroutines that
    ask for the same sample at once share one purchase, and a purchase whose asker was cancelled is
    finished and kept. With `replay_only` the wrapped engine is never asked: what is missing is an
    EngineError. A `budget` is asked before each purchase; replays cost nothing.

    A completion without the per-token details that a request wants is not bought again: its tokens are
    scored, once, and where the engine cannot score it is handed back as it is.
    """

    def __init__(
        self, engine: Engine, journal: AnyJournal, *, replay_only: bool = False, budget: Purse | None = None
    ) -> None:
        self.engine = engine
        self.journal = journal
        self.replay_only = replay_only
        self.budget = budget
        self.fingerprint = engine.fingerprint
        self.model = engine.model
        self.renderer = engine.renderer
        self.asked = 0
        """Completions that this engine was asked for."""
        self.bought = 0
        """Completions that the wrapped engine was asked for and gave."""
        self.replayed = 0
        """Completions answered without a purchase of their own."""
        self.bought_tokens = 0
        """Sampled tokens of what was bought."""
        self.bought_prompt_tokens = 0
        """Prompt tokens of what was bought, once for all samples that were bought together."""
        self.refused = 0
        """Purchases that `replay_only` ruled out."""
        self.in_flight = 0
        """Completions and scores that the wrapped engine is being asked for."""
        self.scored = 0
        """Continuations that the wrapped engine was asked to score and did."""
        self._unkept = ""
        self._completions: Purchases[int, Completion] = Purchases(journal.get, journal.fetch)
        self._scores: Purchases[tuple[int, ...], Scores] = Purchases(journal.get_scores, journal.fetch)

    @cached_property
    def incidents(self) -> Counter[str]:
        """Those of the wrapped engine."""
        return self.engine.incidents

    async def generate(self, request: Request) -> list[Completion]:
        """One completion per index of `request.samples`, in that order. BudgetError, EngineError."""
        keys = completion_keys(self.fingerprint, request, request.samples)
        self.asked += len(request.samples)
        found, missing = await self._completions.get(keys, lambda lacking: self._buy(request, lacking))
        self.replayed += len(keys) - missing
        if request.details:
            found = await self._detailed(request.ids, found)
        else:
            # Whether an earlier asker wanted details must not change what this one gets.
            found = {key: _plain(completion) for key, completion in found.items()}
        return [found[keys[sample]] for sample in request.samples]

    async def score(self, request: ScoreRequest) -> list[Scores]:
        """Scores of every continuation, in that order: those of the first time they were asked for."""
        wanted = request.continuations
        keys = {c: score_key(self.fingerprint, request.ids, c, request.entropies) for c in wanted}
        found, _missing = await self._scores.get(keys, lambda lacking: self._buy_scores(request, lacking))
        return [found[keys[continuation]] for continuation in wanted]

    async def close(self) -> None:
        """Wait for purchases in flight, so that they are kept; close the engine and the journal file."""
        await self._completions.finish()
        await self._scores.finish()
        await self.engine.close()
        self.journal.close()

    async def _buy(self, request: Request, keys: dict[int, str]) -> dict[str, Completion]:
        self._refuse_replay(keys.values(), f"completion(s) of {self.model} (sample {min(keys)}, ")
        await self._begin(len(keys))
        wanted = Request(request.ids, request.sampling, tuple(keys), request.details)
        self.in_flight += len(keys)
        try:
            completions = await self.engine.generate(wanted)
        except Incomplete as error:
            had = {keys[sample]: (sample, _written(one)) for sample, one in error.had.items()}
            await self._keep(request, had)
            raise
        finally:
            self.in_flight -= len(keys)
        if len(completions) != len(keys):
            raise EngineError(f"{self.model} gave {len(completions)} completions for {len(keys)}")
        pairs = zip(keys.items(), completions, strict=True)
        found = {key: (sample, _written(one)) for (sample, key), one in pairs}
        await self._keep(request, found)
        return {key: one for key, (_, one) in found.items()}

    async def _begin(self, purchases: int) -> None:
        """Nothing is bought that could not be kept, or that the budget does not allow. JournalError, BudgetError."""
        if self._unkept:
            raise JournalError(self._unkept)
        with self._journaling():
            await self.journal.prepare()
        if self.budget:
            self.budget.admit(purchases)

    @contextmanager
    def _journaling(self) -> Iterator[None]:
        """JournalError where the journal cannot be written; and nothing more is bought then."""
        try:
            yield
        except OSError as error:
            self._unkept = (
                f"{error.filename or self.journal.where}: {error.strerror or error}: what is bought cannot be kept, "
                "so nothing more is. Make room or give the right to write there, or name another place in "
                "run.journal; the same command then goes on"
            )
            raise JournalError(self._unkept) from error

    async def _keep(self, request: Request, found: Mapping[str, tuple[int, Completion]]) -> None:
        """Journal what was bought, by key, with its sample index; count it, and wait until it is kept."""
        for key, (sample, completion) in found.items():
            with self._journaling():
                self.journal.put(key, completion, model=self.model, seed=request.seed(sample))
            self.bought += 1
            self.bought_tokens += len(completion.token_ids)
        self.bought_prompt_tokens += len(request.ids)
        if self.budget:
            self.budget.spent([completion for _, completion in found.values()], len(request.ids))
        with self._journaling():
            await self.journal.kept()

    async def _buy_scores(self, request: ScoreRequest, keys: dict[tuple[int, ...], str]) -> dict[str, Scores]:
        self._refuse_replay(keys.values(), f"score(s) of {self.model} (")
        await self._begin(len(keys))
        self.in_flight += len(keys)
        try:
            scores = await self.engine.score(replace(request, continuations=tuple(keys)))
        finally:
            self.in_flight -= len(keys)
        if len(scores) != len(keys):
            raise EngineError(f"{self.model} gave {len(scores)} scores for {len(keys)}")
        for key, one in zip(keys.values(), scores, strict=True):
            with self._journaling():
                self.journal.put_scores(key, one, model=self.model)
            self.scored += 1
        if self.budget:  # all that is read is prompt
            self.budget.spent((), len(request.ids) + sum(map(len, keys)))
        with self._journaling():
            await self.journal.kept()
        return dict(zip(keys.values(), scores, strict=True))

    async def _detailed(self, ids: tuple[int, ...], found: dict[str, Completion]) -> dict[str, Completion]:
        """The same, with log-probabilities per token wherever they can be known."""
        bare = {c.token_ids for c in found.values() if c.logprobs is None}
        if not bare:
            return found
        continuations = tuple(sorted(bare))
        try:
            scores = await self.score(ScoreRequest(ids, continuations, entropies=True))
        except BudgetError:
            raise  # another run may pay for them: this one must not be taken for the whole
        except EngineError:
            return found
        by_tokens = dict(zip(continuations, scores, strict=True))
        return {
            key: c if c.logprobs is not None else _with(c, by_tokens[c.token_ids]) for key, c in found.items()
        }

    def _refuse_replay(self, keys: Collection[str], what: str) -> None:
        if self.replay_only:
            self.refused += 1
            raise EngineError(
                f"the journal {self.journal.where} lacks {len(keys)} {what}key {next(iter(keys))}); "
                "run the build once without replay_only"
            )


def _written(completion: Completion) -> Completion:
    """The completion with a text that every file can hold: a server may send half of a surrogate pair."""
    text = writable(completion.text)
    return completion if text == completion.text else replace(completion, text=text)


def _plain(completion: Completion) -> Completion:
    if completion.logprobs is None and completion.entropies is None:
        return completion
    return replace(completion, logprobs=None, entropies=None)


def _with(completion: Completion, scores: Scores) -> Completion:
    return replace(completion, logprobs=scores.logprobs, entropies=scores.entropies)
