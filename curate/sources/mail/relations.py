"""What the headers of a mail say of it, as flags and hashes, without a parse."""

from __future__ import annotations

from curate.sources.mail import index as bits
from curate.sources.mail.fields import Head, decoded, hash64, ids, own_id, subject_of
from curate.sources.mail.roles import Role, role_of

ROLE_FLAG: dict[Role, int] = {
    "": 0,
    "sent": bits.SENT,
    "draft": bits.DRAFT,
    "spam": bits.SPAM,
    "trash": bits.TRASH,
}
# Thunderbird's flags of a mail (nsMsgMessageFlags.idl): expunged.
_EXPUNGED = 0x0008


def headers_in(head: bytes) -> bytes:
    """Return the headers that bytes begin with."""
    ends = [at for at in (head.find(b"\n\n"), head.find(b"\n\r\n")) if at >= 0]
    return head[: min(ends) + 1] if ends else head


def identity(head: Head, sender: bytes, flags: int) -> tuple[int, int, int]:
    """Return a mail's own hash, the one that its copies share, and its flags."""
    date = head.value(b"\ndate:")
    if said := head.value(b"\nmessage-id:"):
        name = own_id(said)
        return hash64(name), hash64(b"id", name, date), flags
    flags |= bits.NO_ID
    subject = head.value(b"\nsubject:")
    return hash64(b"none", sender, date, subject), hash64(b"none", sender, date), flags


def relations(head: Head, flags: int) -> tuple[int, int, int]:
    """Return the hashes of what a mail answers and of its thread, and its flags."""
    named = ids(head.value(b"\nreferences:"))
    answered = _answered(head.value(b"\nin-reply-to:"))
    parent = named[-1] if named else answered[0] if answered else None
    thread = head.value(b"\nx-gm-thrid:")
    if parent is None and not thread:
        subject, is_reply = subject_of(head.value(b"\nsubject:"))
        flags |= bits.ALONE | (bits.REPLY if is_reply else 0)
        return 0, hash64(b"subject", subject.encode()) if subject else 0, flags
    first = hash64(b"thread", thread) if thread else hash64(named[0]) if named else 0
    return hash64(parent) if parent else 0, first, flags | (bits.REPLY if parent else 0)


def _answered(value: bytes) -> list[bytes]:
    """Return the ids of an `In-Reply-To` field.

    Behind words only an id at the end is one: `Message from Dana <dana@example.com> of Monday`
    names an address (RFC 822 section 4.6.2 allowed phrases).
    """
    found = ids(value)
    if value.startswith(b"<"):
        return found
    return found[-1:] if value.endswith(b">") else []


def gmail_labels(raw: bytes) -> tuple[str, ...]:
    """Return the labels of an `X-Gmail-Labels` field: parted by commas, quoted where need be."""
    names = (name.strip().strip('"') for name in decoded(raw[:8_192]).split(","))
    return tuple(dict.fromkeys(name for name in names if name))


def flags_of(labels: tuple[str, ...]) -> int:
    """Return what labels say together."""
    flags = 0
    for label in labels:
        flags |= ROLE_FLAG[role_of(label)]
    return flags


def state_in(head: Head) -> int:
    """Return what the mail program noted in a mail: that it is thrown away, or a draft."""
    flags = 0
    status = head.value(b"\nx-mozilla-status:")
    if len(status) == 4 and status.isalnum():
        try:
            flags = bits.TRASH if int(status, 16) & _EXPUNGED else 0
        except ValueError:
            flags = 0
    if head.value(b"\nx-uniform-type-identifier:") == b"com.apple.mail-draft":
        flags |= bits.DRAFT
    return flags
