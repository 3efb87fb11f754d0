"""A plan to a billion attempts: what it takes, what breaks first, and how busy the GPUs are.

    python -m bench.scale                                  the tables of docs/scale.md
    python -m bench.scale --problems 2e6 --tokens 3000     another plan, by the same figures

Counted from the figures of `bench.scale_figures`; `bench.scale_simulation` adds what counting cannot tell: idle time
at chunks' ends, lost machines, slow ones. A plan is cut into builds, each with a share of the problems: what one
process does at a build's end (columns, selection, shards) bounds a build, not the cluster.
"""

import argparse
from dataclasses import dataclass, fields, replace

from bench import scale_figures as f
from bench.scale_scenario import ALL, ALONE, DEMO, GB, HOUR, TB, Scenario
from bench.scale_simulation import CASES, simulate
from pipelines.shards import shard_rows


def plan(s: Scenario) -> list[tuple[str, str]]:
    """The plan's lines: what, and how much."""
    one = s.of_one_build()
    build = simulate(one)
    hours = build.hours * s.builds
    gpu_hours = hours * s.gpus
    chunks = one.problems / s.chunk
    feeding = s.gpus * f.GPU_TOKENS.value / (s.tokens * s.recipes.tokens) * s.cpu_s
    finishing = (one.rows * f.FINISH_US.value + one.problems * f.PLAN_US.value) / 1e6 / HOUR
    results = s.rows * s.row_bytes / TB
    return [
        ("recipes", s.recipes.name),
        ("attempts of the policy", f"{s.attempts:,.0f}"),
        ("completions", f"{s.completions / 1e9:.1f} billion"),
        ("tokens sampled", f"{s.sampled / TB:.2f} trillion"),
        (f"workers that {s.gpus} GPUs need at least", f"{feeding:.0f}"),
        (f"share of the GPUs used, with {s.workers} workers (simulated)", f"{100 * build.busy:.0f} %"),
        ("GPU-hours", f"{gpu_hours:,.0f}"),
        ("days of sampling", f"{hours / 24:.1f}"),
        ("core-hours of the workers, busy", f"{s.attempts * s.cpu_s / HOUR:,.0f}"),
        ("hardware interruptions to expect", f"{gpu_hours / f.GPU_HOURS_PER_LOSS.value:.1f}"),
        ("**builds**", f"**{s.builds}**"),
        ("problems of a chunk", f"{s.chunk:,}"),
        ("chunks (tasks) of a build", f"{chunks:,.0f}"),
        ("hours of sampling a build", f"{build.hours:.1f}"),
        ("hours of one core to plan and finish a build", f"{finishing:.1f}"),
        ("hours to load a build back from the Hub", f"{2 * one.rows * f.HASH_US.value / 1e6 / HOUR:.1f}"),
        ("memory to finish a build", f"{one.rows * f.PAGES_MEMORY.value / GB:.0f} GB"),
        ("memory of a worker", f"{one.worker_gb:.1f} GB"),
        (
            "Prefect's database, all builds",
            f"{chunks * s.builds * f.PREFECT_TASK_KB.value * 1000 / GB:.1f} GB",
        ),
        (
            "journal",
            f"{journal_bytes(s) / TB:.1f} TB in {s.completions / f.JOURNAL_OBJECT.value:,.0f} objects",
        ),
        (
            "its PUT requests, at most",
            f"{f.JOURNAL_PUTS.value * s.workers * hours * HOUR / 1e6:,.0f} million",
        ),
        ("chunk inputs", f"{s.problems * f.PLAN_BYTES.value / GB:.0f} GB"),
        (
            "chunk results",
            f"{results:.1f} TB in {chunks * s.builds * f.CHUNK_FILES.value / 1e3:,.0f} thousand files",
        ),
        ("rows of the dataset", f"{s.rows / 1e9:.1f} billion"),
        ("its shards", f"{results:.1f} TB in {s.builds * shards(one):,.0f} files"),
        ("repositories, one commit each", f"{s.builds}"),
        (f"files of a commit (the Hub advises {f.HUB_COMMIT.value:.0f})", f"{shards(one) + 3:,.0f}"),
    ]


def shards(s: Scenario) -> int:
    """Shards of a build: its tables taken as equally large, with a training and a test split of 5 %."""
    tables = 4
    return tables * sum(
        len(range(0, rows, shard_rows(rows))) for rows in (round(s.rows * p / tables) for p in (0.95, 0.05))
    )


def journal_bytes(s: Scenario) -> float:
    """Of the journal on disk, sealed."""
    return s.completions * f.JOURNAL_RECORD.value + s.sampled * f.JOURNAL_TOKEN.value


@dataclass(frozen=True)
class Limit:
    """Where one build stops working well."""

    attempts: float
    what: str
    remedy: str
    a_day: bool = False


