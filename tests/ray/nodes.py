"""A Ray cluster of three nodes on this machine, in a process of its own: one without cores, two with a core and a GPU
that Ray only counts. Prints its address; `kill` on standard input ends a node hard, the end of the input all.
"""

import sys

from ray.cluster_utils import Cluster

_MODEST = {"object_store_memory": 80_000_000, "include_log_monitor": False}


def main() -> None:
    """Serve until standard input ends."""
    cluster = Cluster()
    cluster.add_node(num_cpus=0, include_dashboard=False, **_MODEST)
    nodes = [cluster.add_node(num_cpus=1, num_gpus=1, **_MODEST) for _ in range(2)]
    print(cluster.address, flush=True)
    for line in sys.stdin:
        if line.strip() == "kill":
            cluster.remove_node(nodes.pop(), allow_graceful=False)
            print("killed", flush=True)
    cluster.shutdown()


if __name__ == "__main__":
    main()
