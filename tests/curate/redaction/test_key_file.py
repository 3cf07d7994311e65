"""The key file: encrypted, its owner's alone, apart from the output, and only on request."""

from __future__ import annotations

import builtins
import stat

import pytest

from curate.errors import InputError, MissingExtraError, OutputError, UsageError
from curate.redaction import key_file
from curate.redaction.key_file import PASSPHRASE

MEANINGS = {"[name 1]": {"Anna Berg": None, "Anna": None}, "[email 1]": {"anna@example.com": None}}


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(key_file._SCRYPT, "n", 1 << 8)


def test_what_was_written_is_read_with_the_passphrase(tmp_path) -> None:
    path = tmp_path / "key"
    key_file.write(path, MEANINGS, "swordfish")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert b"Anna" not in path.read_bytes()
    assert key_file.read(path, "swordfish") == {
        "[name 1]": ["Anna Berg", "Anna"],
        "[email 1]": ["anna@example.com"],
    }


def test_another_passphrase_or_a_changed_file_is_refused(tmp_path) -> None:
    path = tmp_path / "key"
    key_file.write(path, MEANINGS, "swordfish")
    with pytest.raises(InputError):
        key_file.read(path, "sword")
    raw = path.read_bytes()
    for changed in (
        raw[:-9] + b"AAAA" + raw[-5:],
        raw.replace(b'"p": 1', b'"p": 2'),
        b"",
        b"{}\n",
        b"\xff",
    ):
        path.write_bytes(changed)
        with pytest.raises(InputError):
            key_file.read(path, "swordfish")
    with pytest.raises(InputError):
        key_file.read(tmp_path / "none", "swordfish")


def test_it_never_lies_in_the_output_and_replaces_nothing(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv(PASSPHRASE, "swordfish")
    out = tmp_path / "out"
    for inside in (out / "key", out / "a" / ".." / "key", out):
        with pytest.raises(UsageError):
            key_file.check(inside, out)
    assert key_file.check(tmp_path / "key", out) == tmp_path / "key"
    (tmp_path / "key").write_text("mine")
    with pytest.raises(OutputError):
        key_file.check(tmp_path / "key", out)
    with pytest.raises(OutputError):
        key_file.check(tmp_path / "none" / "key", out)


def test_without_a_passphrase_there_is_no_key_file(tmp_path, monkeypatch) -> None:
    monkeypatch.delenv(PASSPHRASE, raising=False)
    with pytest.raises(UsageError, match="passphrase"):
        key_file.check(tmp_path / "key", None)


def test_without_the_extra_the_line_that_installs_it_is_said(tmp_path, monkeypatch) -> None:
    real = builtins.__import__

    def absent(name, *args, **kwargs):
        if name.startswith("cryptography"):
            raise ImportError(name)
        return real(name, *args, **kwargs)

    monkeypatch.setenv(PASSPHRASE, "swordfish")
    monkeypatch.setattr(builtins, "__import__", absent)
    with pytest.raises(MissingExtraError) as refused:
        key_file.check(tmp_path / "key", None)
    assert refused.value.exit_code == 5
    assert "tunesmith[keyfile]" in (refused.value.hint or "")
