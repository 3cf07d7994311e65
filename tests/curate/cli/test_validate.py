"""`curate validate`: selections, suppressions, fixes and diffs, settings, exit codes, a pipe."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from curate.build import Settings, convert, validate
from curate.schema import check

SFT = {"instruction": "a", "input": "", "output": "b"}
NUL = SFT | {"output": "b\x00c"}


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def lines(*rows):
    return "".join(json.dumps(row) + "\n" for row in rows)


@pytest.fixture
def faulty(here):
    rows = [SFT, {"instruction": "a", "output": 4}, {"messages": [{"role": "usr", "content": "a"}]}]
    text = lines(*rows) + "bro\x1b[31mken\u202e <&>\x00\n"
    Path("in.jsonl").write_text(text)
    return here


def test_streams_print_every_finding_and_totals_agree(faulty, curate):
    document = curate("validate", "in.jsonl", "--json").document
    count = sum(document["findings"].values())
    assert check("report", document) == []
    for name in ("jsonl", "concise"):
        ended = curate("validate", "in.jsonl", "--output-format", name)
        assert ended.code == 1
        assert len(ended.out.splitlines()) == count
    assert (
        "in.jsonl:2: SCH002 /output"
        in curate("validate", "in.jsonl", "--output-format", "full").out
    )


def test_select_and_ignore_choose_rules(faulty, curate):
    chosen = curate("validate", "in.jsonl", "--select", "TRN", "--output-format", "jsonl")
    codes = {json.loads(line)["code"] for line in chosen.out.splitlines()}
    # What keeps a record from being read is always said.
    assert {c for c in codes if not c.startswith("TRN")} <= {"SRC001", "SRC023", "SCH002", "SCH008"}
    ended = curate("validate", "in.jsonl", "--select", "TNR")
    assert ended.code == 2
    assert "did you mean TRN?" in ended.err
    assert curate("validate", "in.jsonl", "--for", "nonsense").code == 2


def test_exit_zero_and_clean_input(faulty, curate):
    assert curate("validate", "in.jsonl", "--exit-zero").code == 0
    Path("good.jsonl").write_text(lines(SFT))
    assert curate("validate", "good.jsonl", "--for", "default").code == 0


def test_a_schema_of_the_user_is_checked(here, curate):
    Path("in.jsonl").write_text(lines(SFT, SFT | {"lang": "en"}))
    Path("mine.json").write_text(json.dumps({"type": "object", "required": ["lang"]}))
    ended = curate("validate", "in.jsonl", "--schema", "mine.json", "--output-format", "jsonl")
    assert ended.code == 1
    lines_found = [
        f["line"] for f in map(json.loads, ended.out.splitlines()) if f["code"][:3] == "SCH"
    ]
    assert lines_found == [1]
    Path("mine.json").write_text("{")
    assert curate("validate", "in.jsonl", "--schema", "mine.json").code == 2
    assert curate("validate", "in.jsonl", "--schema", "missing.json").code in (2, 3)


def findings(ended):
    """Return code, line and value of each finding printed as JSON lines."""
    found = [json.loads(line) for line in ended.out.splitlines()]
    return [(each["code"], each["line"], each["value"]) for each in found]


def checked(curate, *arguments):
    ended = curate("validate", *arguments, "--output-format", "jsonl")
    return findings(ended), ended


def test_statistics_count_and_go_with_no_other_format(faulty, curate):
    counts = curate("validate", "in.jsonl", "--statistics", "--json").code
    assert counts == 2
    ended = curate("validate", "in.jsonl", "--statistics", "--select", "SCH")
    assert ended.out.splitlines()[0] == "1  error   SCH002 wrong-type"
    assert "in.jsonl" not in ended.out


# Selection


def test_rules_are_added_to_those_of_the_profile_and_ignored_ones_add_up(here, curate):
    Path("in.jsonl").write_text(lines(NUL))
    assert checked(curate, "in.jsonl", "--for", "default")[0] == []
    extended = checked(curate, "in.jsonl", "--for", "default", "--extend-select", "TXT001")[0]
    assert extended == [("TXT001", 1, None)]
    for left_out in ("--ignore", "--extend-ignore"):
        given = ["in.jsonl", "--select", "TXT001", left_out, "nul-character"]
        assert checked(curate, *given)[0] == []
    assert curate("validate", "in.jsonl", "--extend-select", "TXT0X").code == 2


# Fixes


@pytest.mark.parametrize("jobs", [1, 2])
def test_diffs_come_in_the_order_of_the_input(here, curate, jobs):
    kinds = [NUL, {"text": "a\x00"}, {"messages": [{"role": "user", "content": "a\x00"}]}]
    Path("in.jsonl").write_text(lines(*(kinds[n % 3] | {"n": n} for n in range(1_200))))
    given = ["--select", "TXT001", "--fix", "--diff", "--jobs", jobs, "--per-row"]
    heads = [
        line for line in curate("validate", "in.jsonl", *given).out.splitlines()
        if line.startswith("--- ")
    ]  # fmt: skip
    assert heads == [f"--- in.jsonl:{n}" for n in range(1, 1_201)]


def test_fix_writes_the_fixed_rows_and_counts_them(here, curate):
    Path("in.jsonl").write_text(lines(NUL, SFT, NUL | {"curate_ignore": "TXT001"}, {"output": 4}))
    before = Path("in.jsonl").read_bytes()
    assert curate("validate", "in.jsonl", "--fix").code == 2
    assert curate("validate", "in.jsonl", "-o", "out.jsonl").code == 2
    fixed = ["--fix", "-o", "out.jsonl", "--select", "TXT001", "--json"]
    ended = curate("validate", "in.jsonl", *fixed)
    document = ended.document
    assert check("report", document) == []
    assert document["fixed"] == {"TXT001": 1}
    assert document["suppressed"] == {"TXT001": 1}
    assert document["rows_in"] == document["rows_out"] + sum(document["removed"].values()) == 4
    assert "fixed TXT001 in 1 row" in ended.err
    outputs = [json.loads(line)["output"] for line in Path("out.jsonl").read_text().splitlines()]
    assert outputs == ["bc", "b", "b\x00c"]
    assert Path("in.jsonl").read_bytes() == before


def test_a_file_that_hides_a_code_keeps_it_from_being_fixed(here, curate):
    Path("in.jsonl").write_text(lines(NUL))
    given = ["--select", "TXT001", "--per-file-ignores", "in.jsonl:TXT001", "--fix"]
    assert curate("validate", "in.jsonl", *given, "--diff").code == 0
    assert curate("validate", "in.jsonl", *given, "-o", "out.jsonl").code == 0
    assert json.loads(Path("out.jsonl").read_text())["output"] == "b\x00c"


def test_a_diff_writes_nothing_and_ends_with_1_where_something_would_change(here, curate):
    Path("in.jsonl").write_text(lines(SFT, NUL))
    before = {path: path.read_bytes() for path in Path().rglob("*")}
    ended = curate("validate", "in.jsonl", "--fix", "--diff", "--select", "TXT001")
    assert ended.code == 1
    assert ended.out.splitlines()[:2] == ["--- in.jsonl:2", "+++ fixed"]
    changed = [line for line in ended.out.splitlines()[2:] if line[0] in "+-"]
    assert changed == ['-  "output": "b\\u0000c"', '+  "output": "bc"']
    assert "would fix TXT001 in 1 row" in ended.err
    assert {path: path.read_bytes() for path in Path().rglob("*")} == before
    document = curate("validate", "in.jsonl", "--fix", "--diff", "--select", "TXT001", "--json")
    assert document.document["fixed"] == {"TXT001": 1}
    Path("in.jsonl").write_text(lines(SFT))
    clean = curate("validate", "in.jsonl", "--fix", "--diff", "--select", "TXT001")
    assert (clean.code, clean.out) == (0, "")


@pytest.mark.parametrize(
    "arguments",
    [
        ["--diff"],
        ["--fix", "--diff", "-o", "out.jsonl"],
        ["--fix", "--diff", "--output-format", "sarif"],
        ["--config", "curate.toml", "--isolated"],
        ["--config", "missing.toml"],
        ["--max-findings", "0"],
        ["--output-format", "xml"],
    ],
    ids=" ".join,
)
def test_flags_that_make_no_sense_are_refused(here, curate, arguments):
    Path("in.jsonl").write_text(lines(SFT))
    Path("curate.toml").write_text("")
    assert curate("validate", "in.jsonl", *arguments).code == 2


def test_the_summary_says_what_could_be_fixed(here, curate):
    Path("in.jsonl").write_text(lines(NUL))
    ended = curate("validate", "in.jsonl", "--select", "TXT001")
    assert ended.err.splitlines()[-1] == "1 warning; 1 row checked; 1 fixable with --fix"
    Path("in.jsonl").write_text(lines(SFT))
    ended = curate("validate", "in.jsonl", "--select", "TXT001")
    assert ended.err.splitlines()[-1] == "no findings; 1 row checked"
    Path("in.jsonl").write_text(lines({"instruction": "Ring.", "output": "Bell \a rings."}))
    ended = curate("validate", "in.jsonl", "--select", "TXT002")
    assert ended.err.splitlines()[-1] == ("1 warning; 1 row checked; 1 fixable with --unsafe-fixes")


def test_colour_is_for_terminals_that_want_it(monkeypatch):
    from curate import console

    class Terminal:
        def isatty(self):
            return True

    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert console.styled("a", "error", Terminal()) == "\x1b[31ma\x1b[0m"
    monkeypatch.setenv("NO_COLOR", "1")
    assert console.styled("a", "error", Terminal()) == "a"


def test_memory_does_not_grow_with_the_findings(here, curate, monkeypatch):
    """What is kept is bounded by places and codes, not by findings."""
    from curate.cli import findings

    kept = []
    ending = findings.Grouped.end

    def spied(printer, about):
        kept.append(sum(map(len, printer._shown.values())))
        ending(printer, about)

    monkeypatch.setattr(findings.Grouped, "end", spied)
    Path("in.jsonl").write_text(lines(*[NUL] * 300))
    curate("validate", "in.jsonl", "--select", "TXT001")
    assert kept == [3]


def test_functions_do_the_same(here):
    Path("in.jsonl").write_text(lines(NUL))
    told = []
    settings = Settings(
        profiles=("all",),
        select=("TXT001",),
        fix="safe",
        diff=True,
        per_file_ignores=(("x*", ("TXT",)),),
    )
    report = validate("in.jsonl", settings=settings, on_diff=told.append)
    assert (report.diffs, report.exit_code, len(told)) == (1, 1, 1)
    assert report.ledger.findings == {}
    assert convert("in.jsonl", "out.jsonl", to="alpaca", dry_run=True).exit_code == 0


def test_a_closed_pipe_ends_without_a_word(here):
    with open("in.jsonl", "w") as file:  # noqa: PTH123
        file.write('{"instruction": "a", "output": 4}\n' * 20_000)
    env = os.environ | {"PYTHONPATH": os.pathsep.join(filter(os.path.isabs, sys.path))}
    validate = ["validate", "in.jsonl", "--output-format", "full"]
    for arguments in (validate, ["rules"], ["rules", "--json"], ["--help"]):
        with subprocess.Popen(
            [sys.executable, "-m", "curate", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=env,
        ) as child:
            if arguments[0] == "validate":
                child.stdout.readline()
            child.stdout.close()
            said = child.stderr.read().decode()
        assert child.returncode == 141, (arguments, said)
        assert "Traceback" not in said
        assert "Exception ignored" not in said
