"""Every reader and writer against `orjson.loads` of the same bytes, on one core.

    python bench/formats.py [--rows 20000] [--only NAME] [--memory]

A reader is what `curate convert` does from a JSON line to a row: parse, look for repeated keys,
name the shape, check the schema, decode. A writer is the way from a row to a JSON line. Ratios are
of CPU time, the least of three runs of reader, writer and floor in turn. `--memory` converts files
of one and of four times the rows and prints the peaks.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import rows as base
from convert import cost

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from curate.build.chunk import Outcome
from curate.build.decode import Decoder
from curate.build.settings import Settings
from curate.build.verdict import Verdict
from curate.checks import profile_named, select, suppressor
from curate.files.chunks import Chunk
from curate.files.inputs import Source
from curate.files.json_text import dumps
from curate.formats import FORMATS, Format
from curate.schema import check, load

TOOL = {
    "type": "function",
    "function": {
        "name": "search",
        "description": "Search the catalogue",
        "parameters": {"type": "object", "properties": {"query": {"type": "string"}}},
    },
}


def rows_of(kind: str, question: str, answer: str) -> list[dict[str, Any]]:
    """Return the usual row of a kind, and for conversations one with a call."""
    asked = [{"role": "user", "content": question}]
    said = [{"role": "assistant", "content": answer}]
    other = [{"role": "assistant", "content": answer[: len(answer) // 2] or "No."}]
    made: dict[str, list[dict[str, Any]]] = {
        "sft": [{"messages": asked + said}, with_call(asked, said)],
        "preference": [{"prompt": asked, "chosen": said, "rejected": other}],
        "unpaired": [{"prompt": asked, "completion": said, "label": True}],
        "prompt_only": [{"prompt": asked}],
        "text": [{"text": f"{question}\n{answer}"}],
        "stepwise": [{"prompt": asked, "completions": [answer, "So."], "labels": [True, False]}],
        "segments": [
            {"segments": [{"text": question, "train": False}, {"text": answer, "train": True}]}
        ],
    }
    return made[kind]


def with_call(asked: list[Any], said: list[Any]) -> dict[str, Any]:
    call = {
        "id": "call00001",
        "type": "function",
        "name": "search",
        "arguments": '{"query": "a longer question"}',
    }
    return {
        "messages": [
            *asked,
            {"role": "assistant", "tool_calls": [call]},
            {"role": "tool", "tool_call_id": "call00001", "content": '{"found": 3}'},
            *said,
        ],
        "tools": json.dumps([TOOL]),
    }


def lines_of(form: Format, count: int) -> dict[str, tuple[list[bytes], list[Any]]]:
    """Return lines, and rows where the format is written, by what they hold."""
    found: dict[str, tuple[list[bytes], list[Any]]] = {}
    if form.encode is None:
        examples = [orjson.dumps(longer(form, e)) for e in load(form.schema)["examples"]]
        return {"examples": ((examples * count)[:count], [])}
    for number in range(2 if form.kind == "sft" else 1):
        rows, lines = [], []
        for given in base.alpaca_rows(count):
            row = rows_of(form.kind, given["instruction"], given["output"])[number]
            hits: list[Any] = []
            record = form.encode(row, hits)
            if record is None or any(hit.code in ("LOS010", "LOS008") for hit in hits):
                break
            rows.append(row)
            lines.append(dumps(record).encode())
        if len(rows) == count:
            found["with a call" if number else "plain"] = (lines, rows)
    return found


def longer(form: Format, example: Any) -> Any:
    """Return an example whose texts are padded to about 1 kB, where it is still the format's."""
    places: list[tuple[Any, Any]] = []
    stack = [example]
    while stack:
        value = stack.pop()
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            if isinstance(inner, str):
                places.append((value, key))
            elif isinstance(inner, dict | list):
                stack.append(inner)
    places = [place for place in places if place[0][place[1]]]
    padding = "so much more of it to read. " * (1 + 1000 // (28 * max(1, len(places))))
    for holder, key in places:
        before = holder[key]
        holder[key] = f"{before} {padding}"
        hits: list[Any] = []
        good = not check(form.schema, example)
        if not (good and form.decode and form.decode(example, hits) is not None and not hits):
            holder[key] = before
    return example


def reader(form: Format, lines: list[bytes]) -> Callable[[], None]:
    settings = Settings(source_format=form.name)
    decoder = Decoder(settings)
    chunk = Chunk(Source("x", Path("x"), "jsonl"))
    chunk.records[:] = lines
    chunk.lines[:] = range(1, len(lines) + 1)
    chunk.offsets[:] = range(len(lines))

    def run() -> None:
        out = Outcome()
        selection = select(profile_named("default"))
        verdict = Verdict(chunk, out, selection, frozenset(), suppressor(selection))
        for start in range(0, len(lines), 512):
            decoder.block(chunk, start, start + 512, verdict)
        if verdict._gone:
            sys.exit(f"{form.name}: {len(verdict._gone)} records were set aside")

    return run


def writer(form: Format, rows: list[Any]) -> Callable[[], None]:
    encode = form.encode
    assert encode is not None

    def run() -> None:
        for row in rows:
            dumps(encode(row, [])).encode()

    return run


def floor(lines: list[bytes]) -> Callable[[], None]:
    def run() -> None:
        for line in lines:
            orjson.loads(line)

    return run


def least(runs: list[Callable[[], None]], times: int = 3) -> list[float]:
    best = [float("inf")] * len(runs)
    for _ in range(times):
        for number, run in enumerate(runs):
            start = time.process_time()
            run()
            best[number] = min(best[number], time.process_time() - start)
    return best


def measure(form: Format, count: int) -> None:
    for name, (lines, rows) in lines_of(form, count).items():
        runs = [floor(lines)]
        if form.decode is not None:
            runs.append(reader(form, lines))
        if rows:
            runs.append(writer(form, rows))
        found = least(runs)
        size = sum(map(len, lines)) / len(lines)
        read = f"{found[1] / found[0]:5.1f}x" if form.decode is not None else "     -"
        write = f"{found[-1] / found[0]:5.1f}x" if rows else "     -"
        print(f"{form.name:26} {name:12} {size:6.0f} bytes  read {read}  write {write}", flush=True)


def memory(form: Format, count: int) -> None:
    """Print the peak of converting so many rows, and four times as many, to a folder."""
    work = Path(tempfile.gettempdir()) / "tunesmith-bench"
    work.mkdir(exist_ok=True)
    peaks = []
    for times in (1, 4):
        lines, _ = next(iter(lines_of(form, count).values()))
        path = work / f"{form.name.replace(':', '-')}.jsonl"
        path.write_bytes(b"\n".join(lines * times) + b"\n")
        command = [sys.executable, "-m", "curate", "convert", str(path), "--from", form.name]
        peaks.append(cost([*command, "-o", str(work / "out")]).peak_mib)
    print(f"{form.name:26} {peaks[0]:5.0f} MiB, of four times the rows {peaks[1]:5.0f} MiB")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--only", default="")
    parser.add_argument("--memory", action="store_true")
    asked = parser.parse_args()
    print(f"{platform.machine()}, {os.cpu_count()} processors, Python {platform.python_version()}")
    for form in FORMATS:
        if asked.only in form.name and form.name != "row":
            (memory if asked.memory else measure)(form, asked.rows)


if __name__ == "__main__":
    main()
