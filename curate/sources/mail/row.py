"""One mail as a row: what its sender wrote, about what, to whom, and in answer to what."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from curate.files.limits import Limits
from curate.finding import Hit, cut
from curate.people import Person
from curate.sources.mail.message import Mail, read_mail
from curate.sources.mail.own import Cut as TextCut
from curate.sources.mail.own import Signature, separate
from curate.sources.mail.own.marked import ELIDED
from curate.sources.mail.people import marked

CONTEXT_CHARS = 4_000
_SIGN = re.compile(r"\s{0,3}> ?")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail, parsed and separated.

    Attributes:
        mail: Its headers, parts and text.
        text: What its sender wrote, or its whole text where that was asked for.
        cut: Characters that each rule cut.
        is_forward: Whether it is nothing or little but a forwarded mail.
        quoted: What it quotes of the mail that it answers, without what that one quotes.
    """

    mail: Mail
    text: str
    cut: dict[str, int]
    is_forward: bool = False
    quoted: str = ""

    def people(self, mine: frozenset[str]) -> list[Person]:
        """Return whom its headers name; `mine` are the addresses of the person."""
        return marked((*self.mail.senders, *self.mail.to, *self.mail.cc), mine)


def letter_of(
    raw: bytes, how: Literal["own", "whole"], limits: Limits, signature: Signature
) -> Letter | Hit:
    """Return a mail, or why it cannot be read.

    Args:
        raw: Its bytes, with nothing escaped.
        how: `own` separates what its sender wrote.
        limits: Bounds on parsing.
        signature: What its sender's mails end on.
    """
    mail = read_mail(raw, limits)
    if mail.aside is not None:
        return mail.aside
    if how == "whole":
        return Letter(mail, mail.text, {})
    separated = separate(mail.text, signature=signature)
    counts: Counter[str] = Counter()
    for each in separated.cuts:
        counts[each.rule] += each.end - each.start
    quoted = _quoted(mail.text, separated.cuts)
    return Letter(mail, separated.own, dict(sorted(counts.items())), separated.is_forward, quoted)


def _quoted(text: str, cuts: tuple[TextCut, ...]) -> str:
    """Return the lines that are quoted once, without their sign; at most what a context holds."""
    lines: list[str] = []
    for each in cuts:
        if each.rule != "quote" or each.start == each.end:
            continue
        if lines:
            lines.append("")
        block = text[each.start : min(each.end, each.start + 2 * CONTEXT_CHARS)]
        found = (_SIGN.sub("", line, count=1) for line in block.splitlines() if line.strip())
        lines += [line for line in found if line[:1] != ">" and not ELIDED.match(line[:61])]
        if sum(map(len, lines)) > CONTEXT_CHARS:
            break
    return _answered("\n".join(lines).strip())


def _answered(quoted: str) -> str:
    """Return what a quote's writer wrote, without the line that says who and when."""
    found = separate(quoted)
    if found.own:
        return found.own
    if found.cuts and found.cuts[0].rule == "attribution" and found.cuts[0].start == 0:
        return quoted[found.cuts[0].end :].strip()
    return quoted


def row_of(
    letter: Letter, parent: Letter | None, group: str, labels: tuple[str, ...]
) -> dict[str, Any] | Hit:
    """Return a mail as a value of the row's JSON form, or why it is none.

    Args:
        letter: The mail.
        parent: The mail that it answers, where it is there.
        group: The name of its thread.
        labels: Its labels.

    The context is the parent's own text; where the parent is not there, what a reply quotes of it
    (`context_quoted` says so).
    """
    mail = letter.mail
    if mail.kind_hit is not None:
        return mail.kind_hit
    if not letter.text.strip():
        return _nothing(letter)
    extra: dict[str, Any] = {
        "subject": mail.subject,
        "date": _written(mail.date),
        "from": ", ".join(_shown(mail.senders)),
        "to": _shown(mail.to),
        "cc": _shown(mail.cc),
        "mail_labels": list(labels),
        "attachments": [each._asdict() for each in mail.attachments],
        "reply": parent is not None or bool(mail.references),
        "cut": letter.cut,
    }
    if parent is not None and parent.text.strip():
        extra["context"] = cut(parent.text, CONTEXT_CHARS)
        extra["context_from"] = ", ".join(_shown(parent.mail.senders))
    elif letter.quoted and extra["reply"]:
        extra["context"] = cut(letter.quoted, CONTEXT_CHARS)
        extra["context_quoted"] = True
    extra = {name: value for name, value in extra.items() if value not in (None, "", [], {})}
    return {"text": letter.text, "group": group, "extra": extra}


def _nothing(letter: Letter) -> Hit:
    """Return why a mail without text of its sender's is no row."""
    if letter.is_forward:
        return Hit("SRC060", "", "it is a forwarded mail with nothing written above it")
    rules = ", ".join(letter.cut) or "blank lines"
    return Hit("SRC060", "", f"nothing is left of it without what was cut ({rules})")


def _written(date: float | None) -> str | None:
    """Return seconds since 1970 as ISO 8601 in UTC, to the second."""
    if date is None:
        return None
    try:
        time = _EPOCH + timedelta(seconds=int(date))
    except OverflowError:
        return None
    return time.isoformat().replace("+00:00", "Z")


def _shown(people: tuple[Person, ...]) -> list[str]:
    """Return people as headers show them: `Dana Example <dana@example.com>`."""
    return [f"{each.name} <{each.handle}>" if each.name else each.handle for each in people]
