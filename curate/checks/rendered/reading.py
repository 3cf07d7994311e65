"""A row as the model reads it: rendered, tokenised, with what is trained."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from curate.checks.walk import ANSWER_COLUMNS, dialogue, layout_of, threads, turns_of
from curate.row import Kind, Message, Row

if TYPE_CHECKING:
    from curate.checks.rendered.rendering import Rendering
    from curate.finding import Hit
    from curate.render.template import Rendered, Span
    from curate.render.tokenizer import Encoded


class Missing(NamedTuple):
    """A field of a message (`content`, `name`, `calls`) that the template does not show."""

    at: int
    field: str


@dataclass(slots=True)
class Side:
    """One sequence of a row: the conversation, or the prompt with one of its answers.

    Attributes:
        row: The messages under the key `messages`, as templates take them; empty for plain text.
        pointers: The JSON Pointer of each message.
        rendered: What the template made of it, or None.
        refused: Why the template gives no rendering.
        unreadable: Why there is none whatever the template is: media are no text.
        unmasked: Why it cannot be said which part of the rendering the assistant wrote.
        encoded: The tokens.
        text: The rendering as the model reads it.
        missing: What the template leaves out, whatever the texts are.
        asks_otherwise: Whether the prompt alone is rendered otherwise than before an answer.
        unasked: What the template does not write at the end of a prompt that asks for an answer,
            and writes before one.
        text_arguments: Whether the template takes the arguments of calls as text alone.
    """

    row: Row
    pointers: list[str]
    rendered: Rendered | None = None
    refused: Hit | None = None
    unreadable: str | None = None
    unmasked: Hit | None = None
    encoded: Encoded | None = None
    text: str = ""
    missing: frozenset[Missing] = frozenset()
    asks_otherwise: bool = False
    unasked: str = ""
    text_arguments: bool = False
    _spans: list[Span | None] | None = None

    @property
    def messages(self) -> list[Message]:
        """The messages, in order."""
        found: list[Message] = self.row.get("messages", [])
        return found

    @property
    def length(self) -> int:
        """The number of tokens."""
        return len(self.encoded.ids) if self.encoded else 0

    @property
    def trained(self) -> int:
        """The number of tokens that carry loss."""
        return sum(self.encoded.trained) if self.encoded else 0

    def spans(self) -> list[Span | None]:
        """Return where each message's text stands in `text`; None where it is not found as it is.

        Texts are looked for in order; one that is not found behind the last is looked for from the
        start, because some templates put the system text before the last question.
        """
        if self._spans is None:
            self._spans = list(self._located())
        return self._spans

    def _located(self) -> Iterator[Span | None]:
        behind = 0
        for message in self.messages:
            text = _content(message)
            start = self.text.find(text, behind) if text else -1
            if start < 0 and text:
                start = self.text.find(text)
            if start < 0:
                yield None
                continue
            behind = max(behind, start + len(text))
            yield start, start + len(text)

    def starts(self) -> list[int]:
        """Return where each token begins in `text`."""
        return [] if self.encoded is None else [self._plain(at) for at in self.encoded.starts]

    def trained_spans(self) -> list[Span]:
        """Return where `text` is trained."""
        spans = self.rendered.spans if self.rendered is not None else ()
        return [(self._plain(start), self._plain(end)) for start, end in spans]

    def breaks(self) -> list[int]:
        """Return where in `text` a special token that a text spells is split, to stay text."""
        if self.rendered is None or len(self.rendered.text) == len(self.text):
            return []
        from curate.render.sandbox import BREAK

        found = [at for at, sign in enumerate(self.rendered.text) if sign == BREAK]
        return [at - before for before, at in enumerate(found)]

    def added(self) -> list[int]:
        """Return the ids that stand before the text and are not of it: the bos token."""
        if self.encoded is None or len(self.encoded.starts) < 2:
            return []
        ids, starts = self.encoded.ids, self.encoded.starts
        return [n for n, behind in zip(ids, starts[1:], strict=False) if behind == 0]

    def _plain(self, at: int) -> int:
        """Return a place of the rendering as one of `text`, from which the breaks are gone."""
        if self.rendered is None or len(self.rendered.text) == len(self.text):
            return at
        from curate.render.sandbox import BREAK

        return at - self.rendered.text.count(BREAK, 0, at)

    def pointer_at(self, token: int) -> str:
        """Return the pointer of the message that a token lies in or behind, "" before the first."""
        if self.encoded is None or not self.pointers:
            return ""
        start = self._plain(self.encoded.starts[token])
        found = ""
        for pointer, span in zip(self.pointers, self.spans(), strict=True):
            if span is not None and span[0] <= start:
                found = pointer
        return found


@dataclass(slots=True)
class Reading:
    """A row and its sequences.

    Attributes:
        rendering: The tokenizer and the template, and `max_length`.
        row: The row.
        kind: Its kind.
        sides: One sequence, or one for each answer of a pair.
    """

    rendering: Rendering
    row: Row
    kind: Kind
    sides: list[Side] = field(default_factory=list)

    def read(self) -> Iterator[tuple[Side, Encoded]]:
        """Yield the sides that could be rendered, with their tokens."""
        for side in self.sides:
            if side.encoded is not None:
                yield side, side.encoded

    @property
    def length(self) -> int:
        """The tokens of the longest side."""
        return max((side.length for side in self.sides), default=0)

    @property
    def answered(self) -> bool:
        """Whether the row has something that is to be learnt."""
        if self.kind in ("text", "segments"):
            return True
        return self.kind != "prompt_only" and any(
            message["role"] == "assistant" for side in self.sides for message in side.messages
        )


def sides_of(row: Row, kind: Kind) -> list[Side]:
    """Return the sequences of a row, not yet rendered."""
    if kind in ("text", "segments"):
        return [Side({}, [])]
    if kind == "stepwise":
        start = dialogue(row)
        steps = "\n".join(step or "" for step in row.get("completions") or ())
        answer: Message = {"role": "assistant", "content": steps}
        return [_side(row, [*start, *turns_of("completions", [answer])])]
    if not any(name in row for name in ANSWER_COLUMNS):
        return [_side(row, dialogue(row))]
    return [_side(row, turns) for turns in threads(row)]


def unreadable(row: Row) -> str | None:
    """Return why a row's tokens cannot be counted by any template."""
    from curate.render.sandbox import MARKS

    for message in row["messages"]:
        parts = message.get("parts") or ()
        if any(part["type"] != "text" for part in parts):
            return "it holds media, which are no text"
        texts = (_content(message), message.get("reasoning") or "")
        if any(not text.isascii() and MARKS.intersection(text) for text in texts):
            return "a text holds a noncharacter between U+FDD0 and U+FDD2"
    return None


def _side(row: Row, turns: list[Any]) -> Side:
    given: Row = {"messages": [_whole_weight(turn.message) for turn in turns]}
    for name in ("tools", "layout"):
        if row.get(name):
            given[name] = row[name]
    if isinstance(given.get("layout"), dict):
        given["layout"] = json.dumps(layout_of(row))
    return Side(given, [turn.pointer for turn in turns])


def _whole_weight(message: Message) -> Message:
    """Return a message of which a share is trained as one that is trained."""
    if message.get("weight") in (None, 0, 1):
        return message
    return {**message, "weight": 1}


def _content(message: Message) -> str:
    content = message.get("content")
    if content is not None:
        return content
    return "".join(part.get("text", "") for part in message.get("parts") or ())
