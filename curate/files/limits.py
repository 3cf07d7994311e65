"""Bounds on what is read, all settable (`curate limits` prints them, `--limit NAME=N` sets one)."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

from curate.errors import UsageError

CHUNK_RECORDS = 5_000
CHUNK_BYTES = 32 << 20
SHARD_INPUT_BYTES = 1 << 30
RAW_KEPT_BYTES = 64 << 10
# orjson writes 254 levels, and Python's own parser needs a stack frame for each.
DEEPEST = 250


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on one input.

    Attributes:
        record_bytes: Longest record that is parsed.
        mail_bytes: Longest mail that is parsed, its attachments included.
        depth: Deepest nesting of a record.
        keys: Most keys of one object; one of ChatGPT's conversations has a key for each message.
        unpacked_ratio: Most bytes out per byte of compressed data, past the first 16 MiB.
        archive_entries: Most members of a zip archive.
        archive_bytes: Most bytes that the members of a zip archive unpack to, together.
    """

    record_bytes: int = 16 << 20
    # Gmail sends 25 MB of attachments, of which base64 makes a third more; others allow more.
    mail_bytes: int = 64 << 20
    depth: int = 64
    keys: int = 10_000
    unpacked_ratio: int = 200
    archive_entries: int = 100_000
    archive_bytes: int = 50 << 30

    def changed(self, pairs: tuple[str, ...]) -> Limits:
        """Return the limits with `NAME=N` pairs applied.

        Raises:
            UsageError: If a name is unknown or a number is not a positive whole number.
        """
        names = [f.name for f in fields(self)]
        changes: dict[str, int] = {}
        for pair in pairs:
            name, _, number = pair.partition("=")
            if name not in names or not number.isdigit() or int(number) < 1:
                raise UsageError(f"--limit {pair}: expected NAME=N, NAME one of {', '.join(names)}")
            if name == "depth" and int(number) > DEEPEST:
                raise UsageError(f"--limit {pair}: the JSON libraries end at {DEEPEST} levels")
            changes[name] = int(number)
        return replace(self, **changes)


DEFAULT_LIMITS = Limits()
