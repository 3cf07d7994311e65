"""Inputs to one output: the loop that every conversion and validation runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from curate.build.by_entry import refuse_flags
from curate.build.chunk import Outcome, selection_of
from curate.build.inputs import expand, export_of, is_private
from curate.build.lint.consumed import Consumers
from curate.build.lint.hiding import RunHiding
from curate.build.lint.tokens import rendering_of, said_once
from curate.build.lint.whole import Whole
from curate.build.pool import outcomes
from curate.build.read import Reader, Work, reader_of, recognised, size_of
from curate.build.repeats import Repeats
from curate.build.reports import InputReport, Report
from curate.build.settings import Settings
from curate.checks import Selection
from curate.codes import BY_CODE
from curate.errors import UsageError
from curate.files.inputs import Source
from curate.finding import Finding, Ledger
from curate.formats.shapes import own_formats
from curate.people import Person

OnFinding = Callable[[Finding], None]
OnProgress = Callable[[int], None]
# Nobody was named as me, or nobody whom the chats know.
_NO_ME = {"SRC070", "SRC071"}


class AbandonError(Exception):
    """Leave the output as it was."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """What was done to the inputs before this run got them.

    Attributes:
        name: What its rows are called where a finding is shown.
        report: Of the first pass over the inputs.
        steps: The ledgers of all steps before this run, with their names, in order.
        findings: What the steps behind the first pass found, in order.
        rejected: The file of records that the first pass removed; it may be missing.
    """

    name: str
    report: Report
    steps: tuple[tuple[str, Ledger], ...]
    findings: tuple[Finding, ...]
    rejected: Path


@dataclass(slots=True)
class Run:
    """One pass over the inputs.

    Attributes:
        report: Filled while the run goes on.
        settings: The settings.
        jobs: Number of processes.
        stop_on_error: End at the first record that leaves, and write nothing.
        on_finding: Told of every finding, in order.
        on_progress: Told of the records read so far, after each chunk.
        earlier: The steps before this one, which the funnel and the card begin with.
        people: Whom the inputs name, in the order in which they were met.
        redacts: Whether what is read is redacted before it leaves.
        on_diff: Told of what fixes change, a text for each row, in order.
    """

    report: Report
    settings: Settings
    jobs: int = 1
    stop_on_error: bool = False
    on_finding: OnFinding | None = None
    on_progress: OnProgress | None = None
    earlier: Earlier | None = None
    on_diff: Callable[[str], None] | None = None
    people: dict[Person, None] = field(default_factory=dict)
    redacts: bool = False
    _hiding: RunHiding | None = None
    _consumers: Consumers | None = None
    _whole: Whole | None = None

    def note(self, finding: Finding) -> None:
        """Count a finding that no chunk reported, and pass it on, unless it is hidden."""
        if self._hiding is not None and not self._hiding.keeps(finding, self.report.suppressed):
            return
        if self._consumers is not None:
            self._consumers.note(finding)
        self.report.ledger.findings[finding.code] += 1
        self._show(finding)

    def _show(self, finding: Finding) -> None:
        self.report.see(finding)
        if self.on_finding is not None:
            self.on_finding(finding)

    def _begin_with(self, earlier: Earlier) -> None:
        self.report.by_severity.update(earlier.report.by_severity)
        for code, found in earlier.report.samples.items():
            self.report.samples[code] = list(found)
        for finding in earlier.findings:
            self._show(finding)

    def outcomes(self, inputs: Sequence[str]) -> Iterator[tuple[Work, Outcome]]:
        """Yield every chunk with its outcome, in input order, and count it."""
        if self.earlier is not None:
            self._begin_with(self.earlier)
        sources, findings = expand(inputs, self.settings.limits)
        refuse_flags(self.settings, sources)
        if self.jobs > 1:
            rendering_of(self.settings)  # what is wrong with it is said here and not in a worker
        selection = selection_of(self.settings)
        self._hiding = RunHiding(self.settings, selection)
        length = self.settings.max_length
        self._consumers = Consumers(selection.consumers, length) if selection.consumers else None
        self._whole = Whole(selection) if self.settings.whole else None
        for finding in findings:
            self.note(finding)
        if self.earlier is not None:
            sources = [replace(source, path=self.earlier.name) for source in sources]
        repeats = Repeats(self.settings)
        with recognised(sources, self.settings) as ready, reader_of(ready, self.settings) as reader:
            for source in ready:
                yield from self._one(source, reader, repeats)
            hides_me = self.is_private and self.settings.redact
            named = bool(self.settings.reading.me)
            if named and not reader.hears_of_me and not hides_me:
                said = "--me was given, and no input is a mailbox or a chat"
                self.note(_file_finding("SRC044", said, None, None))
            if self.is_private and self._misses_me(reader):
                people = list(self.people)
                self.report.lines += reader.who_could_be_me(people, named=named)
        self._after(selection)

    def _misses_me(self, reader: Reader) -> bool:
        """Return whether messages were read of which nobody is known to be me."""
        guesses = reader.mail is not None and not self.settings.reading.me
        return guesses or bool(self.report.ledger.findings.keys() & _NO_ME)

    @property
    def is_private(self) -> bool:
        """Whether an input that was read so far is somebody's private life."""
        return any(is_private(each.container, list(each.shapes)) for each in self.report.inputs)

    def refuse_private(self) -> None:
        """Refuse to show or write rows of a private input that nothing redacts.

        Raises:
            UsageError: If there are such rows and `--no-redact` was not typed.
        """
        if self.is_private and self.settings.redact and not self.redacts:
            raise UsageError(
                "the input holds somebody's mail or chats, which nothing redacts here",
                hint=self._how_to_redact(),
            )

    def _how_to_redact(self) -> str:
        """Return what to do with a private input; standard input must be said to be one."""
        for about in self.report.inputs:
            if about.path == "-" and self.settings.container is None:
                exported = export_of(about.container) is not None
                named = about.container if exported else next(iter(about.shapes), "")
                return f"say what standard input holds: --from {named}, or say --no-redact"
        return "convert it first (`curate convert IN -o OUT` redacts), or say --no-redact"

    def _one(
        self, source: Source, reader: Reader, repeats: Repeats
    ) -> Iterator[tuple[Work, Outcome]]:
        about = InputReport(source.path, source.container or "", bytes=size_of(source))
        self.report.inputs.append(about)
        if self._consumers is not None:
            self._consumers.begin(about)
        work = reader.chunks(source, lazy=self.jobs > 1)
        for piece, outcome in outcomes(work, self.settings, self.jobs):
            self._count(about, outcome)
            if self._whole is not None and outcome.reduced is not None:
                self._whole.add(outcome.reduced, source.path, source.container)
            for finding in repeats.settle(source.path, outcome) if outcome.rows else ():
                self.note(finding)
            if self.stop_on_error and outcome.removed:
                first = outcome.removed[0].findings[0]
                self.report.refused = (
                    f"a record was set aside ({first.code}) and --on-error is fail"
                )
                raise AbandonError
            if self.on_progress is not None:
                self.on_progress(self.report.ledger.rows_in)
            yield piece, outcome
        if len(own_formats(about.shapes)) > 1 and not self.settings.per_row:
            self._mixed(about)
        if about.records == 0:
            self.note(_file_finding("SRC012", "no record was found", source.path, None))
        for finding in self._whole.after_file() if self._whole is not None else ():
            self.note(finding)
        for finding in self._consumers.after_file() if self._consumers is not None else ():
            self.note(finding)

    def _count(self, about: InputReport, outcome: Outcome) -> None:
        report = self.report
        report.ledger.add(outcome.ledger)
        report.fixed.update(outcome.fixed)
        report.suppressed.update(outcome.suppressed)
        if self._hiding is not None:
            self._hiding.patterns_used.update(outcome.patterns_used)
        if self.settings.diff:
            report.diffs = (report.diffs or 0) + len(outcome.diffs)
        if self.on_diff is not None:
            for _, text in outcome.diffs:
                self.on_diff(text)
        about.records += outcome.ledger.rows_in
        self.people.update(dict.fromkeys(outcome.people))
        about.traits.update(outcome.traits)
        if self._consumers is not None:
            self._consumers.add(outcome.effects)
        for name, (count, line) in outcome.shapes.items():
            total, first = about.shapes.get(name, (0, line))
            about.shapes[name] = (total + count, first)
        if outcome.tokens is not None and report.tokens is not None:
            report.tokens.add(outcome.tokens)
        elif outcome.tokens is not None:
            report.tokens = outcome.tokens
        for finding in outcome.findings:
            self._show(finding)

    def _mixed(self, about: InputReport) -> None:
        counts = ", ".join(f"{name} {n:,}" for name, (n, _) in about.shapes.items())
        usual = max(about.shapes, key=lambda name: about.shapes[name][0])
        for name, (count, line) in about.shapes.items():
            if name != usual:
                message = f"{count:,} rows have the shape {name} (in the file: {counts})"
                self.note(_file_finding("SRC023", message, about.path, line))

    def _after(self, selection: Selection) -> None:
        tokens = self.report.tokens
        for finding in said_once(tokens, selection) if tokens is not None else ():
            self.note(finding)
        for finding in self._whole.after_all() if self._whole is not None else ():
            self.note(finding)
        if self.is_private and not self.settings.redact:
            kept = "names, addresses and numbers were kept as they are"
            self.note(_file_finding("SRC032", kept, None, None))
        if self._hiding is not None:
            for message in self._hiding.unused([each.path for each in self.report.inputs]):
                self.note(_file_finding("SCH032", message, None, None))
        if self._consumers is not None:
            self.report.profiles = self._consumers.reports()
        self.report.empty = self.report.ledger.rows_in == 0


def _file_finding(code: str, message: str, path: str | None, line: int | None) -> Finding:
    about = BY_CODE[code]
    return Finding(
        code, about.slug, about.severity, message, file=path, line=line, fix=about.remedy
    )
