"""What is done to a record before its format is looked for: `--map`, `--prompt`, `--label-map`."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from curate.build.mend import column_mends
from curate.build.settings import Settings
from curate.errors import UsageError, json_type
from curate.finding import Hit

Record = dict[str, Any]
Change = Callable[[Record], tuple[Record, list[Hit]]]

_FIELD = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")
_LABEL_COLUMNS = ("label", "kto_tag")


def changes_of(settings: Settings) -> tuple[Change, ...]:
    """Return the changes that the settings ask for, in the order in which they are made.

    Raises:
        UsageError: If a template is not well formed.
    """
    made: list[Change] = []
    if settings.mapping:
        made.append(_mapped(settings.mapping))
    made += column_mends({name for name, _ in settings.repairs})
    if settings.prompt is not None and settings.completion is not None:
        made.append(_templated(settings.prompt, settings.completion))
    if settings.labels:
        made.append(_labelled(dict(settings.labels)))
    return tuple(made)


def _mapped(mapping: tuple[tuple[str, str], ...]) -> Change:
    columns = {column: field for field, column in mapping}

    def change(record: Record) -> tuple[Record, list[Hit]]:
        missing = [column for column in columns if column not in record]
        if missing:
            found = ", ".join(list(record)[:10])
            return record, [Hit("SRC028", "", f"no column {missing[0]!r}; there are: {found}")]
        taken = set(columns.values()) & (record.keys() - columns.keys())
        if taken:
            name = min(taken)
            return record, [
                Hit("SRC028", f"/{name}", f"--map {name}=… but {name!r} is a column too")
            ]
        return {columns.get(key, key): value for key, value in record.items()}, []

    return change


def parse_template(template: str) -> list[str | tuple[str]]:
    r"""Return a template as literal texts and one-tuples of column names.

    `{column}` is replaced; `{{` and `}}` are braces; nothing else is special (no attributes, no
    indexes, no format specifications).

    Raises:
        UsageError: If a brace stands alone or a name holds a format specification.
    """
    pieces: list[str | tuple[str]] = []
    end = 0
    for match in _FIELD.finditer(template):
        pieces.append(template[end : match.start()])
        end = match.end()
        if match.group() in ("{{", "}}"):
            pieces.append(match.group()[0])
        elif match.group(1):
            pieces.append((match.group(1),))
        else:
            raise UsageError(
                f"template {template!r}: a lone {match.group()!r} at position {match.start()}",
                hint="write {{ or }} for a brace, {column} for a column",
            )
    pieces.append(template[end:])
    return pieces


def _templated(prompt: str, completion: str) -> Change:
    templates = {"prompt": parse_template(prompt), "completion": parse_template(completion)}
    used = {p[0] for pieces in templates.values() for p in pieces if isinstance(p, tuple)}

    def change(record: Record) -> tuple[Record, list[Hit]]:
        hits: list[Hit] = []
        for name in sorted(used):
            value = record.get(name)
            if value is None or (isinstance(value, str) and not value.strip()):
                state = "is empty" if name in record else "is missing"
                hits.append(Hit("SRC028", f"/{name}", f"the column {name!r} {state}", value))
            elif not isinstance(value, (str, int, float)) or isinstance(value, bool):
                kind = json_type(value)
                hits.append(Hit("SCH002", f"/{name}", f"found {kind}, expected text", value))
        if hits:
            return record, hits
        filled = {
            name: "".join(str(record[p[0]]) if isinstance(p, tuple) else p for p in pieces)
            for name, pieces in templates.items()
        }
        return filled | {k: v for k, v in record.items() if k not in used and k not in filled}, []

    return change


def _labelled(labels: dict[str, bool]) -> Change:
    def change(record: Record) -> tuple[Record, list[Hit]]:
        for column in _LABEL_COLUMNS:
            if column in record and (value := _label(record[column], labels)) is not None:
                return {**record, column: value}, []
        steps = record.get("labels")
        if isinstance(steps, list) and "completions" in record:
            read = [_label(step, labels) for step in steps]
            pairs = zip(steps, read, strict=True)
            return {**record, "labels": [old if new is None else new for old, new in pairs]}, []
        return record, []

    return change


def _label(value: object, labels: dict[str, bool]) -> bool | None:
    """Return what a label that is no boolean stands for, by its spelling; None where unsaid."""
    if isinstance(value, bool):
        return None
    return labels.get("null" if value is None else str(value))
