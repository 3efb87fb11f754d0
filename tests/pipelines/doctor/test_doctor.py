"""`corrigenda doctor` as a person calls it."""

import json
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from generators.engines.scripted import Scripted
from pipelines.cli import main
from pipelines.config_file import read
from pipelines.doctor import checks
from pipelines.doctor.base import Situation, all_kinds, check_names
from pipelines.doctor.examine import examine
from pipelines.doctor.printed import as_json, print_found
from pipelines.findings import Kind
from tests.generators.engines.faulty_server import FaultyServer
from tests.pipelines.doctor.answering import Answering
from tests.pipelines.doctor.situations import CLOSED, TOKEN, who
from tests.world import write_world

Told = dict[str, Any]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_world(tmp_path_factory.mktemp("world"), 3)


def doctor(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, Told]:
    """Exit code, and what it printed as JSON."""
    code = main(["doctor", "--json", *map(str, words)])
    told: Told = json.loads(capsys.readouterr().out)
    return code, told


def test_a_sound_config_is_well_and_nothing_is_left_behind(
    world: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    code, told = doctor(capsys, world, "--out", tmp_path / "o")
    slugs = {row["slug"] for row in told["findings"]}
    assert code == 0 and told["level"] != "error"
    assert {"config.ok", "engine.ok", "folder.ok", "journal.new", "prefect.not_used"} <= slugs
    assert {row["check"] for row in told["findings"]} <= set(check_names())
    assert list(tmp_path.iterdir()) == []


def test_what_would_stop_a_build_is_told_first_and_by_the_exit_code(
    world: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    engine = f"policy.engine={{type: openai_server, urls: ['{CLOSED}'], model: m, api: chat}}"
    code, told = doctor(capsys, world, "--set", engine)
    assert code == 2 and told["level"] == "error"
    assert told["findings"][0]["slug"] == "server.none" and CLOSED in told["findings"][0]["found"]


def test_a_config_that_cannot_be_read_does_not_keep_the_machine_from_being_looked_at(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, told = doctor(capsys, tmp_path / "nowhere.yaml")
    slugs = [row["slug"] for row in told["findings"]]
    assert code == 2 and slugs[0] == "config.refused" and "machine.ok" in slugs


def test_no_key_or_token_is_told_whatever_is_found(world: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key = "key.of.no.known.form"
    said = {"name": TOKEN, "orgs": [], "auth": {"accessToken": {"role": "read", "displayName": key}}}
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    monkeypatch.setenv("MINE", key)
    monkeypatch.setenv("PREFECT_API_URL", "http://me:hunter22@127.0.0.1:9/api")
    engine = Scripted(replies={}, otherwise="yes").open()
    with (
        Answering({"/api/whoami-v2": (200, said)}) as hub,
        FaultyServer(engine, model="jars", key="another") as server,
    ):
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        asked = f"{{type: openai_server, urls: ['{server.url}'], model: jars, api: chat, key_env: MINE}}"
        at = Situation(read(world, [f"policy.engine={asked}"]), hub=True, namespace="acme")
        found = examine(at, ["hub", "prefect", "servers"])
        assert hub.asked == [("/api/whoami-v2", f"Bearer {TOKEN}")]
    slugs = {finding.slug for findings in found.values() for finding in findings}
    assert {"hub.token_reads_only", "server.key_refused", "prefect.unreachable"} <= slugs
    assert all(secret not in as_json(found) for secret in (TOKEN, key, "hunter22"))


def test_the_hub_is_asked_only_where_something_is_published(
    world: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    with Answering({"/api/whoami-v2": (200, who(orgs={"acme": "write"}))}) as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        assert examine(Situation(read(world, [])), ["hub"]) == {"hub": []}
        assert hub.asked == []
        [found] = examine(Situation(hub=True, namespace="acme"), ["hub"]).values()
    assert "hub.ok" in {finding.slug for finding in found}


def test_a_check_that_hangs_or_breaks_costs_the_others_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "broken.py").write_text("def look(at):\n    raise SystemExit(f'token={at.environ}')\n")
    (tmp_path / "hanging.py").write_text("import time\n\ndef look(at):\n    time.sleep(2)\n    yield\n")
    (tmp_path / "no_check.py").write_text("x = 1 +\n")
    monkeypatch.setattr(checks, "__path__", [*checks.__path__, str(tmp_path)])
    names = ["broken", "hanging", "no_check", "interpreter"]
    for name in names[:3]:
        monkeypatch.delitem(sys.modules, f"{checks.__name__}.{name}", raising=False)
    began = time.monotonic()
    found = examine(Situation(), names, time_s=0.4)
    assert time.monotonic() - began < 1.5
    slugs = {name: [finding.slug for finding in findings] for name, findings in found.items()}
    assert slugs["broken"] == ["doctor.check_failed"] == slugs["no_check"]
    assert slugs["hanging"] == ["doctor.check_slow"] and slugs["interpreter"]


@pytest.mark.parametrize("slug", ["server.none", "all"])
def test_a_finding_is_explained(slug: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "--explain", slug]) == 0
    said = " ".join(capsys.readouterr().out.split())
    for kind in all_kinds():
        assert (kind.means in said) == (slug in (kind.slug, "all"))


def test_an_unknown_finding_is_answered_with_the_near_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "--explain", "server.nome"]) == 2
    assert "did you mean 'server.none'?" in capsys.readouterr().err


def test_the_table_has_the_worst_first_and_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    bad, good = Kind("x.bad", "error", "", "mend it"), Kind("x.good", "ok", "", "nothing")
    print_found({"one": [good.found("fine")], "two": [bad.found("broken [bold]")]})
    said = capsys.readouterr().out
    assert said.index("x.bad") < said.index("mend it") < said.index("x.good")
    assert "broken [bold]" in said and "nothing" not in said and "1 error, 1 ok" in said
