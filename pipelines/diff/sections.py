"""A difference in words and tables, for the terminal and for Markdown alike."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from pipelines.diff.chance import LEVEL
from pipelines.diff.difference import CHANGES, Change, Difference, Distribution, Gate, PolicyChange, Setting
from pipelines.diff.reasons import REASONS

_SETTINGS, _REASONS, _MOVED, _VALUES, _NAMED = 20, 30, 15, 4, 4
"""Most lines or entries of each part: all of them are in the JSON."""

_LONG = 60  # characters of a config value


@dataclass(frozen=True, slots=True)
class Section:
    """A heading, lines of text and a table with its head; either may be empty. `warning` marks what must be seen."""

    title: str
    lines: tuple[str, ...] = ()
    head: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    warning: bool = False


def sections(found: Difference) -> Iterator[Section]:
    """The parts in the order in which they are read; those with nothing to say are left out."""
    if found.notes:
        yield Section("Not compared", found.notes)
    if found.settings:
        yield _settings(found.settings)
    yield _rows(found)
    if found.groups:
        yield _recipes(found)
        yield _reasons(found)
        yield _moved(found.distributions)
    if found.policy is not None and (found.policy.better or found.policy.worse or found.policy.kinds_moved):
        yield _policy(found.policy)
    yield _contamination(found)
    if found.gates:
        yield _gates(found.gates)


def _settings(values: tuple[Setting, ...]) -> Section:
    lines = [f"{s.name}: {_short(s.a)} → {_short(s.b)}" for s in values[:_SETTINGS]]
    return Section("Made otherwise", (*lines, *_more(len(values), _SETTINGS)))


def _rows(found: Difference) -> Section:
    rows = [
        (
            t.table,
            f"{t.a:,}",
            f"{t.b:,}",
            f"{t.same:,}",
            *(_signed(change, getattr(t, change)) for change in CHANGES),
        )
        for t in found.tables
    ]
    lines = [f"problems: {found.a.problems:,} before, {found.b.problems:,} now"]
    if found.empty:
        lines = ["The same rows in the same splits.", *lines]
    return Section("Rows", tuple(lines), ("table", "before", "now", "same", *CHANGES), tuple(rows))


def _recipes(found: Difference) -> Section:
    counts: dict[str, Counter[str]] = {}
    for group in found.groups:
        counts.setdefault(group.recipe, Counter())[group.change] += group.rows
    order = sorted(counts, key=lambda recipe: (-counts[recipe].total(), recipe))
    rows = [
        (recipe or "(own attempts)", *(_signed(change, counts[recipe][change]) for change in CHANGES))
        for recipe in order
    ]
    return Section("By recipe", (), ("recipe", *CHANGES), tuple(rows))


def _reasons(found: Difference) -> Section:
    rows = []
    for change in CHANGES:
        for reason, count in found.reasons(change).items():
            groups = [g for g in found.groups if g.change == change and g.reason == reason]
            where: Counter[str] = Counter()
            for group in groups:
                columns = f" ({', '.join(group.columns)})" if group.columns else ""
                where[f"{group.table}{f' {group.recipe}' if group.recipe else ''}{columns}"] += group.rows
            rows.append((change, reason, f"{count:,}", _top(where)))
    said = {reason.partition(".")[0] for _, reason, _, _ in rows}
    meant = [f"{slug}: {meaning}" for slug, meaning in REASONS.items() if slug in said]
    shown = rows[:_REASONS]
    lines = (*meant, *_more(len(rows), _REASONS))
    return Section("Why", lines, ("change", "reason", "rows", "where"), tuple(shown))


def _moved(made: tuple[Distribution, ...]) -> Section:
    moved = sorted((d for d in made if d.moved), key=lambda d: (-d.distance, d.table, d.of))
    how = (
        f"of {len(made)} distributions moved beyond chance (chi-square test corrected for rows of one problem, all "
        f"tests together at {LEVEL:g}); distance is the share of rows that would have to take another value"
    )
    if not moved:
        furthest = max(made, key=lambda d: d.distance, default=None)
        most = (
            f"; the largest distance is {furthest.distance:.3f}, {furthest.table} {furthest.of}"
            if furthest
            else ""
        )
        return Section("Distributions", (f"None {how}{most}.",))
    rows = [(f"{d.table} {d.of}", f"{d.distance:.3f}", f"{d.p:.1g}", _shifts(d)) for d in moved[:_MOVED]]
    lines = (f"{len(moved)} {how}.", *_more(len(moved), _MOVED))
    return Section("Distributions", lines, ("of", "distance", "p", "largest shifts"), tuple(rows))


def _shifts(found: Distribution) -> str:
    was, now = found.totals
    shares = [(cell.value, cell.a / was, cell.b / now) for cell in found.cells] if was and now else []
    largest = sorted(shares, key=lambda s: (-abs(s[2] - s[1]), s[0]))[:_VALUES]
    said = [f"{value} {_share(a)} → {_share(b)}" for value, a, b in largest if a != b]
    if found.median_a is not None and found.median_b is not None:
        said.insert(0, f"median {found.median_a:,.0f} → {found.median_b:,.0f} characters")
    return ", ".join(said)


def _policy(found: PolicyChange) -> Section:
    step = found.rate_b - found.rate_a
    sure = "beyond chance" if found.moved else "within chance"
    lines = (
        *(["The same models and samplings: other samples, or other verdicts on them."] if found.same else []),
        f"Pass rate on the {found.problems:,} problems of both: {found.rate_a:.1%} → {found.rate_b:.1%} "
        f"({step:+.1%} ± {found.error:.1%}, {sure}); {found.better:,} problems better, {found.worse:,} worse.",
        f"Kinds of mistakes of its wrong answers moved {'beyond' if found.kinds_moved else 'within'} chance.",
    )
    rows = [
        (k.kind, f"{k.a:,}", f"{k.b:,}", _share(k.share_a), _share(k.share_b))
        for k in found.kinds
        if k.share_a != k.share_b
    ]
    return Section(
        "The policy", lines, ("mistake", "before", "now", "share", "share now") if rows else (), tuple(rows)
    )


def _contamination(found: Difference) -> Section:
    seen = found.contamination
    lines = [
        f"{seen.from_test:,} problems that were held out are in train now ({seen.from_test_rows:,} rows).",
        f"{seen.within:,} problems in train have the statement of one that is held out "
        f"(before: {seen.within_before:,}).",
    ]
    if seen.clean:
        lines = ["No problem that is or was held out came into train."]
        if seen.within:
            lines += [
                f"{seen.within:,} problems in train have the statement of one that is held out, as before."
            ]
    if seen.to_test:
        lines.append(
            f"{seen.to_test:,} problems that were in train are held out now: a model trained on the older version has "
            "seen them."
        )
    rows = [
        (
            leak.problem_id,
            f"{leak.split}: {'the same' if leak.held_out_id == leak.problem_id else leak.held_out_id}",
            f"{leak.rows:,}",
            _short(leak.statement),
        )
        for leak in seen.leaks
    ]
    head = ("in train now", "held out as", "rows", "statement") if rows else ()
    return Section("Contamination", tuple(lines), head, tuple(rows), warning=not seen.clean)


def _gates(gates: tuple[Gate, ...]) -> Section:
    rows = [
        (
            gate.gate,
            _passed(gate.passed_a),
            _passed(gate.passed_b),
            gate.said_b or gate.said_a,
            _numbers(gate),
        )
        for gate in gates
    ]
    failed = any(gate.passed_b is False for gate in gates)
    return Section(
        "Quality gates", (), ("gate", "before", "now", "said", "numbers"), tuple(rows), warning=failed
    )


def _numbers(gate: Gate) -> str:
    return ", ".join(f"{s.name} {s.a or 'none'} → {s.b or 'none'}" for s in gate.numbers)


def _passed(passed: bool | None) -> str:
    return "" if passed is None else "passed" if passed else "failed"


def _signed(change: Change, count: int) -> str:
    sign = {"added": "+", "removed": "-", "changed": "~"}[change]
    return f"{sign}{count:,}" if count else ""


def _share(value: float) -> str:
    return f"{value:.1%}"


def _top(counts: Counter[str]) -> str:
    order = sorted(counts, key=lambda name: (-counts[name], name))
    named = [f"{name} {counts[name]:,}" for name in order[:_NAMED]]
    return ", ".join([*named, *([f"{len(order) - _NAMED} more"] if len(order) > _NAMED else [])])


def _more(count: int, shown: int) -> tuple[str, ...]:
    return (f"… and {count - shown} more (--json has all)",) if count > shown else ()


def _short(text: str) -> str:
    one = " ".join(text.split())
    return (one if len(one) <= _LONG else f"{one[:_LONG]}…") or "absent"
