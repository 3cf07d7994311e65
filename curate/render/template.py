"""Rows to text with exact trained spans, through a chat template.

A template of ours or with `{% generation %}` says itself what the assistant wrote. Another
template's spans are found by rendering prefixes of the conversation, and only where each prefix's
rendering is a prefix of the whole; otherwise the row is refused: a mask is never guessed.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from curate.errors import UsageError, printable
from curate.finding import Hit
from curate.render.places import PLACES, LossOn, marked, refused
from curate.render.sandbox import (
    BREAK,
    GENERATION_END,
    GENERATION_START,
    MARKS,
    TemplateError,
    compiled,
    render,
)
from curate.row import Row

Span = tuple[int, int]
_FOLDER = Path(__file__).parent / "templates"
_MARKS = re.compile(f"[{GENERATION_START}{GENERATION_END}]")
_GENERATION = re.compile(r"\{%-?\+?\s*generation\b")

SHIPPED = tuple(PLACES)


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of a rendering.

    Attributes:
        text: The text, as the model will read it.
        trained: Whether its tokens carry loss.
    """

    text: str
    trained: bool


@dataclass(frozen=True, slots=True)
class Rendered:
    """A rendered row.

    Attributes:
        text: The text; `BREAK` stands inside content that spells a special token.
        spans: Where it is trained, in characters of `text`: ordered, disjoint, never empty.
        left_out: Names of message fields that the template has no place for and that change no
            token (`name`).
        answers: The place among the messages and the span of each assistant turn, trained or not;
            empty where the turns are not told apart.
    """

    text: str
    spans: tuple[Span, ...]
    left_out: tuple[str, ...] = ()
    answers: tuple[tuple[int, Span], ...] = ()

    @property
    def segments(self) -> tuple[Segment, ...]:
        """The text in pieces, trained and not, in order; empty pieces are left out."""
        cuts = sorted({0, len(self.text), *(at for span in self.spans for at in span)})
        starts = {start for start, _ in self.spans}
        return tuple(
            Segment(self.text[a:b].replace(BREAK, ""), a in starts) for a, b in pairwise(cuts)
        )


@dataclass(frozen=True, slots=True)
class Specials:
    """The special tokens of a tokenizer, as text.

    Attributes:
        eos: The end-of-sequence token.
        bos: The beginning-of-sequence token, or None.
        others: Further named ones, by the name that templates know (`pad_token`).
        spelled: Matches, at every place, a special token that content must not spell; None where
            there is none.
    """

    eos: str
    bos: str | None = None
    others: Mapping[str, str] | None = None
    spelled: re.Pattern[str] | None = None


