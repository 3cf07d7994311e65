"""What the readers share: jobs in, what was read out, and one view of a row.

A reader runs under the Python of its consumer, so nothing outside the standard library is imported
here, and nothing of Tunesmith.
"""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable, Iterable
from contextlib import redirect_stdout
from importlib import metadata
from pathlib import Path
from types import TracebackType
from typing import Any

View = dict[str, Any]
Job = dict[str, Any]


class Caught:
    """Keep what a consumer raises, of whatever class it is: stopping is an outcome like others."""

    def __init__(self) -> None:
        self.said: str | None = None

    def __enter__(self) -> Caught:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> bool:
        if kind is None or not issubclass(kind, Exception):
            return False
        while (cause := getattr(error, "__cause__", None)) and "Traceback" not in str(cause):
            error = cause
        said = " ".join(str(error).split())
        self.said = f"{type(error).__name__}: {said}"[:300]
        return True


def serve(packages: Iterable[str], read: Callable[[Job], list[View]]) -> None:
    """Answer the jobs of the file argv[1] in the file argv[2].

    Args:
        packages: Distributions whose versions are reported.
        read: Reads what one job names: a row's view for each row that the consumer kept.
    """
    jobs = json.loads(Path(sys.argv[1]).read_text())
    answers = {}
    for job in jobs:
        rows: list[View] = []
        with Caught() as caught, redirect_stdout(io.StringIO()):
            rows = read(job)
        answers[job["name"]] = {"rows": rows, "stopped": caught.said}
    versions = {package: metadata.version(package) for package in packages}
    versions["python"] = ".".join(map(str, sys.version_info[:3]))
    Path(sys.argv[2]).write_text(json.dumps({"versions": versions, "answers": answers}))


def turn(role: str, text: Any, calls: list[View] | None = None, **more: Any) -> View:
    """Return one turn of a view; what is None is left out."""
    made = {"role": role, "text": text, "calls": calls, **more}
    return {key: value for key, value in made.items() if value is not None}


def call(name: str, arguments: Any) -> View:
    """Return one call of a view, its arguments as the object that they spell."""
    return {"name": name, "arguments": opened(arguments)}


def opened(value: Any) -> Any:
    """Return the value that a JSON text spells, or the value itself."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value


def openai_turns(messages: Iterable[View]) -> list[View]:
    """Return the turns of messages with `role`, `content` and perhaps `tool_calls`."""
    turns = []
    for message in messages:
        calls = [
            call(item["function"]["name"], item["function"].get("arguments"))
            for item in message.get("tool_calls") or ()
        ]
        turns.append(turn(message["role"], message.get("content"), calls or None))
    return turns


def tools_of(value: Any) -> list[Any] | None:
    """Return the functions that tools describe, bare or wrapped, as text or objects."""
    listed = opened(value) if value else None
    if not listed:
        return None
    return [without_null(opened(tool)) for tool in listed]


def without_null(value: Any) -> Any:
    """Return the value less the keys whose value is null, at every depth."""
    if isinstance(value, dict):
        return {key: without_null(item) for key, item in value.items() if item is not None}
    return [without_null(item) for item in value] if isinstance(value, list) else value
