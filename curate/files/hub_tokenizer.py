"""The tokenizer of a model on the Hub: its small files, from the cache or fetched."""

from __future__ import annotations

import os
from pathlib import Path

from curate.errors import BackendError, MissingExtraError

_FILES = ("tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "chat_template*")


def fetch_tokenizer(typed: str) -> Path:
    """Return the local folder of `owner/name` or `owner/name@revision`.

    Raises:
        BackendError: If it is not on this machine and cannot be fetched.
        MissingExtraError: If `huggingface_hub` is not installed.
    """
    os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    try:
        from huggingface_hub import snapshot_download
        from huggingface_hub.errors import HfHubHTTPError, HFValidationError
    except ImportError:
        raise MissingExtraError("huggingface_hub", "hub") from None
    name, _, revision = typed.partition("@")
    try:
        found = snapshot_download(name, revision=revision or None, allow_patterns=list(_FILES))
    except (HfHubHTTPError, HFValidationError, OSError, ValueError) as error:
        why = str(error).splitlines()[0][:160]
        raise BackendError(
            f"the tokenizer {typed} is not on this machine: {why}",
            hint=f"hf download {name} tokenizer.json tokenizer_config.json --local-dir FOLDER",
        ) from None
    return Path(found)
