"""Keys of services, private keys and tokens, as their issuers write them; examples included."""

from __future__ import annotations

import re
from collections.abc import Iterator

from curate.detect.finder import Finder, Hit, by_pattern
from curate.detect.late import late
from curate.detect.secrets import ISSUED

# Issuers beside those that the checks report: prefixes of which a key has one, in lower case, and
# its form, as the issuer's own documentation has them.
MORE_ISSUED: dict[str, tuple[str, str]] = {
    "AWS": ("akia asia abia acca", r"\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}\b"),
    "Anthropic": ("sk-ant-", r"\bsk-ant-[A-Za-z0-9_-]{20,}"),
    "OpenAI": ("sk-", r"\bsk-[A-Za-z0-9_-]{32,}"),
    "Hugging Face": ("hf_ api_org_", r"\b(?:hf|api_org)_[A-Za-z0-9]{30,40}\b"),
    "Stripe": (
        "k_live_ k_test_ whsec_",
        r"\b(?:sk|rk|pk)_(?:live|test)_[A-Za-z0-9]{16,}\b|\bwhsec_[A-Za-z0-9+/]{24,}",
    ),
    "Twilio": ("sk ac", r"\b(?:SK|AC)[0-9a-f]{32}\b"),
    "Mailchimp": ("-us", r"\b[0-9a-f]{32}-us\d{1,2}\b"),
    "Azure": (
        "accesskey= accountkey= q~",
        r"\b(?:SharedAccessKey|AccountKey)=[A-Za-z0-9+/=]{40,}|\b[\w.~-]{3}\dQ~[\w.~-]{31,34}",
    ),
    "Discord": ("m n o", r"\b[MNO][A-Za-z0-9_-]{23,27}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,45}\b"),
    "Discord webhook": (
        "/webhooks/",
        r"https://(?:\w+\.)?discord(?:app)?\.com/api/webhooks/\d{5,25}/[\w-]{20,}",
    ),
    "Slack": (
        "xapp- xox",
        r"\bxapp-\d-[A-Z0-9]{8,15}-\d{8,20}-[a-f0-9]{32,80}\b|\bxox[a-z]-[A-Za-z0-9-]{20,}",
    ),
    "GitLab": ("gl", r"\bgl[a-z]{2,6}-[A-Za-z0-9_-]{20,}"),
    "Square": ("sq0 eaaa", r"\b(?:sq0[a-z]{3}-[\w-]{22,43}|EAAA[\w-]{60})"),
    "Vault": ("hvs. hvb. hvr.", r"\bhv[sbr]\.[A-Za-z0-9_-]{24,}"),
    "Terraform": (".atlasv1.", r"\b[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_=-]{60,}"),
    "Atlassian": ("att3", r"\bAT[AC]TT3[A-Za-z0-9_=-]{60,}"),
    "Docker": ("dckr_", r"\bdckr_(?:pat|oat)_[A-Za-z0-9_-]{27,}"),
    "RubyGems": ("rubygems_", r"\brubygems_[a-f0-9]{48}\b"),
    "Supabase": ("sbp_ sbs_ sbt_", r"\bsb[pst]_[a-z0-9_-]{30,}\b"),
    "Replicate": ("r8_", r"\br8_[A-Za-z0-9]{37}\b"),
    "xAI": ("xai-", r"\bxai-[A-Za-z0-9]{60,}\b"),
    "Perplexity": ("pplx-", r"\bpplx-[A-Za-z0-9]{40,}\b"),
    "Notion": ("secret_ ntn_", r"\b(?:secret_[A-Za-z0-9]{43}|ntn_[A-Za-z0-9]{40,})\b"),
    "Linear": ("lin_", r"\blin_(?:api|oauth)_[A-Za-z0-9]{32,}\b"),
    "Figma": ("fig", r"\bfig[dou]r?_[A-Za-z0-9_-]{40,}"),
    "Airtable": ("pat", r"\bpat[A-Za-z0-9]{14}\.[a-f0-9]{64}\b"),
    "Grafana": ("glsa_ glc_", r"\bgl(?:sa|c)_[A-Za-z0-9_+/=]{32,}"),
    "New Relic": ("nrak-", r"\bNRAK-[A-Z0-9]{27}\b"),
    "Postman": ("pmak-", r"\bPMAK-[a-f0-9]{24}-[a-f0-9]{34}\b"),
    "Sentry": ("sntry", r"\bsntry[su]_[A-Za-z0-9+/=_]{40,}"),
    "Dropbox": ("sl.", r"\bsl\.[A-Za-z0-9_-]{100,}"),
    "age": ("age-secret-key-", r"\bAGE-SECRET-KEY-1[0-9A-Z]{58}\b"),
}
_PREFIXES = {
    "AWS": "akia asia abia acca",
    "GitHub": "ghp_ gho_ ghu_ ghs_ ghr_ github_pat_",
    "GitLab": "gl",
    "Slack": "xox",
    "Slack webhook": "hooks.slack",
    "Stripe": "k_live_",
    "OpenAI": "sk-",
    "Anthropic": "sk-ant-",
    "Google": "aiza",
    "Google OAuth": "ya29. gocspx-",
    "Hugging Face": "hf_",
    "npm": "npm_",
    "PyPI": "pypi-",
    "SendGrid": "sg.",
    "Telegram": ":aa",
    "DigitalOcean": "_v1_",
    "Azure storage": "accountkey=",
    "Shopify": "shp",
    "Databricks": "dapi",
    "Groq": "gsk_",
    "Mailgun": "key-",
}
_FORMS = tuple(
    (tuple(prefixes.split()), late(pattern))
    for prefixes, pattern in (
        *MORE_ISSUED.values(),
        *((_PREFIXES[name], pattern) for name, pattern in ISSUED.items()),
    )
)
# What stands in every key, without its length; both engines read it alike.
_ISSUED_NEEDS = (
    r"A[KSBC][IC]A[A-Z0-9]{16}|sk-[A-Za-z0-9_-]{20}|hf_[A-Za-z0-9]{30}|api_org_|k_(?:live|test)_"
    r"|whsec_|SK[0-9a-f]{32}|AC[0-9a-f]{32}|[0-9a-f]{32}-us[0-9]|AccessKey=|AccountKey=|[0-9]Q~"
    r"|[MNO][A-Za-z0-9_-]{23,27}\.[A-Za-z0-9_-]{6}\.|api/webhooks/[0-9]|xapp-[0-9]|xox[a-z]-"
    r"|gl[a-z]{2,6}-[A-Za-z0-9_-]{20}|sq0[a-z]{3}-|EAAA|hv[sbr]\.[A-Za-z0-9_-]{24}|\.atlasv1\."
    r"|AT[AC]TT3|dckr_|rubygems_|sb[pst]_[a-z0-9_-]{30}|r8_[A-Za-z0-9]{37}|xai-[A-Za-z0-9]{60}"
    r"|pplx-|secret_[A-Za-z0-9]{43}|ntn_|lin_(?:api|oauth)_|fig[dou]r?_|pat[A-Za-z0-9]{14}\."
    r"|gl(?:sa|c)_|NRAK-|PMAK-|sntry[su]_|sl\.[A-Za-z0-9_-]{100}|AGE-SECRET-KEY-1"
    r"|gh[pousr]_[A-Za-z0-9]{36}|github_pat_|hooks\.slack\.com|AIza|ya29\.|GOCSPX-|npm_"
    r"|pypi-AgE|SG\.[A-Za-z0-9_-]{22}|:AA[A-Za-z0-9_-]{33}|do[opr]_v1_|shp(?:at|ca|pa|ss)_"
    r"|dapi[a-f0-9]{32}|gsk_|key-[a-f0-9]{32}"
)


