"""The figures that the plan to a billion attempts is made of: each with its unit and where it is from.

`python -m bench.X` is a script of this folder, run in November 2026 on two shared cores; `docs/log.md` and
`bench/README.md` are ours as well. All others name what was published.
"""

from dataclasses import dataclass

_SILYBENCH = (
    "silybench-data, capacity.csv of 2026-09-24: vLLM 0.30.0, Qwen3-8B bf16, one H100 80 GB, prompts of 128 tokens, "
    "1,024 sampled, median between tokens at most 50 ms (fp8: 15,103)"
)
_HUB = "Hub documentation, Storage limits (hub-docs, August 2026)"
_GSM8K = "`pipelines/runs/gsm8k-rollouts.yaml`: 5,276 real answers, six recipes, no model"
_ROWS = "`python -m bench.many_rows`, slope between 313,951 and 1,027,476 rows"
_PLAN = "`python -m bench.many_problems`, slope between 10,000 and 100,000 problems"
_ANSWERS = "`python -m bench.long_answers ../shared/data/math_rollouts.jsonl`"


@dataclass(frozen=True)
class Figure:
    """One figure, what it counts, and its source."""

    value: float
    unit: str
    source: str


GPU_TOKENS = Figure(13_322, "sampled tokens a second and GPU", _SILYBENCH)
GPU_SEQUENCES = Figure(396, "sequences a GPU at that rate", _SILYBENCH)
GPU_HOURS_PER_LOSS = Figure(
    54 * 24 * 16_384 / 419,
    "GPU-hours between unplanned interruptions",
    "The Llama 3 Herd of Models (arXiv 2407.21783): 419 in 54 days on 16,384 H100",
)

CASE_MS = Figure(
    10.6,
    "ms of CPU an attempt: judging, recipes, filters, rows",
    f"{_GSM8K}; slope between 330 and 1,319 problems (9.6 in another run; MATH, with a third of the rows: 4.3)",
)
REPLAY_MS = Figure(0.5, "ms of CPU a completion beyond", "`python -m bench.warm`")
CLIENT_MS = Figure(
    2.4, "ms of CPU a completion: asking a server, journal", f"{_ANSWERS}: 2.5 ms at 40 tokens"
)
CLIENT_MS_TOKEN = Figure(0.0033, "ms of CPU a token beside it", f"{_ANSWERS}: 3.9 ms at 500, 8.9 at 2,000")
WORKER_MB = Figure(
    300,
    "MB of a worker's process, beside a chunk's results and the journal's index",
    f"{_GSM8K}, 64 cases in flight, one chunk: peak 363 MB of 330 problems; MATH: 283 MB of 100",
)
KEPT_ROW = Figure(
    9_400,
    "bytes of memory a row, until its chunk is written",
    "the same: 363 and 606 MB of 330 and 1,319 problems of GSM8K, 283 and 389 MB of 100 and 600 of MATH",
)
KEPT_CHARACTER = Figure(4.9, "bytes of memory a row for each character of an answer", "the line above")

JOURNAL_RECORD = Figure(104, "bytes a completion on disk", f"{_ANSWERS}: 181 bytes at 40 tokens")
JOURNAL_TOKEN = Figure(
    1.93,
    "bytes a token beside it",
    f"{_ANSWERS}: 1,067 bytes at 500; 2,954 at 2,000 tokens, a quarter less than this line",
)
JOURNAL_INDEX = Figure(
    16,
    "bytes of memory a completion, in every process that opens it",
    "`python -m bench.journal_size`: 161 MB for 10 million",
)
JOURNAL_OBJECT = Figure(65_536, "completions an object at most", "`generators/engines/journals/sealing.py`")
JOURNAL_PUTS = Figure(
    5, "objects put a second and process at most", "`docs/format.md`: a part each fifth of a second"
)

CHARACTERS = Figure(3.08, "characters a token", f"{_ANSWERS}")
ROW_BYTES = Figure(
    36,
    "bytes a row in shards",
    f"{_GSM8K}, and the same recipes on 480 answers to MATH: 120 and 373 bytes a row",
)
ROW_CHARACTER = Figure(
    0.297,
    "bytes a row for each character of an answer",
    "the line above: answers of 281 and 1,133 characters",
)
CHUNK_FILES = Figure(
    10, "files a chunk: four tables in two splits, dropped rows, record", "`pipelines/store.py`"
)

PLAN_US = Figure(
    54,
    "µs of CPU a problem to plan",
    f"{_PLAN}: 50 from .jsonl, 67 procedural, 46 and 56 when it was quieter",
)
PLAN_BYTES = Figure(671, "bytes a problem in chunk inputs", _PLAN)
PLAN_MEMORY = Figure(
    340, "bytes of memory a problem while planning", f"{_PLAN}: 170 from .jsonl, 340 procedural"
)
PAGES_MEMORY = Figure(700, "bytes of memory a row for card and report", f"{_ROWS} (1,022 MB at the larger)")
SELECT_MEMORY = Figure(460, "bytes of memory a row for targets and caps", f"{_ROWS} (537 MB at the larger)")
FINISH_US = Figure(
    5.6 + 2.5 + 8.8 + 3.4, "µs of CPU a row: shards 5.6, targets 2.5, card and report 8.8, gates 3.4", _ROWS
)
HASH_US = Figure(36, "µs of CPU a row hashed; publishing hashes what was built and what comes back", _ROWS)

PREFECT_TASK_KB = Figure(
    23,
    "kB a task run in Prefect's database",
    "Prefect 3.9.1, SQLite: 73 MB for 3,194 task runs, events included",
)
RAY_TASK_S = Figure(
    0.15,
    "s a task through Prefect's Ray task runner",
    "Prefect 3.8.8, prefect-ray 0.6.0, Ray 2.60: 0.1 to 0.2, of which 0.05 to submit",
)

STORE_PUTS = Figure(
    3_500, "PUT requests a second and prefix", "Amazon S3 documentation, Optimizing performance"
)
HUB_COMMIT = Figure(100, "files a commit, recommended", _HUB)
HUB_TB = Figure(10, "TB of public storage of a PRO account (Team: 12 and more)", _HUB)


def figures() -> dict[str, Figure]:
    """All of them by name, in the order above."""
    return {name: value for name, value in globals().items() if isinstance(value, Figure)}
