"""Services that take OpenAI's lines with rules of their own: Together, Fireworks, Azure OpenAI.

Sources: Together AI documentation (fine-tuning: data preparation, reasoning, function calling) and
togethercomputer/together-python `utils/files.py`; Fireworks documentation (supervised fine-tuning);
Azure OpenAI documentation (fine-tuning). Their lines are read as OpenAI's and not told from them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import pyarrow as pa

from curate.finding import Hit
from curate.formats.base import Decode, Encode, Format, Record
from curate.formats.chat.openai import OPENAI
from curate.formats.pieces.calls import give_ids
from curate.formats.pieces.columns import (
    HELD_AS_TEXT,
    closed,
    drop_blank,
    marked,
    opened,
    put_empty,
    schema,
)
from curate.formats.pieces.openai_messages import CARRIERS, encode_messages
from curate.formats.pieces.services import Numbered, Service, fitted
from curate.formats.pieces.tools import write_tools
from curate.row import TEXT, Message, Row

# Services that refuse columns beside their own: a file of two possible shapes is turned away.
CLOSED: Final[Mapping[str, frozenset[str]]] = {"together": frozenset({"messages", "tools"})}
_AT_PLACES: Final = ("absent", "null", "legacy")
_OPENAI_MEDIA: Final = frozenset({"image", "audio", "file"})


def write_messages(row: Row, hits: list[Hit], layout: dict[str, Any], service: Service) -> Any:
    """Return the row's messages as a service takes them, and the layout that they were written by.

    Args:
        row: A row with messages.
        hits: Gets the losses.
        layout: The row's layout.
        service: The service.
    """
    messages: list[Message] = row["messages"]
    if not layout:
        if _is_usual(messages):
            return messages
        if _is_called(messages):
            return encode_messages(messages, hits, "/messages")
    numbered = fitted(messages, row.get("media") or (), service, hits)
    old = marked(layout, "legacy") if not service.modern else frozenset()
    legacy = frozenset(n for n, (at, _) in enumerate(numbered) if f"/messages/{at}" in old)
    own: list[Hit] = []
    given = give_ids([message for _, message in numbered], own, "/messages", legacy)
    hits += [_moved(hit, numbered) for hit in own]
    places = [(numbered[n][0], message) for n, message in given]
    layout = _spelling(layout, places, len(messages), service, hits)
    return encode_messages(
        [message for _, message in places],
        hits,
        "/messages",
        layout=layout,
        media=row.get("media") or (),
        indexes=[at for at, _ in places],
    )


_NEXT: Final = {"": ("system", "user"), "system": ("user",), "user": ("assistant",)}


def _is_usual(messages: list[Message]) -> bool:
    """Return whether every service takes the messages as they are: texts in turn, the last ours."""
    before = ""
    for message in messages:
        role = message["role"]
        if len(message) != 2 or "content" not in message:
            return False
        if role not in _NEXT.get(before, ("user",)):
            return False
        before = role
    return before == "assistant"


_NEXT_CALLED: Final = {
    "": ("system", "user"),
    "system": ("user",),
    "user": ("assistant", "call"),
    "call": ("tool",),
    "tool": ("tool", "assistant", "call"),
    "assistant": ("user",),
}
_RESULT: Final = frozenset({"role", "content", "tool_call_id"})


def _is_called(messages: list[Message]) -> bool:
    """Return whether the messages are texts in turn, calls and their results, all with ids."""
    before = ""
    for message in messages:
        role: str = message["role"]
        if role == "tool":
            if message.keys() != _RESULT:
                return False
        elif calls := message.get("tool_calls"):
            if role != "assistant" or len(message) != 2 + ("content" in message):
                return False
            role = "call"
            if not all(call["type"] == "function" and "id" in call for call in calls):
                return False
        elif len(message) != 2 or "content" not in message:
            return False
        if role not in _NEXT_CALLED[before]:
            return False
        before = role
    return before == "assistant"


def _moved(hit: Hit, numbered: Numbered) -> Hit:
    """Return a hit on the messages that fit with its pointer into the row."""
    _, _, rest = hit.pointer.partition("/messages/")
    index, slash, more = rest.partition("/")
    if not index.isdigit():
        return hit
    return hit._replace(pointer=f"/messages/{numbered[int(index)][0]}{slash}{more}")


def _spelling(
    layout: dict[str, Any], places: Numbered, count: int, service: Service, hits: list[Hit]
) -> dict[str, Any]:
    """Return the layout without the spellings that the service does not have."""
    gone: set[str] = set()
    if [at for at, _ in places] != list(range(count)):
        gone.update(_AT_PLACES)
    elif service.modern:
        gone.add("legacy")
    if "weights" in layout:
        gone.add("weights")
        hits.append(Hit("LOS031", "/messages", "a weight is written as a whole number"))
    carrier = layout.get("reasoning", CARRIERS[0])
    if service.carriers and carrier not in service.carriers:
        gone.add("reasoning")
        if any("reasoning" in message for _, message in places):
            why = f"the reasoning moves from {carrier} to {service.carriers[0]}"
            hits.append(Hit("LOS036", "/messages", why))
    if service.modern:
        lost = (*service.lost, "function_call", *(set(CARRIERS) - set(service.carriers)))
        nulls = marked(layout, "null")
        refused = {at for at in nulls if at.rpartition("/")[2] in lost}
        if refused:
            why = f"{service.title} has no such key: the nulls are left out"
            hits.append(Hit("LOS030", min(refused), why))
            layout = {**layout, "null": sorted(nulls - refused)}
    return {key: value for key, value in layout.items() if key not in gone}


def write_functions(tools: str, hits: list[Hit], layout: dict[str, Any], title: str) -> list[Any]:
    """Return the row's tools as a list of functions; other tools are lost (LOS010)."""
    found: list[Any] = []
    written = write_tools(tools, hits, "/tools", layout=layout)
    for index, tool in enumerate(written if isinstance(written, list) else [written]):
        kind = tool.get("type", "function") if isinstance(tool, dict) else None
        if kind == "function" and isinstance(tool.get("function"), dict):
            found.append(tool)
        else:
            why = f"{title} takes no tool of type {kind}"
            hits.append(Hit("LOS010", f"/tools/{index}", why, kind))
    return found


