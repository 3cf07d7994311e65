"""TXT: space that is too much, or missing where it has a meaning."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from curate.checks.base import Spot, rule
from curate.checks.columns import Mask, Texts
from curate.checks.text.looks import Look, Looks
from curate.checks.text.places import around
from curate.checks.text.prose import has_code, outside_code, prose
from curate.checks.walk import texts, with_texts
from curate.row import Row

_GAP = r"\n[ \t]*\n[ \t]*\n[ \t]*\n"
_GAPS = re.compile(r"\n(?:[ \t]*\n){3,}")
_RUN_BYTES = 300
# Rulers of tables and links may be long.
_RUNS = re.compile(r"(?<![!-~])(?!https?://)[!-~]{300,}")
_RULER = re.compile(r"[-=_*#.~|+]{40}|https?://")
_DEPTHS = (0, 1, 2, 4)
_OPENER = (
    r"(?:def [^\s(]+\(|for [^\s][^\n]* in |while |if |elif |class [^\s(:]+|else|try|except|with )"
    r"[^\n]*"
)
_ANY_OPENER = r"(?m:^ {0,4}(?:def|for|while|if|elif|class|else|try|except|with)[^\n]*:[ \t]*\n)"
_MAYBE_FLAT = "|".join(rf"^ {{{deep}}}{_OPENER}:[ \t]*\n+ {{0,{deep}}}[a-z_]" for deep in _DEPTHS)
_FLAT = re.compile(
    rf"^(?P<indent> *)(?P<opener>{_OPENER}):[ \t]*\n+(?=(?P<next> *)(?P<line>[a-z_][^\n]*))",
    re.MULTILINE,
)
_STATEMENT = re.compile(
    r"(?:return|pass|raise|print|yield|break|continue|if|for|while)\b"
    r"|[\w.\[\]'\"]+ ?[-+*/|&]?=|[\w.]+\("
)
_LETTERS = 26
_GLUES = re.compile(r"\b(?P<end>[a-z]{3,})[.!?](?P<start>[A-Z][a-z]+) [a-z]")
_NAME = re.compile(r"[/@\\]|www|\.[A-Z][a-z]+(?:[.(]| (?:func|meth|class|modul|obj|pack|field))")
_SHOUT = r"[!?]{5}"
_SHOUTS = re.compile(r"[!?]{5,}")


_LOOKS = Looks(
    gap=Look(_GAP, "\n"),
    block=Look(":[ \t]*\n", ":"),
    shout=Look(_SHOUT, "!?"),
)


@rule(
    "TXT042",
    "many-blank-lines",
    severity="info",
    fix=lambda row: with_texts(row, lambda text: outside_code(text, _GAPS, "\n\n")),
    fix_kind="safe",
    screen=_LOOKS["gap"],
)
def many_blank_lines(row: Row) -> Iterator[Spot]:
    r"""A text has three or more blank lines in a row.

    Why: remains of pages, mails and forms; each blank line is a token or two that says nothing.
    Example: "one\n\n\n\ntwo"
    Fix: the safe fix leaves one blank line. Code keeps its own.
    Source: defect in published data: OpenAssistant, DPO pairs, mailing lists.
    """
    for pointer, _, text in texts(row):
        if match := _GAPS.search(prose(text)):
            lines = match[0].count("\n") - 1
            yield Spot(pointer, f"{lines} blank lines at character {match.start()}")


def _long_runs(texts: Texts) -> Mask:
    """Return which texts have 300 bytes in a row that are neither blank nor beyond ASCII."""
    data, starts, ends = texts.flat
    found = np.zeros(len(starts), np.bool_)
    if len(data):
        # One subtraction for both: what is below `!` wraps around to the top.
        breaks = np.flatnonzero((data[: ends[-1]] - np.uint8(ord("!"))) > ord("~") - ord("!"))
        breaks = np.concatenate(([starts[0] - 1], breaks, [ends[-1]]))
        for at in np.flatnonzero(np.diff(breaks) > _RUN_BYTES):
            # Nothing parts one text from the next here: all that the run may touch are looked at.
            first, last = np.searchsorted(starts, (breaks[at] + 1, breaks[at + 1] - 1), "right")
            found[first - 1 : last] = True
    return found & (texts.lengths >= _RUN_BYTES)


@rule("TXT043", "unbroken-run", severity="info", screen=_long_runs)
def unbroken_run(row: Row) -> Iterator[Spot]:
    """A text has 300 or more characters without a space that are no link and no ruler.

    Why: base64, minified code, or an answer that ran on in zeros; thousands of tokens of noise.
    Example: "1326134.00000000000000000000000000000000000…"
    Fix: remove the row, or the run.
    Source: defect in published data: Glaive's function calls, DPO pairs; data-juicer
    `maximum_line_length_filter`.
    """
    for pointer, _, text in texts(row):
        for match in _RUNS.finditer(text):
            if not _RULER.search(match[0]):
                message = f"{len(match[0])} characters without a space at character {match.start()}"
                yield Spot(pointer, message, match[0][:40])
                break


def _maybe_flat(texts: Texts) -> Mask:
    # From what costs little to what is exact.
    found = _LOOKS["block"](texts).copy()
    for pattern in (_ANY_OPENER, f"(?m:{_MAYBE_FLAT})"):
        found[found] = texts.at(found).matching(pattern)
    return found


@rule("TXT044", "lost-indentation", severity="warning", screen=_maybe_flat)
def lost_indentation(row: Row) -> Iterator[Spot]:
    r"""Python in a text lost its indentation.

    Why: a filter took repeated spaces away; the program does not run, and the model learns to write
    such.
    Example: "def f(x):\nreturn x"
    Fix: export again with the spaces kept, or remove the row.
    Source: defect in published data: Glaive's function calls, Alpaca, Code Alpaca.
    """
    for pointer, _, text in texts(row):
        for match in _FLAT.finditer(text):
            deep = len(match["indent"])
            if len(match["next"]) > deep or deep not in _DEPTHS:
                continue
            if _STATEMENT.match(match["line"]):
                message = f"a block at character {match.start()} is not indented"
                yield Spot(pointer, message, f"{match['opener']}:\\n{match['line']}"[:80])
                break


def _maybe_glued(texts: Texts) -> Mask:
    """Return which texts have a word behind the end of a sentence without a space between."""
    data, _, ends = texts.flat
    if not len(data):
        return np.zeros(len(ends), np.bool_)
    data = data[: ends[-1]]
    end = (data == ord(".")) | (data == ord("!")) | (data == ord("?"))
    at = np.flatnonzero(end[1:-2]) + 1
    at = at[(data[at + 1] - np.uint8(ord("A"))) < _LETTERS]
    for step in (-1, 2):
        at = at[(data[at + step] - np.uint8(ord("a"))) < _LETTERS]  # wraps around below "a"
    owners = np.searchsorted(ends, at, "right")
    found = np.zeros(len(ends), np.bool_)
    found[owners[at + 2 < ends[owners]]] = True
    return found


@rule("TXT045", "glued-sentences", severity="info", screen=_maybe_glued)
def glued_sentences(row: Row) -> Iterator[Spot]:
    """Two sentences of a text have no space between them.

    Why: line ends were removed with nothing put in their place; the words at the seam become rare
    tokens, and the model learns to leave the space out.
    Example: "It was late.Nobody came"
    Fix: extract the text again with its line ends.
    Source: defect in published data: Dolly, Wikipedia extracts, C4.
    """
    for pointer, _, text in texts(row):
        if not (matches := list(_GLUES.finditer(prose(text)))) or has_code(text):
            continue
        for match in matches:
            start = text.rfind(" ", 0, match.start()) + 1
            if not _NAME.search(text[start : match.end("start") + 10]):
                message = f"no space behind a sentence at character {match.end('end')}"
                yield Spot(pointer, message, around(text, match))
                break


@rule("TXT046", "shouted-punctuation", severity="info", screen=_LOOKS["shout"])
def shouted_punctuation(row: Row) -> Iterator[Spot]:
    """A text has five or more exclamation or question marks in a row.

    Why: the mark of spam and of quarrels; the model learns the tone.
    Example: "Buy now!!!!!"
    Fix: look at the row.
    Source: Rae et al. 2021 (symbols to words); defect in published data: C4.
    """
    for pointer, _, text in texts(row):
        if (match := _SHOUTS.search(prose(text))) and not has_code(text):
            yield Spot(pointer, f"{len(match[0])} marks in a row", around(text, match))


RULES = (
    many_blank_lines,
    unbroken_run,
    lost_indentation,
    glued_sentences,
    shouted_punctuation,
)
