"""Rows of a dataset folder to tokenised documents, with everything counted that does not fit."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from curate.finding import Hit
from train.packing import Documents, documents

if TYPE_CHECKING:
    from curate.render.template import Rendered, Template
    from curate.render.tokenizer import Tokenizer
    from curate.row import Row
    from train.recipe import DataSection

SHOWN_ROWS = 10


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a plan does not run.

    Attributes:
        code: A RUN code.
        message: What was found, what was expected, what to do.
    """

    code: str
    message: str


@dataclass(slots=True)
class Faults:
    """Faults of rows, gathered by code: how many rows, and the first of them with its reason."""

    rows: dict[str, int] = field(default_factory=dict)
    first: dict[str, list[str]] = field(default_factory=dict)

    def add(self, row_id: str, hit: Hit) -> None:
        """Count a row under its fault."""
        self.rows[hit.code] = self.rows.get(hit.code, 0) + 1
        shown = self.first.setdefault(hit.code, [])
        if len(shown) < SHOWN_ROWS:
            fix = f" ({hit.fix})" if hit.fix else ""
            shown.append(f"row {row_id}{hit.pointer}: {hit.message}{fix}")

    def refusals(self) -> list[Refusal]:
        """Return one refusal a code, in order of codes."""
        found = []
        for code in sorted(self.rows):
            more = self.rows[code] - len(self.first[code])
            lines = self.first[code] + ([f"+{more} more rows"] if more else [])
            noun = "row" if self.rows[code] == 1 else "rows"
            found.append(Refusal(code, "\n  ".join([f"{self.rows[code]} {noun}:", *lines])))
        return found


@dataclass(slots=True)
class Tokenised:
    """A split as tokens.

    Attributes:
        docs: The documents, in row order.
        faults: Rows that cannot be trained on as the recipe has it.
        rows: Rows that were read.
        truncated_rows: Rows cut to `max_length`.
        split_rows: Rows longer than `max_length` that packing will split.
        dropped_rows: Rows left out because they are longer than `max_length`.
        untrained_rows: Rows without a trained token.
        left_out: Message fields that the template does not show → rows.
    """

    docs: Documents
    faults: Faults
    rows: int = 0
    truncated_rows: int = 0
    split_rows: int = 0
    dropped_rows: int = 0
    untrained_rows: int = 0
    left_out: Counter[str] = field(default_factory=Counter)


def held_out(row_id: str, ratio: float) -> bool:
    """Whether `eval_ratio` holds a row out: by a hash of its id, whatever the other rows are."""
    digest = hashlib.sha256(f"eval:{row_id}".encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64 < ratio


def tokenise(
    rows: Iterable[Row], *, template: Template, tokenizer: Tokenizer, data: DataSection
) -> Tokenised:
    """Render, tokenise and mask rows, and do with long ones what `data.too_long` says."""
    done = Tokenised(documents(()), Faults())
    ids: list[str] = []
    rendered = _rendered(rows, template, tokenizer, data, done, ids)

    def kept() -> Iterator[tuple[list[int], list[bool]]]:
        for at, row in enumerate(tokenizer.encode_rows(rendered, template)):
            fitted = _fitted(ids[at], row.ids, row.trained, data, done)
            if fitted is not None:
                yield fitted

    done.docs = documents(kept())
    return done


def _rendered(
    rows: Iterable[Row],
    template: Template,
    tokenizer: Tokenizer,
    data: DataSection,
    done: Tokenised,
    ids: list[str],
) -> Iterator[Rendered]:
    for row in rows:
        done.rows += 1
        rendered = template.row(row, tokenizer.specials, data.loss_on)
        if isinstance(rendered, Hit):
            done.faults.add(row["id"], rendered)
            continue
        done.left_out.update(rendered.left_out)
        ids.append(row["id"])
        yield rendered


def _fitted(
    row_id: str, ids: list[int], trained: list[bool], data: DataSection, done: Tokenised
) -> tuple[list[int], list[bool]] | None:
    longer = len(ids) > data.max_length
    if longer and data.too_long == "error":
        text = f"{len(ids)} tokens, max_length is {data.max_length}"
        done.faults.add(row_id, Hit("RUN012", "", text))
        return None
    if longer and data.too_long == "drop":
        done.dropped_rows += 1
        return None
    if longer and data.too_long == "cut":
        done.truncated_rows += 1
        ids, trained = ids[: data.max_length], trained[: data.max_length]
    elif longer:
        done.split_rows += 1
    if not any(trained[1:]):
        done.untrained_rows += 1
        why = f"no trained token in its first {len(ids)}" if longer else "no trained token"
        done.faults.add(row_id, Hit("RUN013", "", why))
        return None
    return ids, trained
