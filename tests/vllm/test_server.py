"""The engines' contract through vLLM's own OpenAI server, with the openai_server engine."""

import pytest

from generators.engines.base import Engine, EngineOptions
from generators.engines.local.folder import EMBEDDED
from tests.contracts import test_engines as contract
from tests.vllm.conftest import SERVED

pytest.importorskip("vllm")
server = pytest.importorskip("generators.engines.openai_server")

# The contract's tests and its fixture `engine`, which takes the `options` of the module it is in.
globals().update({n: f for n, f in vars(contract).items() if n == "engine" or n.startswith("test_")})


@pytest.fixture(scope="module")
def options(vllm_server: str) -> EngineOptions:
    made: EngineOptions = server.OpenAIServer(urls=[vllm_server], model=SERVED, tokenizer=str(EMBEDDED))
    return made


def test_it_has_the_same_token_ids_as_the_engine_in_this_process(engine: Engine, embedded: Engine) -> None:
    for prefix in ("", "Step 1: 7 * 3 = 2", "Step 1: 7 * 3 = 21\n", "\n"):
        assert engine.renderer.render(contract.TALK, prefix) == embedded.renderer.render(
            contract.TALK, prefix
        )
