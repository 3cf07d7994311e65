"""QLT: questions in which a name, an address or a description stands for the thing itself."""

from __future__ import annotations

import re
from collections.abc import Iterator

from curate.checks.base import Rule, Spot, rule
from curate.checks.quality.asking import ASKING, USER, asked, only_text
from curate.checks.walk import Exchange
from curate.row import Row

_THING = (
    r"(?:images?|pictures?|photos?|photographs?|paintings?|artworks?|figures?|videos?|audio|songs?"
    r"|clips?|sketch|drawings?|diagrams?|charts?|graphs?|tables?|data|dataset|articles?|texts?"
    r"|passages?|paragraphs?|essays?|documents?|files?|links?|urls?|attached|attachments?|website"
    r"|web ?page|screenshots?|map|speech|poem|story|e-?mail|spreadsheet|sheet|report|recording"
    r"|conversation|review|recipe|resume|letter|pdf|logo|transcript|news)"
)
_STAND_IN = re.compile(
    r"(?i)\A(?:[\w ]{1,20}:[ \t]?)?"
    rf"(?P<held>[\[<({{](?:[a-z:]+[ ]){{0,2}}(?:{_THING}|insert|paste|enter)\b"
    r"[^\]>)}\n\"“=;|]{0,100}[\]>)}])[.,]?\Z"
)
_SLOT = re.compile(r"(?i)(?<!\w)[\[<({](?:insert|paste)[ ][^\]>)}\n=;]{2,60}[\]>)}]")
# A tag of a markup language, or the place of a medium in a text for LLaMA-Factory.
_TAG = re.compile(r"<[a-z]+\d?>|<[A-Z][a-z]+>")
_LONGEST_ASK = 400
_LONGEST_INSTRUCTION = 200


def _stand_in(exchange: Exchange) -> str | None:
    given = exchange.given
    if not given and len(exchange.instruction) <= _LONGEST_ASK:
        _, _, given = exchange.instruction.rpartition("\n")
        given = given if len(given) < len(exchange.instruction) else ""
    for line in given.splitlines():
        match = _STAND_IN.match(line.strip())
        if match and not _TAG.fullmatch(match["held"]) and "</" not in given:
            return match["held"]
    if len(exchange.instruction) > _LONGEST_INSTRUCTION:
        return None
    slot = _SLOT.search(exchange.instruction)
    return slot.group() if slot else None


@rule(
    "QLT050",
    "stand-in-for-text",
    severity="warning",
    kinds=ASKING,
    needs=rf"(?:^|\W)(?i:[\[<({{](?:[a-z:]+[ ]){{0,2}}(?:{_THING}|insert|paste|enter)\b)",
    roles=USER,
)
def stand_in_for_text(row: Row) -> Iterator[Spot]:
    """Where the text or picture should be, a bracket says what should be there.

    Why: the answer is about something that the model never sees, so it learns to invent.
    Example: instruction "Summarize the article.", input "[Insert article here]"
    Fix: put the text in, or remove the row.
    Source: AlpacaDataCleaned (README, point 1, "<Picture Attached>"); defect in published
    data: Alpaca.
    """
    if not only_text(row):
        return
    for exchange in asked(row):
        if (held := _stand_in(exchange)) is not None:
            message = "a bracket stands for what the question is about, expected the thing itself"
            yield Spot(exchange.question.pointer, message, held)


_DOCUMENT = r"(?:article|document|essay|report|paragraph|passage|poem|video|painting|recording)"
_DESCRIBED = re.compile(
    rf"(?i)(?:(?:the|this|an?) )?(?:[a-z]+ )?(?P<what>{_DOCUMENT})(?:\.?|,? "
    r"(?:(?:is|was) (?:about|an?|on|titled|called)|about|(?:is )?titled|on|title:|discuss(?:es|ed)"
    r"|will (?:discuss|explore|document|explain)|talks about|explores|explains|looks at|describes"
    r"|suggests|stated|argues|examines|has \w+ \w+ of)\b.{0,200}| title: .{0,120})"
)


@rule(
    "QLT051",
    "described-text",
    severity="info",
    kinds=ASKING,
    needs=rf"\n(?i:(?:the |this |an? )?(?:[a-z]+ )?{_DOCUMENT}\b)[^\n]*$",
    roles=USER,
)
def described_text(row: Row) -> Iterator[Spot]:
    """The input says what an article is about, and the task needs the article.

    Why: the answer reports what the text says, and there is no text: the model learns to invent.
    Example: instruction "List the findings of the article.", input "The article is about rivers."
    Fix: put the text in, or remove the row.
    Source: defect in published data: Alpaca.
    """
    for exchange in asked(row):
        given = exchange.given.strip()
        match = _DESCRIBED.fullmatch(given) if "\n" not in given else None
        if match and re.search(rf"(?i)\b{match['what']}", exchange.instruction):
            message = f"the input describes the {match['what'].lower()}, expected its text"
            yield Spot(exchange.question.pointer, message, given)


