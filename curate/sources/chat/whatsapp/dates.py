"""The head of a WhatsApp message: its date, its time, and in which order a date's numbers stand."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date

# Before and after noon, as the phone's language writes it: Unicode CLDR 46, `dayPeriods`.
_BEFORE = """am a.m. vorm. fm f.m. ap. de. ÖÖ π.μ. пр.об. дп д.п. ص ق.ظ. ق.م. قبل|دوپہر
לפנה״צ לפנה"צ पूर्वाह्न म.पू. ਪੂ.ਦੁ. முற்பகல் ಪೂರ್ವಾಹ್ನ ก่อนเที่ยง នព្រឹក နံနက် ጥዋት ዓ/ዓ SA PG PD p.d. pr.|p. dop.
上午 凌晨 清晨 早上 오전 午前 dopo|mezzanotte"""
_AFTER = """pm p.m. nachm. em e.m. ip. du. ÖS μ.μ. сл.об. пп п.п. م ب.ظ. ب.م. بعد|دوپہر אחה״צ אחה"צ
अपराह्न म.उ. ਬਾ.ਦੁ. பிற்பகல் ಅಪರಾಹ್ನ หลังเที่ยง ល្ងាច ညနေ ከሰዓት ከ/ሰ CH PTG MD m.d. po|p. odp.
下午 晚上 傍晚 中午 오후 午後"""
_SPACE = "[ \u00a0\u202f]"
_MARKS = "\u200e\u200f"
_MARK = "[\u200e\u200f\u202a-\u202e\u2066-\u2069\u061c\ufeff]"
_HALF = r"(?!T\d)[^\W\d_][^\d\n\[\]:,-]{0,15}?"
HEAD = re.compile(
    rf"^{_MARK}{{0,3}}(?P<open>\[)?{_MARK}?"
    rf"(?P<a>\d{{1,4}})(?P<sep>(?:{_MARK}?[./-]|年|년){_SPACE}?)"
    rf"(?P<b>\d{{1,2}})(?:{_MARK}?[./-]|月|월){_SPACE}?"
    rf"(?P<c>\d{{1,4}})(?:\.|日|일)?(?:{_SPACE}г\.)?"
    rf"{_MARK}?[,،、]?{_SPACE}?(?:(?P<before>{_HALF}){_SPACE}?)?"
    rf"(?P<hour>\d{{1,2}})[:.](?P<minute>\d{{2}})(?:[:.](?P<second>\d{{2}}))?"
    rf"(?:{_SPACE}?(?P<after>{_HALF}))?"
    rf"(?P<close>\]|{_SPACE}[-–])(?:{_SPACE}|(?=$))"
    rf"(?P<rest>[^\n]*)",
    re.MULTILINE,
)

ORDERS = ("dmy", "mdy", "ymd", "ydm")
_PLACES = {order: tuple(order.index(field) for field in "ymd") for order in ORDERS}
# WhatsApp began in 2009; a later year than this is another calendar's.
_FIRST_YEAR, _LAST_YEAR = 2009, 2100
_BUDDHIST = 543
# A chat holds pasted lines that look like heads: so many dates may be wrong, one in a hundred.
_ONE_IN = 100
Numbers = tuple[str, str, str]


def _plain(mark: str) -> str:
    return re.sub(r"[\s.]", "", mark).casefold()


def _marks(words: str) -> frozenset[str]:
    return frozenset(_plain(word.replace("|", " ")) for word in words.split())


_IS_BEFORE, _IS_AFTER = _marks(_BEFORE), _marks(_AFTER)
# Words between a date and a time that say nothing of the half of the day: "à", "kl.", "um".
_AT = _marks("at à às alle a las um om kl klo lúc o godz în в у saat pukul ч г")


def numbers_of(head: re.Match[str]) -> Numbers:
    """Return the three numbers of a head's date, in the order of the line."""
    return head["a"], head["b"], head["c"]


