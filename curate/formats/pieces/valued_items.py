"""LLaMA-Factory v1 messages: content as a list of `{type, value}`, and a `loss_weight`.

Source: hiyouga/LLaMA-Factory `src/llamafactory/v1/utils/types.py`, `core/rendering/format.py` and
`data/v1_sft_demo.jsonl`. Values are text: a text, a reasoning, the JSON of one tool call, or where
an image, a video or an audio file is. Without a weight an assistant turn has 1 and any other 0,
which is what the row has no weight for. Early v1 had all calls in one `tool_calls` item and the
tools in a `tools` item of the system turn; both are read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, cast

from curate.finding import Hit
from curate.formats.pieces.call_texts import read_call, write_call
from curate.formats.pieces.columns import mark, marked
from curate.formats.pieces.held_json import cut_objects, dump, parse
from curate.formats.pieces.messages import extra_of, report_lost, unknown_role, without_taken
from curate.formats.pieces.parts import FRAMES, Media, entry_of, lose_extra
from curate.row import Message, Part, Role, ToolCall

Item = Mapping[str, Any]
_ROLES: Final = {role: role for role in ("system", "user", "assistant", "tool")}
_KIND_OF: Final = {f"{kind}_url": kind for kind in ("image", "video", "audio")}
_KEYS: Final = frozenset({"role", "content", "loss_weight"})
_LOST: Final = ("name", "refusal", "tool_call_id")


@dataclass(slots=True)
class Reader:
    """One record on its way to a row.

    Attributes:
        hits: Gets TRN001 for unknown roles and TOL002 for calls that are no calls.
        layout: Gets `item_order`, `item_extra`, `whole`, `absent` and `null`, by pointers into the
            row, and `items` where they are those of the first versions.
        media: The row's media list, which grows.
        tools: The text of a `tools` item, where there was one.
    """

    hits: list[Hit]
    layout: dict[str, Any] = field(default_factory=dict)
    media: list[Media] = field(default_factory=list)
    tools: str | None = None

    def messages(
        self, items: Sequence[Item], column: str, source: str, skipped: int = 0
    ) -> list[Message]:
        """Return messages as a column of the row.

        Args:
            items: The messages.
            column: The row's column.
            source: Pointer to the list that they stand in.
            skipped: How many messages of that list stand before them.
        """
        messages: list[Message] = []
        for index, item in enumerate(items, skipped):
            at = f"/{column}/{len(messages)}"
            message = self._message(item, at, f"{source}/{index}")
            if message is not None:
                messages.append(message)
        return messages

    def turns(self, items: Sequence[Item], source: str) -> list[Message]:
        """Return a list of messages that stands at a pointer."""
        return self.messages(items, "prompt", source)

    def _message(self, item: Item, at: str, source: str) -> Message | None:
        role = item["role"]
        if role not in _ROLES:
            unknown_role(role, _ROLES, self.hits, f"{source}/role")
        message: Message = {"role": cast(Role, role)}
        had_tools = self.tools
        content = item["content"]
        if len(content) == 1 and len(only := content[0]) == 2 and only["type"] == "text":
            message["content"] = only["value"]
        else:
            self._content(content, message, at, f"{source}/content")
        if had_tools is not self.tools and len(message) == 1 and role == "system":
            return None
        self._weight(item, message, at)
        if rest := {key: value for key, value in item.items() if key not in _KEYS}:
            message["extra"] = dump(rest)
        return message

    def _weight(self, item: Item, message: Message, at: str) -> None:
        weight = item.get("loss_weight")
        if weight is None:
            mark(self.layout, "null" if "loss_weight" in item else "absent", f"{at}/loss_weight")
            return
        if isinstance(weight, int):
            mark(self.layout, "whole", f"{at}/loss_weight")
        if weight != _usual(message["role"]):
            message["weight"] = float(weight)

    def _content(self, items: Sequence[Item], message: Message, at: str, source: str) -> None:
        order: list[str] = []
        parts: list[Part] = []
        calls: list[ToolCall] = []
        reasoning: list[str] = []
        for index, item in enumerate(items):
            kind, value = item["type"], item["value"]
            place = f"{source}/{index}"
            if kind == "reasoning":
                reasoning.append(value)
                order.append(f"r{len(value)}")
            elif kind in ("tool_call", "tool_calls"):
                if kind == "tool_calls":
                    self.layout["items"] = "first"
                calls += self._calls(kind, value, place, f"{at}/content/{len(calls)}")
                order.append("c")
            elif kind == "tools" and self.tools is None:
                self.tools = value
                self.layout["items"] = "first"
                continue
            else:
                parts.append(self._part(kind, value))
                order.append("p")
            if len(item) > 2:
                rest = {key: value for key, value in item.items() if key not in ("type", "value")}
                self.layout.setdefault("item_extra", {})[f"{at}/content/{len(order) - 1}"] = rest
        if reasoning:
            message["reasoning"] = "".join(reasoning)
        if len(parts) == 1 and parts[0]["type"] == "text":
            message["content"] = parts[0]["text"]
        elif parts:
            message["parts"] = parts
        if calls:
            message["tool_calls"] = calls
        if order != _order(message):
            self.layout.setdefault("item_order", {})[at] = order

    def _part(self, kind: str, value: str) -> Part:
        if kind not in _KIND_OF:
            return {"type": kind, "text": value}
        self.media.append(entry_of(_KIND_OF[kind], value))
        return {"type": _KIND_OF[kind], "media": len(self.media) - 1}

    def _calls(self, kind: str, value: str, source: str, at: str) -> Iterator[ToolCall]:
        texts = [value]
        if kind == "tool_calls":
            try:
                texts = [
                    "{" + ", ".join(f"{dump(key)}: {cut.text}" for key, cut in one.items()) + "}"
                    for one in cut_objects(value)[0]
                ]
            except ValueError as error:
                why = f"no tool calls: {error}"
                self.hits.append(Hit("TOL002", source, why, value))
                return
        for text in texts:
            layout: dict[str, Any] = {}
            call = read_call(text, self.hits, source, layout)
            if style := layout.pop("call_text", {}).get(source):
                self.layout.setdefault("call_text", {})[at] = style
            self.layout.update(layout)
            if call is not None:
                yield call


def _usual(role: str) -> float:
    return 1.0 if role == "assistant" else 0.0


def _order(message: Message) -> list[str]:
    """Return the usual order of a message's items: reasoning, text and media, calls."""
    reasoning = message.get("reasoning")
    parts = 1 if message.get("content") is not None else len(message.get("parts") or ())
    return [
        *([] if reasoning is None else [f"r{len(reasoning)}"]),
        *["p"] * parts,
        *["c"] * len(message.get("tool_calls") or ()),
    ]


