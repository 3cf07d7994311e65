"""What in the plain text of a mail its sender wrote.

Quotes, forwarded mails, signatures, disclaimers and footers are told by rules over lines, each of
which looks at a bounded stretch of text; `RULES` lists them. No model and no dictionary is used,
and the time taken grows with the length of the text alone.
"""

from __future__ import annotations

from collections.abc import Iterable

from curate.sources.mail.own import footers, quotes, signatures
from curate.sources.mail.own.catalogue import RULES
from curate.sources.mail.own.page import Page
from curate.sources.mail.own.rule import Cut, Rule, Separated, Signature

__all__ = ["RULES", "Cut", "Rule", "Separated", "Signature", "learn_signature", "separate"]

_FORWARDS = frozenset({"forwarded"})
_LED = frozenset({"forwarded", "header-block", "header-shape", "original-message", "notes-header"})
_LITTLE = 5


def separate(text: str, *, signature: Signature | None = None) -> Separated:
    """Separate a mail body into what its sender wrote and the rest.

    Args:
        text: The body as plain text, lines ended by any of LF, CRLF and CR, of any length.
        signature: What was learned of the sender's signature.

    Returns:
        The own text, and what was cut by which rule.
    """
    page = Page(text)
    quotes.mark(page)
    footers.mark(page)
    signatures.mark(page, signature)
    kept = page.kept()
    parts = [part for part in (_trimmed(text[start:end]) for start, end in kept) if part]
    own = "\n\n".join(parts)
    cuts = _cuts(page)
    return Separated(own, cuts, _is_forward(own, cuts))


def learn_signature(bodies: Iterable[str]) -> Signature:
    """Learn a person's signature: lines that end at least five of their own texts.

    Args:
        bodies: Bodies of mails that one person wrote, quotes and all; a body given twice counts
            once.

    Returns:
        The signature; no lines where nothing recurs. It depends on the bodies, not on their order.
    """
    return signatures.learn(separate(body).own for body in bodies)


def _trimmed(part: str) -> str:
    """Return a part without blank lines at its edges and blanks at its end."""
    lines = part.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    first, last = 0, len(lines)
    while first < last and not lines[first].strip():
        first += 1
    while last > first and not lines[last - 1].strip():
        last -= 1
    return "\n".join(lines[first:last]).rstrip()


def _cuts(page: Page) -> tuple[Cut, ...]:
    """Return the marked lines as spans, neighbours of one rule joined."""
    if not any(page.marks):
        return ()
    cuts: list[Cut] = []
    for at, rule in enumerate(page.marks):
        if rule is None:
            continue
        glue = page.glued.get(at) if page.glued else None
        start = page.starts[at] + (glue[0] if glue is not None else 0)
        end = page.starts[at + 1]
        if cuts and cuts[-1].rule == rule and cuts[-1].end == start:
            cuts[-1] = Cut(rule, cuts[-1].start, end)
        elif end > start:
            cuts.append(Cut(rule, start, end))
    return tuple(cuts)


def _is_forward(own: str, cuts: tuple[Cut, ...]) -> bool:
    """Say whether a mail is nothing or little but a forwarded one."""
    rules = {cut.rule for cut in cuts}
    if not own.strip():
        return bool(rules & _LED)
    return bool(rules & _FORWARDS) and len(own.split()) <= _LITTLE
