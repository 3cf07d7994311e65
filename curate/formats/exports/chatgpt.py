"""ChatGPT's data export: `conversations.json`, or `conversations-000.json` and so on.

One record is one conversation: `mapping`, messages by id with `parent` and `children`, and
`current_node`, the message that was shown last. What a message shows is read as the application
shows it:

- Texts, and what was said in a spoken conversation.
- Custom instructions (`user_editable_context`) before the first message stood in the model's
  prompt, and are the system turn.
- `thoughts` before an answer are its reasoning.
- Hidden and empty messages (SRC078), calls of tools and their results (SRC079), and pictures,
  files, recordings and canvases (SRC081) are left out, each with its finding.

The row's group is the conversation's id; `extra` keeps its other keys, its times as ISO 8601
(`created_at`, `updated_at`), and the answering `model`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from curate.finding import Hit
from curate.formats.base import Record
from curate.formats.exports.branches import (
    Conversation,
    Node,
    children_of,
    newest_leaf,
    walk,
)
from curate.formats.exports.citations import without_citations
from curate.formats.exports.ways import formats

_CONSUMED = frozenset({"mapping", "current_node", "conversation_id"})
_TIMES = {"create_time": "created_at", "update_time": "updated_at"}
_SHOWN_CHANNELS = (None, "final")
_TOOL_CONTENT = frozenset(
    {
        *("code", "execution_output", "computer_output", "citable_code_output", "system_error"),
        *("tether_quote", "tether_browsing_display", "tether_browsing_code", "reasoning_recap"),
        *("sonic_webpage", "super_widget"),
    }
)
_HIDDEN_CONTENT = frozenset({"model_editable_context"})
_CANVAS = "canmore."


def _read(record: Record) -> Conversation:
    mapping: dict[str, dict[str, Any]] = record["mapping"]
    places = {name: index for index, name in enumerate(mapping)}
    nodes = [_node(name, held) for name, held in mapping.items()]
    _join(nodes, mapping, places)
    last, doubt = _last(record, nodes, places)
    extra = {}
    for key, value in record.items():
        if key in _TIMES:
            extra[_TIMES[key]] = _date(value)
        elif key not in _CONSUMED:
            extra[key] = value
    own = record.get("conversation_id") or record.get("current_node") or next(reversed(mapping), "")
    return Conversation(nodes, last, "/mapping", own, extra, doubt)


def _date(seconds: float | None) -> str | None:
    """Return an ISO 8601 time of seconds since 1970; None where no calendar has it."""
    if seconds is None:
        return None
    try:
        return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")
    except (ValueError, OverflowError, OSError):
        return None


def _join(
    nodes: list[Node], mapping: Mapping[str, Mapping[str, Any]], places: Mapping[str, int]
) -> None:
    """Set each node's parent: the one that it names, or one that names it among its children."""
    for index, held in enumerate(mapping.values()):
        nodes[index].parent = places.get(held.get("parent") or "", -1)
    for index, held in enumerate(mapping.values()):
        for child in held.get("children") or ():
            at = places.get(child, index)
            if at != index and nodes[at].parent < 0 and not mapping[child].get("parent"):
                nodes[at].parent = index


def _last(record: Record, nodes: list[Node], places: Mapping[str, int]) -> tuple[int, Hit | None]:
    """Return the message seen last, and the doubt where that had to be found."""
    last = places.get(record.get("current_node") or "", -1)
    if last >= 0:
        path, circle = walk(nodes, last)
        if not circle:
            return last, _doubt_of_start(record, path, nodes)
    children = children_of(nodes)
    roots = [index for index, node in enumerate(nodes) if node.parent < 0]
    leaves = sum(1 for following in children if not following)
    newest = newest_leaf(nodes, children, roots)
    if last < 0 and leaves <= 1:
        return newest, None
    why = "its messages lead in a circle" if last >= 0 else "current_node names no message"
    return newest, Hit("SRC083", "/current_node", f"{why}: the newest branch is read")


def _doubt_of_start(record: Record, path: list[int], nodes: list[Node]) -> Hit | None:
    first = nodes[path[0]]
    if not list(record["mapping"].values())[path[0]].get("parent"):
        return None
    return Hit("SRC083", f"{first.pointer}/parent", "it names no message: what came before is gone")


