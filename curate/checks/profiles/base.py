"""What a profile is, and the three that are sets of rules. The consumers' are YAML beside this."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

from curate.codes.base import FAMILIES, Severity

Level = Severity | Literal["off"]
EffectName = Literal["kept", "trains-other", "changed", "dropped", "rejected"]
TooLong = Literal["cut", "shorten", "drop", "split"]
TrainedOn = Literal["all", "assistant", "last-assistant", "completion"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")
# From the mildest to the worst: a row's effect is the worst of its findings'.
EFFECTS: tuple[EffectName, ...] = ("kept", "trains-other", "changed", "dropped", "rejected")
_LEVELS: dict[str, Level] = {
    "kept": "off",
    "trains-other": "warning",
    "changed": "error",
    "dropped": "error",
    "rejected": "error",
}


def worst(levels: Iterable[Level]) -> Severity | None:
    """Return the worst of some levels, None where all are `off`."""
    found = set(levels)
    return next((severity for severity in SEVERITIES if severity in found), None)


@dataclass(frozen=True, slots=True)
class Effect:
    """What a consumer does with a row in which something was found.

    Attributes:
        codes: The codes of what was found; empty holds for every row of `only`.
        effect: `kept` (read as it is meant), `trains-other` (other text is trained than the data
            says), `changed` (read otherwise), `dropped` (the row is left out), `rejected` (the run
            ends, or the file is refused).
        says: What happens, in a sentence.
        source: Where that was read.
        only: The formats that it holds for; empty means all.
        at: The beginnings of the JSON Pointers that it holds for.
        whole: Whether a finding about a file is about each of its rows; else it counts as one.
        severity: What the finding is worth; None takes it from the effect.
    """

    codes: tuple[str, ...]
    effect: EffectName
    says: str
    source: str
    only: tuple[str, ...] = ()
    at: tuple[str, ...] = ("",)
    whole: bool = False
    severity: Severity | None = None

    @property
    def level(self) -> Level:
        """What a finding with this effect is worth; `off` where the consumer takes no harm."""
        return self.severity or _LEVELS[self.effect]

    def of_form(self, form: str | None) -> bool:
        """Tell whether it may hold for a row of a format, None being one of our own."""
        return not self.only or form in self.only

    def holds(self, form: str | None, pointer: str) -> bool:
        """Tell whether it holds for a row of a format, and for a place in it."""
        return self.of_form(form) and pointer.startswith(self.at)


@dataclass(frozen=True, slots=True)
class Trained:
    """The text of which a consumer makes its loss.

    Attributes:
        on: `all` of the row, every `assistant` turn, the `last-assistant` turn, or the
            `completion`: what stands behind the prompt.
        weights: Whether a weight of 0 (or what its format calls it) takes a turn out: in every
            format, in none, or in the formats listed.
        says: The same in a few words.
        only: The formats that it holds for; empty means all.
        with_tools: What is trained instead of a row that offers tools.
    """

    on: TrainedOn
    weights: bool | tuple[str, ...]
    says: str
    only: tuple[str, ...] = ()
    with_tools: TrainedOn | None = None

    def reads_weights(self, form: str) -> bool:
        """Tell whether the weights of a format are read."""
        return self.weights if isinstance(self.weights, bool) else form in self.weights


@dataclass(frozen=True, slots=True)
class Length:
    """The length in tokens that a consumer takes, and what becomes of a longer row.

    Attributes:
        too_long: `cut` keeps the beginning, `shorten` takes from questions and answers in
            proportion, `drop` leaves the row out, `split` makes several of it.
        says: The same in a few words.
        source: Where that was read.
        tokens: The length unless the user sets another; None where there is none of its own.
        splits: The formats whose rows are made into several instead, and nothing is lost.
    """

    too_long: TooLong
    says: str
    source: str
    tokens: int | None = None
    splits: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Profile:
    """A set of rules for one purpose, or what one consumer makes of data.

    Attributes:
        name: Its name on the command line.
        title: One line that says what it is for.
        dated: The day its facts were read (ISO).
        source: What was read, with the version.
        families: The families whose rules run; empty means all.
        defaults: Rules run whose own severity is one of these.
        severities: Code to the severity that replaces the rule's own, or `off`; a rule named here
            runs whatever `families` and `defaults` say.
        version: The consumer's version; "" for a set of rules and for a service without one.
        kinds: The kinds of rows that the consumer trains on.
        reads: The formats that it reads as they are.
        writes: The format to convert to for it, where the data has none that it reads.
        trains: The text that is trained; the first that holds for a row's format counts.
        length: What becomes of rows that are too long; None where that is not known.
        limits: Named bounds: `rows_least`, `rows_most`, `file_bytes`, `images`, `image_bytes`,
            `image_types`.
        limits_source: Where they were read.
        effects: What it does with which finding; the first that holds counts. A consumer's rules
            are those that these name.
    """

    name: str
    title: str
    dated: str
    source: str
    families: tuple[str, ...] = ()
    defaults: tuple[Severity, ...] = SEVERITIES
    severities: Mapping[str, Level] = field(default_factory=lambda: MappingProxyType({}))
    version: str = ""
    kinds: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    writes: str = ""
    trains: tuple[Trained, ...] = ()
    length: Length | None = None
    limits: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    limits_source: str = ""
    effects: tuple[Effect, ...] = ()
    _by_code: dict[str, list[Effect]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def __post_init__(self) -> None:
        for effect in self.effects:
            for code in effect.codes:
                self._by_code.setdefault(code, []).append(effect)

    @property
    def is_consumer(self) -> bool:
        """Whether it tells what a consumer does, and not only which rules run."""
        return bool(self.reads)

    def effects_of(self, code: str) -> Sequence[Effect]:
        """Return every effect that names a code, in order."""
        return self._by_code.get(code, ())

    def effect_of(self, code: str, form: str | None, pointer: str) -> Effect | None:
        """Return what the consumer does with a finding, None where it does not say."""
        for effect in self._by_code.get(code, ()):
            if effect.holds(form, pointer):
                return effect
        return None

    def levels(self) -> dict[str, Level]:
        """Return each code that it names, with the worst that the code is worth to it."""
        found: dict[str, Level] = {}
        for code, effects in self._by_code.items():
            found[code] = worst([effect.level for effect in effects]) or "off"
        return found

    def reading_of(self, form: str) -> Effect | None:
        """Return what the consumer does with every row of a format, None where it reads it."""
        for effect in self.effects:
            if not effect.codes and effect.holds(form, ""):
                return effect
        return None

    def trained(self, form: str) -> Trained | None:
        """Return what is trained of a row of a format, None where nothing is said."""
        for trained in self.trains:
            if not trained.only or form in trained.only:
                return trained
        return None


# What these find is no fault: it only matters to some consumers, whose profiles name it.
READ_BY_SOME = MappingProxyType[str, Level]({f"TRN{number:03d}": "off" for number in range(50, 67)})

DEFAULT = Profile(
    name="default",
    title="What convert uses: faults that make a trainer drop, refuse or mistrain the row.",
    dated="2026-11-21",
    source="Tunesmith's own row contract",
    families=("TRN", "TOL", "PRF", "KTO", "MED"),
    defaults=("error",),
)
LINT = Profile(
    name="lint",
    title="What validate uses: every rule but those of secrets, personal data and language.",
    dated="2026-11-21",
    source="Tunesmith's own row contract",
    families=tuple(family for family in FAMILIES if family not in ("SEC", "PII", "LNG")),
    severities=READ_BY_SOME,
)
ALL = Profile(
    name="all",
    title="Every rule at its own severity.",
    dated="2026-11-21",
    source="Tunesmith's own row contract",
)
PROFILES: tuple[Profile, ...] = (DEFAULT, LINT, ALL)
