"""The file that says what pseudonyms stand for, encrypted under a passphrase.

One line of JSON says how the key is made (scrypt, RFC 7914) and the text encrypted (AES-256-GCM,
NIST SP 800-38D), the next holds the text in base64. The first line is authenticated too.
"""

from __future__ import annotations

import base64
import binascii
import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from curate.errors import InputError, MissingExtraError, OutputError, UsageError

PASSPHRASE = "TUNESMITH_KEY_PASSPHRASE"
VERSION = 1
_KEY_BYTES, _SALT_BYTES, _NONCE_BYTES = 32, 16, 12
# OWASP's password storage cheat sheet: N of 2^17 with r = 8 and p = 1, 128 MiB.
_SCRYPT = {"n": 1 << 17, "r": 8, "p": 1}
_LARGEST_N = 1 << 20
_MAX_BYTES = 1 << 30


def passphrase() -> str:
    """Return the passphrase from the environment.

    Raises:
        UsageError: If there is none.
    """
    found = os.environ.get(PASSPHRASE, "")
    if not found:
        raise UsageError(
            "a key file is written under a passphrase, and none is set",
            hint=f"set {PASSPHRASE} in the environment",
        )
    return found


def check(path: str | Path, output: Path | None) -> Path:
    """Return where a key file will lie, after all that can be checked before the work.

    Args:
        path: As typed.
        output: The folder or file of the output, or None.

    Raises:
        UsageError: If it would lie in the output folder, or no passphrase is set.
        OutputError: If its folder is missing or a file is there.
        MissingExtraError: If the package `cryptography` is not installed.
    """
    wanted = Path(path).expanduser()
    resolved = wanted.resolve()
    if output is not None and (out := output.resolve()) in (resolved, *resolved.parents):
        raise UsageError(
            f"{wanted.as_posix()}: the key file may not lie in the output {out.name}",
            hint="keep the key apart from the data",
        )
    passphrase()
    _ciphers()
    if not resolved.parent.is_dir():
        raise OutputError(f"{wanted.parent.as_posix()}: no such folder")
    if wanted.exists() or wanted.is_symlink():
        raise OutputError(
            f"{wanted.as_posix()}: there is a file", hint="move it away: a key is not replaced"
        )
    return wanted


def write(path: Path, meanings: Mapping[str, Iterable[str]], secret: str) -> None:
    """Write a key file that only its owner can read.

    Args:
        path: Where; nothing may be there.
        meanings: Pseudonym → what it stands for.
        secret: The passphrase.

    Raises:
        OutputError: If it cannot be written, or a file is there.
        MissingExtraError: If the package `cryptography` is not installed.
    """
    salt, nonce = os.urandom(_SALT_BYTES), os.urandom(_NONCE_BYTES)
    head = json.dumps(
        {
            "tunesmith_key_file": VERSION,
            "kdf": "scrypt",
            **_SCRYPT,
            "cipher": "aes-256-gcm",
            "salt": base64.b64encode(salt).decode(),
            "nonce": base64.b64encode(nonce).decode(),
        }
    ).encode()
    plain = json.dumps({name: list(said) for name, said in meanings.items()}).encode()
    aead, scrypt, _ = _ciphers()
    key = scrypt(salt=salt, length=_KEY_BYTES, **_SCRYPT).derive(secret.encode())
    sealed = base64.b64encode(aead(key).encrypt(nonce, plain, head))
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(head + b"\n" + sealed + b"\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise OutputError(f"{path.as_posix()}: cannot be written: {error.strerror}") from None


def read(path: Path, secret: str) -> dict[str, list[str]]:
    """Return what the pseudonyms of a key file stand for.

    Raises:
        InputError: If it is no key file, was changed, or the passphrase is another.
        MissingExtraError: If the package `cryptography` is not installed.
    """
    head, _, sealed = _bytes_of(path).partition(b"\n")
    aead, scrypt, invalid = _ciphers()
    refused = InputError(f"{path.as_posix()}: no key file, or the passphrase is another")
    try:
        said: dict[str, Any] = json.loads(head)
        if said["tunesmith_key_file"] != VERSION or not 1 < said["n"] <= _LARGEST_N:
            raise refused
        salt, nonce = base64.b64decode(said["salt"]), base64.b64decode(said["nonce"])
        numbers = {name: said[name] for name in ("n", "r", "p")}
        if numbers["r"] != _SCRYPT["r"] or numbers["p"] != _SCRYPT["p"]:
            raise refused
        key = scrypt(salt=salt, length=_KEY_BYTES, **numbers).derive(secret.encode())
        plain = aead(key).decrypt(nonce, base64.b64decode(sealed), head)
        meanings: dict[str, list[str]] = json.loads(plain)
    except (invalid, ValueError, KeyError, TypeError, binascii.Error):
        raise refused from None
    return meanings


def _bytes_of(path: Path) -> bytes:
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise InputError(f"{path.as_posix()}: larger than any key file")
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"{path.as_posix()}: cannot be read: {error.strerror}") from None


def _ciphers() -> tuple[Any, Any, type[Exception]]:
    try:
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM
        from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
    except ImportError:
        raise MissingExtraError("cryptography", "keyfile") from None
    return AESGCM, Scrypt, InvalidTag
