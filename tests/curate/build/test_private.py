"""Nothing private leaves by any way: every byte that is written is looked through for canaries."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import curate
from curate.build.ask import settings_of
from curate.errors import UsageError

ME = "wilhelmina.farnsworth@zork.example"
# Each is somewhere in the mailbox, and may be nowhere in what is written.
CANARIES = (
    "Wilhelmina",
    "wilhelmina",
    "Farnsworth",
    "farnsworth",
    "Zebulon",
    "zebulon",
    "Quixwood",
    "quixwood",
    "Ottoline",
    "ottoline",
    "grimthorpe",
    "Grimthorpe",
    "zork.example",
    "yonder.example",
    "DE89370400440532013000",
    "DE89 3704 0044 0532 0130 00",
    "4111 1111 1111 1234",
    "7946 0958",
    "203.0.113",
    "84.23.119.7",
    "swordfish77",
    "ghp_16C7e42F292c6912E7710c838347Ae178B4a",
    "Magpie Lane",
    "536-22-8145",
)
MAILBOX = f"""\
From zebulon@yonder.example Mon Mar  4 09:15:00 2024
From: "Quixwood, Zebulon" <zebulon@yonder.example>
To: Wilhelmina Farnsworth <{ME}>
Cc: Ottoline Grimthorpe <ottoline@yonder.example>
Subject: Lunch with Zebulon?
Date: Mon, 04 Mar 2024 09:15:00 +0000
Message-ID: <one-zebulon@yonder.example>

Hi Wilhelmina,

are you free on Thursday? Ottoline would come too. Call me on +44 20 7946 0958.

Zebulon

From {ME} Mon Mar  4 10:15:00 2024
From: Wilhelmina Farnsworth <{ME}>
To: Zebulon Quixwood <zebulon@yonder.example>
Cc: Ottoline Grimthorpe <ottoline@yonder.example>
Subject: Re: Lunch with Zebulon?
Date: Mon, 04 Mar 2024 10:15:00 +0000
Message-ID: <two-farnsworth@zork.example>
In-Reply-To: <one-zebulon@yonder.example>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: text/plain; charset=utf-8

Dear Zebulon,

yes, gladly. Please pay the deposit to DE89 3704 0044 0532 0130 00 and tell Ottoline Grimthorpe
that the password is swordfish77. My number for the form is 536-22-8145, the house is at
12 Magpie Lane, Springfield 12345, and the server answers at 84.23.119.7.
The token is ghp_16C7e42F292c6912E7710c838347Ae178B4a, please keep it.

Best wishes,
Wilhelmina

On Mon, 4 Mar 2024 at 09:15, Zebulon Quixwood <zebulon@yonder.example> wrote:
> are you free on Thursday? Ottoline would come too. Call me on +44 20 7946 0958.
--b
Content-Type: application/pdf; name="Invoice for Zebulon Quixwood.pdf"
Content-Disposition: attachment; filename="Invoice for Zebulon Quixwood.pdf"
Content-Transfer-Encoding: base64

JVBERi0xLjQK
--b--

From {ME} Mon Mar  5 10:15:00 2024
From: Wilhelmina Farnsworth <{ME}>
To: ottoline@yonder.example
Subject: =?utf-8?q?broken_mail_to_Ottoline?=
Date: Tue, 05 Mar 2024 10:15:00 +0000
Message-ID: <three-farnsworth@zork.example>
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: base64

8J+YgCBXaWxoZWxtaW5h/////

From {ME} Mon Mar  6 10:15:00 2024
From: Wilhelmina Farnsworth <{ME}>
To: ottoline@yonder.example
Subject: Notes for Ottoline
Date: Wed, 06 Mar 2024 10:15:00 +0000
Message-ID: <four-farnsworth@zork.example>

Hello Ottoline, short: no.
"""
CHAT = """\
12/03/2024, 09:15 - Zebulon Quixwood: Are you coming, Wilhelmina? My number is +44 20 7946 0958.
12/03/2024, 09:16 - Wilhelmina Farnsworth: Yes, Zebulon, I will be there at nine.
13/03/2024, 09:16 - Zebulon Quixwood: <Media omitted>
"""


def written(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder, hidden ones too."""
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def assert_clean(files: dict[str, bytes]) -> None:
    assert files
    leaks = [
        (name, canary)
        for name, data in files.items()
        for canary in CANARIES
        if canary.encode() in data or canary in name
    ]
    assert leaks == []


@pytest.fixture
def mailbox(tmp_path: Path) -> Path:
    path = tmp_path / "in" / f"mail of Zebulon Quixwood {ME}.mbox"
    path.parent.mkdir()
    path.write_text(MAILBOX)
    return path


