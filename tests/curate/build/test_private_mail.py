"""Nothing private leaves a mailbox by any container, any command and any field of a mail."""

from __future__ import annotations

import gzip
import json
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from email.header import Header
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

import curate
from curate.build.ask import settings_of
from curate.build.settings import Settings
from tests.curate.build.test_private import MAILBOX, ME, assert_clean, written

NAME = f"mail of Zebulon Quixwood {ME}"


@pytest.fixture
def settings() -> Settings:
    return settings_of({"me": [ME]})


def _mails() -> list[str]:
    return [each.partition("\n")[2] for each in ("\n" + MAILBOX).split("\n\nFrom ")]


def _single(folder: Path) -> Path:
    path = folder / f"{NAME}.mbox"
    path.write_text(MAILBOX)
    return path


def _packed(folder: Path) -> Path:
    path = folder / f"{NAME}.mbox.gz"
    path.write_bytes(gzip.compress(MAILBOX.encode()))
    return path


def _zipped(folder: Path) -> Path:
    path = folder / f"{NAME}.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("Takeout/Mail/Zebulon Quixwood.mbox", MAILBOX)
        archive.writestr("Takeout/archive_browser.html", "<p>Archive of Wilhelmina Farnsworth</p>")
        archive.writestr("Takeout/Mail/User Settings/Zebulon.json", '{"a": "Zebulon"}')
        archive.writestr("../Zebulon Quixwood.eml", MAILBOX)
    return path


def _files(folder: Path) -> Path:
    path = folder / NAME
    (path / "Zebulon").mkdir(parents=True)
    for number, each in enumerate(_mails()):
        (path / "Zebulon" / f"Re Zebulon Quixwood {number}.eml").write_text(each)
    (path / "Zebulon" / "Zebulon Quixwood.docx").write_bytes(b"PK")
    return path


def _maildir(folder: Path) -> Path:
    path = folder / NAME
    for inside in ("cur", ".Sent/cur", ".Zebulon Quixwood/cur"):
        (path / inside).mkdir(parents=True)
    for number, each in enumerate(_mails()):
        inside = "cur" if number == 0 else ".Zebulon Quixwood/cur" if number == 1 else ".Sent/cur"
        (path / inside / f"17{number}.M1.host:2,S").write_text(each)
    return path


def _apple(folder: Path) -> Path:
    path = folder / f"{NAME}.mbox"
    path.mkdir()
    (path / "mbox").write_text(MAILBOX)
    (path / "table_of_contents").write_bytes(b"\0Zebulon Quixwood")
    return path


def _alone(folder: Path) -> Path:
    path = folder / f"{NAME}.eml"
    path.write_text(_mails()[1])
    return path


KINDS = [_single, _packed, _zipped, _files, _maildir, _apple, _alone]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_redact_of_each_kind_of_mailbox(
    kind: Callable[[Path], Path], tmp_path: Path, settings: Settings
) -> None:
    (tmp_path / "in").mkdir()
    path = kind(tmp_path / "in")
    report = curate.redact([str(path)], str(tmp_path / "made" / "rows"), settings=settings)
    assert report.ledger.rows_out >= 1
    assert_clean(written(tmp_path / "made"))


