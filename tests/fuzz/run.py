"""Fuzz one target with atheris for a while: `python -m tests.fuzz.run NAME [SECONDS]`.

A fault ends it with its traceback; the input is left as `crash-…` in `.fuzz/NAME/`. With no name it
prints the names.
"""

from __future__ import annotations

import os
import sys
import warnings
from pathlib import Path

import atheris

KEPT = Path(".fuzz")
os.environ["FUZZ_FOLDER"] = str(KEPT / (sys.argv[1] if len(sys.argv) > 1 else "") / "files")

with atheris.instrument_imports(include=["curate"]):
    from tests.fuzz.targets import LARGEST, TARGETS, seeds


def main() -> None:
    """Run the target that the command line names."""
    if len(sys.argv) < 2:
        sys.stdout.write("\n".join(TARGETS) + "\n")
        return
    name = sys.argv[1]
    seconds = int(sys.argv[2]) if len(sys.argv) > 2 else 60
    corpus = KEPT / name / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    Path(os.environ["FUZZ_FOLDER"]).mkdir(exist_ok=True)
    for at, data in enumerate(seeds(TARGETS[name])):
        (corpus / f"seed-{at:04}").write_bytes(data)
    warnings.simplefilter("ignore")
    options = [
        f"-max_total_time={seconds}",
        f"-max_len={LARGEST}",
        "-timeout=20",
        "-rss_limit_mb=2048",
        f"-artifact_prefix={KEPT / name}/",
        "-print_final_stats=1",
    ]
    atheris.Setup([sys.argv[0], *options, str(corpus)], TARGETS[name].run)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
