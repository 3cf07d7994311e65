"""The straight line: read, one step after the other, write."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir
from typing import Any

import numpy as np

from curate import __version__
from curate.build.beside import for_consumers
from curate.build.line.base import Context, Decision, Rows, Step
from curate.build.line.known import made, options_of
from curate.build.line.read import open_rows, read_rows
from curate.build.line.resume import Kept, State
from curate.build.line.settle import settle
from curate.build.line.write import payloads
from curate.build.outputs import FILE_ENDINGS, Container, RejectedFile
from curate.build.pairing import prepared
from curate.build.private import Cleaner, clean_rejected, clean_report, clean_tree, people_of
from curate.build.reports import Report
from curate.build.runner import AbandonError, OnFinding, OnProgress, Run
from curate.build.settings import Settings
from curate.build.target import is_file, single_format
from curate.build.writing import (
    Add,
    Beside,
    funnel_of,
    merged_splits,
    put_file,
    put_folder,
    with_payload,
)
from curate.errors import OutputError
from curate.files.commit import os_errors, refuse_foreign
from curate.files.inputs import Source
from curate.files.platform import locked
from curate.finding import ConservationError, Finding, Ledger
from curate.formats import BY_NAME
from curate.people import Person
from curate.row import Kind


@dataclass(slots=True)
class Line:
    """What one command asks for.

    Attributes:
        command: The command, as reports name it.
        inputs: As typed.
        out: The folder or file, or None where nothing is written.
        steps: The steps in order.
        settings: How the inputs are read.
        to: The format to write; None is `row` for a folder and the inputs' own for a file.
        container: The files of a folder.
        jobs: Number of processes.
        stop_on_error: Write nothing where a record would be set aside in reading.
        consumers: Trainers that the output is for.
        removes: False tells what would leave and keeps all rows.
        recipe: What the card records as the recipe.
        resumable: Keep what a step decided until the whole line is done.
        on_finding: Told of every finding, in order.
        on_progress: Told of the rows done so far.
    """

    command: str
    inputs: Sequence[str]
    out: str | None
    steps: Sequence[Step]
    settings: Settings = Settings()
    to: str | None = None
    container: Container = "arrow"
    jobs: int = 1
    stop_on_error: bool = False
    consumers: Sequence[str] = ()
    removes: bool = True
    recipe: dict[str, Any] | None = None
    resumable: bool = False
    on_finding: OnFinding | None = None
    on_progress: OnProgress | None = None
    report: Report = field(init=False)
    _card: dict[str, Any] = field(default_factory=dict)
    _files: dict[str, Callable[[Path], None]] = field(default_factory=dict)
    _then: list[Callable[[], None]] = field(default_factory=list)
    _taken_up: list[str] = field(default_factory=list)
    _people: tuple[Person, ...] = ()
    _private: bool = False
    _bare: bool = False
    _cleaner: Cleaner = lambda text: text

    def __post_init__(self) -> None:
        self.report = Report(self.command)

    def run(self) -> Report:
        """Run the line.

        Raises:
            CurateError: If an input cannot be read, an option does not go with the rows, or the
                output cannot be written.
        """
        self.resumable = self.resumable and not self._redacts()
        with self._workspace() as folder:
            state = State(folder, self if self.resumable else None)
            try:
                rows = self._read(folder, state)
            except AbandonError:
                return self.report
            if self._private and not self._redacts():
                self.steps = [made("redact", options_of("redact")()), *self.steps]
            for number, step in enumerate(self.steps, 1):
                if len(rows):
                    rows = self._step(number, step, rows, folder, state)
            report = self.report
            report.kind = rows.kind
            report.ledger = whole_of(report.funnel_ledgers())
            if self.out is not None and not len(rows):
                report.refused = f"{report.funnel[-1]['step']} left no row"
            elif self.out is not None:
                self._write(rows, state)
                for then in self._then:
                    then()
        if self._taken_up:
            names = ", ".join(self._taken_up)
            report.lines.insert(0, f"taken up from the run that was interrupted: {names}")
        return report

    def _redacts(self) -> bool:
        return any(step.name == "redact" for step in self.steps)

    @contextmanager
    def _workspace(self) -> Iterator[Path]:
        """Give a folder for what stands between the steps, beside the output where there is one.

        What a resumable line did stays there where it is cut short by a fault or by the user.
        """
        if self.out is None:
            with os_errors(Path(gettempdir())), TemporaryDirectory(prefix="curate-") as made:
                yield Path(made)
            return
        out = Path(self.out).absolute()
        if not is_file(self.out):
            refuse_foreign(out)  # before the work, not behind it
        folder = out.parent / f".{out.name}.steps"
        with os_errors(out):
            out.parent.mkdir(parents=True, exist_ok=True)
            with locked(out.parent / f".{out.name}.steps.lock"):
                yield from self._kept_apart(folder)

    def _kept_apart(self, folder: Path) -> Iterator[Path]:
        if folder.is_symlink():
            raise OutputError(f"{folder}: is a link", hint="remove it, or choose another -o")
        if not self.resumable and folder.exists():
            shutil.rmtree(folder)
        folder.mkdir(mode=0o700, exist_ok=True)
        is_done = False
        try:
            yield folder
            is_done = True
        finally:
            # Nothing private stays behind a run that was cut short.
            if is_done or self._private or not self.resumable or not any(folder.iterdir()):
                shutil.rmtree(folder, ignore_errors=True)

    def _tell(self, finding: Finding) -> None:
        self.report.see(finding)
        if self.on_finding is not None:
            self.on_finding(finding)

    def _read(self, folder: Path, state: State) -> Rows:
        if (kept := state.rows()) is not None:
            self._take_up("read", kept)
            return kept.rows
        state.forget(0)
        run = Run(
            Report("read"),
            self._reading(),
            self.jobs,
            self.stop_on_error,
            on_finding=self._tell,
            on_progress=self.on_progress,
            redacts=True,
        )
        rejected = RejectedFile(state.rejected(0))
        try:
            with prepared(run, self.inputs) as inputs:
                if run.report.refused:
                    raise AbandonError
                if run.earlier is not None:  # which read the inputs
                    run.report.command = "check"
                rows = read_rows(run, inputs, folder, rejected)
                rejected.finish()
                funnel = funnel_of(run)
        except AbandonError:
            self._refused(run.report)
            raise
        finally:
            self._private = run.is_private and self.settings.redact
        self._people = (*run.people, *people_of(self.settings.reading.me))
        report = self.report
        report.inputs, report.suppressed = run.report.inputs, run.report.suppressed
        report.fixed = run.report.fixed
        report.lines += run.report.lines
        report.funnel += funnel
        report.by_severity, report.samples = run.report.by_severity, run.report.samples
        if run.report.empty:
            report.empty, report.refused = True, "no record was found"
            report.ledger = run.report.ledger
            raise AbandonError
        if not self._private:
            state.keep(0, rows, report, {})
        return rows

    def _reading(self) -> Settings:
        """Return how the inputs are read: to rows of the kind that the output holds.

        A tokenizer is for steps to count with, and no reason to check rows as a model reads them.
        """
        settings = replace(self.settings, tokenizer=None, chat_template=None, max_length=None)
        if settings.as_kind is None and self.to not in (None, "row"):
            settings = replace(settings, as_kind=BY_NAME[str(self.to)].kind)
        return settings

    def _refused(self, read: Report) -> None:
        report = self.report
        report.ledger, report.refused, report.empty = read.ledger, read.refused, read.empty
        report.by_severity, report.samples = read.by_severity, read.samples
        report.inputs = read.inputs

    def _take_up(self, name: str, kept: Kept) -> None:
        """Take up what an interrupted run did before."""
        report = self.report
        report.take_up(kept.report)
        self._card |= kept.card
        self._files |= kept.files
        self._taken_up.append(name)

    def _step(self, number: int, step: Step, rows: Rows, folder: Path, state: State) -> Rows:
        if (kept := state.step(number, rows)) is not None:
            self._take_up(step.name, kept)
            return kept.rows
        state.forget(number)
        with TemporaryDirectory(prefix=f"{step.name}-", dir=folder) as scratch:
            tick = self.on_progress or (lambda rows: None)
            out = None if self.out is None else Path(self.out)
            context = Context(
                Path(scratch), self.settings, self.jobs, tick, self._people, out, self._cleaner
            )
            decision = step.decide(rows, context)
            if decision.rewritten is not None:
                rows = _rewritten(rows, decision.rewritten, folder / f"{number:02d}.rows.arrow")
            if decision.cleaner is not None:
                self._clean(decision.cleaner, decision.keeps_text, number, state)
            rejected = RejectedFile(state.rejected(number), bare=self._bare)
            settled = settle(rows, decision, rejected, self._tell, removes=self.removes)
            rejected.finish()
            files = state.files(number, decision)
        self._add(step.name, decision, settled.ledger)
        self._card |= decision.card
        self._files |= files
        if decision.then is not None:
            self._then.append(decision.then)
        if not self._private:
            state.keep(number, settled.rows, self.report, decision.card, files)
        return settled.rows

    def _clean(self, clean: Cleaner, keeps_text: bool, number: int, state: State) -> None:
        """Take what a step hid in the rows out of all that was said and set aside before it."""
        clean_report(self.report, clean)
        for earlier in range(number):
            clean_rejected(state.rejected(earlier), clean, keep_text=keeps_text)
        self.recipe = clean_tree(self.recipe, clean)
        self._cleaner = clean
        self._bare = not keeps_text

    def _add(self, name: str, decision: Decision, ledger: Ledger) -> None:
        report = self.report
        report.funnel.append({"step": name, **ledger.to_dict()})
        if decision.report:
            report.steps[name] = decision.report
        if len(self.steps) > 1 and decision.lines:
            report.lines += [f"{name}:", *(f"  {line}" for line in decision.lines)]
        else:
            report.lines += decision.lines
        if not self.removes:
            named = [removal.rows for removal in decision.removals]
            n_wanted = len(np.unique(np.concatenate(named))) if named else 0
            report.lines.append(f"report only: {n_wanted:,} rows would leave; all of them stay")

    def _target(self) -> str:
        """Return the format to write."""
        if self.to is not None or not is_file(str(self.out)):
            return self.to or "row"
        return single_format(name for item in self.report.inputs for name in item.shapes)

    def _write(self, rows: Rows, state: State) -> None:
        out = str(self.out)
        single = is_file(out)
        container = FILE_ENDINGS[Path(out).suffix.lower()] if single else self.container
        settings = with_payload(replace(self.settings, to=self._target()), container)
        settings = for_consumers(settings, self.consumers, out, self.container)
        report, ledger = self.report, Ledger()
        before = report.funnel_ledgers()

        def fill(rejected: RejectedFile, add: Add) -> Kind:
            rejected.bare = self._bare
            for number in range(len(self.steps) + 1):
                rejected.copy(state.rejected(number))
            for outcome, split in payloads(rows, settings):
                ledger.add(outcome.ledger)
                for finding in outcome.findings:
                    self._tell(finding)
                rejected.add(outcome.removed)
                if outcome.rows:
                    place = Source("", Path(), split=split)
                    add(outcome.payload, outcome.rows, len(outcome.payload), rows.kind, place)
            return rows.kind

        def beside() -> Beside:
            if ledger.removed or ledger.findings:
                report.funnel.append({"step": "write", **ledger.to_dict()})
                before.append(ledger)
            named = [name for name, n in rows.splits.counts().items() if n]
            if single and len(named) > 1:
                self._tell(finding := merged_splits(out, set(named)))
                report.funnel[-1]["findings"][finding.code] = 1
                before[-1].findings[finding.code] += 1
            report.ledger = whole_of(before)
            return Beside(self._about(), self._files)

        if single:
            put_file(report, settings, out, fill, beside)
        else:
            put_folder(report, settings, out, self.container, fill, beside)

    def _about(self) -> dict[str, Any]:
        profiles = ",".join(self.settings.profiles)
        validated = {"profile": profiles, "version": __version__, "errors": 0}
        return {
            "funnel": self.report.funnel,
            "validated": validated,
            "recipe": self.recipe,
            **self._card,
        }


def _rewritten(rows: Rows, made: Path, to: Path) -> Rows:
    """Return rows with the contents that a step wrote, which are moved to where they outlive it."""
    made.rename(to)
    found = open_rows(to, rows.kind, rows.splits, rows.inputs)
    assert len(found) == len(rows), "a step wrote another number of rows than it was given"
    return replace(found, extra=rows.extra)


def whole_of(steps: Sequence[Ledger]) -> Ledger:
    """Return the counts of steps that follow each other.

    Raises:
        ConservationError: If one of them does not add up, or does not begin where the one before
            it ended.
    """
    for step in steps:
        step.check()
    for before, after in pairwise(steps):
        if before.rows_out != after.rows_in:
            raise ConservationError(f"{before.rows_out} out of a step, {after.rows_in} in the next")
    whole = Ledger.of_steps(steps)
    whole.check()
    return whole
