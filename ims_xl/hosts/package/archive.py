"""The zip container: every entry that nobody touches keeps its compressed bytes, its order and its time stamp.

`Archive.open(path)` holds the whole file in memory (a workbook is some tens of megabytes), so that the book on disk may be
replaced while we still read from it. `write` compresses at once; `save` lays the old and the new entries one behind the other.
"""

from __future__ import annotations

import contextlib
import io
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO

from ims_xl.vocabulary import ImsXlError

_fast: Any = None
with contextlib.suppress(ImportError):   # the extra "speed" may not be installed
    from isal import isal_zlib as _fast

_LOCAL = struct.Struct("<4sHHHHHIIIHH")
_CENTRAL = struct.Struct("<4sHHHHHHIIIHHHHHII")
_LIMIT = 0xFFFFFFFF
_LARGEST = 1 << 30                      # no part of a real workbook inflates to more
_BEST = 1032                            # deflate packs no better than that
_EPOCH = (1 << 5) | 1                    # 1 January 1980, as Excel itself stamps its entries: the same work gives the same file


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of the container, still compressed."""

    name: str
    raw_name: bytes
    utf8: bool
    method: int
    time: int
    date: int
    crc: int
    size: int
    attributes: int
    data: memoryview

    @property
    def key(self) -> str:
        return part_key(self.name)


def part_key(name: str) -> str:
    """Part names are compared without case, and with forward slashes."""
    return name.replace("\\", "/").lstrip("/").lower()


class Archive:
    """The entries of a workbook file by part name."""

    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        self._entries: dict[str, Entry] = {entry.key: entry for entry in entries}

    @classmethod
    def open(cls, path: Path) -> Archive:
        """The container at `path`; ImsXlError where it is none."""
        return cls.from_bytes(path.read_bytes(), path.name)

    @classmethod
    def from_bytes(cls, data: bytes, name: str) -> Archive:
        """The container held in `data`; `name` is for messages."""
        view = memoryview(data)
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as listing:
                infos = listing.infolist()
        except (zipfile.BadZipFile, struct.error, ValueError, NotImplementedError) as wrong:
            raise ImsXlError(f"{name}: not a whole .xlsx or .xlsm file ({str(wrong)[:120]}); open it in Excel and save it again.") from None
        entries: list[Entry] = []
        held: dict[str, int] = {}
        for info in infos:
            if info.flag_bits & 0x1:
                raise ImsXlError(f"{name}: the file is encrypted; open it in Excel, remove the password (File, Info, Protect Workbook) and save it.")
            head = data[info.header_offset: info.header_offset + _LOCAL.size]
            if len(head) < _LOCAL.size or not head.startswith(b"PK\x03\x04"):
                raise ImsXlError(f"{name}: the file is cut off or damaged at entry {info.filename[:80]!r}; restore it from a copy.")
            name_length, extra_length = _LOCAL.unpack(head)[-2:]
            start = info.header_offset + _LOCAL.size + name_length + extra_length
            if start + info.compress_size > len(data):
                raise ImsXlError(f"{name}: the file is cut off or damaged at entry {info.filename[:80]!r}; restore it from a copy.")
            if held.setdefault(part_key(info.filename), info.CRC) != info.CRC:
                raise ImsXlError(f"{name}: the file holds two different parts named {info.filename[:80]!r}, and programs disagree on which one counts; open it in Excel and save it again, or restore it from a copy.")
            utf8 = bool(info.flag_bits & 0x800)
            year, month, day, hour, minute, second = info.date_time
            entries.append(Entry(
                info.filename, info.orig_filename.encode("utf-8" if utf8 else "cp437", "replace"), utf8, info.compress_type, hour << 11 | minute << 5 | second // 2,
                max(year - 1980, 0) << 9 | month << 5 | day, info.CRC, info.file_size, info.external_attr, view[start: start + info.compress_size]))
        return cls(entries)

    def names(self) -> list[str]:
        """Part names in the order of the file."""
        return [entry.name for entry in self._entries.values()]

    def __contains__(self, name: str) -> bool:
        return part_key(name) in self._entries

    def read(self, name: str) -> bytes:
        """A part, inflated; KeyError where there is none."""
        entry = self._entries[part_key(name)]
        if entry.method not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise ImsXlError(f"Part {name!r} is packed in a way (method {entry.method}) that workbooks do not use; open the file in Excel and save it again.")
        if entry.size > min(_LARGEST, _BEST * len(entry.data) + 64):
            raise ImsXlError(f"Part {name!r} of the workbook says that it unpacks to {entry.size >> 20:,} MB; no real workbook does. Restore the file from a copy.")
        try:
            data = bytes(entry.data) if entry.method == zipfile.ZIP_STORED else bytes((_fast or zlib).decompressobj(-15).decompress(entry.data, entry.size + 1))
        except Exception as wrong:
            if isinstance(wrong, MemoryError):
                raise
            raise ImsXlError(f"Part {name!r} of the workbook is damaged ({str(wrong)[:120]}); restore the file from a copy.") from None
        if len(data) != entry.size or (_fast or zlib).crc32(data) != entry.crc:
            raise ImsXlError(f"Part {name!r} of the workbook is damaged (its check sum is wrong); restore the file from a copy.")
        return data

    def size(self, name: str) -> int:
        """How many bytes a part says that it unpacks to, 0 where there is none."""
        return self._entries[part_key(name)].size if name in self else 0

    def head(self, name: str, count: int = 16384) -> bytes:
        """The beginning of a part, without inflating all of it."""
        entry = self._entries[part_key(name)]
        if entry.method == zipfile.ZIP_STORED:
            return bytes(entry.data[:count])
        return zlib.decompressobj(-15).decompress(entry.data, count)

    def write(self, name: str, data: bytes | Iterable[bytes]) -> None:
        """Puts a part in, at its old place in the order or at the end."""
        pieces = [data] if isinstance(data, bytes) else data
        packed, crc, size = _deflate(pieces)
        old = self._entries.get(part_key(name))
        if old is None:
            self._entries[part_key(name)] = Entry(name, name.encode(), not name.isascii(), zipfile.ZIP_DEFLATED, 0, _EPOCH, crc, size, 0, packed)
        else:
            self._entries[old.key] = replace(old, method=zipfile.ZIP_DEFLATED, crc=crc, size=size, data=packed)

    def delete(self, name: str) -> None:
        """Takes a part out, if it is there."""
        self._entries.pop(part_key(name), None)

    def copy(self) -> Archive:
        """The same entries; writing to one leaves the other alone."""
        twin = Archive()
        twin._entries = dict(self._entries)
        return twin

    def save(self, out: BinaryIO) -> None:
        """Writes the container."""
        directory: list[bytes] = []
        position = 0
        for entry in self._entries.values():
            flags = 0x800 if entry.utf8 else 0
            packed = len(entry.data)
            big = max(packed, entry.size) >= _LIMIT
            extra = struct.pack("<HHQQ", 1, 16, entry.size, packed) if big else b""
            version = 45 if big else 20
            sizes = (_LIMIT, _LIMIT) if big else (packed, entry.size)
            out.write(_LOCAL.pack(b"PK\x03\x04", version, flags, entry.method, entry.time, entry.date, entry.crc, *sizes, len(entry.raw_name), len(extra)))
            out.write(entry.raw_name + extra)
            out.write(entry.data)
            far = position >= _LIMIT
            extra = b"" if not (big or far) else struct.pack(f"<HH{'QQ' if big else ''}{'Q' if far else ''}", 1, 16 * big + 8 * far, *((entry.size, packed) if big else ()), *((position,) if far else ()))
            directory.append(_CENTRAL.pack(
                b"PK\x01\x02", 45 if extra else 20, 45 if extra else 20, flags, entry.method, entry.time, entry.date, entry.crc, *sizes, len(entry.raw_name), len(extra),
                0, 0, 0, entry.attributes, _LIMIT if far else position) + entry.raw_name + extra)
            position += _LOCAL.size + len(entry.raw_name) + (20 if big else 0) + packed
        listing = b"".join(directory)
        count = len(directory)
        out.write(listing)
        if count >= 0xFFFF or position >= _LIMIT or len(listing) >= _LIMIT:
            out.write(struct.pack("<4sQHHIIQQQQ", b"PK\x06\x06", 44, 45, 45, 0, 0, count, count, len(listing), position))
            out.write(struct.pack("<4sIQI", b"PK\x06\x07", 0, position + len(listing), 1))
        out.write(struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, min(count, 0xFFFF), min(count, 0xFFFF), min(len(listing), _LIMIT), min(position, _LIMIT), 0))


def _gathered(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in pieces of about a megabyte: a call for each row would cost more than the packing."""
    waiting: list[bytes] = []
    size = 0
    for piece in pieces:
        waiting.append(piece)
        size += len(piece)
        if size >= 1 << 20:
            yield b"".join(waiting)
            waiting, size = [], 0
    yield b"".join(waiting)


def _deflate(pieces: Iterable[bytes]) -> tuple[memoryview, int, int]:
    # isal at level 1 is four times as fast as zlib for a file some 20 % larger
    squeeze = _fast.compressobj(1, _fast.DEFLATED, -15) if _fast else zlib.compressobj(3, zlib.DEFLATED, -15)
    checksum = _fast.crc32 if _fast else zlib.crc32
    packed, crc, size = [], 0, 0
    for piece in _gathered(pieces):
        crc = checksum(piece, crc)
        size += len(piece)
        packed.append(squeeze.compress(piece))
    packed.append(squeeze.flush())
    return memoryview(b"".join(packed)), crc, size
