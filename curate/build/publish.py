"""Pushing a dataset folder to the Hub: what leaves, and what must not."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from curate.errors import CurateError, InputError, UsageError, printable
from curate.files.hub_upload import Pushed, upload
from curate.files.parcel import Parcel, pack, read_card
from curate.schema import check as check_schema

_NAME = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*", re.ASCII)
_PRIVATE = ("PII", "SEC")


@dataclass(frozen=True, slots=True)
class Sending:
    """A push, before or after it was done.

    Attributes:
        repo: `owner/name`.
        parcel: What leaves, and what stays.
        pushed: What was done; None for a dry run.
    """

    repo: str
    parcel: Parcel
    pushed: Pushed | None

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON document of `curate push`."""
        done, rows = self.pushed, self.parcel.card["rows"]
        return {
            "schema_version": 1,
            "command": "push",
            "exit": 0,
            "rows_in": rows,
            "added": {},
            "removed": {},
            "rows_out": rows,
            "findings": {},
            "outputs": [done.url] if done else [],
            "repository": self.repo,
            "commit": done.commit if done else None,
            "private": done.private if done else None,
            "deleted": list(done.deleted) if done else [],
            "files": [
                {"path": each.path, "bytes": each.bytes, "sha256": each.sha256}
                for each in self.parcel.uploads
            ],
            "left_out": list(self.parcel.left_out),
        }


def push(
    folder: str,
    repo: str,
    *,
    public: bool = False,
    revision: str | None = None,
    dry_run: bool = False,
    on_ready: Callable[[Parcel], None] | None = None,
) -> Sending:
    """Upload a dataset folder to the Hub.

    README.md, card.json and the data files that the card lists leave, and nothing else: removed
    records, journals and whatever else lies in the folder stay.

    Args:
        folder: The dataset folder.
        repo: `owner/name` of the data set; it is made, private, where it is not there.
        public: A new data set is public, and an old public one may be written to.
        revision: The branch; None is `main`.
        dry_run: Check everything here and ask the Hub nothing.
        on_ready: Told what leaves, before it does.

    Returns:
        What left, or would leave.

    Raises:
        UsageError: If the name is none of the Hub's.
        InputError: If the folder is not one of ours or was changed.
        CurateError: If its card records personal data or secrets.
        BackendError, OutputError, MissingExtraError: As `curate.files.hub_upload.upload`.
    """
    if not _NAME.fullmatch(repo):
        raise UsageError(f"{printable(repo)}: expected owner/name")
    path = Path(folder)
    card = read_card(path)
    faults = check_schema("card", card)
    if faults:
        first = faults[0]
        raise InputError(
            f"{folder}/card.json{first.pointer}: {first.message}",
            code="RUN003",
            hint=f"curate convert {folder} -o OTHER makes a new one",
        )
    _refuse_private(folder, card)
    parcel = pack(path, card)
    if on_ready is not None:
        on_ready(parcel)
    done = None if dry_run else upload(parcel, repo, public=public, revision=revision)
    return Sending(repo, parcel, done)


def _refuse_private(folder: str, card: dict[str, Any]) -> None:
    """Refuse a folder in which personal data or secrets were found."""
    found = {
        code: count
        for step in card["funnel"]
        for code, count in step["findings"].items()
        if code.startswith(_PRIVATE) and count
    }
    if found:
        counts = ", ".join(f"{code} {count:,}" for code, count in sorted(found.items()))
        raise CurateError(
            f"{folder}: personal data or secrets were found in it ({counts}); it is not uploaded",
            code=min(found),
            hint="take them out of the data, convert it again, and push what then comes out clean",
        )
