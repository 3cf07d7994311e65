"""The people in a header of mailboxes: names and addresses, however they are written."""

from __future__ import annotations

import re
from typing import NamedTuple

from curate.finding import Hit
from curate.people import Person
from curate.sources.mail.words import words_of

_FIELD_CHARS = 256 << 10
_TOKEN = re.compile(
    r"""("(?:[^"\\]++|\\(?:.|\Z))*+(?:"|\Z))|<([^<>]*+)>?|([(),:;])|([^",:;<>()]++)|(.)""", re.S
)
_QUOTED = re.compile(r"\\(.)", re.DOTALL)
_WORDED = re.compile(r"(=\?[^?\s]{1,60}\?[bBqQ]\?[^?\s]*+\?=)")
_ADDRESS = re.compile(r"[^\s@]{1,320}@[^\s@]{1,255}")
_AT = re.compile(r"([\w.+\-]{1,64}) (?:at|\(at\)|AT) ([\w\-]{1,63}(?:\.+[\w\-]{0,63}){0,8})")
_BLANKS = re.compile(r"\s+")


class People(NamedTuple):
    """The people of a header, in order, each address once; and what was not decodable of them."""

    people: tuple[Person, ...]
    fault: Hit | None = None


def people_of(values: list[str], where: str, charset: str | None = None) -> People:
    """Return whom the values of a header name.

    Groups are their members. `dana at example.com (Dana)` is what list archives write. A name that
    is not decodable is left out with SRC055; a mailbox without an address is left out.

    Args:
        values: The unfolded values, not decoded.
        where: What they are, for messages: `the header To`.
        charset: The charset of the mail's text, for names that are neither ASCII nor UTF-8.

    Source: RFC 5322 sections 3.4 and 4.4, read leniently; RFC 2047 section 5 (names).
    """
    found: dict[str, Person] = {}
    fault = None
    for value in values:
        for name, address in _mailboxes(value[:_FIELD_CHARS]):
            text, said = words_of(name, where, charset)
            if said is not None:
                fault = fault or Hit("SRC055", "", f"a name of {where} is not as it declares")
            handle = address.lower().encode("utf-8", "replace").decode()
            person = Person(handle, _clean(text, address))
            if handle not in found or (person.name and not found[handle].name):
                found[handle] = person
    return People(tuple(found.values()), fault)


def _clean(name: str, address: str) -> str:
    """Return a name without quotes around it; "" where it only repeats the address."""
    name = _BLANKS.sub(" ", name.encode("utf-8", "replace").decode()).strip()
    if len(name) > 1 and name[0] == name[-1] and name[0] in "'\"":
        name = name[1:-1].strip()
    return "" if name.lower() == address.lower() else name


class _Mailbox:
    """What was read of one mailbox."""

    def __init__(self) -> None:
        self.words: list[str] = []
        self.comments: list[str] = []
        self.angle: str | None = None

    def settle(self, before: list[str]) -> tuple[str, str] | None:
        """Return its name and address, or None where it has no address.

        Args:
            before: Words that commas parted from it and that had no address: `Doe, Dana <d@x>`.
        """
        words = " ".join(self.words).strip()
        comment = "".join(self.comments).strip()
        if self.angle is not None:
            address = _address(self.angle)
            name = ", ".join([*before, words] if words else before)
            return (name or comment, address) if address else None
        found = _ADDRESS.search(words) if "@" in words else None
        if found is not None:
            rest = (words[: found.start()] + words[found.end() :]).strip()
            return (comment or rest, found[0])
        if (at := _AT.search(words)) is not None:
            return (comment or words[at.end() :].strip(), f"{at[1]}@{at[2]}")
        return None


def _address(angle: str) -> str:
    """Return the address in angle brackets: without a route, blanks, `mailto:` and quotes."""
    angle = angle.strip()
    if angle[:7].lower() == "mailto:":
        angle = angle[7:]
    if angle[:1] == "@" and ":" in angle:
        angle = angle.rpartition(":")[2]
    if (at := _AT.fullmatch(angle)) is not None:
        return f"{at[1]}@{at[2]}"
    angle = "".join(angle.split()).strip("\"'")
    return angle if "@" in angle and len(angle) < 576 else ""


def _mailboxes(value: str) -> list[tuple[str, str]]:
    """Return names (not decoded) and addresses of a header's value."""
    found: list[tuple[str, str]] = []
    mailbox, before = _Mailbox(), list[str]()
    depth = 0
    for token in _TOKEN.finditer(value):
        quoted, angle, mark, plain, other = token.groups()
        if depth or mark in ("(", ")"):
            depth = max(0, depth + (mark == "(") - (mark == ")"))
            # One comment is parted from the next by a blank.
            outer = mark in ("(", ")") and depth + (mark == ")") == 1
            mailbox.comments.append(" " if outer else token[0])
        elif quoted is not None:
            _quote(mailbox, quoted)
        elif angle is not None:
            mailbox.angle = angle
        elif mark == ":":
            # The name of a group.
            if not any("@" in word for word in mailbox.words):
                mailbox = _Mailbox()
        elif mark is not None:
            before = _settled(mailbox, before, found)
            mailbox, before = _Mailbox(), before if mark == "," else []
        else:
            mailbox.words.append((plain or other).strip())
    _settled(mailbox, before, found)
    return found


def _settled(mailbox: _Mailbox, before: list[str], found: list[tuple[str, str]]) -> list[str]:
    """Add a mailbox; return the words that wait for the address behind the next comma."""
    known = mailbox.settle(before)
    if known is not None:
        found.append(known)
        return []
    words = " ".join(mailbox.words).strip()
    return [*before, words][-4:] if words else before


def _quote(mailbox: _Mailbox, quoted: str) -> None:
    """Add a quoted name; where its quote is never closed an address may stand in it."""
    if len(quoted) < 2 or quoted[-1] != '"':
        name, begun, angle = quoted[1:].partition("<")
        if begun:
            mailbox.angle = angle.partition(">")[0]
            quoted = name
    mailbox.words.append(_QUOTED.sub(r"\1", quoted.strip('"')))
