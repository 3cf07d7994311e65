"""Hostile rows in their consumers: what was predicted, and what happened."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tests.consumers.real.compare import SCRATCH, ask
from tests.consumers.real.exchange import View, call, openai_turns, opened, turn
from tests.consumers.real.jobs import canonical, job
from tests.consumers.real.sources import Record

PREDICTIONS = Path(__file__).parents[1] / "predictions.yaml"
_GOOD_CHAT = [{"role": "user", "content": "GOOD"}, {"role": "assistant", "content": "fine"}]
_GOOD_TURNS = [{"from": "human", "value": "GOOD"}, {"from": "gpt", "value": "fine"}]
_GOOD_ALPACA = {"instruction": "GOOD", "input": "", "output": "fine"}
_GOOD_PAIR = {
    "prompt": _GOOD_CHAT[:1],
    "chosen": _GOOD_CHAT[1:],
    "rejected": [{"role": "assistant", "content": "bad"}],
}
GOOD: dict[str, Record] = {
    "sharegpt": {"conversations": _GOOD_TURNS},
    "alpaca": _GOOD_ALPACA,
    "alpaca-kto": _GOOD_ALPACA | {"kto_tag": False},
    "alpaca-preference": {"instruction": "GOOD", "input": "", "chosen": "f", "rejected": "b"},
    "sharegpt-preference": {
        "conversations": _GOOD_TURNS[:1],
        "chosen": _GOOD_TURNS[1],
        "rejected": {"from": "gpt", "value": "bad"},
    },
    "swift-preference": {"messages": _GOOD_CHAT, "rejected_response": "bad"},
    "preference": _GOOD_PAIR,
    "dpo": _GOOD_PAIR,
    "implicit": {
        "chosen": _GOOD_CHAT,
        "rejected": [_GOOD_CHAT[0], {"role": "assistant", "content": "bad"}],
    },
    "chatml": {"input": "GOOD", "chosen": "fine", "rejected": "bad"},
    "kto": {"prompt": _GOOD_CHAT[:1], "completion": _GOOD_CHAT[1:], "label": False},
}
_ROLES = {"human": "user", "gpt": "assistant", "observation": "tool"}


@dataclass(frozen=True, slots=True)
class Outcome:
    """One prediction and what came of it.

    Attributes:
        said: The prediction, as the file has it.
        found: What the consumer did.
        reads: The lines of what it read, or its error.
        trains: The text that it trains, where it says so.
        fault: Why the prediction is wrong, or None.
    """

    said: Record
    found: str
    reads: list[str]
    trains: str | None
    fault: str | None


def predictions() -> list[Record]:
    """Return the predictions of the file."""
    listed = yaml.safe_load(PREDICTIONS.read_text())["predictions"]
    assert isinstance(listed, list)
    return listed


def try_out(consumer: str) -> list[Outcome]:
    """Hand a consumer each of its hostile rows, and judge the predictions."""
    mine = [said for said in predictions() if said["consumer"] == consumer]
    jobs = []
    for number, said in enumerate(mine):
        folder = SCRATCH / "hostile" / consumer / str(number)
        folder.parent.mkdir(parents=True, exist_ok=True)
        path = folder.with_suffix(".jsonl")
        good = GOOD.get(said["as"].removesuffix("-reasoning"), {"messages": _GOOD_CHAT})
        rows = [said["row"]] if said.get("alone") else [good, said["row"], good]
        path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))
        jobs.append(job(consumer, said["as"], path, str(number), folder))
    answers = ask(consumer, jobs, "hostile")
    if answers.failed:
        raise SystemExit(f"{consumer}: {answers.failed}")
    return [_judge(said, answers.answers[str(n)], consumer) for n, said in enumerate(mine)]


def _judge(said: Record, answer: dict[str, Any], consumer: str) -> Outcome:
    found, reads, trains = _found(said, answer, consumer)
    faults = []
    if found == "kept" and said["expected"] == "trains-other" and trains == said.get("trains"):
        found = "trains-other"
    if found != said["expected"]:
        faults.append(f"predicted {said['expected']}, found {found}")
    if "reads" in said and reads != said["reads"]:
        faults.append(f"predicted to read {said['reads']}, read {reads}")
    if "trains" in said and trains != said["trains"]:
        faults.append(f"predicted to train {said['trains']!r}, trains {trains!r}")
    if "says" in said and said["says"] not in " ".join(reads):
        faults.append(f"predicted to say {said['says']!r}, said {reads}")
    return Outcome(said, found, reads, trains, "; ".join(faults) or None)


def _found(
    said: Record, answer: dict[str, Any], consumer: str
) -> tuple[str, list[str], str | None]:
    if answer["stopped"]:
        return "stopped", [answer["stopped"].replace(str(SCRATCH), "SCRATCH")], None
    rows = answer["rows"]
    others = [row for row in rows if "GOOD" not in json.dumps(row)]
    if len(rows) - len(others) != (0 if said.get("alone") else 2):
        return "good rows lost", [], None
    if not others:
        return "dropped", [], None
    (row,) = others
    reads = list(lines(canonical(row, consumer)))
    meant = list(lines(canonical(plain(said["row"]), "")))
    return ("kept" if reads == meant else "changed"), reads, row.get("trains")


def lines(view: View) -> Iterator[str]:
    """Yield a view as short lines."""
    if view.get("tools"):
        yield f"tools: {json.dumps(view['tools'])}"
    for side in ("prompt", "instruction", "input", "output", "text"):
        if side in view:
            yield f"{side}: {view[side]}"
    for item in view.get("turns", ()):
        yield _line(item)
    for side in ("completion", "chosen", "rejected"):
        value = view.get(side)
        if isinstance(value, str):
            yield f"{side}: {value}"
        for item in value if isinstance(value, list) else ():
            yield f"{side} {_line(item)}"
    if "label" in view:
        yield f"label: {view['label']}"


def _line(item: View) -> str:
    text = "" if item.get("text") is None else str(item["text"])
    flag = "" if item.get("loss") is not False else " (not trained)"
    if "calls" not in item:
        return f"{item['role']}{flag}: {text}"
    calls = " ".join(_called(one) for one in item["calls"])
    beside = f": {text}" if text else ""
    return f"{item['role']} calls {calls}{beside}"


def _called(one: View) -> str:
    name = one["name"] or "a list"
    return f"{name} {json.dumps(one['arguments'])}"


def plain(record: Record) -> View:
    """Return what a hostile row says, taken at its word."""
    view: View = {}
    if "conversations" in record:
        view["turns"] = [_spoken(item) for item in record["conversations"]]
    elif isinstance(messages := opened(record.get("messages")), list):
        view["turns"] = _answered(messages)
    elif "instruction" in record:
        asked = "\n".join(part for part in (record["instruction"], record["input"]) if part)
        view["turns"] = [
            turn(role, text)
            for pair in _history(record.get("history", []))
            for role, text in zip(("user", "assistant"), pair, strict=True)
        ]
        view["turns"].append(turn("user", asked))
        if "output" in record:
            view["turns"].append(turn("assistant", record["output"]))
    if isinstance(record.get("system"), str):
        view["turns"].insert(0, turn("system", record["system"]))
    if isinstance(record.get("prompt"), list):
        view["turns"] = _answered(record["prompt"])
    for side in ("completion", "chosen", "rejected"):
        value = record.get(side)
        if isinstance(value, list):
            view[side] = _answered(value)
        elif isinstance(value, dict):
            view[side] = [_spoken(value)]
        elif isinstance(value, str):
            view[side] = [turn("assistant", value)]
    for key in ("label", "kto_tag"):
        if key in record:
            view["label"] = record[key] == 1
    return view


def _history(value: Any) -> list[Any]:
    """Return the pairs of a history, also of one spelled as text."""
    pairs = ast.literal_eval(value) if isinstance(value, str) else value
    assert isinstance(pairs, list)
    return pairs


def _answered(messages: list[Record]) -> list[View]:
    turns = openai_turns(messages)
    for made, message in zip(turns, messages, strict=True):
        if isinstance(made.get("text"), list):
            made["text"] = "".join(part["text"] for part in made["text"])
        if "reasoning_content" in message:
            made["text"] = f"<think>{message['reasoning_content']}</think>{made['text']}"
        if message.get("loss") is False:
            made["loss"] = False
    return turns


def _spoken(item: Record) -> View:
    if item["from"] != "function_call":
        return turn(_ROLES.get(item["from"], item["from"]), item["value"])
    thought, mark, rest = item["value"].rpartition("</think>")
    called = opened(rest)
    listed = called if isinstance(called, list) else [called]
    calls = [
        call(one.get("name"), one.get("arguments")) if isinstance(one, dict) else {}
        for one in listed
    ]
    return turn("assistant", thought + mark or None, calls)
