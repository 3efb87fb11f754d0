"""The plan to a billion attempts: the page is what the script prints, and the simulation obeys what is known of it."""

import re
from dataclasses import replace

import pytest
import yaml

from bench import scale_figures as f
from bench.scale_page import PAGE, with_tables
from bench.scale_scenario import ALONE, Scenario
from bench.scale_simulation import Outcome, Trouble, simulate
from pipelines.config import BuildConfig

SMALL = Scenario(ALONE, problems=4000, gpus=16, workers=16, chunk=50)


def test_the_page_is_what_the_script_prints() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert with_tables(page) == page, "python -m bench.scale_page"


def test_every_figure_says_where_it_is_from() -> None:
    figures = f.figures()
    assert len(figures) > 20
    assert [name for name, figure in figures.items() if not (figure.unit and len(figure.source) > 10)] == []


def test_the_pages_config_is_a_config() -> None:
    block = re.search(r"```yaml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.S)
    assert block is not None
    config = BuildConfig(**yaml.safe_load(block[1]))
    assert config.sources_made() and config.engines_made()["policy"]
    assert config.run.runner.at_once == Scenario.workers
    assert config.chunk_size == Scenario.chunk
    assert config.run.cases_in_flight == Scenario.in_flight
    assert {r.name for r in config.recipes_made()} == {
        *("lemma", "partial_answer_masking", "step_labels", "step_pairs"),
        *("stepwise_correction", "verifier_pairs"),
    }


def test_with_too_few_cores_the_gpus_get_what_the_cores_can_judge() -> None:
    few = replace(SMALL, workers=1, in_flight=10_000, chunk=4000)
    rate = few.attempts * few.tokens / (simulate(few).hours * 3600)
    assert rate == pytest.approx(few.tokens / few.cpu_s, rel=0.15)  # a tail at each chunk's end


def test_with_cores_enough_and_no_tail_no_gpu_is_idle() -> None:
    many = replace(SMALL, problems=40_000, workers=200, chunk=100, tokens=500)
    assert 0.9 < simulate(many).busy <= 1


@pytest.mark.parametrize(
    ("changes", "trouble"),
    [
        ({"workers": 4}, Trouble()),
        ({"chunk": 4000}, Trouble()),
        ({"workers": 4, "chunk": 500}, Trouble(slow_share=1.0)),
        ({}, Trouble(losses_a_day=2000.0, back_s=60)),
    ],
)
def test_less_of_anything_takes_longer(changes: dict[str, int], trouble: Trouble) -> None:
    good = simulate(replace(SMALL, **changes) if trouble.slow_share else SMALL)  # type: ignore[arg-type]
    bad = simulate(replace(SMALL, **changes), trouble)  # type: ignore[arg-type]
    assert bad.hours > good.hours
    assert bad.busy < good.busy


def test_a_lost_node_costs_what_was_in_flight_and_no_chunk() -> None:
    found = simulate(SMALL, Trouble(losses_a_day=2000.0, back_s=60, seed=3))
    assert found.losses > 3
    assert 0 < found.again_tokens < found.losses * 16 * f.GPU_SEQUENCES.value * SMALL.tokens / SMALL.sampled
    assert found == simulate(SMALL, Trouble(losses_a_day=2000.0, back_s=60, seed=3))


def test_nothing_is_sampled_twice_where_nothing_is_lost() -> None:
    found = simulate(SMALL)
    assert found == Outcome(found.hours, found.busy, losses=0, again_tokens=0.0, again_cpu=0.0)


def test_a_larger_machine_needs_fewer_builds() -> None:
    whole = Scenario(ALONE)
    assert replace(whole, memory_gb=512).builds < whole.builds
    assert whole.of_one_build().attempts * whole.builds == whole.attempts
