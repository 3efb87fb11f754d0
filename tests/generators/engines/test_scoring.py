"""Scores of given texts: the local engine's against the model itself, and borders that tokens cross."""

import asyncio

import pytest

pytest.importorskip("torch")
pytest.importorskip("transformers")

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from generators.engines.base import Engine, Request, Sampling, ScoreRequest
from generators.engines.local.engine import LocalEngine
from generators.engines.local.scorer import _score, _score_whole
from generators.engines.scripted import UNSEEN, Scripted
from generators.engines.transformers_local import TransformersLocal
from generators.roles import PromptOptions, Role, Scored
from generators.sources.procedural import Procedural
from schemas.exceptions import EngineError
from schemas.problem import Problem
from schemas.segment import Message
from tests.generators.engines.tiny_llama import CONTEXT, make_tiny_llama

TALK = (Message("user", "Mia has 4 boxes with 6 pens in each box. How many pens does she have?"),)


@pytest.fixture(scope="module")
def embedded() -> Engine:
    return TransformersLocal(model="embedded", dtype="float32", device="cpu", threads=1).open()


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> LocalEngine:
    folder = make_tiny_llama(tmp_path_factory.mktemp("llama"))
    engine = TransformersLocal(model=str(folder), dtype="float32", device="cpu", max_batch=2).open()
    assert isinstance(engine, LocalEngine)
    return engine


def test_the_embedded_policys_own_answers_score_their_own_logprob(embedded: Engine) -> None:
    problems = [p for p in Procedural(count=4, seed=900_000).problems() if isinstance(p, Problem)]

    async def run() -> None:
        for problem in problems:
            ids = embedded.renderer.render(PromptOptions().messages(problem))
            got = await embedded.generate(Request(ids, Sampling(temperature=1.0, max_tokens=120), (0, 1)))
            scores = await embedded.score(ScoreRequest(ids, tuple(c.token_ids for c in got)))
            for completion, one in zip(got, scores, strict=True):
                assert sum(one.logprobs) == pytest.approx(completion.logprob, abs=1e-3)

    asyncio.run(run())


def test_a_border_that_a_token_crosses_is_named_and_nothing_is_lost(embedded: Engine) -> None:
    role = Role(embedded, Sampling())
    whole = "After the sale 3 pens are left."
    inside, outside = whole.index("sale") + 2, whole.index(" sale")
    crossed, clean, head = asyncio.run(_scored(role, whole, [inside, outside]))
    assert (crossed.exact, clean.exact) == (False, True)
    # The token ` sale` is scored with the text behind the border, so both texts score the same tokens.
    assert crossed.logprobs == pytest.approx(clean.logprobs, abs=1e-4)
    assert head.total + clean.total == pytest.approx(
        asyncio.run(role.score(TALK, "", [whole]))[0].total, abs=1e-3
    )


async def _scored(role: Role, whole: str, cuts: list[int]) -> list[Scored]:
    found = [(await role.score(TALK, whole[:cut], [whole[cut:]]))[0] for cut in cuts]
    return [*found, (await role.score(TALK, "", [whole[: cuts[-1]]]))[0]]


@settings(max_examples=30, deadline=None)
@given(text=st.text(st.sampled_from("ab 12=+\n"), max_size=24), cut=st.integers(0, 24))
def test_tokens_scored_behind_a_prefix_are_those_of_the_whole_text(
    embedded: Engine, text: str, cut: int
) -> None:
    head, whole = (embedded.renderer.render(TALK, t) for t in (text[:cut], text))
    (scored,) = asyncio.run(Role(embedded, Sampling()).score(TALK, text[:cut], [text[cut:]]))
    start = len(whole) - len(scored.logprobs)
    assert whole[:start] == head[:start]
    assert scored.exact == (start == len(head))


def test_with_and_without_a_cache_and_in_small_batches_scores_are_alike(tiny: LocalEngine) -> None:
    prompts = [tiny.renderer.render([Message("user", t)]) for t in ("2 + 2?", "What is 3 * 12, please?")]
    ends = [(5, 6, 7), (9,), (5, 6, 7, 8, 9, 10), (3, 3)]
    rows = [0, 1, 1, 0]
    with torch.inference_mode():
        cached = _score(tiny._model, prompts, rows, ends)
        whole = _score_whole(tiny._model, [prompts[row] for row in rows], ends)
    for a, b in zip(cached, whole, strict=True):
        assert a.logprobs == pytest.approx(b.logprobs, abs=1e-4)
    request = ScoreRequest(prompts[1], tuple(ends))
    for row, one in enumerate(asyncio.run(tiny.score(request))):
        (alone,) = _score(tiny._model, prompts, [1], [ends[row]])
        assert one.logprobs == pytest.approx(alone.logprobs, abs=1e-4)


def test_what_cannot_be_scored_is_refused(tiny: LocalEngine) -> None:
    for request in (
        ScoreRequest((), ((1,),)),
        ScoreRequest((1,), ((10**6,),)),
        ScoreRequest((1,), ((1,) * CONTEXT,)),
    ):
        with pytest.raises(EngineError):
            asyncio.run(tiny.score(request))


def test_a_replayed_build_has_no_scores_of_its_own() -> None:
    absent = TransformersLocal(model="embedded").open_for_replay()
    with pytest.raises(EngineError, match="replay"):
        asyncio.run(absent.score(ScoreRequest((1,), ((1,),))))


def test_scripted_scores_are_the_shares_of_its_replies() -> None:
    engine = Scripted(replies={"2 + 2": ("It is 4.", "It is 5.", "It is 4."), "x": ("y",)}).open()
    role = Role(engine, Sampling())
    likely, rare, unseen = asyncio.run(role.score((Message("user", "2 + 2"),), "It is ", ["4.", "5.", "6"]))
    assert likely.logprobs == pytest.approx((-0.405465, 0.0), abs=1e-5)
    assert rare.total == pytest.approx(-1.098612, abs=1e-5)
    assert unseen.logprobs == (UNSEEN,)
