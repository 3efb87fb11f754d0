"""What changes between two builds is all that the second one asks for."""

from pathlib import Path

import pytest

from generators.engines.base import Request
from tests.building import built, heard
from tests.world import write_world

COUNT, SAMPLES = 10, 7


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_world(tmp_path_factory.mktemp("world"), COUNT)


@pytest.fixture(scope="module")
def journal(config: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("journal")
    out = tmp_path_factory.mktemp("first") / "out"
    few = "recipes=[{type: verifier_pairs}]"
    assert built(config, out, few, f"run.journal={folder}").manifest
    return f"run.journal={folder}"


def attempts_of(asked: list[tuple[Request, int]]) -> list[int]:
    """Sample indices of the requests for whole attempts: their prompt ends where the assistant begins."""
    return sorted(
        n for r, n in asked if "".join(map(chr, r.ids)).endswith("assistant\n") and not r.sampling.stop
    )


def test_raising_the_number_of_samples_asks_for_the_new_ones(
    config: Path, journal: str, tmp_path: Path
) -> None:
    few = "recipes=[{type: verifier_pairs}]"
    _, (engine,) = heard(config, tmp_path / "o", few, journal, f"policy.samples={SAMPLES + 2}")
    assert attempts_of(engine.asked) == sorted([SAMPLES, SAMPLES + 1] * COUNT)
    assert len(engine.asked) == 2 * COUNT


def test_another_filter_asks_for_nothing(config: Path, journal: str, tmp_path: Path) -> None:
    few = "recipes=[{type: verifier_pairs}]"
    outcome, (engine,) = heard(config, tmp_path / "o", few, journal, "filters=[{type: shape}]")
    assert engine.asked == [] and outcome.spent["bought"] == 0


def test_another_recipe_asks_for_what_it_alone_needs(config: Path, journal: str, tmp_path: Path) -> None:
    both = "recipes=[{type: verifier_pairs}, {type: lemma}]"
    first, (engine,) = heard(config, tmp_path / "o", both, journal)
    assert attempts_of([(r, n) for r, n in engine.asked if n >= 4 and n < SAMPLES]) == []
    assert len(engine.asked) == len(set(engine.asked)) == first.spent["bought"] > 0
    again, (engine,) = heard(config, tmp_path / "p", both, journal)
    assert engine.asked == [] and again.spent["bought"] == 0
