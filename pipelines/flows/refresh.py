"""The flow `refresh`: what is new since the last run, built, compared, and published when the gates pass.

Its states say what happened: Completed (`Published`, `Built`, `NothingNew`), Cancelled (`Refused`: another run is
going on), Failed (`GatesFailed`, `TooManyFailed`, `BudgetSpent`), so that an alarm need only watch for Failed and
Crashed.
"""

from pathlib import Path
from typing import Any

from prefect import State, flow
from prefect.states import Cancelled, Completed, Failed

from pipelines.config import BuildConfig
from pipelines.flows.artifacts import FlowProgress
from pipelines.flows.build import gpu_slot
from pipelines.flows.housekeeping import tidy_runs
from pipelines.flows.now import NOW, Now, begun
from pipelines.flows.publish import publish_as_task
from pipelines.flows.stages import flow_stages
from pipelines.flows.summary import summary
from pipelines.health import read_health
from pipelines.nightly import only_run_in, placed
from pipelines.progress_base import Progress
from pipelines.refreshing import WELL, Refreshed, refresh
from schemas.exceptions import OverlapError


@flow(name="refresh", flow_run_name="refresh {root}", persist_result=False)
async def refresh_flow(config: BuildConfig, root: str, publish: bool = False) -> State[Any]:
    """Bring the folder `root` up to date with the config's problems and models; publish what its gates let pass.

    `publish` needs the config's `publish`.
    """
    return await _locked(config, Path(root), publish)


# A flow's own function travels to other machines by value, with all it names: it may name nothing that cannot.
async def _locked(config: BuildConfig, root: Path, publish: bool) -> State[Any]:
    config.check()
    try:
        with only_run_in(root):
            await tidy_runs()
            return _state(await _refreshed(config, root, publish))
    except OverlapError as error:
        return Cancelled(message=str(error), name="Refused")


async def refresh_as_flow(config: BuildConfig, root: Path, publish: bool, progress: Progress) -> Refreshed:
    """Run the flow in this process, for the command. OverlapError where another run has the folder."""
    here = Now(config, progress)
    NOW.set(here)
    state = await refresh_flow(config, str(root), publish, return_state=True)
    if here.refreshed is None:
        error = await state.aresult(raise_on_failure=False)
        raise error if isinstance(error, Exception) else OverlapError(state.message or "the run was refused")
    return here.refreshed


async def _refreshed(config: BuildConfig, root: Path, publish: bool) -> Refreshed:
    here = begun(config)
    here.config = placed(config, root)
    async with (
        FlowProgress(config, here.progress) as shown,
        gpu_slot(config),
        flow_stages(here.config) as stages,
    ):
        done = await refresh(config, root, publish_as_task if publish else None, shown, stages)
        here.outcome, here.refreshed = done.outcome, done
        if done.outcome is not None:
            await shown.end(done.outcome)
        if done.changes:
            await shown.show("changes", "markdown", done.changes)
        if done.outcome is not None and (health := read_health(done.folder)):
            await shown.show("health", "markdown", health.to_markdown())
        await shown.show("run", "markdown", summary(done))
    return done


def _state(done: Refreshed) -> State[Any]:
    name = done.what.title().replace("_", "")
    return (Completed if done.what in WELL else Failed)(message=done.said, name=name)
