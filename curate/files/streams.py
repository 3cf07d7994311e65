"""Opening a source as bytes: stdin, compression, byte order marks, and what container they hold."""

from __future__ import annotations

import codecs
import gzip
import io
import shutil
import sys
import tempfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path, PurePath
from typing import BinaryIO, cast

import orjson

from curate.errors import InputError
from curate.files.inputs import Container, Source, ending
from curate.files.json_text import array_row
from curate.files.limits import Limits
from curate.files.tree import archive_kind, open_member
from curate.finding import Hit

HEAD_BYTES = 1 << 20
_UTF16 = {
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_DELIMITERS = ",;\t|"


@dataclass(slots=True)
class Opened:
    """An open source.

    Attributes:
        stream: Decompressed UTF-8 bytes, the byte order mark skipped.
        mark: "utf-8" for a mark that was skipped, "utf-16" or "utf-32" for text that is decoded on
            the way, None for plain bytes.
        layers: What the bytes come through, the archive's member and the decompressor; `damage` of
            one says why they ended early.
    """

    stream: BinaryIO
    mark: str | None = None
    layers: tuple[_Unpacked | _Taken, ...] = ()

    @property
    def damage(self) -> Hit | None:
        """Why the stream ended early, once it has ended; None where it did not."""
        return next((layer.damage for layer in self.layers if layer.damage is not None), None)


def spooled(source: Source) -> Source:
    """Return a source whose bytes lie in a file: stdin and pipes are copied to a temporary one."""
    if not source.stdin:
        return source
    with tempfile.NamedTemporaryFile(prefix="curate-stdin-", delete=False) as spool:
        if source.path == "-":
            shutil.copyfileobj(sys.stdin.buffer, spool, HEAD_BYTES)
        else:
            with source.file.open("rb") as pipe:
                shutil.copyfileobj(pipe, spool, HEAD_BYTES)
    return replace(source, file=Path(spool.name))


Sniff = Callable[[bytes, str], str | None]


def recognise(
    source: Source,
    wanted: Container | None,
    limits: Limits,
    sniff: Sniff | None = None,
    endings: Mapping[str, str] | None = None,
) -> Source:
    """Return the source with its compression and container filled in from its first bytes.

    Args:
        source: The source; its bytes lie in a file.
        wanted: The container that the user named, or None.
        limits: Bounds on unpacking.
        sniff: Given the first bytes and the name, says which export a file is, if any.
        endings: Ending of a name → the export that such a file is whatever its bytes are.

    Raises:
        InputError: If the file cannot be opened.
    """
    try:
        with _raw(source, limits) as raw:
            magic = raw.read(262)
    except OSError as error:
        raise InputError(
            f"{source.path}: {error.strerror or error}", code="SRC021", hint="check its permissions"
        ) from None
    if magic.startswith(b"\x1f\x8b"):
        source = replace(source, compression="gzip")
    elif magic.startswith(b"\x28\xb5\x2f\xfd"):
        source = replace(source, compression="zstd")
    with open_bytes(source, limits) as opened:
        head = opened.stream.read(HEAD_BYTES)
    container = wanted or _export(source, head, sniff, endings or {}) or _container(source, head)
    if container is None and (kind := archive_kind(head)) is not None:
        raise InputError(
            f"{source.path}: a {kind} archive cannot be read here",
            code="SRC098",
            hint="unpack it and name the folder, or order the export as a zip",
        )
    if container is None:
        raise InputError(
            f"{source.path}: neither its ending nor its first bytes say what it holds",
            code="SRC029",
            hint="say --from jsonl, json, csv, lines, parquet, arrow, mbox, …: `curate formats`",
        )
    if container == "csv":
        return replace(source, container=container, delimiter=_delimiter(source, head))
    return replace(source, container=container)


def _export(
    source: Source, head: bytes, sniff: Sniff | None, endings: Mapping[str, str]
) -> Container | None:
    named = named_by(source)
    if source.compression is not None and ending(named)[1] is not None:
        named = named.with_suffix("")
    if (known := endings.get(named.suffix.lower())) is not None:
        return known
    return sniff(head, named.name) if sniff is not None else None


def _container(source: Source, head: bytes) -> Container | None:
    named = ending(named_by(source))[0]
    if head.startswith(b"PAR1"):
        return "parquet"
    if head.startswith((b"ARROW1", b"\xff\xff\xff\xff")):
        return "arrow"
    if named in ("csv", "parquet", "arrow"):
        return named
    first = head.lstrip()[:1]
    if first == b"[" and named != "lines":
        return "jsonl" if _array_per_line(head) else "json"
    if first == b"{" or named in ("json", "jsonl"):
        return "jsonl" if _one_per_line(head) else "json"
    return named if head.strip() else "lines"


def _one_per_line(head: bytes) -> bool:
    """Return whether the records stand one on a line, as the first 20 lines show.

    A line that begins with `{` and is a whole object says yes; in a pretty-printed object the
    first line ends on an opening bracket or a comma, or the second does not begin with `{`.
    """
    if b"\r" in head and b"\n" not in head:
        return False  # line ends of old Macs: the records are found by their braces
    lines = [line.rstrip() for line in head.split(b"\n", 40) if line.strip()]
    for line in lines[:20]:
        try:
            if line[:1] == b"{" and isinstance(orjson.loads(line), dict):
                return True
        except orjson.JSONDecodeError:
            continue
    if lines and lines[0].endswith((b"{", b"[", b",")):
        return False
    return len(lines) < 2 or not lines[0].startswith(b"{") or lines[1].startswith(b"{")


def _array_per_line(head: bytes) -> bool:
    """Return whether each line is an array that stands for a record, as the first ones show.

    The line of a conversation says yes; of a line with an array of one object, which may be the
    whole file, the next line must begin with `[` too.
    """
    lines = [line.strip() for line in head.split(b"\n", 40) if line.strip()]
    try:
        record = array_row(orjson.loads(lines[0]))
    except orjson.JSONDecodeError:
        return False
    if record is None:
        return False
    return not {"messages", "conversations"}.isdisjoint(record) or (
        len(lines) > 1 and lines[1].startswith(b"[")
    )


def _delimiter(source: Source, head: bytes) -> str:
    if ".tsv" in named_by(source).suffixes:
        return "\t"
    header = head.partition(b"\n")[0].decode(errors="replace")
    return max(_DELIMITERS, key=lambda sign: (header.count(sign), -_DELIMITERS.index(sign)))


@contextmanager
def open_bytes(source: Source, limits: Limits) -> Iterator[Opened]:
    """Open a source as decompressed UTF-8 bytes; damaged data ends the stream and is named."""
    with _raw(source, limits) as raw:
        stream: BinaryIO = raw
        layers: tuple[_Unpacked | _Taken, ...] = ()
        if source.member is not None:
            layers = (cast("_Taken", cast("io.BufferedReader", raw).raw),)
        if source.compression:
            layers = (*layers, unpacked := _Unpacked(source, raw, limits))
            stream = cast("BinaryIO", io.BufferedReader(unpacked, 1 << 20))
        head = _peek(stream)
        for bom, encoding in _UTF16.items():
            if head.startswith(bom):
                stream = cast("BinaryIO", io.BufferedReader(_Recoded(stream, encoding), 1 << 20))
                yield Opened(stream, encoding, layers)
                return
        if head.startswith(codecs.BOM_UTF8):
            stream.read(len(codecs.BOM_UTF8))
            yield Opened(stream, "utf-8", layers)
        else:
            yield Opened(stream, None, layers)


def named_by(source: Source) -> PurePath:
    """Return the path whose ending says what a source holds: the member's, or the file's."""
    return PurePath(source.member) if source.member else source.file


def _raw(source: Source, limits: Limits) -> BinaryIO:
    """Open a source's bytes as they lie in its file, or in its archive or folder."""
    if source.member is None:
        return source.file.open("rb")
    taken = _Taken(source.file, source.member, limits)
    return cast("BinaryIO", io.BufferedReader(taken, 1 << 18))


def _peek(stream: BinaryIO) -> bytes:
    return cast("io.BufferedReader", stream).peek(4)[:4]


def _lone(error: UnicodeError) -> tuple[str, int]:
    """Stand half a surrogate pair in for what cannot be decoded: it makes no valid UTF-8."""
    assert isinstance(error, UnicodeDecodeError)
    return "\udcff", error.end


codecs.register_error("curate.lone", _lone)


class _Recoded(io.RawIOBase):
    """UTF-16 or UTF-32 bytes given out as UTF-8; what cannot be decoded comes as invalid UTF-8.

    So the record that holds it is set aside like any other with bytes that are no text.
    """

    def __init__(self, stream: BinaryIO, encoding: str) -> None:
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder(encoding)("curate.lone")
        self._left = b""
        self._ended = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        while not self._left and not self._ended:
            block = self._stream.read(1 << 16)
            self._ended = not block
            text = self._decoder.decode(block, final=self._ended)
            self._left = text.encode(errors="surrogatepass")
        taken = self._left[: len(buffer)]
        self._left = self._left[len(buffer) :]
        buffer[: len(taken)] = taken
        return len(taken)


class _Taken(io.RawIOBase):
    """The bytes of an archive's member; damage ends the stream instead of raising."""

    def __init__(self, archive: Path, name: str, limits: Limits) -> None:
        self._place = archive, name, limits
        self._member: io.RawIOBase | None = None
        self._given = 0
        self.damage: Hit | None = None

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        if self.damage is not None:
            return 0
        try:
            # Unbuffered: a buffer would lose what stands before the damage.
            if self._member is None:
                self._member = open_member(*self._place)
            count = cast("io.FileIO", self._member).readinto(buffer)
        except InputError as error:
            self.damage = Hit(error.code or "SRC019", "", error.message)
            return 0
        except OSError as error:
            self.damage = Hit("SRC019", "", f"reading ended early: {error.strerror or error}")
            return 0
        self._given += count
        return count

    def tell(self) -> int:
        return self._given

    def close(self) -> None:
        if self._member is not None:
            self._member.close()
        super().close()


class _Unpacked(io.RawIOBase):
    """Decompressed bytes; growth is bounded, and damage ends the stream instead of raising."""

    _FREE_BYTES = 16 << 20

    def __init__(self, source: Source, raw: BinaryIO, limits: Limits) -> None:
        self._raw, self._ratio = raw, limits.unpacked_ratio
        self._read = _decompressor(source, raw)
        self._given = 0
        self.damage: Hit | None = None

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        if self.damage is not None:
            return 0
        try:
            data = self._read(len(buffer))
        except (EOFError, OSError, zlib.error, ValueError) as error:
            self.damage = Hit("SRC019", "", f"the compressed data is damaged: {error}")
            return 0
        self._given += len(data)
        if self._given > self._FREE_BYTES + self._ratio * max(1, self._raw.tell()):
            self.damage = Hit("SRC026", "", f"it unpacks to over {self._ratio} times its size")
            return 0
        buffer[: len(data)] = data
        return len(data)


def _decompressor(source: Source, raw: BinaryIO) -> Callable[[int], bytes]:
    if source.compression == "gzip":
        return gzip.GzipFile(fileobj=raw).read1
    return _Zstd(raw).read


class _Zstd:
    """A zstd stream that says so when its last frame is not whole."""

    # One block unpacks to at most 32 MiB: 4 bytes can stand for 128 KiB.
    _BLOCK_BYTES = 1 << 10

    def __init__(self, raw: BinaryIO) -> None:
        import zstandard

        self._raw, self._error = raw, zstandard.ZstdError
        self._new = zstandard.ZstdDecompressor().decompressobj
        self._frame = self._new()
        self._left = b""

    def read(self, size: int) -> bytes:
        """Return at most `size` bytes, b"" at the end.

        Raises:
            EOFError: If the last frame is not whole.
            ValueError: If the data is damaged.
        """
        while not self._left:
            block = self._raw.read(self._BLOCK_BYTES)
            if not block:
                if not self._frame.eof:
                    raise EOFError("the last frame is not whole")
                return b""
            self._left = self._unpack(block)
        taken, self._left = self._left[:size], self._left[size:]
        return taken

    def _unpack(self, block: bytes) -> bytes:
        out = b""
        while block:
            if self._frame.eof:
                self._frame = self._new()
            try:
                out += self._frame.decompress(block)
            except self._error as error:
                raise ValueError(str(error)) from None
            block = self._frame.unused_data if self._frame.eof else b""
        return out
