"""CSV and TSV: fields as text, faults by row, nothing lost to one bad quote."""

import csv
import io

import pytest

from curate.files.limits import Limits

HEAD = b"instruction,output\n"


def pairs(result):
    return [tuple(message["content"] for message in row["messages"]) for row in result.rows]


@pytest.mark.parametrize(
    ("raw", "rows", "places"),
    [
        (b"a,b\nc,d\n", [("a", "b"), ("c", "d")], []),
        (b'"a\nb\r\nc",d\n', [("a\nb\r\nc", "d")], []),
        (b'"a ""x"" b","c,d"\n', [('a "x" b', "c,d")], []),
        (b"\n\na,b\n\n", [("a", "b")], []),
        (b"a\nc,d\n", [("c", "d")], [("SRC016", 2, 19)]),
        (b"a,b,c\nc,d\n", [("c", "d")], [("SRC016", 2, 19)]),
        (b'"a,b\nc,d\ne,f\n', [("c", "d"), ("e", "f")], [("SRC017", 2, 19)]),
        (b'"a,b\n"c","d"\ne,f\n', [("c", "d"), ("e", "f")], [("SRC017", 2, 19)]),
        (b'a,"b\nc,d\n"e",f\ng,h\n', [("c", "d"), ("e", "f"), ("g", "h")], [("SRC017", 2, 19)]),
        (b'"a"x,b\nc,d\n', [("c", "d")], [("SRC016", 2, 19)]),
        (b"caf\xe9,b\nc,d\n", [("c", "d")], [("SRC004", 2, 19)]),
        (b"a,b\xe2\x80\xa8c\nd,e\x0bf\n", [("a", "b\u2028c"), ("d", "e\x0bf")], []),
        (b"a,b\nlast,row", [("a", "b"), ("last", "row")], []),
        (b"007,2024-01-02\n", [("007", "2024-01-02")], []),
    ],
)
@pytest.mark.parametrize("ends", [b"\n", b"\r\n"])
def test_rows_and_faults(read, raw, rows, places, ends):
    if ends == b"\r\n" and b"\r\n" in raw:
        pytest.skip("the line ends are part of this case")
    result = read((HEAD + raw).replace(b"\n", ends), "in.csv")
    if ends == b"\r\n":
        rows = [tuple(text.replace("\n", "\r\n") for text in pair) for pair in rows]
    assert pairs(result) == rows
    assert [place[:2] for place in result.places()] == [place[:2] for place in places]
    if ends == b"\n":
        assert result.places() == places
    assert result.report.exit_code == (1 if places else 0)


@pytest.mark.parametrize(("sign", "name"), [(";", "in.csv"), ("\t", "in.tsv"), ("|", "in.csv")])
def test_the_delimiter_is_found(read, sign, name):
    raw = f'instruction{sign}output\n"a{sign}b"{sign}c, d\n'.encode()
    assert pairs(read(raw, name)) == [(f"a{sign}b", "c, d")]


def test_a_row_of_empty_tsv_fields_is_a_record(read):
    result = read(b"instruction\toutput\n\t\na\tb\n", "in.tsv")
    assert result.report.ledger.rows_in == 2


def test_a_header_over_two_lines_is_read(read):
    result = read(b'instruction,output,"two\nlines"\na,b,c\n', "in.csv")
    assert result.rows[0]["extra"] == '{"two\\nlines":"c"}'


def test_a_doubled_header_name_is_said_and_both_columns_are_kept(read):
    result = read(b"instruction,output,x,x\na,b,c,d\n", "in.csv")
    assert result.places() == [("SRC007", 1, 0)]
    assert result.rows[0]["extra"] == '{"x.2":"c","x.3":"d"}'


def test_a_header_alone_is_an_empty_input(read):
    result = read(HEAD, "in.csv")
    assert result.report.exit_code == 3


def test_a_line_over_the_limit_costs_itself_only(read):
    long = b"x" * 150_000
    for raw in (
        b"a,b\n" + long + b",y\nc,d\n",
        b'a,b\n"' + long + b",y\nc,d\n",
        b'a,b\n"open,y\n' + long + b",y\nc,d\n",
    ):
        result = read(HEAD + raw, "in.csv", limits=Limits(record_bytes=100_000))
        assert pairs(result) == [("a", "b"), ("c", "d")]
        assert "SRC009" in result.report.ledger.removed
        assert result.rows[-1]["origin"]["byte_offset"] == len(HEAD + raw) - 4


def test_what_the_standard_writer_writes_is_read_back(read):
    texts = ["", " ", "a", '"', '""', "a,b", "a\nb", "a\r\nb", "\ttab", "'", "\\", "\u2028", "🙂"]
    want = [(a or "x", b or "x") for a in texts for b in texts]
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(("instruction", "output"))
    writer.writerows(want)
    result = read(text.getvalue().encode(), "in.csv")
    kept = {pair for pair in want if pair[0].strip() and pair[1].strip()}
    assert kept <= set(pairs(result))
    assert result.report.ledger.rows_in == len(want)
