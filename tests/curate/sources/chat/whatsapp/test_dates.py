"""Heads of messages: dates of many phones, halves of the day, the order of a date's numbers."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.sources.chat.whatsapp.dates import (
    HEAD,
    ORDERS,
    Order,
    day_of,
    numbers_of,
    seconds_of,
)


def parsed(line, order):
    """Return the time and the rest of a line; None where it is no head."""
    head = HEAD.match(line)
    if head is None:
        return None
    day = day_of(numbers_of(head), order)
    seconds = seconds_of(*head.group("hour", "minute", "second", "before", "after"))
    if day is None or seconds is None:
        return None, head["rest"]
    return datetime.fromtimestamp(day * 86_400 + seconds, UTC).isoformat()[:19], head["rest"]


@pytest.mark.parametrize(
    ("line", "order", "time"),
    [
        ("[31/12/2022, 23:40:26] Ann: x", "dmy", "2022-12-31T23:40:26"),
        ("[31/12/2022 23:40:26] Ann: x", "dmy", "2022-12-31T23:40:26"),
        ("\u200e[31/12/2022, 23:40:26] Ann: x", "dmy", "2022-12-31T23:40:26"),
        ("[12/31/22, 11:40:26\u202fPM] Ann: x", "mdy", "2022-12-31T23:40:26"),
        ("[12/31/22, 11:40:26\u00a0pm] Ann: x", "mdy", "2022-12-31T23:40:26"),
        ("[07.03.26, 21:22:39] Ann: x", "dmy", "2026-03-07T21:22:39"),
        ("[2019-04-16 02:09] Ann: x", "ymd", "2019-04-16T02:09:00"),
        ("12/31/22, 11:40 PM - Ann: x", "mdy", "2022-12-31T23:40:00"),
        ("12/31/22, 12:05 AM - Ann: x", "mdy", "2022-12-31T00:05:00"),
        ("31/12/22, 11:40 p. m. - Ann: x", "dmy", "2022-12-31T23:40:00"),
        ("31/12/22, 11:40\u202fp.\u00a0m. - Ann: x", "dmy", "2022-12-31T23:40:00"),
        ("31/12/22 11:40 a. m. - Ann: x", "dmy", "2022-12-31T11:40:00"),
        ("31.12.22, 23:40 - Ann: x", "dmy", "2022-12-31T23:40:00"),
        ("31/12/2022 à 23:40 - Ann: x", "dmy", "2022-12-31T23:40:00"),
        ("2022-12-31 kl. 23:40 - Ann: x", "ymd", "2022-12-31T23:40:00"),
        ("31.12.2022 klo 23.40 - Ann: x", "dmy", "2022-12-31T23:40:00"),
        ("31-12-2022 23:40 - Ann: x", "dmy", "2022-12-31T23:40:00"),
        ("2022. 12. 31. 23:40 - Ann: x", "ymd", "2022-12-31T23:40:00"),
        ("2022. 12. 31. 오후 11:40 - Ann: x", "ymd", "2022-12-31T23:40:00"),
        ("2022/12/31 下午11:40 - Ann: x", "ymd", "2022-12-31T23:40:00"),
        ("2022/12/31 凌晨12:40 - Ann: x", "ymd", "2022-12-31T00:40:00"),
        ("2022/12/31 中午11:40 - Ann: x", "ymd", "2022-12-31T11:40:00"),
        ("2022/12/31 中午12:40 - Ann: x", "ymd", "2022-12-31T12:40:00"),
        ("[2022/12/31 午後11:40:26] Ann: x", "ymd", "2022-12-31T23:40:26"),
        ("2022年12月31日 下午11:40 - Ann: x", "ymd", "2022-12-31T23:40:00"),
        ("31.12.22 г., 23:40 - Ann: x", "dmy", "2022-12-31T23:40:00"),
        ("31/12/2022, 11:40 μ.μ. - Ann: x", "dmy", "2022-12-31T23:40:00"),
        ("31/12/22, 11:40 ÖS - Ann: x", "dmy", "2022-12-31T23:40:00"),
        ("٣١\u200f/١٢\u200f/٢٠٢٢، ١١:٤٠ م - Ann: x", "dmy", "2022-12-31T23:40:00"),
        ("31/12/22, 11:40 अपराह्न - Ann: x", "dmy", "2022-12-31T23:40:00"),
        ("31/12/22, 11:40 CH - Ann: x", "dmy", "2022-12-31T23:40:00"),
        ("31.12.22, 23:40\u00a0- Ann: x", "dmy", "2022-12-31T23:40:00"),
        ("31/12/2565 23:40 - Ann: x", "dmy", "2022-12-31T23:40:00"),
    ],
)
def test_a_head_is_read_whatever_the_phone_speaks(line, order, time):
    assert parsed(line, order) == (time, "Ann: x")


@pytest.mark.parametrize(
    "line",
    [
        "31/12/22 was a good day - Ann: x",
        "Ann: 31/12/22, 23:40 - x",
        "[31/12/22] Ann: x",
        "31/12/22, 23:40 Ann: x",
        "12345/12/22, 23:40 - Ann: x",
        "31/12/22, 23:40: x",
        "2022-12-31T23:40:00Z - Ann: x",
        "23:40 - Ann: x",
        "",
    ],
)
def test_other_lines_are_no_heads(line):
    assert HEAD.match(line) is None


def test_a_mark_that_is_not_known_gives_no_time():
    assert parsed("31/12/22, 11:40 xyz - Ann: x", "dmy") == (None, "Ann: x")
    assert seconds_of("25", "00", None, None, None) is None
    assert seconds_of("11", "60", None, None, None) is None


def order_of(days, order, text="{}/{}/{}", width=4):
    """Return what is decided of a chat on some days."""
    found = Order()
    for day in days:
        year = f"{day.year:04d}"[-width:]
        fields = {"d": f"{day.day}", "m": f"{day.month}", "y": year}
        head = HEAD.match("[" + text.format(*(fields[each] for each in order)) + " 10:00] Ann: x")
        assert head is not None
        found.see(numbers_of(head), head["sep"])
    return found.decided()


YEAR = [date(2019, 11, 20) + timedelta(days=3 * n) for n in range(150)]


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("text", ["{}/{}/{}", "{}-{}-{}", "{}.{}.{}"])
@pytest.mark.parametrize("width", [2, 4])
def test_the_order_of_a_date_is_found_over_the_whole_chat(order, text, width):
    assert order_of(YEAR, order, text, width) == order


def test_the_order_of_time_decides_where_no_number_is_above_12():
    days = [date(2024, 1, n) for n in range(2, 13)] + [date(2024, 2, 1)]
    assert order_of(days, "dmy") == "dmy"
    assert order_of(days, "mdy") == "mdy"


def test_what_cannot_be_told_is_not_guessed():
    assert order_of([date(2024, 3, 4)], "dmy") is None
    assert order_of([date(2024, 3, 4), date(2024, 4, 5)], "mdy", width=2) is None
    assert Order().decided() is None


def test_dots_and_a_year_in_front_are_sure():
    assert order_of([date(2024, 3, 4)], "dmy", "{}.{}.{}") == "dmy"
    assert order_of([date(2024, 3, 4)], "ymd", "{}-{}-{}") == "ymd"


def test_a_pasted_line_does_not_turn_the_order():
    days = [*YEAR[:75], date(1999, 1, 1), *YEAR[75:]]
    assert order_of(days, "dmy") == "dmy"


@given(st.dates(date(2009, 1, 1), date(2100, 12, 31)), st.sampled_from(ORDERS))
def test_a_day_is_read_back(day, order):
    fields = {"d": str(day.day), "m": str(day.month), "y": str(day.year)}
    numbers = tuple(fields[each] for each in order)
    assert day_of(numbers, order) == (day - date(1970, 1, 1)).days


@pytest.mark.parametrize(
    "numbers", [("31", "2", "2024"), ("1", "13", "2024"), ("1", "1", "2008"), ("0", "1", "2024")]
)
def test_a_day_that_does_not_exist_is_none(numbers):
    assert day_of(numbers, "dmy") is None
