"""Addresses of mail, of machines and of network cards."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator

from curate.detect.finder import Finder, Hit, by_pattern
from curate.detect.late import late

_LOCAL = r"[\w.+%'&~#$*!-]"
_LABEL = r"[\w-]{1,63}"
_MAIL = late(
    rf"(?<![\w.+%&~-])(?:(?P<quoted>\"[^\"\n]{{1,64}}\")|\w{_LOCAL}{{0,255}})@"
    rf"(?:(?:{_LABEL}\.){{1,8}}(?P<top>[^\W\d_]{{2,24}}|xn--[a-z0-9-]{{2,59}})(?![\w-])"
    r"|\[(?:IPv6:)?[0-9A-Fa-f.:]{2,45}\])",
    re.IGNORECASE,
)
_BACKWARDS = late(rf"{_LOCAL}+")
_FIRST = late(r"(?<![\w.+%&~-])\w")
# `icon@2x.png` is a file.
_FILES = {"png", "jpg", "jpeg", "gif", "svg", "webp", "css", "js", "ts", "html", "py", "md", "json"}


def _mails(text: str, region: str | None) -> Iterator[Hit]:
    """Find addresses as RFC 5322 and RFC 6531 write them, with at most 256 characters before @."""
    for found in _MAIL.finditer(text) if '"@' in text else _mails_at(text):
        if (found["top"] or "").lower() not in _FILES:
            yield Hit(found.start(), found.end(), "certain")


def _mails_at(text: str) -> Iterator[re.Match[str]]:
    """Yield what `_MAIL.finditer` does where nothing is quoted, looking only before each @."""
    reach = 0
    at = text.find("@")
    while at >= 0:
        low = max(reach, at - 256)
        name = _BACKWARDS.match(text[low:at][::-1])
        for first in _FIRST.finditer(text, at - name.end(), at) if name else ():
            found = _MAIL.match(text, first.start())
            if found:
                yield found
                reach = found.end()
                break
        at = text.find("@", max(at + 1, reach))


_AT = r"(?:at|ät|@|arroba|arobase|chiocciola|klammeraffe|собака)"
_DOT = r"(?:dot|punkt|point|punto|ponto|kropka|точка)"
# `at some point in` is no address.
_SAID_DOT = (
    r"(?:dot|punkt|punto|ponto|kropka|точка|point(?!\sin\b|\sit\b|\sat\b|\sme\b|\sus\b|\sno\b"
    r"|\sis\b))"
)
_TOP = (
    r"(?:com|org|net|edu|gov|mil|int|info|biz|name|io|ai|co|me|eu|de|at|ch|fr|es|it|pt|nl|be|uk"
    r"|ie|pl|cz"
    r"|sk|se|no|dk|fi|ru|ua|gr|ro|hu|bg|tr|us|ca|mx|br|ar|cl|au|nz|in|cn|jp|kr|tw|sg|il|za)"
)
# `anna [at] example [dot] org`, `anna (at) example.org`.
_BRACKETED = (
    rf"(?<![\w.+-])\w[\w.+-]{{0,63}}[ \t]?[\[({{<][ \t]?{_AT}[ \t]?[\])}}>][ \t]?(?:{_LABEL}"
    rf"(?:\.|[ \t]?[\[({{<][ \t]?(?:{_DOT}|\.)[ \t]?[\])}}>][ \t]?|[ \t]{_DOT}[ \t])){{1,4}}"
    r"[^\W\d_]{2,24}(?!\w)"
)
# `anna at example dot org`, `anna @ example.org`.
_SPELLED = (
    rf"(?<![\w.+-])\w[\w.+-]{{0,63}}[ \t](?:{_AT}[ \t]"
    rf"(?:{_LABEL}[ \t]{_SAID_DOT}[ \t]){{1,4}}{_TOP}"
    rf"|@[ \t]?(?:{_LABEL}\.){{1,4}}{_TOP})(?!\w)"
)

# What stands before four numbers that are a version or a section.
_NO_ADDRESS = late(
    r"(?i)(?:\b(?:v|ver|version|release|firmware|build|section|sec|chapter|clause|rfc|kapitel"
    r"|abschnitt"
    r"|artikel|article|§)\.?\s?|§\s?|\$|€|£)\Z"
)
_IP4 = late(
    r"(?<![A-Za-z0-9_.,-])(?<!\d[:/=])(?:\d{1,3}\.){3}\d{1,3}(?![A-Za-z0-9_-]|\.\d)", re.ASCII
)
_IP6 = late(
    r"(?<![A-Za-z0-9_:.])(?=[0-9A-Fa-f]{0,4}:[0-9A-Fa-f]{0,4}:)[0-9A-Fa-f:]{3,39}"
    r"(?:(?<=:)\d{1,3}(?:\.\d{1,3}){3})?(?![A-Za-z0-9_:])"
)


def _ip4(text: str, region: str | None) -> Iterator[Hit]:
    """Find IPv4 addresses; those of private networks are likely, those of no machine are left.

    Four numbers below 32 are as good as never an address, and often a version or a section.
    """
    for found in _IP4.finditer(text):
        start, end = found.span()
        address = _address(found.group())
        named = _NO_ADDRESS.search(text[max(0, start - 12) : start])
        if (
            address
            and not named
            and max(address.packed) >= 32
            and address.packed[0] not in (0, 255)
        ):
            yield Hit(start, end, "certain" if address.is_global else "likely")


def _ip6(text: str, region: str | None) -> Iterator[Hit]:
    """Find IPv6 addresses that have three colons and a digit at least."""
    if text.count(":") < 3:
        return
    for found in _IP6.finditer(text):
        written = found.group()
        address = _address(written) if written.count(":") > 2 else None
        if address and any(map(str.isdigit, written)):
            yield Hit(*found.span(), "certain" if address.is_global else "likely")


def _address(written: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """Return the address of a machine, or None for what is none."""
    try:
        address = ipaddress.ip_address(written)
    except ValueError:
        return None
    nobody = address.is_loopback or address.is_unspecified or address.is_multicast
    return None if nobody else address


_MAC = late(
    r"(?<![A-Za-z0-9_:.-])[0-9A-Fa-f]{2}(?P<by>[:-])(?:[0-9A-Fa-f]{2}(?P=by)){4}[0-9A-Fa-f]{2}"
    r"(?![A-Za-z0-9_:-])"
)


def _macs(text: str, region: str | None) -> Iterator[Hit]:
    """Find addresses of network cards that have a digit."""
    if text.count(":") < 5 and text.count("-") < 5:
        return
    for found in _MAC.finditer(text):
        if any(map(str.isdigit, found.group())):
            yield Hit(*found.span(), "certain")


NETWORK = (
    Finder(
        "email-address",
        "email",
        _mails,
        cues=("@",),
        rule="RFC 5322, section 3.4.1; RFC 6531",
        needs="@",
    ),
    Finder(
        "bracketed-email-address",
        "email",
        by_pattern(_BRACKETED, flags=re.IGNORECASE, confidence="likely"),
        cues=(
            *("(at", "[at", "{at", "<at", "( at", "[ at", "{ at", "(@", "[@", "{@", "(ät", "[ät"),
            *("arroba", "arobase", "chiocciola", "klammeraffe", "собака"),
        ),
        around=(80, 200),
        needs=rf"[\[({{<][ \t]?(?i:{_AT})[ \t]?[\])}}>]",
    ),
    Finder(
        "spelled-email-address",
        "email",
        by_pattern(_SPELLED, flags=re.IGNORECASE, confidence="likely"),
        cues=(" dot ", " punkt ", " point ", " punto ", " ponto ", " kropka ", " точка ", " @"),
        around=(160, 80),
        needs=rf"[ \t](?i:{_AT})[ \t][^ \t\n]+[ \t](?i:{_DOT})[ \t]|[ \t]@[ \t]?[^ \t\n]+\.",
    ),
    Finder(
        "ip-address",
        "ip",
        _ip4,
        digits=4,
        around=(24, 24),
        rule="RFC 791; RFC 6890",
        needs=r"[0-9]\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]",
    ),
    Finder(
        "ip-address-6",
        "ip",
        _ip6,
        cues=(":",),
        digits=1,
        rule="RFC 4291, section 2.2",
        needs=r":[0-9A-Fa-f]{0,4}:[0-9A-Fa-f]{0,4}:",
    ),
    Finder(
        "mac-address",
        "mac",
        _macs,
        digits=1,
        rule="IEEE 802, section 8.1",
        needs=r"[0-9A-Fa-f]{2}[:-][0-9A-Fa-f]{2}[:-][0-9A-Fa-f]{2}[:-]",
    ),
)