@dataclass(frozen=True, slots=True)
class Writer:
    """One row on its way to a record.

    Attributes:
        hits: Gets LOS003, LOS010, LOS012, LOS016, LOS017, LOS019, LOS020, LOS022, LOS030, LOS032
            and LOS038.
        layout: The row's layout.
        media: The row's media list.
    """

    hits: list[Hit]
    layout: Mapping[str, Any]
    media: Sequence[Media]

    def messages(self, messages: Sequence[Message], column: str) -> list[dict[str, Any]]:
        """Return a column of the row as messages of items."""
        return [
            self._message(message, f"/{column}/{index}") for index, message in enumerate(messages)
        ]

    def _message(self, message: Message, at: str) -> dict[str, Any]:
        role: str = message["role"]
        if len(message) == 2 and not self.layout and role in _ROLES and "content" in message:
            items = [{"type": "text", "value": message["content"]}]
            return {"role": role, "content": items, "loss_weight": _usual(role)}
        report_lost(message, _LOST, self.hits, at)
        if role == "developer":
            role = "system"
            self.hits.append(Hit("LOS003", f"{at}/role", "the developer role becomes system"))
        item: dict[str, Any] = {"role": role, "content": self._content(message, at)}
        weight = message.get("weight", _usual(role))
        if "weight" in message and weight == _usual(role):
            why = f"a weight of {weight:g} is what a turn of {role} has without one"
            self.hits.append(Hit("LOS030", f"{at}/weight", why))
        place = f"{at}/loss_weight"
        if "weight" in message or place not in marked(self.layout, "absent"):
            item["loss_weight"] = weight
            if "weight" not in message and place in marked(self.layout, "null"):
                item["loss_weight"] = None
            elif weight.is_integer() and place in marked(self.layout, "whole"):
                item["loss_weight"] = int(weight)
        return {**without_taken(extra_of(message), _KEYS, self.hits, at), **item}

    def _content(self, message: Message, at: str) -> list[dict[str, Any]]:
        reasoning = message.get("reasoning")
        parts = list(self._parts(message, at))
        calls = [
            write_call(
                call, self.hits, f"{at}/tool_calls/{index}", self.layout, f"{at}/content/{index}"
            )
            for index, call in enumerate(message.get("tool_calls") or ())
        ]
        if message.get("parts") is not None and [part["type"] for part in parts] == ["text"]:
            why = "one text part is the same as plain text"
            self.hits.append(Hit("LOS023", f"{at}/parts", why))
        if not parts and not calls and reasoning is None:
            why = "a message without content becomes an empty one"
            self.hits.append(Hit("LOS030", at, why))
        items = [{"type": "tool_call", "value": text} for text in calls]
        usual = [*parts, *items]
        if reasoning is not None:
            usual.insert(0, {"type": "reasoning", "value": reasoning})
        ordered = self._ordered(reasoning or "", parts, items, at) or usual
        extras = self.layout.get("item_extra") or {}
        return [
            {**extras.get(f"{at}/content/{index}", {}), **item}
            for index, item in enumerate(ordered)
        ]

    def _ordered(
        self, reasoning: str, parts: list[Any], calls: list[Any], at: str
    ) -> list[dict[str, Any]] | None:
        """Return the items in the order in which they came, where they are still as many."""
        order = (self.layout.get("item_order") or {}).get(at)
        if order is None or (order.count("p"), order.count("c")) != (len(parts), len(calls)):
            return None
        lengths = [int(word[1:]) for word in order if word.startswith("r")]
        if sum(lengths) != len(reasoning):
            return None
        rest = {"p": iter(parts), "c": iter(calls)}
        items = []
        for word in order:
            if word in rest:
                items.append(next(rest[word]))
            else:
                count = int(word[1:])
                items.append({"type": "reasoning", "value": reasoning[:count]})
                reasoning = reasoning[count:]
        return items

    def _parts(self, message: Message, at: str) -> Iterator[dict[str, Any]]:
        if (content := message.get("content")) is not None:
            yield {"type": "text", "value": content}
        for index, part in enumerate(message.get("parts") or ()):
            place = f"{at}/parts/{index}"
            extra = parse(part["extra"]) if "extra" in part else {}
            if "media" not in part and part["type"] == "text":
                lose_extra(extra, self.hits, place)
                yield {"type": "text", "value": part.get("text") or ""}
                continue
            entry = self.media[part["media"]] if "media" in part else None
            if entry is None or f"{entry['type']}_url" not in _KIND_OF or FRAMES in extra:
                what = "a video of frames" if FRAMES in extra else f"a part of type {part['type']}"
                self.hits.append(Hit("LOS022", place, f"{what} has no place in an item"))
                continue
            lose_extra(extra, self.hits, place)
            yield {"type": f"{entry['type']}_url", "value": entry["ref"]}
