"""What is decided about all mails together: which copy stays, who answers whom, which thread."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from curate.sources.mail import index as bits
from curate.sources.mail.dates import time_of
from curate.sources.mail.fields import Head, addresses
from curate.sources.mail.index import NONE, Index, groups_of
from curate.sources.mail.separators import unescaped
from curate.sources.mail.threads import roots_of

Numbers = np.ndarray[Any, Any]
# Reads the bytes of a mail by its position, at most so many.
Read = Callable[[int, int], bytes]

_SUBJECT_DAYS = 30
_LOOKED_AT = 20
_HEAD_BYTES = 64 << 10


class Settled(NamedTuple):
    """What is decided about each mail, by its position.

    Attributes:
        stays: Position of the copy that stays for it, -1 where it is none's copy.
        answers: Position of the mail that it answers, -1 where that is not there.
        group: The hash of its thread.
    """

    stays: Numbers
    answers: Numbers
    group: Numbers


def settle(index: Index, read: Read) -> Settled:
    """Decide about the mails of a run; what is decided depends on them and their order alone.

    A mail that stays for copies gets their labels too.

    Args:
        index: The mails; no more may be added.
        read: Gives a mail's first bytes, for the few that headers do not tell apart.
    """
    same = index.column("same").copy()
    flags = index.column("flags")
    _tell_apart(index, same, flags, read)
    stays = _copies(index, same, flags)
    keys, parents = index.column("key"), index.column("parent").copy()
    threads = np.where(flags & bits.ALONE, np.uint64(0), index.column("thread"))
    _by_subject(index, stays, parents, read)
    group = roots_of(keys, (parents, threads))
    return Settled(stays, _positions(keys, parents, stays), group)


def _tell_apart(index: Index, same: Numbers, flags: Numbers, read: Read) -> None:
    """Give mails without an id the hash of their bodies too, where sender and date are equal."""
    nameless = np.flatnonzero(flags & bits.NO_ID)
    lengths = index.column("length")
    for group in groups_of(same[nameless]):
        for at in nameless[group].tolist():
            raw = read(at, int(lengths[at])) if not flags[at] & bits.OVER else b""
            body = raw.partition(b"\n\n")[2] or raw.partition(b"\n\r\n")[2]
            if not flags[at] & bits.RAW:
                body = unescaped(body)
            digest = hashlib.blake2b(same[at].tobytes(), digest_size=8)
            digest.update(b"".join(body.split()) or at.to_bytes(8, "little"))
            same[at] = int.from_bytes(digest.digest(), "little")


def _copies(index: Index, same: Numbers, flags: Numbers) -> Numbers:
    """Return which copy stays for each mail, -1 for those that stay or have none.

    The person's own goes before what a list sends back in its own name. The first among sent mail
    stays, else the first that is no draft, spam or thrown away and not too long to be read, else
    the first: a list's echo has a footer that the sent copy has not.
    """
    stays = np.full(len(same), NONE, dtype=np.int64)
    labels = index.column("labels")
    worse = bits.DRAFT | bits.SPAM | bits.TRASH
    for group in groups_of(same):
        said = flags[group]
        rank = np.where(said & bits.OVER, 4, np.where(said & worse, 2, 0))
        rank += np.where(said & bits.SENT, 0, 1) + np.where(said & bits.MINE, 0, 8)
        best = int(group[int(np.argmin(rank))])
        stays[group[group != best]] = best
        sets = dict.fromkeys([int(labels[best]), *labels[group].tolist()])
        if len(sets) > 1:
            merged = dict.fromkeys(label for each in sets for label in index.label_sets[each])
            labels[best] = index.number_of(tuple(merged))
    return stays


def _positions(keys: Numbers, wanted: Numbers, stays: Numbers) -> Numbers:
    """Return the position of the mail with each wanted key, -1 where there is none."""
    if not len(keys):
        return np.zeros(0, dtype=np.int64)
    order = np.argsort(keys, kind="stable")
    at = np.minimum(np.searchsorted(keys[order], wanted), len(keys) - 1)
    found = order[at]
    found = np.where((keys[found] == wanted) & (wanted != 0), found, NONE)
    kept = np.where(found >= 0, stays[found], NONE)
    found = np.where(kept >= 0, kept, found)
    return np.where(found == np.arange(len(keys)), NONE, found)


class _Said(NamedTuple):
    """What a head says that a subject's mails are compared by."""

    time: float
    at: int
    people: frozenset[bytes]


def _by_subject(index: Index, stays: Numbers, parents: Numbers, read: Read) -> None:
    """Let replies without references answer the mail before them that has their subject.

    It must share a correspondent and be at most 30 days older; replies whose program wrote no
    references (old and mobile ones) are the only ones that this is done for.
    """
    flags = index.column("flags")
    subjects, keys = index.column("thread"), index.column("key")
    alone = np.flatnonzero(((flags & bits.ALONE) != 0) & (subjects != 0) & (stays == NONE))
    replies = alone[(flags[alone] & bits.REPLY) != 0]
    if not len(replies):
        return
    alone = alone[np.isin(subjects[alone], subjects[replies])]
    for group in groups_of(subjects[alone]):
        said = [_said(read(int(at), _HEAD_BYTES), int(at)) for at in alone[group]]
        dated = sorted((each for each in said if each is not None), key=lambda each: each[:2])
        for number, each in enumerate(dated):
            if not flags[each.at] & bits.REPLY:
                continue
            for before in reversed(dated[max(0, number - _LOOKED_AT) : number]):
                if each.time - before.time > _SUBJECT_DAYS * 86_400:
                    break
                if not each.people.isdisjoint(before.people):
                    parents[each.at] = keys[before.at]
                    break


def _said(raw: bytes, at: int) -> _Said | None:
    head = Head(raw.partition(b"\n\n")[0].partition(b"\n\r\n")[0])
    time = time_of(head.value(b"\ndate:").decode("ascii", "replace"))
    if time is None:
        return None
    people = (addresses(head.value(name))[:100] for name in (b"\nfrom:", b"\nto:", b"\ncc:"))
    return _Said(time, at, frozenset(each for some in people for each in some))
