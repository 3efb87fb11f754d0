"""Parts of the server engine by themselves: replies, windows, leading ids, dialects."""

import json
import math
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generators.engines.base import Sampling
from generators.engines.render import PlainRenderer
from generators.engines.server.affinity import Affinity
from generators.engines.server.concurrency import Window
from generators.engines.server.dialect import Dialect, chat_prompt
from generators.engines.server.faults import Fault
from generators.engines.server.replies import (
    read_cards,
    read_chat,
    read_completion,
    read_model,
    read_prompt_logprobs,
    read_prompt_tokens,
    read_tokens,
)
from generators.engines.server.retry import back_off, retry_after
from schemas.exceptions import EngineError
from schemas.segment import Message

FIELDS = ["choices", "text", "token_ids", "logprobs", "token_logprobs", "content", "message", "data", "id"]
FIELDS += ["tokens", "usage", "prompt_tokens", "prompt_logprobs", "finish_reason", "logprob", "root", "5"]
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=5),
    st.sampled_from(["stop", "length"]),
)
JSON = st.recursive(
    VALUES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(FIELDS), inner, max_size=5)
    ),
    max_leaves=20,
)
CHOICE = st.dictionaries(st.sampled_from(FIELDS), JSON, max_size=8).map(lambda c: {"choices": [c]})


@given(st.one_of(JSON, CHOICE))
def test_whatever_a_server_says_is_read_or_a_fault(reply: object) -> None:
    for read in (read_cards, read_model, read_prompt_tokens, read_tokens, read_completion, read_chat):
        try:
            read(reply)
        except Fault as fault:
            assert fault.slug == "bad_reply"
    try:
        found = read_prompt_logprobs(reply, (4, 5))
        assert found is None or all(v is None or (math.isfinite(v) and v <= 0) for v in found)
    except Fault:
        pass


@given(st.text(max_size=40))
def test_any_retry_after_is_read_or_ignored(header: str) -> None:
    seconds = retry_after(header)
    assert seconds is None or 0 <= seconds < 1e10


def test_a_vllm_reply_is_read_whole() -> None:
    choice = {"index": 0, "text": " 4", "finish_reason": "stop", "stop_reason": 9, "token_ids": [3, 9]}
    logprobs = {"token_logprobs": [-0.5, 0], "tokens": ["a", "b"]}
    answer = read_completion({"choices": [{**choice, "logprobs": logprobs}]})
    assert (answer.text, answer.finish, answer.token_ids) == (" 4", "stop", (3, 9))
    assert (answer.logprobs, answer.stopped_at) == ((-0.5, 0.0), 9)


def test_back_off_doubles_to_a_bound() -> None:
    waits = [max(back_off(n) for _ in range(50)) for n in (1, 2, 3, 50, 5000)]
    assert waits[0] <= 0.25 < waits[1] <= 0.5 < waits[2] <= 1
    assert 15 < waits[3] <= 30 and waits[4] <= 30


def test_a_window_grows_while_it_is_used_and_halves_once_a_round() -> None:
    window = Window(most=40)
    for _ in range(10):
        window.answered(in_flight=2)
    assert window.limit == 16  # never reached, so never tried
    for _ in range(100):
        window.answered(in_flight=int(window.limit) - 1)
    assert window.limit == 40
    sent = time.monotonic()
    assert [window.overloaded(sent) for _ in range(40)] == [True] + [False] * 39
    assert window.limit == 20
    for _ in range(20):
        window.answered(in_flight=int(window.limit) - 1)
    assert 20.9 < window.limit < 21
    for _ in range(20):
        window.overloaded(time.monotonic())
    assert window.limit == 1


@given(st.lists(st.integers(0, 3), max_size=200), st.lists(st.integers(0, 3), max_size=200))
def test_ids_are_known_when_half_of_them_or_more_were_sent(head: list[int], rest: list[int]) -> None:
    affinity: Affinity[str] = Affinity()
    affinity.remember(head, "one")
    whole = [*head, *rest]
    shared = len(head) // 32 * 32
    if shared and shared * 2 >= len(whole):
        assert affinity.server(whole) == "one"
    if len(head) < 32:
        assert affinity.server(whole) is None
    assert affinity.server([9, *whole]) is None


def test_the_oldest_ids_are_forgotten() -> None:
    affinity: Affinity[int] = Affinity(most=10)
    for n in range(20):
        affinity.remember([n] * 64, n)
    assert affinity.server([19] * 64) == 19
    assert affinity.server([0] * 64) is None


COMPLAINTS = [
    ("Unrecognized request argument supplied: top_k", {"top_k"}, False),
    ("['body', 'min_p'] extra fields not permitted; ['body', 'seed'] too", {"min_p", "seed"}, False),
    ("Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.", set(), True),
    ("Bad request.", {"return_token_ids", "include_stop_str_in_output", "no_stop_trim"}, False),
]


@pytest.mark.parametrize(("text", "refused", "new"), COMPLAINTS, ids=range(len(COMPLAINTS)))
def test_what_a_server_complains_of_is_left_out(text: str, refused: set[str], new: bool) -> None:
    found = Dialect(chat=True).without(text)
    assert found is not None and refused <= found.refused and found.new_limit == new
    body = found.body("m", {}, Sampling(max_tokens=9), 1, 9)
    assert not found.refused & set(body)
    assert body["max_completion_tokens" if new else "max_tokens"] == 9


def test_complaints_come_to_an_end() -> None:
    dialects: list[Dialect] = []
    dialect: Dialect | None = Dialect(chat=False)
    while dialect is not None:
        assert {"temperature", "top_p", "max_tokens"} <= set(dialect.body("m", {}, Sampling(), 1, 1))
        assert len(dialects) < 5
        dialects.append(dialect)
        dialect = dialect.without("no")


def test_chat_continues_a_prefix_only_where_that_is_known_to_work() -> None:
    plain = PlainRenderer()
    messages, prefix = plain.decode_messages(plain.render([Message("user", "Hi")], "So"))
    with pytest.raises(EngineError, match="cannot continue an answer that begins 'So'"):
        chat_prompt(messages, prefix, continues=False)
    body = chat_prompt(messages, prefix, continues=True)
    assert json.dumps(body["messages"]).endswith('{"role": "assistant", "content": "So"}]')
    assert (body["continue_final_message"], body["add_generation_prompt"]) == (True, False)
