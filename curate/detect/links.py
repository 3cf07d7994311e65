"""Links that open something for whoever holds them, or say whose they are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from curate.detect.finder import Finder, Hit, by_pattern
from curate.detect.late import late

_LINK = late(
    r"(?<![A-Za-z0-9+.-])[A-Za-z][A-Za-z0-9+.-]{1,30}://[^\s<>\"`\\^{}|]{1,4096}", re.ASCII
)
_TRAILING = ".,;:!?'*_)]»”’"
_USER = late(r"\A[^/?#@\s]{0,256}:[^/?#@\s]{0,256}@|\A[A-Za-z0-9_-]{20,256}@")
_PAIR = late(r"[?&;#/]([A-Za-z0-9_.\[\]-]{1,64})=([^&;#\s]{1,4096})")
# Parameters that hold a right or a person (RFC 6750; signed links of AWS, Azure and Google).
_KEYS = late(
    r"(?i)(?:.*[-_.])?(?:(?:access|auth|id|refresh|session|csrf|xsrf|reset|invite|confirmation"
    r"|login|magic"
    r"|security)?[-_]?token|api[-_]?key|key|secret|sig|signature|sign|pwd|passwd|password|pass|auth"
    r"|authkey|code|otp|ticket|jwt|sid|j?session(?:id)?|phpsessid|credential|hash"
    r"|hmac|nonce"
    r"|invite|invitation|verify|verification|activation|confirm|unsubscribe|unsub|resourcekey|tk|k"
    r"|e?mail|email_?address|user(?:_?id|name)?|uid|recipient|subscriber|member|customer"
    r"(?:_?id)?|phone"
    r"|tel|x-amz-(?:signature|credential|security-token)|x-goog-(?:signature|credential)|mc_eid"
    r"|mkt_tok"
    r"|_hsenc|_hsmi|eid|rid|subid)\d?"
)
_SHORT_KEYS = {
    "code",
    "key",
    "k",
    "hash",
    "sign",
    "confirm",
    "verify",
    "pass",
    "user",
    "uid",
    "tk",
    "eid",
    "rid",
    "subid",
    "session",
    "member",
}
_OPENING = late(
    r"(?i)(?:docs|drive|sheets|forms)\.google\.com/.*[-\w]{25,}|zoom\.(?:us|com)/(?:j|w|my|s)/"
    r"|meet\.google\.com/[a-z]{3}-"
    r"|teams\.(?:microsoft|live)\.com/(?:l/)?meet|webex\.com/(?:meet|.*MTID=)|dropbox\.com/(?:s"
    r"|sh|scl|l|t)/|1drv\.ms/"
    r"|sharepoint\.com/:\w:/|onedrive\.live\.com/|we\.tl/|wetransfer\.com/downloads/"
    r"|chat\.whatsapp\.com/|wa\.me/\d"
    r"|t\.me/(?:joinchat/|\+)|discord(?:app)?\.(?:gg|com/invite)/|join\.slack\.com/"
    r"|icloud\.com/\w+/|calendar\.google\.com/.*c?id="
    r"|mega\.nz/|doodle\.com/(?:poll|meeting)|calendly\.com/\w|paypal\.me/|venmo\.com/"
    r"|signal\.group/|photos\.app\.goo\.gl/"
    r"|maps\.app\.goo\.gl/|goo\.gl/maps|[/?&](?:unsubscribe|unsub|abmelden|optout|opt-out"
    r"|reset[-_]?password|password[-_]?reset"
    r"|passwort|magic[-_]?link|verify|verification|confirm(?:ation)?|activate|invite|invitation"
    r"|track|click)/[^/\s]{6,}"
)
# Of which each form above has one.
_OPENING_WORDS = (
    *("google.com", "zoom.", "teams.", "webex.", "dropbox.", "1drv", "sharepoint.", "onedrive."),
    *("we.tl", "wetransfer", "whatsapp.", "wa.me", "t.me", "discord", "slack.", "icloud.", "mega."),
    *("doodle.", "calendly.", "paypal.", "venmo.", "signal.", "goo.gl", "unsub", "abmelden"),
    *("optout", "opt-out", "passwor", "passwort", "magic", "verif", "confirm", "activate"),
    *("invit", "track", "click"),
)
_BACKWARDS = late(r"[A-Za-z0-9+.-]+")
# Where long hexadecimal names are the names of public things.
_PUBLIC = late(
    r"(?i)/(?:commits?|blob|tree|raw|archive|compare)/|arxiv\.org/|doi\.org/|/sha256[:/]"
    r"|youtube\.com/|youtu\.be/"
    r"|\.(?:png|jpe?g|gif|webp|svg)\b|\Aimages?\.|gstatic\.com/|wikipedia\.org/|wikimedia\.org/"
    r"|archive\.org/|amazon\.[a-z.]+/(?:dp|gp)/"
)
_RANDOM = late(r"(?<![A-Za-z0-9_-])[A-Za-z0-9_-]{20,4096}")
_UUID = late(r"(?i)(?<!\w)[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}(?!\w)")


def _is_random(piece: str) -> bool:
    """Tell whether a piece of a path is drawn and not worded.

    A drawn piece has 12 characters without a hyphen, a digit among them, and goes from small
    letters to capitals or digits and back at least every fourth character.
    """
    word = max(re.split(r"[-_]", piece), key=len)
    changes = sum(1 for a, b in pairwise(word) if _class(a) != _class(b))
    return len(word) >= 12 and changes * 4 >= len(word) and any(map(str.isdigit, word))


def _class(each: str) -> int:
    return 0 if each.isdigit() else 1 if each.islower() else 2 if each.isupper() else 3


def _holds_pair(rest: str) -> bool:
    for key, value in _PAIR.findall(rest):
        if re.search(r"[^@/]@|%40", value):
            return True
        if _KEYS.fullmatch(key):
            short = key.lower() in _SHORT_KEYS
            if len(value) >= (8 if short else 3) and not (short and value.isalpha()):
                return True
    return False


def _opens(rest: str) -> bool:
    lower = rest.lower()
    if lower.isascii() and not any(word in lower for word in _OPENING_WORDS):
        return False
    return _OPENING.search(rest) is not None


def _at_schemes(text: str) -> Iterator[re.Match[str]]:
    """Yield what `_LINK.finditer` does, looking only before each colon and two slashes."""
    reach = 0
    at = text.find("://")
    while at >= 0:
        scheme = _BACKWARDS.match(text[max(reach, at - 32) : at][::-1])
        found = _LINK.match(text, at - scheme.end()) if scheme else None
        if found:
            yield found
            reach = found.end()
        at = text.find("://", max(at + 3, reach))


def _links(text: str, region: str | None) -> Iterator[Hit]:
    """Find links with a password, a token or a drawn name in them; others are left."""
    for found in _at_schemes(text):
        link = found.group().rstrip(_TRAILING)
        if ")" in found.group() and "(" in link and not link.endswith(")"):
            link += ")" if found.group()[len(link) :].startswith(")") else ""
        rest = link.split("://", 1)[1]
        if _USER.match(rest) or _holds_pair(rest) or _opens(rest):
            yield Hit(found.start(), found.start() + len(link), "certain")
        elif (
            (rest.count("-") > 3 and _UUID.search(rest))
            or any(map(_is_random, _RANDOM.findall(rest)))
        ) and not _PUBLIC.search(rest):
            yield Hit(found.start(), found.start() + len(link), "likely")


LINKS = (
    Finder(
        "link-with-access",
        "url",
        _links,
        cues=("://",),
        around=(40, 4200),
        rule="RFC 3986; RFC 6750, section 2.3",
        needs="://",
    ),
)
_PROFILE_WORDS = (
    *("linkedin.", "github.", "gitlab.", "twitter.", "x.com/", "instagram.", "facebook."),
    *("fb.com", "t.me/", "tiktok.", "reddit.", "medium.", "youtube.", "keybase."),
    *("mastodon.", "bsky.", "xing."),
)
PROFILES = (
    Finder(
        "profile-link",
        "url",
        by_pattern(
            r"(?i)(?<![\w.])(?:https?://)?(?:[a-z]{2,3}\.)?(?:linkedin\.com/(?:in|pub)/"
            r"|github\.com/|gitlab\.com/"
            r"|twitter\.com/|x\.com/|instagram\.com/|facebook\.com/|fb\.com/|t\.me/"
            r"|tiktok\.com/@|reddit\.com/u(?:ser)?/"
            r"|medium\.com/@|youtube\.com/@|keybase\.io/|mastodon\.\w+/@|bsky\.app/profile/"
            r"|xing\.com/profile/)[\w.@%-]{2,60}",
            confidence="likely",
        ),
        cues=_PROFILE_WORDS,
        needs=f"(?i:{'|'.join(map(re.escape, _PROFILE_WORDS))})",
    ),
)
