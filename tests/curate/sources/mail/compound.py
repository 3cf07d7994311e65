"""A compound file (MS-CFB) of small streams, to make Outlook messages for tests of."""

from __future__ import annotations

import struct

_SECTOR, _MINI = 512, 64
_END, _FREE, _FAT = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD


def compound(streams):
    """Return a compound file; names with `/` are streams in storages."""
    entries = [("Root Entry", 5, -1, b"")]
    for name in sorted({path.rpartition("/")[0] for path in streams} - {""}):
        entries.append((name, 1, 0, b""))
    storages = {name: at for at, (name, kind, *_) in enumerate(entries) if kind == 1}
    for path, data in streams.items():
        folder, _, name = path.rpartition("/")
        entries.append((name, 2, storages.get(folder, 0), data))
    minis, mini_fat, starts = b"", [], {}
    for at, (_, kind, _, data) in enumerate(entries):
        if kind != 2 or not data:
            continue
        first, count = len(minis) // _MINI, -(-len(data) // _MINI)
        starts[at] = first
        mini_fat += [*range(first + 1, first + count), _END]
        minis += data.ljust(count * _MINI, b"\0")
    directory = b"".join(_entry(entries, at, starts, len(minis)) for at in range(len(entries)))
    parts = [
        directory.ljust(-(-len(directory) // _SECTOR) * _SECTOR, b"\0"),
        _table(mini_fat),
        minis.ljust(-(-len(minis) // _SECTOR) * _SECTOR, b"\0"),
    ]
    fat, firsts = [_FAT], []
    for part in parts:
        firsts.append(len(fat))
        count = len(part) // _SECTOR
        fat += [*range(len(fat) + 1, len(fat) + count), _END]
    head = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16)
    head += struct.pack("<5H6x", 0x3E, 3, 0xFFFE, 9, 6)
    head += struct.pack("<9I", 0, 1, firsts[0], 0, 4096, firsts[1], len(parts[1]) // 512, _END, 0)
    head += struct.pack("<109I", 0, *[_FREE] * 108)
    body = b"".join(parts)
    # The root's stream is where the small ones lie.
    root = struct.pack("<I", firsts[2])
    body = body[:116] + root + body[120:]
    return head + _table(fat) + body


def _table(numbers):
    raw = struct.pack(f"<{len(numbers)}I", *numbers)
    return raw.ljust(-(-len(raw) // _SECTOR) * _SECTOR, b"\xff")


def _entry(entries, at, starts, mini_bytes):
    name, kind, above, data = entries[at]
    siblings = [n for n, each in enumerate(entries) if each[2] == above and n > at]
    kids = [n for n, each in enumerate(entries) if each[2] == at]
    raw = name.encode("utf-16-le") + b"\0\0"
    entry = raw.ljust(64, b"\0") + struct.pack("<HBB", len(raw), kind, 1)
    right = siblings[0] if siblings and above >= 0 else _FREE
    entry += struct.pack("<3I", _FREE, right, kids[0] if kids else _FREE) + bytes(36)
    size = mini_bytes if kind == 5 else len(data)
    return entry + struct.pack("<IQ", starts.get(at, 0 if kind == 5 else _END), size)


def outlook(subject, body, *, sender="Ann", address="ann@example.com", headers="", files=()):
    """Return an Outlook message (MS-OXMSG) with text properties."""
    texts = {0x0037: subject, 0x1000: body, 0x0C1A: sender, 0x0C1F: address, 0x007D: headers}
    texts[0x001A] = "IPM.Note"
    streams = {}
    rows = b""
    for tag, text in texts.items():
        if text:
            data = text.encode("utf-16-le")
            streams[f"__substg1.0_{tag:04X}001F"] = data
            rows += struct.pack("<HHIII", 0x001F, tag, 6, len(data) + 2, 0)
    counts = struct.pack("<8x4I8x", 0, len(files), 0, len(files))
    streams["__properties_version1.0"] = counts + rows
    for at, name in enumerate(files):
        folder = f"__attach_version1.0_#{at:08X}"
        data = name.encode("utf-16-le")
        streams[f"{folder}/__substg1.0_3707001F"] = data
        row = struct.pack("<HHIII", 0x001F, 0x3707, 6, len(data) + 2, 0)
        streams[f"{folder}/__properties_version1.0"] = bytes(8) + row
    return compound(streams)
