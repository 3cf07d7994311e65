"""SEC: secrets in the texts of a row. Values are never shown whole."""

from __future__ import annotations

from collections.abc import Iterator

from curate.checks.base import Spot, rule
from curate.checks.privacy.places import NEEDS, found_by
from curate.row import Row


@rule("SEC001", "issued-key", severity="error", needs=NEEDS["issued-key"])
def issued_key(row: Row) -> Iterator[Spot]:
    """A text holds a key in the form that a service gives out.

    Why: who has the data, or the model that learned it, has the key; keys in training data have
    been extracted from models.
    Example: "export AWS_ACCESS_KEY_ID=AKIA…" with a whole key
    Fix: revoke the key, then put a placeholder in its place.
    Source: the forms that AWS, GitHub, GitLab, Slack, Stripe, OpenAI, Anthropic, Google, Hugging
    Face, npm, PyPI and others document; Carlini et al. 2021 (extraction of training data).
    """
    yield from found_by("issued-key", row)


@rule("SEC002", "private-key", severity="error", needs=NEEDS["private-key"])
def private_key(row: Row) -> Iterator[Spot]:
    """A text holds a private key.

    Why: whoever reads the data can sign and decrypt in its owner's name.
    Example: "-----BEGIN PRIVATE KEY-----" and the key behind it
    Fix: replace the key pair, and take it out of the data.
    Source: RFC 7468 (textual encodings of PKIX structures).
    """
    yield from found_by("private-key", row)


@rule("SEC003", "json-web-token", severity="warning", needs=NEEDS["json-web-token"])
def json_web_token(row: Row) -> Iterator[Spot]:
    """A text holds a JSON Web Token.

    Why: until it expires it opens what it was made for, and its middle part names its owner.
    Example: "Authorization: eyJ….eyJ….…"
    Fix: replace it by a made-up one.
    Source: RFC 7519 (JSON Web Token).
    """
    yield from found_by("json-web-token", row)


@rule("SEC004", "password-in-address", severity="error", needs=NEEDS["password-in-address"])
def password_in_address(row: Row) -> Iterator[Spot]:
    """An address holds a user's name and password.

    Why: connection strings are pasted whole, and the password goes with them.
    Example: "postgres://app:s3cr3t-pw@db.host/main"
    Fix: change the password, and put a placeholder in its place.
    Source: RFC 3986, section 3.2.1 (user information).
    """
    yield from found_by("password-in-address", row)


@rule("SEC005", "bearer-token", severity="warning", needs=NEEDS["bearer-token"])
def bearer_token(row: Row) -> Iterator[Spot]:
    """A text holds a token that is sent with requests.

    Why: whoever has it can act as its owner.
    Example: "Bearer 9f8a7c…"
    Fix: revoke it, and put a placeholder in its place.
    Source: RFC 6750 (bearer tokens).
    """
    yield from found_by("bearer-token", row)


@rule("SEC006", "assigned-secret", severity="warning", needs=NEEDS["assigned-secret"])
def assigned_secret(row: Row) -> Iterator[Spot]:
    """Code or configuration sets a secret to a value that looks drawn at random.

    Why: code is pasted with the keys that made it run.
    Example: `api_key = "…"` with a whole key
    Fix: revoke it, and read it from the environment in the example.
    Source: gitleaks `generic-api-key` (what such rules look for).
    """
    yield from found_by("assigned-secret", row)


@rule("SEC007", "password-in-text", severity="warning", needs=NEEDS["password-in-text"])
def password_in_text(row: Row) -> Iterator[Spot]:
    """A text tells a password.

    Why: mail and chats are full of them, and no scanner for code finds them.
    Example: "the password is Sommer-2019!"
    Fix: change the password, and take it out of the data.
    Source: defect in mail and support data; measured on mail archives.
    """
    yield from found_by("password-in-text", row)


@rule("SEC008", "one-time-code", severity="info", needs=NEEDS["one-time-code"])
def one_time_code(row: Row) -> Iterator[Spot]:
    """A text tells a code that is good for one login.

    Why: it is worth nothing after a minute, but shows an account's owner and what protects it.
    Example: "Your verification code is 402913"
    Fix: put a placeholder in its place.
    Source: RFC 6238 (time-based one-time passwords).
    """
    yield from found_by("one-time-code", row)


RULES = (
    issued_key,
    private_key,
    json_web_token,
    password_in_address,
    bearer_token,
    assigned_secret,
    password_in_text,
    one_time_code,
)
