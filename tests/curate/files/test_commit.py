"""Outputs are whole or absent: what is refused, and what stays when a run ends early."""

import fcntl
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from curate.files import commit

GOOD = '{"text": "a"}\n'


def tree(folder: Path):
    """Return every path below a folder with its bytes."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() if path.is_file() else None
        for path in sorted(folder.rglob("*"))
    }


@pytest.fixture
def here(tmp_path, monkeypatch, curate):
    """Return a folder with an input and a dataset folder made from it."""
    monkeypatch.chdir(tmp_path)
    Path("in.jsonl").write_text(GOOD)
    Path("new.jsonl").write_text('{"text": "b"}\n')
    assert curate("convert", "in.jsonl", "-o", "out").code == 0
    return tmp_path


def test_an_old_output_is_replaced_and_nothing_else_is_left(here, curate):
    before = tree(here / "out")
    assert curate("convert", "new.jsonl", "-o", "out").code == 0
    assert tree(here / "out").keys() == before.keys()
    assert tree(here / "out") != before
    assert sorted(p.name for p in here.iterdir()) == ["in.jsonl", "new.jsonl", "out"]


def test_text_below_the_mark_of_the_card_survives(here, curate):
    readme = here / "out" / "README.md"
    readme.write_text(readme.read_text() + "my own words\n")
    assert curate("convert", "new.jsonl", "-o", "out").code == 0
    assert readme.read_text().endswith("my own words\n")


def foreign_folder(out):
    shutil.rmtree(out)
    out.mkdir()
    (out / "thesis.txt").write_text("mine")


def foreign_card(out):
    (out / "card.json").write_text('{"files": []}')


def foreign_file(out):
    (out / "data" / "notes.txt").write_text("mine")


def foreign_rejected(out):
    (out / "rejected").mkdir(exist_ok=True)
    (out / "rejected" / "mine.txt").write_text("mine")


def foreign_link(out):
    (out / "link").symlink_to("/")


def dangling_link(out):
    (out / "link").symlink_to("nowhere")


def a_file(out):
    shutil.rmtree(out)
    out.write_text("mine")


def a_link(out):
    out.rename(out.with_name("real"))
    out.symlink_to("real")


@pytest.mark.parametrize(
    "change",
    [
        foreign_folder,
        foreign_card,
        foreign_file,
        foreign_rejected,
        foreign_link,
        dangling_link,
        a_file,
        a_link,
    ],
    ids=lambda change: change.__name__,
)
def test_what_is_not_ours_is_refused_and_untouched(here, curate, change):
    change(here / "out")
    before = tree(here)
    ended = curate("convert", "new.jsonl", "-o", "out")
    assert ended.code == 7
    assert "out" in ended.err.splitlines()[0]
    assert tree(here) == before


def test_an_empty_folder_is_taken(here, curate):
    (here / "empty").mkdir()
    assert curate("convert", "in.jsonl", "-o", "empty").code == 0


@pytest.mark.parametrize("out", ["out", "out.jsonl"])
def test_a_held_lock_is_refused_with_exit_8(here, curate, out):
    lock = here / f".{out}.lock"
    before = tree(here)
    with lock.open("w") as holder:
        fcntl.flock(holder, fcntl.LOCK_EX)
        ended = curate("convert", "new.jsonl", "--to", "text", "-o", out)
        assert ended.code == 8
        assert lock.exists()
    lock.unlink()
    assert tree(here) == before


def test_a_lock_left_by_a_dead_run_is_no_hindrance(here, curate):
    (here / ".out.lock").touch()
    assert curate("convert", "new.jsonl", "-o", "out").code == 0
    assert not (here / ".out.lock").exists()


@pytest.mark.parametrize(
    "out", ["in.jsonl/out", "in.jsonl/out.jsonl", "/proc/out", "/proc/x.jsonl"]
)
def test_a_place_that_cannot_hold_the_output_is_exit_7(here, curate, out):
    before = tree(here)
    ended = curate("convert", "new.jsonl", "--to", "text", "-o", out)
    assert ended.code == 7
    assert out.rpartition("/")[0] in ended.err
    assert tree(here) == before


def run_as(arguments, folder, **how):
    """Run the command in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "curate", *map(str, arguments)],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(os.path.isabs, sys.path))},
        **how,
    )


def test_a_folder_without_the_right_to_write_is_exit_7(here, curate):
    shut = here / "shut"
    shut.mkdir()
    shut.chmod(0o555)
    if os.access(shut, os.W_OK):
        pytest.skip("this user may write everywhere")
    assert curate("convert", "in.jsonl", "-o", "shut/out").code == 7


def test_a_folder_named_like_a_file_is_refused(here, curate):
    (here / "set.jsonl").mkdir()
    assert curate("convert", "in.jsonl", "--to", "text", "-o", "set.jsonl").code == 7
    assert (here / "set.jsonl").is_dir()


