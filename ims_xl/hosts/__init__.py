"""Where a plan meets a workbook: `open_book(path)` gives a host that reads sheets as text, paints a plan and saves."""

from __future__ import annotations

from pathlib import Path

from ims_xl.hosts.base import Host, SheetInfo, SheetText
from ims_xl.vocabulary import ImsXlError

HOSTS = ("package", "openpyxl", "excel")

__all__ = ["HOSTS", "Host", "SheetInfo", "SheetText", "new_book", "open_book"]


def open_book(path: Path | str, host: str = "package") -> Host:
    """The book at `path` in that host; ImsXlError where it is missing, encrypted, signed, or open in Excel."""
    match host:
        case "package":
            from ims_xl.hosts.package.book import PackageBook

            return PackageBook.open(Path(path))
        case "openpyxl":
            from ims_xl.hosts.openpyxl_host import OpenpyxlBook

            return OpenpyxlBook.open(Path(path))
        case "excel":
            from ims_xl.hosts.excel import ExcelBook

            book: Host = ExcelBook.open(Path(path))
            return book
    raise ImsXlError(f"There is no host {host!r}; choose one of {', '.join(HOSTS)}.")


def new_book(path: Path | str, host: str = "package", template: Path | None = None) -> Host:
    """A book that is not on the disk yet: empty, or a copy of `template`; `save()` writes it to `path`."""
    match host:
        case "package":
            from ims_xl.hosts.package.book import PackageBook

            return PackageBook.new(Path(path), template)
        case "openpyxl":
            from ims_xl.hosts.openpyxl_host import OpenpyxlBook

            return OpenpyxlBook.new(Path(path), template)
    raise ImsXlError(f"A new book cannot be made in the host {host!r}; choose package or openpyxl.")
