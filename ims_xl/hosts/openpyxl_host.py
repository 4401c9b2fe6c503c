"""The reference host: the same plan painted by openpyxl. For small books and for tests; a person's workbook loses what openpyxl does not know.

Formulas are written without their results, since openpyxl keeps one or the other; Excel works them out when it opens the book.
"""

from __future__ import annotations

import io
import warnings
from pathlib import Path
from typing import Any, BinaryIO

import openpyxl

from ims_xl.hosts import safe_files
from ims_xl.hosts.base import SheetInfo, SheetText
from ims_xl.hosts.openpyxl_paint import Painter
from ims_xl.hosts.package.archive import Archive
from ims_xl.hosts.package.book import refuse_signed
from ims_xl.hosts.reading import BookReader
from ims_xl.vocabulary import ImsXlError
from ims_xl.workbook.plan import Plan


class OpenpyxlBook:
    """A workbook held by openpyxl."""

    def __init__(self, path: Path, data: bytes | None) -> None:
        self.path = path
        self._data = data
        self._reader: BookReader | None = None

    @classmethod
    def open(cls, path: Path) -> OpenpyxlBook:
        """The book at `path`; the same files are refused as by the lossless host."""
        safe_files.check_openable(path)
        data = path.read_bytes()
        refuse_signed(Archive.from_bytes(data, path.name), path.name)
        return cls(path, data)

    @classmethod
    def new(cls, path: Path, template: Path | None = None) -> OpenpyxlBook:
        """A book that is not on the disk yet."""
        return cls(path, template.read_bytes() if template else None)

    def sheets(self) -> tuple[SheetInfo, ...]:
        return self._read().sheets() if self._data is not None else ()

    def read(self, sheet: str) -> SheetText:
        return self._read().read(sheet)

    def read_two(self, one: str, other: str) -> tuple[SheetText, SheetText]:
        return self._read().read_two(one, other)

    def paint(self, plan: Plan) -> None:
        """Everything of the plan, or nothing: the book is loaded afresh and taken over only when all is written."""
        book = self._load()
        Painter(book, plan.palette).paint(plan)
        out = io.BytesIO()
        book.save(out)
        self._data, self._reader = out.getvalue(), None

    def save(self, path: Path | None = None) -> None:
        """Atomically to `path`, or over the book itself, whose earlier version is then kept as a snapshot."""
        target = path or self.path
        if self._data is None:
            raise ImsXlError(f"{target.name}: a workbook must have a sheet; nothing was written.")
        data = self._data

        def write(out: BinaryIO) -> None:
            out.write(data)

        if target.resolve() == self.path.resolve():
            safe_files.replace_book(target, write)
        else:
            safe_files.check_not_in_use(target)
            safe_files.write_atomically(target, write)

    def close(self) -> None:
        self._reader = None

    def _load(self) -> Any:
        if self._data is None:
            book: Any = openpyxl.Workbook()
            book.remove(book.active)
            return book
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")      # of what it cannot keep; that is why it is not the usual host
                return openpyxl.load_workbook(io.BytesIO(self._data), keep_vba=self.path.suffix.lower() == ".xlsm", rich_text=True)
        except Exception as wrong:
            raise ImsXlError(f"{self.path.name}: openpyxl cannot read this workbook ({type(wrong).__name__}: {wrong}); use the usual host (without --host openpyxl).") from wrong

    def _read(self) -> BookReader:
        if self._reader is None:
            if self._data is None:
                raise ImsXlError(f"{self.path.name}: the book has no sheet yet.")
            self._reader = BookReader(Archive.from_bytes(self._data, self.path.name), self.path.name)
        return self._reader
