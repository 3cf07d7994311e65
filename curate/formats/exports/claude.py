"""Claude's data export: `conversations.json`.

One record is one conversation: `chat_messages`, each with `sender` (human or assistant), `text` and
`content`, a list of blocks. The blocks are read where there are any, else the text, never both.

- Where a message names the one before it (`parent_message_uuid`), the newest branch is what was
  seen last. Older exports are flat lists: messages of one sender next to each other are then
  versions of one message, of which the last was kept. A question that was edited after its answer
  cannot be told from a further question there.
- Text blocks next to each other are one text where one cites a source, else paragraphs.
- `thinking` is the reasoning of the answer.
- Calls of tools and their results (SRC079), files, attachments, artifacts and unknown blocks
  (SRC081) and empty messages (SRC078) are left out, each with its finding.

The row's group is the conversation's id; `extra` keeps its other keys, its name as `title`, but for
the account that the export belongs to.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from curate.finding import Hit
from curate.formats.base import Record
from curate.formats.exports.branches import (
    Conversation,
    Node,
    children_of,
    newest_leaf,
)
from curate.formats.exports.ways import formats
from curate.row import Role

_CONSUMED = frozenset({"chat_messages", "uuid", "name", "account"})
_ROLES: dict[str, Role] = {"human": "user", "assistant": "assistant"}
_TOOL_BLOCKS = frozenset({"tool_use", "tool_result"})
_SILENT_BLOCKS = frozenset({"token_budget", "flag"})
_ROOT = "00000000-0000-4000-8000-000000000000"


def _read(record: Record) -> Conversation:
    messages: list[dict[str, Any]] = record["chat_messages"]
    nodes = [_node(index, message) for index, message in enumerate(messages)]
    doubt = None
    if any(isinstance(message.get("parent_message_uuid"), str) for message in messages):
        doubt = _join(nodes, messages)
    else:
        _join_flat(nodes, messages)
    roots = [index for index, node in enumerate(nodes) if node.parent < 0]
    last = newest_leaf(nodes, children_of(nodes), roots)
    extra = {key: value for key, value in record.items() if key not in _CONSUMED}
    if isinstance(title := record.get("name"), str) and title:
        extra = {"title": title, **extra}
    return Conversation(nodes, last, "/chat_messages", record.get("uuid") or "", extra, doubt)


def _join(nodes: list[Node], messages: Sequence[Mapping[str, Any]]) -> Hit | None:
    """Set each message's parent; return the doubt where one names a message that is not there."""
    places = {uuid: index for index, each in enumerate(messages) if (uuid := each.get("uuid"))}
    doubt = None
    for index, message in enumerate(messages):
        named = message.get("parent_message_uuid")
        if named is None or named == _ROOT:
            nodes[index].parent = -1 if named else index - 1
        elif (at := places.get(named)) is not None:
            nodes[index].parent = at
        else:
            pointer = f"{nodes[index].pointer}/parent_message_uuid"
            why = "it names no message: what came before is gone"
            doubt = doubt or Hit("SRC083", pointer, why)
    return doubt


def _join_flat(nodes: list[Node], messages: Sequence[Mapping[str, Any]]) -> None:
    """Set the parents in a flat list: versions of one message follow the same message."""
    before = first = -1
    for index, message in enumerate(messages):
        if index and message["sender"] != messages[index - 1]["sender"]:
            before, first = index - 1, index
        elif first < 0:
            first = index
        nodes[index].parent = before
        nodes[index].time = float(index)


def _node(index: int, message: Mapping[str, Any]) -> Node:
    node = Node(f"/chat_messages/{index}", time=_time(message.get("created_at")))
    role = _ROLES.get(message["sender"])
    if role is None:
        node.leave("SRC081", "the sender is neither human nor assistant")
        return node
    blocks = message.get("content") or ()
    texts = _take_blocks(node, blocks)
    files = sum(len(message.get(key) or ()) for key in ("attachments", "files"))
    if files:
        node.leave("SRC081", f"{files} file(s)")
    text = "\n\n".join(texts)
    if not blocks:
        text = message.get("text") or ""
    if text.strip():
        node.text = text
    elif not node.hits and not node.reasoning:
        node.leave("SRC078", "it is empty")
    if node.text or node.reasoning or role == "user":
        node.role = role
    return node


def _take_blocks(node: Node, blocks: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the paragraphs of a message's blocks; thoughts and what is left out go to the node."""
    texts: list[str] = []
    thoughts: list[str] = []
    tools = others = 0
    before = ""
    for block in blocks:
        kind = block.get("type")
        if kind == "text" and isinstance(text := block.get("text"), str):
            cites = "cited" if block.get("citations") else "plain"
            if texts and before and "cited" in (cites, before):
                texts[-1] += text
            elif text:
                texts.append(text)
            before = cites
            continue
        before = ""
        if kind == "thinking" and isinstance(thought := block.get("thinking"), str):
            thoughts += [thought] if thought.strip() else []
        elif kind == "tool_use" and block.get("name") == "artifacts":
            others += 1
        elif kind in _TOOL_BLOCKS:
            tools += 1
        elif kind not in _SILENT_BLOCKS:
            others += 1
    node.reasoning = "\n\n".join(thoughts)
    if tools:
        node.leave("SRC079", f"{tools} block(s) of calls of tools and their results")
    if others:
        node.leave("SRC081", f"{others} block(s) that are no text")
    return texts


def _time(text: Any) -> float | None:
    if not isinstance(text, str):
        return None
    try:
        time = datetime.fromisoformat(text)
        return (time if time.tzinfo else time.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError, OSError):
        return None


CLAUDE, CLAUDE_PATHS, CLAUDE_PREFERENCE = formats("claude", "Claude conversation", _read)
