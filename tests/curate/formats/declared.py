"""What of a row may differ where losses are declared, and nothing else: an oracle for round trips.

A row is projected: what a declared code names is taken out of it, JSON texts are read, and nothing
is written in one way. Two rows of the same projection differ by declared losses alone.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Collection
from itertools import groupby
from typing import Any

# Codes by which whole turns may be gone, merged or moved: the rest of the row is not compared.
WHOLE = frozenset(
    f"LOS{number:03d}"
    for number in (2, 5, 6, 7, 8, 10, 11, 14, 15, 17, 22, 24, 25, 27, 28, 29, 33, 34, 37, 39, 42)
)
_LISTS = ("messages", "prompt", "chosen", "rejected", "completion")
_KEYS = {
    "LOS012": ("tool_call_id",),
    "LOS013": ("tool_call_id", "name"),
    "LOS018": ("weight",),
    "LOS019": ("name",),
    "LOS020": ("refusal",),
    "LOS021": ("reasoning",),
    "LOS032": ("extra",),
    "LOS035": ("extra",),
    "LOS036": ("reasoning", "content", "parts"),
}
_COLUMNS = {
    "LOS001": ("extra",),
    "LOS026": ("margin",),
    "LOS032": ("extra", "category", "tools"),
    "LOS041": ("extra",),
    "LOS056": ("group", "language", "generated"),
}


def comparable(codes: Collection[str]) -> bool:
    """Return whether anything of a row is known to be kept where these losses are declared."""
    return WHOLE.isdisjoint(codes)


def projected(row: dict[str, Any], codes: Collection[str]) -> Any:
    """Return what of a row must be kept where these losses are declared."""
    row = copy.deepcopy({key: value for key, value in row.items() if key != "layout"})
    for code in codes:
        for column in _COLUMNS.get(code, ()):
            row.pop(column, None)
    # The same file may be listed twice; some formats say its type, others leave that to its name.
    files = [[entry["type"], entry["ref"]] for entry in row.pop("media", ())]
    for column in _LISTS:
        if column in row:
            for message in row[column]:
                for part in message.get("parts", ()):
                    if "media" in part:
                        part["media"] = files[part["media"]]
            found = [_message(message, codes) for message in row[column]]
            row[column] = [message for message in found if message is not None]
            if "LOS012" in codes:
                row[column] = _with_sorted_results(row[column])
    return _plain(row)


def _with_sorted_results(messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return messages whose results stand in one order: formats without ids have the calls'."""
    found: list[dict[str, Any]] = []
    for is_result, run in groupby(messages, lambda message: message["role"] == "tool"):
        some = list(run)
        found += sorted(some, key=_spelled) if is_result else some
    return found


def _spelled(message: dict[str, Any]) -> str:
    return json.dumps(_plain(message), sort_keys=True)


def _message(message: dict[str, Any], codes: Collection[str]) -> dict[str, Any] | None:
    for code in codes:
        for key in _KEYS.get(code, ()):
            if key != "name" or code == "LOS019" or message["role"] == "tool":
                message.pop(key, None)
    if message["role"] == "developer" and "LOS003" in codes:
        message["role"] = "system"
    _strip(message, codes)
    if "LOS023" in codes:
        _join(message)
    if "LOS030" in codes:
        if message.get("weight") == float(message["role"] == "assistant"):
            del message["weight"]
        if not any(_plain(message.get(key)) for key in message.keys() - {"role"}):
            return None
    return message


def _strip(message: dict[str, Any], codes: Collection[str]) -> None:
    """Take what the codes name out of a message's calls, parts and keys kept aside."""
    for call in message.get("tool_calls", ()):
        if not {"LOS012", "LOS013"}.isdisjoint(codes):
            call.pop("id", None)
        if "LOS031" in codes:
            del call["arguments"]
    for part in message.get("parts", ()):
        if not {"LOS032", "LOS038"}.isdisjoint(codes):
            part.pop("extra", None)
        elif "extra" in part:  # how a part names its file is a spelling
            part["extra"] = _without(part["extra"], {"ref_key"})
    if "extra" in message:
        # A key kept aside that another format reads as a weight is a weight from there on.
        gone = {"weight", "loss", "loss_scale"} if {"LOS018", "LOS030"} & {*codes} else set()
        gone |= {"reasoning"} if "LOS036" in codes else set()
        message["extra"] = _without(message["extra"], gone)


def _without(extra: str, names: set[str]) -> str:
    return json.dumps({key: value for key, value in json.loads(extra).items() if key not in names})


def _join(message: dict[str, Any]) -> None:
    """Put text parts together, as a format of texts does."""
    parts = [part for part in message.get("parts", ()) if part.get("text") or "media" in part]
    if all(part["type"] == "text" for part in parts):
        message["content"] = message.pop("content", "") + "".join(p["text"] for p in parts)
        message.pop("parts", None)
    else:
        message["parts"] = parts


def _plain(value: Any) -> Any:
    """Return a value with JSON texts read, nothing left out, and no white space around texts."""
    if isinstance(value, str):
        return _parsed(value.strip())
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        found = {key: _plain(item) for key, item in value.items()}
        return {key: item for key, item in found.items() if not _is_nothing(item)}
    return value


def _parsed(text: str) -> Any:
    if text[:1] in ("{", "[", '"'):
        try:
            return _plain(json.loads(text))
        except ValueError:
            return text
    return text


def _is_nothing(value: Any) -> bool:
    # A schema without parameters is what dialects put that demand one.
    if value in (None, "", [], {}, {"type": "object"}):
        return True
    return isinstance(value, list) and all(item == {} for item in value)
