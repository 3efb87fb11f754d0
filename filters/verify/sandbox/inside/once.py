"""One job in a process of its own: the job as JSON on standard input, what it emits as JSON lines on a file."""

import json
import os
import random
import resource
import sys

from filters.verify.sandbox.inside.case import Lines, exit_status, flush, furnish
from filters.verify.sandbox.inside.run import run


def main(fd: int, job_file: int) -> None:
    """Read the job, take its limits, run it, write what it emits to `fd`. Ends the process."""
    with open(job_file, "rb") as text:
        job = json.loads(text.read())
    random.seed(0)
    furnish()
    os.environ.clear()
    limits = job["limits"]
    whole_s = int(limits["cpu_s"]) + 1
    for kind, amount in (
        (resource.RLIMIT_AS, limits["memory_bytes"]),
        (resource.RLIMIT_CPU, whole_s),
        (resource.RLIMIT_FSIZE, limits["file_bytes"]),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (amount, amount))
    status = 1
    try:
        run(job, Lines(fd, limits["output_bytes"]).emit)
        status = 0
    except MemoryError:
        os.write(fd, b'{"raised":["MemoryError","",null,""]}\n')
        status = 0
    except SystemExit as error:
        status = exit_status(error.code)
    finally:
        flush()
        sys.stdout = None
        os._exit(status)
