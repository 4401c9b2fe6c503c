"""The book is the old one or the new one, whole; earlier versions come back; two runs do not meet; nothing is left over."""

from __future__ import annotations

import errno
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import pytest
from click.testing import CliRunner

from ims_xl.faces.cli import main
from ims_xl.faces.commands_restore import restore as restore_command
from ims_xl.hosts import locks, open_book, safe_files
from ims_xl.hosts.scratch import private_folder
from ims_xl.vocabulary import ImsXlError
from ims_xl.workbook.plan import Plan
from tests.hosts.contract import patch, person_book


def everything_in(folder: Path) -> set[str]:
    return {str(p.relative_to(folder)) for p in folder.rglob("*")}


def test_a_file_appears_whole_and_keeps_the_permissions_of_the_old_one(tmp_path: Path) -> None:
    book = tmp_path / "book.xlsx"
    book.write_bytes(b"old")
    book.chmod(0o640)
    safe_files.write_bytes(book, b"new")
    assert book.read_bytes() == b"new" and book.stat().st_mode & 0o777 == 0o640 and everything_in(tmp_path) == {"book.xlsx"}


def test_an_earlier_version_is_as_private_as_the_book_and_messages_name_the_book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    book = tmp_path / "book.xlsx"
    book.write_bytes(b"old")
    book.chmod(0o600)
    assert safe_files.snapshot(book).stat().st_mode & 0o777 == 0o600
    book.write_bytes(b"new")
    monkeypatch.setattr(os, "fsync", lambda handle: (_ for _ in ()).throw(OSError(errno.ENOSPC, "No space left on device")))
    with pytest.raises(ImsXlError, match=r"^book\.xlsx: the disk is full"):
        safe_files.snapshot(book)


def test_a_link_keeps_pointing_where_it_points(tmp_path: Path) -> None:
    (tmp_path / "real.xlsx").write_bytes(b"old")
    (tmp_path / "link.xlsx").symlink_to(tmp_path / "real.xlsx")
    safe_files.write_bytes(tmp_path / "link.xlsx", b"new")
    assert (tmp_path / "link.xlsx").is_symlink() and (tmp_path / "real.xlsx").read_bytes() == b"new"


