"""What a run's health may say, and from where on it says so."""

from pipelines.findings import Kind

FAILED_SHARE = 0.01
"""Of the problems. Single oddities (a prompt with a special token, a judge's worker killed) stay far below; a
fault that has a system shows from one in a hundred on."""
UNKNOWN_SHARE = 0.10
"""Of the attempts. They are paid for and make no row; GSM8K and MATH rollouts leave a few in a hundred unknown."""
TRUNCATED_SHARE = 0.05
"""Of the attempts. Each cost the most tokens that one can cost and is neither right nor wrong."""
RETRIES_PER_REQUEST = 0.05
"""A server that is well repeats next to nothing; one request in twenty said twice is a server near its end."""
IDLE_SHARE = 0.20
"""Of the seconds in which the model was there to be asked. A full window leaves an engine idle for some 5 %."""
LONG_ENOUGH_S = 60.0
"""Runs below it say nothing about idle engines and slow stages: starting is most of what they do."""
SLOW_SHARE = 0.5
"""Of a run's time that one stage beside the working on problems takes before it is named."""
DISK_LEFT_BYTES = 2 << 30
"""An open journal file grows to 64 MiB and needs its size again while it is sealed, for each writer; the shards
of a night are written beside the old ones. Below 2 GiB the next night may not end."""

TOO_MANY_FAILED = Kind(
    "run.too_many_failed",
    "error",
    "More cases failed than `run.max_failed_share` allows, so no dataset was written.",
    "Read the reasons in dropped/ (they name the engine, the judge or the recipe), mend the cause and run the same "
    "command: only those cases are tried again.",
)
ERROR = Kind(
    "run.error",
    "error",
    "The run ended with an error before its end; what was bought is in the journal.",
    "Mend what the error names and run the same command again: it goes on where it was.",
)
INTERRUPTED = Kind(
    "run.interrupted",
    "error",
    "Somebody ended the run (Ctrl-C, a cancelled flow); what was bought is in the journal.",
    "Run the same command again: it goes on where it was.",
)
GATES_FAILED = Kind(
    "run.gates_failed",
    "error",
    "A quality gate of the config did not pass, so this build is not published; everything is kept.",
    "Read what the gate wanted and what there is; change the config, or the gate where it asks too much.",
)
BUDGET_STOPPED = Kind(
    "run.budget_stopped",
    "warning",
    "The budget ended the build before all problems were done.",
    "Run the same command with a higher `run.budget`: what is bought stays bought.",
)
UNPAID = Kind(
    "run.unpaid_cases",
    "warning",
    "Some problems were left out because the budget was spent.",
    "As with run.budget_stopped.",
)
FAILED_CASES = Kind(
    "run.failed_cases",
    "warning",
    "Problems whose attempts or recipes failed are missing from the dataset.",
    "Read the reasons in dropped/ and run the same command: failed cases are tried again.",
)
FEW_FAILED = Kind(
    "run.few_failed",
    "note",
    "A few problems failed and are missing from the dataset.",
    "Run the same command to try them again, or leave it at that.",
)
UNKNOWN = Kind(
    "run.many_unknown",
    "warning",
    "Many attempts are neither right nor wrong. They are paid for, and make no row.",
    "The reasons are counted as `unknown.*`: unparsed answers ask for a clearer `prompt`, time-outs for a look at "
    "the problems' answers.",
)
TRUNCATED = Kind(
    "run.many_truncated",
    "warning",
    "Many attempts were cut off by the token limit: the dearest ones, and no use.",
    "Raise `policy.sampling.max_tokens`, or ask for shorter answers in `prompt`.",
)
RETRIES = Kind(
    "run.many_retries",
    "warning",
    "The servers had to be asked again often: they are busy, unstable or out of quota.",
    "Look at the incidents by slug (`retry.429`: lower `max_in_flight`; `retry.timeout`: raise `timeout_s`) and at "
    "the servers' own logs.",
)
SET_ASIDE = Kind(
    "run.servers_set_aside",
    "warning",
    "Servers were set aside after failures and not all came back, so the rest did their work.",
    "Look at those servers; `corrigenda doctor CONFIG` says which answer.",
)
CAME_BACK = Kind(
    "run.servers_came_back",
    "note",
    "Servers were set aside after failures and came back.",
    "Nothing, where it was a restart; else the servers' own logs say why.",
)
IDLE = Kind(
    "run.engine_idle",
    "warning",
    "For much of the time nothing was asked of the model, though it was open: what is paid by the hour waited.",
    "Raise `run.cases_in_flight`; where judging programs is what takes the time, give the machine more cores.",
)
UNREADABLE = Kind(
    "run.journal_unreadable",
    "warning",
    "Records of the journal could not be read and were bought again.",
    "`corrigenda journal verify DIR` names the files; look at the disk.",
)
DISK_LOW = Kind(
    "run.disk_low",
    "warning",
    "Little room is left where the build is.",
    "Make room before the next run: `corrigenda journal compact`, old builds, another disk.",
)
LOG_LOST = Kind(
    "run.log_lost",
    "warning",
    "Lines of the run's log could not be written.",
    "The disk was full or work/log cannot be written: make room, give the right.",
)
SLOW_STAGE = Kind(
    "run.slow_stage",
    "note",
    "One stage beside the working on problems took most of the run.",
    "Planning: fewer or smaller source files. Opening: the model loads. Writing: a faster disk.",
)
SPEED = Kind("run.speed", "ok", "How fast the model answered while problems were worked on.")
NOTHING_NEW = Kind(
    "run.nothing_new", "ok", "The build was finished before, whole and of the same models: nothing was done."
)
FINISHED = Kind("run.finished", "ok", "The dataset is written.")
