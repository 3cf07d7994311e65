"""Private content replaced, the same thing everywhere under the same name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import compress
from pathlib import Path
from typing import Literal

import numpy as np
import pyarrow as pa

from curate.build.line.base import Context, Decision, Rows
from curate.build.steps.redact.chats import ChatNames
from curate.build.steps.redact.report import card, lines, report
from curate.errors import InputError, UsageError
from curate.finding import Hit
from curate.recipe import option
from curate.redaction import KINDS, Plan, Redactor, Remark, key_file, parsed_roles, texts_of
from curate.row import SCHEMAS, Row, from_batch, to_batch

__all__ = ["Redact", "RedactOptions"]

_MOST_REMARKS = 20
_SAID = {
    "PII041": "a number of {} characters",
    "PII042": "an @mention of {} characters",
    "PII043": "a word of {} characters that begins a hidden address",
    "PII044": "a greeted word of {} characters in lower case",
    "PII045": "a word of {} characters that is also part of a hidden name",
}


@dataclass(frozen=True)
class RedactOptions:
    """Options of `curate redact`."""

    kinds: list[str] = option(
        names=True,
        factory=list,
        doc="What is replaced, in place of all: name, email, phone, handle, address, card, iban, "
        "id, ip, mac, url, wallet, date_of_birth, secret, key.",
    )
    keep: list[str] = option(names=True, factory=list, doc="Kinds that are left as they are.")
    style: Literal["placeholder", "fake"] = option(
        "placeholder", doc="`placeholder` writes [name 3], `fake` an invented value."
    )
    numbering: Literal["dataset", "row", "none"] = option(
        "dataset",
        doc="How far a number reaches: the same person has the same in the whole set, or in each "
        "row by itself, or there are no numbers.",
    )
    seed: int = option(0, doc="Seed of invented values: the same seed invents the same.")
    role: list[str] = option(
        factory=list,
        doc="Who somebody is: boss=anna@example.com makes [boss name] and [boss email] of Anna.",
    )
    names: list[str] = option(
        factory=list, doc="Further names to replace; @FILE reads them from a file, one a line."
    )
    region: str | None = option(
        None, doc="The country (DE, US) whose phone numbers are written without +49, +1."
    )
    key_file: str | None = option(
        None,
        doc="Write what was replaced to this file, outside the output, encrypted under the "
        "passphrase in TUNESMITH_KEY_PASSPHRASE. Anyone who has both can undo the redaction.",
    )
    keep_raw: bool = option(
        False,
        doc="Leave the text of removed records in rejected/, where only codes would be kept; of "
        "mail only your own, up to 64 KiB each.",
    )


class Redact:
    """Replaces personal data and secrets in every string of the rows.

    People are known from the inputs (senders, participants), from `names`, and from greetings,
    titles and closings. No row leaves; what may still be private is told by its place.

    Args:
        options: The options.

    Raises:
        UsageError: If a kind, a role or the region is wrong, or options contradict each other.
        InputError: If a file of names cannot be read.
    """

    name = "redact"

    def __init__(self, options: RedactOptions) -> None:
        self.options = options
        for kind in (*options.kinds, *options.keep):
            if kind not in KINDS:
                raise UsageError(
                    f"redact: there is no kind {kind!r}", hint=f"one of {', '.join(KINDS)}"
                )
        region = options.region
        if region is not None and not (len(region) == 2 and region.isascii() and region.isalpha()):
            raise UsageError("redact: a region is two letters, as DE", hint="--region DE")
        if options.key_file and options.style == "placeholder" and options.numbering != "dataset":
            raise UsageError(
                "redact: a key file needs numbers that hold for the whole set",
                hint="leave --numbering out",
            )
        parsed_roles(options.role)
        self._plan = Plan(
            kinds=frozenset(options.kinds or KINDS) - frozenset(options.keep),
            style=options.style,
            numbering=options.numbering,
            seed=options.seed,
            roles=tuple(options.role),
            names=tuple(_names(options.names)),
            region=region.upper() if region else None,
            remember=options.key_file is not None,
        )

    def decide(self, rows: Rows, context: Context) -> Decision:
        """Redact the rows into a file in the scratch folder and say what is left in them.

        Raises:
            UsageError: If the key file would lie in the output, or no passphrase is set.
            OutputError: If the key file cannot lie where it is to.
            MissingExtraError: If a key file is asked for and the extra `keyfile` is missing.
        """
        key = None
        if self.options.key_file is not None:
            key = key_file.check(self.options.key_file, context.output)
        redactor, chats = Redactor(context.people, self._plan), ChatNames(context.people)
        for _, batch in rows.batches():
            for row in from_batch(batch):
                chats.see(row)
                redactor.learn(texts_of(row))
        redactor.ready()
        chats.ready()
        decision = Decision(
            keeps_text=self.options.keep_raw,
            cleaner=lambda text: redactor.text(chats.path(text)),
        )
        remarks: Counter[str] = Counter()
        path = context.scratch / "rows.arrow"
        with pa.OSFile(str(path), "wb") as file, pa.ipc.new_stream(file, SCHEMAS[rows.kind]) as out:
            for batch in self._redacted(rows, redactor, chats, decision, remarks, context.tick):
                out.write_batch(batch)
        decision.rewritten = path
        decision.extra = dict(_put_beside(rows, redactor))
        if key is not None and context.output is not None:
            decision.then = partial(
                key_file.write, key, redactor.names.meanings, key_file.passphrase()
            )
        self._tell(redactor, decision, len(rows))
        decision.report = report(redactor, remarks, self._plan)
        decision.card = card(redactor, self._plan)
        decision.lines = lines(redactor, remarks, len(rows))
        return decision

    def _redacted(
        self,
        rows: Rows,
        redactor: Redactor,
        chats: ChatNames,
        decision: Decision,
        remarks: Counter[str],
        tick: Callable[[int], None],
    ) -> Iterator[pa.RecordBatch]:
        last: int = -1
        row: Row = {}
        for start, batch in rows.batches():
            positions = rows.positions[start : start + batch.num_rows]
            first = positions != np.concatenate(([last], positions[:-1]))
            fresh = list(compress(from_batch(batch), first))
            if first[0]:  # else the row before it, which changed columns of its own, goes on
                redactor.changed.clear()
            for each in fresh:
                redactor.changed |= chats.hide(each)
            indices = (start + np.flatnonzero(first)).tolist()
            for index, told in zip(indices, redactor.rows(fresh), strict=True):
                remarks.update(each.code for each in told)
                decision.findings += [(index, hit) for hit in _hits(told)]
            # A copy is redacted as its original is.
            these = [row, *fresh]
            made = [these[at] for at in np.cumsum(first).tolist()]
            last, row = int(positions[-1]), made[-1]
            tick(start + len(made))
            same = set(batch.schema.names) - redactor.changed
            yield to_batch(rows.kind, made, {name: batch.column(name) for name in same})

    def _tell(self, redactor: Redactor, decision: Decision, n_rows: int) -> None:
        tally = redactor.tally
        counts = ", ".join(f"{number:,} {kind}" for kind, number in tally.kinds.most_common())
        message = (
            f"{tally.kinds.total():,} places in {tally.rows:,} of {n_rows:,} rows were replaced"
        )
        found = [Hit("PII040", "", f"{message}: {counts}" if counts else message)]
        if tally.ambiguous:
            message = f"{tally.ambiguous:,} names may be those of several people"
            found.append(Hit("PII047", "", message))
        if tally.media:
            found.append(
                Hit("PII048", "", f"the references of {tally.media:,} rows to media changed")
            )
        if left := sorted(set(KINDS) - self._plan.kinds):
            found.append(Hit("PII049", "", f"left as they are: {', '.join(left)}"))
        found += [
            Hit("PII050", "", f"nobody in the inputs is who the role {role} is given to")
            for role in redactor.absent_roles
        ]
        decision.findings += [(-1, hit) for hit in found]


def _put_beside(rows: Rows, redactor: Redactor) -> Iterator[tuple[str, pa.Array]]:
    """Yield what earlier steps put into the rows' `extra`, its texts redacted."""
    for name, values in rows.extra.items():
        if pa.types.is_string(values.type) or pa.types.is_large_string(values.type):
            texts = values.to_pylist()
            clean = {text: redactor.text(text) for text in dict.fromkeys(texts) if text is not None}
            yield name, pa.array([clean.get(text) for text in texts], values.type)


def _hits(remarks: list[Remark]) -> Iterator[Hit]:
    """Yield a row's remarks as findings, one for each code and text; the value is never shown."""
    seen: dict[tuple[str, str], list[Remark]] = {}
    for remark in remarks:
        seen.setdefault((remark.code, remark.pointer), []).append(remark)
    for (code, pointer), those in list(seen.items())[:_MOST_REMARKS]:
        first = those[0]
        more = f", and {len(those) - 1} more" if len(those) > 1 else ""
        if code == "PII046":
            message = f"a word at character {first.start} was taken for a name{more}"
        else:
            what = _SAID[code].format(first.length)
            message = f"{what} at character {first.start}{more}"
        yield Hit(code, pointer, message)


def _names(given: Iterable[str]) -> Iterator[str]:
    for text in given:
        if not text.startswith("@"):
            yield text
            continue
        try:
            whole = Path(text[1:]).read_text("utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or "not UTF-8"
            raise InputError(f"{text[1:]}: cannot be read: {reason}") from None
        yield from (line.strip() for line in whole.splitlines() if line.strip())
