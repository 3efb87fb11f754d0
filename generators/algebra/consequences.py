r"""What becomes of the rest of a solution after a false move: carried through exactly, or cut off.

Carried through: in the rest of the chain every side is worked out anew, and later sides that are or
contain the changed number follow it. Refused wherever a reader could not be sure: another place has
the same number, a later side is not understood, the prose draws conclusions from what was right.

Cut off: the text ends with the false move and states no answer. That is the weaker, honest way for
what cannot be carried through.
"""

import re
from dataclasses import dataclass, field

from filters.verify.math.surd import Surd
from generators.algebra.change import Change, holds
from generators.algebra.reading import Chain, Side, is_number, regions, value_of
from generators.algebra.tokens import tokens
from generators.algebra.writing import least, rewritten, unboxed
from schemas.injection import Edit


class Refused(Exception):
    """The change cannot be carried through; the reason is a slug."""


_CONCLUDES = re.compile(
    r"\b(?:prime|odd|even|divisible|divides|multiples?|factors?|check\w*|verif\w*|satisf\w*|indeed|contradict\w*|"
    r"impossible|extraneous|greater|larger|smaller|less|between|perfect|positive|negative|alternatively|mistake|note|"
    r"OR|cases?|remainder|digits?|congruent|must)\b"
)
_END = re.compile(r"\\end\s*\{[A-Za-z]+\*?\}")
_NUMBER = re.compile(r"(?<![\w.,])\d+(?:,\d{3})*(?:\.\d+)?(?![\w%])")
_SENTENCE = re.compile(r"\.(?=\s|$)|\n\s*\n|\[asy\]")


def cut_after(text: str, change: Change) -> tuple[Edit, ...]:
    """The change and nothing after its side; the LaTeX around it is closed as it was. Refused."""
    around = next(
        ((start, end, outer) for start, end, outer in regions(text) if start <= change.last <= end), None
    )
    if around is None:
        raise Refused("no_region")
    _, inner_end, (_, outer_end) = around
    tail = text[change.last : inner_end]
    if "\\begin" in tail or tail.count("{") != tail.count("}"):
        raise Refused("not_closed")
    closing = _END.search(tail)
    stop = change.last + closing.start() if closing else inner_end
    keep = change.last
    while keep < stop and text[keep] in ". \n\\!" and not text.startswith(("\\\\", "\\q"), keep):
        keep += 1
    cause = Edit(change.start, change.end, change.after)
    edits = [cause]
    if keep < stop:
        edits.append(Edit(keep, stop, "\n" if closing else "", "consequence"))
    after = outer_end + (text[outer_end : outer_end + 1] == ".")
    if after < len(text):
        edits.append(Edit(after, len(text), "", "consequence"))
    return tuple(edits)


def carried(text: str, chains: tuple[Chain, ...], change: Change, statement: str) -> tuple[Edit, ...]:
    """All edits with the consequences written; Refused with a slug."""
    follow = _Follow(text, chains, change, statement)
    follow.run()
    return follow.edits()


