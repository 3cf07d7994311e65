"""SRC, what is said about mail."""

from curate.codes.base import Code

MAIL = (
    Code(
        "SRC030",
        "not-my-message",
        "info",
        """\
The mail was not written by an address given with `--me`.

Why: only what you wrote becomes a row.
Example: a mail `From: Tomas <tomas@example.com>` with `--me dana@example.com`
Fix: add the address with another `--me` if it is yours.
Source: RFC 5322 section 3.6.2 (the From field).""",
    ),
    Code(
        "SRC031",
        "no-plain-text",
        "warning",
        """\
The mail has no text/plain part of its own that can be read.

Why: HTML is not turned into text by this reader, and a forwarded mail or an attachment is not what
the person wrote.
Example: a mail whose only part is `Content-Type: text/html`
Fix: export the mail with a text part, or leave it out.
Source: RFC 2046 section 4.1.3.""",
    ),
    Code(
        "SRC032",
        "nothing-redacted",
        "warning",
        """\
Mail was read and nothing was redacted: names, addresses and numbers are in the rows as they were.

Why: a model that is trained on the rows can repeat them.
Fix: do not share the output, nor a model that is trained on it.
Source: Carlini et al. 2021, Extracting Training Data from Large Language Models.""",
    ),
    Code(
        "SRC033",
        "undecodable-mail",
        "error",
        """\
The mail's headers or body cannot be decoded.

Why: bytes that the declared charset does not have would become other characters. Nothing is
guessed: the mail is set aside with its bytes. A mail that declares US-ASCII or nothing is read as
UTF-8.
Example: the byte `0xe9` in a part that says `charset=utf-8`
Fix: correct the charset in the mail's `Content-Type`, or export the mail again as UTF-8.
Source: RFC 2045, RFC 2046 section 4.1.2, RFC 2047.""",
    ),
    Code(
        "SRC034",
        "no-message-of-mine",
        "warning",
        """\
None of the mailbox's mails was written by an address given with `--me`.

Why: a wrong or misspelt address leaves no rows at all.
Example: `--me dana@exmaple.com`; the message shows frequent senders as `d***@example.com`
Fix: give `--me` the address that you wrote the mails from.
Source: RFC 5322 section 3.6.2 (the From field).""",
    ),
)