def _texts(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield all text of packed data files: schemas, metadata and values."""
    for path in folder.rglob("*"):
        if path.suffix == ".parquet":
            table = pq.read_table(path)
        elif path.suffix == ".arrow":
            table = pa.ipc.open_stream(path).read_all()
        else:
            continue
        yield path.name, f"{table.schema}{table.schema.metadata}{table.to_pylist()}"


@pytest.mark.parametrize("container", ["jsonl", "parquet", "arrow"])
def test_every_container_of_a_folder(container: str, tmp_path: Path, settings: Settings) -> None:
    out = tmp_path / "made" / "rows"
    path = _single(tmp_path)
    curate.redact([str(path)], str(out), settings=settings, container=container)
    files = written(tmp_path / "made")
    files |= {name: text.encode() for name, text in _texts(out)}
    assert_clean(files)


def test_split_and_mix_of_a_mailbox(tmp_path: Path, settings: Settings) -> None:
    path = _single(tmp_path)
    curate.split([str(path)], str(tmp_path / "made" / "split"), settings=settings, test_ratio=0.5)
    other = tmp_path / "other.jsonl"
    other.write_text('{"text": "a text of nobody"}\n')
    curate.mix([str(path), str(other)], str(tmp_path / "made" / "mix"), settings=settings)
    assert_clean(written(tmp_path / "made"))


def test_a_page_of_what_was_redacted(tmp_path: Path, settings: Settings) -> None:
    out = tmp_path / "made" / "rows"
    curate.redact([str(_single(tmp_path))], str(out), settings=settings)
    curate.report([str(out)], tmp_path / "made" / "page.html")
    assert_clean(written(tmp_path / "made"))


GIVEN, FAMILY = "Zyxwolda", "Quaddlebury"
ADDRESS, PHONE = "zyx.quaddle@canary.example", "+44 20 7946 0958"
PRIVATE = (GIVEN, FAMILY, "zyx.quaddle", "canary.example", "7946 0958", "79460958")
FORMS = (
    f"{GIVEN} {FAMILY}",
    f"{FAMILY}, {GIVEN}",
    f"{GIVEN.upper()} {FAMILY.upper()}",
    f"{GIVEN} M. {FAMILY}",
    GIVEN,
    FAMILY,
    f"{FAMILY}'s",
    ADDRESS,
    ADDRESS.upper(),
    f"mailto:{ADDRESS}",
    PHONE,
    PHONE.replace(" ", ""),
)
FIELDS = ("Cc", "Reply-To", "Subject", "X-Gmail-Labels", "Thread-Topic", "Organization", "X-Note")
PLACES = (
    *(
        "Hi {},\n\nfine with me, as we said.",
        "I spoke to {} today, and so it is.",
        "So be it.\n\n{}",
    ),
    *("Fine with me.\n\n-- \n{}\n", "Yes.\n\nOn Mon, 4 Mar 2024, {} wrote:\n> come\n> {}\n"),
    *(
        "Look:\n\n| who | {} |\n\nthat is it",
        "<p>Hi {}</p>, it is done\tnow",
        '({}) [{}] "{}" it is',
    ),
)


@st.composite
def mailboxes(draw: st.DrawFn) -> tuple[str, str]:
    """Draw a mailbox in whose mails somebody is named somewhere, and the name of its file."""
    form = st.sampled_from(FORMS)
    mails = []
    for number in range(draw(st.integers(1, 3))):
        mine = draw(st.booleans()) or number == 0
        other = f"{GIVEN} {FAMILY} <{ADDRESS}>"
        lines = [f"From: {'Me <me@example.com>' if mine else other}"]
        lines += [f"To: {other if mine else 'me@example.com'}"]
        lines += [
            f"Message-ID: <{number}.{draw(st.sampled_from(('a', GIVEN, ADDRESS)))}@x.example>"
        ]
        for field in draw(st.lists(st.sampled_from(FIELDS), unique=True)):
            value = draw(form)
            coded = draw(st.booleans())
            lines.append(f"{field}: {Header(value, 'utf-8').encode() if coded else value}")
        date = draw(st.sampled_from(("Mon, 04 Mar 2024 09:15:00 +0000", f"day of {GIVEN}", "")))
        lines += [f"Date: {date}"] if date else []
        text = draw(st.sampled_from(PLACES)).replace("{}", draw(form))
        charset = draw(st.sampled_from(("utf-8", "iso-8859-1", FAMILY)))
        file = draw(form).replace('"', "")
        lines += ["MIME-Version: 1.0", "Content-Type: multipart/mixed; boundary=b", "", "--b"]
        lines += [f"Content-Type: text/plain; charset={charset}", "", text, "--b"]
        lines += [f'Content-Type: application/pdf; name="{file}.pdf"', "", "JVBERi0=", "--b--", ""]
        mails.append("From x@example.com Mon Mar  4 09:15:00 2024\n" + "\n".join(lines) + "\n")
    return "".join(mails), f"{draw(form)}.mbox".replace("/", "-")


@hypothesis_settings(max_examples=20, deadline=None)
@given(made=mailboxes())
def test_wherever_somebody_is_named_nothing_of_it_is_written(made: tuple[str, str]) -> None:
    mailbox, name = made
    folder = Path(tempfile.mkdtemp(prefix="curate-test-"))
    try:
        path = folder / name
        path.write_text(mailbox)
        out = folder / "made" / "rows"
        asked = settings_of({"me": ["me@example.com"]})
        curate.convert([str(path)], str(out), settings=asked, container="jsonl")
        files = written(folder / "made")
        if out.exists():
            assert json.loads(files["rows/card.json"])["funnel"][1]["step"] == "redact"
        leaks = [
            (file, word)
            for file, data in files.items()
            for word in PRIVATE
            if word.casefold().encode() in data.lower() or word.casefold() in file.casefold()
        ]
        assert leaks == []
    finally:
        shutil.rmtree(folder)
