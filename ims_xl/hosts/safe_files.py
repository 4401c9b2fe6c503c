"""Writing a book so that it is the old one or the new one, never half of either; earlier versions; one run at a time.

A new version is written beside the book under a private name, forced to the disk, and only then takes the book's place.
Earlier versions stand in `.ims-xl/` beside the book, the last ten of them. A run holds `.ims-xl/NAME.lock` by a lock of the
operating system, which ends with the process however it ends; what a killed run left behind is swept up by the next.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from ims_xl.hosts import locks
from ims_xl.vocabulary import ImsXlError

FOLDER = ".ims-xl"
KEPT = 10
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_STAMP = "%Y-%m-%dT%H-%M-%S.%f"
_TEMPORARY = re.compile(r"\..*\.ims-xl-(\d+)@([^~]*)~.*\.tmp\Z", re.S)
_being_written: set[Path] = set()


@dataclass(frozen=True, slots=True)
class Snapshot:
    """An earlier version; number 1 is the latest."""

    number: int
    path: Path
    taken_at: datetime
    size: int


def check_openable(path: Path) -> None:
    """ImsXlError where a book cannot or must not be opened: missing, of another kind, encrypted, or open in a spreadsheet program."""
    if not path.exists():
        raise ImsXlError(f"{path}: there is no such file.")
    if path.is_dir():
        raise ImsXlError(f"{path}: this is a folder; a workbook (.xlsx or .xlsm) was expected.")
    check_not_in_use(path)
    try:
        with path.open("rb") as book:
            head = book.read(8)
    except PermissionError:
        raise ImsXlError(f"{path.name}: no leave to read it; where it is open in Excel, save and close it there, then run again.") from None
    except OSError as wrong:
        raise ImsXlError(f"{path.name}: cannot be read ({wrong.strerror}).") from None
    if head == _OLE:
        what = "an old .xls workbook; save it as .xlsx in Excel" if path.suffix.lower() == ".xls" else "encrypted (or an old .xls); open it in Excel, remove the password (File, Info, Protect Workbook) and save it as .xlsx"
        raise ImsXlError(f"{path.name}: the file is {what}.")
    if head[:4] != b"PK\x03\x04":
        raise ImsXlError(f"{path.name}: not an .xlsx or .xlsm workbook" + (" (the file is empty)." if not head else "; save it as .xlsx in Excel."))


def check_not_in_use(path: Path) -> None:
    """ImsXlError where Excel or LibreOffice holds the book open (its owner file stands beside it)."""
    for program, owner in (("Excel", path.with_name(f"~${path.name}")), ("LibreOffice", path.with_name(f".~lock.{path.name}#"))):
        if owner.exists():
            raise ImsXlError(f"{path.name}: the book is open in {program}; save and close it there, then run again. (If it is open nowhere, delete the left-over file {owner.name!r} beside it.)")


@contextlib.contextmanager
def book_lock(path: Path, wait: float = 30.0) -> Iterator[None]:
    """Keeps two runs apart on one book; a second run waits up to `wait` seconds, then ImsXlError says who holds it."""
    path = path.resolve()
    folder = path.parent / FOLDER
    try:
        folder.mkdir(exist_ok=True)
        with locks.held(folder / f"{path.name}.lock", wait, path.name):
            sweep(path.parent)
            sweep(folder)
            yield
    except PermissionError:
        raise ImsXlError(f"{path.parent}: no leave to write in this folder; ask whoever looks after it, or work in a folder of your own.") from None
    except OSError as wrong:
        raise explained(wrong, path) from None
    finally:
        with contextlib.suppress(OSError):
            folder.rmdir()               # goes only when it is empty


def write_atomically(path: Path, write: Callable[[BinaryIO], object], of: Path | None = None) -> None:
    """Puts a file in place whole: `write` fills a private temporary file in the same folder, which then takes the name.

    Whatever fails on the way (full disk, read-only folder, a file held open by Excel), the old file stands and nothing is left over.
    `of` is the book, where the file is one of its versions: messages name it, and the version is no more open to others than it is.
    """
    path = path.resolve()                # a link keeps pointing where it points
    if path.is_dir():
        raise ImsXlError(f"{path}: this is a folder; a file name was expected.")
    if path.exists() and not os.access(path, os.W_OK):
        raise ImsXlError(f"{path.name}: the file is marked read-only; clear that mark, or use -o to write elsewhere.")
    sweep(path.parent)
    temporary: Path | None = None
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name[:60]}.ims-xl-{os.getpid()}@{locks.machine()}~", suffix=".tmp", dir=path.parent)
        temporary = Path(name)
        _being_written.add(temporary)
        with os.fdopen(handle, "wb") as out:
            write(out)
            out.flush()
            _force(out.fileno())
        with contextlib.suppress(OSError):   # a network drive may know no modes; the content is what counts
            _take_mode(temporary, of or path)
        _replace(temporary, path)
        _sync_folder(path.parent)
    except OSError as wrong:
        raise explained(wrong, of or path) from None
    finally:
        if temporary is not None:
            _being_written.discard(temporary)
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)


def make_folder(folder: Path) -> None:
    """A folder to write into, with those above it; ImsXlError where it cannot be made."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except FileExistsError:
        raise ImsXlError(f"{folder}: this is a file; a folder was expected.") from None
    except OSError as wrong:
        raise ImsXlError(f"{folder}: the folder cannot be made ({wrong.strerror or wrong}); choose another place with leave to write.") from None


def write_bytes(path: Path, data: bytes) -> None:
    """A whole file at once, atomically."""
    write_atomically(path, lambda out: out.write(data))


