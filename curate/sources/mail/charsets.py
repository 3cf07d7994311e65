"""Bytes of a mail → text, by the charset that it declares; what was not as declared is said."""

from __future__ import annotations

import codecs
import re
from functools import lru_cache
from typing import NamedTuple

from curate.finding import Hit

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:+()-]{0,39}")
_WINDOWS = re.compile(r"(?:x-)?(?:cp|win|windows|ms|ibm)[-_]?(\d{3,5})")
_LATIN = re.compile(r"iso[-_ ]?8859[-_]?(\d{1,2})(?:[-_][ie])?(?:[:-]1?\d{3})?")
# A codec that makes no text of bytes, or runs what the bytes say.
_NO_TEXT = frozenset(
    (
        "idna",
        "punycode",
        "unicode_escape",
        "raw_unicode_escape",
        "undefined",
        "mbcs",
        "oem",
        "utf_8_sig",
    )
)
_UNDECLARED = frozenset(
    (
        "us-ascii",
        "ascii",
        "ansi_x3.4-1968",
        "iso646-us",
        "iso-ir-6",
        "unknown-8bit",
        "x-unknown",
        "unknown",
        "x-user-defined",
        "user-defined",
        "default",
        "default_charset",
        "default-charset",
        "none",
        "null",
        "8bit",
        "7bit",
        "binary",
        "en",
        "english",
        "charset",
        "_autodetect",
        "_autodetect_all",
        "ansi",
    )
)
# What a name means in mail: the charset that holds all of it and is what programs write under it.
_MEANT: dict[str, tuple[str, ...]] = {
    "iso-8859-9": ("cp1254",),
    "iso-8859-11": ("cp874",),
    "tis-620": ("cp874",),
    "gb2312": ("gb18030",),
    "gb_2312-80": ("gb18030",),
    "x-gbk": ("gb18030",),
    "gbk": ("gb18030",),
    "cp936": ("gb18030",),
    "chinese": ("gb18030",),
    "big5": ("cp950", "big5hkscs"),
    "x-x-big5": ("cp950", "big5hkscs"),
    "shift_jis": ("cp932", "shift_jisx0213"),
    "shift-jis": ("cp932", "shift_jisx0213"),
    "x-sjis": ("cp932", "shift_jisx0213"),
    "sjis": ("cp932", "shift_jisx0213"),
    "windows-31j": ("cp932",),
    "ms_kanji": ("cp932",),
    "x-ms-cp932": ("cp932",),
    "iso-2022-jp": ("iso2022_jp", "iso2022_jp_ext", "iso2022_jp_3"),
    "iso-2022-jp-1": ("iso2022_jp_1", "iso2022_jp_ext"),
    "cp50220": ("iso2022_jp", "iso2022_jp_ext"),
    "cp50221": ("iso2022_jp_ext", "iso2022_jp_3"),
    "x-euc-jp": ("euc_jp", "euc_jisx0213"),
    "euc-jp": ("euc_jp", "euc_jisx0213"),
    "euc-kr": ("cp949",),
    "ks_c_5601-1987": ("cp949",),
    "ks_c_5601": ("cp949",),
    "ksc5601": ("cp949",),
    "korean": ("cp949",),
    "utf8mb4": ("utf-8",),
    "utf8mb3": ("utf-8",),
    "utf-8-mac": ("utf-8",),
    "utf8-mac": ("utf-8",),
    "unicode-1-1-utf-8": ("utf-8",),
    "unicode-1-1-utf-7": ("utf-7",),
    "x-utf-8": ("utf-8",),
    "utf": ("utf-8",),
    "unicode": ("utf-16",),
    "macintosh": ("mac_roman",),
    "mac": ("mac_roman",),
    "x-mac-roman": ("mac_roman",),
    "x-mac-ce": ("mac_latin2",),
    "x-mac-centraleurroman": ("mac_latin2",),
    "x-mac-cyrillic": ("mac_cyrillic",),
    "x-mac-ukrainian": ("mac_cyrillic",),
    "x-mac-greek": ("mac_greek",),
    "x-mac-turkish": ("mac_turkish",),
    "x-mac-icelandic": ("mac_iceland",),
    "x-mac-japanese": ("cp932",),
    "koi8": ("koi8_r",),
    "koi8-ru": ("koi8_u",),
    "x-koi8-r": ("koi8_r",),
    "win": ("cp1251",),
    "visual": ("iso8859_8",),
    "logical": ("iso8859_8",),
    "latin-iso8859-1": ("iso8859_1", "cp1252"),
    "western": ("iso8859_1", "cp1252"),
}


