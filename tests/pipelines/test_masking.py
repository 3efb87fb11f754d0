"""No secret gets past: a table of texts as libraries, servers and people write them."""

import pytest

from pipelines.masking import masked, masked_deep

CASES = [
    ("Authorization: Bearer hf_abcDEF1234567890", "Authorization: ***"),
    ("{'authorization': 'Bearer abc.def-123'}", "{'authorization': '***'}"),
    ('{"Authorization": "Basic dXNlcjpwYXNz"}', '{"Authorization": "***"}'),
    ("[(b'Authorization', b'Bearer topsecret')]", "[(b'Authorization', b'***')]"),
    ("Cookie: session=abcdef; other=1\nnext line", "Cookie: ***\nnext line"),
    ("x-api-key: 0123456789", "x-api-key: ***"),
    ("used Bearer eyJhbGciOi.J9 there", "used Bearer *** there"),
    ("https://me:pw@host:8000/v1 is down", "https://***@host:8000/v1 is down"),
    ("GET http://host/v1?api_key=abc&x=1 failed", "GET http://host/v1?*** failed"),
    ("postgresql+asyncpg://prefect:pass@db/prefect", "postgresql+asyncpg://***@db/prefect"),
    ("s3://key:secret@bucket/path", "s3://***@bucket/path"),
    ("token=hunter2, tokens=1234", "token=***, tokens=1234"),
    ("HF_TOKEN='hunter2'", "HF_TOKEN='***'"),
    ("aws_secret_access_key = abc/def+ghi", "aws_secret_access_key = ***"),
    ('{"password": "p4ss", "user": "me"}', '{"password": "***", "user": "me"}'),
    ("the token hf_AbCdEfGhIjKlMnOpQr is expired", "the token hf_*** is expired"),
    ("Incorrect API key provided: sk-very-secret-0123456789", "Incorrect API key provided: sk-***"),
    ("key sk-proj-abcdefghijklmnop", "key sk-***"),
    ("pnu_abcdefghijklmnop1234", "pnu_***"),
    ("ghp_abcdefghijklmnop1234", "ghp_***"),
    ("AKIAABCDEFGHIJKLMNOP", "AKIA***"),
    ("eyJhbGciOiJIUzI1.eyJzdWIiOiIxMjM0.c2lnbmF0dXJl", "***"),
    ("-----BEGIN RSA PRIVATE KEY-----\nMIIEow\n-----END RSA PRIVATE KEY-----", "***"),
]


@pytest.mark.parametrize(("text", "wanted"), CASES)
def test_what_is_secret_is_cut_out(text: str, wanted: str) -> None:
    assert masked(text) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "123,456 new_tokens, 88 tokens/s, max_tokens: 200, prompt_tokens=17",
        "hf_hub_download of owner/name failed: 404",
        "http://127.0.0.1:8000/v1 serves 'tiny'; the config asks for model 'other'",
        "the build b-0f3c9a is finished: 2,118 rows",
        "sk-learn and basic training of the bearer",
        "key_env: the environment has no variable MY_KEY",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert masked(text) == text


def test_values_of_the_environment_are_cut_out_wherever_they_stand(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_SERVICE_TOKEN", "plain words\n")
    monkeypatch.setenv("TOKENIZERS_PARALLELISM", "false")
    monkeypatch.setenv("SOME_API_KEY", "on")
    assert masked("he said plain words, false, on") == "he said ***, false, on"
    assert masked("as plain%20words in a path") == "as *** in a path"
    assert masked("a/secret of its own", ["secret of"]) == "a/*** its own"


def test_lists_and_mappings_are_gone_through() -> None:
    content = {"a": ["token=x1", {"b": ("https://u:p@h", 3, None, True)}], "token=y2": 1.5}
    assert masked_deep(content) == {
        "a": ["token=***", {"b": ["https://***@h", 3, None, True]}],
        "token=***": 1.5,
    }
