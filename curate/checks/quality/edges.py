"""Looks at where all texts of a batch begin and end, as columns."""

from __future__ import annotations

from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from curate.checks.base import Screen
from curate.checks.columns import Bytes, Indices, Mask, Texts
from curate.checks.quality.learned import ANSWERS, BLANK, QUESTIONS

# Steps over white space and signs before a text is looked at by itself.
_STEPS = 16
_KEY_BYTES = 8
_LONG_KEY = 32
_HEAD = 64


class _Views:
    """What several rules ask of one batch, worked out once."""

    def __init__(self, texts: Texts) -> None:
        self.values = texts.values
        self.said: Mask = texts.of_roles(ANSWERS)
        self.asked: Mask = texts.of_roles(QUESTIONS)
        self.questions = texts.at(self.asked).values
        answers = pc.utf8_trim_whitespace(texts.at(self.said).values)
        self.heads = pc.utf8_slice_codeunits(answers, 0, _HEAD)
        self.ends = _visible_ends(texts)


_last: list[_Views] = []


def _views(texts: Texts) -> _Views:
    if not _last or _last[0].values is not texts.values:
        _last[:] = [_Views(texts)]
    return _last[0]


def visible_ends(texts: Texts) -> Indices:
    """Return where each text ends in `texts.flat` without the white space behind it."""
    return _views(texts).ends


def last_bytes(texts: Texts) -> Bytes:
    """Return the last byte of each text that is not white space, 0 where there is none."""
    data, starts, ends = texts.flat
    if not len(data):
        return np.zeros(len(starts), dtype=np.uint8)
    ends = visible_ends(texts)
    return np.where(ends > starts, data[np.maximum(ends - 1, 0)], 0).astype(np.uint8)


def _visible_ends(texts: Texts) -> Indices:
    data, starts, ends = texts.flat
    ends = ends.copy()
    if not len(data):
        return ends
    at = np.flatnonzero(ends > starts)
    for _ in range(_STEPS):
        at = at[ends[at] > starts[at]]
        at = at[_blank()[data[ends[at] - 1]]]
        if not len(at):
            return ends
        ends[at] -= 1
    for each in at.tolist():
        text = data[starts[each] : ends[each]].tobytes()
        ends[each] = starts[each] + len(text.rstrip(BLANK.encode()))
    return ends


@cache
def _blank() -> Mask:
    return _table(BLANK)


@cache
def _table(signs: str) -> Mask:
    """Return for each byte whether the UTF-8 of one of some signs ends with it."""
    table = np.zeros(256, dtype=np.bool_)
    table[[sign.encode()[-1] for sign in signs]] = True
    return table


def ends_with(texts: Texts, signs: str) -> Mask:
    """Return which texts of the assistant may end with one of some signs before white space."""
    return np.asarray(_table(signs)[last_bytes(texts)]) & texts.of_roles(ANSWERS)


def matching_among(texts: Texts, some: Mask, pattern: str) -> Mask:
    """Return which texts of a mask a pattern (RE2) is found in; the others are not looked at."""
    found = np.zeros(len(some), dtype=np.bool_)
    if some.any():
        found[some] = texts.at(some).matching(pattern)
    return found


def begins(pattern: str) -> Screen:
    """Return a screen for the assistant's texts that begin with a pattern (`^…`).

    White space and what the pattern passes over before the first word may be `_HEAD` long.
    """

    def screen(texts: Texts) -> Mask:
        views = _views(texts)
        return _spread(views.said, pc.match_substring_regex(views.heads, pattern))

    return screen


def heads_matching(texts: Texts, length: int, pattern: str) -> Mask:
    """Return which of the assistant's texts have a pattern in their first so many characters."""
    said = texts.of_roles(ANSWERS)
    heads = pc.utf8_slice_codeunits(texts.at(said).values, 0, length)
    return _spread(said, pc.match_substring_regex(heads, pattern))


def asked(pattern: str) -> Screen:
    """Return a screen for the user's texts that a pattern is found in; no other text is read."""

    def screen(texts: Texts) -> Mask:
        views = _views(texts)
        return _spread(views.asked, pc.match_substring_regex(views.questions, pattern))

    return screen