def seconds_of(
    hour: str, minute: str, second: str | None, before: str | None, after: str | None
) -> int | None:
    """Return the seconds since midnight; None where a mark or a number says nothing known.

    Args:
        hour: The hour's digits, in any script; `minute` and `second` alike.
        minute: The minute.
        second: The second, or None.
        before: What stands between the date and the time, or None.
        after: What stands behind the time, or None.
    """
    hours, minutes, rest = int(hour), int(minute), int(second or 0)
    if minutes > 59 or rest > 60 or hours > 24:
        return None
    if before is None and after is None:
        return hours * 3600 + minutes * 60 + rest
    for mark in (before, after):
        plain = _plain(mark) if mark else ""
        if not plain or plain in _AT:
            continue
        if plain in _IS_AFTER:
            noon = plain == "中午" and hours == 11
            hours += 12 if hours < 12 and not noon else 0
        elif plain in _IS_BEFORE:
            hours -= 12 if hours == 12 else 0
        else:
            return None
    return hours * 3600 + minutes * 60 + rest


def day_of(numbers: Numbers, order: str) -> int | None:
    """Return the day that three numbers name, as days since 1970; None where there is none such.

    A year of two digits is of this century; a year of the Buddhist calendar (Thailand) is turned
    into one of the common calendar.
    """
    places = _PLACES[order]
    year_text = numbers[places[0]]
    year, month, day = (int(numbers[place]) for place in places)
    if len(year_text) <= 2:
        year += 2000
    elif year >= _LAST_YEAR + 300:
        year -= _BUDDHIST
    if not (_FIRST_YEAR <= year <= _LAST_YEAR and 1 <= month <= 12):
        return None
    if not 1 <= day <= monthrange(year, month)[1]:
        return None
    return date(year, month, day).toordinal() - date(1970, 1, 1).toordinal()


class Order:
    """In which order the numbers of a chat's dates stand, found over all of them.

    An order in which more than one date in a hundred does not exist, or is before WhatsApp, is
    none. Of the others it is the one with the fewest such dates, and then the one in which time
    runs back least often: an export is written in the order of time. Where several are alike, what
    no language of CLDR 46 writes is left out: a year of two digits before a slash, a day behind a
    year of four digits, and a month or a year before a dot that no space follows. Else it is
    unknown.
    """

    def __init__(self) -> None:
        self._seen = 0
        self._last: dict[str, int] = dict.fromkeys(ORDERS, -1)
        self._wrong: dict[str, int] = dict.fromkeys(ORDERS, 0)
        self._back: dict[str, int] = dict.fromkeys(ORDERS, 0)
        self._signs: set[str] = set()
        self._year_first = True

    def see(self, numbers: Numbers, separator: str) -> None:
        """Take the date of the next message; call it only where it differs from the last one."""
        self._seen += 1
        self._signs.add(separator)
        self._year_first = self._year_first and len(numbers[0]) == 4
        for order in ORDERS:
            day = day_of(numbers, order)
            if day is None:
                self._wrong[order] += 1
                continue
            self._back[order] += day < self._last[order]
            self._last[order] = day

    def decided(self) -> str | None:
        """Return the order, or None where it is unknown."""
        left = [order for order in ORDERS if self._wrong[order] * _ONE_IN <= self._seen]
        for count in (self._wrong, self._back):
            fewest = min((count[order] for order in left), default=0)
            left = [order for order in left if count[order] == fewest]
        if len(left) > 1:
            left = [order for order in left if order in self._written()]
        return left[0] if len(left) == 1 and self._seen else None

    def _written(self) -> tuple[str, ...]:
        """Return the orders that some language writes with the separators of the chat."""
        if self._year_first:
            return ("ymd",)
        plain = {sign.strip(_MARKS) for sign in self._signs}
        return {"/": ("dmy", "mdy"), ".": ("dmy",)}.get("".join(plain), ORDERS)
