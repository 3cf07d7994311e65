"""Secrets: keys of services, private keys, tokens and passwords.

The forms of keys are those that their issuers document; the prefixes are theirs.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator

from curate.detect.late import late
from curate.detect.span import Detector, Place

# Prefix and body of keys that name their issuer, each in RE2's and Python's common syntax.
ISSUED: dict[str, str] = {
    "AWS": r"\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}\b",
    "GitHub": r"\b(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59})\b",
    "GitLab": r"\bgl(?:pat|dt|rt|ptt|oas)-[A-Za-z0-9_-]{20,}\b",
    "Slack": r"\bxox[abeoprs]-[A-Za-z0-9]{10,48}(?:-[A-Za-z0-9]{10,48}){1,3}\b",
    "Slack webhook": r"https://hooks\.slack\.com/(?:services|workflows)/[A-Z0-9]+/[A-Za-z0-9/]{20,}",
    "Stripe": r"\b(?:sk|rk)_live_[A-Za-z0-9]{16,}\b",
    "OpenAI": r"\bsk-(?:proj|svcacct|admin|None)-[A-Za-z0-9_-]{40,}\b"
    r"|\bsk-[A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{20}\b",
    "Anthropic": r"\bsk-ant-(?:api|admin|sid)\d{2}-[A-Za-z0-9_-]{80,}\b",
    "Google": r"\bAIza[A-Za-z0-9_-]{35}(?:[^A-Za-z0-9_-]|$)",
    "Google OAuth": r"\bya29\.[A-Za-z0-9_-]{30,}|\bGOCSPX-[A-Za-z0-9_-]{28}\b",
    "Hugging Face": r"\bhf_[A-Za-z]{34}\b",
    "npm": r"\bnpm_[A-Za-z0-9]{36}\b",
    "PyPI": r"\bpypi-AgEIcHlwaS5vcmc[A-Za-z0-9_-]{50,}\b",
    "SendGrid": r"\bSG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}\b",
    "Telegram": r"\b[0-9]{8,10}:AA[A-Za-z0-9_-]{33}\b",
    "DigitalOcean": r"\bdo[opr]_v1_[a-f0-9]{64}\b",
    "Azure storage": r"\bAccountKey=[A-Za-z0-9+/]{86}==",
    "Shopify": r"\bshp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}\b",
    "Databricks": r"\bdapi[a-f0-9]{32}\b",
    "Groq": r"\bgsk_[A-Za-z0-9]{52}\b",
    "Mailgun": r"\bkey-[a-f0-9]{32}\b",
}
_KEYS = "|".join(f"(?:{pattern})" for pattern in ISSUED.values())
_KEY_NEEDS = (
    r"AKIA|ASIA|ABIA|ACCA|gh[pousr]_|github_pat_|gl(?:pat|dt|rt|ptt|oas)-|xox[abeoprs]-"
    r"|hooks\.slack\.com|[sr]k_live_|sk-|AIza|ya29\.|GOCSPX-|hf_[A-Za-z]{34}|npm_|pypi-AgE|SG\."
    r"|:AA[A-Za-z0-9_-]{33}|do[opr]_v1_|AccountKey=|shp(?:at|ca|pa|ss)_|dapi[a-f0-9]{32}|gsk_"
    r"|key-[a-f0-9]{32}"
)
_EXAMPLE = late(
    r"(?i)example|sample|dummy|placeholder|your|xxxx|\.\.\.|test|fake|redacted|changeme|<|\*\*|0{8}"
    r"|1234567|abcdef|\{|\$"
)


def _not_an_example(found: re.Match[str]) -> bool:
    return _EXAMPLE.search(found.group()) is None


def _looks_random(found: re.Match[str]) -> bool:
    """Tell whether a value is no word: it has letters and digits, and few of them twice."""
    value = found["value"]
    if not _not_an_example(found):
        return False
    mixed = any(c.isdigit() for c in value) and any(c.isalpha() for c in value)
    return mixed and _bits(value) >= 3.0


def _bits(value: str) -> float:
    """Return the entropy of a text's characters in bits a character (Shannon 1948)."""
    counts = Counter(value).values()
    return -sum(n / len(value) * math.log2(n / len(value)) for n in counts)