@pytest.mark.parametrize(("number", "words"), [(errno.ENOSPC, "disk is full"), (errno.EACCES, "open in Excel"), (errno.EROFS, "read-only disk"), (errno.EIO, "network drive")])
@pytest.mark.parametrize("where", ["write", "replace", "fsync"])
def test_whatever_fails_the_old_book_stands_and_nothing_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, words: str, where: str) -> None:
    book = tmp_path / "book.xlsx"
    book.write_bytes(b"old")

    def fail(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    def write(out: BinaryIO) -> None:
        out.write(b"half")
        if where == "write":
            fail()

    if where == "replace":
        monkeypatch.setattr(Path, "replace", fail)
    if where == "fsync":
        monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(ImsXlError, match=words):
        safe_files.write_atomically(book, write)
    assert book.read_bytes() == b"old" and everything_in(tmp_path) == {"book.xlsx"}


def test_a_missing_folder_and_a_folder_for_a_file_are_clear_errors(tmp_path: Path) -> None:
    with pytest.raises(ImsXlError, match="does not exist"):
        safe_files.write_bytes(tmp_path / "nowhere" / "book.xlsx", b"")
    with pytest.raises(ImsXlError, match="is a folder"):
        safe_files.write_bytes(tmp_path, b"")


def test_saving_over_the_book_keeps_its_earlier_version(tmp_path: Path) -> None:
    path = person_book(tmp_path / "book.xlsx")
    before = path.read_bytes()
    book = open_book(path)
    book.paint(Plan(patches=(patch(),)))
    book.save()
    versions = safe_files.list_snapshots(path)
    assert len(versions) == 1 and versions[0].path.read_bytes() == before and path.read_bytes() != before


def test_ten_versions_are_kept_and_an_unchanged_book_is_not_kept_twice(tmp_path: Path) -> None:
    book = tmp_path / "book.xlsx"
    for number in range(14):
        book.write_bytes(b"%d" % number)
        safe_files.snapshot(book)
        safe_files.snapshot(book)
    assert [v.path.read_bytes() for v in safe_files.list_snapshots(book)] == [b"%d" % n for n in range(13, 3, -1)]
    assert [v.number for v in safe_files.list_snapshots(book)] == list(range(1, 11))


def test_versions_of_books_with_like_names_are_not_mixed_up(tmp_path: Path) -> None:
    for name in ("a.xlsx", "a.xlsm", "a~b.xlsx"):
        (tmp_path / name).write_bytes(name.encode())
        safe_files.snapshot(tmp_path / name)
    for name in ("a.xlsx", "a.xlsm", "a~b.xlsx"):
        assert [v.path.read_bytes() for v in safe_files.list_snapshots(tmp_path / name)] == [name.encode()]


def test_restoring_keeps_what_stood_there(tmp_path: Path) -> None:
    book = tmp_path / "book.xlsx"
    for content in (b"one", b"two", b"three"):
        book.write_bytes(content)
        safe_files.snapshot(book)
    safe_files.restore(book, 3)
    assert book.read_bytes() == b"one"
    safe_files.restore(book)             # the latest version, of these bytes, is "three": it stood there
    assert book.read_bytes() == b"three"
    with pytest.raises(ImsXlError, match="no version 99"):
        safe_files.restore(book, 99)


def test_the_oldest_of_ten_versions_can_be_restored(tmp_path: Path) -> None:
    book = tmp_path / "book.xlsx"
    for number in range(11):
        book.write_bytes(b"%d" % number)
        if number < 10:
            safe_files.snapshot(book)
    safe_files.restore(book, 10)
    assert book.read_bytes() == b"0"


def test_the_command_lists_and_restores(tmp_path: Path) -> None:
    book = tmp_path / "book.xlsx"
    book.write_bytes(b"old")
    safe_files.snapshot(book)
    book.write_bytes(b"new")
    listed = CliRunner().invoke(restore_command, [str(book), "--list"])
    assert listed.exit_code == 0 and listed.output.strip().startswith("1") and book.read_bytes() == b"new"
    assert main(["restore", str(book)]) == 0 and book.read_bytes() == b"old"
    assert main(["restore", str(book), "--to", "7"]) == 2
    assert main(["restore", str(tmp_path / "other.xlsx")]) == 2


def test_a_second_run_waits_and_then_works(tmp_path: Path) -> None:
    book = tmp_path / "book.xlsx"
    book.write_bytes(b"x")
    entered = threading.Event()
    order: list[str] = []

    def first() -> None:
        with safe_files.book_lock(book):
            entered.set()
            time.sleep(0.4)
            order.append("first")

    thread = threading.Thread(target=first)
    thread.start()
    entered.wait()
    with safe_files.book_lock(book, wait=10):
        order.append("second")
    thread.join()
    assert order == ["first", "second"] and everything_in(tmp_path) == {"book.xlsx"}


def test_a_second_run_that_waits_too_long_is_told_who_works(tmp_path: Path) -> None:
    book = tmp_path / "book.xlsx"
    with safe_files.book_lock(book), pytest.raises(ImsXlError, match=f"process {os.getpid()}"), safe_files.book_lock(book, wait=0.2):
        pass
    with safe_files.book_lock(book, wait=0):
        pass


_KILLED = """
import os, signal, sys
from pathlib import Path
from ims_xl.hosts import open_book, safe_files
from tests.hosts.contract import patch
from ims_xl.workbook.plan import Plan
path = Path(sys.argv[1])
with safe_files.book_lock(path):
    book = open_book(path)
    book.paint(Plan(patches=(patch(),)))
    moment = int(sys.argv[2])
    steps = 0
    def trace(frame, event, argument):
        global steps
        if event == "line" and "safe_files" in frame.f_code.co_filename:
            steps += 1
            if steps == moment:
                os.kill(os.getpid(), signal.SIGKILL)
        return trace
    sys.settrace(trace)
    book.save()
    sys.settrace(None)
print("done")
"""


@pytest.mark.parametrize("moment", [1, 25, 45, 60, 80, 95])
def test_killed_at_any_moment_the_book_is_whole_and_the_next_run_sweeps_up(tmp_path: Path, moment: int) -> None:
    path = person_book(tmp_path / "book.xlsx")
    old = path.read_bytes()
    root = Path(__file__).resolve().parents[2]

    killed = subprocess.run([sys.executable, "-c", _KILLED, str(path), str(moment)], cwd=root, capture_output=True, text=True, timeout=60, check=False)
    assert killed.returncode in (-signal.SIGKILL, 0), killed.stderr
    assert path.read_bytes() == old or open_book(path).read("My data").frame.loc[4, 5] == "Accept"
    with safe_files.book_lock(path):
        again = open_book(path)
        again.paint(Plan(patches=(patch(),)))
        again.save()
    assert open_book(path).read("My data").frame.loc[4, 5] == "Accept"
    left = {n for n in everything_in(tmp_path) if not n.startswith(".ims-xl/book~")}
    assert left <= {"book.xlsx", ".ims-xl"}, left
    assert any(v.path.read_bytes() == old for v in safe_files.list_snapshots(path))


@pytest.mark.parametrize(("code", "words"), [(errno.ENOSPC, "disk is full"), (errno.EACCES, "no leave"), (errno.EXDEV, "network drive")])
def test_a_write_that_fails_keeps_the_versions_as_they_were(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, words: str) -> None:
    book = tmp_path / "book.xlsx"
    for number in range(safe_files.KEPT + 1):
        safe_files.replace_book(book, lambda out, n=number: out.write(b"version %d" % n))  # type: ignore[misc]
    versions = {v.path: v.path.read_bytes() for v in safe_files.list_snapshots(book)}

    def fails(temporary: Path, path: Path) -> None:
        if path == book:
            raise OSError(code, "refused")
        real(temporary, path)

    real = safe_files._replace
    monkeypatch.setattr(safe_files, "_replace", fails)
    with pytest.raises(ImsXlError, match=words) as told:
        safe_files.replace_book(book, lambda out: out.write(b"new"))
    assert str(told.value).startswith("book.xlsx: ") and book.read_bytes() == b"version 10"
    assert {v.path: v.path.read_bytes() for v in safe_files.list_snapshots(book)} == versions


def test_a_drive_without_modes_and_without_forced_writing_is_written_to_and_a_failing_disk_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refusing(code: int) -> Callable[..., None]:
        def refuse(*_: object, **__: object) -> None:
            raise OSError(code, "refused")
        return refuse

    book = tmp_path / "book.xlsx"
    monkeypatch.setattr(safe_files, "_take_mode", refusing(errno.EPERM))
    monkeypatch.setattr(os, "fsync", refusing(errno.EINVAL))
    safe_files.replace_book(book, lambda out: out.write(b"old"))
    monkeypatch.setattr(os, "fsync", refusing(errno.EIO))
    with pytest.raises(ImsXlError, match="network drive"):
        safe_files.replace_book(book, lambda out: out.write(b"new"))
    assert book.read_bytes() == b"old" and everything_in(tmp_path) <= {"book.xlsx"}


def test_a_folder_that_cannot_be_made_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    for folder in (tmp_path / "file", tmp_path / "file" / "inside", Path("/proc/nothing/here")):
        with pytest.raises(ImsXlError, match="folder"):
            safe_files.make_folder(folder)


def test_a_temporary_file_of_a_living_process_is_left_alone(tmp_path: Path) -> None:
    host = locks.machine()
    theirs = tmp_path / f".book.xlsx.ims-xl-{os.getppid()}@{host}~abc.tmp"
    dead = tmp_path / f".book.xlsx.ims-xl-999999999@{host}~abc.tmp"
    elsewhere = tmp_path / ".book.xlsx.ims-xl-5@another-machine~abc.tmp"
    for file in (theirs, dead, elsewhere):
        file.write_bytes(b"x")
    safe_files.sweep(tmp_path)
    assert theirs.exists() and elsewhere.exists() and not dead.exists()


def test_where_the_file_system_knows_no_locks_the_file_is_the_lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from ims_xl.hosts import locks

    def none(_: int) -> bool:
        raise OSError(errno.ENOLCK, "no locks")

    monkeypatch.setattr(locks, "_lock", none)
    lock = tmp_path / "book.lock"
    lock.write_text(json.dumps({"pid": 999999999, "host": socket.gethostname()}))
    done: list[Callable[[], None]] = []
    with locks.held(lock, 1, "book"), pytest.raises(ImsXlError, match="another run"), locks.held(lock, 0.2, "book"):
        done.append(lambda: None)
    assert not done and not lock.exists()


def test_a_private_folder_is_closed_to_others_and_that_of_a_killed_process_is_swept_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    left = tmp_path / f"ims-xl-{dead.pid}@{locks.machine()}~abc", tmp_path / f"ims-xl-{10**30}@{locks.machine()}~no process has that number"
    others = tmp_path / "ims-xl-notes", tmp_path / f"ims-xl-{dead.pid}@elsewhere~abc"
    for folder in (*left, *others):
        folder.mkdir()
        (folder / "draft.xlsx").write_bytes(b"a client's figures")
    with private_folder() as folder:
        if os.name != "nt":
            assert folder.stat().st_mode & 0o777 == 0o700
        (folder / "draft.xlsx").write_bytes(b"")
        with private_folder() as second:
            assert folder.exists() and second.exists(), "another folder of this process is in use"
    assert sorted(tmp_path.iterdir()) == sorted(others)
