"""PII, what redaction says: what it hid, what it left, and what should be looked at."""

from curate.codes.base import Code, Severity

_LOOK = (
    "read the row at that place, and hide the word with `--names` or by hand where it is private."
)


def _left(code: str, slug: str, severity: Severity, title: str, why: str, example: str) -> Code:
    page = f"{title}\n\nWhy: {why}\nExample: {example}\nFix: {_LOOK}"
    return Code(code, slug, severity, page)


REDACTION = (
    Code(
        "PII040",
        "redacted",
        "info",
        """\
Names, addresses, numbers and secrets were replaced.

Why: what stands in a training row can be repeated by the model that learns it. The counts say what
was found; the originals are nowhere in the output.
Example: `Hi Anna, call me on +49 151 23456789` becomes `Hi [name 1], call me on [phone 2]`
Fix: nothing. `--keep email` leaves a kind as it is, `--key-file` keeps what was replaced,
encrypted.
Source: Carlini et al. 2021, Extracting Training Data from Large Language Models.""",
    ),
    _left(
        "PII041",
        "number-left",
        "info",
        "A redacted text still has a number of seven or more digits.",
        "it has no form that is known, and may be a phone, an account or a customer number.",
        "`order 4711 0815 22` in a mail",
    ),
    _left(
        "PII042",
        "mention-left",
        "info",
        "A redacted text still has an @mention of somebody that the export does not name.",
        "a user name tells who somebody is; code and markup have such words too.",
        "`ask @some_body about it`",
    ),
    _left(
        "PII043",
        "word-of-an-address-left",
        "warning",
        "A redacted text has a word that is the first part of a hidden address.",
        "`annaberg` stands for the same person as the address that was hidden.",
        "`my user name there is annaberg` beside `[email 3]`",
    ),
    _left(
        "PII044",
        "greeted-word-left",
        "warning",
        "A greeting names somebody in lower case, and the word was left.",
        "in lower case a name cannot be told from a word that is no name.",
        "`hi zbyszek, see you tonight`",
    ),
    _left(
        "PII045",
        "name-or-word-left",
        "info",
        "A word in capitals within a sentence is a common word and part of a hidden name.",
        "somebody is called Rose or Will; alone such a word is not replaced.",
        "`I asked Rose about it` where Rose Hill is in the address book",
    ),
    Code(
        "PII046",
        "name-on-a-weak-sign",
        "info",
        """\
A word was replaced as a name only because of where it stands.

Why: a greeting or a closing names it, no address book does, and it is no common given name. It may
be the name of a team, a place or a thing.
Example: `Hello Stadtwerke,`
Fix: read the row at that place. Nothing else needs to be done where it is a name.""",
    ),
    Code(
        "PII047",
        "names-of-several",
        "info",
        """\
A name alone may mean several people, and was replaced without saying whom.

Why: two people are called so, and nothing in the row names one of them in full. They are never
mixed up by a guess.
Example: `Anna says hello` where Anna Berg and Anna Klein are in the address book becomes
`[name] says hello`
Fix: nothing.""",
    ),
    Code(
        "PII048",
        "media-reference-changed",
        "warning",
        """\
The path of a picture or another file held private data and was replaced.

Why: the row no longer names the file that lies on the disk.
Example: `photos/Anna Berg.jpg` becomes `photos/[name 1].jpg`
Fix: rename the files before they are read, or leave rows with media out.""",
    ),
    Code(
        "PII049",
        "kinds-left",
        "warning",
        """\
Kinds of private data were left as they are because that was asked for.

Why: a model that is trained on the rows can repeat them.
Example: `curate redact mail.mbox -o out --keep phone`
Fix: leave `--keep` out.""",
    ),
    Code(
        "PII050",
        "role-unknown",
        "warning",
        """\
A role was given to an address or a name that the inputs do not have.

Why: a misspelt address leaves the person under a number and not under the role.
Example: `--role boss=anna@exmaple.com`
Fix: correct the address or the name behind the `=`.""",
    ),
)