class Decoded(NamedTuple):
    """Text of bytes.

    Attributes:
        text: The text; "" where nothing decodes the bytes without loss.
        fault: SRC055 where the bytes are not of the charset that is declared and were read as
            another, SRC033 where they cannot be read, else None.
    """

    text: str
    fault: Hit | None = None


def decoded(data: bytes, declared: str | None, where: str) -> Decoded:
    """Return bytes as text: by the declared charset, else by UTF-8, else not at all.

    What declares US-ASCII, nothing, or a word that names no charset is read as UTF-8 (RFC 6532).
    A charset is read as the one that holds all of it and that programs mean (`gb2312` is GB 18030,
    `iso-8859-1` with bytes 0x80-0x9F is windows-1252). Bytes that are not of it and are UTF-8 are
    read so, with a warning; no other charset is tried, since any bytes are text in some.

    Args:
        data: The bytes, their transfer encoding undone.
        declared: The charset as the mail has it, or None.
        where: What is decoded, for the message: `a text part`.

    Source: WHATWG Encoding Standard, section 4.2 (what labels mean); names that mails in the wild
    carry.
    """
    declared = (declared or "").strip().strip("\"'").partition("*")[0].lower()
    try:
        if declared in _UNDECLARED or not declared:
            return Decoded(_text(data, "utf-8"))
        known = _codecs_of(declared)
    except UnicodeError as bad:
        return Decoded("", _refused(where, declared, _offset(bad, data)))
    offset = 0
    for name in known:
        try:
            return Decoded(_text(data, name))
        except UnicodeError as bad:
            offset = offset or _offset(bad, data)
    try:
        text = _text(data, "utf-8")
    except UnicodeError as bad:
        return Decoded("", _refused(where, declared, offset if known else _offset(bad, data)))
    if data.isascii():
        return Decoded(text)
    said = f"declares the charset {_shown(declared)}"
    why = f"byte {offset} is not of it" if known else "which is not known"
    return Decoded(text, Hit("SRC055", "", f"{where} {said}, {why}; it is UTF-8 and was read so"))


def _text(data: bytes, codec: str) -> str:
    """Return bytes strictly decoded.

    Raises:
        UnicodeError: If they are not of the charset, or hold half a surrogate pair.
    """
    if codec == "utf-8":
        return (data[3:] if data.startswith(b"\xef\xbb\xbf") else data).decode("utf-8")
    if codec == "iso8859_1" and _CONTROLS.search(data):
        return _western(data)
    text = data.decode(codec)
    if not text.isascii():
        text.encode("utf-8")
    return text


_CONTROLS = re.compile(rb"[\x80-\x9f]")


def _western(data: bytes) -> str:
    """Return Latin-1 that holds bytes which are no letters there.

    Raises:
        UnicodeError: If they are none in windows-1252 either, or all of it is UTF-8.
    """
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252")
    found = _CONTROLS.search(data)
    at = found.start() if found else 0
    raise UnicodeDecodeError("iso8859-1", data, at, at + 1, "a control character")


def _offset(bad: UnicodeError, data: bytes) -> int:
    """Return where in the bytes they stop to be of the charset; their end where it is not told."""
    return bad.start if isinstance(bad, UnicodeDecodeError) else len(data)


def _refused(where: str, declared: str, offset: int) -> Hit:
    said = f"the charset {_shown(declared)}" if declared else "no charset"
    return Hit("SRC033", "", f"{where} declares {said}, and byte {offset} is not of it nor UTF-8")


def _shown(charset: str) -> str:
    return charset if _NAME.fullmatch(charset) else "(no name)"


@lru_cache(256)
def _codecs_of(declared: str) -> tuple[str, ...]:
    """Return the codecs that a declared charset is read by, in order; none where it is unknown."""
    if not _NAME.fullmatch(declared):
        return ()
    if declared in _MEANT:
        return _MEANT[declared]
    names = [declared, declared.replace("_", "-"), declared.replace("-", "")]
    if found := _WINDOWS.fullmatch(declared):
        names = [f"cp{found[1]}"]
    elif found := _LATIN.fullmatch(declared):
        names = [f"iso-8859-{found[1]}"]
    for name in names:
        if name in _MEANT:
            return _MEANT[name]
        if (codec := _codec(name)) is not None:
            return ("utf-8",) if codec == "utf-8-sig" else (codec,)
    return ()


def _codec(name: str) -> str | None:
    try:
        found = codecs.lookup(name)
    except (LookupError, ValueError):
        return None
    codec = found.name.replace("-", "_")
    if codec in _NO_TEXT - {"utf_8_sig"} or not getattr(found, "_is_text_encoding", True):
        return None
    return {"iso8859_1": "iso8859_1", "utf_8": "utf-8", "utf_8_sig": "utf-8"}.get(codec, found.name)
