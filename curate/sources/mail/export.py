"""Exports of mail: mailboxes, folders of mails, single mails."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from curate.files.chunks import Chunk
from curate.files.inputs import Source
from curate.files.limits import Limits
from curate.files.tree import Tree
from curate.sources.base import Export, Piece, Reading
from curate.sources.mail.folders import looks_like_mail, mail_folders, mailboxes
from curate.sources.mail.outlook import MSG_MAGIC, STORE_MAGIC
from curate.sources.mail.separators import kind_of

if TYPE_CHECKING:
    from curate.sources.mail.plan import MailPlan


def plan_mail(sources: Sequence[Source], reading: Reading, limits: Limits) -> MailPlan:
    """Look through all mail sources of a run together, in order.

    Copies of a mail, threads and who answers whom are found across all of them. The plan is to be
    closed when its pieces have been read.

    Raises:
        InputError: If a source cannot be opened, or is an Outlook store.
        MissingExtraError: If a source needs a package that is not installed.
    """
    from curate.sources.mail.plan import MailPlan  # its rules take a while to compile

    return MailPlan(sources, reading, limits)


def _chunks(source: Source, reading: Reading, limits: Limits) -> Iterator[Chunk | Piece]:
    plan = plan_mail([source], reading, limits)
    try:
        yield from plan.pieces(source)
    finally:
        plan.close()


def _is_mailbox(head: bytes, name: str) -> bool:
    return kind_of(head) is not None


def _is_mail(head: bytes, name: str) -> bool:
    return name.lower().endswith((".eml", ".emlx")) or looks_like_mail(head)


def _is_outlook(head: bytes, name: str) -> bool:
    """Return whether a file is Outlook's; a store is taken to be refused with what to do."""
    if head.startswith(STORE_MAGIC):
        return True
    return head.startswith(MSG_MAGIC) and name.lower().endswith(".msg")


def _mailboxes(tree: Tree) -> list[str]:
    """Return the mailboxes of a tree but for those in folders that are read as a whole."""
    folders = mail_folders(tree)
    return [name for name in mailboxes(tree) if not any(map(name.startswith, folders))]


EXPORTS: tuple[Export, ...] = (
    Export(
        name="mbox",
        title="a mailbox (mbox, MMDF or LISTSERV): Google Takeout, Thunderbird, Apple Mail",
        columns="text",
        chunks=_chunks,
        sniff=_is_mailbox,
        claim=_mailboxes,
        endings=(".mbox", ".mbx"),
    ),
    Export(
        name="eml",
        title="mails, one a file: .eml, .emlx, a Maildir",
        columns="text",
        chunks=_chunks,
        sniff=_is_mail,
        claim=mail_folders,
        endings=(".eml", ".emlx"),
    ),
    Export(
        name="msg",
        title="an Outlook message (.msg)",
        columns="text",
        chunks=_chunks,
        sniff=_is_outlook,
        endings=(".msg", ".pst", ".ost"),
    ),
)
