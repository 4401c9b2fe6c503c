"""The open workbook as a file: where it is saved, a copy of it as it stands, a snapshot, and the while in which Excel lets go of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from ims_xl.hosts import safe_files
from ims_xl.hosts.scratch import private_folder
from ims_xl.vocabulary import ImsXlError

if TYPE_CHECKING:
    from ims_xl.faces.ribbon import Click


def keep(click: Click) -> Path | None:
    """A snapshot of the workbook as it stands in Excel now, unsaved changes too; None where it was never saved."""
    path = click.host.path
    if not path.exists():
        return None
    with copied(click) as copy:
        return safe_files.snapshot(path, copy)


@contextmanager
def copied(click: Click, name: str = "") -> Iterator[Path]:
    """The open workbook as a file elsewhere, of the same name or another, for the while."""
    with private_folder() as folder:
        copy = folder / (name or click.host.path.name)
        click.host.native.save_copy(click.host.book, str(copy))
        yield copy


@contextmanager
def closed(click: Click) -> Iterator[None]:
    """Closed in Excel for the while, so that its file can be replaced; open again afterwards, whatever happens."""
    host = click.host
    path, app = host.path, host.app
    host.app.status_bar = False
    host.book.close()
    try:
        yield
    finally:
        host.book = app.books.open(str(path))


def saved_path(click: Click) -> Path:
    """Where the workbook is saved; one that never was is an ImsXlError."""
    path = click.host.path
    if not path.is_absolute() or not path.exists():
        raise ImsXlError(f"{click.host.book.name} was never saved in a folder of this computer; save it first.")
    return path
