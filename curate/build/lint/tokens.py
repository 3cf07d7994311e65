"""Token-aware checks of a run: what `--tokenizer`, `--chat-template` and `--max-length` ask for."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from curate.build.emit import Block
from curate.build.settings import Settings
from curate.checks import BY_CODE, Selection
from curate.checks.rendered import (
    RULES,
    Place,
    Reading,
    Rendering,
    Tally,
    check_tokens,
    open_rendering,
)
from curate.finding import Finding, Hit, shown
from curate.row import Kind

if TYPE_CHECKING:
    from curate.build.verdict import Verdict


_NAMES = (
    "chat_template.jinja",
    "special_tokens_map.json",
    "tokenizer.json",
    "tokenizer_config.json",
)


def rendered_codes(settings: Settings) -> tuple[str, ...]:
    """Return the codes that run beside a profile's, because a tokenizer was named."""
    if settings.tokenizer is None:
        return ()
    return tuple(rule.code.code for rule in RULES)


def rendering_of(settings: Settings) -> Rendering | None:
    """Return the tokenizer and template that settings name, None where they name none.

    Raises:
        CurateError: As `open_rendering`.
    """
    if settings.tokenizer is None:
        return open_rendering(None, settings.chat_template, settings.max_length)
    stamps = tuple(
        (path.as_posix(), path.stat().st_mtime_ns)
        for name in (settings.tokenizer, settings.chat_template or "")
        for path in _files(Path(name).resolve())
    )
    return _opened(settings.tokenizer, settings.chat_template, settings.max_length, stamps)


def _files(path: Path) -> list[Path]:
    path = path.parent if path.name == "tokenizer.json" else path
    if path.is_dir():
        return sorted(path / name for name in _NAMES if (path / name).is_file())
    return [path] if path.is_file() else []


@lru_cache(maxsize=1)
def _opened(
    tokenizer: str, chat_template: str | None, max_length: int | None, stamps: object
) -> Rendering | None:
    """Open a rendering once for all files of a run; `stamps` tell its files from changed ones."""
    del stamps
    return open_rendering(tokenizer, chat_template, max_length)


class TokenChecks:
    """Checks rows of chunks by a rendering.

    Args:
        rendering: The tokenizer and the template.
        selection: The rules in force.
    """

    def __init__(self, rendering: Rendering, selection: Selection) -> None:
        self._rendering = rendering
        self._selection = selection

    def check(self, block: Block, kind: Kind, verdict: Verdict) -> set[int]:
        """Check a chunk's rows of one kind, and return the positions of those that leave."""
        chunk = verdict.chunk

        def place(position: int) -> Place:
            index = block.at[position]
            line, offset = chunk.lines[index], chunk.offsets[index]
            return Place(chunk.source.path, line, offset, block.ids[position])

        effects = verdict.effects

        def watch(position: int, reading: Reading) -> None:
            if effects is not None:
                effects.tokens(block.at[position], reading)

        hits, tally = check_tokens(
            block.batch, kind, self._selection, self._rendering, place, watch if effects else None
        )
        if verdict.out.tokens is None:
            verdict.out.tokens = tally
        else:
            verdict.out.tokens.add(tally)
        gone: set[int] = set()
        for position, rule, spot in hits:
            hit = Hit(rule.code.code, spot.pointer, spot.message, spot.value, spot.fix)
            if verdict.weigh(block.at[position], [hit], block.ids[position]):
                gone.add(position)
        return gone


def said_once(tally: Tally, selection: Selection) -> Iterator[Finding]:
    """Yield what holds for many rows because of the template or the tokenizer, once each."""
    for name, (place, spot, rows) in sorted(tally.facts.items()):
        code = BY_CODE[name].code
        severity = selection.in_force(code, None, spot.pointer)
        if severity is not None:
            noun = "row" if rows == 1 else "rows"
            yield Finding(
                code=name,
                slug=code.slug,
                severity=severity,
                message=f"{spot.message} (in {rows:,} {noun})",
                file=place.file,
                line=place.line,
                byte_offset=place.byte_offset,
                id=place.id,
                pointer=spot.pointer,
                value=shown(spot.value),
                fix=spot.fix or code.remedy,
            )
