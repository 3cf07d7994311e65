"""Mail that lies in folders: one file a mail (EML, Maildir, Apple Mail), or mailboxes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from curate.errors import InputError
from curate.files.tree import Tree
from curate.sources.mail.roles import Role, role_of
from curate.sources.mail.separators import is_from_line, kind_of

MAIL_ENDINGS = (".eml", ".emlx", ".msg")
_MAILBOX_ENDINGS = ("", ".mbox", ".mbx", ".txt", ".mmdf", ".mail", ".log")
_MAILDIR = re.compile(r"(?:^|/)(?:cur|new)/[^/]+\Z")
_FLAGS = re.compile(r"[:;!]2,([A-Za-z]*)\Z")
_HEAD_BYTES = 8 << 10
# Files of mail programs that hold no mail and are named by nobody.
_BESIDE = re.compile(
    r"(?:^|/)(?:[^/]*\.(?:msf|dat|rc|plist|noindex|index|cmeta|ev-summary[^/]*|ibex[^/]*)"
    r"|dovecot[-.][^/]*|dovecot-[^/]*|maildirfolder|subscriptions|courierimap[^/]*|\.DS_Store"
    r"|table_of_contents|Info\.plist)\Z",
    re.IGNORECASE,
)
_KNOWN = re.compile(
    rb"(?:from|to|cc|date|subject|received|return-path|message-id|mime-version|delivered-to"
    rb"|x-[\w-]{1,60}|reply-to|content-[\w-]{1,40}|in-reply-to|references|sender|dkim-signature"
    rb"|arc-[\w-]{1,40}|authentication-results|status)[ \t]*:",
    re.IGNORECASE,
)
_SAYS_MAIL = re.compile(
    rb"^(?:from|received|return-path|message-id|delivered-to)[ \t]*:", re.IGNORECASE | re.MULTILINE
)


def is_mail_file(name: str) -> bool:
    """Return whether a file of a tree is one mail, by its path: `a.eml`, `cur/1710.x:2,RS`."""
    return name.lower().endswith(MAIL_ENDINGS) or bool(_MAILDIR.search(name))


def is_beside(name: str) -> bool:
    """Return whether a file belongs to a mail program and never holds mail."""
    return _BESIDE.search(name) is not None


def is_mailbox(tree: Tree, name: str) -> bool:
    """Return whether a file of a tree is a mailbox, by its first bytes.

    Only files without an ending, as Thunderbird and Apple Mail have them, and such whose ending
    fits a mailbox are looked into.
    """
    if PurePosixPath(name).suffix.lower() not in _MAILBOX_ENDINGS or is_mail_file(name):
        return False
    try:
        return kind_of(tree.head(name, _HEAD_BYTES)) is not None
    except InputError:
        return False


def looks_like_mail(head: bytes) -> bool:
    """Return whether bytes begin as one mail does: known header fields and nothing else."""
    text = head[:_HEAD_BYTES].lstrip(b"\r\n")
    line, _, rest = text.partition(b"\n")
    if is_from_line(line, rest):
        text = rest
    fields = re.split(rb"\r?\n\r?\n", text, maxsplit=1)[0]
    lines = [each for each in fields.split(b"\n")[:200] if each[:1] not in b" \t\r"]
    if len(fields) == len(text):
        lines = lines[:-1] or lines  # the last may be cut
    known = sum(1 for each in lines if _KNOWN.match(each))
    strange = sum(1 for each in lines if not re.match(rb"[\x21-\x39\x3b-\x7e]+[ \t]*:", each))
    return known >= 2 and strange == 0 and _SAYS_MAIL.search(fields) is not None


def mail_folders(tree: Tree) -> list[str]:
    """Return the folders of a tree whose files are mails: the highest that hold nothing else.

    A folder with `cur` or `new` (a Maildir) is one with all that lies below it.
    """
    folders: dict[str, None] = {}
    strange: set[str] = set()
    for name in tree.names:
        parts = name.split("/")[:-1]
        if is_mail_file(name):
            last = -1 if _MAILDIR.search(name) else len(parts)
            folders["/".join(parts[:last]) + "/" if parts[:last] else ""] = None
        elif not is_beside(name):
            strange.update("/".join(parts[:n]) + "/" if n else "" for n in range(len(parts) + 1))
    return sorted(_widest(folders, strange))


def _widest(folders: dict[str, None], strange: set[str]) -> set[str]:
    """Return folders widened to the highest above them in which nothing strange lies."""
    found: set[str] = set()
    for folder in folders:
        best = folder
        parts = folder.split("/")[:-1]
        for n in range(len(parts) - 1, -1, -1):
            above = "/".join(parts[:n]) + "/" if n else ""
            if above in strange:
                break
            best = above
        found.add(best)
    return {each for each in found if not any(each != o and each.startswith(o) for o in found)}


def mailboxes(tree: Tree) -> list[str]:
    """Return the mailbox files of a tree."""
    return [name for name in tree.names if not is_beside(name) and is_mailbox(tree, name)]


def state_of(name: str) -> tuple[Role, bool]:
    """Return what a mail's file name says: its role, and whether its user threw it away.

    Source: https://cr.yp.to/proto/maildir.html (`D` a draft, `T` to be deleted).
    """
    flags = found[1] if (found := _FLAGS.search(name)) else ""
    if "T" in flags:
        return "trash", True
    if "D" in flags:
        return "draft", False
    folder = name.rpartition("/")[0]
    folder = re.sub(r"(?:^|/)(?:cur|new|tmp|Messages|Data)(?=/|\Z)|(?<=/)\d(?=/|\Z)", "", folder)
    return role_of(folder) if folder else "", False


def folder_label(path: str) -> str:
    """Return the name of the folder that a mail lies in, "" at the top."""
    folder = path.rpartition("/")[0] if _is_one(path) else path
    parts = [part for part in folder.split("/") if part and not _is_inner(part)]
    return re.sub(r"\.(?:mbox|mbx|sbd|imapmbox)\Z", "", parts[-1].lstrip(".")) if parts else ""


def _is_one(path: str) -> bool:
    return is_mail_file(path) or path.endswith("/mbox")


def _is_inner(part: str) -> bool:
    return part in ("cur", "new", "tmp", "Messages", "Data") or part.isdigit()


def emlx_bounds(head: bytes, size: int) -> tuple[int, int]:
    """Return where the mail of an `.emlx` file begins and how many bytes it has.

    Its first line is the mail's length in bytes; a property list follows the mail. A file without
    that line, or whose line says more than there is, is taken from there to its end.
    """
    line, newline, _ = head[:32].partition(b"\n")
    if not newline or not line.strip().isdigit():
        return 0, size
    start = len(line) + 1
    return start, min(int(line), size - start)


def in_order(tree: Tree) -> Iterator[tuple[str, str]]:
    """Yield what of a tree's files is mail: `("mail" | "mailbox" | "other", name)`, as named."""
    for name in tree.names:
        if is_mail_file(name):
            yield "mail", name
        elif is_beside(name):
            continue
        else:
            yield "mailbox" if is_mailbox(tree, name) else "other", name
