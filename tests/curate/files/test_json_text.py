"""One broken record among good ones: its code, its place, and its neighbours kept."""

import json

import pytest

from curate.files.limits import DEEPEST, Limits

GOOD, AFTER = b'{"text": "before"}\n', b'{"text": "after"}\n'

# (name, the broken line, the code)
BROKEN = [
    ("truncated", b'{"text": "cut', "SRC002"),
    ("two objects", b'{"text": "a"}{"text": "b"}', "SRC003"),
    ("two objects and a blank", b'{"text": "a"} {"text": "b"}', "SRC003"),
    ("latin-1", b'{"text": "caf\xe9"}', "SRC004"),
    ("overlong", b'{"text": "\xc0\xaf"}', "SRC004"),
    ("surrogate in UTF-8", b'{"text": "\xed\xa0\x80"}', "SRC004"),
    ("lone high surrogate", rb'{"text": "smile \ud83d"}', "SRC005"),
    ("lone low surrogate", rb'{"text": "\ude00"}', "SRC005"),
    ("lone surrogate in a key", rb'{"text": "a", "\ud800": 1}', "SRC005"),
    ("NaN", b'{"text": "a", "score": NaN}', "SRC006"),
    ("Infinity", b'{"text": "a", "score": -Infinity}', "SRC006"),
    ("1e400", b'{"text": "a", "score": 1e400}', "SRC006"),
    ("duplicate key", b'{"text": "a", "text": "b"}', "SRC007"),
    ("nested duplicate key", b'{"text": "a", "meta": [{"k": 1, "k": 1}]}', "SRC007"),
    ("duplicate key by escape", rb'{"text": "a", "\u0074ext": "b"}', "SRC007"),
    ("100,000 deep", b'{"text":' + b"[" * 100_000 + b"]" * 100_000 + b"}", "SRC008"),
    ("100,000 deep, unclosed", b"[" * 100_000, "SRC008"),
    ("10,001 keys", json.dumps({f"k{n}": n for n in range(10_001)}).encode(), "SRC010"),
    ("array", b'["a"]', "SRC011"),
    ("number", b"42", "SRC011"),
    ("null", b"null", "SRC011"),
    ("NUL byte", b'{"text": "a\x00b"}', "SRC001"),
    ("only NUL", b"\x00\x00\x00", "SRC001"),
    ("trailing comma", b'{"text": "a",}', "SRC001"),
    ("single quotes", b"{'text': 'a'}", "SRC001"),
    ("Python literal", b'{"text": None}', "SRC001"),
    ("comment", b'{"text": "a" // no\n}'.replace(b"\n", b""), "SRC001"),
    ("HTML", b"<html><body>404</body></html>", "SRC001"),
    ("raw tab", b'{"text": "a\tb"}', "SRC001"),
    ("number where text belongs", b'{"text": 42}', "SCH002"),
    ("null where text belongs", b'{"text": null}', "SCH002"),
    ("unknown columns", b'{"foo": "a", "bar": "b"}', "SCH006"),
    ("empty object", b"{}", "SCH006"),
]


@pytest.mark.parametrize(("line", "code"), [c[1:] for c in BROKEN], ids=[c[0] for c in BROKEN])
def test_a_broken_line_costs_itself_only(read, line, code):
    result = read(GOOD + line + b"\n" + AFTER)
    assert result.texts == ["before", "after"]
    assert result.places() == [(code, 2, len(GOOD))]
    assert result.report.ledger.removed == {code: 1}
    assert result.report.exit_code == 1
    (rejected,) = result.rejected
    assert rejected["code"] == code
    assert rejected["origin"]["line"] == 2
    assert rejected["length_bytes"] == len(line)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (b'{"text": "a",}', "trailing comma"),
        (b"{'text': 'a'}", "single quotes"),
        (b'{"text": None}', "Python literal"),
        (b"version https://git-lfs.github.com/spec/v1", "git lfs pull"),
        (b'{"text": "caf\xe9"}', "0xe9 at offset 13"),
    ],
)
def test_the_message_names_the_cause(read, line, says):
    assert says in read(GOOD + line + b"\n").found[0].message


def test_a_truncated_last_line_is_said_and_not_dropped(read):
    result = read(GOOD + b'{"text": "cut of')
    assert result.texts == ["before"]
    assert result.places() == [("SRC002", 2, len(GOOD))]


@pytest.mark.parametrize(
    "text",
    [
        "line\u2028separator",
        "next\u0085line",
        "vertical\vtab",
        "form\ffeed",
        "nul\x00inside",
        "file\x1cseparator",
        "return\rhere",
        "\ufeffmark",
        "🙂 \U0010ffff",
    ],
)
def test_text_comes_out_as_it_was_written(read, text):
    escaped = json.dumps({"text": text}).encode() + b"\n"
    plain = json.dumps({"text": text}, ensure_ascii=False).encode() + b"\n"
    rows = read(escaped).texts + read(plain).texts
    assert rows == [text, text]


@pytest.mark.parametrize("text", [": first", '":', 'a "quoted": b'])
def test_a_text_that_looks_like_a_key_is_no_doubled_key(read, text):
    line = json.dumps({"text": text, "meta": [text]}, separators=(",", ":")).encode() + b"\n"
    result = read(line)
    assert (result.texts, result.found) == ([text], [])


def test_numbers_that_no_double_holds_are_kept_and_reported(read):
    line = b'{"text": "a", "n": 12345678901234567890123, "x": 0.12345678901234567890}\n'
    result = read(line)
    assert [f.code for f in result.found] == ["SRC018", "SRC018"]
    assert '"n":12345678901234567890123' in result.rows[0]["extra"]


def test_a_number_of_five_thousand_digits_is_one_finding(read):
    result = read(GOOD + b'{"text": "a", "n": ' + b"7" * 5_000 + b"}\n")
    assert result.texts == ["before"]
    assert len(result.found) == 1
    assert result.found[0].severity == "error"


@pytest.mark.parametrize("head", [b'{"text": "a", "n": 12345678901234567890123, "m": ', b'{"m": '])
def test_the_deepest_limit_there_is_can_be_read_and_written(read, head):
    limits = Limits().changed((f"depth={DEEPEST}",))
    for depth in (DEEPEST - 1, DEEPEST):
        line = head + b'{"d":' * depth + b"1" + b"}" * depth + b"}\n"
        result = read(GOOD + line, limits=limits)
        assert result.texts[0] == "before"
        assert result.report.ledger.rows_in == 2
        assert ("SRC008" in result.report.ledger.removed) == (depth == DEEPEST)