def test_convert_redacts_a_mailbox_unasked(mailbox: Path, tmp_path: Path) -> None:
    out = tmp_path / "made" / "rows"
    report = curate.convert([str(mailbox)], str(out), settings=settings_of({"me": [ME]}))
    assert report.ledger.rows_out >= 1
    assert_clean(written(tmp_path / "made"))
    card = json.loads((out / "card.json").read_text())
    assert [step["step"] for step in card["funnel"]][:2] == ["read", "redact"]


@pytest.mark.parametrize("ending", ["jsonl", "parquet", "csv"])
def test_convert_to_a_file_redacts(mailbox: Path, tmp_path: Path, ending: str) -> None:
    out = tmp_path / "made" / f"rows.{ending}"
    curate.convert([str(mailbox)], str(out), to="text", settings=settings_of({"me": [ME]}))
    if ending != "parquet":  # which is packed
        assert_clean(written(tmp_path / "made"))
    assert (tmp_path / "made" / f"rows.{ending}.rejected.jsonl").is_file()


def test_a_recipe_leaves_nothing_private_anywhere(mailbox: Path, tmp_path: Path) -> None:
    recipe = tmp_path / "mine.curate.yaml"
    recipe.write_text(
        f"input: {{paths: ['{mailbox}'], me: [{ME}]}}\n"
        "dedup: {on: response}\n"
        "filter: {keep: [response_words >= 8]}\n"
        f"output: {{folder: {tmp_path}/made/rows, report: {tmp_path}/made/report.html}}\n"
    )
    report = curate.run(str(recipe))
    assert report.ledger.rows_out == 1
    files = written(tmp_path / "made")
    assert {"rows/rejected/rejected.jsonl", "report.html", "report.json"} <= set(files)
    assert_clean(files)


def test_every_step_redacts_a_mailbox_first(mailbox: Path, tmp_path: Path) -> None:
    out = tmp_path / "made" / "rows"
    curate.dedup([str(mailbox)], str(out), settings=settings_of({"me": [ME]}))
    assert_clean(written(tmp_path / "made"))


def test_a_chat_is_redacted_too(tmp_path: Path) -> None:
    path = tmp_path / "in" / "WhatsApp Chat with Zebulon Quixwood.txt"
    path.parent.mkdir()
    path.write_text(CHAT)
    out = tmp_path / "made" / "rows"
    settings = settings_of({"me": ["Wilhelmina Farnsworth"]})
    report = curate.convert([str(path)], str(out), settings=settings)
    assert report.ledger.rows_out == 1
    assert_clean(written(tmp_path / "made"))


def test_no_redact_has_to_be_typed_and_is_told(mailbox: Path, tmp_path: Path) -> None:
    settings = settings_of({"me": [ME], "no_redact": True})
    report = curate.convert([str(mailbox)], str(tmp_path / "rows"), settings=settings)
    assert report.ledger.findings["SRC032"] == 1
    assert b"Zebulon" in b"".join(written(tmp_path / "rows").values())


def test_keep_raw_keeps_what_was_set_aside(mailbox: Path, tmp_path: Path) -> None:
    out = tmp_path / "rows"
    settings = settings_of({"me": [ME]})
    curate.redact([str(mailbox)], str(out), settings=settings, keep_raw=True)
    lines = (out / "rejected" / "rejected.jsonl").read_text().splitlines()
    assert any("raw" in json.loads(line) for line in lines)


def test_rejected_records_keep_place_and_hash(mailbox: Path, tmp_path: Path) -> None:
    out = tmp_path / "rows"
    curate.convert([str(mailbox)], str(out), settings=settings_of({"me": [ME]}))
    lines = (out / "rejected" / "rejected.jsonl").read_text().splitlines()
    for record in map(json.loads, lines):
        assert record["origin"]["sha256"]
        assert record["length_bytes"] > 0
        assert "raw" not in record
        assert "raw_base64" not in record


def test_stats_and_reports_of_a_mailbox_are_refused(mailbox: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="mail or chats"):
        curate.report([str(mailbox)], tmp_path / "page.html")
    assert not (tmp_path / "page.html").exists()


def test_nothing_private_stays_behind_an_interrupted_run(
    mailbox: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from curate.build.steps.dedup import Dedup

    def stop(*args: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Dedup, "decide", stop)
    recipe = tmp_path / "mine.curate.yaml"
    recipe.write_text(
        f"input: {{paths: ['{mailbox}'], me: [{ME}]}}\ndedup: {{on: response}}\n"
        f"output: {{folder: {tmp_path}/made/rows}}\n"
    )
    with pytest.raises(KeyboardInterrupt):
        curate.run(str(recipe))
    leaks = written(tmp_path / "made") if (tmp_path / "made").exists() else {}
    assert not [name for name, data in leaks.items() if b"Zebulon" in data]
