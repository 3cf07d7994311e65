"""The parts that a set is compared by: the splits of dataset folders, else the inputs."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from curate.build.inputs import expand
from curate.files.inputs import Source

# Inputs that are told apart; all behind them are one part.
_MOST_INPUTS = 8
_OTHERS = "other inputs"


@dataclass(frozen=True, slots=True)
class Card:
    """What the card of a dataset folder says of how its rows came about.

    Attributes:
        folder: As typed.
        steps: Its funnel.
        splits: The split of each file, by the file's path as sources have it.
    """

    folder: str
    steps: list[dict[str, Any]]
    splits: dict[str, str]


def cards_of(inputs: Sequence[str]) -> list[Card]:
    """Return the cards of those inputs that are dataset folders, in order."""
    cards = []
    for name in inputs:
        typed = name.replace(os.sep, "/").rstrip("/")
        if (Path(name) / "card.json").is_file():
            expand([name])  # says what is wrong with the card
            card = json.loads((Path(name) / "card.json").read_text(encoding="utf-8"))
            files = [entry for entry in card["files"] if isinstance(entry.get("split"), str)]
            splits = {f"{typed}/{entry['path']}": entry["split"] for entry in files}
            steps = [step for step in card.get("funnel") or () if _is_step(step)]
            cards.append(Card(typed, steps, splits))
    return cards


def _is_step(step: Any) -> bool:
    if not isinstance(step, dict) or not isinstance(step.get("step"), str):
        return False
    counts = [step.get("added"), step.get("removed")]
    return isinstance(step.get("rows_in"), int) and all(isinstance(each, dict) for each in counts)


@dataclass(slots=True)
class Parts:
    """Which part the rows of a source belong to.

    Attributes:
        cards: The cards of the inputs that are dataset folders.
        by: What parts are: `split` or `input`.
        names: The parts' names in the order in which they come.
    """

    cards: list[Card]
    by: str = field(init=False)
    names: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.by = "split" if self.cards else "input"

    def number_of(self, source: Source) -> int:
        """Return the number of a source's part."""
        name = self._name(source.path)
        if name not in self.names:
            if len(self.names) >= _MOST_INPUTS:
                name = _OTHERS
            if name not in self.names:
                self.names.append(name)
        return self.names.index(name)

    def _name(self, path: str) -> str:
        for card in self.cards:
            if path in card.splits:
                split = card.splits[path]
                return split if len(self.cards) == 1 else f"{card.folder}: {split}"
        return path
