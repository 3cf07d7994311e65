"""What a run did, as its caller gets it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from curate.errors import EXIT_FINDINGS, EXIT_OK, InputError
from curate.finding import Finding, Ledger
from curate.row import Kind

if TYPE_CHECKING:
    from curate.build.lint.consumed import Consumed
    from curate.checks.rendered import Tally


@dataclass(slots=True)
class InputReport:
    """What one input file held."""

    path: str
    container: str
    records: int = 0
    bytes: int = 0
    shapes: dict[str, tuple[int, int]] = field(default_factory=dict)
    traits: Counter[str] = field(default_factory=Counter)


def _input(told: Mapping[str, Any]) -> InputReport:
    shapes = {name: (rows, line) for name, (rows, line) in told["shapes"].items()}
    return InputReport(**{**told, "shapes": shapes, "traits": Counter(told["traits"])})


@dataclass(slots=True)
class Report:
    """What a run did.

    Attributes:
        command: The command's name, `convert`.
        ledger: Its counts.
        by_severity: How many findings had which severity.
        samples: The first five findings of each code.
        inputs: What each input held, in order.
        outputs: The paths written, as typed.
        kind: The kind of the rows, None where there are none.
        fixed: How many rows which fix changed.
        suppressed: How many findings of which code were hidden.
        diffs: How many rows fixes would change, where that was only asked.
        profiles: What the consumers in force make of the rows, in order.
        tokens: What was counted of the rows' tokens, where there is a tokenizer.
        refused: Why nothing was written, or None.
        funnel: The counts of each step, as the card has them.
        steps: What steps report beside their counts, by their names.
        lines: What people are told at the end.
    """

    command: str
    ledger: Ledger = field(default_factory=Ledger)
    by_severity: Counter[str] = field(default_factory=Counter)
    samples: dict[str, list[Finding]] = field(default_factory=dict)
    inputs: list[InputReport] = field(default_factory=list)
    outputs: list[str] = field(default_factory=list)
    kind: Kind | None = None
    fixed: Counter[str] = field(default_factory=Counter)
    suppressed: Counter[str] = field(default_factory=Counter)
    diffs: int | None = None
    profiles: list[Consumed] = field(default_factory=list)
    tokens: Tally | None = None
    refused: str | None = None
    empty: bool = False
    funnel: list[dict[str, Any]] = field(default_factory=list)
    steps: dict[str, Any] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)

    @property
    def exit_code(self) -> int:
        """0 where no error finding was left, 3 where nothing could be read, else 1.

        Where it was only asked what fixes would change: 1 where they would change something.
        """
        if self.empty:
            return InputError.exit_code
        if self.diffs is not None:
            return EXIT_FINDINGS if self.diffs else EXIT_OK
        return EXIT_FINDINGS if self.by_severity["error"] or self.refused else EXIT_OK

    def see(self, finding: Finding) -> None:
        """Count a finding by its severity, and keep the first five of its code."""
        self.by_severity[finding.severity] += 1
        kept = self.samples.setdefault(finding.code, [])
        if len(kept) < 5:
            kept.append(finding)

    def state(self) -> dict[str, Any]:
        """Return what `take_up` needs to go on from here, as JSON values."""
        return {
            "by_severity": dict(self.by_severity),
            "samples": {code: [f.to_dict() for f in found] for code, found in self.samples.items()},
            "inputs": [asdict(each) for each in self.inputs],
            "fixed": dict(self.fixed),
            "suppressed": dict(self.suppressed),
            "funnel": self.funnel,
            "steps": self.steps,
            "lines": self.lines,
        }

    def take_up(self, state: Mapping[str, Any]) -> None:
        """Go on from where another run's report was."""
        for name in ("by_severity", "fixed", "suppressed"):
            setattr(self, name, Counter(state[name]))
        self.samples = {
            code: [Finding(**each) for each in found] for code, found in state["samples"].items()
        }
        self.inputs = [_input(each) for each in state["inputs"]]
        self.funnel, self.steps = list(state["funnel"]), dict(state["steps"])
        self.lines = list(state["lines"])

    def funnel_ledgers(self) -> list[Ledger]:
        """Return the counts of each step."""
        return [Ledger.from_dict(entry) for entry in self.funnel]

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON document of the command."""
        profiles = {"profiles": [each.to_dict() for each in self.profiles]}
        return {
            "schema_version": 1,
            "command": self.command,
            "exit": self.exit_code,
            **self.ledger.to_dict(),
            "outputs": self.outputs,
            "suppressed": dict(sorted(self.suppressed.items())),
            "fixed": dict(sorted(self.fixed.items())),
            **(profiles if self.profiles else {}),
            **({"tokens": self.tokens.to_dict()} if self.tokens is not None else {}),
            **({"funnel": self.funnel, "steps": self.steps} if self.funnel else {}),
        }
