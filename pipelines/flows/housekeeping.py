"""Runs of the same deployment that are not what they seem: those that died, and those that were missed.

Whoever holds the folder's lock is the only run: another one that Prefect believes to be running is dead. And one
run catches up with all nights that were missed.
"""

from datetime import UTC, datetime
from uuid import UUID

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


async def tidy_runs() -> None:
    """Close runs of this deployment that died, and cancel those that were due before this one began.

    Nothing without a deployment. What the API refuses is logged: it is no reason not to build.
    """
    if not deployment.id or not flow_run.id:
        return
    try:
        async with get_client() as client:
            own = UUID(flow_run.id)
            for run in await _runs(client, own, _GOING_ON):
                message = f"died without a word; {flow_run.name} goes on with its work"
                await client.set_flow_run_state(run.id, Crashed(message=message), force=True)
                get_run_logger().warning("%s %s", run.name, message)
            for run in await _runs(client, own, [StateType.SCHEDULED]):
                if run.expected_start_time and run.expected_start_time <= datetime.now(UTC):
                    message = f"missed; {flow_run.name} catches up with it"
                    await client.set_flow_run_state(run.id, Cancelled(message=message), force=True)
                    get_run_logger().info("%s %s", run.name, message)
    except Exception as error:
        get_run_logger().warning("runs that died or were missed could not be closed: %s", error)


async def _runs(client: PrefectClient, own: UUID, states: list[StateType]) -> list[FlowRun]:
    """Runs of this deployment in one of the states, without this one."""
    found = await client.read_flow_runs(
        deployment_filter=DeploymentFilter(id=DeploymentFilterId(any_=[UUID(str(deployment.id))])),
        flow_run_filter=FlowRunFilter(
            state=FlowRunFilterState(type=FlowRunFilterStateType(any_=states)),
        ),
    )
    return [run for run in found if run.id != own]