def _node(name: str, held: Mapping[str, Any]) -> Node:
    node = Node(f"/mapping/{name.replace('~', '~0').replace('/', '~1')}")
    message = held.get("message")
    if message is None:
        node.structure = True
        return node
    node.time = message.get("create_time")
    content = message.get("content") or {}
    kind = content.get("content_type") or "text"
    metadata = message.get("metadata") or {}
    role = message["author"]["role"]
    if kind == "user_editable_context":
        _take_instructions(node, content)
    elif _is_hidden(message, metadata, role, kind):
        node.leave("SRC078", "it was not shown")
    elif role == "assistant" and kind == "thoughts":
        _take_thoughts(node, content)
    elif role == "tool" or kind in _TOOL_CONTENT or _is_aside(message):
        _leave_tool(node, message, content, kind)
    elif role not in ("user", "assistant"):
        node.leave("SRC081", "the role is none of user, assistant, system and tool")
    else:
        _take_words(node, role, content, kind, metadata)
    return node


def _is_hidden(
    message: Mapping[str, Any], metadata: Mapping[str, Any], role: str, kind: str
) -> bool:
    return (
        message.get("weight") == 0
        or bool(metadata.get("is_visually_hidden_from_conversation"))
        or role == "system"
        or kind in _HIDDEN_CONTENT
    )


def _is_aside(message: Mapping[str, Any]) -> bool:
    """Return whether a message is not meant for the user: a call of a tool, or a working note."""
    return message.get("recipient") not in (None, "all") or (
        message["author"]["role"] == "assistant" and message.get("channel") not in _SHOWN_CHANNELS
    )


def _take_instructions(node: Node, content: Mapping[str, Any]) -> None:
    texts = [content.get(key) for key in ("user_profile", "user_instructions")]
    node.text = "\n\n".join(text for text in texts if isinstance(text, str) and text.strip())
    if node.text:
        node.role = "system"
    else:
        node.leave("SRC078", "the instructions are empty")


def _take_thoughts(node: Node, content: Mapping[str, Any]) -> None:
    listed = content.get("thoughts")
    thoughts = []
    for item in listed if isinstance(listed, list) else ():
        texts = [item.get("content"), item.get("summary")] if isinstance(item, dict) else []
        thoughts += [text for text in texts if isinstance(text, str) and text.strip()][:1]
    node.reasoning = "\n\n".join(thoughts)
    if node.reasoning:
        node.role = "assistant"
    else:
        node.leave("SRC079", "thoughts without words")


def _leave_tool(
    node: Node, message: Mapping[str, Any], content: Mapping[str, Any], kind: str
) -> None:
    """Say what a message of or to a tool was; a canvas and a picture were shown to the user."""
    if str(message.get("recipient") or "").startswith(_CANVAS):
        node.leave("SRC081", "a document beside the conversation")
    elif kind == "multimodal_text" and (count := _words_of(content)[1]):
        node.leave("SRC081", f"{count} picture(s), file(s) or recording(s) that a tool gave")
    else:
        node.leave("SRC079", "a tool's work or a working note")


def _take_words(
    node: Node, role: str, content: Mapping[str, Any], kind: str, metadata: Mapping[str, Any]
) -> None:
    texts, others = _words_of(content)
    attached = metadata.get("attachments")
    if isinstance(attached, list):
        others = max(others, len(attached))
    text, marks = without_citations("\n".join(texts))
    if role == "assistant" and isinstance(slug := metadata.get("model_slug"), str):
        node.model = slug
    if marks and role == "assistant":
        node.leave("SRC082", f"{marks} mark(s)")
    elif marks:
        text = "\n".join(texts)  # what a user typed stays as it is
    if others:
        node.leave("SRC081", f"{others} picture(s), file(s) or recording(s)")
    if kind not in ("text", "multimodal_text") and not texts:
        node.leave("SRC081", "its content is of a type that is not known")
    if text.strip():
        node.text = text
    elif not node.hits:
        node.leave("SRC078", "it is empty")
    if node.text or role == "user":
        node.role = "user" if role == "user" else "assistant"


def _words_of(content: Mapping[str, Any]) -> tuple[list[str], int]:
    """Return the texts of a message's parts, and how many parts are something else."""
    parts = content.get("parts")
    if parts is None:
        parts = [content["text"]] if isinstance(content.get("text"), str) else []
    texts: list[str] = []
    others = 0
    for part in parts:
        spoken = part.get("text") if isinstance(part, dict) else part
        if isinstance(spoken, str):
            texts += [spoken] if spoken else []
        elif part is not None:
            others += 1
    return texts, others


CHATGPT, CHATGPT_PATHS, CHATGPT_PREFERENCE = formats("chatgpt", "ChatGPT conversation", _read)
