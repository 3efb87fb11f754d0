"""What `corrigenda plan` prints."""

from rich.console import Console
from rich.table import Table

from pipelines.preflight import Preflight
from pipelines.probe import Range


def print_preflight(ahead: Preflight, console: Console | None = None) -> None:
    """Problems, requests by stage, tokens, time and cost, and what is uncertain about them."""
    console = console or Console(highlight=False)

    def say(line: str) -> None:
        console.print(line, markup=False, soft_wrap=True)

    problems = ", ".join(f"{name or 'unnamed'} {number:,}" for name, number in ahead.problems.items())
    say(f"Problems: {sum(ahead.problems.values()):,} ({problems})")
    if ahead.prompts is not None:
        prompts = ahead.prompts
        context = f"{prompts.context:,}" if prompts.context else "unknown"
        say(f"Attempts: {ahead.attempts:,}, of them in the journal already: {ahead.journaled:,}")
        say(f"Longest prompt: {prompts.longest:,} tokens; the model's context: {context}")
        if prompts.refused:
            say(f"Prompts that hold special tokens of the model, and will fail: {prompts.refused:,}")
    if ahead.stages:
        console.print(_table(ahead))
    for line in _lines(ahead):
        say(line)


def _table(ahead: Preflight) -> Table:
    title = (
        "Expected, each completion once, those in the journal included"
        if ahead.probe
        else "Without a probe: attempts alone"
    )
    table = Table(title=title)
    for name in ("role", "stage"):
        table.add_column(name)
    for name in ("requests", "completions", "prompt tokens", "new tokens"):
        table.add_column(name, justify="right")
    for stage in ahead.stages:
        amounts = (stage.requests, stage.samples, stage.prompt_tokens, stage.tokens)
        table.add_row(stage.role, stage.stage, *map(_written, amounts))
    return table


def _lines(ahead: Preflight) -> list[str]:
    lines = []
    if ahead.probe is not None:
        probe = ahead.probe
        lines.append(
            f"Probe: {probe.problems} problems in {probe.seconds:.1f} s, {probe.tokens_per_s:,.0f} tokens/s; "
            f"{probe.bought:,} completions sampled, {probe.replayed:,} from the journal"
        )
        if probe.failed:
            lines.append(f"Of the probe's problems {probe.failed} failed, so that too little is expected.")
        if ahead.seconds is None:
            lines.append("Time: not measured, as the probe bought nothing new")
    else:
        lines.append("Locating, repairs and recipes are not known without a probe (--probe N)")
    if ahead.seconds is not None:
        quick, slow = map(_duration, ahead.seconds)
        lines.append(
            f"Time: {quick} (a full window served no slower than the probe) to {slow} (at the probe's speed)"
        )
    lines += [f"Cost of the {role}: {low:,.2f} to {high:,.2f}" for role, (low, _, high) in ahead.cost.items()]
    return [*lines, *(f"Warning: {warning}" for warning in ahead.warnings)]


def _written(amount: Range) -> str:
    if amount.low == amount.high:
        return f"{amount.expected:,.0f}"
    return f"{amount.low:,.0f} - {amount.high:,.0f}"


def _duration(seconds: float) -> str:
    hours, rest = divmod(round(seconds), 3600)
    minutes, left = divmod(rest, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {left} s" if minutes else f"{left} s"