def _spread(some: Mask, found: pa.Array) -> Mask:
    """Return the mask of all texts of a result that was worked out for some of them."""
    whole = some.copy()
    whole[some] = found.to_numpy(zero_copy_only=False)
    return whole


def first_keys(texts: Texts) -> Indices:
    """Return a number for how each text begins: its first 32 bytes, whatever their case.

    ASCII signs before the first letter are passed over; shorter texts have the number 0.
    """
    data, starts, ends = texts.flat
    keys = np.zeros(len(starts), dtype=np.int64)
    if not len(data):
        return keys
    firsts = _passed_over(data, starts, ends, ~_letters())
    whole = ends - firsts >= _LONG_KEY
    for at_byte in range(0, _LONG_KEY, _KEY_BYTES):
        part = _keys(data, firsts + at_byte, np.where(whole, _LONG_KEY, 0))
        keys = keys * np.int64(31) + part
    return keys


def _passed_over(data: Bytes, starts: Indices, ends: Indices, passed: Mask) -> Indices:
    """Return the first byte of each text that is not one of those to pass over."""
    firsts = starts.copy()
    at = np.flatnonzero(ends > starts)
    for _ in range(_STEPS):
        at = at[passed[data[firsts[at]]]]
        firsts[at] += 1
        at = at[firsts[at] < ends[at]]
        if not len(at):
            return firsts
    for each in at.tolist():
        stops = np.flatnonzero(~passed[data[firsts[each] : ends[each]]])
        firsts[each] = firsts[each] + stops[0] if len(stops) else ends[each]
    return firsts


def last_keys(texts: Texts) -> Indices:
    """Return a number for how each text ends, white space not counted; 0 for short texts."""
    data, starts, _ = texts.flat
    ends = visible_ends(texts)
    return _keys(data, ends - _KEY_BYTES, ends - starts)


def _keys(data: Bytes, firsts: Indices, lengths: Indices) -> Indices:
    keys = np.zeros(len(firsts), dtype=np.int64)
    at = np.flatnonzero(lengths >= _KEY_BYTES)
    if len(at):
        eight = data[firsts[at][:, None] + np.arange(_KEY_BYTES)] | 0x20
        keys[at] = np.ascontiguousarray(eight).view(np.int64)[:, 0]
    return keys


@cache
def _letters() -> Mask:
    table = np.zeros(256, dtype=np.bool_)
    table[0x80:] = True
    table[[byte for byte in range(128) if chr(byte).isalnum()]] = True
    return table


def shared(texts: Texts, keys: Indices, first: str, second: str) -> Mask:
    """Return which texts of the role `first` have a key that one of `second` has in their row."""
    ones, others = texts.of_roles((first,)) & (keys != 0), texts.of_roles((second,)) & (keys != 0)
    found = np.zeros(len(keys), dtype=np.bool_)
    if ones.any() and others.any():
        # A mix that may rarely say yes for two different pairs; the rule itself then looks.
        mixed = keys * np.int64(1_000_003) + texts.rows
        found[ones] = np.isin(mixed[ones], mixed[others])
    return found


def widths(texts: Texts) -> Indices:
    """Return `width` of each text."""
    letters = pc.utf8_length(texts.values).to_numpy(zero_copy_only=False)
    return np.asarray((texts.lengths - letters) * 100 // np.maximum(letters, 1))


def width(text: str) -> int:
    """Return the bytes of a text beyond one for each character, in hundredths of these."""
    return (len(text.encode()) - len(text)) * 100 // max(len(text), 1)


def halves_alike(texts: Texts) -> Mask:
    """Return which texts may be one text said two or three times."""
    data, starts, _ = texts.flat
    found = np.zeros(len(starts), dtype=np.bool_)
    if not len(data):
        return found
    ends = visible_ends(texts)
    starts = _passed_over(data, starts, ends, _blank())
    lengths = ends - starts
    at = np.flatnonzero((lengths >= 4 * _KEY_BYTES) & texts.of_roles(ANSWERS))
    for parts in (2, 3):
        for gap in range(5):
            # n characters twice with a gap between: the second begins (length + gap) / 2 in.
            place = starts[at] + (lengths[at] + gap) // parts
            same = data[starts[at]] == data[place]
            some = at[same]
            begin = _keys(data, starts[some], lengths[some])
            found[some] |= begin == _keys(data, place[same], lengths[some])
    return found
