"""The engine: rows and texts in, the same without what is somebody's out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from curate.detect import scan_many
from curate.people import Person
from curate.redaction.book import Book, Span
from curate.redaction.cues import Told
from curate.redaction.finding import Scan, Search
from curate.redaction.greeted import greeted
from curate.redaction.identities import identities, parsed_roles
from curate.redaction.labels import GROUP, PERSONAL, ROW, placeholder, placeholders
from curate.redaction.leftovers import Left, leftovers, words_left
from curate.redaction.lexicon import TOKEN, folded, is_common, known_given
from curate.redaction.plan import Plan, Remark, Tally
from curate.redaction.pseudonyms import Pseudonyms
from curate.redaction.strings import Text, node_of
from curate.redaction.views import View
from curate.redaction.walk import LABELS, Place, places, put_back
from curate.redaction.wording import NOBODY
from curate.row import Row

# Hiding one thing may lay another bare; each time the text has less that could be found.
_MOST_PASSES = 6
# An id that was made of a row's bytes; its copies count on.
_HASH = re.compile(r"(?=[0-9]*[a-f])[0-9a-f]{16,64}(?:[~-][0-9]{1,6})?")
_KEYS = ("id", "group", *LABELS)
# Numbers of ours: the size of an attachment, when a mail was written.
_MEASURES = frozenset({"bytes", "date"})
_SHORT_TEXT = 80
_MOST_SHORT = 20_000
_MOST_ORDINARY = 500_000


_Key = tuple[str, str, bool, bool, bool]


class Redactor:
    """Hides what is somebody's in texts and rows, the same thing always under the same name.

    Numbers follow the order of the rows that are given, and nothing else.

    Args:
        people: Whom the inputs name.
        plan: How texts are redacted; None as `Plan` has it by itself.
        look: Finds what has a form in many texts.

    Raises:
        UsageError: If a role is wrong.
    """

    def __init__(
        self, people: Sequence[Person], plan: Plan | None = None, look: Scan = scan_many
    ) -> None:
        self._people = list(people)
        self._plan = plan = plan or Plan()
        self._look = look
        self._roles = parsed_roles(plan.roles)
        self._hidden = placeholders(self._roles)
        self._learnt: dict[str, None] = {}
        self._heard: set[str] = set()
        self._told = Told()
        # Words in lower case, of which a capital makes no name.
        self._ordinary: set[str] = set()
        self.names = Pseudonyms(plan.style, plan.numbering, plan.seed, remember=plan.remember)
        # What all rows share has no number of a row.
        apart = plan.numbering == "row"
        self._beside = Pseudonyms(plan.style, "none", plan.seed) if apart else self.names
        self._labels: dict[str, str] = {}
        self.tally = Tally()
        self.remarks: list[Remark] = []
        self._rows = 0
        self._groups: dict[str, str] = {}
        self._ids: dict[str, str] = {}
        # Columns of which a value changed since they were last taken.
        self.changed: set[str] = set()
        self._open()

    def _open(self) -> None:
        names = (*self._plan.names, *self._learnt)
        typed = frozenset(name.strip().lower() for name in self._plan.names)
        people = identities(self._people, self._roles, names)
        self.book = Book(people, typed, self._ordinary or None)
        # Who is who in a row, for names that several bear; None while it is not known.
        self._present: set[str] | None = None
        self._search = Search(
            self.book, self._hidden, self._plan.kinds, self._plan.region, self._look, self._told
        )
        self._spans: dict[_Key, list[Span]] = {}
        self._short_left: dict[str, tuple[Left, ...]] = {}
        self._address_words, self._name_words = words_left(self.book.people, self._plan.kinds)

    @property
    def absent_roles(self) -> list[str]:
        """Roles whose address or name the inputs do not have."""
        known = {folded(said) for person in self._people for said in (person.handle, person.name)}
        return [role for role, who in self._roles.items() if folded(who) not in known]

    def learn(self, texts: Iterable[str]) -> None:
        """Take up the names of strangers whom texts greet or who sign them.

        A name counts everywhere where a title stands before it, or where it is a common given name
        and no common word. Call it with all texts before the first is redacted, then `ready`.
        """
        if "name" not in self._plan.kinds:
            return
        knows = self.book.matcher.knows
        for text in texts:
            if len(text) <= _SHORT_TEXT:
                if text in self._heard:
                    continue
                if len(self._heard) < _MOST_SHORT:
                    self._heard.add(text)
            view = View(text)
            if len(self._ordinary) < _MOST_ORDINARY:
                self._ordinary.update(filter(str.islower, view.words))
            for told in greeted(view, knows, self._told.of(view)):
                name = " ".join(text[told.start : told.end].split())
                if told.sure and name not in self._learnt and self._spreads(name, told.sign):
                    self._learnt[name] = None

    def _spreads(self, name: str, sign: str) -> bool:
        words = TOKEN.findall(name)
        if self.book.matcher.who(name) or any(c.isdigit() for c in name):
            return False
        if any(map(self.book.matcher.knows, words)):
            return False
        if len(words) == 1 and is_common(words[0]):
            return False
        return folded(words[0]) in known_given() or (sign == "title" and words[0][0].isupper())

    def ready(self) -> None:
        """Begin to look for what was learnt."""
        self._open()

    def text(self, value: str) -> str:
        """Redact one text that is no row's: a path, a key of a report, a line.

        Only what has a form and names that are known are hidden in it.
        """
        return self._label(value, count=False)

    def _label(self, value: str, *, count: bool) -> str:
        made = self._labels.get(value)
        if made is None:
            node = node_of(Text(value))
            present, self._present = self._present, None
            names, self.names = self.names, self._beside
            for inner in node.texts():
                self._redact(inner, self._find(inner, by_surroundings=False), count=count)
            self._present, self.names = present, names
            made = node.value()
            if len(self._labels) < _MOST_SHORT:
                self._labels[value] = made
        return made

    def group(self, value: str) -> str:
        """Return the name of a group: a number where something in it is to be hidden."""
        return self._keyed(value, self._groups, GROUP)

    def row(self, row: Row) -> list[Remark]:
        """Redact every string of a row in place, as `rows` does."""
        return self.rows([row])[0]

    def rows(self, rows: Sequence[Row]) -> list[list[Remark]]:
        """Redact every string of some rows in place; how many are given at once changes nothing.

        Returns:
            What is left in each row or was hidden on a weak sign, in the order of the texts.
        """
        walked = [places(row) for row in rows]
        texts = [text for found in walked for place in found for text in place.node.texts()]
        self._look_at(texts, [text for row in rows for text in self._key_texts(row)])
        remarks = [self._row(row, found) for row, found in zip(rows, walked, strict=True)]
        self._forget()
        return remarks

    def _row(self, row: Row, found: list[Place]) -> list[Remark]:
        self._rows += 1
        self.names.new_row()
        self._present = None
        before = self.tally.kinds.total()
        media = [item.get("ref") for item in row.get("media") or ()]
        texts = [text for place in found for text in place.node.texts()]
        spans = [self._find(text) for text in texts]
        self._present = self._alone(spans)
        remarks: list[Remark] = []
        for text, inside in zip(texts, spans, strict=True):
            if inside:
                self._redact(text, inside, remarks)
            remarks += self._left(text)
        self.changed |= put_back(found)
        self._keys(row)
        if media and media != [item.get("ref") for item in row["media"]]:
            self.tally.media += 1
        if self.tally.kinds.total() > before:
            self.tally.rows += 1
        return remarks

    def _keys(self, row: Row) -> None:
        """Give a row the names that it is told apart by, where they said something."""
        origin = row.get("origin") or {}
        before = [row.get(name) for name in _KEYS], origin.get("path"), origin.get("parent")
        if isinstance(row.get("group"), str):
            row["group"] = self.group(row["group"])
        if isinstance(row.get("id"), str) and self._says_something(row["id"]):
            row["id"] = self._ids.setdefault(row["id"], placeholder(ROW, self._rows))
        for name in LABELS:
            if isinstance(row.get(name), str):
                row[name] = self._label(row[name], count=True)
        if isinstance(origin.get("path"), str):
            origin["path"] = self._label(origin["path"], count=True)
        parent = origin.get("parent")
        if isinstance(parent, str):
            origin["parent"] = self._ids.get(parent) or self._label(parent, count=True)
        self.changed |= {
            name for name, was in zip(_KEYS, before[0], strict=True) if row.get(name) != was
        }
        if before[1:] != (origin.get("path"), origin.get("parent")):
            self.changed.add("origin")

    def _key_texts(self, row: Row) -> Iterator[Text]:
        """Yield what `_keys` looks at, as far as it was never met."""
        for name in ("id", "group"):
            value = row.get(name)
            if isinstance(value, str) and not _HASH.fullmatch(value) and value not in self._groups:
                yield Text(value)
        origin = row.get("origin") or {}
        for value in (
            *(row.get(name) for name in LABELS),
            origin.get("path"),
            origin.get("parent"),
        ):
            if isinstance(value, str) and value not in self._labels and value not in self._ids:
                yield from node_of(Text(value)).texts()

    def _keyed(self, value: str, known: dict[str, str], label: str) -> str:
        made = known.get(value)
        if made is None:
            made = value
            if self._says_something(value):
                made = placeholder(label, len(known) + 1)
                known[value] = made
        return made

    def _says_something(self, value: str) -> bool:
        return not _HASH.fullmatch(value) and bool(self._find(Text(value), by_surroundings=False))

    def _look_at(self, texts: Iterable[Text], plain: Iterable[Text]) -> None:
        """Find what is to be hidden in many texts, each once."""
        new: dict[_Key, Text] = {}
        for text in texts:
            key = (text.value, text.label, text.own, text.whole, True)
            if key not in self._spans:
                new[key] = text
        written = len(new)
        for text in plain:
            key = (text.value, text.label, text.own, text.whole, False)
            if key not in self._spans:
                new[key] = text
        spans = self._search.find(list(new.values()), plain=range(written, len(new)))
        self._spans.update(zip(new, spans, strict=True))

    def _forget(self) -> None:
        """Forget the spans of long texts; keys and short values come again and again."""
        self._spans = {key: at for key, at in self._spans.items() if len(key[0]) <= _SHORT_TEXT}
        if len(self._spans) > _MOST_SHORT:
            self._spans = {}
        self._search.views.clear()

    def _find(self, text: Text, *, by_surroundings: bool = True) -> list[Span]:
        """Return what is to be hidden in a text."""
        key = (text.value, text.label, text.own, text.whole, by_surroundings)
        known = self._spans.get(key)
        if known is None:
            (known,) = self._search.find([text], plain=() if by_surroundings else (0,))
            if len(text.value) <= _SHORT_TEXT and len(self._spans) < _MOST_SHORT:
                self._spans[key] = known
        return known

    @staticmethod
    def _alone(spans: Iterable[list[Span]]) -> set[str]:
        """Return the people of a row who are named so that nobody else can be meant."""
        return {each.key for inside in spans for each in inside if len(each.who) == 1}

    def _redact(
        self,
        text: Text,
        spans: list[Span],
        remarks: list[Remark] | None = None,
        *,
        count: bool = True,
    ) -> None:
        """Hide what was found in a text, then what that laid bare."""
        for _ in range(_MOST_PASSES):
            if not spans:
                return
            if text.number and (spans[0].start, spans[0].end) != (0, len(text.value)):
                return  # a part of a number is no number
            bare = _lays_bare(text.value, spans)
            text.value = self._replaced(text, spans, remarks, count)
            if self._plan.style == "fake" or not bare:
                return
            spans = self._find(text, by_surroundings=remarks is not None)

    def _replaced(
        self, text: Text, spans: list[Span], remarks: list[Remark] | None, count: bool
    ) -> str:
        parts: list[str] = []
        at = length = 0
        for span in spans:
            key, role = self._whose(span)
            original = text.value[span.start : span.end]
            made = self.names.of(span.kind, key, original, role=role, form=span.form)
            if text.whole and span.kind == "name" and self._plan.style == "placeholder":
                made = made.strip("[]").replace(" ", "_")
            between = text.value[at : span.start]
            length += len(between)
            parts += (between, made)
            if count:
                self._count(span, key, text, (length, len(made)), remarks)
            length += len(made)
            at = span.end
        parts.append(text.value[at:])
        return "".join(parts)

    def _whose(self, span: Span) -> tuple[str, str]:
        """Return which thing a span is and the role of the person, after a look at its row."""
        if len(span.who) > 1:
            here = [who for who in span.who if self._present and who.key in self._present]
            if len(here) == 1:
                return here[0].key, here[0].role
            return "", ""
        if span.who and span.kind in PERSONAL:
            return span.key, span.who[0].role
        return span.key, ""

    def _count(
        self,
        span: Span,
        key: str,
        text: Text,
        place: tuple[int, int],
        remarks: list[Remark] | None,
    ) -> None:
        self.tally.kinds[span.kind] += 1
        self.tally.rules[span.rule] += 1
        if span.kind == "name" and not key:
            self.tally.ambiguous += 1
        if not span.sure:
            self.tally.unsure[span.rule] += 1
            if remarks is not None and span.kind == "name":
                remarks.append(Remark("PII046", text.pointer, *place))

    def _leftovers(self, value: str) -> Sequence[Left]:
        """Return what is left in a text; short ones come again and again."""
        known = self._short_left.get(value)
        if known is None:
            known = tuple(
                leftovers(self._search.view(value), self._address_words, self._name_words, NOBODY)
            )
            if len(value) <= _SHORT_TEXT:
                if len(self._short_left) >= _MOST_SHORT:
                    self._short_left.clear()
                self._short_left[value] = known
        return known

    def _left(self, text: Text) -> Iterable[Remark]:
        if text.whole or text.label in _MEASURES or self._plan.style == "fake":
            return
        if text.value.startswith("[") and self._hidden.fullmatch(text.value):
            return
        taken = [at.span() for at in self._hidden.finditer(text.value)] if "[" in text.value else []
        for left in self._leftovers(text.value):
            if not any(start <= left.start < end for start, end in taken):
                yield _remark(left, text)


def _lays_bare(value: str, spans: list[Span]) -> bool:
    """Tell whether something touched what is hidden, and may be found once it no longer does."""
    return any(
        value[span.end : span.end + 1].isalnum() or (span.start and value[span.start - 1].isalnum())
        for span in spans
    )


def _remark(left: Left, text: Text) -> Remark:
    return Remark(left.code, text.pointer, left.start, left.length)
