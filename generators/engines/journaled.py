"""An engine that never buys the same completion twice."""

import asyncio

from generators.engines.base import Completion, Engine, Request
from generators.engines.journal import Journal, completion_key
from schemas.exceptions import EngineError

_Bought = dict[str, Completion]


class JournaledEngine(Engine):
    """Answers from a journal, and asks the wrapped engine only for what is not in it.

    Every completion is in the journal before it is returned. Two coroutines that ask for the same
    sample at once share one purchase, and a purchase whose asker was cancelled is finished and kept.
    With `replay_only` the wrapped engine is never asked: a missing completion is an EngineError.
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
        self._buying: dict[str, asyncio.Task[_Bought]] = {}

    async def generate(self, request: Request) -> list[Completion]:
        """One completion per index of `request.samples`, in that order."""
        keys = {sample: completion_key(self.fingerprint, request, sample) for sample in request.samples}
        # From here to `create_task` nothing awaits, so no other coroutine can start the same purchase.
        tasks = {key: self._buying[key] for key in keys.values() if key in self._buying}
        found = self._replay([key for key in keys.values() if key not in tasks])
        missing = [s for s, key in keys.items() if key not in found and key not in tasks]
        self.replayed += len(keys) - len(missing)
        if missing:
            task = self._start(request, {sample: keys[sample] for sample in missing})
            tasks.update({keys[sample]: task for sample in missing})
        for key, task in tasks.items():
            found[key] = (await asyncio.shield(task))[key]
        return [found[keys[sample]] for sample in request.samples]

    async def close(self) -> None:
        """Wait for purchases in flight, so that they are kept; close the engine and the journal file."""
        await asyncio.gather(*set(self._buying.values()), return_exceptions=True)
        await self.engine.close()
        self.journal.close()

    def _replay(self, keys: list[str]) -> _Bought:
        found = {key: self.journal.get(key) for key in keys}
        return {key: completion for key, completion in found.items() if completion is not None}

    def _start(self, request: Request, keys: dict[int, str]) -> asyncio.Task[_Bought]:
        if self.replay_only:
            raise EngineError(
                f"the journal {self.journal.folder} lacks {len(keys)} completion(s) of {self.model} "
                f"(sample {min(keys)}, key {keys[min(keys)]}); run the build once without replay_only"
            )
        task = asyncio.create_task(self._buy(request, keys))
        # A task that every asker has left must not complain that nobody looked at its exception.
        task.add_done_callback(lambda done: done.cancelled() or done.exception())
        self._buying.update(dict.fromkeys(keys.values(), task))
        return task

    async def _buy(self, request: Request, keys: dict[int, str]) -> _Bought:
        try:
            wanted = Request(request.ids, request.sampling, tuple(keys))
            completions = await self.engine.generate(wanted)
            if len(completions) != len(keys):
                raise EngineError(f"{self.model} gave {len(completions)} completions for {len(keys)}")
            for (sample, key), completion in zip(keys.items(), completions, strict=True):
                self.journal.put(key, completion, model=self.model, seed=request.seed(sample))
                self.bought += 1
                self.bought_tokens += len(completion.token_ids)
            return dict(zip(keys.values(), completions, strict=True))
        finally:
            for key in keys.values():
                self._buying.pop(key, None)
