"""What a person sees on a terminal: findings, funnels, progress and errors.

Data goes to stdout, everything else to stderr. Text from a data set is made printable before it
is shown. Colour is used on a terminal only, never with `NO_COLOR` or `TERM=dumb`.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TextIO

from curate.errors import (
    EXIT_CLOSED_PIPE,
    EXIT_INTERRUPTED,
    CurateError,
    escaped,
    printable,
)
from curate.finding import Finding, Ledger

_COLOURS = {
    "error": "31",
    "warning": "33",
    "info": "36",
    "bold": "1",
    "removed": "31",
    "added": "32",
    "trained": "4;32",
    "faint": "2",
}


def styled(text: str, style: str, stream: TextIO) -> str:
    """Return a text in a style (`error`, `bold`, `added`, …) where the stream shows it."""
    plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb" or not stream.isatty()
    return text if plain else f"\x1b[{_COLOURS[style]}m{text}\x1b[0m"


def say(text: str = "") -> None:
    """Print a line for people, on stderr."""
    sys.stderr.write(text + "\n")


def out(text: str) -> None:
    """Print a line of data, on stdout."""
    sys.stdout.write(text + "\n")


def out_json(document: Mapping[str, Any]) -> None:
    """Print one JSON document on stdout."""
    out(escaped(json.dumps(document, ensure_ascii=False, indent=2)))


def out_json_line(document: Mapping[str, Any]) -> None:
    """Print one line of JSON on stdout."""
    out(escaped(json.dumps(document, ensure_ascii=False)))


def place(finding: Finding) -> str:
    """Return where a finding is: `file:line`, with the id where there is one."""
    spot = finding.file or "the set"
    if finding.line is not None:
        spot += f":{finding.line}"
    return printable(spot, 200)


def what(finding: Finding) -> str:
    """Return what was found, with the value where the message does not hold it."""
    text = printable(finding.message, 300)
    if finding.value is not None and finding.value not in finding.message:
        text += f" (found {finding.value})"
    return text


def finding_lines(finding: Finding, stream: TextIO) -> list[str]:
    """Return a finding as two lines: where, code and what; then what to do."""
    code = styled(finding.code, finding.severity, stream)
    pointer = f" {printable(finding.pointer, 200)}" if finding.pointer else ""
    lines = [f"{place(finding)}: {code}{pointer} {what(finding)}"]
    if finding.fix:
        lines.append(f"  fix: {printable(finding.fix, 300)}")
    return lines


def show_samples(samples: Mapping[str, list[Finding]], ledger: Ledger) -> None:
    """Print the first findings of each code on stderr, and how many more there are.

    What to do is said once for findings that share it, and what differs by its line alone is said
    once for all lines; a code that is mere information has one line in all, behind the others.
    """
    for code in sorted(samples, key=lambda code: (samples[code][0].severity == "info", code)):
        found = samples[code]
        number = ledger.findings[code]
        if found[0].severity == "info":
            where, *_ = finding_lines(found[0], sys.stderr)
            say(where + (f" … {number:,} in all" if number > 1 else ""))
            continue
        said, told = None, 0
        for alike in _alike(found):
            where, *fix = finding_lines(alike[0], sys.stderr)
            say("\n".join([where, *fix] if fix != said else [where]))
            said = fix
            _, *others = lines = dict.fromkeys(each.line for each in alike)
            if others:
                say(f"  the same in line {', '.join(map(str, others))}")
            told += len(lines)
        if number > told:
            say(f"  … and {number - told:,} more {code} {found[0].slug}")


def _alike(found: Sequence[Finding]) -> list[list[Finding]]:
    """Return findings in groups that differ by their line alone, in order."""
    groups: dict[object, list[Finding]] = {}
    for each in found:
        told = each.file, each.pointer, each.message, each.value, each.fix
        key = told if each.line is not None else each
        groups.setdefault(key, []).append(each)
    return list(groups.values())


def show_funnel(name: str, ledger: Ledger) -> None:
    """Print a command's counts on stderr: rows in, added and removed by code, rows out."""
    head = f"{name}: {ledger.rows_in:,} in"
    for sign, counts in (("+", ledger.added), ("-", ledger.removed)):
        for code, count in sorted(counts.items()):
            head += f"  {sign}{count:,} {code}"
    say(styled(f"{head}  = {ledger.rows_out:,} out", "bold", sys.stderr))


def show_error(error: CurateError) -> None:
    """Print an error that ends the command, and what to do about it; with --json a document too."""
    code = f"{error.code} " if error.code else ""
    say(styled("error: ", "error", sys.stderr) + code + error.message)
    if error.hint:
        say("  fix: " + error.hint.replace("\n", "\n       "))
    if "--json" in sys.argv:
        words = [word for word in sys.argv[1:] if not word.startswith("-")]
        about = {"code": error.code, "message": error.message, "fix": error.hint}
        command = words[0] if words else None
        out_json({"schema_version": 1, "command": command, "exit": error.exit_code, "error": about})


@contextmanager
def progress(label: str, unit: str) -> Iterator[Callable[[int], None]]:
    """Show how far a run is: a live line on a terminal, else a plain line every 30 seconds.

    Yields:
        A function that takes how much is done.
    """
    started = time.monotonic()
    live = sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
    last = started

    def tick(done: int) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last < (0.1 if live else 30):
            return
        last = now
        rate = done / max(now - started, 1e-9)
        line = f"{label}: {done:,} {unit}, {rate:,.0f} a second"
        sys.stderr.write(f"\r\x1b[2K{line}" if live else line + "\n")
        sys.stderr.flush()

    try:
        yield tick
    finally:
        if live and last > started:
            sys.stderr.write("\r\x1b[2K")


def main(command: Callable[..., Any]) -> None:
    """Run a click command as a console script: every fault ends in a line and an exit code."""
    import click

    stdout = sys.stdout
    for stream in (stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    interruptible()
    try:
        code = command(standalone_mode=False)
        sys.stdout.flush()
    except click.exceptions.Exit as ended:
        code = ended.exit_code
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except CurateError as error:
        show_error(error)
        code = error.exit_code
    except (KeyboardInterrupt, click.Abort):
        say("interrupted")
        code = EXIT_INTERRUPTED
    except BrokenPipeError:
        code = _closed_pipe()
    except SystemExit:
        # Where our output's reader has gone, click puts another stdout in place and ends with 1.
        if sys.stdout is stdout:
            raise
        code = _closed_pipe()
    sys.exit(code if isinstance(code, int) else 0)


def _closed_pipe() -> int:
    """End without a word, also at interpreter exit: the reader of our output has gone."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    return EXIT_CLOSED_PIPE


def interruptible() -> None:
    """Make a termination signal end the run as Ctrl-C does, so that outputs are cleaned up."""

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, stop)
