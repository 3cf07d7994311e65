"""One chunk of records to rows, findings and removed records: a pure function of its input.

This is where every record becomes a row or a removed record with a code.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from itertools import chain

import pyarrow as pa

from curate.build.decode import Decoded, Decoder
from curate.build.emit import Block, emit
from curate.build.lint.effects import Counts, Effects
from curate.build.lint.fixing import fix, unwished
from curate.build.lint.tokens import TokenChecks, rendered_codes, rendering_of
from curate.build.lint.whole import Reduced, Reducer
from curate.build.naming import name_rows, origin_column
from curate.build.settings import Settings
from curate.build.verdict import Verdict
from curate.checks import Selection, below, check_batch, profiles_named, select, suppressor
from curate.checks.rendered import Tally
from curate.files.chunks import Chunk
from curate.files.json_text import dumps
from curate.finding import Finding, Hit, Ledger, Removed
from curate.formats.recast import kind_of_columns
from curate.people import Person
from curate.row import TEXT, Kind, to_batch


@dataclass(slots=True)
class Outcome:
    """What came of one chunk.

    Attributes:
        ledger: The chunk's counts; `rows_out` counts the rows in `payload`.
        findings: All findings, in the records' order.
        removed: The records that left, in order.
        shapes: How many records had which format, with the place of the first.
        traits: How many records had which trait, where they were asked for.
        kinds: How many rows were of which kind; with two there is no payload.
        rows: Rows in the payload.
        hashes: For each row the first 8 bytes of its id's hash, for finding repeated ids.
        ids: The id of each row.
        lines: The line of each row.
        own: Positions of rows whose id is the export's own.
        payload: An Arrow IPC message, JSON lines or CSV text, as the settings ask.
        fixed: How many rows were changed by which fix.
        suppressed: How many findings of which code were hidden.
        patterns_used: How many findings which pattern of `per_file_ignores` hid, by its position.
        effects: What each consumer in force makes of the records, in order.
        diffs: What fixes change, where that was asked for: a text for each row, with its record.
        reduced: What rules about whole files and sets look at, where they run.
        tokens: What was counted of the rows' tokens, where there is a tokenizer.
        people: Whom the records name.
    """

    ledger: Ledger = field(default_factory=Ledger)
    findings: list[Finding] = field(default_factory=list)
    removed: list[Removed] = field(default_factory=list)
    shapes: dict[str, tuple[int, int]] = field(default_factory=dict)
    traits: Counter[str] = field(default_factory=Counter)
    kinds: Counter[Kind] = field(default_factory=Counter)
    rows: int = 0
    hashes: bytes = b""
    ids: list[str] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    own: list[int] = field(default_factory=list)
    payload: bytes | pa.Buffer = b""
    fixed: Counter[str] = field(default_factory=Counter)
    suppressed: Counter[str] = field(default_factory=Counter)
    patterns_used: Counter[int] = field(default_factory=Counter)
    effects: list[Counts] = field(default_factory=list)
    diffs: list[tuple[int, str]] = field(default_factory=list)
    reduced: Reduced | None = None
    tokens: Tally | None = None
    people: list[Person] = field(default_factory=list)


# The rows of a block stay in the processor's cache on their way through all stages (measured on a
# 1 MiB cache: 512 records of 1 kB cost a fifth less than 5,000 at once).
_BLOCK_RECORDS = 512


def selection_of(settings: Settings) -> Selection:
    """Return the rules and codes that settings select.

    Raises:
        UsageError: If a code or a profile is wrong.
    """
    profiles = profiles_named(settings.profiles)
    extended = (*settings.extend_select, *rendered_codes(settings)) if not settings.select else ()
    selection = select(profiles, settings.select, settings.ignore, extended)
    return selection if settings.media_root is None else below(selection, settings.media_root)


class ChunkWorker:
    """Turns chunks into outcomes under fixed settings; keeps nothing between chunks.

    Args:
        settings: The run's settings.

    Raises:
        UsageError: If a template, a code, a profile or the user's schema is wrong.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.selection = selection_of(settings)
        self.suppressor = suppressor(self.selection, settings.per_file_ignores)
        self.decoder = Decoder(settings)
        self._by_forms: dict[frozenset[str], Selection] = {}
        rendering = rendering_of(settings)
        self.tokens = TokenChecks(rendering, self.selection) if rendering is not None else None
        # Rows are needed behind the batch only where they are encoded from.
        self.keep_rows = settings.to != "row" and settings.payload != "none"

    def run(self, chunk: Chunk) -> Outcome:
        """Return what came of a chunk; the chunk's kind is the settings' or its first row's."""
        out = Outcome()
        out.ledger.rows_in = len(chunk.records)
        out.people = chunk.people
        allowed = self.settings.allow_loss
        consumers = self.selection.consumers
        effects = Effects(consumers, len(chunk.records)) if consumers else None
        verdict = Verdict(chunk, out, self.selection, allowed, self.suppressor, effects)
        reducer = Reducer(chunk, self.selection.whole) if self.settings.whole else None
        watch = reducer.watch if reducer is not None else None
        done: dict[Kind, list[Block]] = {}
        for start in range(0, len(chunk.records), _BLOCK_RECORDS):
            block = self.decoder.block(chunk, start, start + _BLOCK_RECORDS, verdict, watch)
            for kind, part in self._by_kind(block, verdict):
                done.setdefault(kind, []).append(self._build(kind, part, verdict))
        if len(done) > 1 and self.settings.payload != "none":
            # No output holds two kinds: the caller refuses the input once all of it is counted.
            message = f"the input mixes kinds of rows: {', '.join(sorted(done))}"
            for mixed in chain.from_iterable(done.values()):
                for index, own in zip(mixed.at, mixed.ids, strict=True):
                    verdict.remove(index, [Hit("SCH008", "", message)], own)
        else:
            for kind, blocks in done.items():
                self._finish(kind, blocks, verdict, reducer)
        if reducer is not None:
            out.reduced = reducer.result()
        verdict.settle()
        return out

    def _by_kind(self, done: Decoded, verdict: Verdict) -> list[tuple[Kind, Decoded]]:
        """Return a block's rows by kind; one that was not asked for is set aside. Count shapes."""
        out, target = verdict.out, self.decoder.target
        wanted = None if target else self.settings.kind
        only = done.forms[0] if done.forms else None
        alike = only is not None and done.forms.count(only) == len(done.forms)
        if only is not None and alike and only.name != "row" and target in (None, only.kind):
            kinds = [only.kind] * len(done.forms)
        else:
            kinds = [kind_of_columns(row) for row in done.rows]
        parts: list[tuple[Kind, Decoded]] = []
        for kind in dict.fromkeys(kinds):
            part = done
            if kinds.count(kind) != len(kinds):
                part = done.at_positions([n for n, found in enumerate(kinds) if found == kind])
            if wanted is not None and kind != wanted:
                message = f"a row of kind {kind}, the output holds {wanted}"
                for index, row in zip(part.at, part.rows, strict=True):
                    verdict.remove(index, [Hit("SCH008", "", message)], row.get("id"))
                continue
            out.kinds[kind] += len(part.rows)
            names = [form.name for form in part.forms]
            if verdict.effects is not None:
                verdict.effects.read(part.at, names, kind)
            for name, count in Counter(names).items():
                line = verdict.chunk.lines[part.at[names.index(name)]]
                total, first = out.shapes.get(name, (0, line))
                out.shapes[name] = (total + count, first)
            parts.append((kind, part))
        return parts

    def _build(self, kind: Kind, done: Decoded, verdict: Verdict) -> Block:
        """Fix a block's rows, name them and put them into a batch."""
        if self.settings.fix != "none":
            fix(self.settings, self.selection, kind, done, verdict)
        rows, at = done.rows, done.at
        keys = done.keys()
        ids, digests = name_rows(done, verdict.chunk, keys)
        for name in keys & {"layout", "extra"}:
            for row in rows:
                if value := row.pop(name, None):
                    row[name] = dumps(value)
        origin = origin_column(done, verdict.chunk, digests, keys)
        batch = to_batch(kind, rows, {"id": pa.array(ids, TEXT), "origin": origin})
        return Block(rows if self.keep_rows else [], at, ids, digests, batch)

    def _rules(self, verdict: Verdict) -> Selection:
        """Return the rules that may matter to the formats of a chunk."""
        if verdict.effects is None:
            return self.selection
        forms = verdict.effects.forms()
        if forms not in self._by_forms:
            self._by_forms[forms] = self.selection.for_forms(forms)
        return self._by_forms[forms]

    def _finish(
        self, kind: Kind, done: list[Block], verdict: Verdict, reducer: Reducer | None
    ) -> None:
        """Check and write the rows of a chunk."""
        whole = Block.joined(done)
        if reducer is not None:
            reducer.rows(whole.batch, kind, whole.at)
        gone = unwished(whole, verdict)
        for position, rule, spot in check_batch(whole.batch, kind, self._rules(verdict)):
            hit = Hit(rule.code.code, spot.pointer, spot.message, spot.value, spot.fix)
            if verdict.weigh(whole.at[position], [hit], whole.ids[position]):
                gone.add(position)
        if self.tokens is not None:
            gone |= self.tokens.check(whole, kind, verdict)
        if verdict.effects is not None:
            gone.update(n for n, index in enumerate(whole.at) if verdict.has_left(index))
            verdict.effects.measure(whole.batch, whole.at, kind)
            for position, hits in verdict.effects.bounds(whole.batch, whole.at).items():
                if verdict.weigh(whole.at[position], hits, whole.ids[position]):
                    gone.add(position)
        if gone:
            whole.keep([n for n in range(len(whole.ids)) if n not in gone])
        emit(self.settings, kind, whole, verdict)
