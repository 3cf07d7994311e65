"""Signal: its own export of 2026, and what sigtop and signal-export take out of Signal Desktop.

Each says which messages its owner wrote, so `--me` is not needed. Encrypted backups are not read.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import PurePosixPath

from curate.files.chunks import Chunk
from curate.files.inputs import Source
from curate.files.limits import Limits
from curate.files.streams import Opened, open_bytes
from curate.files.tree import Tree
from curate.sources.base import Export, Reading
from curate.sources.chat.base import Chat, Said
from curate.sources.chat.objects import objects
from curate.sources.chat.signal.app import Frames, heard, is_app
from curate.sources.chat.signal.desktop import (
    OWNER,
    exported_messages,
    is_exported_json,
    is_sigtop_json,
    sigtop_messages,
)
from curate.sources.chat.signal.lines import (
    is_markdown,
    is_sigtop_text,
    markdown_lines,
    sigtop_lines,
)
from curate.sources.chat.turns import conversation_chunks, mixed_chunks

__all__ = ["EXPORTS"]

_HEAD_BYTES = 1 << 16
_IN_TREES = ("main.jsonl", "data.json", "chat.md")


def _is_app(head: bytes, name: str) -> bool:
    return is_app(head, name)


def _is_desktop(head: bytes, name: str) -> bool:
    tests = (is_sigtop_json, is_exported_json, is_sigtop_text, is_markdown)
    return any(test(head, name) for test in tests)


def _claim_app(tree: Tree) -> list[str]:
    return [
        name
        for name in tree.names
        if PurePosixPath(name).name == "main.jsonl" and is_app(tree.head(name), name)
    ]


def _claim_desktop(tree: Tree) -> list[str]:
    """Return the folders of signal-export, and the files of sigtop.

    A folder of signal-export holds `data.json`, `chat.md` and `index.html` of one chat.
    """
    folders: list[str] = []
    found: list[str] = []
    for name in tree.names:
        folder, slash, last = name.rpartition("/")
        if last == "data.json" and slash and is_exported_json(tree.head(name), name):
            folders.append(folder + slash)
    for name in tree.names:
        ending = PurePosixPath(name).suffix.lower()
        inside = any(name.startswith(folder) for folder in folders)
        wanted = ending in (".json", ".txt", ".md") and not inside
        if wanted and _is_desktop(tree.head(name), name):
            found.append(name)
    return [*folders, *found]


def _with_owner(reading: Reading) -> Reading:
    return replace(reading, me=(*reading.me, OWNER))


def _app_chunks(source: Source, reading: Reading, limits: Limits) -> Iterator[Chunk]:
    frames = Frames()
    with open_bytes(source, limits) as opened:
        items = objects(source, opened.stream, limits)
        said = heard(items, frames, source.path)
        yield from mixed_chunks(source, said, _with_owner(reading))
        if opened.damage is not None:
            yield Chunk(source, values=[], notes=[(1, 0, opened.damage)])
    if people := frames.people():
        yield Chunk(source, values=[], people=people)


def _desktop_chunks(source: Source, reading: Reading, limits: Limits) -> Iterator[Chunk]:
    source = _data_of(source)
    name = _name(source)
    with open_bytes(source, limits) as opened:
        head = opened.stream.read(_HEAD_BYTES)
    with open_bytes(source, limits) as opened:
        chat = Chat(name, name, source.path, _messages(source, opened, head, limits))
        yield from conversation_chunks(source, [chat], _with_owner(reading))
        if opened.damage is not None:
            yield Chunk(source, values=[], notes=[(1, 0, opened.damage)])


def _data_of(source: Source) -> Source:
    """Return the file that is read of a folder of signal-export."""
    if source.member is not None and source.member.endswith("/"):
        path = f"{source.path.rstrip('/')}/data.json"
        return replace(source, path=path, member=f"{source.member}data.json")
    if source.member is None and source.file.is_dir():
        path = f"{source.path.rstrip('/')}/data.json"
        return replace(source, path=path, file=source.file / "data.json")
    return source


def _messages(source: Source, opened: Opened, head: bytes, limits: Limits) -> Iterator[Said]:
    name = source.member or source.file.name
    if is_sigtop_json(head, name):
        return sigtop_messages(objects(source, opened.stream, limits))
    if is_sigtop_text(head, name):
        return sigtop_lines(opened.stream, limits)
    if is_markdown(head, name):
        return markdown_lines(opened.stream, limits)
    return exported_messages(objects(source, opened.stream, limits))


def _name(source: Source) -> str:
    """Return the name of a chat: of its folder, or of its file where that has none of its own."""
    path = PurePosixPath(source.path)
    return path.parent.name if path.name in _IN_TREES and path.parent.name else path.stem


EXPORTS = (
    Export(
        name="signal",
        title="Signal's own export (main.jsonl)",
        columns="messages",
        chunks=_app_chunks,
        sniff=_is_app,
        claim=_claim_app,
    ),
    Export(
        name="signal-desktop",
        title="a chat of Signal Desktop, exported by sigtop (JSON, text) or signal-export",
        columns="messages",
        chunks=_desktop_chunks,
        sniff=_is_desktop,
        claim=_claim_desktop,
    ),
)