_MEDIUM = r"\.(?:jpe?g|png|gif|bmp|tiff?|svg|webp|heic|mp3|wav|ogg|flac|m4a|mp4|avi|mov|mkv|webm)"
_LINK_CHARS = 2_000
_MEDIUM_INPUT = re.compile(
    r"(?i)(?:[\w ]{1,20}:\s?)?(?:!\[[^\]\n]*\]\(https?:[^)\n]+\)|<img\s[^>\n]+>|<image: ?[^>\n]+>"
    rf"|[\"'(<]?(?:https?://\S+?|[\w./\\-]+){_MEDIUM}(?:\?\S*)?[\"')>]?)\.?"
)
_LINK_INPUT = re.compile(
    r"(?i)\A(?P<head>.*?)[\[(<\"]?(?P<link>(?:https?://|www\.)[^\s\])>\"]+)"
    r"[\])>\"]?\.?\Z",
    re.DOTALL,
)
# Tasks on the address or on the name of a file itself.
_TECHNICAL = re.compile(
    r"(?i)\b(?:code|functions?|programs?|scripts?|regexp?|regular expressions?|html|css|xml|json"
    r"|curl|apis?|request|https?|parse|domain|host ?name|protocol|query|button|tags?|strings?"
    r"|hyperlinks?|links? from|algorithm|scrape|scraper|crawl|download|javascript|python|java"
    r"|url (?:is|to|into)|valid|uri|shorten|encode|decode|format|cite|citation|reference|anchor"
    r"|bibliography|markdown|file ?names?|extension|rename|path|redirect|command|webpack|react"
    r"|component)\b"
)
_ABOUT = re.compile(
    r"(?i)\b(?:article|articles|story|post|blog|news|papers?|sources?|page|web ?page|web ?site|site"
    r"|home ?page|(?:the|this|an?) (?:certain )?link|photo|picture|image|painting|drawing|art"
    r"|artwork|song|music|piece|video|trailer|clip|podcast|spreadsheet|document|content|contents|recipe|movie|essay|figure|shape"
    r"|map|chart|logo|design|tree|plant|animal)\b"
)
# What a well-known site is follows from its address.
_BY_NAME = re.compile(r"(?i)\b(?:classify|categori[sz]e|name of)\b")
_HOME = re.compile(r"(?:https?://)?[^/]+/?")
_LONGEST_HEAD = 240


@rule(
    "QLT052",
    "link-for-text",
    severity="warning",
    kinds=ASKING,
    needs=r"(?i:https?://|www\.)[^ \t\n]*[ \t\n]*$",
    roles=USER,
)
def link_for_text(row: Row) -> Iterator[Spot]:
    """The question is about a page of which only the address is given.

    Why: the model cannot open it, so the answer teaches it to invent what the page says.
    Example: instruction "Summarize the article.", input "https://news.example/2020/rivers"
    Fix: put the page's text in, give the row a tool that opens pages, or remove the row.
    Source: AlpacaDataCleaned (README, point 1, "Hallucinations"); defect in published data:
    Alpaca.
    """
    if not only_text(row):
        return
    for exchange in asked(row):
        match = _LINK_INPUT.match(exchange.question.text.strip())
        if match is None or len(match["head"]) > _LONGEST_HEAD or _is_medium(exchange):
            continue
        known = _BY_NAME.search(match["head"]) and _HOME.fullmatch(match["link"])
        if not known and _ABOUT.search(match["head"]) and not _TECHNICAL.search(match["head"]):
            message = "the question is about a page, and only its address is given"
            yield Spot(exchange.question.pointer, message, match["link"])


def _is_medium(exchange: Exchange) -> bool:
    given = exchange.given.strip()
    return len(given) <= _LINK_CHARS and _MEDIUM_INPUT.fullmatch(given) is not None


@rule(
    "QLT053",
    "medium-as-text",
    severity="warning",
    kinds=ASKING,
    needs=rf"\n[^\n]*(?i:\]\(https?:|<img\s|<image:|{_MEDIUM})[^\n]*$",
    roles=USER,
)
def medium_as_text(row: Row) -> Iterator[Spot]:
    """The input is the name or address of a picture, sound or film, as plain text.

    Why: the model reads the letters of the address; it sees no picture and learns to invent one.
    Example: instruction "Describe the photo.", input "![photo](https://pictures.example/1.jpg)"
    Fix: give it as a medium of the row (`images`, `videos`, `audios`), or remove the row.
    Source: AlpacaDataCleaned (`tools/tool_inputcheck.py`, img_pattern); defect in published data:
    Alpaca.
    """
    if not only_text(row):
        return
    for exchange in asked(row):
        if _is_medium(exchange) and not _TECHNICAL.search(exchange.instruction):
            message = "the input is a medium's address in text, expected a medium of the row"
            yield Spot(exchange.question.pointer, message, exchange.given.strip())


RULES: tuple[Rule, ...] = (stand_in_for_text, described_text, link_for_text, medium_as_text)
