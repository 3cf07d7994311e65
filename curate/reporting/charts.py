"""Charts as inline SVG: drawn with classes alone, so that the page's colours hold in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from curate.reporting.markup import number, plural, table, text

_WIDTH, _HEIGHT = 460, 190
_LEFT, _RIGHT, _TOP, _BOTTOM = 8, 8, 34, 30


def bar(value: float, most: float, then: float = 0) -> str:
    """Return a bar for a table's cell, with a second piece behind it; its numbers stand beside."""
    most = most or 1
    first, second = 100 * value / most, 100 * then / most
    # What is there at all is seen.
    first = max(first, 0.6) if value else 0
    second = max(second, 0.6) if then else 0
    more = f'<rect class="gone" x="{first:.2f}" width="{second:.2f}" height="10"/>' if then else ""
    return (
        '<svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true" '
        f'focusable="false"><rect width="{first:.2f}" height="10"/>{more}</svg>'
    )


def histogram(name: str, title: str, unit: str, found: Mapping[str, Any] | None) -> str:
    """Return a histogram of `[edge, rows]` with its table, on the steps that all sets share.

    Args:
        name: Its id in the page.
        title: What is counted, `Prompt`.
        unit: In what, `words`.
        found: What `distribution` returned.
    """
    if found is None:
        return _figure(name, title, "<p class='none'>none</p>")
    bins = found["histogram"]
    edges = [edge for edge, _ in bins]
    ends = [*edges[1:], None]
    labels = [_span(edge, end, found["max"]) for edge, end in zip(edges, ends, strict=True)]
    counts = [n for _, n in bins]
    marks = [(found["median"], "median"), (found["p95"], "95%")]
    drawn = _bars(labels, counts, "rows", [_mark(value, said, bins) for value, said in marks])
    ticks = _ticks([str(edge) for edge in edges], [_is_tick(edge) for edge in edges])
    desc = (
        f"{plural(found['rows'], 'row')}, from {number(found['min'])} to {number(found['max'])} "
        f"{unit}; half have {number(found['median'])} or fewer, 95 of 100 have "
        f"{number(found['p95'])} or fewer."
    )
    numbers = table(
        f"{title}: rows by {unit}",
        [unit, "rows"],
        [[label, number(n)] for label, n in zip(labels, counts, strict=True)],
    )
    return _figure(name, f"{title}, {unit}", _svg(name, title, desc, drawn + ticks), numbers)


