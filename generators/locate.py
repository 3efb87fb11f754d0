"""Finding the first wrong step of a wrong attempt without a model: the door to `generators.locating`.

Ways, each saying how it knows (`Location.method`) and how sure it is (`Location.confidence`):
`equations`, `reference`, `units`, `numbers`, `answer`; with a model also `continuations` and
`judged`. Not covered: mistakes in words alone; steps without equations are not strange, and vouch for nothing.
"""

from generators.locating.ensemble import symbolic as _symbolic
from generators.locating.equations import false_step
from generators.locating.flow import Evidence
from generators.locating.known import Known, known_of, read_whole, vouched
from generators.locating.slips import plain_number
from schemas.attempt import Attempt
from schemas.location import Location

__all__ = ["Known", "false_step", "known_of", "plain_number", "read_whole", "symbolic", "vouched"]


def symbolic(attempt: Attempt, known: Known, statement: str = "") -> Location | None:
    """First wrong step by its equations and numbers, given what right solutions state; None where nothing shows."""
    return _symbolic(Evidence(statement, attempt, known))
