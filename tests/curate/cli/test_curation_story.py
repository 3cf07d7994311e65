"""A person's story on the shipped chats: what was planted in them is found, and nothing else."""

import json
import re
import shlex
import shutil
from collections import Counter
from pathlib import Path

import pytest
import yaml

import curate as package

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "steps.md").read_text("utf-8")
README = (ROOT / "README.md").read_text("utf-8")
SECTION = README.partition("\n## Clean, balance, split\n")[2].partition("\n## ")[0]
CHATS = "recipes/data/support_chats.jsonl"
ITEMS = "recipes/data/support_eval.jsonl"


def json_lines(path):
    return [json.loads(line) for line in Path(path).read_text("utf-8").splitlines()]


RECORDS = json_lines(ROOT / CHATS)

# The line of each row that leaves, and the line of the row that stays for it.
EQUAL = {60: 4, 67: 33, 70: 56, 73: 62, 74: 63, 77: 20, 84: 50, 86: 80}
NEARLY = {87: 41, 90: 42, 94: 44, 97: 45, 100: 46, 104: 48}
SHORT, LOOPING, FOREIGN = {107, 111, 114}, {117, 121}, {124, 127}
LEAKED = {131: ("LEK001", 1), 134: ("LEK001", 5), 138: ("LEK002", 9)}
TEMPLATE = {at for at, row in enumerate(RECORDS, 1) if row["category"] == "triage"}
FUNNEL = {"DUP010": 8, "DUP011": 6, "LEK001": 2, "LEK002": 1, "LEN051": 3, "QLT200": 2, "BAL010": 4}


@pytest.fixture
def here(tmp_path, monkeypatch):
    shutil.copytree(ROOT / "recipes", tmp_path / "recipes")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def removed_rows(folder):
    """Return what stands in an output's `rejected/`, by line of the input."""
    path = Path(folder)
    path = path / "rejected" / "rejected.jsonl" if path.is_dir() else Path(f"{path}.rejected.jsonl")
    rows = json_lines(path)
    found = {row["origin"]["line"]: row for row in rows}
    assert len(found) == len(rows)
    return found


def kept_lines(removed):
    """Return the line of the row that each finding says stays."""
    said = [(line, row["findings"][0]["message"]) for line, row in removed.items()]
    found = [(line, re.search(r"\S+\.jsonl:(\d+)\), which stays$", text)) for line, text in said]
    return {line: int(match[1]) for line, match in found if match}


def splits_of(folder):
    """Return the rows of each split of a folder."""
    card = json.loads(Path(folder, "card.json").read_text("utf-8"))
    return {split: list(package.load(folder, split).rows()) for split in card["splits"]}


def lines_of(folder):
    return {row["origin"]["line"] for rows in splits_of(folder).values() for row in rows}


def told(ended, step):
    return ended.document["steps"][step]


def test_the_shipped_rows_are_what_they_are_said_to_be():
    words = [" ".join(m["content"] for m in row["messages"]).lower().split() for row in RECORDS]
    assert {at: stays for at, stays in EQUAL.items() if words[at - 1] != words[stays - 1]} == {}
    assert all(words[at - 1] != words[stays - 1] for at, stays in NEARLY.items())
    assert len({*map(tuple, words)}) == len(RECORDS) - len(EQUAL)
    assert len(TEMPLATE) == 28
    starts = {RECORDS[at - 1]["messages"][0]["content"].partition("\n\n")[0] for at in TEMPLATE}
    assert len(starts) == 1
    assert Counter(row["language"] for row in RECORDS) == {"en": 136, "de": 1, "fr": 1}


def test_the_recipe_runs_the_whole_line(here, curate):
    ended = curate("run", "clean", "--json")
    assert ended.code == 0
    assert ended.document["removed"] == dict(sorted(FUNNEL.items()))
    steps = [(each["step"], each["rows_in"], each["rows_out"]) for each in ended.document["funnel"]]
    assert steps == [
        ("read", 138, 138),
        ("dedup", 138, 124),
        ("decontaminate", 124, 121),
        ("filter", 121, 116),
        ("balance", 116, 112),
        ("split", 112, 112),
    ]
    removed = removed_rows("data/support")
    assert Counter(row["code"] for row in removed.values()) == FUNNEL
    capped = {line for line, row in removed.items() if row["code"] == "BAL010"}
    assert capped < TEMPLATE
    planted = {*EQUAL, *NEARLY, *SHORT, *LOOPING, *LEAKED}
    assert set(removed) == planted | capped
    assert lines_of("data/support") == {*range(1, 139)} - set(removed)


