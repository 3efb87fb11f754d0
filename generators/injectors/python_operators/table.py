"""Which operator makes which kind."""

from collections.abc import Callable, Iterator

from generators.injectors.python_operators import (
    accumulation,
    arithmetic,
    blocks,
    bounds,
    branches,
    calls,
    conditions,
    names,
    returns,
    values,
)
from generators.injectors.python_operators.source import Source
from generators.injectors.single_edit import Change

OPERATORS: dict[str, Callable[[Source], Iterator[Change]]] = {
    "off_by_one": bounds.off_by_one,
    "wrong_index": bounds.wrong_index,
    "boundary_comparison": conditions.boundary,
    "inverted_condition": conditions.inverted,
    "wrong_connective": conditions.connective,
    "wrong_arithmetic": arithmetic.operator,
    "missing_term": arithmetic.missing_term,
    "missing_parentheses": arithmetic.parentheses,
    "wrong_variable": names.variable,
    "wrong_argument_order": names.order,
    "wrong_initial_value": values.initial,
    "wrong_constant": values.constant,
    "wrong_function": calls.function,
    "missing_conversion": calls.conversion,
    "missing_argument": calls.argument,
    "excess_logic": calls.excess,
    "missing_case": branches.missing_case,
    "wrong_branching": branches.branching,
    "wrong_jump": branches.jump,
    "early_return": blocks.early_return,
    "wrong_indentation": blocks.indentation,
    "missing_statement": blocks.missing_statement,
    "wrong_accumulator": accumulation.accumulator,
    "shallow_alias": accumulation.alias,
    "sequential_assignment": accumulation.one_after_another,
    "wrong_return": returns.wrong_return,
    "missing_return": returns.missing_return,
}
"""An operator by the slug of the kind of mistakes it makes."""
