"""What a person may decide about judging programs; the defaults are for training data."""

from typing import Literal

from pydantic import Field

from filters.verify.sandbox.job import Limits
from schemas.family import Options


class ProgramOptions(Options):
    """How strict a judge of programs is, and what a program may use."""

    strict_types: bool = False
    """A bool is no int and an int is no float when values are compared; otherwise as Python's `==`."""

    tolerance: float = Field(default=0.0, ge=0, lt=1)
    """Floats may differ by this share of the larger one."""

    stdout: Literal["lines", "tokens", "exact"] = "lines"
    """How printed text is compared: `lines` ignores blanks at line ends and empty lines at the end,
    `tokens` ignores all layout, `exact` ignores nothing."""

    allow_weak: bool = False
    """Count a pass of tests that could not be taken apart as right (reason `weak`) rather than unknown."""

    exclude_tampering: bool = False
    """Make every verdict on a program with tamper flags unknown (reason `tampering`)."""

    alone: bool = False
    """A process for each test rather than one for all: a test that ends the process hides no other."""

    runs: int = Field(default=1, ge=1, le=10)
    """Fresh processes that must agree on every test; where they do not, the verdict is unknown (`flaky`)."""

    trace: bool = False
    """Record the changed variables line by line for trace-driven repair; several times slower."""

    show_hidden: bool = False
    """Let feedback on hidden tests hold calls and values."""

    min_mutant_score: float = Field(default=0.5, ge=0, le=1)
    """Tests that kill a smaller share of the reference's mutants are weak, where that was measured.
    Of 100 MBPP problems (12 mutants each at most) 2 are below 0.5, 9 below 0.7 and 62 kill all."""

    mutants: int = Field(default=12, ge=0, le=200)
    """Mutants of a row's reference that a file command judges per problem; 0: the tests are not measured."""

    cpu_s: float = Field(default=5.0, gt=0, le=600)
    """Seconds of processor time for a program and its tests; the slowest of 300 MBPP references takes
    between 2 and 3."""

    wall_s: float = Field(default=15.0, gt=0, le=3600)
    """Seconds in all. Meeting it is unknown (`wall_timeout`), not wrong: the machine may be slow."""

    reference_factor: float = Field(default=10.0, gt=1)
    """With a reference, `cpu_s` and `wall_s` shrink to this many times what it took, not below 1 s."""

    memory_bytes: int = Field(default=512 << 20, ge=64 << 20)
    """Address space."""

    output_bytes: int = Field(default=64 << 10, ge=1 << 10)
    """Bytes of stdout and of what the calls give."""

    def limits(self) -> Limits:
        """The same as a sandbox takes it."""
        return Limits(self.cpu_s, self.wall_s, self.memory_bytes, self.output_bytes)
