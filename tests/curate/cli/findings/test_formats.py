"""Formats of findings that other tools read: what these demand, for hostile values and names."""

import json
import re
import shutil
import subprocess
import tarfile
import xml.etree.ElementTree as ET
from pathlib import Path
from urllib.parse import unquote

import jsonschema
import pytest
import yaml

from curate.cli.findings import PRINTERS, documents, junit, sarif
from curate.cli.validate import FORMATS
from curate.config import Format
from curate.schema import check

TESTS = Path(__file__).parents[3]
GOLDEN = TESTS / "golden" / "validate"
EMITTED = yaml.safe_load((TESTS / "cases" / "sarif.yaml").read_text("utf-8"))
HOSTILE = "a\r\n::error::b%0A\x1b[31m\u202e\u2028\ufffe\0]]><&>\"'," + "x" * 1_000_000
NUL = {"instruction": "a", "output": "b\0"}


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def run(here, curate):
    """Return a function that validates records in a format: its end, and what it printed."""

    def validate(rows, output_format, *more, name="in.jsonl", prepared=False):
        if not prepared:
            Path(name).parent.mkdir(parents=True, exist_ok=True)
            Path(name).write_text("".join(json.dumps(row) + "\n" for row in rows))
        select = ["--select", "TXT001,SCH,SRC", "--output-format", output_format]
        return curate("validate", name, *select, *more)

    return validate


def log_of(ended):
    log = json.loads(ended.out)
    jsonschema.Draft202012Validator(EMITTED).validate(log)
    (sarif_run,) = log["runs"]
    rules = sarif_run["tool"]["driver"]["rules"]
    for result in sarif_run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
    return sarif_run


def test_the_formats_have_the_same_names_everywhere():
    assert FORMATS == tuple(PRINTERS) == Format.__args__


HOSTILE_ROWS = [
    {HOSTILE: HOSTILE},
    {"instruction": HOSTILE, "output": 4},
    {"instruction": "a", "output": HOSTILE},
    {"messages": [{"role": HOSTILE, "content": HOSTILE}]},
]


@pytest.mark.parametrize("output_format", FORMATS)
def test_hostile_values_stay_values(run, output_format):
    ended = run(HOSTILE_ROWS, output_format)
    assert ended.code == 1
    assert len(ended.out) < 60_000
    unsafe = {chr(n) for n in (*range(10), *range(11, 32), 127, 0x202E, 0x2028)}
    assert not unsafe & set(ended.out + ended.err)
    # No line but GitHub's own begins a workflow command.
    commands = [line for line in ended.out.splitlines() if line.lstrip().startswith("::")]
    assert bool(commands) == (output_format == "github")
    if output_format == "sarif":
        assert log_of(ended)["results"]
    if output_format == "junit":
        assert int(ET.fromstring(ended.out).get("failures")) > 0
    if output_format in ("json", "jsonl"):
        texts = [ended.out] if output_format == "json" else ended.out.splitlines()
        assert [json.loads(text) for text in texts]


NAMES = ["a b%20ü.jsonl", "a:b,c.jsonl", "x/../y.jsonl", "[1]{2}?*.jsonl", "a\nb\x1b.jsonl"]


@pytest.mark.parametrize("name", NAMES, ids=range(len(NAMES)))
def test_a_file_name_is_escaped_as_the_format_asks(run, name):
    (result,) = log_of(run([NUL], "sarif", name=name))["results"]
    artifact = result["locations"][0]["physicalLocation"]["artifactLocation"]
    assert unquote(artifact["uri"]) == name
    assert artifact["uriBaseId"] == "%SRCROOT%"
    first, _ = run([NUL], "github", name=name).out.splitlines()
    found = re.fullmatch(r"::warning file=([^,:\n]*),title=[^,:]*,line=1,endLine=1::.*", first)
    assert "\x1b" not in found[1]
    suite = ET.fromstring(run([NUL], "junit", name=name).out).find("testsuite")
    if name.isprintable():
        assert suite.get("name") == name
        assert unquote(found[1]) == name