def _issued(text: str, region: str | None) -> Iterator[Hit]:
    """Find keys by their issuers' forms."""
    lower = text.lower()
    for prefixes, pattern in _FORMS:
        if any(prefix in lower for prefix in prefixes):
            for found in pattern.finditer(text):
                yield Hit(*found.span(), "certain")


_BEGIN = re.compile(r"-----BEGIN ([A-Z0-9][A-Z0-9 ]{0,60})-----")
_ARMOUR = re.compile(r"(?:[A-Za-z-]{3,20}: [^\n]{0,200}\r?\n)*(?:\\[nr]|[\sA-Za-z0-9+/=>])*")


def _blocks(text: str, region: str | None) -> Iterator[Hit]:
    """Find blocks of RFC 7468 and of OpenPGP; one whose end is missing ends with its base64.

    The text of a message signed in clear is no block.
    """
    at = 0
    end = 0
    while found := _BEGIN.search(text, at):
        at = found.end()
        if found[1] == "PGP SIGNED MESSAGE":
            continue
        if end != -1 and end < at:
            end = text.find("-----END ", at)
        body = _ARMOUR.match(text, at)
        stop = body.end() if body else at
        close = re.compile(r"-----END [A-Z0-9 ]{1,61}-----").match(text, stop)
        if close:
            stop = close.end()
        elif end != -1 and end - at <= 65536 and text.find("-----BEGIN ", at, end) == -1:
            line = text.find("-----", end + 9)
            stop = line + 5 if -1 < line <= end + 80 else end + 9
        else:
            stop = found.start() + len(text[found.start() : stop].rstrip())
        yield Hit(found.start(), stop, "certain")
        at = max(at, stop)


