"""Evaluation items among training rows: what looking for them costs, what is found, what is not.

    python bench/decontam.py [--rows 500000] [--peer-rows 20000] [--peers PYTHON] [--only …]

Needs `TUNESMITH_DATA`. Cost: CPU seconds without reading, on rows of 1 kB against GSM8K's test
split, beside a set of 13-grams in Python and datatrove's filter, which see fewer rows, scaled.
Found: items planted as they are and as others paraphrased them (a row counts as found whichever
item it is held for), and what is hit in sets that hold none, as far as is known.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import Any

import rows

HERE = Path(__file__).parent
OURS = ("exact, near, 13-grams", "the same, exact keys", "the same, paraphrase")
GSM8K = "openai+grade-school-math/grade_school_math/data/test.jsonl"
HUMANEVAL = "openai+human-eval/data/HumanEval.jsonl.gz"
EVALUATIONS = {
    "GSM8K": GSM8K,
    "HumanEval": HUMANEVAL,
    "MT-bench": "lm-sys+FastChat/fastchat/llm_judge/data/mt_bench/question.jsonl",
    "AlpacaEval": "tatsu-lab+alpaca_eval/results/text_davinci_003/model_outputs.json",
    "Vicuna": "gpt4life+alpagasus/test_data/vicuna_test_set.jsonl",
    "Koala": "gpt4life+alpagasus/test_data/koala_test_set.jsonl",
    "LIMA": "MingLiiii+Cherry_LLM/evaluation/test_data/lima_test_set.jsonl",
}
PARAPHRASED = {
    "GSM8K": "lm-sys+llm-decontaminator/data/rephrase/rephrase_gsm8k.jsonl",
    "HumanEval": "lm-sys+llm-decontaminator/data/rephrase/humaneval_python.jsonl",
}
# Sets that are not known to hold items, and the key of their responses.
CLEAN = {
    "gpt4life+alpagasus/data/random/random_9k.json": "output",
    "dolly_1497.json": "output",
    "sahil280114+codealpaca/data/code_alpaca_2k.json": "output",
    "teknium1+GPTeacher/Toolformer/toolformer-dedupe-only-dataset.json": "response",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=500_000)
    parser.add_argument("--peer-rows", type=int, default=20_000)
    parser.add_argument("--peers", default=sys.executable, metavar="PYTHON")
    parser.add_argument("--only", choices=("cost", "found"))
    asked = parser.parse_args()
    named = os.environ.get("TUNESMITH_DATA")
    if not named:
        sys.exit("TUNESMITH_DATA is not set: it names the folder of published data files")
    print(f"{platform.machine()}, {os.cpu_count()} processors, Python {platform.python_version()}")
    if asked.only != "found":
        costs(Path(named), asked.rows, asked.peer_rows, asked.peers)
    if asked.only != "cost":
        found(Path(named))


def costs(data: Path, count: int, peer_count: int, peers: str) -> None:
    work = Path(tempfile.gettempdir()) / "tunesmith-bench"
    path = rows.write(work, count)["jsonl"]
    fewer = work / f"alpaca-first-{peer_count}.jsonl"
    with path.open(encoding="utf-8") as whole, fewer.open("w", encoding="utf-8") as part:
        part.writelines(islice(whole, peer_count))
    size = path.stat().st_size
    print(f"{count:,} rows, {size / 1e6:.0f} MB, against GSM8K")
    print(f"{'':24}{'CPU s':>9}{'MB/s':>8}{'ratio':>8}{'rows found':>12}")
    base = None
    for way in OURS:
        seconds, hits = _run(sys.executable, way, path, data / GSM8K)
        base = base or seconds
        print(f"{way:24}{seconds:9.2f}{size / 1e6 / seconds:8.0f}{seconds / base:8.2f}{hits:12,}")
    for way, python in (("13-grams in Python", sys.executable), ("datatrove", peers)):
        if way == "datatrove" and not _has(python):
            print(f"{way:24}left out: {python} cannot import it")
            continue
        seconds, hits = _run(python, way, fewer, data / GSM8K)
        scaled = seconds * size / fewer.stat().st_size
        print(
            f"{way:24}{scaled:9.2f}{size / 1e6 / scaled:8.1f}{scaled / (base or 1):8.1f}{hits:12,}"
            f"  ({peer_count:,} rows: {seconds:.2f} s, scaled)"
        )


def _has(python: str) -> bool:
    tried = subprocess.run([python, "-c", "import datatrove"], capture_output=True, check=False)
    return tried.returncode == 0


def _run(python: str, way: str, path: Path, evaluation: Path) -> tuple[float, int]:
    with tempfile.TemporaryDirectory() as folder:
        out = str(Path(folder) / "found.npy")
        command = [python, str(HERE / "decontam_run.py"), way, str(path), str(evaluation), out]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            sys.exit(f"{way} failed:\n{done.stderr}")
        import numpy as np

        return float(done.stdout.split()[-1]), len(np.load(out))


def found(data: Path) -> None:
    clean = {name: list(_alpaca(data / name, key)) for name, key in CLEAN.items()}
    everything = [row for found in clean.values() for row in found]
    print("\nplanted among clean rows: share of the items found, and by what")
    print(f"{'':26}{'items':>7}{'found':>8}{'removed':>9}{'listed':>8}{'clean hit':>11}")
    for name, path in EVALUATIONS.items():
        questions = [text for text in _questions(data / path) if text]
        _plant(f"{name}, alone", [_row(text) for text in questions], everything, data / path)
        inside = [_row(f"Here is a task for you.\n\n{text}\n\nThank you.") for text in questions]
        _plant(f"{name}, in a text", inside, everything, data / path)
    for name, path in PARAPHRASED.items():
        lines = [json.loads(line)["text"] for line in (data / path).open(encoding="utf-8")]
        texts = [text.partition("\nAnswer:")[0].removeprefix("Question: ") for text in lines]
        planted = [_row(text) for text in texts if text]
        _plant(f"{name}, paraphrased", planted, everything, data / EVALUATIONS[name])
    print("\nsets that hold no item: rows removed / rows only listed")
    print(f"{'':12}" + "".join(f"{Path(name).stem[:19]:>21}" for name in CLEAN))
    print(f"{'rows':12}" + "".join(f"{len(each):21,}" for each in clean.values()))
    for name, path in EVALUATIONS.items():
        cells = []
        for each in clean.values():
            leaks = _leaks(each, data / path)
            gone = {leak["row"]["line"] for leak in leaks if leak["removed_by"]}
            listed = {leak["row"]["line"] for leak in leaks} - gone
            cells.append(f"{len(gone)} / {len(listed)}")
        print(f"{name:12}" + "".join(f"{cell:>21}" for cell in cells))


def _plant(
    what: str, planted: list[dict[str, str]], clean: list[dict[str, str]], path: Path
) -> None:
    leaks = _leaks(planted + clean, path)
    count = len(planted)
    hit = {leak["row"]["line"] for leak in leaks}
    gone = {leak["row"]["line"] for leak in leaks if leak["removed_by"]}
    mine = {line for line in hit if line <= count}
    removed = len(mine & gone)
    print(
        f"{what:26}{count:7,}{len(mine) / count:8.3f}{removed:9,}{len(mine) - removed:8,}"
        f"{len(hit) - len(mine):11,}"
    )


def _leaks(made: Iterable[dict[str, str]], evaluation: Path) -> list[dict[str, Any]]:
    """Return what `decontaminate` writes of rows, each of which stands on its own line."""
    sys.path.insert(0, str(HERE.parent))
    from curate.build.line.functions import run_step

    with tempfile.TemporaryDirectory() as folder:
        rows_at, out = Path(folder) / "rows.jsonl", Path(folder) / "out"
        with rows_at.open("w", encoding="utf-8") as file:
            file.writelines(json.dumps(row) + "\n" for row in made)
        run_step("decontaminate", [str(rows_at)], str(out), against=[str(evaluation)])
        return [json.loads(line) for line in (out / "leaks.jsonl").open(encoding="utf-8")]


def _row(instruction: str, given: str = "", output: str = "Here it is.") -> dict[str, str]:
    return {"instruction": instruction, "input": given, "output": output or "-"}


def _alpaca(path: Path, key: str) -> Iterable[dict[str, str]]:
    for row in json.loads(path.read_text(encoding="utf-8")):
        yield _row(row["instruction"] or "-", row.get("input") or "", row[key])


def _questions(path: Path) -> Iterable[str]:
    """Yield the first question of every item."""
    sys.path.insert(0, str(HERE.parent))
    from curate.build.settings import Settings
    from curate.build.steps.decontaminate.evaluations import read_evaluations

    for item in read_evaluations([str(path)], "auto", [], Settings()).items:
        yield next((piece.text for piece in item.pieces if piece.side == "question"), "")


if __name__ == "__main__":
    main()
