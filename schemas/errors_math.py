"""Kinds of mistakes in mathematical solutions, from LEMMA (arXiv 2503.17439) and EIC (arXiv 2406.00755).

The union of both taxonomies, and slips that neither tells apart (signs, cases, rounding, truncation).
`proofs` names the checks of `generators/injectors/proof.py` that can prove a kind; a kind that changes what
the words mean (concept, formula, misread question) has none: only a person or a model can tell.
"""

from schemas.error_kind import ErrorKind

_FALSE = ("prefix_untouched", "prefix_valid", "step_false", "answer_wrong", "one_cause")
"""The checks of `generators.injectors.proof`: what they look at differs by kind."""

MATH_KINDS = (
    ErrorKind(
        "math",
        "calculation",
        "An operation is chosen rightly and its result is computed wrongly.",
        ("12 * 7 = 84", "12 * 7 = 74"),
        "LEMMA, EIC",
        _FALSE,
    ),
    ErrorKind(
        "math",
        "counting",
        "Things, days or terms are miscounted, often by one.",
        ("Monday to Friday is 5 days.", "Monday to Friday is 4 days."),
        "LEMMA, EIC",
        _FALSE,
    ),
    ErrorKind(
        "math",
        "context_value",
        "A number of the problem statement is copied wrongly or taken from the wrong place.",
        ("He has 16 eggs: 16 - 3 = 13", "He has 15 eggs: 15 - 3 = 12"),
        "EIC",
        _FALSE,
    ),
    ErrorKind(
        "math",
        "previous_step_value",
        "A result of an earlier step is copied wrongly or taken from the wrong step.",
        ("So far 13, then 13 * 2 = 26", "So far 13, then 16 * 2 = 32"),
        "EIC",
        _FALSE,
    ),
    ErrorKind(
        "math",
        "unit_conversion",
        "A unit is converted wrongly or not at all.",
        ("2 hours is 120 minutes", "2 hours is 200 minutes"),
        "LEMMA, EIC",
        _FALSE,
    ),
    ErrorKind(
        "math",
        "operator",
        "The wrong operation is applied to the right quantities.",
        ("3 boxes of 4 is 3 * 4 = 12", "3 boxes of 4 is 3 + 4 = 7"),
        "EIC",
        _FALSE,
    ),
    ErrorKind(
        "math",
        "missing_step",
        "A step the answer depends on is left out.",
        ("13 eggs at $2: 13 * 2 = 26", "So the answer is 13."),
        "LEMMA, EIC",
        _FALSE,
    ),
    ErrorKind(
        "math",
        "dropped_case",
        "One of several parts, cases or terms is forgotten.",
        ("He spent 5 + 7 + 8 = 20 dollars.", "He spent 5 + 7 = 12 dollars."),
        "Corrigenda",
        _FALSE,
    ),
    ErrorKind(
        "math",
        "sign",
        "A sign is lost or turned while computing: a term is added that should be taken away.",
        ("20 - 5 - 3 = 12", "20 - 5 - 3 = 18"),
        "Corrigenda",
        _FALSE,
    ),
    ErrorKind(
        "math",
        "rounding",
        "A value is rounded or cut where the solution needs it exactly, or given in the wrong form.",
        ("10 / 4 = 2.5, then 2.5 * 8 = 20", "10 / 4 = 3, then 3 * 8 = 24"),
        "Corrigenda",
        _FALSE,
    ),
    ErrorKind(
        "math",
        "question_misread",
        "Another question than the one asked is answered, or a condition is misunderstood.",
        ("She uses 3 a day: 16 - 3 = 13", "She buys 3 a day: 16 + 3 = 19"),
        "LEMMA",
    ),
    ErrorKind(
        "math",
        "formula",
        "A formula is confused with another.",
        ("area = 3 * 4 = 12", "area = 2 * (3 + 4) = 14"),
        "LEMMA, EIC",
    ),
    ErrorKind(
        "math",
        "concept",
        "A concept is misunderstood.",
        ("Half of 18 more is 9 more.", "Half of 18 more is 18 more."),
        "LEMMA",
    ),
    ErrorKind(
        "math",
        "irrelevant_information",
        "Something that the problem does not say, or that does not matter, enters the solution.",
        ("9 eggs are left: 9 * 2 = 18", "9 eggs are left and 2 break: 9 - 2 = 7"),
        "LEMMA, EIC",
    ),
    ErrorKind(
        "math",
        "nonsense",
        "The text is no solution: it repeats itself, contradicts itself or does not hang together.",
        ("9 eggs at $2: 9 * 2 = 18", "Eggs are eggs, so eggs times eggs is 9."),
        "LEMMA",
    ),
    ErrorKind(
        "math",
        "truncated",
        "The solution stops before it reaches an answer.",
        ("9 * 2 = 18. The answer is 18.", "9 * 2 ="),
        "Corrigenda",
    ),
    ErrorKind(
        "math",
        "final_answer",
        "The steps are right and the answer given at the end is not their result.",
        ("... = 26. The answer is 26.", "... = 26. The answer is 13."),
        "Corrigenda",
        _FALSE,
    ),
)