def _encoder(service: Service) -> Encode:
    """Return an encoder by a service's rules."""

    def encode(row: Row, hits: list[Hit]) -> Record | None:
        layout = opened(row, "messages", hits)
        if layout is None:
            return None
        record: Record = {"messages": write_messages(row, hits, layout, service)}
        if not record["messages"]:
            hits.append(Hit("LOS008", "/messages", "no turns are left to write"))
            return None
        legacy = layout.get("tools_key") == "functions" and not service.modern
        key = "functions" if legacy else "tools"
        if (tools := row.get("tools")) is not None:
            record[key] = (
                write_functions(tools, hits, layout, service.title)
                if service.modern
                else write_tools(tools, hits, "/tools", bare=key == "functions", layout=layout)
            )
        put_empty(drop_blank(layout, key, hits), record, "", key)
        return closed(row, record)

    return encode


def _read(record: Record, hits: list[Hit]) -> Any:
    assert OPENAI.decode is not None
    return OPENAI.decode(record, hits)


def _format(name: str, title: str, service: Service, decode: Decode = _read) -> Format:
    columns = schema(
        OPENAI.columns.field("messages"), pa.field("tools", TEXT, metadata=HELD_AS_TEXT)
    )
    return Format(name, title, "sft", name, decode, _encoder(service), columns)


TOGETHER = _format(
    "together",
    "Together: OpenAI's lines with reasoning, turns alternating, no other columns",
    Service(
        "Together",
        lost=("name", "refusal"),
        carriers=("reasoning_content", "reasoning"),
        alternates=True,
    ),
)
FIREWORKS = _format(
    "fireworks",
    "Fireworks: OpenAI's lines with reasoning, the system turn first",
    Service("Fireworks", lost=("name", "refusal"), carriers=("reasoning_content",)),
)
AZURE = _format(
    "azure",
    "Azure OpenAI: OpenAI's lines",
    Service(
        "Azure OpenAI",
        developer=True,
        modern=False,
        media=_OPENAI_MEDIA,
        by_url=True,
        joined=False,
    ),
)
