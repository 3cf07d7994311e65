"""A model's folder: named by path, or in the Hub's cache; nothing is fetched."""

from __future__ import annotations

from pathlib import Path

from curate.errors import BackendError, MissingExtraError, printable


def local_model(typed: str) -> Path:
    """Return the folder of a model: a path, or `owner/name[@revision]` that is in the Hub's cache.

    Raises:
        BackendError: If it is neither.
        MissingExtraError: If `huggingface_hub` is needed and not installed.
    """
    if Path(typed).is_dir():
        return Path(typed)
    name, _, revision = typed.partition("@")
    shown = printable(typed)
    try:
        from huggingface_hub import snapshot_download
        from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError
    except ImportError:
        raise MissingExtraError("huggingface_hub", "hub") from None
    try:
        found = snapshot_download(name, revision=revision or None, local_files_only=True)
    except (LocalEntryNotFoundError, HFValidationError, OSError, ValueError):
        raise BackendError(
            f"the model {shown} is no folder and not in the cache; nothing is fetched unasked",
            hint=f"hf download {printable(name)}, or name a folder",
        ) from None
    return Path(found)