def test_what_the_recipe_leaves_is_balanced_and_split(here, curate):
    assert curate("run", "clean").code == 0
    splits = splits_of("data/support")
    assert {name: len(rows) for name, rows in splits.items()} == {"train": 101, "validation": 11}
    train, held_out = (Counter(row["category"] for row in splits[name]) for name in splits)
    assert max((train + held_out).values()) == 24
    assert all(1 <= held_out[name] <= 2 for name in train if name != "arithmetic")


def test_a_run_twice_is_the_same_run(here, curate):
    first = curate("run", "clean", "--json").document
    again = curate("run", "clean", "--set", "output.folder=data/again", "--jobs", 2, "--json")
    assert again.document["steps"] == first["steps"]
    for name in ("train", "validation"):
        path = f"data/{name}-00000-of-00001.arrow"
        assert Path("data/again", path).read_bytes() == Path("data/support", path).read_bytes()


def test_dedup_finds_every_planted_repeat_and_names_what_stays(here, curate):
    ended = curate("dedup", CHATS, "-o", "data/unique")
    assert ended.code == 0
    removed = removed_rows("data/unique")
    assert {line for line, row in removed.items() if row["code"] == "DUP010"} == set(EQUAL)
    assert {line for line, row in removed.items() if row["code"] == "DUP011"} == set(NEARLY)
    assert kept_lines(removed) == EQUAL | NEARLY
    assert lines_of("data/unique") == {*range(1, 139)} - set(removed)


def test_rows_of_one_template_stay(here, curate):
    ended = curate("dedup", CHATS, "--report-only", "--json")
    assert told(ended, "dedup")["template_rows"] == len(TEMPLATE)
    assert curate("dedup", CHATS, "-o", "data/unique").code == 0
    assert lines_of("data/unique") >= TEMPLATE


def test_unverified_takes_the_template_for_repeats(here, curate):
    ended = curate("dedup", CHATS, "--unverified", "-o", "data/unverified")
    assert ended.code == 0
    assert len(TEMPLATE & set(removed_rows("data/unverified"))) == len(TEMPLATE) - 1


@pytest.mark.parametrize("keep", ["first", "longest"])
def test_another_row_stays_when_that_is_asked_for(here, curate, keep):
    assert curate("dedup", CHATS, "--keep", keep, "-o", "data/kept").code == 0
    stays = kept_lines(removed_rows("data/kept"))
    pairs = {frozenset(pair) for pair in stays.items()}
    assert pairs == {frozenset(pair) for pair in (EQUAL | NEARLY).items()}
    for gone, kept in stays.items():
        sizes = [sum(len(m["content"]) for m in RECORDS[at - 1]["messages"]) for at in (gone, kept)]
        assert gone > kept if keep == "first" else sizes[0] <= sizes[1]


def test_a_report_removes_nothing(here, curate):
    ended = curate("dedup", CHATS, "--report-only", "--json")
    assert (ended.code, ended.document["removed"], ended.document["rows_out"]) == (0, {}, 138)
    assert ended.document["findings"] == {"DUP010": 8, "DUP011": 6}
    assert not Path("data").exists()
    assert curate("dedup", CHATS, "--report-only", "-o", "data/all").code == 0
    assert lines_of("data/all") == {*range(1, 139)}
    assert Path("data/all/scores/dedup.arrow").is_file()


@pytest.mark.parametrize("out", ["data/unique", "data/unique.jsonl"])
def test_another_threshold_needs_no_comparison(here, curate, out):
    assert curate("dedup", CHATS, "-o", out).code == 0
    scores = out if out == "data/unique" else f"{out}.scores-dedup.arrow"
    again = curate(
        "dedup", CHATS, "--scores", scores, "--threshold", 0.9, "--report-only", "--json"
    )
    anew = curate("dedup", CHATS, "--threshold", 0.9, "--report-only", "--json")
    assert told(again, "dedup")["removed"] == told(anew, "dedup")["removed"]
    assert told(again, "dedup")["removed"] == {"DUP010": 8, "DUP011": 2}
    lower = curate("dedup", CHATS, "--scores", scores, "--threshold", 0.5, "--report-only")
    assert lower.code == 2
    assert "0.5 is below it" in lower.err


