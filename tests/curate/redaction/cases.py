"""Cases of redaction, kept as data in `tests/cases/redaction/`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from curate.people import Person
from curate.redaction import Plan, Redactor

FOLDER = Path("tests/cases/redaction")
FILES: dict[str, Any] = {
    path.stem: yaml.safe_load(path.read_text("utf-8")) for path in sorted(FOLDER.glob("*.yaml"))
}


def people_of(file: dict[str, Any]) -> list[Person]:
    return [Person(each["handle"], each["name"], each.get("me", False)) for each in file["people"]]


def redactor_of(file: dict[str, Any], **plan: Any) -> Redactor:
    """Return a redactor as a file of cases asks for it."""
    roles = tuple(file.get("roles", ()))
    return Redactor(people_of(file), Plan(roles=roles, region=file.get("region"), **plan))


def redacted(redactor: Redactor, text: str, *, own: bool = False) -> str:
    """Return a text as the only message of a row."""
    row = {"messages": [{"role": "assistant" if own else "user", "content": text}]}
    redactor.row(row)
    made: str = row["messages"][0]["content"]
    return made
