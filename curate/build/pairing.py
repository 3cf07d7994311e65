"""Judged answers to pairs: those that share a prompt, by a rule that was typed.

Only an identical prompt (messages, tools and media) makes a pair, and which answers are put
together is a choice: `first` takes the n-th desired with the n-th undesired answer of a prompt in
input order, `all` takes every desired with every undesired one.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

import pyarrow as pa

from curate.build.dataset import load
from curate.build.outputs import RejectedFile
from curate.build.reports import Report
from curate.build.runner import Earlier, Run
from curate.build.settings import Settings
from curate.build.writing import write_folder
from curate.codes import BY_CODE
from curate.files.json_text import dumps, loads
from curate.files.limits import RAW_KEPT_BYTES
from curate.finding import Finding, Ledger, Removed
from curate.formats.recast import OF_QUESTION
from curate.row import SCHEMAS, Row, from_batch, to_batch

Rule = Literal["first", "all"]
_BATCH_ROWS = 5_000


@contextmanager
def prepared(run: Run, inputs: Sequence[str]) -> Iterator[Sequence[str]]:
    """Give what a run reads: the inputs, or the pairs that were made of them."""
    if run.settings.pair is None:
        yield inputs
        return
    with paired(run, inputs, run.settings.pair) as pairs:
        yield pairs


@contextmanager
def paired(run: Run, inputs: Sequence[str], rule: Rule) -> Iterator[list[str]]:
    """Convert the inputs to judged rows and pair them; give what the run has to read instead.

    The run keeps its output's settings and gets the steps before it; what its settings say of
    reading is done. The files in between stand in a temporary folder.
    """
    settings = run.settings
    with TemporaryDirectory(prefix="curate-") as folder:
        judged, pairs = Path(folder) / "judged", Path(folder) / "pairs.arrow"
        reading = replace(
            settings, to="row", pair=None, kind="unpaired", as_kind=None, consumers=()
        )
        first = Run(
            Report("read"), reading, run.jobs, run.stop_on_error, on_progress=run.on_progress
        )
        write_folder(first, inputs, str(judged), "arrow", {})
        if first.report.refused:
            run.report.ledger, run.report.refused = first.report.ledger, first.report.refused
            run.report.empty = first.report.empty
            yield []
            return
        rejected = RejectedFile(Path(folder) / "rejected.jsonl")
        rejected.copy(judged / "rejected" / "rejected.jsonl")
        done = pair_rows(judged, rule, pairs, rejected)
        rejected.finish()
        if not done.ledger.rows_out:
            _refuse(run, first.report, done)
            yield []
            return
        run.earlier = Earlier(
            "(pairs)",
            first.report,
            (("read", first.report.ledger), ("pair", done.ledger)),
            tuple(done.findings),
            Path(folder) / "rejected.jsonl",
        )
        run.settings = Settings(
            to=settings.to,
            profiles=settings.profiles,
            select=settings.select,
            ignore=settings.ignore,
            extend_select=settings.extend_select,
            allow_loss=settings.allow_loss,
            fix=settings.fix,
            consumers=settings.consumers,
            limits=settings.limits,
        )
        yield [str(pairs)]


def _refuse(run: Run, read: Report, done: Paired) -> None:
    """Tell of inputs that hold no pair, so that nothing is written."""
    report = run.report
    report.ledger = Ledger.of_steps([read.ledger, done.ledger])
    report.by_severity, report.samples = read.by_severity, read.samples
    if done.findings:
        report.samples["LOS040"] = done.findings[:5]
    report.refused = "no two judged answers to one prompt were found"
    if not done.ledger.rows_in:
        report.refused = "--pair reads rows of prompt, completion and label, and none was found"


@dataclass(slots=True)
class Paired:
    """What pairing did.

    Attributes:
        ledger: Judged rows in, pairs out; rows without a partner and those that went into a pair
            are removed, and a pair more than rows that it could come from is added.
        findings: LOS040 for each row without a partner, in input order.
    """

    ledger: Ledger = field(default_factory=Ledger)
    findings: list[Finding] = field(default_factory=list)


@dataclass(slots=True)
class _Answers:
    """The positions of a prompt's answers, in input order."""

    desired: array[int] = field(default_factory=lambda: array("q"))
    undesired: array[int] = field(default_factory=lambda: array("q"))


