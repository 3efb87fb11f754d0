"""An engine that never buys the same completion, or the same scores, twice."""

from collections.abc import Collection

from generators.engines.base import Completion, Engine, Request, ScoreRequest, Scores
from generators.engines.journal import Journal, completion_key, score_key
from generators.engines.purchases import Purchases
from schemas.exceptions import EngineError


class JournaledEngine(Engine):
    """Answers from a journal, and asks the wrapped engine only for what is not in it.

    Every completion is in the journal before it is returned, and so are scores. Two coroutines that
    ask for the same sample at once share one purchase, and a purchase whose asker was cancelled is
    finished and kept. With `replay_only` the wrapped engine is never asked: what is missing is an
    EngineError.
    """

    def __init__(self, engine: Engine, journal: Journal, *, replay_only: bool = False) -> None:
        self.engine = engine
        self.journal = journal
        self.replay_only = replay_only
        self.fingerprint = engine.fingerprint
        self.model = engine.model
        self.renderer = engine.renderer
        self.bought = 0
        """Completions that the wrapped engine was asked for and gave."""
        self.replayed = 0
        """Completions answered without a purchase of their own."""
        self.bought_tokens = 0
        """Sampled tokens of what was bought."""
        self.scored = 0
        """Continuations that the wrapped engine was asked to score and did."""
        self._completions: Purchases[int, Completion] = Purchases(journal.get)
        self._scores: Purchases[tuple[int, ...], Scores] = Purchases(journal.get_scores)

    async def generate(self, request: Request) -> list[Completion]:
        """One completion per index of `request.samples`, in that order."""

        async def buy(keys: dict[int, str]) -> dict[str, Completion]:
            self._refuse_replay(keys.values(), f"completion(s) of {self.model} (sample {min(keys)}, ")
            wanted = Request(request.ids, request.sampling, tuple(keys))
            completions = await self.engine.generate(wanted)
            if len(completions) != len(keys):
                raise EngineError(f"{self.model} gave {len(completions)} completions for {len(keys)}")
            for (sample, key), completion in zip(keys.items(), completions, strict=True):
                self.journal.put(key, completion, model=self.model, seed=request.seed(sample))
                self.bought += 1
                self.bought_tokens += len(completion.token_ids)
            return dict(zip(keys.values(), completions, strict=True))

        keys = {sample: completion_key(self.fingerprint, request, sample) for sample in request.samples}
        found, missing = await self._completions.get(keys, buy)
        self.replayed += len(keys) - missing
        return [found[keys[sample]] for sample in request.samples]

    async def score(self, request: ScoreRequest) -> list[Scores]:
        """Scores of every continuation, in that order: those of the first time they were asked for."""

        async def buy(keys: dict[tuple[int, ...], str]) -> dict[str, Scores]:
            self._refuse_replay(keys.values(), f"score(s) of {self.model} (")
            scores = await self.engine.score(ScoreRequest(request.ids, tuple(keys)))
            if len(scores) != len(keys):
                raise EngineError(f"{self.model} gave {len(scores)} scores for {len(keys)}")
            for key, one in zip(keys.values(), scores, strict=True):
                self.journal.put_scores(key, one, model=self.model)
                self.scored += 1
            return dict(zip(keys.values(), scores, strict=True))

        keys = {c: score_key(self.fingerprint, request.ids, c) for c in request.continuations}
        found, _missing = await self._scores.get(keys, buy)
        return [found[keys[continuation]] for continuation in request.continuations]

    async def close(self) -> None:
        """Wait for purchases in flight, so that they are kept; close the engine and the journal file."""
        await self._completions.finish()
        await self._scores.finish()
        await self.engine.close()
        self.journal.close()

    def _refuse_replay(self, keys: Collection[str], what: str) -> None:
        if self.replay_only:
            raise EngineError(
                f"the journal {self.journal.folder} lacks {len(keys)} {what}key {next(iter(keys))}); "
                "run the build once without replay_only"
            )
