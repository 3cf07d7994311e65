"""Files of media: confined to their folder, told by their bytes, and looked for only when asked."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curate.build import validate
from curate.build.settings import Settings
from curate.checks import check_row
from curate.checks.structure.media_files import RULES, media_rules
from curate.checks.structure.media_heads import head_of, kind_of

FILES = Path(__file__).parents[3] / "cases" / "media"


def row(*refs: str, kind: str = "image") -> dict[str, Any]:
    parts = [{"type": kind, "media": at} for at in range(len(refs))]
    media = [{"type": kind, "ref": ref} for ref in refs]
    return {"messages": [{"role": "user", "parts": parts}], "media": media}


def codes(found: dict[str, Any], root: Path | None) -> list[str]:
    rules = RULES if root is None else media_rules(root)
    return [rule.code.code for rule, _ in check_row(found, rules)]


def test_no_file_is_looked_at_without_a_folder() -> None:
    assert codes(row("none.png", "/etc/hostname", "../x.png"), None) == []


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    root = tmp_path / "media"
    root.mkdir()
    (tmp_path / "secret.png").write_bytes((FILES / "page.png").read_bytes())
    (root / "a.png").symlink_to(tmp_path / "secret.png")
    (root / "b.png").symlink_to(FILES / "dot.png")
    (root / "loop.png").symlink_to(root / "loop.png")
    assert codes(row("a.png", "b.png"), root) == ["MED021", "MED021"]
    assert codes(row("loop.png"), root) == ["MED023"]


def test_a_link_inside_the_folder_is(tmp_path: Path) -> None:
    (tmp_path / "dot.png").write_bytes((FILES / "dot.png").read_bytes())
    (tmp_path / "a.png").symlink_to(tmp_path / "dot.png")
    assert codes(row("a.png", "./dot.png"), tmp_path) == []


def test_the_folder_may_be_a_link_and_paths_may_be_absolute_inside_it(tmp_path: Path) -> None:
    linked = tmp_path / "linked"
    linked.symlink_to(FILES, target_is_directory=True)
    assert codes(row("dot.png", str(FILES / "dot.png")), linked) == []


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no pipes")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.png")
    assert codes(row("pipe.png"), tmp_path) == ["MED023"]


@pytest.mark.parametrize("ref", ["a\0b.png", "x" * 5000, "", "caf\u00e9.png", "a/" * 2000])
def test_odd_names_give_a_finding_at_most(ref: str) -> None:
    assert set(codes(row(ref), FILES)) <= {"MED020", "MED023"}


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(sorted(FILES.glob("*.*"))), st.data())
def test_damaged_bytes_never_raise(path: Path, data: st.DataObject) -> None:
    raw = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(0, 6))):
        if raw:
            raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    cut = bytes(raw[: data.draw(st.integers(0, len(raw)))])
    head = head_of(cut, cut, len(cut))
    assert head.kind == kind_of(cut)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=64))
def test_any_bytes_never_raise(raw: bytes) -> None:
    head_of(raw, raw, len(raw))


@pytest.mark.parametrize(
    ("name", "kind", "width", "height", "colours"),
    [
        ("dot.png", "png", 2, 2, "RGB"),
        ("grey.png", "png", 2, 2, "L"),
        ("line.png", "png", 402, 2, "RGB"),
        ("dot.jpg", "jpeg", 2, 2, "RGB"),
        ("turned.jpg", "jpeg", 3, 2, "RGB"),
        ("cmyk.jpg", "jpeg", 2, 2, "CMYK"),
        ("drawing.svg", "svg", None, None, None),
        ("tone.wav", "wav", None, None, None),
        ("clip.mp4", "mp4", None, None, None),
        ("page.png", "text", None, None, None),
        ("noise.bin", None, None, None, None),
    ],
)
def test_what_a_head_says(
    name: str, kind: str | None, width: int | None, height: int | None, colours: str | None
) -> None:
    raw = (FILES / name).read_bytes()
    head = head_of(raw, raw, len(raw))
    assert (head.kind, head.width, head.height, head.colours) == (kind, width, height, colours)


def written(folder: Path) -> Path:
    said = [{"role": "user", "content": "<image>Who?"}, {"role": "assistant", "content": "Ann"}]
    lines = [{"messages": said, "images": [ref]} for ref in ("dot.png", "none.png", "page.png")]
    path = folder / "in.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return path


def test_validate_looks_below_the_folder_that_is_named(tmp_path: Path) -> None:
    path = str(written(tmp_path))
    report = validate([path], settings=Settings(profiles=("lint",), media_root=str(FILES)))
    assert {"MED020": 1, "MED024": 1}.items() <= report.ledger.findings.items()
    without = validate([path], settings=Settings(profiles=("lint",)))
    assert not {"MED020", "MED024"} & without.ledger.findings.keys()


def test_the_command_takes_the_folder(curate, tmp_path: Path) -> None:
    path = written(tmp_path)
    done = curate("validate", path, "--media-root", FILES, "--json", "--isolated")
    assert done.code == 1
    assert done.document["findings"]["MED020"] == 1
    wrong = curate("validate", path, "--media-root", tmp_path / "nowhere", "--isolated")
    assert wrong.code == 2
    assert "no such folder" in wrong.err


def test_a_long_jpeg_is_not_called_cut_where_reading_stopped() -> None:
    raw = (FILES / "dot.jpg").read_bytes()
    note = b"\xff\xfe\xff\xff" + bytes(0xFFFD)
    long = raw[:2] + note * 2 + raw[2:]
    read = 1 << 16
    head = head_of(long[:read], long[-read:], len(long))
    assert (head.kind, head.width, head.cut) == ("jpeg", None, False)
    for end in range(3, 40):
        assert not head_of(long[:end], long[-read:], len(long)).cut
