"""How long the commands take to start, over bare Python.

    python bench/start.py

Medians of 9 runs, wall milliseconds; the difference to `python -c pass` is what counts.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

COMMANDS = {
    "python -c pass": [sys.executable, "-c", "pass"],
    "curate --help": [sys.executable, "-m", "curate", "--help"],
    "train --help": [sys.executable, "-m", "train", "--help"],
}


def median_ms(command: list[str], runs: int = 9) -> float:
    """Return the median wall time of a command in milliseconds."""
    times = []
    for _ in range(runs + 1):
        started = time.perf_counter()
        subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
        times.append((time.perf_counter() - started) * 1000)
    return statistics.median(times[1:])


def main() -> None:
    bare = 0.0
    for name, command in COMMANDS.items():
        found = median_ms(command)
        bare = bare or found
        print(f"{name:16} {found:6.0f} ms  {found - bare:+6.0f} ms over bare Python")


if __name__ == "__main__":
    main()
