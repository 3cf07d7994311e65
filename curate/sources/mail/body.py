"""The text of a mail: which of its parts a person reads, and what is only listed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

from curate.finding import Hit
from curate.sources.mail import tnef, transfer
from curate.sources.mail.charsets import decoded
from curate.sources.mail.flowed import plain_of_enriched, unflowed
from curate.sources.mail.parts import Part
from curate.sources.mail.words import words_of
from curate.sources.markup import text_of

Kind = Literal["plain", "html", "tnef", "none"]

_PLAIN = frozenset(
    ("text/plain", "text/enriched", "text/richtext", "text/markdown", "text/x-markdown")
)
_HTML = frozenset(("text/html", "application/xhtml+xml"))
# Parts of a signed or encrypted mail that hold nothing a person sent.
_SEALS = frozenset(
    (
        "application/pgp-signature",
        "application/pkcs7-signature",
        "application/x-pkcs7-signature",
        "application/pgp-encrypted",
    )
)
_SMIME = frozenset(("application/pkcs7-mime", "application/x-pkcs7-mime"))
_TNEF = frozenset(("application/ms-tnef", "application/vnd.ms-tnef"))
_META = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE)
_ARMOR = re.compile(
    r"^-----BEGIN PGP SIGNED MESSAGE-----[ \t]*\n(?:[A-Za-z-]+:[^\n]*\n)*\n"
    r"((?:(?!-----)[^\n]*\n)*)-----BEGIN PGP SIGNATURE-----\n(?:(?!-----)[^\n]*\n)*"
    r"-----END PGP SIGNATURE-----[ \t]*$",
    re.MULTILINE,
)
_ENCRYPTED = re.compile(r"\s*-----BEGIN PGP MESSAGE-----")
_STUB_CHARS, _STUB_SHARE = 400, 3
_STUB = re.compile(
    r"html|browser|view (?:this|the|it)|online|im browser|navigateur|en ligne|navegador|en línea"
    r"|bekijk|webbläsare|przegląda|браузер|浏览器|瀏覽器|ブラウザ",
    re.IGNORECASE,
)


class Attachment(NamedTuple):
    """A file that a mail carries; it is listed and never read.

    Attributes:
        name: The name of the file, "" where it has none.
        type: Its media type.
        bytes: Its length, its transfer encoding undone.
    """

    name: str
    type: str
    bytes: int


class _Text(NamedTuple):
    text: str
    kind: Kind


class Body:
    """What was read of a mail's body.

    Attributes:
        text: The text, LF at line ends, none at its start and end.
        kind: What it was made of; `none` where there is no text.
        attachments: The files, in order.
        faults: SRC033, SRC055 and SRC056 hits.
        is_encrypted: Whether the text is not readable without a key.
        is_signed: Whether it carries a signature (which nothing here verifies).
    """

    def __init__(self, raw: bytes, root: Part) -> None:
        self._raw = raw
        self._charset = root.parameters.get("charset")
        self.attachments: list[Attachment] = []
        self.faults: list[Hit] = []
        self.is_encrypted = self.is_signed = False
        self._packed: _Text | None = None
        texts = self._texts(root, alone=True)
        if not any(text.text.strip() for text in texts) and self._packed is not None:
            texts = [self._packed]
        self.text = "\n\n".join(text.text.strip("\n") for text in texts if text.text.strip())
        kinds: list[Kind] = [text.kind for text in texts if text.text.strip()]
        self.kind: Kind = kinds[0] if kinds else "none"

    def _say(self, code: str, message: str) -> None:
        if len(self.faults) < 20:
            self.faults.append(Hit(code, "", message))

    def _texts(self, part: Part, alone: bool) -> list[_Text]:
        """Return the texts of a part in order, and list its attachments.

        Args:
            part: The part.
            alone: Whether no other part stands beside it, so that a name makes no attachment of it.
        """
        if part.parts:
            return self._of_many(part)
        if part.main == "multipart":
            return []
        text = part.type in _PLAIN or part.type in _HTML
        if text and part.disposition != "attachment" and (alone or not part.name):
            return [self._text(part)]
        self._other(part)
        return []

    def _of_many(self, part: Part) -> list[_Text]:
        kind = part.type.partition("/")[2]
        if kind == "alternative":
            return self._alternative(part.parts)
        if kind == "encrypted":
            self.is_encrypted = True
            return []
        if kind in ("signed", "related", "report"):
            self.is_signed = self.is_signed or kind == "signed"
            first = _root(part) if kind == "related" else part.parts[0]
            texts = self._texts(first, alone=True)
            for other in part.parts:
                if other is not first:
                    self._list(other)
            return texts
        if kind == "digest":
            self._list(part)
            return []
        texts = []
        for other in part.parts:
            # The first text is what was written, whatever its name is.
            texts += self._texts(other, alone=not texts and other is part.parts[0])
        return texts

    def _list(self, part: Part) -> None:
        """List a part, or what is in it, as attachments."""
        for leaf in _leaves(part):
            self._other(leaf)

    def _alternative(self, parts: list[Part]) -> list[_Text]:
        """Return the text of the alternative that says what the person wrote.

        That is the plain text, but where it is empty, or says to look at the other, or is much
        shorter than the other.
        """
        plain = next((p for p in parts if _holds(p, _PLAIN) and not _holds(p, _HTML)), None)
        rich = next((p for p in reversed(parts) if _holds(p, _HTML)), None)
        for other in parts:
            if other is not plain and other is not rich:
                self._list(other)
        texts = [] if plain is None else self._texts(plain, alone=True)
        if rich is None:
            return texts
        length = sum(len(text.text.strip()) for text in texts)
        if not self._doubtful(texts, length, rich):
            self._list_beside(rich)
            return texts
        others = self._texts(rich, alone=True)
        longer = sum(len(text.text.strip()) for text in others)
        if not length or length * _STUB_SHARE < longer:
            return others if longer else texts
        stub = length < _STUB_CHARS and any(_STUB.search(text.text) for text in texts)
        return others if stub and length < longer else texts

    def _doubtful(self, texts: list[_Text], length: int, rich: Part) -> bool:
        if length < _STUB_CHARS:
            return True
        size = max((p.end - p.start for p in _leaves(rich) if p.type in _HTML), default=0)
        return size > 30 * length

    def _list_beside(self, part: Part) -> None:
        """List what stands beside the HTML that is not read."""
        for leaf in _leaves(part):
            if leaf.type not in _HTML or leaf.disposition == "attachment":
                self._other(leaf)

    def _other(self, part: Part) -> None:
        """List a part that is no text of the mail's own, and note what it tells of the mail."""
        kind = part.type
        if kind in _SEALS:
            self.is_signed = self.is_signed or kind != "application/pgp-encrypted"
            return
        if kind in _SMIME:
            signed = part.parameters.get("smime-type", "").lower() in ("signed-data", "certs-only")
            self.is_signed, self.is_encrypted = self.is_signed or signed, not signed
            return
        name = self._name(part.name)
        if kind in _TNEF or name.lower() == "winmail.dat":
            self._unpack(transfer.undone(self._raw[part.start : part.end], part.encoding).data)
            return
        length = transfer.length_of(self._raw, part.start, part.end, part.encoding)
        self.attachments.append(Attachment(name, kind, length))

    def _unpack(self, data: bytes) -> None:
        packed = tnef.read(data)
        if packed.wrong:
            self._say("SRC056", f"a TNEF part (winmail.dat): {packed.wrong}")
        for name, length in packed.files:
            self.attachments.append(Attachment(name, "application/octet-stream", length))
        if packed.text and self._packed is None:
            self._packed = _Text(packed.text, "tnef")

    def _name(self, raw: str) -> str:
        text, fault = words_of(raw, "the name of an attachment", self._charset)
        if fault is not None:
            self._say("SRC055", "the name of an attachment is not as it declares")
        return text.encode("utf-8", "replace").decode().strip()

    def _text(self, part: Part) -> _Text:
        data, wrong = transfer.undone(self._raw[part.start : part.end], part.encoding)
        if wrong:
            self._say("SRC056", f"a text part: {wrong}")
        charset = part.parameters.get("charset")
        if part.type in _HTML:
            if not charset and (meta := _META.search(data, 0, 4_096)) is not None:
                charset = meta[1].decode("ascii")
            text = self._decoded(data, charset)
            return _Text(text_of(text), "html")
        text = self._decoded(self._without_files(data), charset)
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        if part.type in ("text/enriched", "text/richtext"):
            return _Text(plain_of_enriched(text), "plain")
        if "-----BEGIN PGP" in text:
            text = self._unsealed(text)
        if part.parameters.get("format", "").lower() == "flowed":
            text = unflowed(text, part.parameters.get("delsp", "").lower() == "yes")
        return _Text(text, "plain")

    def _decoded(self, data: bytes, charset: str | None) -> str:
        text, fault = decoded(data, charset, "a text part")
        if fault is not None:
            self._say(fault.code, fault.message)
        return text

    def _without_files(self, data: bytes) -> bytes:
        """Return a text without the uuencoded files in it, which are listed."""
        found = transfer.blocks(data)
        if not found:
            return data
        kept, done = [], 0
        for block in found:
            kept.append(data[done : block.start])
            done = block.end
            name = self._name(block.name.decode("utf-8", "surrogateescape"))
            self.attachments.append(Attachment(name, "application/octet-stream", block.length))
        kept.append(data[done:])
        self._say("SRC056", f"{len(found)} uuencoded files were cut out of a text part")
        return b"".join(kept)

    def _unsealed(self, text: str) -> str:
        """Return the text of a mail that is signed in its text (RFC 4880 section 7)."""
        if _ENCRYPTED.match(text):
            self.is_encrypted = True
            return ""
        return _ARMOR.sub(self._signed, text)

    def _signed(self, found: re.Match[str]) -> str:
        self.is_signed = True
        return re.sub(r"^- ", "", found[1], flags=re.MULTILINE)


def _root(part: Part) -> Part:
    """Return the part of a multipart/related that the others belong to (RFC 2387 section 3.2)."""
    start = part.parameters.get("start", "").strip("<> ")
    for other in part.parts:
        if start and other.headers.get("content-id").strip("<> ") == start:
            return other
    return part.parts[0]


def _leaves(part: Part) -> Iterator[Part]:
    """Yield the parts that hold no others, in order."""
    waiting = [part]
    while waiting:
        found = waiting.pop()
        if found.parts:
            waiting += reversed(found.parts)
        elif found.main != "multipart":
            yield found


def _holds(part: Part, types: frozenset[str]) -> bool:
    return any(leaf.type in types and leaf.disposition != "attachment" for leaf in _leaves(part))
