"""`curate show`: one record, the row it becomes, and the row as a model reads it."""

from __future__ import annotations

import sys
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import click

from curate import console
from curate.cli.look import readable
from curate.cli.options import json_option, tokens_options
from curate.errors import InputError, UsageError, printable

if TYPE_CHECKING:
    from curate.checks.rendered import Rendering
    from curate.finding import Finding
    from curate.row import Row


@click.command()
@click.argument("place", metavar="FILE:LINE")
@tokens_options
@json_option
def show(
    place: str,
    tokenizer: str | None,
    chat_template: str | None,
    max_length: int | None,
    as_json: bool,
) -> int:
    """Show one record, the row it becomes, and every finding about it.

    With --tokenizer also the row as a model reads it: rendered by the chat template, what is
    trained marked, the tokens of each turn, and where a trainer would cut.

    \b
    curate show data.jsonl:17
    curate show data.jsonl:17 --tokenizer models/qwen --max-length 2048
    """  # noqa: D301 - click reads the backspace
    from curate.build.look import record_at
    from curate.build.settings import Settings
    from curate.checks.profiles import READ_BY_SOME
    from curate.checks.rendered import open_rendering

    path, _, line = place.rpartition(":")
    if not path or not line.isdigit():
        raise UsageError(f"{place!r}: expected FILE:LINE")
    rendering = open_rendering(tokenizer, chat_template, max_length)
    # What only some consumers mind is no fault of a record that is looked at by itself.
    settings = Settings(profiles=("all",), ignore=tuple(READ_BY_SOME))
    found = record_at(path, int(line), settings)
    if found is None:
        raise InputError(f"{path}: no record begins at line {line}")
    raw, row, findings = found
    sides: list[dict[str, Any]] = []
    if rendering is not None:
        # A row that a rule sets aside is rendered all the same: that is when one looks at it.
        kept = row or (record_at(path, int(line), Settings(select=("LEN",))) or found)[1]
        if kept is not None:
            about, sides = _as_read(rendering, kept, path, int(line))
            findings = [*findings, *about]
    exit_code = 1 if any(f.severity == "error" for f in findings) else 0
    if as_json:
        text = raw.decode(errors="replace")
        head = {"schema_version": 1, "command": "show", "exit": exit_code, "raw": text, "row": row}
        items = {"findings": [finding.to_dict() for finding in findings]}
        console.out_json(head | items | ({"rendered": sides} if rendering is not None else {}))
        return exit_code
    console.out(printable(raw.decode(errors="replace"), 2_000))
    console.out(readable(row) if row else "no row: the record is set aside")
    for side in sides:
        console.out("\n".join(_side_lines(side)))
    for finding in findings:
        pointer = printable(finding.pointer, 200)
        console.out(f"{finding.code} {pointer} {printable(finding.message, 300)}")
    return exit_code


def _as_read(
    rendering: Rendering, row: Row, path: str, line: int
) -> tuple[list[Finding], list[dict[str, Any]]]:
    """Return what is found in a row's rendering, and the rendering."""
    from curate.checks.rendered import RULES, kind_of_row
    from curate.checks.rendered.shown import document
    from curate.finding import Finding, shown

    reading = rendering.read(row, kind_of_row(row))
    findings = [
        Finding(
            rule.code.code,
            rule.code.slug,
            rule.code.severity,
            spot.message,
            path,
            line,
            id=row["id"],
            pointer=spot.pointer,
            value=shown(spot.value),
            fix=spot.fix or rule.code.remedy,
        )
        for rule in RULES
        for spot in rule.spots(reading)
    ]
    return findings, document(reading)


def _side_lines(side: dict[str, Any]) -> list[str]:
    """Return one sequence as lines: the counts, then the text with what is trained marked."""
    title = f"── {side['answer'] or 'as the model reads it'}"
    if side["text"] is None:
        return [f"{title}: not rendered: {printable(side['refused'] or '', 300)}"]
    coloured = console.styled("x", "bold", sys.stdout) != "x"
    marks = "underlined" if coloured else "in ⟦ ⟧"
    lines = [
        f"{title}: {side['token_count']:,} tokens, {side['trained_count']:,} trained ({marks})"
    ]
    for turn in side["turns"]:
        known = turn["tokens"] is not None
        counts = f"{turn['tokens']:,} tokens, {turn['trained']:,} trained" if known else "not found"
        lines.append(f"  {turn['pointer'] or '':<14} {turn['role']:<10} {counts}")
    if side["split_at"]:
        lines.append("  · splits a special token that a text spells, so that it stays text")
    text = "".join(printable(token, 40) for token in side["added"])
    text += "".join(_marked(piece, trained, coloured) for piece, trained in _pieces(side))
    return [*lines, *text.split("\n")]


def _pieces(side: dict[str, Any]) -> list[tuple[str, bool]]:
    """Return the text in pieces, trained and not, with signs for what cannot be seen in it."""
    signs = dict.fromkeys(side["split_at"], "·")
    if side["cut_at"] is not None:
        signs[side["cut_at"]] = f"✂ max_length {side['max_length']:,} cuts here ✂"
    pieces = []
    for span in side["spans"]:
        start, end = span["start"], span["end"]
        at = sorted({start, end, *(sign for sign in signs if start <= sign < end)})
        text = "".join(signs.get(a, "") + side["text"][a:b] for a, b in pairwise(at))
        pieces.append((text, span["trained"]))
    return pieces


def _marked(text: str, trained: bool, coloured: bool) -> str:
    """Return a piece with its own line breaks, and every other control character as an escape."""
    lines = [printable(line, len(line) + 1) for line in text.split("\n")]
    if coloured and trained:
        return "\n".join(console.styled(line, "trained", sys.stdout) for line in lines)
    shown = "\n".join(lines)
    return f"⟦{shown}⟧" if trained else shown
