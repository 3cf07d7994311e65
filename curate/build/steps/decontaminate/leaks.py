"""What is told of leaks: removals, findings, the pairs side by side, and the counts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pyarrow as pa

from curate.build.line.base import Decision, Removal, Rows
from curate.build.lint.masking import hidden
from curate.build.steps.decontaminate.evaluations import Evaluation, Evaluations
from curate.build.steps.scores import score_file
from curate.build.steps.tables import aligned
from curate.build.steps.texts import On, columns_for, texts_of
from curate.checks.whole.base import counted
from curate.decontamination import METHODS, Index, Item, Passage, Piece, around, passage
from curate.errors import printable
from curate.files.json_text import dumps
from curate.finding import Hit
from curate.row import Kind

if TYPE_CHECKING:  # numpy.typing takes 30 ms to import
    from numpy.typing import NDArray

    Leaks = NDArray[np.void]
    Indices = NDArray[np.int64]
    Shares = NDArray[np.float32]
    Counts = NDArray[np.int32]
else:
    Leaks = Indices = Shares = Counts = Any

Action = Literal["remove", "list", "remove-all"]
FILE = "leaks.jsonl"
SCORES = "scores/decontaminate.arrow"
# By method; an answer without its question has a code of its own.
_CODES = ("LEK001", "LEK002", "LEK003", "LEK004", "LEK005")
_ANSWER = "LEK006"
# Methods that find an item in other words.
_IN_OTHER = ("paraphrase", "semantic")
# The strongest evidence first: a row is told of under the first that holds.
_ORDER = (*_CODES[:3], _ANSWER, *_CODES[3:])
_REMOVED = frozenset(_CODES[:3])
# Kinds of rows that have no side that asks.
_ASKS_NOTHING: tuple[Kind, ...] = ("text", "segments")
# Items that are shown beside one row, the strongest first; all are counted.
_SHOWN_ITEMS = 5
_SHOWN_CHARS = 600
_SAID_CHARS = 120
_SAID_LINES = 3
_WRITTEN_TOGETHER = 200


@dataclass(slots=True)
class Told:
    """What looking found.

    Attributes:
        rows: The rows that were looked at.
        read: The evaluations.
        index: What was looked for; its items are those of `read`, by the sides asked for.
        leaks: `(n,) LEAK`, in any order.
        common: Rows whose only match stands in many rows.
        share: `(n_rows,) float32`: the largest share of an item's n-grams that each row has.
        words: `(n_rows,) int32`: the longest run of words that each row shares with an item.
        on: Where in the rows was looked.
        action: What is done about leaks.
        unweighed: Questions with too few rare words for `paraphrase`; None where it is not asked.
    """

    rows: Rows
    read: Evaluations
    index: Index
    leaks: Leaks
    common: Indices
    share: Shares
    words: Counts
    on: On
    action: Action
    unweighed: int | None = None


def asking(kind: Kind, on: On) -> On:
    """Return where in a row questions in other words are looked for: where it asks, if it does."""
    return "prompt" if on != "response" and kind not in _ASKS_NOTHING else on


def decision_of(told: Told) -> Decision:
    """Return what is to be done, and what people are told."""
    found = _Found(told)
    decision = Decision()
    for code in _ORDER:
        if len(chosen := found.first[found.codes[found.first] == code]):
            if found.removes(code):
                decision.removals.append(found.removal(code, chosen))
            else:
                decision.findings += found.listed(code, chosen)
    decision.findings += [(-1, hit) for hit in told.read.findings]
    decision.findings += _of_files(told, found)
    decision.report = found.report()
    decision.lines = found.lines()
    decision.files[FILE] = found.write
    decision.files[SCORES] = score_file(told.rows, found.scores())
    return decision


class _Found:
    """Leaks in order: by row, the strongest evidence first."""

    def __init__(self, told: Told) -> None:
        self.told = told
        index = told.index
        pieces = [index.items[item].pieces[number] for item, number in index.first_of]
        answers = np.array([piece.side == "answer" for piece in pieces], np.bool_)
        item_of = np.array([item for item, _ in index.first_of], np.int64)
        leaks = told.leaks
        codes = np.where(answers[leaks["piece"]], _ANSWER, np.array(_CODES)[leaks["method"]])
        rank = np.array([_ORDER.index(code) for code in codes.tolist()], np.int64)
        by = (leaks["piece"], -leaks["score"], leaks["method"], rank, leaks["row"])
        order = np.lexsort(by)
        leaks, codes = leaks[order], codes[order]
        items = item_of[leaks["piece"]]
        # Of an item in a row the strongest match counts.
        pairs = leaks["row"] * (len(index.items) + 1) + items
        first = np.sort(np.unique(pairs, return_index=True)[1])
        self.leaks, self.items, self.codes = leaks[first], items[first], codes[first]
        self.first = np.unique(self.leaks["row"], return_index=True)[1]

    def shown(self) -> Indices:
        """Return the leaks that are written: of each row the strongest."""
        sizes = np.diff(self.first, append=len(self.leaks))
        within = np.arange(len(self.leaks)) - np.repeat(self.first, sizes)
        return np.flatnonzero(within < _SHOWN_ITEMS)

    def removes(self, code: str) -> bool:
        """Return whether rows leave under a code."""
        action = self.told.action
        return action == "remove-all" or (action == "remove" and code in _REMOVED)

    def removal(self, code: str, chosen: Indices) -> Removal:
        """Return the rows of some leaks as a removal."""
        leaks = self.leaks[chosen]
        return Removal(
            code,
            leaks["row"].astype(np.int64),
            lambda n: self.message(int(chosen[n])),
            scores=leaks["score"].astype(np.float64),
        )

    def listed(self, code: str, chosen: Indices) -> list[tuple[int, Hit]]:
        """Return findings of rows that stay."""
        return [
            (
                int(self.leaks["row"][n]),
                Hit(code, "", self.message(int(n)), round(float(self.leaks["score"][n]), 4)),
            )
            for n in chosen
        ]

    def piece(self, n: int) -> tuple[Item, Piece]:
        """Return the item of a leak and the text of it that matched."""
        item, number = self.told.index.first_of[int(self.leaks["piece"][n])]
        found = self.told.index.items[item]
        return found, found.pieces[number]

    def message(self, n: int) -> str:
        """Return what is said of a row."""
        leak = self.leaks[n]
        item, piece = self.piece(n)
        what = f"the {piece.side} of item {printable(item.place, 200)}"
        method, score, n_words = METHODS[leak["method"]], float(leak["score"]), int(leak["words"])
        if method == "exact" and leak["whole"] == 2:
            return f"a text of it is {what} word for word ({counted(n_words, 'word')})"
        if method == "exact":
            return f"it holds {what} word for word ({counted(n_words, 'word')})"
        if method == "near":
            return f"it has {score:.0%} of the {self.told.index.gram_words}-grams of {what}"
        if method == "ngram":
            place = passage(piece.text, int(leak["begin"]), n_words)
            shared = printable(piece.text[place.begin : place.end], _SAID_CHARS)
            return f'it shares {counted(n_words, "word")} in a row with {what}: "{shared}"'
        if method == "paraphrase":
            return f"it has {score:.0%} of the worth of {what}, in other words"
        return f"it means nearly what {what} means: cosine {score:.3f}"

    def scores(self) -> dict[str, Any]:
        """Return numbers for every row: what it shares, and the leak it was judged by."""
        n_rows = len(self.told.rows)
        method = np.full(n_rows, -1, np.int8)
        score = np.zeros(n_rows, np.float32)
        item = np.full(n_rows, -1, np.int64)
        rows = self.leaks["row"][self.first]
        method[rows] = self.leaks["method"][self.first]
        score[rows] = self.leaks["score"][self.first]
        item[rows] = self.items[self.first]
        used, number = np.unique(item[rows], return_inverse=True)
        of_row = np.full(n_rows, -1, np.int32)
        of_row[rows] = number
        places = [self.told.index.items[at].place for at in used]
        return {
            "share": self.told.share,
            "words": self.told.words,
            "method": _dictionary(method, METHODS),
            "score": score,
            "item": _dictionary(of_row, places),
        }

    def rows_by_code(self) -> dict[str, int]:
        """Return how many rows were judged by each code."""
        codes, counts = np.unique(self.codes[self.first], return_counts=True)
        return dict(zip(codes.tolist(), counts.tolist(), strict=True))

    def report(self) -> dict[str, Any]:
        """Return the section of the JSON document."""
        told = self.told
        by_code = self.rows_by_code()
        return {
            "evaluations": [self._of_file(file) for file in told.read.files],
            "rows": by_code,
            "rows_removed": sum(n for code, n in by_code.items() if self.removes(code)),
            "rows_listed": sum(n for code, n in by_code.items() if not self.removes(code)),
            "rows_sharing_common_words": len(told.common),
            "questions_without_rare_words": told.unweighed,
        }

    def _of_file(self, file: Evaluation) -> dict[str, Any]:
        upto = file.first + file.items
        mine = (self.items >= file.first) & (self.items < upto)
        leaked = self._leaked_items(file.first, upto)
        unjudged = {n: w for n, w in self.told.index.unjudged.items() if file.first <= n < upto}
        codes = self.codes[mine]
        return {
            "file": file.file,
            "shape": file.shape,
            "records": file.records,
            "items": file.items,
            "leaked_items": leaked,
            "rows": len(np.unique(self.leaks["row"][mine])),
            "pairs": {code: int((codes == code).sum()) for code in sorted(set(codes.tolist()))},
            "unread": [{"line": line, "why": why} for line, why in file.unread],
            "only_whole": [
                {"line": self.told.index.items[n].line, "why": why}
                for n, why in sorted(unjudged.items())
            ],
        }

    def _leaked_items(self, first: int, upto: int) -> int:
        """Return how many items have a text that leaks, those included that repeat another's."""
        pieces = set(self.leaks["piece"].tolist())
        pieces_of = self.told.index.pieces_of[first:upto]
        return sum(1 for own in pieces_of if not pieces.isdisjoint(own))

    def lines(self) -> list[str]:
        """Return what people are told at the end."""
        report = self.report()
        table = [("evaluation", "items", "leaked", "rows")]
        table += [
            (
                printable(each["file"], 200),
                f"{each['items']:,}",
                f"{each['leaked_items']:,}",
                f"{each['rows']:,}",
            )
            for each in report["evaluations"]
        ]
        said = aligned(table)
        if report["rows_listed"]:
            said.append(
                f"{counted(report['rows_listed'], 'row')} only listed; "
                f"{FILE} of the output shows each beside its item"
            )
        if report["rows_sharing_common_words"]:
            rows = counted(report["rows_sharing_common_words"], "row")
            said.append(f"{rows} share words with an item that stand in many rows, and stay")
        return said

    def write(self, path: Path) -> None:
        """Write leaks as JSON lines: row and item side by side, with what they share."""
        firsts = set(self.first.tolist())
        shown = self.shown().tolist()
        with path.open("w", encoding="utf-8", newline="\n") as file:
            for start in range(0, len(shown), _WRITTEN_TOGETHER):
                numbers = shown[start : start + _WRITTEN_TOGETHER]
                for n, row in zip(numbers, self._texts(numbers), strict=True):
                    file.write(dumps(self._line(n, row, counts=n in firsts)) + "\n")

    def _texts(self, numbers: list[int]) -> Iterator[tuple[dict[str, Any], str]]:
        """Yield id and origin of the row of each leak, and the passage of it that matched."""
        rows = self.told.rows
        wanted, at = np.unique(self.leaks["row"][numbers], return_inverse=True)
        columns = ["id", "origin", *columns_for(rows.kind)]
        batch = pa.Table.to_batches(rows.take(wanted, columns).combine_chunks())[0]
        on = self.told.on
        looked = {each: texts_of(batch, rows.kind, each) for each in (on, asking(rows.kind, on))}
        about = batch.select(["id", "origin"]).to_pylist()
        for n, place in zip(numbers, at.tolist(), strict=True):
            leak = self.leaks[n]
            texts = looked[asking(rows.kind, on) if METHODS[leak["method"]] in _IN_OTHER else on]
            text = texts.pieces[int(texts.starts[place]) + int(leak["text"])].as_py()
            found = passage(text, int(leak["at"]), max(1, int(leak["words"])))
            yield about[place], around(text, found, _SHOWN_CHARS)

    def _line(self, n: int, row: tuple[dict[str, Any], str], *, counts: bool) -> dict[str, Any]:
        leak, code = self.leaks[n], str(self.codes[n])
        about, text = row
        origin = about["origin"] or {}
        item, piece = self.piece(n)
        place = Passage(0, 0)
        if METHODS[leak["method"]] not in _IN_OTHER:
            place = passage(piece.text, int(leak["begin"]), int(leak["words"]))
        return {
            "code": code,
            "method": METHODS[leak["method"]],
            "score": round(float(leak["score"]), 4),
            "share": round(float(leak["share"]), 4),
            "words": int(leak["words"]),
            "removed_by": counts and self.removes(code),
            "row": {"id": about["id"], "file": origin.get("path"), "line": origin.get("line")},
            "item": {
                "file": item.file,
                "line": item.line,
                "id": item.id,
                "side": piece.side,
                "field": piece.field,
            },
            "shared": hidden(piece.text[place.begin : place.end][:_SHOWN_CHARS]),
            "row_text": hidden(text),
            "item_text": hidden(around(piece.text, place, _SHOWN_CHARS)),
        }


