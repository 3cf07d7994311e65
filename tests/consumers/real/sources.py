"""The rows that are handed to consumers, and what each means: one view, spelled by hand."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.consumers import records
from tests.consumers.real.exchange import View, openai_turns, opened, tools_of, turn
from tests.consumers.records import answer, call, calling, result, user

ROOT = Path(__file__).parents[3]
DOLLY = ROOT / "recipes" / "data" / "dolly_style.jsonl"
Record = dict[str, Any]

_NESTED = {"deep": [{"n": 1, "on": True}, {"n": 2}], "text": 'a "quoted" {brace}\n', "none": {}}
ONE_CALL: list[Record] = [
    {
        "messages": [
            {"role": "system", "content": "Use tools."},
            user("Weather in Óslo?"),
            calling(call("c1", "weather", city="Óslo", day="2024-01-02")),
            result("c1", "weather", '{"sky": "☀"}'),
            answer("Sunny."),
        ],
        "tools": records.TOOLS,
    },
    {
        "messages": [
            user("Add."),
            calling(call("c1", "add", a=1, b=2.5, opts=_NESTED)),
            result("c1", "add", "3.5"),
            calling(call("c2", "add", a=3.5, b=-1)),
            result("c2", "add", "2.5"),
            answer("2.5"),
            user("Thanks"),
            answer("Any time."),
        ],
        "tools": records.TOOLS,
    },
    {"messages": [user("Hello"), answer("No tool is needed.")], "tools": records.TOOLS},
    {"messages": [user("Hello"), answer("None is offered.")]},
]
# Without the empty texts that stand for no tools: predictions.yaml tells what those do.
PLAIN = [
    {key: value for key, value in chat.items() if key != "tools"}
    for chat in records.CHATS
    if chat.get("tools") != records.TOOLS
]
SINGLE = [chat for chat in PLAIN if [m["role"] for m in chat["messages"]] == ["user", "assistant"]]
PARALLEL = [{"messages": records.TRACE, "tools": records.TOOLS}, *ONE_CALL]
SOURCES: dict[str, tuple[list[Record], str]] = {
    "chats": (PLAIN, "trl-messages"),
    "single turns": (SINGLE, "trl-messages"),
    "calls": (ONE_CALL, "trl-messages"),
    "parallel calls": (PARALLEL, "trl-messages"),
    "completions": (records.COMPLETIONS, "trl-prompt-completion"),
    "texts": (records.TEXTS, "text"),
    "pairs": (records.PAIRS, "trl-preference"),
    "plain pairs": ([p for p in records.PAIRS if "tools" not in p], "trl-preference"),
    "margins": (records.MARGINS, "trl-preference"),
    "text pairs": (records.TEXT_PAIRS, "trl-preference"),
    "judged": (records.JUDGED, "trl-kto"),
    "plain judged": ([p for p in records.JUDGED if "tools" not in p], "trl-kto"),
    "text judged": (records.TEXT_JUDGED, "trl-kto"),
}


@dataclass(frozen=True, slots=True)
class Written:
    """What `curate convert` made of a source.

    Attributes:
        path: The file, or the folder.
        rows_in: How many records the source has.
        views: What each written row means, in order.
        removed: How many were kept out, by code.
        codes: The losses and other findings, by code.
    """

    path: Path
    rows_in: int
    views: list[View]
    removed: dict[str, int] = field(default_factory=dict)
    codes: dict[str, int] = field(default_factory=dict)


def meaning(record: Record) -> View:
    """Return what a record of a source means."""
    view: View = {}
    for side in ("messages", "prompt", "completion", "chosen", "rejected"):
        if side in record:
            value = record[side]
            view[side] = value if isinstance(value, str) else _turns(value)
    if "messages" in view:
        view["turns"] = view.pop("messages")
    elif isinstance(view.get("prompt"), list):
        view["turns"] = view.pop("prompt")
    if tools := tools_of(record.get("tools")):
        view["tools"] = tools
    return view | {key: record[key] for key in ("text", "label", "margin") if key in record}


def _turns(messages: list[Record]) -> list[View]:
    turns = openai_turns(messages)
    for made, message in zip(turns, messages, strict=True):
        if thought := message.get("reasoning_content") or message.get("thinking"):
            made["reasoning"] = thought
    return turns


def dolly_meaning(record: Any) -> View:
    """Return what a Dolly record means: the instruction, its context below it, the response.

    Some of the shipped records are broken on purpose: they are kept out, and mean nothing.
    """
    if not isinstance(record, dict) or "response" not in record:
        return {}
    asked = [part for part in (record["instruction"], record["context"]) if part]
    turns = [turn("user", "\n".join(asked)), turn("assistant", record["response"])]
    return {"turns": turns, "asked": asked}


def write(source: str, to: str, container: str, folder: Path) -> Written:
    """Convert a source with `curate convert` as one types it.

    Args:
        source: A name of `SOURCES`, or `dolly`.
        to: The format to write.
        container: `jsonl` or `json` for a file, `parquet` or `arrow` for a folder.
        folder: Where to, which is made.
    """
    folder.mkdir(parents=True)
    if source == "dolly":
        path, form = DOLLY, "dolly"
        rows = [opened(line) for line in path.read_text().rstrip("\n").split("\n")]
        views = [dolly_meaning(row) for row in rows]
    else:
        rows, form = SOURCES[source]
        path = folder / "in.jsonl"
        path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))
        views = [meaning(row) for row in rows]
    is_file = container in ("jsonl", "json")
    out = folder / (f"out.{container}" if is_file else "out")
    more = [] if is_file else ["--container", container]
    command = [sys.executable, "-m", "curate", "convert", str(path), "-o", str(out), "--to", to]
    command += [*more, "--from", form, "--json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1) or not done.stdout:
        raise SystemExit(f"curate convert {source} --to {to}: {done.stderr or done.stdout}")
    report = json.loads(done.stdout)
    gone = _removed(out, is_file)
    left = [view for number, view in enumerate(views, 1) if number not in gone]
    if len(left) != report["rows_out"] or report["rows_in"] != len(rows):
        raise SystemExit(f"curate convert {source} --to {to}: the report does not add up: {report}")
    return Written(out, len(rows), left, report["removed"], report["findings"])


def _removed(out: Path, is_file: bool) -> set[int]:
    """Return the line numbers of the records that were kept out."""
    if is_file:
        found = [out.with_name(out.name + ".rejected.jsonl")]
    else:
        found = sorted((out / "rejected").glob("*")) if (out / "rejected").is_dir() else []
    lines = [line for path in found if path.exists() for line in path.read_text().split("\n")[:-1]]
    return {json.loads(line)["origin"]["line"] for line in lines}
