"""A worker of a cluster: orders one by one, each with its own account and its share of the budget."""

import asyncio
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from generators.engines.budget import BudgetOptions
from pipelines.config_file import load
from pipelines.kit import open_kit
from pipelines.plan import make_plan
from pipelines.store import open_store
from pipelines.worker import Worker
from schemas.exceptions import ResumeError
from tests.journals import keys_in
from tests.world import write_world

SAMPLES = 7
Orders = list[dict[str, Any]]


@pytest.fixture
def orders(tmp_path: Path) -> Orders:
    """An order for each larger chunk of a build whose recipe asks for nothing but the attempts."""
    path = write_world(tmp_path, 24)
    config = load(path, ["recipes=[{type: verifier_pairs}]", f"run.store={tmp_path / 'store'}"])
    work = tmp_path / "work"
    work.mkdir()
    plan = make_plan(config, work)

    async def address() -> str:
        async with open_kit(config, work) as kit:
            return kit.case_address

    order = {
        "config": config.model_dump(mode="json", by_alias=True),
        "work": str(tmp_path / "worker"),
        "budget": BudgetOptions().model_dump(mode="json"),
        "address": asyncio.run(address()),
        "engines": {},
        "timeout_s": 60.0,
    }
    large = [chunk for chunk in plan.chunks if chunk.problems > 2]
    assert len(large) > 2
    return [{**order, "chunk": asdict(chunk)} for chunk in large]


@pytest.fixture
def worker() -> Iterator[Worker]:
    found = Worker()
    yield found
    found.close()


def test_each_answer_counts_what_its_own_order_bought(worker: Worker, orders: Orders) -> None:
    """Also where two threads hand them in at once, as Ray's and Dask's do."""
    with ThreadPoolExecutor(len(orders)) as threads:
        answers = list(threads.map(worker.do, orders))
    assert [a["spent"]["bought"] for a in answers] == [o["chunk"]["problems"] * SAMPLES for o in orders]
    assert [a["budget"]["requests"] for a in answers] == [a["spent"]["bought"] for a in answers]
    assert json.loads(json.dumps(answers)) == answers
    again = worker.do(orders[0])
    assert again["result"] == answers[0]["result"]
    assert again["spent"]["bought"] == again["spent"]["replayed"] == 0, "it is in the store"


def test_an_order_spends_no_more_than_its_share_and_the_next_has_its_own(
    worker: Worker, orders: Orders
) -> None:
    cases = orders[0]["chunk"]["problems"]
    share = BudgetOptions(requests=2 * SAMPLES).model_dump(mode="json")
    short = worker.do({**orders[0], "budget": share})
    assert short["spent"]["bought"] == 2 * SAMPLES and "run.budget.requests" in short["stopped"]
    assert short["result"]["counts"]["unpaid"] == cases - 2
    rich = worker.do(orders[1])
    assert rich["stopped"] == "" and rich["spent"]["bought"] == orders[1]["chunk"]["problems"] * SAMPLES
    rest = worker.do(orders[0])
    assert (rest["spent"]["bought"], rest["spent"]["replayed"]) == ((cases - 2) * SAMPLES, 2 * SAMPLES)


def test_an_unfinished_result_is_found_by_its_name_and_never_taken_for_the_whole(
    worker: Worker, orders: Orders, tmp_path: Path
) -> None:
    share = BudgetOptions(requests=SAMPLES).model_dump(mode="json")
    short = Path(worker.do({**orders[0], "budget": share})["result"]["folder"])
    store = open_store(load(tmp_path / "world.yaml", [f"run.store={tmp_path / 'store'}"]), tmp_path)
    found = store.named(short.name)
    assert found is not None and found.unfinished
    whole = Path(worker.do(orders[0])["result"]["folder"])
    assert short.name.startswith(f"{whole.name}-")
    assert store.named(short.name) == found, "another build may still be reading it"


def test_a_machine_that_would_make_other_rows_works_on_nothing(
    worker: Worker, orders: Orders, tmp_path: Path
) -> None:
    with pytest.raises(ResumeError, match="this machine would make other rows"):
        worker.do({**orders[0], "address": "of another commit"})
    assert not list((tmp_path / "store").glob("chunks/*"))
    assert worker.do(orders[0])["spent"]["bought"]


def test_an_order_that_took_too_long_leaves_the_worker_fit_for_the_next(
    worker: Worker, orders: Orders, tmp_path: Path
) -> None:
    slow = {**orders[0], "timeout_s": 0.05}
    slow["config"] = json.loads(json.dumps(slow["config"]))
    slow["config"]["policy"]["engine"]["delay_s"] = 0.2
    with pytest.raises(TimeoutError):
        worker.do(slow)
    worker.do({**slow, "timeout_s": 60.0})
    worker.close()
    bought = keys_in(tmp_path / "store" / "journal")
    assert len(bought) == slow["chunk"]["problems"] * SAMPLES
    assert set(bought.values()) == {1}, "what was in flight is not asked for again"
