"""Everything in one text that is to be hidden: by form, by known names, by what stands around."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field

from curate.detect import Place, scan_many
from curate.redaction.book import Book, Span
from curate.redaction.cues import Told
from curate.redaction.greeted import greeted
from curate.redaction.identities import handle_key
from curate.redaction.lexicon import TOKEN, folded
from curate.redaction.matching import Named
from curate.redaction.strings import Text
from curate.redaction.views import View

Scan = Callable[[Sequence[str], str | None], list[list[Place]]]
# Any address; each token is looked at once, so that a long one takes no longer than it is.
_EMAIL = re.compile(
    r"(?<![^\s<>\"'`,;:()\[\]{}|\\])[^\s<>@\"'`,;:()\[\]{}|\\]{1,128}"
    r"@[^\s<>@\"'`,;:()\[\]{}|\\/?]{1,254}(?<!\.)"
)
_BREAK = re.compile(r"[\s<>@\"'`,;:()\[\]{}|\\]")
_LONGEST_LOCAL = 130
_INITIALS = re.compile(
    r"(?P<value>[A-Z]\.?[ ]?(?:[A-Z]\.?[ ]?)?[A-Z]\.?|[a-z]{2,3})(?=[ \t]*(?:\r?\n|\Z))"
)
_MENTION = re.compile(r"(?<![\w@./])@(?P<value>\w[\w.-]{1,60}\w)")
_SPELT = re.compile(
    r"(?<![\w.+-])(?P<local>[\w.+-]{1,64})[ ]at[ ](?P<domain>[\w-]{1,63}(?:\.[\w-]{1,63}){1,8})"
)
_SAID_MAIL = re.compile(r"(?i)(?<![^\W_])e?-?mail(?:to)?[ \t]?[:=][ \t]{0,3}\Z")
_SPELT_BEFORE = re.compile(r"(?:[<(]|(?i:mail)(?:[ \t]*:|[ \t]to)?[ \t]+)\Z")
# Fields of a mail's `extra`, as they are called in it.
_FIELDS = frozenset({"from", "to", "cc", "context_from"})
_HANDLE_WORD = re.compile(r"\w(?:[.-]?\w)*")
_LONGEST_PROBE = 200


@dataclass(frozen=True, slots=True)
class Search:
    """What is looked for, and how.

    Attributes:
        book: Who is looked for.
        hidden: Matches what stands for hidden things already; nothing is found in it.
        kinds: What is hidden, of `labels.KINDS`.
        region: By which numbers of phones without a country are read.
        look: Finds what has a form in many texts.
        told: Where texts greet and sign.
        views: Texts that were looked at, until whoever searches forgets them.
    """

    book: Book
    hidden: re.Pattern[str]
    kinds: Collection[str]
    region: str | None = None
    look: Scan = scan_many
    told: Told = field(default_factory=Told)
    views: dict[str, View] = field(default_factory=dict)

    def view(self, value: str) -> View:
        """Return a text with its words, which are found once."""
        known = self.views.get(value)
        if known is None:
            known = self.views[value] = View(value)
        return known

    def find(self, texts: Sequence[Text], *, plain: Collection[int] = ()) -> list[list[Span]]:
        """Return all that is to be hidden in each text, in order, none overlapping another.

        Args:
            texts: The texts with what is known of them.
            plain: The indices of those in which names that only greetings, titles and closings
                tell are none.
        """
        asked = [_Asked(text, self.hidden) for text in texts]
        probes = dict.fromkeys(each.probe for each in asked if not each.is_empty)
        formed = dict(zip(probes, self.look(list(probes), self.region), strict=True))
        return [
            [] if each.is_empty else self._all(each, formed[each.probe], at not in plain)
            for at, each in enumerate(asked)
        ]

    def _all(self, asked: _Asked, places: list[Place], by_surroundings: bool) -> list[Span]:
        text = asked.text
        value = text.value
        found = _formed(asked, places, self.book)
        view = self.view(value)
        if "handle" in self.kinds and (self.book.words or "@" in value):
            found += _handles(view, self.book)
        if "name" in self.kinds:
            found += _names(text, view, self.book, self.told if by_surroundings else None)
            if text.label in _FIELDS:
                found += _shown_names(text, self.book)
        found = [span for span in found if span.kind in self.kinds]
        return _apart(value, found, asked.taken) if found else []


class _Asked:
    """A text as it is given to what finds forms."""

    __slots__ = ("is_empty", "probe", "shift", "taken", "text")

    def __init__(self, text: Text, hidden: re.Pattern[str]) -> None:
        value = text.value
        self.text = text
        self.is_empty = len(value) < 2 or value.isspace()
        self.taken = [at.span() for at in hidden.finditer(value)] if "[" in value else []
        self.probe = _without(value, self.taken)
        self.shift = 0
        if text.label and len(value) <= _LONGEST_PROBE:  # what it is called tells what it is
            self.shift = len(text.label) + 2
            self.probe = f"{text.label}: {self.probe}"


def _without(value: str, taken: Sequence[tuple[int, int]]) -> str:
    """Return a text of the same length whose hidden parts say nothing of what was there."""
    if not taken:
        return value
    parts: list[str] = []
    at = 0
    for start, end in taken:
        parts += (value[at:start], "[", "·" * (end - start - 2), "]")
        at = end
    return "".join((*parts, value[at:]))


def _formed(asked: _Asked, places: list[Place], book: Book) -> list[Span]:
    value, shift = asked.text.value, asked.shift
    found = []
    for place in places:
        if place.start >= shift:
            start, end = place.start - shift, place.end - shift
            found.append(_formed_span(value[start:end], start, end, place, book))
    if "@" in value and book.handles:
        found += _known_addresses(value, book)
    if " at " in value:
        found += _spelt_addresses(value, book)
    if value[0] in "+0123456789(" and (who := book.handles.get(handle_key(value))):
        found.append(Span(0, len(value), "phone", who.key, (who,), rule="known-number"))
    return found


def _formed_span(original: str, start: int, end: int, place: Place, book: Book) -> Span:
    kind, sure = place.what, place.confidence == "certain"
    if kind not in ("email", "phone"):
        key = re.sub(r"[\s.-]", "", original).casefold() if kind != "url" else original
        return Span(start, end, kind, key, rule=place.kind, sure=sure)
    key = handle_key(original)
    who = book.handles.get(key)
    if who is not None:
        return Span(start, end, kind, who.key, (who,), rule=place.kind)
    return Span(start, end, kind, key, rule=place.kind, sure=sure)


def _known_addresses(value: str, book: Book) -> list[Span]:
    found = []
    sign = value.find("@")
    while sign >= 0:
        local = _BREAK.split(value[max(0, sign - _LONGEST_LOCAL) : sign])[-1]
        at = _EMAIL.match(value, sign - len(local))
        if at is not None:
            who = book.handles.get(folded(at.group()).removeprefix("mailto:"))
            if who is not None:
                found.append(Span(*at.span(), "email", who.key, (who,), rule="known-address"))
        sign = value.find("@", sign + 1)
    return found


def _shown_names(text: Text, book: Book) -> Iterator[Span]:
    """Yield the names that stand before addresses in what is a header's field.

    Whatever a header shows before an address names its owner, be it one small word: `rob <…>`.
    """
    at = 0
    value = text.value
    while (start := value.find(" <", at)) >= 0 and (end := value.find(">", start)) >= 0:
        begin = value.rfind(", ", at, start)
        # A comma parts people only behind an address: `Berg, Anna <…>` is one.
        begin = begin + 2 if begin >= 0 and "@" in value[at:begin] else at
        name = value[begin:start]
        if any(map(str.isalnum, name)) and len(name) <= _LONGEST_PROBE:
            who = book.handles.get(handle_key(value[start + 2 : end]))
            key = who.key if who is not None else f"name:{_stranger(name)}"
            yield Span(begin, start, "name", key, (who,) if who else (), "gf", "header-name")
        at = end + 1
        at += 2 * value.startswith(", ", at)


def _spelt_addresses(value: str, book: Book) -> Iterator[Span]:
    """Yield addresses as archives of lists write them, `anna at example.com`.

    One that is not known is one where a word says so, or brackets stand around it.
    """
    for at in _SPELT.finditer(value):
        address = folded(f"{at['local']}@{at['domain']}")
        who = book.handles.get(address)
        if who is not None:
            yield Span(*at.span(), "email", who.key, (who,), rule="known-address")
        elif value[at.end() : at.end() + 1] in (">", ")") or _SAID_MAIL.search(
            value, max(0, at.start() - 12), at.start()
        ):
            yield Span(*at.span(), "email", address, rule="spelt-address")


def _handles(view: View, book: Book) -> list[Span]:
    found = []
    value = view.text
    sign = value.find("@")
    while sign >= 0:
        at = _MENTION.match(value, sign)
        who = book.handles.get(folded(at["value"])) if at is not None else None
        if at is not None and who is not None:
            found.append(Span(*at.span(), "handle", who.key, (who,), rule="known-handle"))
        sign = value.find("@", sign + 1)
    if not view.low.isdisjoint(book.word_heads) and len(view.lower) == len(value):
        for at in _HANDLE_WORD.finditer(view.lower):
            if at.group() in book.words:
                who = book.handles[at.group()]
                kind = "name" if at.group() in book.named else "handle"
                found.append(Span(*at.span(), kind, who.key, (who,), "g", "known-handle"))
    return found


def _names(text: Text, view: View, book: Book, told: Told | None) -> list[Span]:
    value = text.value
    if text.whole:
        return _whole_name(value, book)
    composed, offsets = _composed(value)
    view = view if offsets is None else View(composed)
    found = [_named_span(composed, place) for place in book.matcher.places(view)]
    if told is not None:
        found += _signed_initials(text, view, book, told)
        for each in greeted(view, book.matcher.knows, told.of(view)):
            who = book.matcher.who(composed[each.start : each.end])
            mine = text.own and each.sign == "closing"
            if mine and book.me is not None and (not who or book.me in who):
                who = (book.me,)
            shape = _shape(composed[each.start : each.end], each.sign)
            place = Named(each.start, each.end, who, shape)
            sure = each.sure or bool(who)
            found.append(_named_span(composed, place, each.sign, sure=sure, mine=mine))
    if offsets is None:
        return found
    return [span._replace(start=offsets[span.start], end=offsets[span.end]) for span in found]


def _signed_initials(text: Text, view: View, book: Book, told: Told) -> Iterator[Span]:
    """Yield the initials of somebody who is known, alone in the line behind a closing."""
    for sign, start in told.of(view):
        at = _INITIALS.match(view.text, start) if sign == "closing" else None
        who = book.initials.get(at["value"].replace(".", "").upper(), ()) if at else ()
        if at is None or not who:
            continue
        if text.own and book.me in who:
            who = (book.me,)
        key = who[0].key if len(who) == 1 else ""
        yield Span(*at.span("value"), "name", key, who, "g", "initials", mine=text.own)


def _shape(name: str, sign: str) -> str:
    if len(TOKEN.findall(name)) > 1:
        return "gf"
    return "f" if sign in ("title", "honorific") else "g"


def _named_span(
    value: str, place: Named, rule: str = "known-name", *, sure: bool = True, mine: bool = False
) -> Span:
    name = value[place.start : place.end]
    if len(place.who) == 1:
        key = place.who[0].key
    elif place.who:
        key = ""
    else:
        key = f"name:{_stranger(name)}"
    return Span(
        place.start, place.end, "name", key, place.who, place.form, rule, sure=sure, mine=mine
    )


def _stranger(name: str) -> str:
    """Return a stranger's name as it is compared: without initials and marks of possession."""
    words = [folded(word) for word in TOKEN.findall(name)]
    return " ".join(sorted(word for word in words if len(word) > 1) or words)


