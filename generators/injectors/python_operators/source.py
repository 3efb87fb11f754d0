"""A program with the place of every node of its concrete syntax tree, in code points."""

import ast
import warnings
from collections.abc import Iterator
from functools import lru_cache
from typing import TypeVar, overload

import libcst as cst
from libcst.metadata import ByteSpanPositionProvider, MetadataWrapper

from generators.injectors.single_edit import Change

N = TypeVar("N", bound=cst.CSTNode)
M = TypeVar("M", bound=cst.CSTNode)

MAX_CHARACTERS = 20_000
MAX_DEPTH = 60
"""Brackets inside brackets; native parsers recurse, and a stack that ends takes the process with it."""
MAX_RUN = 200
"""Unary signs, `not`, dots or blocks in a row, for the same reason."""


def parsed(text: str) -> ast.Module | None:
    """The abstract tree, or None for what is not Python or too large or deep to be worth reading."""
    if len(text) > MAX_CHARACTERS or not _shallow(text):
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # an invalid escape in somebody's string is not our affair
            tree = ast.parse(text)
            compile(tree, "<program>", "exec", dont_inherit=True)  # `return` outside a function and its like
            ast.dump(tree)  # raises where a tree is too deep to be compared
            return tree
    except (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError):
        return None


def _shallow(text: str) -> bool:
    depth = run = 0
    for character in text:
        depth += (character in "([{") - (character in ")]}")
        run = run + 1 if character in "-+~.*:@|&^/%<>" else 0
        if depth > MAX_DEPTH or run > MAX_RUN:
            return False
    return max(map(text.count, ("not ", "**", "lambda", "await ", "elif "))) <= MAX_RUN


class Source:
    """The tree of a program, its nodes in the order of the text, their parents and places."""

    def __init__(self, text: str, tree: ast.Module, module: cst.Module) -> None:
        wrapper = MetadataWrapper(module, unsafe_skip_copy=True)
        self.text = text
        self.tree = tree
        self.module = wrapper.module
        self._spans = wrapper.resolve(ByteSpanPositionProvider)
        self._places = _places(text)
        self._parents: dict[cst.CSTNode, cst.CSTNode] = {}
        self.nodes: list[cst.CSTNode] = []
        self._walk(self.module)

    def _walk(self, root: cst.CSTNode) -> None:
        stack = [root]
        while stack:
            node = stack.pop()
            self.nodes.append(node)
            for child in reversed(node.children):
                self._parents[child] = node
                stack.append(child)

    @overload
    def all(self, kind: type[N]) -> Iterator[N]: ...

    @overload
    def all(self, kind: tuple[type[N], type[M]]) -> Iterator[N | M]: ...

    def all(self, kind: type[N] | tuple[type[N], type[M]]) -> Iterator[N | M]:
        """Nodes of a class, in the order of the text."""
        return (node for node in self.nodes if isinstance(node, kind))

    @overload
    def below(self, root: cst.CSTNode, kind: type[N]) -> Iterator[N]: ...

    @overload
    def below(self, root: cst.CSTNode, kind: tuple[type[N], type[M]]) -> Iterator[N | M]: ...

    def below(self, root: cst.CSTNode, kind: type[N] | tuple[type[N], type[M]]) -> Iterator[N | M]:
        """Nodes of a class inside a node."""
        stack = [root]
        while stack:
            node = stack.pop()
            if isinstance(node, kind):
                yield node
            stack += reversed(node.children)

    def parent(self, node: cst.CSTNode) -> cst.CSTNode | None:
        """The node around it."""
        return self._parents.get(node)

    def around(self, node: cst.CSTNode, kind: type[N] | tuple[type[N], ...]) -> N | None:
        """The nearest node of a class around it."""
        at = self.parent(node)
        while at is not None and not isinstance(at, kind):
            at = self.parent(at)
        return at

    def inner(self, node: cst.CSTNode) -> tuple[int, int]:
        """Where a node stands, without its own parentheses."""
        span = self._spans[node]
        start, end = span.start, span.start + span.length
        return (self._places[start], self._places[end]) if self._places else (start, end)

    def span(self, node: cst.CSTNode) -> tuple[int, int]:
        """Where a node stands, with its own parentheses."""
        start, end = self.inner(node)
        left, right = getattr(node, "lpar", ()), getattr(node, "rpar", ())
        return (self.inner(left[0])[0], self.inner(right[-1])[1]) if left and right else (start, end)

    def code(self, node: cst.CSTNode) -> str:
        """The text of a node, with its own parentheses."""
        start, end = self.span(node)
        return self.text[start:end]

    def replace(self, node: cst.CSTNode, after: str, rank: int = 0) -> Change:
        """The change of a whole node."""
        return Change(*self.span(node), after, rank)

    def swap(self, first: cst.CSTNode, second: cst.CSTNode, rank: int = 0) -> Change:
        """The change that exchanges two nodes and leaves what stands between them."""
        (start, end), (begin, stop) = self.span(first), self.span(second)
        return Change(start, stop, self.text[begin:stop] + self.text[end:begin] + self.text[start:end], rank)

    def line(self, node: cst.CSTNode) -> tuple[int, int]:
        """The whole lines a node stands on, with the last line's end."""
        start, end = self.span(node)
        stop = self.text.find("\n", end)
        return self.text.rfind("\n", 0, start) + 1, len(self.text) if stop < 0 else stop + 1

    def indent(self, node: cst.CSTNode) -> str:
        """The white space before a node on its line."""
        start = self.line(node)[0]
        line = self.text[start : self.span(node)[0]]
        return line[: len(line) - len(line.lstrip())]

    def alone(self, node: cst.CSTNode) -> bool:
        """Whether nothing but comments shares the node's lines."""
        start, end = self.line(node)
        first, last = self.span(node)
        rest = self.text[last:end].strip()
        return not self.text[start:first].strip() and (not rest or rest.startswith("#"))

    def spaced(self, operator: str) -> str:
        """An operator as this program writes it: with blanks unless most of its operators have none."""
        seen = [self.text[self.inner(n)[0] - 1] == " " for n in self.all((cst.Add, cst.Subtract))]
        return operator if seen and sum(seen) * 2 < len(seen) else f" {operator} "


def _places(text: str) -> list[int] | None:
    """Byte offset to code point; None where they are the same."""
    if text.isascii():
        return None
    places: list[int] = []
    for number, character in enumerate(text):
        places += [number] * len(character.encode())
    return [*places, len(text)]


@lru_cache(maxsize=32)
def source(text: str) -> Source | None:
    """The program read, or None for what cannot be read or would not be written back as it was."""
    tree = parsed(text)
    if tree is None:
        return None
    try:
        module = cst.parse_module(text)
        return Source(text, tree, module) if module.code == text else None
    except (cst.ParserSyntaxError, cst.CSTValidationError, RecursionError, UnicodeError):
        return None
