"""`corrigenda refresh` and `corrigenda schedule`: a dataset that is kept up to date."""

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING

from schemas.exceptions import ConfigError

if TYPE_CHECKING:
    from pipelines.config import BuildConfig
    from pipelines.refreshing import Refreshed

    Commands = argparse._SubParsersAction[argparse.ArgumentParser]

_CODES = {"gates_failed": 5, "too_many_failed": 3, "budget_spent": 4}


def add_nightly(commands: "Commands") -> None:
    """Add `refresh` and `schedule` to the command line."""
    refresh = commands.add_parser(
        "refresh",
        help="build what is new in a folder that is kept up to date, and publish it",
        description="Build what is new since the last run: problems, a new checkpoint, another recipe. Does nothing "
        "where nothing is new; goes on with a run that died; refuses to run beside another one (exit code 6).",
    )
    _add_what(refresh)
    refresh.add_argument("--prefect", action="store_true", help="run as a Prefect flow")
    refresh.set_defaults(run=_refresh)

    schedule = commands.add_parser(
        "schedule",
        help="refresh at the times of a cron line, as a Prefect deployment served by this process",
        description="Register the deployment refresh/NAME with the Prefect server (PREFECT_API_URL, or the one that "
        "`prefect server start` runs on this machine) and start its runs until this process is ended. A missed night "
        "is caught up once.",
    )
    _add_what(schedule)
    schedule.add_argument(
        "--cron", required=True, metavar="LINE", help='minute hour day month weekday, e.g. "0 3 * * *"'
    )
    schedule.add_argument(
        "--timezone", default="UTC", metavar="ZONE", help="e.g. Europe/Berlin (default: UTC)"
    )
    schedule.add_argument("--name", default="", help="of the deployment (default: the config's name)")
    schedule.set_defaults(run=_schedule)


def _add_what(command: argparse.ArgumentParser) -> None:
    command.add_argument("config", nargs="?", type=Path, help="YAML config; without one the embedded demo")
    command.add_argument(
        "--out", type=Path, required=True, metavar="ROOT", help="folder of the builds and of what they share"
    )
    command.add_argument("--publish", action="store_true", help="publish where the config's `publish` says")
    command.add_argument("--limit", type=int, metavar="N", help="use at most N problems")
    command.add_argument(
        "--set",
        action="append",
        default=[],
        dest="changes",
        metavar="KEY=VALUE",
        help="change one config value, e.g. policy.samples=4; may be repeated",
    )


def _config(args: argparse.Namespace) -> "BuildConfig":
    from pipelines.config_file import load

    config = load(args.config, args.changes, args.limit)
    if args.publish and config.publish is None:
        raise ConfigError(
            "--publish: the config says nowhere; give `publish: {repo: ORG/NAME}` (or `to: FOLDER`)"
        )
    return config


def _refresh(args: argparse.Namespace) -> int:
    import asyncio

    from pipelines.progress import TerminalProgress, print_summary

    config = _config(args)
    with TerminalProgress() as progress:
        if args.prefect or os.environ.get("PREFECT_API_URL") or config.run.runner.type != "local":
            from pipelines.flows.refresh import refresh_as_flow

            done = asyncio.run(refresh_as_flow(config, args.out, args.publish, progress))
        else:
            done = asyncio.run(_plain(config, args.out, args.publish, progress))
    if done.outcome is not None:
        print_summary(done.outcome)
    print(done.said)
    return _CODES.get(done.what, 0)


async def _plain(config: "BuildConfig", root: Path, publish: bool, progress: object) -> "Refreshed":
    from pipelines.build import Stages
    from pipelines.nightly import only_run_in
    from pipelines.progress_base import Progress
    from pipelines.refreshing import publish_here, refresh

    assert isinstance(progress, Progress)
    with only_run_in(root):
        return await refresh(config, root, publish_here if publish else None, progress, Stages())


def _schedule(args: argparse.Namespace) -> int:
    config = _config(args)
    from pipelines.flows.api import dashboard, find_api, run_command
    from pipelines.flows.schedule import deployment, serve

    url = find_api()
    try:
        wanted = deployment(config, args.out, args.publish, args.cron, args.timezone, args.name)
    except ValueError as error:
        raise ConfigError(
            f"--cron {args.cron!r} --timezone {args.timezone!r}: {_first_line(error)}"
        ) from None
    print(f"refresh/{wanted.name} at '{args.cron}' ({args.timezone}), builds in {args.out.resolve()}")
    print(f"Look on:  {dashboard(url)}")
    print(f"Run now:  {run_command(f'refresh/{wanted.name}', url)}")
    print("Ends with Ctrl-C; the schedule stays, and what is missed meanwhile is caught up once.", flush=True)
    serve(wanted, config, url)
    return 0


def _first_line(error: ValueError) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[-2] if len(lines) > 2 else lines[0]
