"""Kinds of mistakes in programs that execution can prove, from HumanEvalFix, DebugBench and Tambon et al.

`source` names the categories of HumanEvalFix (arXiv 2308.07124: missing, excess and wrong logic: value,
operator, variable and function misuse), DebugBench (2401.04621: condition, operation, variable, other,
faulty indexing, illegal indentation) and Tambon et al. (2403.08937) that a kind belongs to. With
`program_wrong_value` a test must fail by a wrong value; with `program_fails` by a value or an exception.
"""

from schemas.error_kind import ErrorKind

VALUE = ("program_wrong_value",)
FAILS = ("program_fails",)


def _kind(
    slug: str, definition: str, right: str, wrong: str, source: str, proofs: tuple[str, ...]
) -> ErrorKind:
    return ErrorKind("code", slug, definition, (right, wrong), source, proofs)


CODE_KINDS: tuple[ErrorKind, ...] = (
    _kind(
        "off_by_one",
        "A range, slice or count ends or begins one too early or too late.",
        "for i in range(1, n + 1):",
        "for i in range(1, n):",
        "DebugBench faulty indexing, HumanEvalFix value misuse",
        VALUE,
    ),
    _kind(
        "wrong_index",
        "An element is taken from the wrong place.",
        "best = pairs[0][1]",
        "best = pairs[0][0]",
        "DebugBench faulty indexing",
        FAILS,
    ),
    _kind(
        "boundary_comparison",
        "A comparison takes in its boundary where it should not, or the reverse.",
        "while low <= high:",
        "while low < high:",
        "DebugBench condition error, HumanEvalFix operator misuse",
        VALUE,
    ),
    _kind(
        "inverted_condition",
        "A condition holds exactly where it should not.",
        "if n % 2 == 0:",
        "if n % 2 != 0:",
        "DebugBench condition error, HumanEvalFix operator misuse",
        VALUE,
    ),
    _kind(
        "wrong_connective",
        "Two conditions are joined by `or` for `and`, or the reverse.",
        "if i < n and j < m:",
        "if i < n or j < m:",
        "DebugBench condition error, HumanEvalFix operator misuse",
        VALUE,
    ),
    _kind(
        "wrong_arithmetic",
        "The wrong operator of arithmetic or of bits.",
        "mid = (low + high) // 2",
        "mid = (low - high) // 2",
        "DebugBench operation error, HumanEvalFix operator misuse",
        VALUE,
    ),
    _kind(
        "missing_term",
        "A term or a factor of an expression is left out.",
        "return 2 * (a + b)",
        "return a + b",
        "HumanEvalFix missing logic, Tambon et al. incomplete generation",
        VALUE,
    ),
    _kind(
        "missing_parentheses",
        "Parentheses are left out and the operators bind in another way.",
        "return (a + b) / 2",
        "return a + b / 2",
        "DebugBench operation error",
        VALUE,
    ),
    _kind(
        "wrong_variable",
        "Another variable that holds the same sort of thing is used.",
        "total += price * count",
        "total += price * price",
        "DebugBench variable error, HumanEvalFix variable misuse",
        VALUE,
    ),
    _kind(
        "wrong_argument_order",
        "Two arguments of a call, or the sides of an operation, are exchanged.",
        "return pow(base, exponent)",
        "return pow(exponent, base)",
        "DebugBench other error, Tambon et al. silly mistake",
        VALUE,
    ),
    _kind(
        "wrong_initial_value",
        "A variable that a loop updates begins with the wrong value.",
        "product = 1",
        "product = 0",
        "HumanEvalFix value misuse, DebugBench variable error",
        VALUE,
    ),
    _kind(
        "wrong_constant",
        "A number, a separator or a pattern is wrong.",
        "if n % 3 == 0:",
        "if n % 2 == 0:",
        "HumanEvalFix value misuse",
        VALUE,
    ),
    _kind(
        "wrong_function",
        "A function that resembles the right one is called, or a sort goes the other way.",
        "return min(found)",
        "return max(found)",
        "HumanEvalFix function misuse, Tambon et al. wrong attribute",
        VALUE,
    ),
    _kind(
        "missing_conversion",
        "A conversion or cleaning (`abs`, `int`, `sorted`, `strip`) is left out.",
        "return abs(a - b)",
        "return a - b",
        "HumanEvalFix missing logic, Tambon et al. wrong input type",
        FAILS,
    ),
    _kind(
        "missing_argument",
        "An argument that a call can do without but this one cannot is left out.",
        "return max(words, key=len)",
        "return max(words)",
        "HumanEvalFix missing logic, Tambon et al. incomplete generation",
        FAILS,
    ),
    _kind(
        "excess_logic",
        "Something is done that nobody asked for: rounding, sorting, dropping doubles or signs.",
        "return sum(values)",
        "return sum(set(values))",
        "HumanEvalFix excess logic, Tambon et al. non-prompted consideration",
        VALUE,
    ),
    _kind(
        "missing_case",
        "A corner case, a branch or one of several conditions is not handled.",
        "if n > 1 and n % 2 == 1:",
        "if n % 2 == 1:",
        "Tambon et al. missing corner case, HumanEvalFix missing logic",
        FAILS,
    ),
    _kind(
        "wrong_branching",
        "Branches that exclude each other no longer do: `if` for `elif`.",
        "elif n == 1:",
        "if n == 1:",
        "DebugBench condition error",
        VALUE,
    ),
    _kind(
        "wrong_jump",
        "A loop goes on where it should end, or the reverse.",
        "break",
        "continue",
        "DebugBench other error",
        VALUE,
    ),
    _kind(
        "early_return",
        "A `return` stands inside the loop after which it belongs.",
        "return total",
        "    return total",
        "DebugBench illegal indentation, Tambon et al. silly mistake",
        VALUE,
    ),
    _kind(
        "wrong_indentation",
        "A line stands in the block before it, or no longer in its own.",
        "        row = []",
        "    row = []",
        "DebugBench illegal indentation",
        VALUE,
    ),
    _kind(
        "missing_statement",
        "A line that updates something is left out.",
        "left += 1",
        "",
        "HumanEvalFix missing logic, Tambon et al. incomplete generation",
        VALUE,
    ),
    _kind(
        "wrong_accumulator",
        "What is gathered is overwritten, or gathered in the wrong way.",
        "total += x",
        "total = x",
        "HumanEvalFix operator misuse, DebugBench operation error",
        VALUE,
    ),
    _kind(
        "shallow_alias",
        "Two names or places share one object where each should have its own.",
        "grid = [[0] * m for _ in range(n)]",
        "grid = [[0] * m] * n",
        "DebugBench other error",
        VALUE,
    ),
    _kind(
        "sequential_assignment",
        "Values that should be exchanged at once are assigned one after the other.",
        "a, b = b, a + b",
        "a = b; b = a + b",
        "DebugBench variable error",
        VALUE,
    ),
    _kind(
        "wrong_return",
        "The wrong thing is given back, or a part of it, or too much of it.",
        "return best",
        "return current",
        "HumanEvalFix variable and value misuse",
        VALUE,
    ),
    _kind(
        "missing_return",
        "A result is computed, perhaps printed, and not given back.",
        "return power(base, n - 1)",
        "power(base, n - 1)",
        "HumanEvalFix missing logic, DebugBench other error",
        VALUE,
    ),
)
