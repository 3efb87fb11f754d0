"""Kinds of mistakes in mathematical solutions, from LEMMA (arXiv 2503.17439) and EIC (arXiv 2406.00755)."""

from schemas.error_kind import ErrorKind

MATH_KINDS = (
    ErrorKind(
        "math",
        "calculation",
        "An operation is chosen rightly and its result is computed wrongly.",
        ("12 * 7 = 84", "12 * 7 = 74"),
        "LEMMA, EIC",
    ),
    ErrorKind(
        "math",
        "counting",
        "Things, days or terms are miscounted, often by one.",
        ("Monday to Friday is 5 days.", "Monday to Friday is 4 days."),
        "LEMMA, EIC",
    ),
    ErrorKind(
        "math",
        "context_value",
        "A number of the problem statement is copied wrongly or taken from the wrong place.",
        ("He has 16 eggs: 16 - 3 = 13", "He has 15 eggs: 15 - 3 = 12"),
        "EIC",
    ),
    ErrorKind(
        "math",
        "previous_step_value",
        "A result of an earlier step is copied wrongly or taken from the wrong step.",
        ("So far 13, then 13 * 2 = 26", "So far 13, then 16 * 2 = 32"),
        "EIC",
    ),
    ErrorKind(
        "math",
        "operator",
        "The wrong operation is applied to the right quantities.",
        ("3 boxes of 4 is 3 * 4 = 12", "3 boxes of 4 is 3 + 4 = 7"),
        "EIC",
    ),
    ErrorKind(
        "math",
        "unit_conversion",
        "A unit is converted wrongly or not at all.",
        ("2 hours is 120 minutes", "2 hours is 200 minutes"),
        "LEMMA, EIC",
    ),
    ErrorKind(
        "math",
        "missing_step",
        "A step the answer depends on is left out.",
        ("13 eggs at $2: 13 * 2 = 26", "So the answer is 13."),
        "LEMMA, EIC",
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
        "final_answer",
        "The steps are right and the answer given at the end is not their result.",
        ("... = 26. The answer is 26.", "... = 26. The answer is 13."),
        "Corrigenda",
    ),
)
