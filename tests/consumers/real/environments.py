"""The consumers' own virtual environments, under `.consumers/`, each with its pinned packages."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import venv
from dataclasses import dataclass
from pathlib import Path

from tests.consumers.real.sources import ROOT

HOME = ROOT / ".consumers"
_TORCH = ("torch", "torchgen", "functorch")
# What torch itself imports.
_BESIDE_TORCH = ("filelock", "sympy", "networkx", "jinja2", "typing_extensions", "numpy")


@dataclass(frozen=True, slots=True)
class Environment:
    """One consumer's packages.

    Attributes:
        reader: The reader that runs in it, `tests/consumers/real/READER.py`.
        package: The consumer itself, installed without what its metadata asks for.
        needs: What its loader imports, and nothing else.
        note: What is missing of the consumer, and why that changes no row.
    """

    reader: str
    package: str = ""
    needs: tuple[str, ...] = ()
    note: str = ""


ENVIRONMENTS = {
    "llamafactory": Environment(
        "read_llamafactory",
        "llamafactory==0.9.5",
        (
            "datasets==4.0.0",
            "transformers==5.6.0",
            "peft==0.18.1",
            "accelerate==1.11.0",
            "trl==0.24.0",
            *("pyyaml", "omegaconf", "av", "pillow", "safetensors", "sentencepiece"),
            *("protobuf", "tiktoken"),
        ),
        "torchaudio is an empty module: there is no build of it for a CPU alone, and only the "
        "reading of audio calls it.",
    ),
    "axolotl": Environment(
        "read_axolotl",
        "axolotl==0.19.0",
        (
            "datasets==4.8.4",
            "transformers==5.16.1",
            "huggingface_hub==1.17.0",
            "tokenizers==0.23.1",
            "pydantic==2.12.5",
            "peft==0.20.0",
            "accelerate==1.13.0",
            "trl==1.9.0",
            "posthog==6.7.11",
            *("addict", "colorama", "numba", "PyYAML==6.0.3"),
        ),
        "The settings are given as its loaders take them, past the checks of its YAML; telemetry "
        "is off.",
    ),
    "ms-swift": Environment(
        "read_swift",
        "ms-swift==4.6.0",
        (
            "datasets==4.8.4",
            "transformers==5.16.1",
            "peft==0.20.0",
            *("modelscope", "json-repair", "addict", "pillow", "requests"),
        ),
        "What is trained is not shown: its templates are bound to a model's files.",
    ),
    "torchtune": Environment(
        "read_torchtune",
        "torchtune==0.6.1",
        (
            "datasets==5.2.0",
            "torchdata==0.11.0",
            "torchao==0.10.0",
            *("omegaconf", "pillow", "safetensors", "sentencepiece", "tiktoken", "blobfile"),
            *("tokenizers", "kagglehub", "psutil"),
        ),
        "Its tokenizers need a model's files; one of bytes stands in for them, which torchtune "
        "lets its users bring.",
    ),
}
# Read by the project's own environment, and by two generations of `datasets` in those above.
OTHERS = {
    "trl": (Path(sys.prefix), "read_trl"),
    "datasets 4.0.0": (HOME / "llamafactory", "read_datasets"),
    "datasets 4.8.4": (HOME / "axolotl", "read_datasets"),
    "datasets of this project": (Path(sys.prefix), "read_datasets"),
}


def reader_of(consumer: str) -> tuple[Path, Path]:
    """Return the Python of a consumer and the reader that it runs."""
    if consumer in ENVIRONMENTS:
        home, reader = HOME / consumer, ENVIRONMENTS[consumer].reader
    else:
        home, reader = OTHERS[consumer]
    return home / "bin" / "python", Path(__file__).with_name(f"{reader}.py")


def make(name: str) -> str | None:
    """Make an environment unless it is there as it must be; return why it cannot be, or None."""
    wanted = ENVIRONMENTS[name]
    home, stamp = HOME / name, HOME / name / "made"
    told = hashlib.sha256(repr((wanted, sys.version, _BESIDE_TORCH)).encode()).hexdigest()
    if stamp.exists() and stamp.read_text() == told:
        return None
    venv.create(home, clear=True, with_pip=True)
    shared = HOME / "shared"
    _share_torch(shared)
    _packages(home).joinpath("shared.pth").write_text(f"{shared}\n")
    pip = [str(home / "bin" / "python"), "-m", "pip", "install", "--quiet"]
    for step in ([*wanted.needs, *_BESIDE_TORCH, "setuptools"], ["--no-deps", wanted.package]):
        done = subprocess.run(
            [*pip, *step],
            capture_output=True,
            text=True,
            check=False,
            env=os.environ | {"PIP_DISABLE_PIP_VERSION_CHECK": "1"},
        )
        if done.returncode:
            lines = [line for line in done.stderr.split("\n") if line.startswith("ERROR")]
            return f"pip install failed: {' '.join(lines)[:300]}"
    stamp.write_text(told)
    return None


def _share_torch(shared: Path) -> None:
    """Lay this project's torch where the environments find it: one copy serves all."""
    shared.mkdir(parents=True, exist_ok=True)
    here = _packages(Path(sys.prefix))
    for found in [*(here / name for name in _TORCH), *here.glob("torch-*.dist-info")]:
        link = shared / found.name
        if link.is_symlink():
            link.unlink()
        if found.exists():
            link.symlink_to(found)


def _packages(home: Path) -> Path:
    return next((home / "lib").glob("python3*")) / "site-packages"