def test_clusters_hold_each_row_once(here, curate):
    assert curate("dedup", CHATS, "--clusters", "-o", "data/unique").code == 0
    groups = json_lines("data/unique/clusters.jsonl")
    members = [int(m["place"].rpartition(":")[2]) for group in groups for m in group["members"]]
    both = EQUAL | NEARLY
    assert sorted(members) == sorted([*both, *both.values()])
    assert all(sum(m["kept"] for m in group["members"]) == 1 for group in groups)


def test_leaked_items_leave_and_are_shown_beside_them(here, curate):
    assert curate("decontaminate", CHATS, "--against", ITEMS, "-o", "data/apart").code == 0
    removed = removed_rows("data/apart")
    assert {line: row["code"] for line, row in removed.items()} == {
        line: code for line, (code, _) in LEAKED.items()
    }
    pairs = json_lines("data/apart/leaks.jsonl")
    shown = {(pair["row"]["line"], pair["item"]["line"]) for pair in pairs if pair["removed_by"]}
    assert shown == {(line, item) for line, (_, item) in LEAKED.items()}
    listed = curate("decontaminate", CHATS, "--against", ITEMS, "--action", "list", "--dry-run")
    assert "138 in  = 138 out" in listed.err + listed.out


def test_answers_that_say_nothing_leave(here, curate):
    rules = ["--keep", "response_words >= 3", "--keep", "compression_ratio >= 0.3"]
    assert curate("filter", CHATS, *rules, "-o", "data/good").code == 0
    removed = removed_rows("data/good")
    by_code = {
        code: {at for at, row in removed.items() if row["code"] == code}
        for code in ("LEN051", "QLT200")
    }
    assert by_code == {"LEN051": SHORT, "QLT200": LOOPING}
    again = curate(
        "filter",
        CHATS,
        "--scores-from",
        "data/good",
        "--keep",
        "response_words >= 12",
        "--report-only",
        "--json",
    )
    anew = curate("filter", CHATS, "--keep", "response_words >= 12", "--report-only", "--json")
    assert again.document["findings"] == anew.document["findings"]


def test_other_languages_are_found(here, curate):
    pytest.importorskip("fasttext", reason="the extra `language` is not installed")
    assert curate("filter", CHATS, "--keep", "language in en", "-o", "data/english").code == 0
    assert set(removed_rows("data/english")) == FOREIGN
    known = curate("filter", CHATS, "--keep", "language in en and known", "-o", "data/known")
    assert known.code == 0
    assert set(removed_rows("data/known")) == FOREIGN | SHORT


def test_copies_are_made_only_where_asked_for(here, curate):
    few = curate("balance", CHATS, "--by", "category", "--target", "chat=20", "--report-only")
    assert "BAL015" in few.err + few.out
    more = curate(
        "balance",
        CHATS,
        "--by",
        "category",
        "--target",
        "chat=20",
        "--upsample",
        "-o",
        "data/up",
        "--json",
    )
    assert (more.document["added"], more.document["rows_out"]) == ({"BAL014": 11}, 149)


def test_what_repeats_is_never_parted(here, curate):
    assert curate("split", CHATS, "--validation-rows", 14, "-o", "data/parts").code == 0
    splits = splits_of("data/parts")
    where = {row["origin"]["line"]: name for name, rows in splits.items() for row in rows}
    assert Counter(where.values()) == {"train": 124, "validation": 14}
    assert {at for at, stays in (EQUAL | NEARLY).items() if where[at] != where[stays]} == set()


