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
The mail has no text of its own that can be read.

Why: a forwarded mail (`message/rfc822`) or an attachment is not what the person wrote, and an
encrypted text cannot be read without its key.
Example: a mail whose only part is `Content-Type: image/png`
Fix: nothing; decrypt encrypted mails in the mail program and export them again.
Source: RFC 2046 section 4.1.3, RFC 1847 section 2.2 (multipart/encrypted).""",
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
    Code(
        "SRC044",
        "nobody-to-be",
        "warning",
        """\
`--me` was given, and no input is a mailbox or a chat in which somebody could be meant.

Why: what was asked for did nothing.
Example: `curate convert dolly.jsonl --me dana@example.com -o data/dolly`
Fix: leave `--me` out, or name the mailbox or the chat.
Source: Tunesmith's own rule: nothing that was asked for is ignored without a word.""",
    ),
    Code(
        "SRC050",
        "automatic-reply",
        "info",
        """\
The mail is an automatic answer: an out-of-office note or a vacation reply.

Why: a program sent it, the same to everybody; a model would learn to be away.
Example: `Auto-Submitted: auto-replied`, or the subject `Automatische Antwort: Angebot`
Fix: nothing; write one in the mail program if the model shall know it.
Source: RFC 3834 section 5 (Auto-Submitted); subjects that Outlook, Exchange and Gmail write.""",
    ),
    Code(
        "SRC051",
        "delivery-notice",
        "info",
        """\
The mail is a notice of a mail server: a bounce, a delay, or a receipt that a mail was read.

Why: nobody wrote it.
Example: `Content-Type: multipart/report`, or the subject `Gelesen: Angebot`
Fix: nothing.
Source: RFC 6522 (multipart/report), RFC 3464 (delivery), RFC 8098 (read receipts).""",
    ),
    Code(
        "SRC052",
        "calendar-mail",
        "info",
        """\
The mail is an invitation or an answer to one that a calendar wrote.

Why: its text is the calendar's, not the person's.
Example: a part `Content-Type: text/calendar; method=REPLY`, or the subject `Accepted: Lunch`
Fix: nothing.
Source: RFC 5546 section 1.4 (METHOD), RFC 6047; subjects that Outlook and Gmail write.""",
    ),
    Code(
        "SRC053",
        "newsletter-or-bulk",
        "info",
        """\
The mail was sent to many by a service: a newsletter, an advertisement, a notice to customers.

Why: it is one text for everybody and mostly not what a person says. What a person writes to a
mailing list (`List-Post`) is not meant.
Example: `List-Unsubscribe: <https://example.com/leave>` without `List-Post`
Fix: nothing.
Source: RFC 2369 (List-*), RFC 8058; header fields of services that send for others.""",
    ),
    Code(
        "SRC054",
        "written-by-application",
        "info",
        """\
The mail was written by an application: a tracker's notice, a shared document, a form.

Why: its words are the application's.
Example: `X-GitHub-Reason: mention`, or a sender `drive-shares-noreply@google.com`
Fix: nothing.
Source: RFC 3834 section 5.1 (auto-generated); header fields and senders of such services.""",
    ),
    Code(
        "SRC055",
        "charset-not-as-declared",
        "warning",
        """\
The mail's bytes are not of the charset that it declares; they are UTF-8 and were read so.

Why: a program or a list on the way labelled them wrongly. Where a header holds bytes that are not
UTF-8 it was read in the charset of the mail's text; a name that cannot be read was left out.
Example: a part that says `charset=us-ascii-8`, or `charset=iso-2022-jp` over UTF-8 bytes
Fix: look at the row; correct the `Content-Type` in the mail where it is wrong.
Source: RFC 2045, RFC 2047, RFC 6532; WHATWG Encoding Standard section 4.2 (labels).""",
    ),
    Code(
        "SRC056",
        "damaged-mail",
        "warning",
        """\
The mail is not built as RFC 5322 and MIME say, and was read as far as it goes.

Why: a part without an end, a body without its boundary, broken base64, a date that is none or a
file in the text (uuencode) may mean that something was cut off.
Example: `Content-Type: multipart/mixed; boundary="b"` over a body without `--b--`
Fix: look at the row; export the mail again where text is missing.
Source: RFC 5322, RFC 2045 section 6, RFC 2046 section 5.1.1.""",
    ),
    Code(
        "SRC057",
        "copy-of-a-mail",
        "info",
        """\
The mail is there more than once; another copy stays, and gets the labels of this one.

Why: exports with a file for each label hold a mail once for each of its labels, and lists send
one's own posts back. Copies have the same Message-ID and Date, else the same sender, date and text.
The copy among sent mail stays, else the first that is no draft, spam or thrown away.
Example: a mail in both `Inbox.mbox` and `Archive.mbox` of a Takeout
Fix: none is needed; the message names the copy that stays.
Source: RFC 5322 section 3.6.4; dogsheep/google-takeout-to-sqlite#5.""",
    ),
    Code(
        "SRC058",
        "draft",
        "info",
        """\
The mail is a draft, by its folder, its label or its flag.

Why: it was not sent, is often half a text, and is there again as the mail that was sent.
Example: a mail with `X-Gmail-Labels: Drafts`, or a Maildir file ending in `:2,D`
Fix: move it to another folder if it is to be learnt.
Source: RFC 6154 (\\Drafts); https://cr.yp.to/proto/maildir.html.""",
    ),
    Code(
        "SRC059",
        "spam-or-trash",
        "info",
        """\
The mail lies in spam or was thrown away, by its folder, its label or its flag.

Why: spam in one's own name is not one's own, and what was thrown away is not meant to be kept.
Example: a mail with `X-Gmail-Labels: Trash`, or one that Thunderbird has marked as deleted
Fix: move it to another folder if it is to be learnt.
Source: RFC 6154 (\\Junk, \\Trash); https://cr.yp.to/proto/maildir.html.""",
    ),
    Code(
        "SRC060",
        "nothing-of-my-own",
        "info",
        """\
Nothing is left of the mail without what its sender did not write.

Why: a quote without an answer or a forwarded mail without a word holds nothing to learn from.
Example: a mail that is `---------- Forwarded message ---------` and what follows
Fix: none is needed; `mail: whole` keeps texts as they are.
Source: PanzaMail drops forwarded mails as well.""",
    ),
    Code(
        "SRC061",
        "outlook-store",
        "error",
        """\
The file is an Outlook store (.pst, .ost), which is not read.

Why: no reader of it could be tested on a real one here.
Example: `mail.pst`
Fix: `readpst -D -M -o OUT mail.pst` (Debian package pst-utils) writes each mail to a file; name the
folder OUT.
Source: MS-PST section 2.2.2.6 (`!BDN`); https://www.five-ten-sg.com/libpst/rn01re01.html.""",
    ),
    Code(
        "SRC062",
        "no-mail-file",
        "warning",
        """\
Files of a folder of mails are no mails and were not read.

Why: what lies in the folder is counted, so that nothing is left out in silence.
Example: a `notes.docx` between `.eml` files
Fix: name such a file by itself to have it read.
Source: Tunesmith's own rule: nothing that was named is left out without a word.""",
    ),
    Code(
        "SRC063",
        "mailbox-cut",
        "warning",
        """\
The mailbox ends in the middle of a line.

Why: a download or a copy that broke off leaves the last mail half.
Example: a Takeout that was copied to a full disk
Fix: export or copy the mailbox again.
Source: RFC 4155 appendix A (each line ends in a line feed, and a message in an empty line).""",
    ),
    Code(
        "SRC064",
        "mail-file-gone",
        "error",
        """\
A mail's file cannot be read, or has changed since the mails were looked through.

Why: mails are looked through once before they are read, to find copies and threads.
Example: a mail program that is running and moves a file of its Maildir
Fix: close the mail program, or read a copy of its folder.
Source: https://cr.yp.to/proto/maildir.html (files move from `new` to `cur`).""",
    ),
)
