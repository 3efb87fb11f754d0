"""The scripted engine: the same answers to the same questions, whatever the timing."""

import asyncio
import json
from pathlib import Path

import pytest
from pydantic import ValidationError

from generators.engines.base import Completion, Request, Sampling
from generators.engines.scripted import Scripted
from schemas.exceptions import ConfigError, EngineError
from schemas.segment import Message

DEFAULT = Sampling()
TABLE = {"2 + 2": ("It is 4.", "It is 5.\n\nNo, 4."), "2 + 2 + 2": ("It is 6.",)}


def answers(
    options: Scripted, text: str, prefix: str = "", n: int = 1, sampling: Sampling = DEFAULT
) -> list[Completion]:
    engine = options.open()
    ids = engine.renderer.render([Message("user", text)], prefix)
    return asyncio.run(engine.generate(Request(ids, sampling, tuple(range(n)))))


def texts(options: Scripted, text: str, prefix: str = "", n: int = 1) -> list[str]:
    return [completion.text for completion in answers(options, text, prefix, n)]


def test_sample_i_is_reply_i_and_the_replies_go_round() -> None:
    one, two = TABLE["2 + 2"]
    assert texts(Scripted(replies=TABLE), "2 + 2", n=5) == [one, two, one, two, one]


def test_a_statement_is_found_inside_a_prompt_and_the_longest_wins() -> None:
    assert texts(Scripted(replies=TABLE), "Think step by step.\n\n2 + 2 + 2") == ["It is 6."]


def test_the_last_message_that_holds_a_statement_decides() -> None:
    engine = Scripted(replies=TABLE).open()
    talk = [Message("user", "2 + 2"), Message("assistant", "5"), Message("user", "Check it.")]
    request = Request(engine.renderer.render(talk), Sampling())
    assert asyncio.run(engine.generate(request))[0].text == "It is 4."


def test_a_prefix_gets_the_rest_of_the_replies_that_begin_with_it() -> None:
    table = {"q": ("a b", "x y", "a c")}
    assert texts(Scripted(replies=table), "q", prefix="a ", n=3) == ["b", "c", "b"]
    with pytest.raises(EngineError, match="begins with 'z'"):
        texts(Scripted(replies=table), "q", prefix="z")
    assert texts(Scripted(replies=table, otherwise="?"), "q", prefix="z") == ["?"]


def test_stop_strings_and_the_word_limit_cut() -> None:
    table = {"q": ("one two.\n\nthree four",)}
    [stopped] = answers(Scripted(replies=table), "q", sampling=Sampling(stop=("four", "\n\n")))
    assert (stopped.text, stopped.finish) == ("one two.", "stop")
    [kept] = answers(Scripted(replies=table), "q", sampling=Sampling(stop=("\n\n",), keep_stop=True))
    assert kept.text == "one two.\n\n"
    [cut] = answers(Scripted(replies=table), "q", sampling=Sampling(max_tokens=3))
    assert (cut.text, cut.finish) == ("one two.\n\nthree", "length")
    [whole] = answers(Scripted(replies=table), "q", sampling=Sampling(max_tokens=4))
    assert (whole.text, whole.finish) == (table["q"][0], "stop")


def test_it_fails_where_it_is_told_to() -> None:
    with pytest.raises(EngineError, match="told to fail"):
        texts(Scripted(replies=TABLE, fail=("2 + 2",)), "2 + 2")
    with pytest.raises(EngineError, match="no answer to 'other'"):
        texts(Scripted(replies=TABLE), "other")


def test_a_file_may_hold_statements_and_whole_prompts(tmp_path: Path) -> None:
    file = tmp_path / "replies.jsonl"
    rows = [
        {"statement": "2 + 2", "replies": ["4"]},
        {"statement": "2 + 2", "replies": ["5"]},
        {"prompt": "Is 2 + 2 = 5?", "replies": ["no"]},
    ]
    file.write_text("\n".join(map(json.dumps, rows)) + "\n\n")
    options = Scripted.model_validate({"replies": str(file)})
    options.check()
    assert texts(options, "2 + 2", n=2) == ["4", "5"]
    assert texts(options, "Is 2 + 2 = 5?") == ["no"]


@pytest.mark.parametrize(
    "line", ["{", "[]", '{"replies": ["a"]}', '{"prompt": "a", "replies": []}', '{"prompt": "a"}']
)
def test_a_bad_row_is_a_config_error_that_names_its_line(tmp_path: Path, line: str) -> None:
    file = tmp_path / "replies.jsonl"
    file.write_text('{"prompt": "a", "replies": ["b"]}\n' + line)
    with pytest.raises(ConfigError, match=r"replies\.jsonl:2"):
        Scripted(replies=file).check()


def test_a_missing_file_and_an_unknown_option_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="there is no file"):
        Scripted(replies=tmp_path / "none").check()
    with pytest.raises(ValidationError):
        Scripted.model_validate({"reply": {}})


def test_the_fingerprint_is_that_of_the_table() -> None:
    one = Scripted(replies=TABLE).open().fingerprint
    assert one == Scripted(replies=dict(TABLE), delay_s=1).open().fingerprint
    assert one != Scripted(replies={**TABLE, "q": ("a",)}).open().fingerprint
    assert one != Scripted(replies=TABLE, model="other").open().fingerprint
