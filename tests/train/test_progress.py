"""Progress where there is no terminal: few, plain lines."""

from __future__ import annotations

import io

import pytest

from train import progress
from train.progress import Progress


def test_lines_are_plain_and_few(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter(range(10_000))
    monkeypatch.setattr(progress.time, "monotonic", lambda: next(clock) * 0.01)
    stream = io.StringIO()
    shown = Progress(1000, stream=stream)
    for step in range(1, 1001):
        shown.loss(1.5)
        shown.step(step, step * 100)
    shown.close()
    lines = stream.getvalue().splitlines()
    assert 3 <= len(lines) <= 12
    assert lines[-1].startswith("step 1000/1000  loss 1.5000  ")
    assert "\x1b" not in stream.getvalue()


def test_talk_is_a_line() -> None:
    stream = io.StringIO()
    Progress(3, stream=stream).say("[red]loading")
    assert stream.getvalue() == "[red]loading\n"


def test_a_terminal_gets_a_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    stream = io.StringIO()
    stream.isatty = lambda: True  # type: ignore[method-assign]
    shown = Progress(2, stream=stream)
    shown.say("[red]loading")
    shown.step(2, 10)
    shown.close()
    assert "2/2" in stream.getvalue()
    assert "[red]loading" in stream.getvalue()
