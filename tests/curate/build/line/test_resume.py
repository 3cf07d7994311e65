"""A line that was cut short goes on behind the last step that was done, or does it again."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from curate.build.line.resume import State
from curate.build.settings import Settings
from tests.curate.build.line.test_straight import Asked, Doing, removing, run, written

FIRST = Doing(lambda rows: removing(0, 1, kept=2), "first")


class _CutError(Exception):
    pass


def _cut(rows: Any) -> Any:
    raise _CutError


def cut_short(path: Path, out: Path, *done: Doing, **more: Any) -> Path:
    """Run steps and one that is cut short behind them; return the folder of what was kept."""
    with pytest.raises(_CutError):
        run(path, out, *done, Doing(_cut, "last"), resumable=True, **more)
    return out.parent / f".{out.name}.steps"


def contents(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def again(path: Path, out: Path, **more: Any) -> tuple[list[int], list[int]]:
    """Run the same once more; return what the two steps saw."""
    first, last = Doing(FIRST.decision, "first"), Doing(lambda rows: removing(0), "last")
    run(path, out, first, last, resumable=True, **more)
    return first.seen, last.seen


def kept_files(folder: Path) -> list[str]:
    found = [path for path in folder.rglob("*") if path.is_file()]
    return sorted(path.relative_to(folder).as_posix() for path in found)


NAMES = [
    "00.rejected.jsonl",
    "00/extra.arrow",
    "00/inputs.npy",
    "00/positions.npy",
    "00/splits.npy",
    "00/state.json",
    "01.rejected.jsonl",
    "01/extra.arrow",
    "01/inputs.npy",
    "01/positions.npy",
    "01/splits.npy",
    "01/state.json",
    "rows.arrow",
]


@pytest.mark.parametrize("damage", ["cut", "emptied", "removed", "flipped"])
@pytest.mark.parametrize("name", NAMES)
def test_a_damaged_file_is_made_again(tmp_path: Path, name: str, damage: str) -> None:
    path, out = written(tmp_path / "a.jsonl"), tmp_path / "out"
    with path.open("a") as file:
        file.write("{broken\n")
    run(path, out, FIRST, Doing(lambda rows: removing(0), "last"))
    whole = contents(out)
    shutil.rmtree(out)
    kept = cut_short(path, out, FIRST)
    assert kept_files(kept) == NAMES
    data = (kept / name).read_bytes()
    if damage == "flipped" and name in ("rows.arrow", "01.rejected.jsonl", "00.rejected.jsonl"):
        pytest.skip("their sizes are looked at, and that rows can be mapped")
    if damage == "removed":
        (kept / name).unlink()
    else:
        half = len(data) // 2
        made = {"cut": data[:half], "emptied": b""}
        flipped = data[:half] + bytes([data[half] ^ 1]) + data[half + 1 :]
        (kept / name).write_bytes(made.get(damage, flipped))
    seen, last = again(path, out)
    read_again = name.startswith("00") or name == "rows.arrow"
    assert seen == ([12] if read_again or name.startswith("01") else [])
    assert last == [10]
    assert contents(out) == whole
    assert sorted(each.name for each in tmp_path.iterdir()) == ["a.jsonl", "out"]


def test_what_an_older_line_left_behind_a_step_does_not_come_back(tmp_path: Path) -> None:
    path, out = written(tmp_path / "a.jsonl"), tmp_path / "out"
    cut_short(path, out, FIRST, Doing(lambda rows: removing(3), "second"))
    run(path, out, Doing(FIRST.decision, "first"), resumable=True)  # a recipe with a step less
    lines = (out / "rejected" / "rejected.jsonl").read_text().splitlines()
    assert [json.loads(line)["id"] for line in lines] == ["r0", "r1"]


def test_a_step_that_was_begun_with_other_options_is_not_taken_up(tmp_path: Path) -> None:
    path, out = written(tmp_path / "a.jsonl"), tmp_path / "out"
    kept = cut_short(path, out, FIRST)
    with pytest.raises(_CutError):
        run(path, out, Doing(_cut, "first", Asked("other")), resumable=True)
    assert not (kept / "01").exists()
    assert again(path, out) == ([12], [10])
    lines = (out / "rejected" / "rejected.jsonl").read_text().splitlines()
    assert [json.loads(line)["id"] for line in lines] == ["r0", "r1", "r2"]


def test_rows_of_another_input_are_not_taken_for_those_of_a_mapped_folder(tmp_path: Path) -> None:
    path, out, folder = written(tmp_path / "a.jsonl"), tmp_path / "out", tmp_path / "folder"
    run(written(tmp_path / "b.jsonl", 20), folder)
    cut_short(path, out)
    cut_short(folder, out, FIRST)
    assert again(folder, out) == ([], [18])


def test_a_mapped_folder_is_mapped_again(tmp_path: Path) -> None:
    path, out, folder = written(tmp_path / "a.jsonl"), tmp_path / "out", tmp_path / "folder"
    run(path, folder)
    kept = cut_short(folder, out, FIRST)
    assert not (kept / "rows.arrow").exists()
    assert again(folder, out) == ([], [10])


@pytest.mark.parametrize("name", ["items.jsonl", "some/folder", "folder#test", "it*.jsonl"])
def test_a_changed_file_that_an_option_names_is_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    path, out = written(tmp_path / "a.jsonl"), tmp_path / "out"
    for each in ("some/folder/inner", "folder"):
        Path(each).mkdir(parents=True)
    named = {"some/folder": "some/folder/inner/x", "folder#test": "folder/x"}
    file = Path(named.get(name, "items.jsonl"))
    file.write_text("one")
    for changed in (False, True):
        first = Doing(FIRST.decision, "first", Asked(name))
        cut_short(path, out, first)
        if changed:
            file.write_text("other")
        first.seen.clear()
        run(path, out, first, Doing(lambda rows: removing(0), "last"), resumable=True)
        assert first.seen == ([12] if changed else [])


def test_a_text_that_is_no_path_names_no_file(tmp_path: Path) -> None:
    path, out = written(tmp_path / "a.jsonl"), tmp_path / "out"
    texts = ["x" * 500, "a\0b", "#", "hf:no/such", "[", "", "~", "y/" * 400]
    for text in texts:
        first = Doing(FIRST.decision, "first", Asked(text))
        cut_short(path, out, first)
        first.seen.clear()
        run(path, out, first, Doing(lambda rows: removing(0), "last"), resumable=True)
        assert not first.seen


def test_the_order_of_a_set_in_the_settings_does_not_matter(tmp_path: Path) -> None:
    out = tmp_path / "out"
    path = written(tmp_path / "a.jsonl")
    code = (
        "from curate.build.line.resume import _plain\n"
        "from curate.build.settings import Settings\n"
        "print(_plain(Settings(allow_loss=frozenset({'LOS001', 'LOS002', 'LOS003'}))))"
    )
    told = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in "1234"
    }
    assert len(told) == 1
    cut_short(path, out, FIRST, settings=Settings(allow_loss=frozenset({"LOS001", "LOS002"})))
    allowed = Settings(allow_loss=frozenset({"LOS002", "LOS001"}))
    assert again(path, out, settings=allowed) == ([], [10])


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pipes with names")
def test_a_pipe_is_read_and_never_taken_up(tmp_path: Path) -> None:
    source, pipe, out = written(tmp_path / "a.jsonl"), tmp_path / "pipe", tmp_path / "out"
    os.mkfifo(pipe)
    for cut in (True, False):
        writer = threading.Thread(target=lambda: pipe.write_bytes(source.read_bytes()))
        writer.start()
        if cut:
            kept = cut_short(pipe, out, FIRST)
            assert not any((kept / name).exists() for name in ("00", "01"))
        else:
            assert again(pipe, out) == ([12], [10])
        writer.join()
    assert sorted(each.name for each in tmp_path.iterdir()) == ["a.jsonl", "out", "pipe"]


def test_only_what_a_step_leaves_whole_is_kept(tmp_path: Path) -> None:
    path, out = written(tmp_path / "a.jsonl"), tmp_path / "out"
    kept = cut_short(path, out, FIRST)
    (kept / "01").rename(kept / "01.new")
    (kept / "first-scratch").mkdir()
    (kept / "first-scratch" / "big").write_text("x")
    state = State(kept, None)
    state.forget(9)
    assert sorted(each.name for each in kept.iterdir()) == [
        "00",
        "01.rejected.jsonl",
        "rows.arrow",
    ]
    assert again(path, out) == ([12], [10])


def test_a_line_that_is_not_resumable_clears_what_a_killed_one_left(tmp_path: Path) -> None:
    path, out = written(tmp_path / "a.jsonl"), tmp_path / "out"
    cut_short(path, out, FIRST)
    with pytest.raises(_CutError):
        run(path, out, Doing(_cut))
    assert sorted(each.name for each in tmp_path.iterdir()) == ["a.jsonl"]


def test_a_link_in_the_place_of_what_is_kept_is_not_followed(tmp_path: Path) -> None:
    from curate.errors import OutputError

    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "precious").write_text("x")
    (tmp_path / ".out.steps").symlink_to(tmp_path / "mine")
    with pytest.raises(OutputError, match="is a link"):
        run(written(tmp_path / "a.jsonl"), tmp_path / "out", FIRST, resumable=True)
    assert (tmp_path / "mine" / "precious").exists()


RECIPE = """
input: {paths: [a.jsonl]}
output: {folder: out}
dedup: {}
decontaminate: {against: [items.jsonl]}
filter: {keep: ["response_words >= 2"]}
balance: {by: [category], cap_rows: 150}
split: {validation_ratio: 0.2}
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="signals are those of POSIX")
def test_a_run_that_is_killed_at_any_moment_ends_in_the_same_bytes(tmp_path: Path) -> None:
    rows = [
        {
            "id": f"r{n}",
            "instruction": f"ask number {n % 350} please, of this and of {n % 7} that",
            "output": f"say {n} of {n * n % 11}",
            "category": "ab"[n % 2],
        }
        for n in range(400)
    ]
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (tmp_path / "items.jsonl").write_text(json.dumps({"question": rows[5]["instruction"]}) + "\n")
    (tmp_path / "r.curate.yaml").write_text(RECIPE)
    command = [sys.executable, "-m", "curate", "run", "r.curate.yaml", "--json"]
    before = time.monotonic()
    first = subprocess.run(command, cwd=tmp_path, capture_output=True, check=True)
    took = time.monotonic() - before
    whole, beside = contents(tmp_path / "out"), sorted(each.name for each in tmp_path.iterdir())
    for number, sign in enumerate((signal.SIGINT, signal.SIGKILL, signal.SIGTERM) * 2):
        if number % 2:
            shutil.rmtree(tmp_path / "out")
        with subprocess.Popen(
            command, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        ) as running:
            time.sleep(took * (0.35 + number / 9))
            running.send_signal(sign)
            _, said = running.communicate(timeout=60)
        assert running.returncode in (0, 130, -sign), said
        assert b"Traceback" not in said
        ended = subprocess.run(command, cwd=tmp_path, capture_output=True, check=True)
        assert contents(tmp_path / "out") == whole
        assert sorted(each.name for each in tmp_path.iterdir()) == beside
        assert ended.stdout == first.stdout
