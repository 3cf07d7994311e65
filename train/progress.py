"""How a run shows itself: a live bar on a terminal, one plain line now and then elsewhere."""

from __future__ import annotations

import math
import os
import sys
import time
from typing import Any, TextIO

_SECONDS = 30.0
_SECONDS_BETWEEN = 2.0


class Progress:
    """Shows steps and losses on stderr.

    Attributes:
        steps: Steps of the whole run.
    """

    def __init__(self, steps: int, *, stream: TextIO | None = None) -> None:
        """Make it for a run of so many steps; nothing is shown before `step`."""
        self.steps = steps
        self._stream = stream or sys.stderr
        self._every = max(1, math.ceil(steps / 100))
        self._last_step = self._first = -1
        self._last_time = self._began = time.monotonic()
        self._loss: float | None = None
        self._bar: Any = None
        self._task: Any = None
        plain = os.environ.get("TERM") == "dumb" or "NO_COLOR" in os.environ
        if self._stream.isatty() and not plain:
            self._start_bar()

    def say(self, text: str) -> None:
        """Show one line of talk."""
        if self._bar is not None:
            self._bar.console.print(text, markup=False, highlight=False)
        else:
            print(text, file=self._stream, flush=True)

    def loss(self, value: float) -> None:
        """Take note of the latest training loss."""
        self._loss = value

    def step(self, done: int, tokens: int) -> None:
        """Show that a step is done.

        Args:
            done: Steps done in the whole run.
            tokens: Tokens that this process has trained on.
        """
        now = time.monotonic()
        if self._first < 0:
            self._first = done - 1
        speed = tokens / max(now - self._began, 1e-9)
        if self._bar is not None:
            self._bar.update(self._task, completed=done, loss=self._shown(), speed=f"{speed:,.0f}")
            return
        waited = now - self._last_time
        stepped = done - self._last_step >= self._every
        due = waited >= _SECONDS or (stepped and waited >= _SECONDS_BETWEEN)
        if due or done == self.steps:
            left = (now - self._began) / (done - self._first) * (self.steps - done)
            self.say(
                f"step {done}/{self.steps}  loss {self._shown()}  {speed:,.0f} tokens/s  "
                f"{left:,.0f} s left"
            )
            self._last_time, self._last_step = now, done

    def close(self) -> None:
        """Take the bar down."""
        if self._bar is not None:
            self._bar.stop()
            self._bar = None

    def _shown(self) -> str:
        return "…" if self._loss is None else f"{self._loss:.4f}"

    def _start_bar(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
        from rich.progress import Progress as Bar

        self._bar = Bar(
            TextColumn("training"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("loss {task.fields[loss]}"),
            TextColumn("{task.fields[speed]} tokens/s"),
            TimeRemainingColumn(),
            console=Console(file=self._stream),
        )
        self._task = self._bar.add_task("training", total=self.steps, loss="…", speed="0")
        self._bar.start()
