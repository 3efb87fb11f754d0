"""What a person may decide about judging SQL; the defaults are for training data."""

from typing import Literal

from pydantic import Field

from schemas.family import Options


class SqlOptions(Options):
    """How results are compared, and what one query may spend."""

    columns: Literal["order", "any"] = "order"
    """Whether columns must come in the reference's order (`order`) or in any order (`any`). Names of
    columns never count."""

    relative_tolerance: float = Field(default=1e-9, ge=0, lt=1)
    """Two numbers of which one is a float are equal when they differ by at most this share of the
    larger one, or by 1e-12. Integers and decimals are compared exactly."""

    scan_check: bool = True
    """Run a query that gave the right rows once more with the rows of every table in reverse, and the
    reference where rows differ: what depends on the order of storage is unknown, not right or wrong."""

    workers: int = Field(default=1, ge=1, le=64)
    """Most worker processes at a time for each engine, and as many again for the reference queries."""

    deadline_s: float = Field(default=5.0, gt=0, le=600)
    """Wall-clock seconds one run of a query may take, the building of its database included."""

    memory_bytes: int = Field(default=256 << 20, ge=16 << 20)
    """Memory one run may take beyond what the idle worker holds."""

    max_rows: int = Field(default=10_000, ge=1)
    """Rows of a result; a query that gives more, where the reference does not, is wrong."""

    max_result_bytes: int = Field(default=16 << 20, ge=1 << 10)
    """Size of a result as JSON text; more is unknown (reason `result_too_large`)."""