def replace_book(path: Path, write: Callable[[BinaryIO], object]) -> None:
    """`write_atomically` over a book, with what stood there kept as a snapshot; where it fails no snapshot comes or goes."""
    check_not_in_use(path)
    if not path.exists():
        write_atomically(path, write)
        return
    before = {s.path for s in list_snapshots(path)}
    kept = _keep(path, path)
    try:
        write_atomically(path, write)
    except BaseException:
        if kept not in before:
            with contextlib.suppress(OSError):
                kept.unlink()
                kept.parent.rmdir()
        raise
    _forget(path)


def sweep(folder: Path) -> None:
    """Removes temporary files of ours whose process is dead."""
    try:
        found = [(entry, m) for entry in folder.iterdir() if (m := _TEMPORARY.match(entry.name))]
    except OSError:
        return
    for file, match in found:
        pid, host = int(match[1]), match[2]
        with contextlib.suppress(OSError):
            if host != locks.machine():          # of another machine's process nothing is known but the age of its file
                stale = time.time() - file.stat().st_mtime > 86400
            else:
                stale = file not in _being_written if pid == os.getpid() else not locks.alive(pid)
            if stale:
                file.unlink()


def snapshot(path: Path, content: Path | None = None) -> Path:
    """Keeps the book as it stands now in `.ims-xl/`, and forgets all but the last ten; an unchanged book is not kept twice.

    `content` is what stands in the book, where that is more than its file holds (a book open in Excel)."""
    kept = _keep(path, content or path)
    _forget(path)
    return kept


def _keep(path: Path, content: Path) -> Path:
    path = path.resolve()
    folder = path.parent / FOLDER
    known = list_snapshots(path)
    if known and _same(known[0].path, content):
        return known[0].path
    try:
        folder.mkdir(exist_ok=True)
    except OSError as wrong:
        raise explained(wrong, path) from None
    kept = folder / f"{path.stem}~{datetime.now(UTC).strftime(_STAMP)}{path.suffix}"

    def copy(out: BinaryIO) -> None:
        with content.open("rb") as book:
            shutil.copyfileobj(book, out, 1 << 20)

    try:
        write_atomically(kept, copy, of=path)
    except ImsXlError:
        with contextlib.suppress(OSError):
            folder.rmdir()               # goes only when it is empty
        raise
    return kept


def _forget(path: Path) -> None:
    for old in list_snapshots(path)[KEPT:]:
        with contextlib.suppress(OSError):
            old.path.unlink()


def list_snapshots(path: Path) -> tuple[Snapshot, ...]:
    """The earlier versions of a book, latest first."""
    path = path.resolve()
    folder = path.parent / FOLDER
    named = re.compile(re.escape(f"{path.stem}~") + r"(\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{6})" + re.escape(path.suffix) + r"\Z")
    try:
        names = sorted((n.name for n in folder.iterdir() if named.match(n.name)), reverse=True)
    except OSError:
        return ()
    found = []
    for number, name in enumerate(names, 1):
        match = named.match(name)
        if match:
            found.append(Snapshot(number, folder / name, datetime.strptime(match[1], _STAMP).replace(tzinfo=UTC), (folder / name).stat().st_size))
    return tuple(found)


def restore(path: Path, which: int = 1) -> Snapshot:
    """Puts an earlier version back in the book's place; what stood there becomes a snapshot itself."""
    known = list_snapshots(path)
    if not known:
        raise ImsXlError(f"{path.name}: no earlier versions are kept (there is nothing of this book in {FOLDER}/ beside it).")
    if not 1 <= which <= len(known):
        raise ImsXlError(f"{path.name}: there is no version {which}; choose 1 (the latest) to {len(known)}.")
    chosen = known[which - 1]
    data = chosen.path.read_bytes()      # before the current version is kept, which may push the oldest out
    replace_book(path, lambda out: out.write(data))
    return chosen


def _take_mode(temporary: Path, path: Path) -> None:
    if path.exists():
        shutil.copymode(path, temporary)
        return
    mask = os.umask(0)
    os.umask(mask)
    temporary.chmod(0o666 & ~mask)


def _force(handle: int) -> None:
    try:
        os.fsync(handle)
    except OSError as wrong:             # some network drives cannot be asked; a disk that fails to write is another matter
        if wrong.errno not in (errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS):
            raise


def _replace(temporary: Path, path: Path) -> None:
    for attempt in range(6):
        try:
            temporary.replace(path)
            return
        except PermissionError:          # on Windows a virus scanner or the indexer may hold the file for a moment
            if os.name != "nt" or attempt == 5:
                raise
            time.sleep(0.2 * (attempt + 1))


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError:                      # some network file systems cannot; the rename itself stands
        return
    finally:
        os.close(handle)


def _same(one: Path, other: Path) -> bool:
    if one.stat().st_size != other.stat().st_size:
        return False
    with one.open("rb") as a, other.open("rb") as b:
        while chunk := a.read(1 << 20):
            if chunk != b.read(1 << 20):
                return False
    return True


def explained(wrong: OSError, path: Path) -> ImsXlError:
    """Why a file could not be written, in an accountant's words."""
    match wrong.errno:
        case errno.ENOSPC | errno.EDQUOT:
            why = "the disk is full; free some space and run again"
        case errno.EROFS:
            why = f"the folder {path.absolute().parent} is on a read-only disk; write to another one"
        case errno.EACCES | errno.EPERM:
            why = f"no leave to write it in {path.absolute().parent}; where it is open in Excel, close it there; else write to a folder of your own"
        case errno.ENOENT:
            why = f"the folder {path.absolute().parent} does not exist; make it first"
        case errno.EFBIG:
            why = "the file would be larger than this disk allows"
        case _:
            why = f"writing failed ({wrong.strerror or wrong}); if the folder is on a network drive, check the connection and run again"
    return ImsXlError(f"{path.name}: {why}. What stood there is as it was.")
