"""Open Assistant trees: a prompt, its replies, their replies, ranked by people.

One record is a whole tree: `message_tree_id, tree_state, prompt`, each message with `text, role`
(`prompter`, `assistant`) and nested `replies`; `rank` 0 is the best reply
(LAION-AI/Open-Assistant, `oasst-data/oasst_data/schemas.py` and the `*_trees.jsonl` exports).

`oasst` reads one conversation a tree: at each message the reply with the lowest rank, unranked ones
behind ranked ones, the first of the file where that says nothing; it ends on its last answer.
`oasst-paths` reads every path that ends on an answer behind which there is no other.
`oasst-preference` reads a pair for each prompter message with two ranked replies or more: the best
against the worst. Messages that were deleted or that reviewers rejected (`review_result` false) are
never read, nor is what stands behind them. LOS042 counts what is not read.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import pyarrow as pa

from curate.finding import Hit
from curate.formats.base import Decode, Format, Record
from curate.formats.pieces.columns import finish
from curate.formats.pieces.held_json import dump
from curate.formats.pieces.messages import unknown_role
from curate.row import Kind, Message, Role, Row

Said = dict[str, Any]
_ROLES: dict[str, Role] = {"prompter": "user", "assistant": "assistant"}
_OWN = frozenset({"text", "role", "replies"})
_CONSUMED = frozenset({"prompt"})


class _Node(NamedTuple):
    """A message that is read, the index of the one it answers (-1: none), and its place."""

    said: Said
    parent: int
    pointer: str


def _nodes(root: Said, hits: list[Hit]) -> list[_Node] | None:
    """Return the messages that are read, each before its replies, in the order of the file.

    None where one has an unknown role.
    """
    known = len(hits)
    found: list[_Node] = []
    waiting = [_Node(root, -1, "/prompt")]
    while waiting:
        node = waiting.pop()
        if node.said.get("deleted") or node.said.get("review_result") is False:
            continue
        if node.said["role"] not in _ROLES:
            unknown_role(node.said["role"], _ROLES, hits, f"{node.pointer}/role")
        at = len(found)
        found.append(node)
        replies = node.said.get("replies") or ()
        for number in reversed(range(len(replies))):
            waiting.append(_Node(replies[number], at, f"{node.pointer}/replies/{number}"))
    return found if len(hits) == known else None


def _size(root: Said) -> int:
    """Return how many messages a tree has, whatever their state."""
    count, waiting = 0, [root]
    while waiting:
        count += 1
        waiting += waiting.pop().get("replies") or ()
    return count


def _replies(nodes: list[_Node]) -> list[list[int]]:
    """Return the indexes of each message's replies, the best ranked first."""
    replies: list[list[int]] = [[] for _ in nodes]
    for index, node in enumerate(nodes):
        if node.parent >= 0:
            replies[node.parent].append(index)
    for of_one in replies:
        of_one.sort(key=lambda index: _order(nodes[index].said.get("rank")))
    return replies


def _order(rank: float | None) -> tuple[bool, float]:
    return rank is None, rank or 0


def _is_answer(node: _Node) -> bool:
    return bool(node.said["role"] == "assistant")


def _path(nodes: list[_Node], end: int) -> list[int]:
    """Return the indexes from the prompt to a message."""
    path = []
    while end >= 0:
        path.append(end)
        end = nodes[end].parent
    return path[::-1]


def _messages(nodes: list[_Node], path: list[int]) -> list[Message]:
    messages: list[Message] = []
    for index in path:
        said = nodes[index].said
        message: Message = {"role": _ROLES[said["role"]], "content": said["text"]}
        if rest := {key: value for key, value in said.items() if key not in _OWN}:
            message["extra"] = dump(rest)
        messages.append(message)
    return messages


def _finished(row: Row, record: Record) -> Row:
    row["group"] = record["message_tree_id"]
    return finish(row, record, {}, _CONSUMED)


def _left_out(record: Record, used: int, what: str, hits: list[Hit]) -> None:
    if count := _size(record["prompt"]) - used:
        hits.append(Hit("LOS042", "/prompt", f"{count} message(s) of the tree {what}"))


def _unanswered(hits: list[Hit]) -> None:
    hits.append(Hit("SCH020", "/prompt", "nobody answered the prompt"))


def _decode_best(record: Record, hits: list[Hit]) -> Row | None:
    nodes = _nodes(record["prompt"], hits)
    if nodes is None:
        return None
    replies = _replies(nodes)
    path = [0] if nodes else []
    while path and replies[path[-1]]:
        path.append(replies[path[-1]][0])
    while path and not _is_answer(nodes[path[-1]]):
        path.pop()
    if len(path) < 2:
        _unanswered(hits)
        return None
    row = {"messages": _messages(nodes, path)}
    _left_out(record, len(path), "stand beside the path that is read", hits)
    return _finished(row, record)


def _decode_paths(record: Record, hits: list[Hit]) -> list[Row] | None:
    nodes = _nodes(record["prompt"], hits)
    if nodes is None:
        return None
    goes_on = [False] * len(nodes)
    for index in reversed(range(1, len(nodes))):
        parent = nodes[index].parent
        goes_on[parent] = goes_on[parent] or goes_on[index] or _is_answer(nodes[index])
    ends = [n for n, node in enumerate(nodes) if n and _is_answer(node) and not goes_on[n]]
    if not ends:
        _unanswered(hits)
        return None
    paths = [_path(nodes, end) for end in ends]
    rows = [_finished({"messages": _messages(nodes, path)}, record) for path in paths]
    used = len({index for path in paths for index in path})
    _left_out(record, used, "are on no path that ends on an answer", hits)
    return rows


def _decode_pairs(record: Record, hits: list[Hit]) -> list[Row] | None:
    nodes = _nodes(record["prompt"], hits)
    if nodes is None:
        return None
    rows: list[Row] = []
    used: set[int] = set()
    for index, replies in enumerate(_replies(nodes)):
        ranked = [n for n in replies if nodes[n].said.get("rank") is not None]
        if nodes[index].said["role"] != "prompter" or len(ranked) < 2:
            continue
        best, worst = ranked[0], _worst(nodes, ranked)
        if nodes[best].said["rank"] == nodes[worst].said["rank"]:
            continue
        path = _path(nodes, index)
        used.update(path, (best, worst))
        row: Row = {
            "prompt": _messages(nodes, path),
            "chosen": _messages(nodes, [best]),
            "rejected": _messages(nodes, [worst]),
        }
        rows.append(_finished(row, record))
    if not rows:
        why = "no message of the tree has two replies of different rank"
        hits.append(Hit("PRF013", "/prompt", why))
        return None
    _left_out(record, len(used), "are in no pair", hits)
    return rows


def _worst(nodes: list[_Node], ranked: list[int]) -> int:
    """Return the reply of the highest rank; of several the first."""
    return max(ranked, key=lambda index: nodes[index].said["rank"])


def _tree(name: str, title: str, kind: Kind, decode: Decode, schema: str = "oasst") -> Format:
    return Format(name, title, kind, schema, decode, None, pa.schema([]))


OASST = _tree("oasst", "Open Assistant tree: the best ranked path", "sft", _decode_best)
OASST_PATHS = _tree(
    "oasst-paths", "Open Assistant tree: every path that ends on an answer", "sft", _decode_paths
)
OASST_PREFERENCE = _tree(
    "oasst-preference",
    "Open Assistant tree: the best against the worst ranked reply of each message",
    "preference",
    _decode_pairs,
    "oasst-preference",
)