def test_a_run_that_died_between_the_two_renames_is_repaired(here, curate):
    before = tree(here / "out")
    (here / "out").rename(here / ".out.old")
    (here / ".out.new").mkdir()
    (here / ".out.new" / "half").write_text("written")
    assert curate("convert", "missing.jsonl", "-o", "out").code == 3
    assert tree(here / "out") == before
    (here / "out").rename(here / ".out.old")
    assert curate("convert", "new.jsonl", "-o", "out").code == 0
    assert sorted(p.name for p in here.iterdir()) == ["in.jsonl", "new.jsonl", "out"]


class StopError(Exception):
    pass


@pytest.mark.parametrize("out", ["out", "out.jsonl"])
@pytest.mark.parametrize("step", ["open", "mkdir", "fsync", "rename", "replace", "write"])
@pytest.mark.parametrize("number", range(6))
@pytest.mark.parametrize("fault", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_a_fault_at_any_step_leaves_the_old_output_or_the_new_one(
    here, curate, monkeypatch, out, step, number, fault
):
    assert curate("convert", "in.jsonl", "--to", "text", "-o", out).code == 0
    target = here / out
    old = tree(target) if target.is_dir() else target.read_bytes()
    left = number
    owner = {"open": Path, "mkdir": Path, "rename": Path, "replace": Path}.get(step, os)
    name = step
    if step == "write":
        from curate.build import outputs

        owner = outputs.HashedFile
    real = getattr(owner, name)

    def failing(*arguments, **options):
        nonlocal left
        if ".out" in str(arguments[0]) or owner is not Path:
            left -= 1
            if left == -1:
                raise fault
        return real(*arguments, **options)

    with monkeypatch.context() as patch:
        patch.setattr(owner, name, failing)
        ended = curate("convert", "new.jsonl", "--to", "text", "-o", out)
    assert ended.code == (0 if left >= 0 else 130 if isinstance(fault, KeyboardInterrupt) else 7)
    now = tree(target) if target.is_dir() else target.read_bytes()
    if ended.code and now != old:
        assert step == "fsync", "only a flush after the rename may fail with the new output there"
    assert {p.name for p in here.iterdir()} == {"in.jsonl", "new.jsonl", "out", out}


@pytest.mark.parametrize("out", ["out", "out.jsonl"])
def test_a_full_disk_is_exit_7_and_leaves_no_trace(here, curate, out):
    assert curate("convert", "in.jsonl", "--to", "text", "-o", out).code == 0
    Path("big.jsonl").write_text(('{"text": "' + "x" * 1_000 + '"}\n') * 2_000)
    before = tree(here)

    def small():
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)

    ended = run_as(["convert", "big.jsonl", "--to", "text", "-o", out], here, preexec_fn=small)
    assert ended.returncode == 7, ended.stderr
    assert "Traceback" not in ended.stderr
    assert out in ended.stderr
    assert "space" in ended.stderr
    assert tree(here) == before


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("jobs", [1, 2])
def test_an_interrupted_run_ends_with_130_and_leaves_no_trace(here, sign, jobs, request):
    # A shell's background job ignores SIGINT, and a child would inherit that.
    before_it = signal.signal(signal.SIGINT, signal.default_int_handler)
    request.addfinalizer(lambda: signal.signal(signal.SIGINT, before_it))
    with open("big.jsonl", "w") as file:  # noqa: PTH123
        for n in range(400_000):
            file.write(json.dumps({"text": f"row {n}"}) + "\n")
    before = {p.name for p in here.iterdir()}
    old = tree(here / "out")
    command = [sys.executable, "-m", "curate", "convert", "big.jsonl", "-o", "out"]
    with subprocess.Popen(
        [*command, "--jobs", str(jobs)],
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(os.path.isabs, sys.path))},
        start_new_session=True,
    ) as child:
        for _ in range(1_000):
            if (here / ".out.new" / "data" / "train-00000").exists():
                break
            time.sleep(0.01)
        os.killpg(child.pid, sign) if sign == signal.SIGINT else child.send_signal(sign)
        _, said = child.communicate(timeout=60)
    assert child.returncode == 130, said
    assert "Traceback" not in said
    assert {p.name for p in here.iterdir()} == before
    assert tree(here / "out") == old


def test_a_strange_working_folder_of_ours_is_replaced_not_followed(here, curate):
    (here / "precious").mkdir()
    (here / "precious" / "file").write_text("mine")
    (here / ".out.new").symlink_to("precious")
    curate("convert", "new.jsonl", "-o", "out")
    assert (here / "precious" / "file").read_text() == "mine"


def test_the_folder_entries_are_flushed(here, monkeypatch, curate):
    flushed = []
    monkeypatch.setattr(commit, "sync_folder", lambda path: flushed.append(Path(path).name))
    assert curate("convert", "new.jsonl", "-o", "out").code == 0
    assert flushed[-1] == here.name
    assert "data" in flushed
