"""Archives of X (Twitter): one's own posts, as texts; direct messages, as conversations.

Posts that answer one's own post are one text with it, in order. Reposts, likes and deleted posts
are not one's own words and are said. What a reply answers is not in the archive. Files begin as
scripts (`window.YTD.tweets.part0 = [`), which are read as data and never run.
Source: the archive's own `data/README.txt`; timhutton/twitter-archive-parser#39.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from curate.files.chunks import Chunk
from curate.files.inputs import Source
from curate.files.limits import Limits
from curate.files.tree import Tree
from curate.finding import Hit
from curate.sources.base import Export, Reading
from curate.sources.chat.records import Records
from curate.sources.chat.turns import conversation_chunks
from curate.sources.chat.x.files import (
    LONG_POSTS,
    MESSAGES,
    NOT_OWN,
    POSTS,
    Archive,
    Part,
    account_of,
    archive_of,
    kind_of,
    roots,
)
from curate.sources.chat.x.messages import chats
from curate.sources.chat.x.posts import (
    LongPost,
    Post,
    date_of,
    long_post_of,
    mentioned,
    near,
    post_of,
)

__all__ = ["EXPORTS"]

_OWN = (*POSTS, *LONG_POSTS, *NOT_OWN)
_FOLDER = "data/"
_NO_LIST = Hit("SRC077", "", "the file does not begin as an archive's files do")
_AGAIN = Hit("SRC074", "", "a post that the archive holds twice")


def _is_posts(head: bytes, name: str) -> bool:
    return kind_of(head) in _OWN


def _is_messages(head: bytes, name: str) -> bool:
    return kind_of(head) in MESSAGES


def _claim_posts(tree: Tree) -> list[str]:
    """Return the archives, whole where their own pages stand beside them, and other lists' names.

    The folder `data/` of an archive holds `account.js` or `manifest.js`, and the page that shows
    the archive stands beside it.
    """
    names, found = set(tree.names), list[str]()
    for root, files in sorted(roots(tree, _OWN).items()):
        outer = root.removesuffix(_FOLDER)
        if root == outer or not names & {f"{root}account.js", f"{root}manifest.js"}:
            found += files
        else:
            found.append(outer if f"{outer}Your archive.html" in names else root)
    return found


def _claim_messages(tree: Tree) -> list[str]:
    return [name for names in roots(tree, MESSAGES).values() for name in names]


@dataclass(slots=True)
class _Thread:
    """Posts that answer each other.

    Attributes:
        posts: The posts, each with its place.
        missing: The ids of those that were not read yet.
    """

    posts: list[tuple[Post, tuple[str, int, int]]] = field(default_factory=list)
    missing: set[str] = field(default_factory=set)


def _post_chunks(source: Source, reading: Reading, limits: Limits) -> Iterator[Chunk]:
    """Yield the posts of an archive, or of one of its files, as texts.

    Memory holds the ids of all posts, the posts of threads that are not complete yet, and all long
    posts.
    """
    archive = archive_of(source, limits)
    writer = _Writer(source, archive)
    for part in archive.parts:
        if part.kind in POSTS:
            yield from writer.posts(part)
        elif part.kind in NOT_OWN:
            writer.others(part)
    yield from writer.rest()


class _Writer:
    """Writes the posts of an archive as records."""

    def __init__(self, source: Source, archive: Archive) -> None:
        self._records, self._archive, self._source = Records(source), archive, source
        self._longer: dict[int, list[LongPost]] = {}
        self._roots, self._threads = _threads(archive), dict[str, _Thread]()
        for key, root in self._roots.items():
            self._threads.setdefault(root, _Thread()).missing.add(key)
        self._read_long()

    def posts(self, part: Part) -> Iterator[Chunk]:
        """Yield what becomes complete with the posts of a file."""
        for item in self._archive.items(part):
            place = (part.path, item.line, item.offset)
            if item.fault is not None:
                self._records.note(place, item.fault)
                continue
            for name, handle in mentioned(item.value):
                self._records.meet(name, handle, own=False)
            time = post_of(item.value).time
            post = post_of(item.value, near(self._longer, time))
            self._post(post, place)
            yield from self._take()

    def _post(self, post: Post, place: tuple[str, int, int]) -> None:
        """Write a post, or its thread where that is complete."""
        root = self._roots.get(post.key)
        if root is None:
            self._write([(post, place)])
            return
        thread = self._threads.get(root)
        if thread is None or post.key not in thread.missing:
            self._records.note(place, _AGAIN)
            return
        thread.missing.discard(post.key)
        thread.posts.append((post, place))
        if not thread.missing:
            self._write(self._threads.pop(root).posts)

    def others(self, part: Part) -> None:
        """Say how many objects of a file are not one's own words."""
        counts = Counter(item.fault is None for item in self._archive.items(part))
        if counts[True]:
            found = f"{counts[True]:,} {NOT_OWN[part.kind]}, which are not read"
            self._records.note((part.path, 1, 0), Hit("SRC076", "", found))
        if counts[False]:
            found = f"{counts[False]:,} objects of the file cannot be read"
            self._records.note((part.path, 1, 0), Hit("SRC077", "", found))

    def rest(self) -> Iterator[Chunk]:
        """Yield what is left at the end."""
        for thread in self._threads.values():
            self._write(thread.posts)
        if not any(part.kind in _OWN for part in self._archive.parts):
            self._records.note((self._source.path, 1, 0), _NO_LIST)
        if self._archive.unread:
            found = f"{self._archive.unread:,} other lists of the archive hold no posts of mine"
            self._records.note((self._source.path, 1, 0), Hit("SRC076", "", found))
        self._records.flush()
        yield from self._take()

    def _take(self) -> Iterator[Chunk]:
        if self._records.done:
            yield from self._records.done
            self._records.done.clear()

    def _read_long(self) -> None:
        """Read the long posts; where no posts are at hand they are written themselves."""
        alone = not any(part.kind in POSTS for part in self._archive.parts)
        for part in self._archive.parts:
            if part.kind not in LONG_POSTS:
                continue
            for item in self._archive.items(part):
                place = (part.path, item.line, item.offset)
                post = long_post_of(item.value)
                if post is None:
                    hit = item.fault or Hit("SRC077", "", "a long post without a text")
                    self._records.note(place, hit)
                elif alone:
                    key = f"{item.line}:{item.offset}"
                    self._write([(Post(key, post.text, post.time, "", None), place)])
                else:
                    self._longer.setdefault(int((post.time or 0) // 60), []).append(post)

    def _write(self, posts: list[tuple[Post, tuple[str, int, int]]]) -> None:
        """Write posts that belong together; those without words are notes."""
        posts = sorted(posts, key=lambda pair: (pair[0].time or 0.0, len(pair[0].key), pair[0].key))
        kept = [pair for pair in posts if pair[0].fault is None]
        for post, place in posts:
            if post.fault is not None:
                self._records.note(place, post.fault)
        if kept:
            record = [[post.key, post.time, post.text] for post, _ in kept]
            raw = json.dumps(record, separators=(",", ":")).encode()
            self._records.add(kept[0][1], raw, _row([post for post, _ in kept]))


def _row(posts: list[Post]) -> dict[str, Any]:
    kind = "thread" if len(posts) > 1 else "reply" if posts[0].parent else "post"
    extra: dict[str, Any] = {"kind": kind, "posts": len(posts)}
    if (date := date_of(posts[0].time)) is not None:
        extra["date"] = date
    return {"text": "\n\n".join(post.text for post in posts), "extra": extra}


def _threads(archive: Archive) -> dict[str, str]:
    """Return the first post of each post of a thread, by id; posts in no thread are left out."""
    keys: set[str] = set()
    parents: dict[str, str] = {}
    for part in archive.parts:
        if part.kind not in POSTS:
            continue
        for item in archive.items(part):
            post = post_of(item.value)
            if item.fault is None and post.key and post.key not in keys:
                keys.add(post.key)
                if post.parent:
                    parents[post.key] = post.parent
    found: dict[str, str] = {}
    for key in parents:
        path, at = {key: None}, key
        while (last := parents.get(at, "")) in keys and last not in found and last not in path:
            path[last] = None
            at = last
        root = found.get(last, at)
        if len(path) > 1 or last in found:
            found.update(dict.fromkeys(path, root))
    return found


def _message_chunks(source: Source, reading: Reading, limits: Limits) -> Iterator[Chunk]:
    """Yield the direct messages of a file as conversations; the account's owner is me."""
    mine = account_of(source, limits)
    if mine:
        reading = replace(reading, me=(*reading.me, mine))
    archive = archive_of(source, limits)
    parts = [part for part in archive.parts if part.kind in MESSAGES]
    yield from conversation_chunks(source, chats(archive, parts), reading)
    if not parts:
        yield Chunk(source, values=[], notes=[(1, 0, _NO_LIST)])


EXPORTS = (
    Export(
        name="x-messages",
        title="direct messages of an X (Twitter) archive (direct-messages.js)",
        columns="messages",
        chunks=_message_chunks,
        sniff=_is_messages,
        claim=_claim_messages,
    ),
    Export(
        name="x",
        title="an X (Twitter) archive, or its tweets.js: one's own posts",
        columns="text",
        chunks=_post_chunks,
        sniff=_is_posts,
        claim=_claim_posts,
    ),
)
