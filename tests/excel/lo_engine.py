"""An xlwings engine over headless LibreOffice, as much of it as the product uses, so that our real xlwings code drives a real spreadsheet.

It behaves like Excel where Excel is peculiar: text assigned to a cell of format General is read as if typed (`001` becomes 1,
`2-3` a date, `=A1` a formula), a leading apostrophe is swallowed, numbers put into text cells become text, errors come
back as Excel's numbers and dates as datetimes.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

import xlwings as xw
from xlwings import base_classes

from ims_xl.hosts.package.sheet_text import column_number
from tests.excel.lo_native import LibreOfficeNative
from tests.excel.soffice import Soffice, properties, uno

Locale = uno.getClass("com.sun.star.lang.Locale")
CellAddress = uno.getClass("com.sun.star.table.CellAddress")
FILTERS = {".xlsx": "Calc MS Excel 2007 XML", ".xlsm": "Calc MS Excel 2007 VBA XML", ".xlam": "Calc MS Excel 2007 VBA XML"}
ERRORS = {32767: -2146826246, 532: -2146826281, 519: -2146826273, 524: -2146826265, 525: -2146826259, 503: -2146826252, 508: -2146826273, 502: -2146826273}
_NUMBER = re.compile(r"[+-]?(\d+(,\d{3})*(\.\d*)?|\.\d+)([eE][+-]?\d+)?%?")
_DATE = re.compile(r"(\d{1,4})[-/](\d{1,2}|[A-Za-z]{3})([-/](\d{2,4}))?")
_ADDRESS = re.compile(r"\$?([A-Z]+)\$?(\d+)(?::\$?([A-Z]+)\$?(\d+))?")
_TIME = re.compile(r"\d{1,2}:\d{2}(:\d{2})?")


class Engine:
    """xlwings' way in; `name` is "excel", since xlwings' own UDF code asks for an engine of that name."""

    def __init__(self, soffice: Soffice, name: str = "libreoffice") -> None:
        self.soffice, self._name = soffice, name
        self.apps = Apps(self)

    name = property(lambda self: self._name)
    type = "desktop"

    @staticmethod
    def prepare_xl_data_element(value: Any, options: Any) -> Any:
        if value is None or (isinstance(value, float) and value != value):
            return ""
        return value.item() if hasattr(value, "item") and not isinstance(value, dt.date) else value

    @staticmethod
    def clean_value_data(data: Any, datetime_builder: Any, empty_as: Any, number_builder: Any, err_to_str: bool) -> list[list[Any]]:
        names = {-2146826246: "#N/A", -2146826281: "#DIV/0!", -2146826273: "#VALUE!", -2146826265: "#REF!", -2146826259: "#NAME?", -2146826252: "#NUM!"}

        def clean(value: Any) -> Any:
            if value is None or value == "":
                return empty_as
            if isinstance(value, dt.datetime):
                return datetime_builder(year=value.year, month=value.month, day=value.day, hour=value.hour, minute=value.minute, second=value.second, microsecond=0, tzinfo=None)
            if isinstance(value, int) and not isinstance(value, bool) and value in names:
                return names[value] if err_to_str else None
            return number_builder(value) if number_builder and isinstance(value, float) else value

        return [[clean(value) for value in row] for row in data]


class Apps(base_classes.Apps):
    def __init__(self, engine: Engine) -> None:
        self._app = App(engine)

    def keys(self) -> list[int]:
        return [self._app.pid]

    def __iter__(self) -> Iterator[App]:
        return iter([self._app])

    def __len__(self) -> int:
        return 1

    def __getitem__(self, pid: int) -> App:
        return self._app


class App(base_classes.App):
    # plain attributes in place of the base class's read-only properties
    books = enable_events = interactive = display_alerts = status_bar = engine = None

    def __init__(self, engine: Engine) -> None:
        self.engine, self.soffice = engine, engine.soffice
        self.native = LibreOfficeNative(engine.soffice)
        self.books = Books(self)
        self.enable_events = self.interactive = self.display_alerts = True
        self.status_bar: Any = False
        self.statuses: list[str] = []
        self._calculation = "automatic"

    def __setattr__(self, name: str, value: Any) -> None:
        if name == "status_bar" and value:
            self.statuses.append(value)
        object.__setattr__(self, name, value)

    pid = hwnd = property(lambda self: self.soffice.pid)
    api = property(lambda self: self.soffice.desktop)
    version = "16.0"
    visible = True
    selection = property(lambda self: self.books.active.selection if self.books.open_books else None)

    def activate(self, steal_focus: bool = False) -> None:
        """There is no window to bring forward."""

    @property
    def screen_updating(self) -> bool:
        return not any(book.doc.hasControllersLocked() for book in self.books.open_books)

    @screen_updating.setter
    def screen_updating(self, on: bool) -> None:
        for book in self.books.open_books:
            if on == book.doc.hasControllersLocked():
                book.doc.unlockControllers() if on else book.doc.lockControllers()

    @property
    def calculation(self) -> str:
        return self._calculation

    @calculation.setter
    def calculation(self, mode: str) -> None:
        self._calculation = mode
        for book in self.books.open_books:
            book.doc.enableAutomaticCalculation(mode == "automatic")

    def calculate(self) -> None:
        for book in self.books.open_books:
            book.doc.calculateAll()


class Books(base_classes.Books):
    def __init__(self, app: App) -> None:
        self.app = app
        self.open_books: list[Book] = []

    def __call__(self, key: Any) -> Book:
        if isinstance(key, int):
            return self.open_books[key - 1]
        for book in self.open_books:
            if book.name == key:
                return book
        raise KeyError(key)

    def __len__(self) -> int:
        return len(self.open_books)

    def __iter__(self) -> Iterator[Book]:
        return iter(self.open_books)

    active = property(lambda self: self.open_books[-1])

    def add(self) -> Book:
        return self._added(self.app.soffice.new(), None)

    def open(self, fullname: Any, *args: Any, **options: Any) -> Book:
        path = Path(fullname)
        extra = {"FilterName": FILTERS[path.suffix]} if path.suffix == ".xlam" else {}
        return self._added(self.app.soffice.open(path, MacroExecutionMode=4, **extra), path)

    def _added(self, doc: Any, path: Path | None) -> Book:
        book = Book(self.app, doc, path)
        self.open_books.append(book)
        doc.enableAutomaticCalculation(self.app.calculation == "automatic")
        doc.setModified(False)
        return book


class Book(base_classes.Book):
    app = None
    _untitled = 0

    def __init__(self, app: App, doc: Any, path: Path | None) -> None:
        self.app, self.doc, self.path = app, doc, path
        if path is None:
            Book._untitled += 1
            self._name = f"Book{Book._untitled}"
        self.selected: tuple[str, int, int, int, int] | None = None
        self.text_formats: dict[int, bool] = {}

    api = property(lambda self: self.doc)
    name = property(lambda self: self.path.name if self.path else self._name)
    fullname = property(lambda self: str(self.path) if self.path else self._name)
    sheets = property(lambda self: Sheets(self))
    names = property(lambda self: Names(self))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Book) and other.doc == self.doc

    def __hash__(self) -> int:
        return id(self)

    @property
    def selection(self) -> Range | None:
        if not self.selected:
            return None
        name, *place = self.selected
        return Range(self.sheets(name), *place)

    def activate(self) -> None:
        books = self.app.books.open_books
        books.remove(self)
        books.append(self)

    def save(self, path: Any = None, password: Any = None) -> None:
        target = Path(path) if path else self.path
        assert target is not None, "an unsaved book needs a path"
        self.store(target)
        self.path = target
        self.doc.setModified(False)

    def store(self, target: Path) -> None:
        fresh = target.with_name(f".{target.stem}.part{target.suffix}")     # LibreOffice will not write to a name that another book has open
        self.doc.storeToURL(fresh.resolve().as_uri(), properties(FilterName=FILTERS[target.suffix]))
        fresh.replace(target)

    def close(self) -> None:
        self.app.books.open_books.remove(self)
        self.doc.close(True)


class Sheets(base_classes.Sheets):
    def __init__(self, book: Book) -> None:
        self.book, self.uno = book, book.doc.Sheets

    def __call__(self, key: Any) -> Sheet:
        if isinstance(key, int):
            key = self.uno.ElementNames[key - 1]
        if not self.uno.hasByName(key):
            raise KeyError(key)
        return Sheet(self.book, self.uno.getByName(key))

    def __len__(self) -> int:
        return int(self.uno.Count)

    def __iter__(self) -> Iterator[Sheet]:
        for name in self.uno.ElementNames:
            yield Sheet(self.book, self.uno.getByName(name))

    def __contains__(self, name: Any) -> bool:
        return bool(self.uno.hasByName(name))

    active = property(lambda self: Sheet(self.book, self.book.doc.CurrentController.ActiveSheet))

    def add(self, before: Any = None, after: Any = None, name: str | None = None) -> Sheet:
        names = self.uno.ElementNames
        place = names.index(before.name) if before else names.index(after.name) + 1 if after else 0
        fresh = name or next(f"Sheet{n}" for n in range(1, 999) if f"Sheet{n}" not in names)
        self.uno.insertNewByName(fresh, place)
        return self(fresh)


class Sheet(base_classes.Sheet):
    book = None

    def __init__(self, book: Book, sheet: Any) -> None:
        self.book, self.uno = book, sheet

    api = property(lambda self: self.uno)
    index = property(lambda self: self.uno.RangeAddress.Sheet + 1)
    name = property(lambda self: self.uno.Name, lambda self, value: setattr(self.uno, "Name", value))
    visible = property(lambda self: bool(self.uno.IsVisible), lambda self, value: setattr(self.uno, "IsVisible", bool(value)))
    cells = property(lambda self: Range(self, 1, 1, 1048576, 16384))
    tables = property(lambda self: ())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sheet) and other.book == self.book and other.name == self.name

    def __hash__(self) -> int:
        return hash(self.name)

    def activate(self) -> None:
        self.book.doc.CurrentController.setActiveSheet(self.uno)

    select = activate

    def delete(self) -> None:
        self.book.doc.Sheets.removeByName(self.name)

    def range(self, arg1: Any, arg2: Any = None) -> Range:
        if isinstance(arg1, Range) and isinstance(arg2, Range):
            return Range(self, arg1.row, arg1.column, arg2.row + arg2.shape[0] - arg1.row, arg2.column + arg2.shape[1] - arg1.column)
        if isinstance(arg1, tuple):
            (r, c), (r2, c2) = arg1, arg2 or arg1
            return Range(self, r, c, r2 - r + 1, c2 - c + 1)
        found = _ADDRESS.fullmatch(arg1)
        if found is None:
            raise ValueError(f"{arg1} is no address")
        c, r, c2, r2 = found.groups()
        first, last = column_number(c), column_number(c2 or c)
        return Range(self, int(r), first, int(r2 or r) - int(r) + 1, last - first + 1)

    @property
    def used_range(self) -> Range:
        cursor = self.uno.createCursor()
        cursor.gotoEndOfUsedArea(False)
        end = cursor.RangeAddress
        return Range(self, 1, 1, end.EndRow + 1, end.EndColumn + 1)


class Names(base_classes.Names):
    def __init__(self, book: Book) -> None:
        self.book, self.uno = book, book.doc.NamedRanges

    def __len__(self) -> int:
        return int(self.uno.Count)

    def __call__(self, key: Any) -> Name:
        return Name(self, self.uno.ElementNames[key - 1] if isinstance(key, int) else key)

    def __contains__(self, name: Any) -> bool:
        return bool(self.uno.hasByName(name))

    def contains(self, name: Any) -> bool:
        return bool(self.uno.hasByName(name))

    def add(self, name: str, refers_to: str) -> Name:
        if self.uno.hasByName(name):
            self.uno.removeByName(name)
        self.uno.addNewByName(name, to_libreoffice(refers_to)[1:], CellAddress(), 0)
        return Name(self, name)


class Name(base_classes.Name):
    def __init__(self, names: Names, name: str) -> None:
        self._names, self._name = names, name

    name = property(lambda self: self._name)

    def delete(self) -> None:
        self._names.uno.removeByName(self._name)

    @property
    def refers_to(self) -> str:
        return "=" + to_excel(self._names.uno.getByName(self._name).Content)


class Range(base_classes.Range):
    sheet = row = column = shape = None

    def __init__(self, sheet: Sheet, row: int, column: int, rows: int, columns: int) -> None:
        self.sheet, self.row, self.column, self.shape = sheet, row, column, (rows, columns)
        self.options: Any = {}

    @cached_property
    def uno(self) -> Any:
        return self.sheet.uno.getCellRangeByPosition(self.column - 1, self.row - 1, self.column + self.shape[1] - 2, self.row + self.shape[0] - 2)

    api = property(lambda self: self.uno)
    coords = property(lambda self: (self.sheet, self.row, self.column, *self.shape))
    formats = property(lambda self: self.sheet.book.doc.NumberFormats)

    def __len__(self) -> int:
        return self.shape[0] * self.shape[1]

    def __call__(self, row: int, column: int | None = None) -> Range:
        if column is None:
            row, column = divmod(row - 1, self.shape[1])
            row, column = row + 1, column + 1
        return Range(self.sheet, self.row + row - 1, self.column + column - 1, 1, 1)

    @property
    def address(self) -> str:
        first = f"${xw.utils.col_name(self.column)}${self.row}"
        return first if len(self) == 1 else f"{first}:${xw.utils.col_name(self.column + self.shape[1] - 1)}${self.row + self.shape[0] - 1}"

    def get_address(self, row_absolute: bool, col_absolute: bool, external: bool) -> str:
        return self.address

    # ---- values
    @property
    def raw_value(self) -> Any:
        if len(self) == 0:
            return None
        block = self.uno
        data = [[None if value == "" else value for value in row] for row in block.getDataArray()]
        self._mark_special(block, data)
        return data[0][0] if len(self) == 1 else tuple(tuple(row) for row in data)

    def _mark_special(self, block: Any, data: list[list[Any]]) -> None:
        """Dates, logical values and errors, which a data array gives as bare numbers or nothing."""
        null = self.sheet.book.doc.NullDate
        epoch = dt.datetime(null.Year, null.Month, null.Day)
        for area in block.queryContentCells(2).getRangeAddresses():
            for r in range(area.StartRow - self.row + 1, area.EndRow - self.row + 2):
                for c in range(area.StartColumn - self.column + 1, area.EndColumn - self.column + 2):
                    if isinstance(data[r][c], float):
                        data[r][c] = _moment(epoch, data[r][c])
        if any(value in (0.0, 1.0) for row in data for value in row):
            for row, shown in zip(data, block.getFormulaArray()):
                for c, text in enumerate(shown):
                    if text in ("TRUE", "FALSE") and isinstance(row[c], float):
                        row[c] = text == "TRUE"
        for area in block.queryFormulaCells(4).getRangeAddresses():
            for r in range(area.StartRow, area.EndRow + 1):
                for c in range(area.StartColumn, area.EndColumn + 1):
                    code = self.sheet.uno.getCellByPosition(c, r).getError()
                    data[r - self.row + 1][c - self.column + 1] = ERRORS.get(code, -2146826273)

    def _text_areas(self, block: Any) -> list[Any]:
        """Areas whose number format is text."""
        if len(self) == 1:
            return [block.RangeAddress] if self._is_text(block.NumberFormat) else []
        found: list[Any] = []
        groups = block.getUniqueCellFormatRanges()
        for n in range(groups.Count):
            group = groups.getByIndex(n)
            if self._is_text(group.NumberFormat):
                found += group.getRangeAddresses()
        return found

    def _is_text(self, key: int) -> bool:
        known = self.sheet.book.text_formats
        if key not in known:
            known[key] = bool(self.formats.getByKey(key).Type & 256)
        return known[key]

    @raw_value.setter
    def raw_value(self, data: Any) -> None:
        if len(self):
            self._write(self._matrix(data))

    def _matrix(self, data: Any) -> list[list[Any]]:
        rows, columns = self.shape
        if not isinstance(data, (list, tuple)):
            return [[data] * columns for _ in range(rows)]
        if data and not isinstance(data[0], (list, tuple)):
            data = [data]
        assert len(data) == rows and all(len(row) == columns for row in data), f"{len(data)} rows for {self.address}"
        return [list(row) for row in data]

    def _write(self, data: list[list[Any]]) -> None:
        block = self.uno
        text = [[False] * self.shape[1] for _ in data]
        for area in self._text_areas(block):
            for r in range(area.StartRow - self.row + 1, area.EndRow - self.row + 2):
                text[r][area.StartColumn - self.column + 1 : area.EndColumn - self.column + 2] = [True] * (area.EndColumn - area.StartColumn + 1)
        formulas: list[tuple[int, int, str]] = []
        dated: list[tuple[int, int, str]] = []
        out = [tuple(self._typed(value, is_text, r, c, formulas, dated) for c, (value, is_text) in enumerate(zip(row, marks))) for r, (row, marks) in enumerate(zip(data, text))]
        if formulas:
            block.setFormulaArray(tuple(tuple(_entered(value) for value in row) for row in self._with_formulas(out, formulas)))
        else:
            block.setDataArray(tuple(out))
        for r, c, look in dated:
            cell = self(r + 1, c + 1)
            if cell.number_format in ("General", "Standard"):
                cell.number_format = look

    def _typed(self, value: Any, is_text: bool, r: int, c: int, formulas: list[tuple[int, int, str]], dated: list[tuple[int, int, str]]) -> Any:
        if value is None:
            return ""
        if isinstance(value, str):
            if value[:1] == "'":
                return value[1:]
            if is_text or not value:
                return value
            return self._as_if_typed(value, r, c, formulas, dated)
        if isinstance(value, bool):
            dated.append((r, c, "BOOLEAN"))
            return float(value)
        if isinstance(value, dt.date):
            moment = value if isinstance(value, dt.datetime) else dt.datetime(value.year, value.month, value.day)
            dated.append((r, c, "YYYY-MM-DD"))
            return (moment - dt.datetime(1899, 12, 30)) / dt.timedelta(days=1)
        return f"{float(value):.15g}" if is_text else float(value)

    def _as_if_typed(self, value: str, r: int, c: int, formulas: list[tuple[int, int, str]], dated: list[tuple[int, int, str]]) -> Any:
        """Excel reads text put into a General cell as if a person had typed it."""
        if value[0] in "=+-@" and len(value) > 1 and not _NUMBER.fullmatch(value):
            formulas.append((r, c, "=" + value.lstrip("=+@") if value[0] != "-" else "=" + value))
            return ""
        if value.upper() in ("TRUE", "FALSE"):
            dated.append((r, c, "BOOLEAN"))
            return float(value.upper() == "TRUE")
        bare = value.strip()
        if _NUMBER.fullmatch(bare):
            return float(bare.replace(",", "").rstrip("%")) / (100 if bare.endswith("%") else 1)
        if _DATE.fullmatch(bare) or _TIME.fullmatch(bare):
            dated.append((r, c, "YYYY-MM-DD"))
            return 45000.0                   # some date: nobody who wanted text will like it
        return value

    # ---- formulas
    @property
    def formula(self) -> Any:
        data = [[to_excel(f) if f[:1] == "=" else f.removeprefix("'") for f in row] for row in self.uno.getFormulaArray()]
        return data[0][0] if len(self) == 1 else tuple(tuple(row) for row in data)

    @formula.setter
    def formula(self, data: Any) -> None:
        matrix = self._matrix(data)
        if all(isinstance(v, str) and v[:1] == "=" for row in matrix for v in row):
            self.uno.setFormulaArray(tuple(tuple(to_libreoffice(v) for v in row) for row in matrix))
        else:
            self._write(matrix)

    def _with_formulas(self, data: list[tuple[Any, ...]], formulas: list[tuple[int, int, str]]) -> list[list[Any]]:
        matrix = [list(row) for row in data]
        for r, c, text in formulas:
            matrix[r][c] = Formula(to_libreoffice(text))
        return matrix

    # ---- looks
    @property
    def number_format(self) -> Any:
        if len(self) > 1 and self.uno.getPropertyState("NumberFormat").value == "AMBIGUOUS_VALUE":
            return None         # LibreOffice gives the first cell's; Excel nothing where cells disagree
        code = self.formats.getByKey(self.uno.NumberFormat).FormatString
        return "General" if code in ("General", "Standard") else code

    @number_format.setter
    def number_format(self, code: str) -> None:
        self.uno.NumberFormat = number_format_key(self.sheet.book.doc, code)

    column_width = property(lambda self: (self.uno.Columns.Width / 26.458 - 5) / 7, lambda self, value: setattr(self.uno.Columns, "Width", int((value * 7 + 5) * 26.458)))
    row_height = property(lambda self: self.uno.Rows.Height / 35.28, lambda self, value: setattr(self.uno.Rows, "Height", int(value * 35.28)))
    column_hidden = property(lambda self: not self.uno.Columns.IsVisible, lambda self, value: setattr(self.uno.Columns, "IsVisible", not value))
    row_hidden = property(lambda self: not self.uno.Rows.IsVisible, lambda self, value: setattr(self.uno.Rows, "IsVisible", not value))
    merge_cells = property(lambda self: self.uno.IsMerged)

    def merge(self, across: bool = False) -> None:
        self.uno.merge(True)

    def unmerge(self) -> None:
        self.uno.merge(False)

    def clear(self) -> None:
        self.uno.clearContents(1023)

    def clear_contents(self) -> None:
        self.uno.clearContents(1 | 2 | 4 | 16)

    def select(self) -> None:
        self.sheet.book.selected = (self.sheet.name, self.row, self.column, *self.shape)
        self.sheet.activate()


class Formula(str):
    """Text that is a formula, among text that is not."""


def _entered(value: Any) -> str:
    """A value as LibreOffice takes it in a formula array: formulas and numbers as they are, text behind an apostrophe."""
    if isinstance(value, Formula):
        return value
    return repr(value) if isinstance(value, float) else f"'{value}" if value else ""


def _moment(epoch: dt.datetime, serial: float) -> dt.datetime:
    return epoch + dt.timedelta(seconds=round(serial * 86400))


def number_format_key(doc: Any, code: str) -> int:
    """LibreOffice's key of a number format given in English."""
    formats, locale = doc.NumberFormats, Locale()
    key = formats.queryKey(code, locale, False)
    return int(key if key != -1 else formats.addNew(code, locale))


_PIECES = re.compile(r"""("(?:[^"]|"")*")|('(?:[^']|'')+'!)|([A-Za-z_][\w.]*!)(?=\$?[A-Za-z])|(\{[^}]*\})|([,])""")


def to_libreoffice(formula: str) -> str:
    """Excel's formula text in LibreOffice's own grammar: `;` between arguments, `$'Sheet'.A1`."""

    def turned(found: re.Match[str]) -> str:
        string, quoted, plain, array, comma = found.groups()
        if quoted:
            return "$" + quoted[:-1] + "."
        if plain:
            return "$" + plain[:-1] + "."
        if array:
            return array.replace(";", "|").replace(",", ";")
        return ";" if comma else string

    return _PIECES.sub(turned, formula)


_BACK = re.compile(r"""("(?:[^"]|"")*")|\$?('(?:[^']|'')+')\.|\$?([A-Za-z_]\w*)\.(?=\$?[A-Z])|(;)""")


def to_excel(formula: str) -> str:
    """The way back."""

    def turned(found: re.Match[str]) -> str:
        string, quoted, plain, semicolon = found.groups()
        if quoted or plain:
            return f"{quoted or plain}!"
        return "," if semicolon else string

    return _BACK.sub(turned, formula)
