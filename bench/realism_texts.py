"""How well a simple classifier tells injected mistakes from the policy's own, and what they look like."""

from __future__ import annotations

import random
import statistics
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bench.realism_data import Mistake
from filters.verify.equations import equations

FOLDS = 5
Text = Callable[[Mistake], str]


@dataclass(frozen=True)
class Told:
    """Held-out area under the curve, its standard error, and mistakes on each side."""

    auc: float
    error: float
    each: int


def auc(scores: Sequence[float], labels: Sequence[bool]) -> float:
    """Share of (true, false) pairs in which the true one scores higher, ties half (Mann-Whitney)."""
    from sklearn.metrics import roc_auc_score

    return float(roc_auc_score(list(labels), list(scores)))


def auc_error(value: float, positive: int, negative: int) -> float:
    """Standard error of an area under the curve (Hanley and McNeil 1982)."""
    q1, q2 = value / (2 - value), 2 * value * value / (1 + value)
    rest = (positive - 1) * (q1 - value**2) + (negative - 1) * (q2 - value**2)
    return float(((value * (1 - value) + rest) / (positive * negative)) ** 0.5)


def matched(
    own: Sequence[Mistake], other: Sequence[Mistake], seed: int = 0
) -> tuple[list[Mistake], list[Mistake]]:
    """One mistake a problem on both sides, and equally many of each family, drawn at random."""
    rng = random.Random(seed)
    sides = [_one_each(own, rng), _one_each(other, rng)]
    chosen: tuple[list[Mistake], list[Mistake]] = ([], [])
    for family in sorted(sides[0]):
        count = min(len(side[family]) for side in sides)
        for side, drawn in zip(sides, chosen, strict=True):
            drawn.extend(rng.sample(side[family], count))
    return chosen


def told_apart(own: Sequence[Mistake], other: Sequence[Mistake], text: Text, seed: int = 0) -> Told:
    """Logistic regression on character (1-4) and word (1-2) n-grams; no problem is in two folds."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import GroupKFold, cross_val_predict
    from sklearn.pipeline import make_pipeline, make_union

    left, right = matched(own, other, seed)
    rows = [*left, *right]
    labels = [False] * len(left) + [True] * len(right)
    model = make_pipeline(
        make_union(
            TfidfVectorizer(analyzer="char", ngram_range=(1, 4), min_df=2, lowercase=False),
            TfidfVectorizer(token_pattern=r"\S+", ngram_range=(1, 2), min_df=2, lowercase=False),
        ),
        LogisticRegression(max_iter=1000),
    )
    folds = GroupKFold(FOLDS, shuffle=True, random_state=seed)
    found = cross_val_predict(
        model,
        [text(row) for row in rows],
        labels,
        groups=[row.statement for row in rows],
        cv=folds,
        method="predict_proba",
    )[:, 1]
    value = auc(found.tolist(), labels)
    return Told(value, auc_error(value, len(left), len(right)), len(left))


@dataclass(frozen=True)
class Looks:
    """What mistakes look like in numbers: shares are of all of them."""

    count: int
    kinds: dict[str, float]
    places: tuple[float, float, float]
    characters: float
    numbers: float
    digits: float
    shifts: dict[str, float]
    logprob: float | None


def looks(mistakes: Sequence[Mistake]) -> Looks:
    """Kinds, the third of the solution, means of lengths, and by how much results are off."""
    count = len(mistakes)
    kinds = Counter(m.kind for m in mistakes)
    thirds = Counter(min(2, 3 * m.place // (m.place + len(m.right.splitlines()))) for m in mistakes)
    shifts = Counter(_shift(m) for m in mistakes)
    scored = [m.logprob for m in mistakes if m.logprob is not None]
    results = [e.stated.lstrip("-") for m in mistakes for e in equations(m.equation)[:1]]
    return Looks(
        count,
        {kind: found / count for kind, found in kinds.most_common()},
        (thirds[0] / count, thirds[1] / count, thirds[2] / count),
        statistics.fmean(len(m.step) for m in mistakes),
        statistics.fmean(sum(part.strip(".-").isdigit() for part in m.step.split()) for m in mistakes),
        statistics.fmean(map(len, results)) if results else 0.0,
        {shift: found / count for shift, found in shifts.most_common(6)},
        statistics.fmean(scored) if scored else None,
    )


def _shift(mistake: Mistake) -> str:
    """By how much a false equation's result is off, unsigned."""
    false = [e for e in equations(mistake.step) if e.holds is False]
    return str(abs(false[0].stated_value - false[0].left_value)) if false else "true"


def _one_each(mistakes: Sequence[Mistake], rng: random.Random) -> dict[str, list[Mistake]]:
    """By family, one of each problem."""
    of_problem: dict[str, list[Mistake]] = defaultdict(list)
    for mistake in mistakes:
        of_problem[mistake.statement].append(mistake)
    families: dict[str, list[Mistake]] = defaultdict(list)
    for found in of_problem.values():
        families[found[0].family].append(rng.choice(found))
    return families
