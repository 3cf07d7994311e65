"""One's own posts on X, from an archive: what the person typed, without what X put around it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any, NamedTuple

from curate.finding import Hit
from curate.sources.chat.objects import list_in, text_in

# Handles have at most 15 letters, digits and underscores (X Help Center).
_MENTIONS = re.compile(r"(?:@\w{1,15}\s+)+(?:@\w{1,15}\s*\Z)?|@\w{1,15}\s*\Z")
_ENTITIES = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))
_CREATED = "%a %b %d %H:%M:%S %z %Y"
_CUT = re.compile(r"(?:…|\.\.\.)?\s*(?:https://t\.co/\w{1,20})?\s*\Z")
# A long post is known by its beginning; X cuts it behind 270 characters or more.
_SAME_CHARS, _SAME_SECONDS = 60, 5
_POST_CHARS = 400
_RETWEET = Hit("SRC076", "", "a post of somebody else that was passed on (RT @)")
_NO_WORDS = Hit("SRC074", "", "a post without words: a picture, or names alone")
_NO_POST = Hit("SRC077", "", "a post without an id or a text")


class Post(NamedTuple):
    """One post.

    Attributes:
        key: Its id.
        text: What was typed: links written out, names at the beginning of a reply left out.
        time: Seconds since 1970, or None.
        parent: The id of the post that it answers, or "".
        fault: Why it is no row, or None.
    """

    key: str
    text: str
    time: float | None
    parent: str
    fault: Hit | None


class LongPost(NamedTuple):
    """A post of more than 280 characters: cut among the posts, whole in a list of its own.

    Attributes:
        text: Its text, links written out.
        time: Seconds since 1970, or None.
    """

    text: str
    time: float | None


def mentioned(item: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the name and the user name of everybody whom a post mentions."""
    tweet = item.get("tweet")
    for each in list_in(tweet if isinstance(tweet, dict) else item, "entities", "user_mentions"):
        if handle := text_in(each, "screen_name"):
            yield text_in(each, "name"), handle


def post_of(item: dict[str, Any], longer: Iterable[LongPost] = ()) -> Post:
    """Return a post.

    Args:
        item: The object of the list: the post, or an object with the key `tweet`.
        longer: Long posts of about that time, whose text takes the place of a cut one.
    """
    tweet = item.get("tweet")
    tweet = tweet if isinstance(tweet, dict) else item
    key = text_in(tweet, "id_str") or text_in(tweet, "id")
    raw = text_in(tweet, "full_text") or text_in(tweet, "text")
    time = _created(text_in(tweet, "created_at"))
    parent = text_in(tweet, "in_reply_to_status_id_str") or text_in(tweet, "in_reply_to_status_id")
    if not key or not raw:
        return Post(key, "", time, parent, _NO_POST)
    if raw.startswith("RT @"):
        return Post(key, "", time, parent, _RETWEET)
    answers = parent or text_in(tweet, "in_reply_to_screen_name")
    text = _without_names(raw, tweet) if answers else raw
    text = _readable(text, tweet)
    for each in longer:
        begin = _CUT.sub("", text[:_POST_CHARS])[:_SAME_CHARS]
        if begin and each.text.lstrip().startswith(begin) and len(each.text) > len(text):
            text = each.text
            break
    return Post(key, text, time, parent, None if text else _NO_WORDS)


def long_post_of(item: dict[str, Any]) -> LongPost | None:
    """Return a long post; None for an object that holds none."""
    note = item.get("noteTweet")
    text = text_in(note, "core", "text") if isinstance(note, dict) else ""
    if not isinstance(note, dict) or not text.strip():
        return None
    for url in list_in(note, "core", "urls"):
        short, full = text_in(url, "shortUrl"), text_in(url, "expandedUrl")
        text = text.replace(short, full) if short and full else text
    return LongPost(_unescaped(text).strip(), iso_time(text_in(note, "createdAt")))


def near(posts: dict[int, list[LongPost]], time: float | None) -> list[LongPost]:
    """Return the long posts that were written within seconds of a time, by their minutes."""
    if time is None:
        return []
    minute = int(time // 60)
    close = [each for at in (minute - 1, minute, minute + 1) for each in posts.get(at, ())]
    return [p for p in close if p.time is not None and abs(p.time - time) <= _SAME_SECONDS]


def iso_time(text: str) -> float | None:
    """Return the seconds of a date in ISO 8601; None where it is none."""
    try:
        return datetime.fromisoformat(text).timestamp() if len(text) >= 19 else None
    except (ValueError, OverflowError):
        return None


def date_of(time: float | None) -> str | None:
    """Return the ISO date of a time; None where it has none."""
    try:
        return datetime.fromtimestamp(time, UTC).date().isoformat() if time is not None else None
    except (ValueError, OverflowError, OSError):
        return None


def _created(text: str) -> float | None:
    try:
        return datetime.strptime(text, _CREATED).timestamp()
    except (ValueError, OverflowError):
        return iso_time(text)


def _without_names(text: str, tweet: dict[str, Any]) -> str:
    """Return a reply without the names that X puts at its beginning.

    `display_text_range` says where the text begins; a name that the person typed stands behind.
    """
    found = _MENTIONS.match(text)
    if found is None:
        return text
    bounds = tweet.get("display_text_range")
    start = found.end()
    if isinstance(bounds, list) and bounds and str(bounds[0]).isdecimal():
        start = min(start, int(str(bounds[0])[:6]))
    return text[start:]


def _readable(text: str, tweet: dict[str, Any]) -> str:
    """Return a text with its short links written out, and those of its pictures left out."""
    for url in list_in(tweet, "entities", "urls"):
        short, full = text_in(url, "url"), text_in(url, "expanded_url")
        text = text.replace(short, full) if short and full else text
    for place in ("entities", "extended_entities"):
        for picture in list_in(tweet, place, "media"):
            text = text.replace(text_in(picture, "url") or "\0", "")
    return _unescaped(text).strip()


def _unescaped(text: str) -> str:
    if "&" in text:
        for entity, sign in _ENTITIES:
            text = text.replace(entity, sign)
    return text
