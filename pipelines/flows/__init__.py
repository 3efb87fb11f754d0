"""Prefect flows: `build`, `publish` and `refresh`, deployable by module path (`pipelines.flows.refresh:refresh`).

Importing this package sets what Prefect reads when it is imported: no telemetry, time for the temporary server's
first start (some 20 s on two cores while it makes its database), and patience with a server that restarts.
"""

import os

for _name, _value in {
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "60",
    "PREFECT_CLIENT_MAX_RETRIES": "8",  # some 8 minutes: each wait is twice the one before
}.items():
    os.environ.setdefault(_name, _value)