def limits(s: Scenario) -> list[Limit]:
    """What bounds one build of the scenario on one finishing machine, the first first."""
    rows, memory = s.recipes.rows, 0.75 * s.memory_gb * GB
    day = 86_400 / s.cpu_s
    found = [
        Limit(
            day,
            "one process works on cases (`runner: local`)",
            "`run.runner`: as many workers as the plan says",
            True,
        ),
        Limit(64 * day, "64 chunks at once, the default", "`run.runner.at_once`: a chunk a worker", True),
        Limit(
            10_000 * 200 * s.samples,
            "10,000 chunks of 200 problems, the default: half an hour goes into handing them out",
            "`chunk_size: 2000`, which the simulation wants anyway",
        ),
        Limit(
            memory / (f.PAGES_MEMORY.value * rows),
            f"memory for card and report ({f.PAGES_MEMORY.value:.0f} bytes a row; targets {f.SELECT_MEMORY.value:.0f})",
            f"more builds ({s.memory_gb:.0f} GB here), or a larger machine",
        ),
        Limit(
            4 * GB / (f.JOURNAL_INDEX.value * s.recipes.completions),
            "the journal's index takes 4 GB of every worker",
            "a journal a build: each has its own `run.store`",
        ),
        Limit(
            12 * HOUR * 1e6 / (f.FINISH_US.value * rows),
            "one core finishes for 12 hours",
            "more builds; one samples while the one before is finished",
        ),
        Limit(
            4 * TB / (2 * rows * s.row_bytes),
            "the finishing machine's disk: copies of chunks and shards take 4 TB",
            "more builds; `work/scratch` of a finished one may go",
        ),
        Limit(memory / f.PLAN_MEMORY.value * s.samples, "memory for planning", "more builds"),
        Limit(
            f.HUB_TB.value * TB / (rows * s.row_bytes),
            "10 TB of a PRO account's public storage",
            "a Team or Enterprise account, or `publish.to` a bucket",
        ),
        Limit(
            f.STORE_PUTS.value / f.JOURNAL_PUTS.value * day,
            "700 workers put 3,500 objects a second below one S3 prefix",
            "fewer workers a build: others' prefixes are others",
            True,
        ),
    ]
    return sorted(found, key=lambda limit: limit.attempts)


COLUMNS = (Scenario(ALONE), Scenario(DEMO), Scenario(ALL, chunk=500))
"""The page's: a billion attempts of each."""


def plan_rows(scenarios: tuple[Scenario, ...] = COLUMNS) -> list[str]:
    """The plan as rows of a Markdown table."""
    columns = [plan(s) for s in scenarios]
    return [
        f"| {name} | {' | '.join(column[n][1] for column in columns)} |"
        for n, (name, _) in enumerate(columns[0])
    ]


def limit_rows(scenario: Scenario = COLUMNS[0]) -> list[str]:
    """What breaks first as rows of a Markdown table."""
    return [
        f"| {_attempts(limit.attempts)}{' a day' * limit.a_day} | {limit.what} | {limit.remedy} |"
        for limit in limits(scenario)
    ]


def _attempts(count: float) -> str:
    return f"{count / 1e9:.1f} billion" if count >= 1e9 else f"{count / 1e6:,.0f} million"


def recipe_rows() -> list[str]:
    """What recipes ask for and make, as rows of a Markdown table."""
    return [
        f"| {r.name} | {r.completions:g} | {r.tokens:g} times its own | {r.rows:g} | {r.source} |"
        for r in (s.recipes for s in COLUMNS)
    ]


def figure_rows() -> list[str]:
    """The figures as rows of a Markdown table."""
    return [f"| {_number(one.value)} | {one.unit} | {one.source} |" for one in f.figures().values()]


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 1000 else f"{value:.4g}"


def simulation_rows(scenario: Scenario = COLUMNS[0]) -> list[str]:
    """One build of the plan under each of the cases, as rows of a Markdown table."""
    one = scenario.of_one_build()
    rows = []
    for name, changes, trouble in CASES:
        found = simulate(replace(one, **changes), trouble)
        again = f"{100 * found.again_tokens:.2f} % | {100 * found.again_cpu:.1f} %"
        rows.append(f"| {name} | {found.hours:.2f} | {100 * found.busy:.0f} % | {found.losses} | {again} |")
    return rows


def main() -> None:
    """Print the plan, what breaks first, and the simulation."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    for field in fields(Scenario)[1:]:
        kind = int if field.type == "int" else float
        parser.add_argument(f"--{field.name.replace('_', '-')}", type=kind)
    given = {name: value for name, value in vars(parser.parse_args()).items() if value is not None}
    scenarios = tuple(replace(column, **given) for column in COLUMNS)
    for title, rows in (
        ("The plan", plan_rows(scenarios)),
        ("One build breaks at", limit_rows(scenarios[0])),
        ("Simulated", simulation_rows(scenarios[0])),
    ):
        print(f"{title}\n", *rows, "", sep="\n")


if __name__ == "__main__":
    main()