def test_a_whole_path_becomes_a_file_uri(run, here):
    (result,) = log_of(run([NUL], "sarif", name=str(here / "a b.jsonl")))["results"]
    artifact = result["locations"][0]["physicalLocation"]["artifactLocation"]
    assert artifact == {"uri": (here / "a b.jsonl").as_uri()}


def test_a_rule_of_sarif_is_the_page(run):
    (rule,) = log_of(run([NUL], "sarif"))["tool"]["driver"]["rules"]
    assert (rule["id"], rule["name"]) == ("TXT001", "NulCharacter")
    assert rule["helpUri"].endswith("docs/rules.md#txt001-nul-character")
    assert "**Why:**" in rule["help"]["markdown"]
    assert rule["defaultConfiguration"] == {"level": "warning"}
    assert rule["properties"]["tags"] == ["text", "fixable"]


@pytest.mark.parametrize(
    ("read", "right", "said"),
    [(0, 0, "high"), (50, 49, "very-high"), (10, 9, "high"), (10, 7, "medium"), (10, 6, "low")],
)
def test_precision_is_what_was_measured(run, monkeypatch, read, right, said):
    hits = [{"file": "a", "rows": 99, "hits": 60, "read": read, "right": right}]
    monkeypatch.setattr(sarif, "measured", lambda: {"TXT001": hits})
    (rule,) = log_of(run([NUL], "sarif"))["tool"]["driver"]["rules"]
    assert rule["properties"]["precision"] == said


def test_fingerprints_stay_where_rows_are_put_before_them_and_tell_results_apart(run):
    def fingerprints(rows):
        results = log_of(run(rows, "sarif"))["results"]
        return [result["partialFingerprints"]["recordHash/v1"] for result in results]

    rows = [NUL, NUL, NUL | {"id": "own"}, {"instruction": "a", "output": 4}]
    first = fingerprints(rows)
    assert len(first) == len(set(first)) == 4
    assert fingerprints([{"instruction": "new", "output": "c"}, *rows]) == first


def test_a_log_holds_what_is_taken_errors_first_and_says_what_is_left_out(run, monkeypatch):
    monkeypatch.setattr(sarif, "RESULTS", 3)
    wrong = {"instruction": "a", "output": 4}
    rows = [NUL, NUL, NUL, NUL, wrong, wrong]
    log = log_of(run(rows, "sarif"))
    lines = [
        (result["level"], result["locations"][0]["physicalLocation"]["region"]["startLine"])
        for result in log["results"]
    ]
    assert lines == [("warning", 1), ("error", 5), ("error", 6)]
    assert log["properties"] == {"findings": 6, "records": 6}
    (said,) = log["invocations"][0]["toolExecutionNotifications"]
    assert said["message"]["text"].startswith("Findings left out: 3,")


def test_a_clean_and_an_unreadable_input_are_valid_logs(run, curate):
    clean = log_of(run([{"instruction": "a", "output": "b"}], "sarif"))
    assert (clean["results"], clean["invocations"][0]["exitCode"]) == ([], 0)
    Path("empty.jsonl").write_bytes(b"")
    ended = curate("validate", "empty.jsonl", "--output-format", "sarif")
    invocation = log_of(ended)["invocations"][0]
    assert (invocation["executionSuccessful"], invocation["exitCode"]) == (False, 3)


def test_the_row_of_a_table_is_no_line_of_its_file(here, curate):
    Path("in.jsonl").write_text(json.dumps(NUL) + "\n")
    done = curate("convert", "in.jsonl", "--to", "alpaca", "-o", "in.parquet")
    assert done.code == 0, done.err
    ended = curate("validate", "in.parquet", "--select", "TXT001", "--output-format", "sarif")
    (result,) = log_of(ended)["results"]
    assert "region" not in result["locations"][0]["physicalLocation"]


