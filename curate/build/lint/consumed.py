"""What the consumers in force make of whole files: their counts, and what is said once a file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from curate.build.lint.effects import (
    NOT_READ,
    OTHER_TEXT,
    OTHERWISE,
    RANKS,
    TOO_LONG,
    Cause,
    Counts,
    cause_of_form,
)
from curate.build.lint.token_counts import TokenCounts, length_of
from curate.build.reports import InputReport
from curate.checks.profiles import (
    EFFECTS,
    EffectName,
    Profile,
    Trained,
    consumer_names,
    consumer_profile,
)
from curate.codes import BY_CODE
from curate.codes.base import Severity
from curate.finding import Finding
from curate.formats import BY_NAME
from curate.formats.recast import RECASTS
from curate.row import Kind

# What makes rows of another kind where a rule is needed for it.
_BY_FLAG: dict[tuple[Kind, Kind], str] = {("unpaired", "preference"): " --pair first"}
_TOO_FEW, _TOO_MANY, _TOO_LARGE = "SCH044", "SCH045", "SCH046"
_OWN = {"SCH040", "SCH041", "SCH042", "SCH043", _TOO_FEW, _TOO_MANY, _TOO_LARGE}


@dataclass(frozen=True, slots=True)
class Because:
    """One cause of effects, as it is shown.

    Attributes:
        effect: The worst effect that the code has.
        rows: The records.
        says: What happens.
    """

    effect: EffectName
    rows: int
    says: str


@dataclass(frozen=True, slots=True)
class Consumed:
    """What one consumer makes of all inputs.

    Attributes:
        profile: The consumer's.
        counts: Its counts.
        because: The causes, by code.
        trains: What it trains, in a few words, for the formats that were found.
        max_length: The length in tokens that the user asked for, or None.
    """

    profile: Profile
    counts: Counts
    because: dict[str, Because]
    trains: str
    max_length: int | None = None

    @property
    def length(self) -> int | None:
        """The length in tokens at which the consumer cuts, None where none is known."""
        return length_of(self.profile, self.max_length)

    def to_dict(self) -> dict[str, Any]:
        """Return the entry of the JSON document."""
        rows = self.counts.rows
        return {
            "name": self.profile.name,
            "version": self.profile.version,
            "dated": self.profile.dated,
            **{name.replace("-", "_"): rows[name] for name in EFFECTS},
            "unread": self.counts.unread,
            "by_code": {
                code: {"effect": each.effect, "rows": each.rows, "says": each.says}
                for code, each in sorted(self.because.items())
            },
            "trains": self.trains,
            "trained_chars": self.counts.trained,
            "meant_chars": self.counts.meant,
            "total_chars": self.counts.total,
            **({"tokens": self._tokens(tokens)} if (tokens := self.counts.tokens) else {}),
        }

    def _tokens(self, counts: TokenCounts) -> dict[str, Any]:
        length = self.profile.length
        dropped = length is not None and length.too_long == "drop"
        known = self.length is not None
        return {
            "rows": counts.rows,
            "rows_not_told": counts.untold,
            "total": counts.total,
            "meant": counts.meant,
            "trained": counts.trained,
            "max_length": self.length,
            "max_length_is_own": known and self.max_length is None,
            "too_long": length.too_long if length is not None else None,
            "rows_too_long": counts.over if known else None,
            "rows_dropped": counts.over if dropped and known else 0,
            "rows_left_empty": counts.emptied,
            "lost": counts.lost,
        }


@dataclass(slots=True)
class _File:
    about: InputReport
    counts: list[Counts]
    noted: list[Finding] = field(default_factory=list)
    beyond: set[tuple[int, str]] = field(default_factory=set)


class Consumers:
    """Adds up what chunks say, and says what holds for a whole file.

    Args:
        profiles: The consumers in force.
        max_length: The length in tokens at which rows are cut, as asked for, or None.
    """

    def __init__(self, profiles: Sequence[Profile], max_length: int | None = None) -> None:
        self.profiles = tuple(profiles)
        self._max_length = max_length
        self._files: list[_File] = []

    def begin(self, about: InputReport) -> None:
        """Take the next file."""
        self._files.append(_File(about, [Counts() for _ in self.profiles]))

    def add(self, counts: Sequence[Counts]) -> None:
        """Take the counts of a chunk of the file."""
        for mine, more in zip(self._files[-1].counts, counts, strict=True):
            mine.add(more)

    def note(self, finding: Finding) -> None:
        """Take a finding about a whole file, or about all."""
        for each in self._files:
            if finding.code not in _OWN and finding.file in (None, each.about.path):
                each.noted.append(finding)

    def after_file(self) -> Iterator[Finding]:
        """Yield what is to be said of the file that is done."""
        file = self._files[-1]
        for at, profile in enumerate(self.profiles):
            yield from _of_forms(profile, file.about)
            if (text := _other_text(profile, file.counts[at], file.about)) is not None:
                yield _finding("SCH043", "warning", text, file.about.path)
            for finding in _of_limits(profile, file.about):
                file.beyond.add((at, finding.code))
                yield finding

    def reports(self) -> list[Consumed]:
        """Return what each consumer makes of all files, in order."""
        return [self._report(at, profile) for at, profile in enumerate(self.profiles)]

    def _report(self, at: int, profile: Profile) -> Consumed:
        whole = Counts()
        names: dict[str, None] = {}
        for file in self._files:
            counts = file.counts[at]
            for code in sorted(code for place, code in file.beyond if place == at):
                _raise(counts, Cause(code, NOT_READ, "rejected"), file.about.records)
            _raise_noted(profile, counts, file)
            whole.add(counts)
            names.update(dict.fromkeys(file.about.shapes))
        found = [profile.trained(name) for name in names if name in (*profile.reads, "row")]
        says = dict.fromkeys(trained.says for trained in found if trained is not None)
        trains = "; ".join(says)
        because = _because(profile, whole, trains)
        return Consumed(profile, whole, because, trains, self._max_length)


def _raise_noted(profile: Profile, counts: Counts, file: _File) -> None:
    """Give the rows of a file the effect of what was found in it as a whole."""
    form = max(file.about.shapes, key=lambda name: file.about.shapes[name][0], default=None)
    for code, pointer in dict.fromkeys((each.code, each.pointer) for each in file.noted):
        effect = profile.effect_of(code, form, pointer)
        if effect is None or effect.effect == "kept":
            continue
        all_rows = effect.whole or effect.effect == "rejected"
        cause = Cause(code, profile.effects.index(effect), effect.effect)
        _raise(counts, cause, file.about.records if all_rows else 1)


def _raise(counts: Counts, cause: Cause, rows: int) -> None:
    """Count a cause in some rows more, the mildest first."""
    counts.causes[cause] += rows
    for name in EFFECTS[: RANKS[cause.effect]]:
        moved = min(rows, counts.rows[name])
        counts.rows[name] -= moved
        counts.rows[cause.effect] += moved
        rows -= moved
    if not any(counts.rows[name] for name in EFFECTS[: RANKS["dropped"]]):
        counts.trained = 0
        if counts.tokens is not None:
            counts.tokens.forget()


def _because(profile: Profile, counts: Counts, trains: str) -> dict[str, Because]:
    by_code: dict[str, list[tuple[Cause, int]]] = {}
    for cause, rows in counts.causes.items():
        by_code.setdefault(cause.code, []).append((cause, rows))
    found: dict[str, Because] = {}
    for code, causes in by_code.items():
        first, _ = max(causes, key=lambda pair: (RANKS[pair[0].effect], -pair[0].at))
        rows = sum(count for _, count in causes)
        found[code] = Because(first.effect, rows, _says(profile, first, trains))
    return found


def _says(profile: Profile, cause: Cause, trains: str) -> str:
    if cause.at >= 0:
        return profile.effects[cause.at].says
    if cause.at == TOO_LONG and profile.length is not None:
        return profile.length.says
    if cause.at == OTHERWISE:
        return "; ".join(e.says for e in profile.effects if not e.codes)
    return trains if cause.at == OTHER_TEXT else BY_CODE[cause.code].title


def _finding(code: str, severity: Severity, message: str, path: str) -> Finding:
    about = BY_CODE[code]
    return Finding(code, about.slug, severity, message, file=path, fix=about.remedy)


def _of_forms(profile: Profile, about: InputReport) -> Iterator[Finding]:
    """Yield what a consumer does with the formats of a file."""
    for name, (rows, _) in about.shapes.items():
        kind = BY_NAME[name].kind
        cause = None if name == "row" else cause_of_form(profile, name, kind)
        if cause is None:
            continue
        way = _way(profile, name, about.path)
        if cause.code == "SCH041":
            message = (
                f"{profile.name} trains on rows of kind {' or '.join(profile.kinds)}; "
                f"{rows:,} rows of {name} are {kind}{_sibling(profile, kind)}"
                f"{_way(profile, name, about.path)}"
            )
            yield _finding(cause.code, "error", message, about.path)
            continue
        if cause.code == "SCH040":
            message = f"{profile.name} does not read {name} ({rows:,} rows){way}"
            yield _finding(cause.code, "error", message, about.path)
            continue
        effect = profile.reading_of(name)
        if effect is not None and effect.level != "off":
            message = f"{profile.name}, {rows:,} rows of {name}: {effect.says}{way}"
            yield _finding(cause.code, effect.level, message, about.path)


def _way(profile: Profile, name: str, path: str) -> str:
    """Return the command that writes what the consumer reads, as the end of a message."""
    to = profile.writes
    if not to or to == name:
        return ""
    kinds = BY_NAME[name].kind, BY_NAME[to].kind
    if kinds[0] != kinds[1] and kinds not in RECASTS and kinds not in _BY_FLAG:
        return ""
    return f": curate convert {path} --to {to}{_BY_FLAG.get(kinds, '')} -o OUT.jsonl"


def _sibling(profile: Profile, kind: Kind) -> str:
    """Return which profiles of the same consumer are for rows of a kind, for a message."""
    consumer = profile.title.partition(",")[0]
    others = (consumer_profile(name) for name in consumer_names())
    named = [
        f"--for {each.name}"
        for each in others
        if each.title.partition(",")[0] == consumer and kind in each.kinds
    ]
    return f" ({' or '.join(named)} is for these)" if named else ""


def _other_text(profile: Profile, counts: Counts, about: InputReport) -> str | None:
    cause = next((cause for cause in counts.causes if cause.at == OTHER_TEXT), None)
    if cause is None or not counts.total:
        return None
    found = (profile.trained(name) for name in about.shapes)
    says = dict.fromkeys(each.says for each in found if isinstance(each, Trained))
    return (
        f"{profile.name} trains {share(counts.trained, counts.total)} of the text, the data asks "
        f"for {share(counts.meant, counts.total)} ({counts.causes[cause]:,} rows differ): "
        f"{'; '.join(says)}"
    )


def share(part: int, whole: int) -> str:
    """Return a part in per cent, `61 %`."""
    return f"{100 * part / whole:.0f} %" if whole else "0 %"


def _of_limits(profile: Profile, about: InputReport) -> Iterator[Finding]:
    limits = profile.limits
    least, most = limits.get("rows_least", 0), limits.get("rows_most", about.records)
    size = limits.get("file_bytes", about.bytes)
    if about.records < least:
        message = f"{about.records:,} rows, {profile.name} wants at least {least:,}"
        yield _finding(_TOO_FEW, "error", message, about.path)
    if about.records > most:
        message = f"{about.records:,} rows, {profile.name} takes at most {most:,}"
        yield _finding(_TOO_MANY, "error", message, about.path)
    if about.bytes > size:
        message = f"{about.bytes:,} bytes, {profile.name} takes at most {size:,}"
        yield _finding(_TOO_LARGE, "error", message, about.path)