@dataclass(frozen=True, slots=True)
class Template:
    """A chat template.

    Attributes:
        name: `chatml`, the path it was read from, or `tokenizer`.
        source: Its Jinja text.
        adds_bos: Whether the template itself writes the beginning-of-sequence token, so that it is
            never added a second time.
        tokens: Tokens that the tokenizer must have.
        in_parts: Give it each content as a list of parts, as templates for images take it.
        text_arguments: Give it the arguments of calls as JSON text and not as an object.
    """

    name: str
    source: str
    adds_bos: bool
    tokens: tuple[str, ...] = ()
    in_parts: bool = False
    text_arguments: bool = False

    @property
    def sha256(self) -> str:
        """Hash of the source, 64 hex digits."""
        return hashlib.sha256(self.source.encode()).hexdigest()

    @property
    def marks_generation(self) -> bool:
        """Whether the template says itself what the assistant writes."""
        return _GENERATION.search(self.source) is not None

    def row(
        self, row: Row, specials: Specials, loss_on: LossOn, *, whole: bool = True
    ) -> Rendered | Hit:
        """Render a row of kind `sft` or `text`, or return the reason why it cannot be.

        Args:
            row: The row, with `layout` as the JSON text that a dataset folder holds.
            specials: The tokenizer's special tokens.
            loss_on: `completion` trains the last assistant message, `assistant` each of them,
                `all` every character. A message's weight of 0 takes it out.
            whole: Refuse a row of which the template leaves something out.
        """
        if "text" in row:
            return self._text(row["text"], specials, loss_on)
        messages: Sequence[Mapping[str, Any]] = row["messages"]
        hit = refused(self.name, row, loss_on)
        if hit is not None:
            return hit
        turns = [_turn(message) for message in messages]
        variables = self._variables(row, turns, specials)
        left_out = ("name",) if self._leaves_names_out(messages) else ()
        try:
            return self._masked(messages, variables, loss_on, left_out, whole)
        except TemplateError as error:
            return Hit("RUN011", "/messages", f"template {self.name}: {error}")

    def prompt(self, row: Row, specials: Specials) -> str:
        """Render a conversation up to where the assistant writes; its last message is a user's.

        Raises:
            UsageError: If the template has no place for it.
        """
        asked = {**row, "messages": [*row["messages"], {"role": "assistant", "content": ""}]}
        hit = refused(self.name, asked, "assistant")
        if hit is not None:
            raise UsageError(hit.message, hint=hit.fix, code=hit.code)
        variables = self._variables(row, [_turn(m) for m in row["messages"]], specials)
        try:
            text = render(self.source, **{**variables, "add_generation_prompt": True})
        except TemplateError as error:
            raise UsageError(f"template {self.name}: {error}", code="RUN011") from None
        return _MARKS.sub("", text)

    def text_of(self, row: Row, specials: Specials, *, asks: bool = False) -> str:
        """Render a conversation and refuse nothing; `asks` ends it where the assistant writes.

        Raises:
            TemplateError: If the template is wrong or refuses it.
        """
        variables = self._variables(row, [_turn(m) for m in row["messages"]], specials)
        return _MARKS.sub("", render(self.source, **{**variables, "add_generation_prompt": asks}))

    def _text(self, text: str, specials: Specials, loss_on: LossOn) -> Rendered | Hit:
        if self.name != "none":
            return Hit("RUN009", "/text", f"template {self.name} takes messages, not plain text")
        if loss_on != "all":
            return Hit("RUN010", "/text", f"plain text has no assistant for loss_on: {loss_on}")
        if MARKS.intersection(text):
            return marked("/text")
        whole = f"{_broken(text, specials.spelled)}{specials.eos}"
        return Rendered(whole, ((0, len(whole)),))

    def _variables(
        self, row: Row, turns: list[dict[str, Any]], specials: Specials
    ) -> dict[str, Any]:
        layout = json.loads(row["layout"]) if row.get("layout") else {}
        variables: dict[str, Any] = {
            "messages": [self._shaped(turn) for turn in turns],
            "tools": json.loads(row["tools"]) if row.get("tools") else None,
        }
        split = layout.get("alpaca_split")
        users = [turn["content"] for turn in turns if turn["role"] == "user"]
        if isinstance(split, int) and users and users[-1][split : split + 1] == "\n":
            variables["instruction"] = users[-1][:split]
            variables["input"] = users[-1][split + 1 :]
        guarded: dict[str, Any] = _guarded(variables, specials.spelled)
        named = {"eos_token": specials.eos, "bos_token": specials.bos or ""}
        others = dict(specials.others or {})
        return {**others, **named, **guarded, "add_generation_prompt": False}

    def _shaped(self, turn: dict[str, Any]) -> dict[str, Any]:
        shaped = dict(turn)
        if self.in_parts:
            shaped["content"] = [{"type": "text", "text": turn["content"]}]
        if self.text_arguments and "tool_calls" in turn:
            shaped["tool_calls"] = [_in_text(call) for call in turn["tool_calls"]]
        return shaped

    def _masked(
        self,
        messages: Sequence[Mapping[str, Any]],
        variables: dict[str, Any],
        loss_on: LossOn,
        left_out: tuple[str, ...],
        whole: bool,
    ) -> Rendered | Hit:
        text, spans = _unmarked(render(self.source, **variables))
        turns = variables["messages"]
        for at, turn in enumerate(turns if whole and self.name not in PLACES else ()):
            missing = next((part for part in _must_show(turn) if part not in text), None)
            if missing is not None:
                shown = printable(missing.replace(BREAK, ""), 40)
                return Hit(
                    "RUN009",
                    f"/messages/{at}",
                    f"template {self.name} leaves out {shown!r}",
                    fix="use a template that shows it",
                )
        if loss_on == "all":
            return Rendered(text, ((0, len(text)),) if text else (), left_out)
        asked = [at for at, turn in enumerate(turns) if turn["role"] == "assistant"]
        if not self.marks_generation:
            found = self._prefix_spans(text, asked, variables)
            if isinstance(found, Hit):
                return found
            spans = found
        elif not whole and len(spans) > len(asked) and all(m.get("weight") != 0 for m in messages):
            return Rendered(text, tuple(span for span in spans if span[0] < span[1]), left_out)
        elif len(spans) != len(asked):
            return Hit(
                "RUN010",
                "/messages",
                f"template {self.name} marks {len(spans)} spans for {len(asked)} assistant turns",
            )
        chosen = _chosen(messages, asked, spans, loss_on)
        answers = tuple(zip(asked, spans, strict=True))
        return Rendered(text, tuple(s for s in chosen if s[0] < s[1]), left_out, answers)

    def _prefix_spans(
        self, text: str, asked: list[int], variables: dict[str, Any]
    ) -> list[Span] | Hit:
        spans: list[Span] = []
        for at in asked:
            before = {**variables, "messages": variables["messages"][:at]}
            start = render(self.source, **{**before, "add_generation_prompt": True}) if at else ""
            until = {**variables, "messages": variables["messages"][: at + 1]}
            end = render(self.source, **until)
            if not (end.startswith(start) and text.startswith(end)):
                return Hit(
                    "RUN010",
                    f"/messages/{at}",
                    f"template {self.name} rewrites earlier turns, so what the assistant wrote "
                    "cannot be told apart",
                    fix="set loss_on: all, or use a template with {% generation %}",
                )
            spans.append((len(start), len(end)))
        return spans

    def _leaves_names_out(self, messages: Sequence[Mapping[str, Any]]) -> bool:
        shows = ".name" in self.source or "['name']" in self.source
        return not shows and any(message.get("name") for message in messages)


