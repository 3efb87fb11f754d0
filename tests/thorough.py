"""Whether the tests do all they can, as `make test-thorough` asks them, or what five minutes allow.

Thorough: all of GSM8K's problems instead of the first 120, all MBPP programs instead of a third, ten kills instead of
three, every recipe twice on two worlds, every fault at every request of a publication, the sandbox's whole contract
as an ordinary user.
"""

import os

THOROUGH = bool(os.environ.get("THOROUGH"))
KILLS = 10 if THOROUGH else 3
"""SIGKILLs of one build or server, at random moments."""
