"""Consumers run on what `curate convert` wrote, and what they read compared with what was meant."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.consumers.real.environments import HOME, reader_of
from tests.consumers.real.exchange import Job, View
from tests.consumers.real.jobs import READS, canonical, job, seen
from tests.consumers.real.sources import Written, write

SCRATCH = HOME / "scratch"
_SETTINGS = {
    "HF_HUB_OFFLINE": "1",
    "HF_DATASETS_DISABLE_PROGRESS_BARS": "1",
    "TOKENIZERS_PARALLELISM": "false",
    "OMP_NUM_THREADS": "1",
    "PYTHONWARNINGS": "ignore",
    "PYTHONHASHSEED": "0",
    "DO_NOT_TRACK": "1",
    "AXOLOTL_DO_NOT_TRACK": "1",
    # What `axolotl preprocess` sets: the loaders alone, no training steps are counted.
    "AXOLOTL_IS_PREPROCESS": "1",
    "TRL_EXPERIMENTAL_SILENCE": "1",
    "HF_HOME": str(SCRATCH / "huggingface"),
    "MODELSCOPE_CACHE": str(SCRATCH / "modelscope"),
}


@dataclass(slots=True)
class Answers:
    """What a consumer's reader said.

    Attributes:
        versions: Its packages' versions.
        answers: What it read, by the name of the job: `rows` and `stopped`.
        failed: Why it did not run, or None.
    """

    versions: dict[str, str] = field(default_factory=dict)
    answers: dict[str, dict[str, Any]] = field(default_factory=dict)
    failed: str | None = None


def ask(consumer: str, jobs: list[Job], what: str) -> Answers:
    """Run a consumer's reader on jobs, in its own Python."""
    python, reader = reader_of(consumer)
    folder = SCRATCH / what / consumer.replace(" ", "-")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "jobs.json").write_text(json.dumps(jobs))
    command = [str(python), str(reader), str(folder / "jobs.json"), str(folder / "answers.json")]
    with (folder / "log").open("w") as log:
        done = subprocess.run(
            command, env=os.environ | _SETTINGS, stdout=log, stderr=log, check=False, cwd=folder
        )
    if done.returncode:
        last = (folder / "log").read_text().strip().rpartition("\n")[2]
        return Answers(failed=f"its reader ended with {done.returncode}: {last}"[:300])
    said = json.loads((folder / "answers.json").read_text())
    return Answers(said["versions"], said["answers"])


@dataclass(frozen=True, slots=True)
class Reading:
    """One file of one format in one consumer.

    Attributes:
        to: The format.
        source: The rows.
        container: How they were written.
        written: What was written.
        fault: What the consumer read otherwise than was meant, or None.
    """

    to: str
    source: str
    container: str
    written: Written
    fault: str | None


def read_formats(consumer: str) -> tuple[Answers, list[Reading]]:
    """Let a consumer read every format that it can, and compare each row with its meaning."""
    asked: list[tuple[str, str, str, Written, Job]] = []
    for number, (to, source, container, dialect) in enumerate(_asked(consumer)):
        written = written_once(source, to, container)
        folder = SCRATCH / "read" / consumer / str(number)
        made = job(consumer, dialect, data_file(written.path), str(number), folder)
        asked.append((to, source, container, written, made))
    answers = ask(consumer, [item[-1] for item in asked], "read")
    if answers.failed:
        return answers, []
    readings = []
    for to, source, container, written, made in asked:
        means = [seen(view, consumer, to, container) for view in written.views]
        fault = difference(means, answers.answers[made["name"]], consumer)
        readings.append(Reading(to, source, container, written, fault))
    return answers, readings


def _asked(consumer: str) -> Iterator[tuple[str, str, str, str]]:
    for to, (sources, containers, dialect) in READS[consumer].items():
        for source in sources:
            for container in containers:
                yield to, source, container, dialect


_WRITTEN: dict[tuple[str, str, str], Written] = {}


def written_once(source: str, to: str, container: str) -> Written:
    """Return what `curate convert` makes of a source, written at most once."""
    key = (source, to, container)
    if key not in _WRITTEN:
        name = "-".join(key).replace(" ", "-")
        _WRITTEN[key] = write(source, to, container, SCRATCH / "written" / name)
    return _WRITTEN[key]


def data_file(path: Path) -> Path:
    """Return the one data file of a folder, or the file itself."""
    if not path.is_dir():
        return path
    (found,) = (path / "data").iterdir()
    return found


def difference(means: list[View], answer: dict[str, Any], consumer: str) -> str | None:
    """Return the first thing that a consumer read otherwise than it was meant."""
    if answer["stopped"]:
        return f"stopped: {answer['stopped']}"
    rows = answer["rows"]
    if len(rows) != len(means):
        return f"{len(means)} rows in, {len(rows)} read"
    for number, (meant, row) in enumerate(zip(means, rows, strict=True), 1):
        wanted, got = canonical(meant, consumer), canonical(row, consumer)
        if wanted != got:
            keys = [key for key in wanted.keys() | got.keys() if wanted.get(key) != got.get(key)]
            key = min(keys)
            return f"row {number}, {key}: {wanted.get(key)!r} became {got.get(key)!r}"
    return None
