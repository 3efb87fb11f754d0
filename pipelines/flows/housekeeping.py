"""Runs of the same deployment that are not what they seem: those that died, and those that were missed.

Whoever holds the folder's lock is the only run: another one that Prefect believes to be running is dead. And one
run catches up with all nights that were missed.
"""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from prefect import State
from prefect.client.orchestration import PrefectClient, get_client
from prefect.client.schemas.filters import (
    DeploymentFilter,
    DeploymentFilterId,
    FlowRunFilter,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.logging import get_run_logger
from prefect.runtime import deployment, flow_run
from prefect.states import Cancelled, Crashed

_GOING_ON = [StateType.RUNNING, StateType.PENDING, StateType.CANCELLING]

_MOMENT = timedelta(seconds=5)
"""Between a run's start and its trying the lock."""
_STARTING = timedelta(minutes=2)
"""A process may need so long to begin its run."""


async def tidy_runs() -> None:
    """Close runs of this deployment that died, and those that were due before this one began.

    Nothing without a deployment. What the API refuses is logged: it is no reason not to build.
    """
    if not deployment.id or not flow_run.id:
        return
    try:
        async with get_client() as client:
            own = await client.read_flow_run(UUID(flow_run.id))
            began = own.start_time or datetime.now(UTC)
            for run in await _runs(client, own, _GOING_ON):
                if _is_dead(run, began):
                    message = f"died without a word; the run that began at {began:%H:%M:%S} UTC goes on with its work"
                    await _close(client, run, Crashed(message=message))
            for run in await _runs(client, own, [StateType.SCHEDULED]):
                if run.expected_start_time and run.expected_start_time <= began:
                    message = f"not begun in time; the run that began at {began:%H:%M:%S} UTC does its work"
                    await _close(client, run, Cancelled(message=message, name="Missed"))
    except Exception as error:
        get_run_logger().warning("runs that died or were missed could not be closed: %s", error)


def _is_dead(run: FlowRun, began: datetime) -> bool:
    """Whether it cannot be a run that has just been started beside the one that began then and has the lock."""
    if run.state_type == StateType.RUNNING:
        return run.start_time is not None and run.start_time < began - _MOMENT
    return run.state is not None and run.state.timestamp < began - _STARTING


async def _close(client: PrefectClient, run: FlowRun, state: State[Any]) -> None:
    await client.set_flow_run_state(run.id, state, force=True)
    get_run_logger().info("%s: %s, %s", run.name, state.name, state.message)


async def _runs(client: PrefectClient, own: FlowRun, states: list[StateType]) -> list[FlowRun]:
    """Runs of this deployment in one of the states, without this one."""
    found = await client.read_flow_runs(
        deployment_filter=DeploymentFilter(id=DeploymentFilterId(any_=[UUID(str(deployment.id))])),
        flow_run_filter=FlowRunFilter(
            state=FlowRunFilterState(type=FlowRunFilterStateType(any_=states)),
        ),
    )
    # A run that was given another folder holds another lock.
    root = own.parameters.get("root")
    return [run for run in found if run.id != own.id and run.parameters.get("root") == root]