KEYS = (
    Finder("issued-key", "key", _issued, tokens=True, needs=_ISSUED_NEEDS),
    Finder(
        "cloud-secret",
        "key",
        by_pattern(
            r"(?i:aws|amazon)[^\n]{0,20}?(?i:secret)[^\n]{0,20}?[=:\s\"']{1,4}"
            r"(?P<value>[A-Za-z0-9+/]{40})(?![A-Za-z0-9+/=])"
        ),
        cues=("aws", "amazon"),
        digits=1,
        around=(2, 100),
        needs=r"(?i:aws|amazon)[^\n]*(?i:secret)",
    ),
    Finder(
        "key-block",
        "key",
        _blocks,
        cues=("-----begin ",),
        rule="RFC 7468; RFC 9580, section 6",
        needs="-----BEGIN ",
    ),
    Finder(
        "ssh-key",
        "key",
        by_pattern(
            r"(?<![\w-])(?:ssh-(?:rsa|ed25519|dss)|ecdsa-sha2-nistp\d{3}"
            r"|sk-ssh-ed25519@openssh\.com)"
            r"[ ]AAAA[A-Za-z0-9+/=]{20,}(?:[ ][\w.@-]{1,80})?"
        ),
        cues=(" aaaa",),
        rule="RFC 4253, section 6.6",
        needs=" AAAA",
    ),
    Finder(
        "json-web-token",
        "key",
        by_pattern(
            r"(?<![\w-])eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]{0,8192}){1,3}"
        ),
        tokens=True,
        rule="RFC 7519",
        needs="eyJ",
    ),
    Finder(
        "bearer-token",
        "key",
        by_pattern(
            r"(?i)(?<![\w-])(?:bearer|basic"
            r"|token)[ \t]{1,2}(?P<value>[A-Za-z0-9_\-.=+/~]{20,8192})(?![\w-])",
            lambda found: any(map(str.isdigit, found["value"])) and "://" not in found["value"],
            confidence="likely",
        ),
        cues=("bearer ", "basic ", "token "),
        digits=1,
        around=(2, 200),
        rule="RFC 6750; RFC 7617",
        needs=r"(?i:bearer|basic|token)[ \t]{1,2}[A-Za-z0-9_\-.=+/~]{20}",
    ),
)