@pytest.mark.network
def test_golden_logs_pass_the_published_schema(tmp_path):
    """The schema of OASIS comes with the npm package of Microsoft's matchers (MIT)."""
    if shutil.which("npm") is None:
        pytest.skip("npm is not installed")
    command = ["npm", "pack", "@microsoft/jest-sarif@1.0.0-beta.0", "--silent"]
    subprocess.run(command, cwd=tmp_path, check=True, timeout=120, capture_output=True)
    (archive,) = tmp_path.glob("*.tgz")
    with tarfile.open(archive) as files:
        file = files.extractfile("package/lib/schemas/sarif-2.1.0-rtm.5.json")
        schema = json.load(file)
    log = json.loads((GOLDEN / "out" / "findings.sarif").read_text("utf-8"))
    log["runs"][0]["tool"]["driver"]["semanticVersion"] = "1.2.3"
    formats = jsonschema.Draft4Validator.FORMAT_CHECKER
    jsonschema.Draft4Validator(schema, format_checker=formats).validate(log)


def test_github_says_the_totals_since_it_shows_ten(run):
    *annotations, total = run([NUL] * 11, "github").out.splitlines()
    assert len(annotations) == 11
    assert total == (
        "::notice title=curate validate::11 warnings in 11 records: TXT001 11 "
        "(GitHub shows 10 annotations of a kind; the log has all)"
    )


def test_junit_has_a_suite_for_each_input_and_a_case_for_each_rule(run, curate, monkeypatch):
    monkeypatch.setattr(junit, "PLACES", 2)
    run([NUL] + [{"instruction": "a", "output": 4}] * 5, "junit")
    Path("clean.jsonl").write_text('{"instruction": "a", "output": "b"}\n')
    given = ["--select", "TXT001,TRN006", "--output-format", "junit"]
    root = ET.fromstring(curate("validate", "in.jsonl", "clean.jsonl", *given).out)
    faulty, clean = root.findall("testsuite")
    assert (root.get("tests"), root.get("failures")) == ("5", "1")
    cases = {case.get("name"): case for case in faulty}
    assert set(cases) == {"SCH002 wrong-type", "TRN006 ends-on-user", "TXT001 nul-character"}
    failure = cases["SCH002 wrong-type"].find("failure")
    assert failure.get("message") == "5 findings"
    first, second, more = failure.text.splitlines()
    assert first.startswith("in.jsonl:2 /output: expected string")
    assert second.startswith("in.jsonl:3")
    assert more == "+3 more"
    assert cases["TXT001 nul-character"].find("system-out").text.startswith("in.jsonl:1 ")
    assert len(cases["TRN006 ends-on-user"]) == 0
    assert [case.get("name") for case in clean] == ["TRN006 ends-on-user", "TXT001 nul-character"]


def test_the_one_document_holds_the_first_findings(run, monkeypatch):
    printed = run([NUL] * 3, "jsonl").out.splitlines()
    whole = run([NUL] * 3, "json").document
    assert whole["items"] == [json.loads(line) for line in printed]
    assert whole["items_cut"] == 0
    assert check("report", whole) == []
    monkeypatch.setattr(documents, "ITEMS", 2)
    some = run([NUL] * 3, "json").document
    assert some["items"] == whole["items"][:2]
    assert some["items_cut"] == 1


def test_places_of_a_code_are_kept_and_the_rest_is_counted(run):
    ended = run([NUL] * 7, "human", "--max-findings", "2")
    heading, one, two, more, fix, *_ = ended.out.splitlines()
    assert heading == ("warning TXT001 nul-character: 7 findings in 7 rows [fix available: safe]")
    assert one.startswith("  in.jsonl:1 ")
    assert two.startswith("  in.jsonl:2 ")
    assert (more, fix) == ("  +5 more", "  fix: the safe fix removes it.")
    assert ended.out.count("fix:") == 1
    summary = ended.err.splitlines()[-1]
    assert summary == "7 warnings; 7 rows checked; 7 fixable with --fix"
