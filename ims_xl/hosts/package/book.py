"""A workbook file as a host: read as text, painted part by part, saved whole."""

from __future__ import annotations

import re
from pathlib import Path

from ims_xl.hosts import safe_files
from ims_xl.hosts.base import SheetInfo, SheetText
from ims_xl.hosts.damage import told_as_damage
from ims_xl.hosts.package import app_part, xml
from ims_xl.hosts.package.archive import Archive, part_key
from ims_xl.hosts.package.cells import Maker
from ims_xl.hosts.package.relations import CONTENT_TYPES, add_type, content_types, free_part, in_dialect, relate, relations, remove_part, unrelate
from ims_xl.hosts.package.styles import EMPTY, Styles, normalised
from ims_xl.hosts.package.table_patch import paint_patch
from ims_xl.hosts.package.whole_sheet import paint_sheet
from ims_xl.hosts.package.workbook_part import Workbook
from ims_xl.hosts.reading import BookReader
from ims_xl.vocabulary import ImsXlError
from ims_xl.workbook.plan import Plan

_STYLES = "application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"
_SELECTED = re.compile(rb"\stabSelected\s*=\s*[\"'](?:1|true)[\"']")
_EMPTY_BOOK = {
    CONTENT_TYPES: '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>',
    "_rels/.rels": '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><workbookPr/><bookViews><workbookView/></bookViews><sheets></sheets></workbook>',
}


class PackageBook:
    """An .xlsx or .xlsm file, edited without loss."""

    def __init__(self, path: Path, archive: Archive) -> None:
        self.path = path
        self._archive = archive
        self._reader: BookReader | None = None

    @classmethod
    def open(cls, path: Path) -> PackageBook:
        """The book at `path`; ImsXlError where it is missing, encrypted, signed or open elsewhere."""
        safe_files.check_openable(path)
        archive = Archive.open(path)
        with told_as_damage(path.name):
            refuse_signed(archive, path.name)
            book = cls(path, archive)
            book._read()
        return book

    @classmethod
    def new(cls, path: Path, template: Path | None = None) -> PackageBook:
        """A book that is not on the disk yet."""
        if template:
            safe_files.check_openable(template)
            return cls(path, Archive.open(template))
        archive = Archive()
        for part, text in _EMPTY_BOOK.items():
            archive.write(part, text.encode())
        return cls(path, archive)

    def sheets(self) -> tuple[SheetInfo, ...]:
        return self._read().sheets()

    def read(self, sheet: str) -> SheetText:
        with told_as_damage(self.path.name):
            return self._read().read(sheet)

    def read_two(self, one: str, other: str) -> tuple[SheetText, SheetText]:
        with told_as_damage(self.path.name):
            return self._read().read_two(one, other)

    def paint(self, plan: Plan) -> None:
        """Everything of the plan, or nothing: the work is done on a copy that takes the book's place at the end."""
        with told_as_damage(self.path.name):
            self._paint(plan)

    def _paint(self, plan: Plan) -> None:
        self._reader = None              # its strings and formats are not needed for painting
        archive = self._archive.copy()
        workbook = Workbook(archive, self.path.name)
        styles_part = _styles_part(workbook)
        styles = Styles(normalised(xml.as_utf8(archive.read(styles_part))), plan.palette)
        maker = Maker(workbook.prefix, styles, workbook.date1904)
        before = sum(s.kind == "worksheet" for s in workbook.sheets)
        known = {s.part for s in workbook.sheets}
        changed = False
        _choose(workbook, plan)
        try:
            for sheet in plan.sheets:
                changed |= paint_sheet(workbook, sheet, maker)
            for patch in plan.patches:
                changed |= paint_patch(workbook, patch, maker)
        except KeyError as unknown:
            raise ImsXlError(f"{self.path.name}: a style or part named {unknown} is missing.") from unknown
        for name, formula in plan.names.items():
            workbook.define(name, formula)
        chosen = workbook.sheet(workbook.selects) if workbook.selects else None
        if chosen:
            workbook.activate(workbook.sheets.index(chosen))
        if workbook.part_of("calcChain"):
            # formulas of the person may lean on what was written; ours carry their results already
            workbook.recalculate()
        if changed:
            _drop_calculation_chain(workbook)
        if styles.changed:
            archive.write(styles_part, styles.text())
        workbook.store()
        app_part.add_titles(archive, before, [s.name for s in workbook.sheets if s.part not in known])
        self._archive, self._reader = archive, None

    def save(self, path: Path | None = None) -> None:
        """Atomically to `path`, or over the book itself, whose earlier version is then kept as a snapshot."""
        target = path or self.path
        if not self._read().workbook.sheets:
            raise ImsXlError(f"{target.name}: a workbook must have a sheet; nothing was written.")
        _check_ending(self._archive, self._read().workbook.part, target)
        if target.resolve() == self.path.resolve():
            safe_files.replace_book(target, self._archive.save)
        else:
            safe_files.check_not_in_use(target)
            safe_files.write_atomically(target, self._archive.save)

    def close(self) -> None:
        self._reader = None

    def _read(self) -> BookReader:
        if self._reader is None:
            self._reader = BookReader(self._archive, self.path.name)
        return self._reader


def _check_ending(archive: Archive, part: str, target: Path) -> None:
    """Excel opens no file whose ending denies its macros, or promises macros that are not there."""
    kind = content_types(archive).get(part_key(part), "")
    for ending, other, words in ((".xlsx", "macroEnabled", "has macros; name the output .xlsm"), (".xlsm", "spreadsheetml.sheet.main", "has no macros; name the output .xlsx")):
        if target.suffix.lower() == ending and other in kind:
            raise ImsXlError(f"{target.name}: the book {words}, or Excel will not open it.")


def refuse_signed(archive: Archive, name: str) -> None:
    """ImsXlError where the book is digitally signed."""
    if any(r.kind == "origin" for r in relations(archive, "")) or any(n.lower().startswith("_xmlsignatures/") for n in archive.names()):
        raise ImsXlError(f"{name}: the book is digitally signed, and any change would break the signature; remove it in Excel (File, Info, View Signatures) or work on an unsigned copy.")


def _styles_part(workbook: Workbook) -> str:
    part = workbook.part_of("styles")
    if part and part in workbook.archive:
        return part
    part = free_part(workbook.archive, "xl/styles{}.xml").replace("styles1.xml", "styles.xml")
    workbook.archive.write(part, in_dialect(EMPTY, workbook.strict))
    add_type(workbook.archive, part, _STYLES)
    relate(workbook.archive, workbook.part, "styles", part, strict=workbook.strict)
    return part


def _drop_calculation_chain(workbook: Workbook) -> None:
    """Excel makes the order of calculation anew; an old one that names cells without formulas would count as damage."""
    archive = workbook.archive
    for tie in relations(archive, workbook.part):
        if tie.kind == "calcChain":
            unrelate(archive, workbook.part, {tie.id})
            remove_part(archive, tie.target)


def _choose(workbook: Workbook, plan: Plan) -> None:
    """Says which sheet of ours opens first, where the one that did so is written too (a person's sheet is not touched for that)."""
    written = {name.casefold() for name in (*(s.name for s in plan.sheets), *(p.sheet for p in plan.patches))}
    if plan.active.casefold() not in written:
        return
    holders = [s for s in workbook.sheets if s.part in workbook.archive and _SELECTED.search(workbook.archive.head(s.part))]
    if all(s.name.casefold() in written for s in holders):
        known = workbook.sheet(plan.active)
        workbook.selects = known.name if known else plan.active
