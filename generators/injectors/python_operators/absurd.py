"""What nobody writes: a thing compared with, taken from or assigned to itself."""

import ast

_EMPTY = (ast.Sub, ast.Div, ast.FloorDiv, ast.Mod, ast.BitXor)


def absurdities(tree: ast.Module) -> int:
    """How many places of a program compare, subtract, divide or assign a thing and itself."""
    return sum(_absurd(node) for node in ast.walk(tree))


def _absurd(node: ast.AST) -> bool:
    match node:
        case ast.Compare(left=left, comparators=[right, *_]):
            return _same(left, right)
        case ast.BinOp(left=left, op=op, right=right):
            return isinstance(op, _EMPTY) and _same(left, right)
        case ast.BoolOp(values=values):
            return len({ast.dump(value) for value in values}) < len(values)
        case ast.Assign(
            targets=[ast.Name() | ast.Subscript() as target], value=ast.Name() | ast.Subscript() as value
        ):
            return ast.dump(target).replace("Store()", "Load()") == ast.dump(value)
        case ast.Call(func=ast.Name(id="min" | "max"), args=[one, two]):
            return _same(one, two)
    return False


def _same(one: ast.expr, other: ast.expr) -> bool:
    return ast.dump(one) == ast.dump(other)