def columns(name: str, title: str, noun: str, counts: Mapping[str, int]) -> str:
    """Return columns of rows by a small number, `1`, `2`, … `20+`, with their table."""
    if not counts:
        return _figure(name, title, "<p class='none'>none</p>")
    labels, values = list(counts), list(counts.values())
    drawn = _bars([f"{label} {noun}" for label in labels], values, "rows", [])
    every = max(1, len(labels) // 12 + 1)
    ticks = _ticks(labels, [at % every == 0 for at in range(len(labels))], middle=True)
    most = max(counts, key=lambda label: counts[label])
    desc = f"{plural(sum(values), 'row')}; most have {most} {noun}."
    numbers = table(
        f"{title}: rows by {noun}",
        [noun, "rows"],
        [[text(k), number(n)] for k, n in counts.items()],
    )
    return _figure(name, title, _svg(name, title, desc, drawn + ticks), numbers)


def _figure(name: str, title: str, drawing: str, numbers: str = "") -> str:
    more = f"<details><summary>Numbers</summary>{numbers}</details>" if numbers else ""
    return f'<figure id="{name}"><figcaption>{text(title)}</figcaption>\n{drawing}\n{more}</figure>'


def _svg(name: str, title: str, desc: str, inside: str) -> str:
    return (
        f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" '
        f'aria-labelledby="{name}-t {name}-d"><title id="{name}-t">{text(title)}</title>'
        f'<desc id="{name}-d">{text(desc)}</desc>{inside}</svg>'
    )


def _bars(
    labels: Sequence[str], counts: Sequence[int], noun: str, marks: Sequence[tuple[float, str]]
) -> str:
    """Return bars of one width, and marks `(place in bars, words)` above them."""
    width = (_WIDTH - _LEFT - _RIGHT) / len(counts)
    room = _HEIGHT - _TOP - _BOTTOM
    most = max(counts) or 1
    gap = min(2.0, width * 0.15)
    slim = min(width - gap, 46)
    base = _HEIGHT - _BOTTOM
    parts = []
    for at, (label, n) in enumerate(zip(labels, counts, strict=True)):
        height = max(room * n / most, 1.2) if n else 0
        x = _LEFT + at * width + (width - slim) / 2
        said = f"<title>{text(label)}: {plural(n, noun[:-1])}</title>"
        parts.append(
            f'<rect class="value" x="{x:.1f}" y="{base - height:.1f}" width="{slim:.1f}" '
            f'height="{height:.1f}">{said}</rect>'
        )
    right = _WIDTH - _RIGHT
    parts.append(f'<path class="axis" d="M{_LEFT} {base + 0.5}H{right}"/>')
    parts += _marks(marks, width, base)
    parts.append(_most_label(counts, width, room, most))
    return "".join(parts)


def _most_label(counts: Sequence[int], width: float, room: float, most: int) -> str:
    at = list(counts).index(most) if most in counts else 0
    x = _LEFT + (at + 0.5) * width
    said = number(most)
    x = min(max(x, _LEFT + 4 * len(said)), _WIDTH - _RIGHT - 4 * len(said))
    y = _HEIGHT - _BOTTOM - room - 4
    return f'<text class="most" x="{x:.1f}" y="{y:.1f}" text-anchor="middle">{said}</text>'


def _marks(marks: Sequence[tuple[float, str]], width: float, base: float) -> list[str]:
    """Return vertical lines with words, which stand on two lines so that they never meet."""
    parts = []
    for number_of, (place, said) in enumerate(marks):
        x = _LEFT + place * width
        right = number_of > 0
        anchor, shift = ("start", 4) if right else ("end", -4)
        if right and x > _WIDTH - 110:
            anchor, shift = "end", -4
        if not right and x < 110:
            anchor, shift = "start", 4
        parts.append(f'<path class="mark" d="M{x:.1f} 18V{base}"/>')
        y = 12 if not right else 24
        parts.append(
            f'<text class="marked" x="{x + shift:.1f}" y="{y}" text-anchor="{anchor}">'
            f"{text(said)}</text>"
        )
    return parts


def _mark(value: int, said: str, bins: Sequence[Sequence[int]]) -> tuple[float, str]:
    """Return where in the bars a value stands, and its words."""
    at = max(n for n, (edge, _) in enumerate(bins) if edge <= value)
    start = bins[at][0]
    end = bins[at + 1][0] if at + 1 < len(bins) else max(start * 1.5, start + 1)
    inside = (
        (value - start + 0.5) / (end - start)
        if end - start <= 1
        else (value - start) / (end - start)
    )
    return at + min(inside, 1.0), f"{said} {number(value)}"


def _ticks(labels: Sequence[str], shown: Sequence[bool], *, middle: bool = False) -> str:
    width = (_WIDTH - _LEFT - _RIGHT) / len(labels)
    parts = []
    for at, (label, wanted) in enumerate(zip(labels, shown, strict=True)):
        if wanted:
            x = _LEFT + (at + (0.5 if middle else 0)) * width
            anchor = "middle" if middle or at else "start"
            said = number(int(label)) if label.isdigit() else text(label)
            y = _HEIGHT - _BOTTOM + 17
            parts.append(
                f'<text class="tick" x="{x:.1f}" y="{y}" text-anchor="{anchor}">{said}</text>'
            )
    return "".join(parts)


def _is_tick(edge: int) -> bool:
    """Tell whether an edge is labelled: 0 and powers of ten, and three times them."""
    digits = str(edge)
    return edge == 0 or (digits[0] in "13" and set(digits[1:]) <= {"0"})


def _span(edge: int, end: int | None, most: int) -> str:
    if end is None:
        return number(edge) if most <= edge else f"{number(edge)}–{number(most)}"
    return number(edge) if end - edge <= 1 else f"{number(edge)}–{number(end - 1)}"