def pair_rows(folder: Path, rule: Rule, out: Path, rejected: RejectedFile | None = None) -> Paired:
    """Write the pairs of a folder of judged rows as an Arrow file of rows.

    Pairs stand in the order of their desired answers. A pair is the desired row with the rejected
    answer; what the undesired row has of its own is kept in `extra.rejected_row`.

    Args:
        folder: A dataset folder of kind `unpaired`.
        rule: Which answers are put together.
        out: The Arrow IPC stream to write.
        rejected: Gets the rows without a partner.
    """
    table = load(folder).arrow
    prompts: dict[bytes, _Answers] = {}
    at = 0
    for batch in table.to_batches():
        for row in from_batch(batch):
            shared = [row["prompt"], row.get("tools"), row.get("media")]
            key = blake2b(dumps(shared).encode(), digest_size=16).digest()
            answers = prompts.setdefault(key, _Answers())
            (answers.desired if row["label"] else answers.undesired).append(at)
            at += 1
    pairs, alone = _pairs(prompts.values(), rule)
    done = Paired()
    done.ledger.rows_in, done.ledger.rows_out = at, len(pairs)
    used = at - len(alone)
    if alone:
        done.ledger.removed["LOS040"] = len(alone)
        done.ledger.findings["LOS040"] = len(alone)
        for row in _taken(table, alone):
            done.findings.append(finding := _unpaired(row))
            if rejected is not None:
                rejected.add([_removed(row, finding)])
    if used > len(pairs):
        done.ledger.removed["LOS054"] = used - len(pairs)
    elif used < len(pairs):
        done.ledger.added["LOS054"] = len(pairs) - used
    done.ledger.check()
    _write(table, pairs, out)
    return done


def _pairs(prompts: Any, rule: Rule) -> tuple[list[tuple[int, int]], list[int]]:
    """Return pairs of positions in the order of the desired ones, and positions without one."""
    pairs: list[tuple[int, int]] = []
    alone: list[int] = []
    for answers in prompts:
        good, bad = answers.desired, answers.undesired
        if rule == "all":
            pairs += product(good, bad)
            alone += [] if good and bad else [*good, *bad]
        else:
            both = min(len(good), len(bad))
            pairs += zip(good, bad, strict=False)
            alone += [*good[both:], *bad[both:]]
    return sorted(pairs), sorted(alone)


def _taken(table: pa.Table, positions: list[int]) -> Iterator[Row]:
    for start in range(0, len(positions), _BATCH_ROWS):
        part = table.take(pa.array(positions[start : start + _BATCH_ROWS], pa.int64()))
        for batch in part.combine_chunks().to_batches():
            yield from from_batch(batch)


def _unpaired(row: Row) -> Finding:
    code = BY_CODE["LOS040"]
    origin = row["origin"]
    wanted = "undesired" if row["label"] else "desired"
    return Finding(
        code.code,
        code.slug,
        code.severity,
        f"no {wanted} answer to the same prompt is left",
        file=origin.get("path"),
        line=origin.get("line"),
        byte_offset=origin.get("byte_offset"),
        id=row["id"],
        pointer="/label",
        fix=code.remedy,
    )


def _removed(row: Row, finding: Finding) -> Removed:
    """Return a row without a partner as a removed record, whose bytes are the row as JSON."""
    raw = dumps(row).encode()
    return Removed(row["origin"], row["id"], (finding,), raw[:RAW_KEPT_BYTES], len(raw))


def _write(table: pa.Table, pairs: list[tuple[int, int]], out: Path) -> None:
    schema = SCHEMAS["preference"]
    seen: dict[str, int] = {}
    with out.open("wb") as file, pa.ipc.new_stream(file, schema) as stream:
        for start in range(0, len(pairs), _BATCH_ROWS):
            part = pairs[start : start + _BATCH_ROWS]
            good = _taken(table, [pair[0] for pair in part])
            bad = _taken(table, [pair[1] for pair in part])
            rows = [_pair(a, b, seen) for a, b in zip(good, bad, strict=True)]
            stream.write_batch(to_batch("preference", rows))


def _pair(good: Row, bad: Row, seen: dict[str, int]) -> Row:
    row = {k: v for k, v in good.items() if k not in ("completion", "label", "layout")}
    row |= {"chosen": good["completion"], "rejected": bad["completion"]}
    layouts = [loads(side["layout"]) if "layout" in side else {} for side in (good, bad)]
    if known := {
        k: v for k, v in layouts[0].items() if k in OF_QUESTION and layouts[1].get(k) == v
    }:
        row["layout"] = dumps(known)
    extra = loads(good["extra"]) if "extra" in good else {}
    more = {"id": bad["id"]} | {k: bad[k] for k in ("category", "group") if k in bad}
    if "extra" in bad:
        more["extra"] = loads(bad["extra"])
    row["extra"] = dumps({**extra, "rejected_row": more})
    number = seen[good["id"]] = seen.get(good["id"], 0) + 1
    if number > 1:
        row["id"] = f"{good['id']}.{number}"
        row["origin"] = {**good["origin"], "parent": good["id"]}
    return row