def _dictionary(numbers: Any, names: Any) -> pa.DictionaryArray:
    """Return numbers as names, -1 as null."""
    indices = pa.array(numbers.astype(np.int32), mask=numbers < 0)
    return pa.DictionaryArray.from_arrays(indices, pa.array(list(names), pa.string()))


def _of_files(told: Told, found: _Found) -> list[tuple[int, Hit]]:
    """Return what is told of the evaluations, and of a set that is one."""
    hits: list[Hit] = []
    for file in told.read.files:
        if file.unread:
            hits.append(_sampled("LEK011", file, file.unread, "records were not looked for"))
        upto = file.first + file.items
        short = [
            (told.index.items[n].line, why)
            for n, why in sorted(told.index.unjudged.items())
            if file.first <= n < upto
        ]
        if short:
            hits.append(_sampled("LEK010", file, short, "items are looked for as whole texts only"))
    leaving = sum(n for code, n in found.rows_by_code().items() if code in _REMOVED)
    if 2 * leaving > len(told.rows):
        rows = f"{leaving:,} of {counted(len(told.rows), 'row')}"
        hits.append(Hit("LEK014", "", f"{rows} hold items of the evaluation"))
    return [(-1, hit) for hit in hits]


def _sampled(code: str, file: Evaluation, found: list[tuple[int, str]], what: str) -> Hit:
    some = "; ".join(f"line {line}: {printable(why, 200)}" for line, why in found[:_SAID_LINES])
    more = f"; and {len(found) - _SAID_LINES:,} more" if len(found) > _SAID_LINES else ""
    of = f"{len(found):,} of {file.records:,}"
    return Hit(code, "", f"{printable(file.file, 200)}: {of} {what}: {some}{more}")
