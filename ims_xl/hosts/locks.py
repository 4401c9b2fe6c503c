"""A lock file held by the operating system's own lock, so that a killed process never leaves a book locked.

Where the file system knows no locks, the file's existence is the lock, and the process named in it must be alive.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import re
import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from ims_xl.vocabulary import ImsXlError

_PAUSE = 0.1
_NO_LOCKS = {errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOLCK, errno.ENOSYS, errno.EINVAL}


@contextlib.contextmanager
def held(file: Path, wait: float, what: str) -> Iterator[None]:
    """Holds that lock file; ImsXlError names the holder after `wait` seconds."""
    until = time.monotonic() + wait
    handle = _take(file)
    while handle is None:
        if time.monotonic() >= until:
            raise ImsXlError(f"{what}: another run is working on this book ({_holder(file)}); wait until it is done, then run again.")
        time.sleep(_PAUSE)
        handle = _take(file)
    try:
        yield
    finally:
        if os.name == "nt":
            os.close(handle)
            with contextlib.suppress(OSError):
                file.unlink()
        else:                            # unlinked while still held, so that nobody locks a file about to vanish
            with contextlib.suppress(OSError):
                file.unlink()
            os.close(handle)


def machine() -> str:
    """This machine's name, as it may stand in the name of a file."""
    return re.sub(r"[^A-Za-z0-9.-]", "-", socket.gethostname())[:40]


def alive(pid: int) -> bool:
    """Whether a process of that number runs on this machine."""
    if not 0 < pid < 1 << 31:            # read from a name that anybody may have written
        return False
    if sys.platform == "win32":
        import ctypes

        process = ctypes.windll.kernel32.OpenProcess(0x1000, False, pid)
        if not process:
            return False
        code = ctypes.c_ulong()
        ctypes.windll.kernel32.GetExitCodeProcess(process, ctypes.byref(code))
        ctypes.windll.kernel32.CloseHandle(process)
        return code.value == 259         # STILL_ACTIVE
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _take(file: Path) -> int | None:
    try:
        handle = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    except FileNotFoundError:            # the run before us took its empty folder away
        file.parent.mkdir(exist_ok=True)
        return None
    except PermissionError:
        if sys.platform == "win32":      # a file that is being removed refuses to open for a moment
            return None
        raise
    try:
        locked = _lock(handle)
    except OSError as wrong:
        os.close(handle)
        if wrong.errno in _NO_LOCKS:
            return _take_by_name(file)
        raise
    if not locked or not _still_there(handle, file):
        os.close(handle)
        return None
    _sign(handle)
    return handle


def _lock(handle: int) -> bool:
    if sys.platform == "win32":
        import msvcrt

        os.lseek(handle, 1 << 20, os.SEEK_SET)   # beyond the text, which others may then still read
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError as wrong:
            if wrong.errno in (errno.EACCES, errno.EDEADLOCK):
                return False
            raise
        return True
    import fcntl

    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _still_there(handle: int, file: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(handle), file.stat())
    except OSError:
        return False


def _sign(handle: int) -> None:
    os.lseek(handle, 0, os.SEEK_SET)
    os.ftruncate(handle, 0)
    os.write(handle, json.dumps({"pid": os.getpid(), "host": socket.gethostname(), "since": time.strftime("%Y-%m-%d %H:%M:%S")}).encode())


def _take_by_name(file: Path) -> int | None:
    known = _read(file)
    if known and known.get("host") == socket.gethostname() and not alive(int(known.get("pid", 0))):
        with contextlib.suppress(OSError):
            file.unlink()
    elif not known:                      # created a moment ago by us above, or by a process that died before it signed
        with contextlib.suppress(OSError):
            if file.stat().st_size == 0 and time.time() - file.stat().st_mtime > 5:
                file.unlink()
    try:
        handle = os.open(file, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return None
    _sign(handle)
    return handle


def _read(file: Path) -> dict[str, str]:
    try:
        known = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return known if isinstance(known, dict) else {}


def _holder(file: Path) -> str:
    known = _read(file)
    return f"process {known.get('pid')} on {known.get('host')}, since {known.get('since')}" if known else "its lock file is " + file.name