def test_python_has_the_commands_by_their_names(here):
    for _ in range(2):  # a package of one of these names must not take the function's place
        found = package.dedup(CHATS, report_only=True)
        assert found.steps["dedup"]["removed"] == {"DUP010": 8, "DUP011": 6}
        assert package.decontaminate(CHATS, report_only=True, against=[ITEMS]).ledger.findings == {
            "LEK001": 2,
            "LEK002": 1,
        }
        rules = ["response_words >= 3"]
        assert package.filter(CHATS, report_only=True, keep=rules).ledger.findings == {"LEN051": 3}
        report = package.balance(CHATS, report_only=True, by=["category"], cap_rows=15)
        assert report.ledger.findings == {"BAL010": 33}
        assert package.mix(CHATS, dry_run=True, rows=100).ledger.removed == {"BAL030": 38}
        assert package.split(CHATS, dry_run=True, validation_rows=14).ledger.rows_out == 138
    out = package.dedup(CHATS, "data/unique")
    assert (out.ledger.rows_in, out.ledger.rows_out) == (138, 124)


def test_two_sets_differ_by_what_was_removed(here, curate):
    assert curate("dedup", CHATS, "-o", "data/unique").code == 0
    ended = curate("diff", CHATS, "data/unique")
    assert ended.code == 1
    assert "124 same, 14 removed" in ended.err + ended.out
    assert curate("diff", "data/unique", "data/unique").code == 0


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["dedup", CHATS], 2, "-o OUT"),
        (["dedup", CHATS, "--report-only", "--threshold", 0], 2, "above 0"),
        (["dedup", CHATS, "--report-only", "--keep", "best:score"], 2, "no row has the field"),
        (["dedup", CHATS, "--report-only", "--bands", 200], 2, "at most 128 bands"),
        (["decontaminate", CHATS, "--report-only"], 2, "--against"),
        (["decontaminate", CHATS, "--report-only", "--against", "no.jsonl"], 3, "SRC021"),
        (["filter", CHATS, "--report-only"], 2, "needs a rule"),
        (["filter", CHATS, "--report-only", "--keep", "word >= 3"], 2, "there is no score word"),
        (["filter", CHATS, "--keep", "response_words >= 999", "-o", "data/x"], 1, "nothing was"),
        (["balance", CHATS, "--report-only"], 2, "nothing says how to balance"),
        (["balance", CHATS, "--report-only", "--by", "tone", "--cap-rows", 3], 2, "'tone'"),
        (["split", CHATS, "--report-only", "--validation-ratio", 1], 2, "below 1"),
        (["split", CHATS, "--validation-rows", 9, "-o", "x.jsonl"], 2, "one file holds no splits"),
        (["run", "clean", "--set", "dedup.treshold=0.8"], 2, "did you mean `threshold`"),
    ],
)
def test_a_wrong_command_says_what_is_wrong(here, curate, arguments, code, said):
    ended = curate(*arguments)
    assert ended.code == code
    assert said in ended.err + ended.out


def commands_of(page):
    """Return the commands that a page shows, in order, each with what it shows of their output."""
    found = []
    for language, block in re.findall(r"```(\w*)\n(.*?)```", page, re.DOTALL):
        lines = block.replace("\\\n", " ").splitlines()
        if language == "sh":
            found += [(line.partition("  #")[0].strip(), []) for line in lines]
        elif not language:
            if lines[0].startswith("$ "):
                found.append((lines.pop(0).removeprefix("$ "), []))
            found[-1][1].extend(line for line in lines if line != "…")
    return found


@pytest.mark.parametrize("page", [PAGE, SECTION], ids=["docs/steps.md", "README.md"])
def test_every_command_of_a_page_runs_and_prints_what_is_shown(here, curate, page):
    shown = commands_of(page)
    assert len(shown) > 8
    for command, lines in shown:
        program, *arguments = shlex.split(command)
        assert program == "curate"
        ended = curate(*arguments)
        assert ended.code == (1 if arguments[0] == "diff" else 0), (command, ended.err)
        printed = f"{ended.out}{ended.err}".splitlines()
        places = [printed.index(line) for line in lines]
        assert places == sorted(places)


def test_the_recipe_on_the_pages_is_the_recipe():
    path = ROOT / "recipes" / "clean.curate.yaml"
    (whole,) = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    assert path.read_text("utf-8").endswith(whole)
    (steps,) = re.findall(r"```yaml\n(.*?)```", SECTION, re.DOTALL)
    recipe = yaml.safe_load(whole)
    assert {**recipe, **yaml.safe_load(steps)} == {**recipe, "dedup": {"threshold": 0.7}}
