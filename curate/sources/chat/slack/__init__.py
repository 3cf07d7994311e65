"""Slack workspaces: the zip that an owner exports, or its folder.

`users.json` and lists of channels stand beside a folder for each channel, which holds a file for
each day. A thread is a conversation of its own, its first message included, whatever days its
replies were written on; the channel is the others. Days are read twice, so that memory holds the
messages of open threads and no more.
Source: Slack Help Center, "How to read Slack data exports"; Slack API, "message events" (subtypes).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from curate.errors import InputError
from curate.files.chunks import Chunk
from curate.files.inputs import Source
from curate.files.limits import Limits
from curate.files.tree import Tree, open_tree
from curate.finding import Hit
from curate.sources.base import Export, Reading
from curate.sources.chat.base import Chat, Said
from curate.sources.chat.me import Me
from curate.sources.chat.objects import objects
from curate.sources.chat.slack.messages import in_thread, replies_of, said_of
from curate.sources.chat.slack.people import Workspace, workspace
from curate.sources.chat.turns import conversation_chunks

__all__ = ["EXPORTS"]

_DAY = re.compile(r"(?P<root>(?:.*/)?)(?P<channel>[^/]+)/\d{4}-\d{2}-\d{2}\.json")
_LISTS = ("users.json", "channels.json", "groups.json", "dms.json", "mpims.json")
_MOST_HELD = 200_000


def _claim(tree: Tree) -> list[str]:
    """Return the folders that hold day files of channels and a list of people or channels."""
    names = set(tree.names)
    roots = {found["root"] for name in tree.names if (found := _DAY.fullmatch(name))}
    return sorted(root for root in roots if any(root + each in names for each in _LISTS))


def _chunks(source: Source, reading: Reading, limits: Limits) -> Iterator[Chunk]:
    tree = open_tree(source.file, limits).below(source.member or "")
    known = workspace(source, tree, Me(reading.me), limits)
    if known.people:
        yield Chunk(source, values=[], people=known.people)
    for name, line, offset, hit in known.damage:
        of_list = replace(source, path=f"{source.path.rstrip('/')}/{name}")
        yield Chunk(of_list, values=[], notes=[(line, offset, hit)])
    reading = replace(reading, me=(*reading.me, *known.mine))
    yield from conversation_chunks(source, _chats(source, tree, known, limits), reading)


def _chats(source: Source, tree: Tree, known: Workspace, limits: Limits) -> Iterator[Chat]:
    """Yield each channel's own flow and then its threads, channels in order of their names."""
    days: dict[str, list[str]] = {}
    for name in tree.names:
        found = _DAY.fullmatch(name)
        if found is not None and not found["root"]:
            days.setdefault(found["channel"], []).append(name)
    for channel, names in days.items():
        reader = _Days(source, tree, known, limits, sorted(names))
        name = known.channels.get(channel, channel)
        path = f"{source.path.rstrip('/')}/{names[0]}"
        yield Chat(channel, name, path, reader.flow())
        for key, thread in reader.threads():
            yield Chat(f"{channel}/{key}", name, path, thread, whole=True)


class _Days:
    """The day files of one channel."""

    def __init__(
        self, source: Source, tree: Tree, known: Workspace, limits: Limits, names: list[str]
    ) -> None:
        self._source, self._tree, self._known = source, tree, known
        self._limits, self._names = limits, names

    def flow(self) -> Iterator[Said]:
        """Yield the messages that are in no thread, and what cannot be read."""
        for thread, _, said in self._messages():
            if not thread:
                yield said

    def threads(self) -> Iterator[tuple[str, list[Said]]]:
        """Yield each thread when all its replies were read; the rest at the end."""
        open_threads: dict[str, list[Said]] = {}
        missing: dict[str, int] = {}
        held = 0
        for thread, replies, said in self._messages():
            if not thread:
                continue
            open_threads.setdefault(thread, []).append(said)
            held += 1
            left = missing[thread] = missing.get(thread, 0) + (
                replies if said.key == thread else -1
            )
            complete = left == 0 and open_threads[thread][0].key == thread
            key = thread if complete else next(iter(open_threads))
            if complete or held > _MOST_HELD:
                heard = open_threads.pop(key)
                del missing[key]
                held -= len(heard)
                yield key, heard
        yield from open_threads.items()

    def _messages(self) -> Iterator[tuple[str, int, Said]]:
        """Yield each message with its thread ("" for none) and how many replies it has."""
        for name in self._names:
            path = f"{self._source.path.rstrip('/')}/{name}"
            seen: set[str] = set()
            try:
                with self._tree.open(name) as stream:
                    for item in objects(self._source, stream, self._limits):
                        said = said_of(item, path, self._known, seen)
                        yield in_thread(item.value), replies_of(item.value), said
            except InputError:
                damaged = Hit("SRC077", "", "a day of the export is damaged and cannot be read")
                yield "", 0, Said("", "", path=path, fault=damaged)


EXPORTS = (
    Export(
        name="slack",
        title="a Slack workspace export (zip or folder)",
        columns="messages",
        chunks=_chunks,
        claim=_claim,
    ),
)
