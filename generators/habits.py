"""Four habits of thought, counted in any text by what is said.

"Cognitive Behaviors that Enable Self-Improving Reasoners" (arXiv 2503.01307) counts with a judge model; here
each habit is a list of phrasings, each match one occurrence. Numbered steps and plain "first … then" are no subgoals.
Read on made cases only (tests/cases/habits.json): no recall on real traces has been measured.
"""

import re
from dataclasses import astuple, dataclass

_VERIFICATION = re.compile(
    r"\b(?:double[- ]?check|re-?check|verify|verif(?:ies|ied|ying|ication)|cross-?check|sanity check)\w*"
    r"|\bcheck(?:s|ing)?(?:\s+(?:that|this|the|my|it|whether|if|again)\b|:)"
    r"|\b(?:matches|is equal to|equals|hits) the target\b|\bnot (?:equal to )?the target\b"
    r"|, (?:not|and not|which is not) -?\d[\d,.]*\d?(?=[.,;\s]|$)|\bdoes not (?:equal|match)\b",
    re.IGNORECASE,
)
_BACKTRACKING = re.compile(
    r"\b(?:go|going|went) back\b|\bback to -?\d|\bbacktrack\w*|\bdead end\b"
    r"|\b(?:that|this|it|neither|none)(?: \w+){0,2}? (?:does not|doesn't|did not|didn't|won't|cannot|can't) work\b"
    r"|\b(?:neither|none|nothing)\b[^.\n]{0,30}\b(?:works|leads|fits)\b|\bno luck\b"
    r"|\blet(?:'s| me| us) (?:instead )?try (?:again|another|something else|a different|the other)\b"
    r"|\b(?:start|starting) over\b|\banother (?:approach|way|route)\b|\bscratch that\b",
    re.IGNORECASE,
)
_SUBGOALS = re.compile(
    r"\bsub-?(?:goals?|problems?|questions?)\b"
    r"|\b(?:break|split)(?:s|ting|ing)? (?:this|it|the (?:problem|task|question))\b[^.\n]{0,20}\b(?:down|into|up)\b"
    r"|\bfirst,? (?:I|we) (?:need|have|want|must)\b|\b(?:next|then),? (?:I|we) (?:need|have|want|must) to\b"
    r"|\b(?:my|our|the) (?:first|next) (?:goal|aim|task|step) is\b"
    r"|\bto (?:find|get|know|work out) [^.,\n]{3,60}, (?:I|we) (?:first )?(?:need|must|have to)\b"
    r"|\bpart \d+:",
    re.IGNORECASE,
)
_BACKWARD = re.compile(
    r"\b(?:work|working|reason|reasoning|chain|chaining|think|thinking|go|going) backwards?\b"
    r"|\bbackwards? from\b|\b(?:start|starting) (?:from|at|with) the (?:target|goal|end|answer)\b"
    r"|\bto (?:end at|reach|arrive at|land on|make|hit) (?:the target|-?\d[\d,.]*)\b"
    r"[^.\n]{0,60}\b(?:must|need|needs|would)\b"
    r"|\b(?:must|would) have been\b|\bwhat (?:would|must|do|does) (?:I|we|it|come) [^.?\n]{0,30}\bbefore\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Habits:
    """How often each habit shows in a text."""

    verification: int = 0
    backtracking: int = 0
    subgoals: int = 0
    backward_chaining: int = 0

    @property
    def different(self) -> int:
        """How many of the four show at all."""
        return sum(count > 0 for count in astuple(self))

    def shown(self) -> list[str]:
        """Names of those that show, in the order above."""
        return [name for name, count in zip(self.__slots__, astuple(self), strict=True) if count]


def habits(text: str) -> Habits:
    """Counts of the four habits.

    >>> habits("19 + 3 = 22, not 39. That does not work, so I go back to 10.")
    Habits(verification=1, backtracking=2, subgoals=0, backward_chaining=0)
    """
    patterns = (_VERIFICATION, _BACKTRACKING, _SUBGOALS, _BACKWARD)
    return Habits(*(sum(1 for _ in pattern.finditer(text)) for pattern in patterns))