def shipped(name: str) -> Template:
    """Return a shipped template by name (one of `SHIPPED`)."""
    source = (_FOLDER / f"{name}.jinja").read_text("utf-8")
    return Template(name, source, adds_bos=False, tokens=PLACES[name][1])


def foreign(name: str, source: str) -> Template:
    """Return a template that is not ours: a tokenizer's own or a file's.

    Raises:
        UsageError: If it is not a template.
    """
    try:
        compiled(source)
    except TemplateError as error:
        raise UsageError(f"template {name}: {error}", code="RUN011") from None
    return Template(name, source, adds_bos=name == "tokenizer" or "bos_token" in source)


def _turn(message: Mapping[str, Any]) -> dict[str, Any]:
    """A message as chat templates expect it: OpenAI's shape, arguments as an object."""
    parts = message.get("parts")
    content = message.get("content")
    if content is None:
        content = "".join(part.get("text", "") for part in parts or ())
    turn: dict[str, Any] = {"role": message["role"], "content": content}
    for key in ("name", "tool_call_id"):
        if message.get(key) is not None:
            turn[key] = message[key]
    if message.get("reasoning"):
        turn["reasoning_content"] = message["reasoning"]
    if calls := message.get("tool_calls"):
        turn["tool_calls"] = [_call(call) for call in calls]
    return turn


def _call(call: Mapping[str, Any]) -> dict[str, Any]:
    try:
        arguments = json.loads(call["arguments"])
    except ValueError:
        arguments = call["arguments"]
    function = {"name": call["name"], "arguments": arguments}
    shaped = {"type": call.get("type", "function"), "function": function}
    return {"id": call["id"], **shaped} if call.get("id") else shaped


def _in_text(call: dict[str, Any]) -> dict[str, Any]:
    arguments = call["function"]["arguments"]
    if not isinstance(arguments, str):
        arguments = json.dumps(arguments, ensure_ascii=False)
    return {**call, "function": {**call["function"], "arguments": arguments}}


def _must_show(turn: Mapping[str, Any]) -> list[str]:
    texts = [turn["content"], turn.get("reasoning_content") or ""]
    texts += [call["function"]["name"] for call in turn.get("tool_calls", ())]
    return [line for text in texts for line in text.strip().split("\n") if line.strip()]


def _chosen(
    messages: Sequence[Mapping[str, Any]], asked: list[int], spans: list[Span], loss_on: LossOn
) -> list[Span]:
    pairs = list(zip(asked, spans, strict=True))
    if loss_on == "completion":
        pairs = pairs[-1:]
    return [span for at, span in pairs if messages[at].get("weight") != 0]


def _unmarked(text: str) -> tuple[str, list[Span]]:
    """Take the generation marks out, and return the spans that they stood around."""
    pieces: list[str] = []
    spans: list[Span] = []
    length = start = 0
    for piece in re.split(f"([{GENERATION_START}{GENERATION_END}])", text):
        if piece == GENERATION_START:
            start = length
        elif piece == GENERATION_END:
            spans.append((start, length))
        else:
            pieces.append(piece)
            length += len(piece)
    return "".join(pieces), spans


def _broken(text: str, spelled: re.Pattern[str] | None) -> str:
    return text if spelled is None else spelled.sub(rf"\1{BREAK}", text)


def _guarded(value: Any, spelled: re.Pattern[str] | None) -> Any:
    """Break special tokens that content spells, in every text of a structure."""
    if isinstance(value, str):
        return _broken(value, spelled)
    if isinstance(value, dict):
        return {key: _guarded(v, spelled) for key, v in value.items()}
    if isinstance(value, list):
        return [_guarded(v, spelled) for v in value]
    return value