@dataclass
class _Follow:
    text: str
    chains: tuple[Chain, ...]
    change: Change
    statement: str
    new: dict[tuple[int, int], Surd] = field(default_factory=dict)
    """New values of sides by chain and side."""
    gone: dict[Surd, Surd] = field(default_factory=dict)
    """Values of the right solution that are other ones now."""
    made: list[Edit] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    """Left sides that have another value now."""

    def run(self) -> None:
        if self.change.value is None:
            raise Refused("no_value")
        where = (self.change.chain, self.change.side)
        side = self.chains[where[0]].sides[where[1]]
        self._changed(where, side, self.change.value)
        old, new = value_of(self.text[self.change.start : self.change.end]), value_of(self.change.after)
        if old is not None and new is not None and is_number(old):
            self.gone[old] = new  # one number of a longer side: 25 + 144 as 10 + 144
        boxed = bool(unboxed(side.text)[0])
        if boxed:
            self._close(self.chains[where[0]].region[1])
            return
        for number in range(where[0], len(self.chains)):
            chain = self.chains[number]
            for at, later in enumerate(chain.sides):
                if (number, at) > where:
                    self._side(number, at, chain, later)
                    if unboxed(later.text)[0]:
                        if (number, at) not in self.new:
                            raise Refused("answer_unchanged")
                        self._prose(self.change.last, later.start)
                        self._close(chain.region[1])
                        return
        raise Refused("no_box")

    def edits(self) -> tuple[Edit, ...]:
        cause = Edit(self.change.start, self.change.end, self.change.after)
        return tuple(sorted([cause, *self.made]))

    def _changed(self, where: tuple[int, int], side: Side, value: Surd) -> None:
        self.new[where] = value
        if side.value is None:
            raise Refused("not_read")
        if is_number(side.value):
            self.gone[side.value] = value
        first = self.chains[where[0]].sides[0]
        if (where[1] and first.value is not None and not is_number(first.value)) or first.value is None:
            self.names.append("".join(first.text.split()))

    def _side(self, number: int, at: int, chain: Chain, side: Side) -> None:
        before = (number, at - 1)
        led = at > 0 and chain.relations[at - 1] == "=" and before in self.new
        followed = self._followed(side)
        if led and holds(chain.sides[at - 1], side):
            value = self.new[before]
            made = (
                followed
                if followed is not None and value_of(followed) == value
                else rewritten(side.text, value)
            )
            if made is None:
                raise Refused("not_writable")
            if value != side.value:
                self._write(side, made)
                self._changed((number, at), side, value)
        elif led:
            raise Refused("not_read" if side.value is None else "equation")
        elif followed is None:
            self._untouched(at, side)
        else:
            self._mentions((number, at), side, followed)

    def _untouched(self, at: int, side: Side) -> None:
        """A side without changed numbers must not stand for one by its name."""
        compact = "".join(side.text.split())
        if any(name in compact and not (at == 0 and name == compact) for name in self.names):
            raise Refused("name_used")

    def _mentions(self, where: tuple[int, int], side: Side, followed: str) -> None:
        """A side that begins with changed numbers: they must come from nowhere else."""
        value = value_of(followed)
        if value is None or side.value is None or not is_number(side.value):
            raise Refused("not_read")
        ambient = self.text[: self.change.start] + " " + self.statement
        if any(_stands(text, ambient) for text in self._literals(side)):
            raise Refused("ambiguous")
        if value == side.value:
            raise Refused("unchanged")
        self._write(side, followed)
        self._changed(where, side, value)

    def _literals(self, side: Side) -> list[str]:
        """Numbers of a side that are no longer what they were."""
        found = [t.text for t in tokens(side.text, 0, len(side.text)) if t.kind == "number"]
        return [text for text in found if value_of(text) in self.gone]

    def _followed(self, side: Side) -> str | None:
        """The side with changed numbers in place of the old ones; None where it has none of them."""
        head, inner, tail = unboxed(side.text)
        whole = value_of(inner)
        if whole in self.gone and whole is not None and not re.search(r"[+*/^]|\\cdot|\\times|\d\s*-", inner):
            made = rewritten(inner, self.gone[whole])
            if made is None:
                raise Refused("not_writable")
            return head + made + tail
        parts, at, hits = [], 0, 0
        for token in tokens(inner, 0, len(inner)):
            value = value_of(token.text) if token.kind == "number" else None
            if value is None or value not in self.gone:
                continue
            spelt = rewritten(token.text, self.gone[value])
            if spelt is None:
                raise Refused("not_writable")
            parts += [inner[at : token.start], f"({spelt})" if spelt.startswith("-") else spelt]
            at, hits = token.end, hits + 1
        return head + "".join([*parts, inner[at:]]) + tail if hits else None

    def _write(self, side: Side, after: str) -> None:
        start, end, new = least(side.start, side.text, after)
        self.made.append(Edit(start, end, new, "consequence"))

    def _prose(self, start: int, end: int) -> None:
        """Refuses prose that repeats a changed number or reasons about it."""
        words = "".join(self._between(start, end))
        if _CONCLUDES.search(words):
            raise Refused("concludes")
        if any(value_of(n) in self.gone for n in _NUMBER.findall(words)):
            raise Refused("in_words")

    def _between(self, start: int, end: int) -> list[str]:
        parts, at = [], start
        for _, _, (first, last) in regions(self.text):
            if last > at and first < end:
                parts.append(self.text[at : max(at, first)])
                at = last
        return [*parts, self.text[at : max(at, end)]]

    def _close(self, at: int) -> None:
        """The sentence of the answer is kept, and what comes after it only where it states nothing."""
        match = None if self.text[at - 2 : at - 1] == "." else _SENTENCE.search(self.text, at)
        stop = (
            at
            if self.text[at - 2 : at - 1] == "."
            else (match.start() + (match[0] == ".") if match else len(self.text))
        )
        sentence, rest = self.text[at:stop], self.text[stop:]
        if re.search(r"[\d$\\]", sentence) or _CONCLUDES.search(sentence):
            point = "" if self.text[:at].endswith(".") else "."
            self.made.append(Edit(at, len(self.text), point, "consequence"))
        elif rest.strip():
            self.made.append(Edit(stop, len(self.text), "", "consequence"))


def _stands(number: str, text: str) -> bool:
    return re.search(rf"(?<![\d.,]){re.escape(number)}(?![\d]|\.\d)", text) is not None
