"""The story "write my e-mails" on the shipped mailbox: what leaves, what stays, what is hidden.

`UPDATE_GOLDEN=1` writes the expected rows again; read the diff.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import stat
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

import curate as package
from curate.schema import check
from tests.curate.cli.test_curation_story import commands_of

ROOT = Path(__file__).parents[3]
MAILBOX = ROOT / "recipes" / "data" / "mailbox.mbox"
ROWS = ROOT / "tests" / "golden" / "emails" / "rows.txt"
RAW = MAILBOX.read_text("utf-8")
REMOVED = {
    **{"SRC030": 23, "SRC050": 1, "SRC052": 1, "SRC053": 1, "SRC057": 1, "SRC058": 1, "SRC060": 1},
    **{"DUP011": 1, "LEN051": 1},
}
# Whom and what the mailbox names; none of it is a word of another sense in these mails.
CANARIES = (
    *(
        "Dana",
        "Reyes",
        "Tomas",
        "Lindgren",
        "Helen",
        "Achebe",
        "Owen Park",
        "Owen",
        "Gus",
        "Marlow",
    ),
    *("Ines", "Duarte", "Falk", "Amara", "Bello", "Lucia", "Brandt", "Zoé", "Lefevre", "Walter"),
    *("Kemp", "Prue", "Hadley", "Bruno", "Keller", "Nora", "Whitlock", "Greta", "Osei", "Sam Ito"),
    *("Milo", "WEST 1234", "4111 1111", "900123", "7946 0123", "Harbour Street", "SE10"),
    *("Marrow-fat", "q7Zt4KdX2mVb9RsLw3Yh8NcP", "@example", "Mill Lane", "larkfield-seeds"),
)


@pytest.fixture
def here(tmp_path, monkeypatch):
    shutil.copytree(ROOT / "recipes", tmp_path / "recipes")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def ran(here, curate):
    ended = curate("run", "recipes/emails.curate.yaml", "--json")
    assert ended.code == 0, ended.err
    return ended


def rows_of(folder):
    """Return the rows of a folder with their splits, in the order of the mailbox."""
    card = json.loads(Path(folder, "card.json").read_text("utf-8"))
    found = [(split, row) for split in card["splits"] for row in package.load(folder, split).rows()]
    for _, row in found:
        row["extra"] = json.loads(row["extra"]) if isinstance(row["extra"], str) else row["extra"]
    return sorted(found, key=lambda each: each[1]["origin"]["line"])


def written(split, row):
    """Return a row as a person reads it."""
    extra = {key: value for key, value in row["extra"].items() if key != "context"}
    about = json.dumps(extra, ensure_ascii=False, sort_keys=True)
    head = f"=== line {row['origin']['line']}, {split}, thread {row['group']}\n{about}\n"
    context = row["extra"].get("context")
    return f"{head}--- text\n{row['text']}\n" + (f"--- context\n{context}\n" if context else "")


def test_the_mailbox_shows_what_mailboxes_hold():
    assert RAW.count("\nX-Gmail-Labels: ") + RAW.startswith("X-Gmail-Labels") == 68
    for each in (
        *("format=flowed", "quoted-printable", "base64", "multipart/alternative", "text/html"),
        *("text/calendar", "multipart/report", "Auto-Submitted: auto-replied", "List-Unsubscribe"),
        *("---------- Forwarded message", "Sent from my iPhone", "-----Original Message-----"),
        *("schrieb am", "a écrit :", "=?utf-8?q?", "=?utf-8?b?", "X-Gmail-Labels: Drafts"),
        *("X-Gmail-Labels: Spam", "Content-Disposition: attachment", "\n>From "),
    ):
        assert each in RAW, each
    signature = "Dana Reyes\nCatalogue Editor, Larkfield Seeds\nThe Old Granary, 12 Mill Lane"
    assert RAW.count(signature) >= 8


def test_every_mail_is_a_row_or_leaves_with_a_reason(ran):
    found = ran.document
    assert (found["rows_in"], found["rows_out"]) == (68, 37)
    assert found["removed"] == dict(sorted(REMOVED.items()))
    assert found["rows_in"] == found["rows_out"] + sum(found["removed"].values())
    steps = [(each["step"], each["rows_in"], each["rows_out"]) for each in found["funnel"]]
    assert steps == [
        ("read", 68, 39),
        ("redact", 39, 39),
        ("dedup", 39, 38),
        ("filter", 38, 37),
        ("split", 37, 37),
    ]
    lines = Path("data/emails/rejected/rejected.jsonl").read_text("utf-8").splitlines()
    rejected = [json.loads(line) for line in lines]
    assert Counter(each["code"] for each in rejected) == REMOVED
    places = [each["origin"]["line"] for each in rejected]
    places += [row["origin"]["line"] for _, row in rows_of("data/emails")]
    begins = [
        at for at, line in enumerate(RAW.splitlines(), 1) if re.match(r"From \S+ \w{3} ", line)
    ]
    assert sorted(places) == begins


def test_golden_rows_say_what_dana_wrote_and_nothing_else(ran):
    made = "\n".join(written(*each) for each in rows_of("data/emails"))
    if os.environ.get("UPDATE_GOLDEN"):
        ROWS.write_text(made, "utf-8")
    assert made == ROWS.read_text("utf-8")


def test_what_others_wrote_is_context_and_not_text(ran):
    rows = [row for _, row in rows_of("data/emails")]
    for row in rows:
        lines = row["text"].splitlines()
        assert not any(line.startswith(">") for line in lines)
        assert not re.search(r"Forwarded message|Original Message|wrote:|Sent from my", row["text"])
        assert "Catalogue Editor" not in row["text"]
    answers = [row for row in rows if row["extra"]["reply"]]
    assert len(answers) == 17
    assert all(row["extra"]["context"].strip() for row in answers)
    assert all("context" not in row["extra"] for row in rows if not row["extra"]["reply"])


def test_threads_are_never_parted(ran):
    where = {}
    rows = rows_of("data/emails")
    for split, row in rows:
        where.setdefault(row["group"], set()).add(split)
    assert {len(splits) for splits in where.values()} == {1}
    assert len(where) < len(rows)
    assert {split for splits in where.values() for split in splits} == {"train", "validation"}


def test_nothing_private_is_in_anything_that_is_written_or_said(here, ran, curate):
    said = [ran.out, ran.err]
    again = curate("run", "recipes/emails.curate.yaml", "--set", "output.folder=data/again")
    said += [again.out, again.err]
    files = [path for path in Path("data").rglob("*") if path.is_file()]
    assert {"emails.html", "emails.json", "card.json", "rejected.jsonl"} <= {p.name for p in files}
    texts = {path.as_posix(): path.read_bytes() for path in files}
    texts |= {f"output {nth}": text.encode() for nth, text in enumerate(said)}
    left = [
        (where, canary)
        for where, raw in texts.items()
        for canary in CANARIES
        if re.search(rb"(?<![\w])" + re.escape(canary.encode()), raw)
    ]
    assert left == []
    assert all(canary in RAW for canary in CANARIES if canary not in ("Zoé", "Marrow-fat"))


def test_each_kind_of_what_is_hidden_is_met(ran):
    text = "\n".join(json.dumps(row, ensure_ascii=False) for _, row in rows_of("data/emails"))
    for each in ("[Your name]", "[Your email]", "[iban 1]", "[card 1]", "[url 1]", "[secret]"):
        assert each in text, each
    assert "[address]" in text
    assert re.search(r"\[phone \d+\]", text)


def test_no_trace_stays_beside_the_output(here, ran):
    assert sorted(path.name for path in Path("data").iterdir()) == [
        "emails",
        "emails.html",
        "emails.json",
    ]


def test_what_stands_between_the_steps_is_for_the_owner_only(here, curate, monkeypatch):
    from curate.build.line import straight

    modes = []
    real = straight.settle

    def settle(*arguments, **options):
        folder = Path("data/.emails.steps")
        modes.append(stat.S_IMODE(folder.stat().st_mode))
        return real(*arguments, **options)

    monkeypatch.setattr(straight, "settle", settle)
    assert curate("run", "recipes/emails.curate.yaml").code == 0
    assert set(modes) == {0o700}


def test_the_dry_run_names_the_addresses_that_may_be_mine(here, curate):
    ended = curate("convert", "recipes/data/mailbox.mbox", "--dry-run", "-o", "data/emails")
    assert ended.code == 0
    assert "dana@example.com (38 mails), dana.reyes@example.net (5 mails)" in ended.err
    assert not Path("data").exists()


def train(*arguments):
    return subprocess.run(
        [sys.executable, "-m", "train", *arguments],
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT), "HF_HUB_OFFLINE": "1"},
        check=False,
        timeout=120,
    )


def test_the_rows_can_be_trained_on(here, ran):
    sets = ["dataset=data/emails", "eval_ratio=null", "eval_split=validation", "template=none"]
    arguments = [each for text in (*sets, "loss_on=all") for each in ("--set", f"data.{text}")]
    done = train("plan", "demo", *arguments, "--json")
    assert done.returncode == 0, done.stderr
    plan = json.loads(done.stdout)
    assert check("plan", plan) == []
    assert plan["refusals"] == []
    assert plan["rows"] == 31


README = (ROOT / "README.md").read_text("utf-8")
STORY = README.partition("\n### 2. Write my e-mails\n")[2].partition("\n### 3. ")[0]
PAGE = (ROOT / "docs" / "emails.md").read_text("utf-8")


@pytest.mark.parametrize(("page", "least"), [(STORY, 1), (PAGE, 6)], ids=["README.md", "emails.md"])
def test_every_command_of_a_page_runs_and_prints_what_is_shown(here, curate, page, least):
    shown = [
        (command, lines)
        for command, lines in commands_of(page)
        if "inbox.mbox" not in command and not command.startswith("train sft")
    ]
    assert len(shown) >= least
    for command, lines in shown:
        program, *arguments = shlex.split(command)
        if program == "train":
            assert train(*arguments).returncode == 0, command
            continue
        ended = curate(*arguments)
        assert ended.code == 0, (command, ended.err)
        printed = f"{ended.out}{ended.err}".splitlines()
        places = [printed.index(line) for line in lines]
        assert places == sorted(places)


def test_a_mailbox_of_ones_own_in_a_zip_is_read_by_the_same_recipe(here, curate):
    from zipfile import ZipFile

    with ZipFile("takeout.zip", "w") as archive:
        archive.write(MAILBOX, "Takeout/Mail/All mail.mbox")
    mine = "input.me=dana@example.com, dana.reyes@example.net"
    sets = ["--set", "input.paths=takeout.zip", "--set", mine]
    ended = curate("run", "emails", *sets, "--json")
    assert (ended.code, ended.document["removed"]) == (0, dict(sorted(REMOVED.items())))