_NOT_PASSWORDS = late(
    r"(?i)(?:password|passphrase|required|incorrect|wrong|invalid|correct|the|a|an|not|too|case|is"
    r"|must|should|protected|encrypted|hash(?:ed)?|reset|changed|secure|strong|weak|none|null|true"
    r"|false|string|input|value|str|self|args?|user|username|request|form|data|settings|config|env"
    r"|os|getpass|prompt|hidden|text|empty|blank|short|long|expired|set|sent|stored|used|needed"
    r"|your|my|their|his|her|our|that|this|what|it|being|to|for|and|or|of|in|at|by|on|with)\W?"
)


_WEAK = {"pass", "password", "passwd", "pwd", "secret", "user", "root", "admin", "port"}


def _is_password(found: re.Match[str]) -> bool:
    value = found["value"]
    if not _not_an_example(found) or _NOT_PASSWORDS.fullmatch(value):
        return False
    classes = [str.isdigit, str.islower, str.isupper]
    if re.fullmatch(r"[\w.]*[a-z]\.[a-z]\w*", value):
        return False  # a name in a program, `form.password`
    kinds = sum(any(map(test, value)) for test in classes) + (not value.isalnum())
    return kinds >= 2 and any(c.isdigit() or not c.isalnum() for c in value)


SECRETS: tuple[Detector, ...] = (
    Detector("issued-key", late(_KEYS), _KEY_NEEDS, _not_an_example),
    Detector(
        "private-key",
        late(
            r"-----BEGIN (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----"
            r"(?P<value>[\sA-Za-z0-9+/=:,\\-]{40,})"
        ),
        r"PRIVATE KEY",
    ),
    Detector(
        "json-web-token",
        late(r"(?<![\w-])eyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}"),
        r"eyJ[A-Za-z0-9_-]{10,}\.eyJ",
    ),
    Detector(
        "password-in-address",
        late(r"\b[a-z][a-z0-9+.-]{2,20}://[^\s:@/'\"<>]{1,60}:(?P<value>[^\s:@/'\"<>]{4,60})@"),
        r"://[^\s:@/]{1,60}:[^\s:@/]{4,60}@",
        lambda found: _not_an_example(found) and found["value"].lower() not in _WEAK,
    ),
    Detector(
        "bearer-token",
        late(r"(?i)\b(?:bearer|token)[ :=]+[\"']?(?P<value>[A-Za-z0-9_\-.=+/]{24,})"),
        r"(?i:bearer|token)[ :=]",
        _looks_random,
    ),
    Detector(
        "assigned-secret",
        late(
            r"(?i)(?<![\w-])[\w-]{0,60}(?:api[_-]?key|secret|access[_-]?key|auth[_-]?token"
            r"|client[_-]?secret"
            r"|private[_-]?key)[\w-]{0,20}[\"']?\s*(?:=|:"
            r"|=>)\s*[\"'](?P<value>[A-Za-z0-9_\-+/=.]{16,})[\"']"
        ),
        r"(?i:api[_-]?key|secret|access[_-]?key|auth[_-]?token|private[_-]?key)",
        _looks_random,
    ),
    Detector(
        "password-in-text",
        late(
            r"(?i)\b(?<!random )(?<!digit )(?<!generated )"
            r"(?:password|passwort|mot de passe|contraseña|passcode|pwd)\b[\"']?"
            r"(?:\s++(?:is|for [\w .]{1,30} is|ist|es)\s*+:?|\s*+[:=])\s*+[\"'`]?"
            r"(?P<value>[^\s\"'`,;()<>]{6,40}+)(?!\()"
        ),
        r"(?i:password|passwort|mot de passe|contraseña|passcode|pwd)",
        _is_password,
    ),
    Detector(
        "one-time-code",
        late(
            r"(?i)\b(?:verification|security|confirmation|one[- ]time|login|access|2fa|otp)"
            r" ?(?:pass ?)?(?:code|pin|password)\b[^\d\n]{0,20}"
            r"\b(?P<value>\d{4,8}|\d{3}[ -]\d{3})(?![\w-])"
        ),
        r"(?i:verification|security|confirmation|one[- ]time|login|access|2fa|otp)[ a-z]{0,6}"
        r"(?i:code|pin|password|passcode)",
        lambda found: found["value"] not in {"123456", "1234", "000000", "0000", "12345678"},
    ),
)


def secrets(text: str) -> Iterator[Place]:
    """Yield every secret of a text, kind by kind."""
    for detector in SECRETS:
        yield from detector.places(text)
