"""Private content: what is said and kept of it where it was redacted.

Once the rows are redacted, everything else that leaves is made of the same cloth: names of files,
messages and values of findings, the recipe on the card, and the records that were set aside.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from curate.build.inputs import expand, export_of, is_private, recognise
from curate.build.read import chunk_of, chunks_of
from curate.build.reports import Report
from curate.build.settings import Settings
from curate.build.verdict import code_of
from curate.errors import CurateError
from curate.files.inputs import Source
from curate.files.json_text import dumps, loads, parse_record
from curate.finding import Finding
from curate.formats.shapes import shape_of
from curate.people import Person

Cleaner = Callable[[str], str]
# What these say of a record holds nothing of it.
_SAYS_NOTHING = ("SRC", "PII", "SEC")
_TEXTS = ("raw", "raw_base64")
_OF_ASSISTANT = re.compile(rb'"mapping"\s*:\s*\{|"chat_messages"\s*:\s*\[')
_TOLD_BYTES = 64 << 10
_IS_NUMBER = re.compile(r"\+?[\d\s()./-]{7,}")
# What a user name has and the name of a person has not.
_OF_HANDLES = re.compile(r"[\d_.]")


def people_of(me: Sequence[str]) -> list[Person]:
    """Return what was given with `--me` as people to look for, whoever wrote in the inputs.

    Args:
        me: Addresses, numbers, names and user names; a user name has a digit, a dot or an
            underscore, or an `@` before it.
    """
    found = []
    for given in map(str.strip, me):
        bare = given.lstrip("@~")
        is_handle = "@" in given or _IS_NUMBER.fullmatch(bare) is not None
        is_handle = is_handle or (" " not in bare and _OF_HANDLES.search(bare) is not None)
        if bare:
            found.append(Person(bare.lower(), "", True) if is_handle else Person("", bare, True))
    return found


def holds_private(inputs: tuple[str, ...] | list[str], settings: Settings) -> bool:
    """Return whether an input is somebody's private life, by the beginning of each.

    Standard input and pipes can be read once: of them only what `--from` says is known.
    """
    if settings.container is not None and export_of(settings.container) is not None:
        return is_private(settings.container)
    if settings.source_format is not None:
        return is_private(None, [settings.source_format])
    try:
        sources, _ = expand(inputs, settings.limits)
        return any(_is_private(source, settings) for source in sources)
    except CurateError:  # said where it is read
        return False


def _is_private(source: Source, settings: Settings) -> bool:
    if source.stdin or source.form is not None or source.entry is not None:
        return False
    known = recognise(source, settings.container, settings.limits)
    if export_of(known.container) is not None:
        return is_private(known.container)
    return known.container in ("json", "jsonl") and is_private(
        None, [_first_shape(known, settings)]
    )


def _first_shape(source: Source, settings: Settings) -> str:
    """Return the format of the first record that has one, of the first chunk; "" for none.

    A record that cannot be parsed is what its first bytes say.
    """
    for piece in chunks_of(source, settings, lazy=False):
        chunk = chunk_of(piece)
        for raw in chunk.records:
            record, _ = parse_record(raw, settings.limits)
            shape = shape_of(record) if record is not None else None
            if isinstance(shape, str):
                return shape
            if record is None and (told := _OF_ASSISTANT.search(raw[:_TOLD_BYTES])) is not None:
                return "chatgpt" if told[0].startswith(b'"m') else "claude"
        if chunk.records:
            break
    return ""


def clean_report(report: Report, clean: Cleaner) -> None:
    """Take what is private out of what a report says of the reading."""
    for about in report.inputs:
        about.path = clean(about.path)
    report.samples = {
        code: [clean_finding(finding, clean) for finding in found]
        for code, found in report.samples.items()
    }


def clean_finding(finding: Finding, clean: Cleaner) -> Finding:
    """Return a finding about a record as it may leave: no value, and no words of the record."""
    return replace(
        finding,
        message=_message(finding.code, finding.message),
        file=clean(finding.file) if finding.file is not None else None,
        id=clean(finding.id) if finding.id is not None else None,
        pointer=clean(finding.pointer),
        value=None,
    )


def _message(code: str, message: str) -> str:
    if code.startswith(_SAYS_NOTHING):
        return message
    return code_of(code).title


def clean_rejected(path: Path, clean: Cleaner, *, keep_text: bool) -> None:
    """Rewrite a file of removed records: place, codes, length and hash stay, the text goes.

    Args:
        path: The file; it may be missing.
        clean: Takes what is private out of a text.
        keep_text: Leave the file as it is, as was typed.
    """
    if keep_text or not path.is_file():
        return
    work = path.with_suffix(".clean")
    with path.open("rb") as lines, work.open("wb") as out:
        for line in lines:
            out.write(dumps(_clean_record(loads(line), clean)).encode() + b"\n")
    work.replace(path)


def _clean_record(record: dict[str, Any], clean: Cleaner) -> dict[str, Any]:
    kept = {name: value for name, value in record.items() if name not in _TEXTS}
    kept["findings"] = [
        clean_finding(Finding(**each), clean).to_dict() for each in record["findings"]
    ]
    kept["origin"] = clean_tree(record["origin"], clean)
    kept["id"] = clean(record["id"]) if isinstance(record["id"], str) else record["id"]
    return kept


def clean_tree(value: Any, clean: Cleaner) -> Any:
    """Return a JSON value whose texts are clean; hashes (64 hex digits) stay."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, dict):
        return {k: v if k == "sha256" else clean_tree(v, clean) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [clean_tree(each, clean) for each in value]
    return value