def _whole_name(value: str, book: Book) -> list[Span]:
    """Return a field that is a name or a user name as one, where it is somebody's."""
    who = book.handles.get(handle_key(value))
    found = (who,) if who is not None else book.matcher.who(value.replace("_", " "))
    if not found:
        return []
    key = found[0].key if len(found) == 1 else ""
    return [Span(0, len(value), "name", key, found, "gf", "known-name")]


def _composed(value: str) -> tuple[str, list[int] | None]:
    """Return a text in NFC, and the place in the text for each of its characters, if it is not."""
    if value.isascii() or unicodedata.is_normalized("NFC", value):
        return value, None
    parts: list[str] = []
    offsets: list[int] = []
    for found in re.finditer(r"(?s).[\u0300-\u036f\u3099\u309a]*|.", value):
        made = unicodedata.normalize("NFC", found.group())
        parts.append(made)
        offsets += [found.start()] * len(made)
    return "".join(parts), [*offsets, len(value)]


_RANK = {"secret": 0, "key": 0, "url": 1, "email": 1}


def _apart(value: str, found: list[Span], taken: Sequence[tuple[int, int]]) -> list[Span]:
    """Return spans that do not overlap each other nor what is taken.

    Of two that overlap the longer stays, and grows to where the other reaches: nothing of either
    is left in the text.
    """
    kept: list[Span] = []
    for span in sorted(_free(value, found, taken), key=lambda each: (each.start, -each.end)):
        if kept and span.start < kept[-1].end:
            last = kept[-1]
            better = max(last, span, key=_worth)
            kept[-1] = better._replace(start=last.start, end=max(last.end, span.end))
        else:
            kept.append(span)
    return kept


def _worth(span: Span) -> tuple[int, int, int, bool]:
    return (-_RANK.get(span.kind, 2), span.end - span.start, len(span.who), span.mine)


def _free(value: str, found: list[Span], taken: Sequence[tuple[int, int]]) -> list[Span]:
    """Return the parts of spans that lie outside of what is taken and have a letter or a digit."""
    if not taken:
        return found
    free: list[Span] = []
    for span in found:
        at = span.start
        for start, end in [(s, e) for s, e in taken if s < span.end and e > span.start]:
            free.append(span._replace(start=at, end=max(at, start)))
            at = max(at, end)
        free.append(span._replace(start=min(at, span.end)))
    return [each for each in free if any(map(str.isalnum, value[each.start : each.end]))]
