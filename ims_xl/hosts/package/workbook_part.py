"""`xl/workbook.xml`: which sheets there are and in which order, the defined names, the date system, which sheet opens first."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ims_xl.hosts.package import xml
from ims_xl.hosts.package.archive import Archive, part_key
from ims_xl.hosts.package.relations import add_type, free_part, relate, relations
from ims_xl.vocabulary import ImsXlError

_ORDER = ("fileVersion", "fileSharing", "workbookPr", "workbookProtection", "bookViews", "sheets", "functionGroups", "externalReferences", "definedNames", "calcPr", "oleSize",
          "customWorkbookViews", "pivotCaches", "smartTagPr", "smartTagTypes", "webPublishing", "fileRecoveryPr", "webPublishObjects", "extLst")
SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"


@dataclass(frozen=True, slots=True)
class SheetEntry:
    """One sheet of the book; `kind` is worksheet, chartsheet, dialogsheet, or xlMacrosheet."""

    name: str
    part: str
    kind: str
    state: str
    sheet_id: int


class Workbook:
    """The workbook part of a package, read once and written back by `store`."""

    def __init__(self, archive: Archive, name: str) -> None:
        self.archive, self.name = archive, name
        main = [r for r in relations(archive, "") if r.kind == "officeDocument"]
        if not main or main[0].target not in archive:
            raise ImsXlError(f"{name}: a zip file, but not a workbook (it has no workbook part); expected an .xlsx or .xlsm file.")
        self.part = main[0].target
        self.data = xml.as_utf8(archive.read(self.part))
        top = xml.root(self.data)
        if top.local != "workbook":
            raise ImsXlError(f"{name}: a document of another kind ({top.local}); expected an .xlsx or .xlsm workbook.")
        self.prefix = top.prefix.decode()
        self.strict = b"http://purl.oclc.org/ooxml/spreadsheetml/main" in xml.opening(self.data, top)
        self.selects = ""
        """The sheet that shall open first; its own view and the others' are marked as they are written. "" leaves it as it is."""
        self._names: tuple[bytes, dict[tuple[str, str | None], xml.Element]] = (b"", {})
        self._new_names: dict[tuple[str, str | None], tuple[bytes, str]] = {}   # put in all at once by `store`
        self._read_sheets()

    def _read_sheets(self) -> None:
        by_id = {r.id: r for r in relations(self.archive, self.part)}
        sheets = []
        block = xml.descend(self.data, "sheets")
        for element in xml.inside(self.data, block) if block else []:
            a = element.attributes
            tie = by_id.get(next((v for k, v in a.items() if k.endswith(":id")), ""))
            state = {"hidden": "hidden", "veryHidden": "very_hidden"}.get(a.get("state", ""), "visible")
            sheets.append(SheetEntry(a.get("name", ""), tie.target if tie else "", tie.kind if tie else "", state, int(a.get("sheetId", "0") or 0)))
        self.sheets: tuple[SheetEntry, ...] = tuple(sheets)
        for what, held in (("bear one name", [s.name.casefold() for s in sheets]), ("share one part", [part_key(s.part) for s in sheets if s.part])):
            if len(set(held)) < len(held):
                raise ImsXlError(f"{self.name}: two sheets {what}, which no spreadsheet writes; the workbook is damaged, restore it from a copy.")

    def sheet(self, name: str) -> SheetEntry | None:
        """The sheet of that name; Excel does not tell capitals from small letters."""
        wanted = name.casefold()
        return next((s for s in self.sheets if s.name.casefold() == wanted), None)

    @property
    def date1904(self) -> bool:
        """Whether day 0 is 1 January 1904 (books from an old Macintosh)."""
        found = xml.descend(self.data, "workbookPr")
        return found is not None and found.attributes.get("date1904", "") in ("1", "true", "on")

    def part_of(self, kind: str) -> str:
        """The part of the book that has this relationship ("styles", "sharedStrings"), "" where there is none."""
        return next((r.target for r in relations(self.archive, self.part) if r.kind == kind and not r.external), "")

    def store(self) -> None:
        """Writes the part back into the archive."""
        if self._new_names:
            block = xml.descend(self.data, "definedNames")
            if block is None:
                self._insert("definedNames", f"<{self.prefix}definedNames></{self.prefix}definedNames>")
                block = xml.descend(self.data, "definedNames")
                assert block is not None
            self.data = xml.append_child(self.data, block, b"".join(written for written, _ in self._new_names.values()))
            self._new_names = {}
        self.archive.write(self.part, self.data)

    def add_sheet(self, name: str, state: str = "visible") -> SheetEntry:
        """A new sheet at the end (so that every `localSheetId` stays right); its part is still to be written."""
        part = free_part(self.archive, "xl/worksheets/sheet{}.xml")
        self.archive.write(part, b"")
        add_type(self.archive, part, SHEET_TYPE)
        tie = relate(self.archive, self.part, "worksheet", part, strict=self.strict)
        number = max((s.sheet_id for s in self.sheets), default=0) + 1
        block = xml.descend(self.data, "sheets")
        if block is None:
            self._insert("sheets", f"<{self.prefix}sheets></{self.prefix}sheets>")
            block = xml.descend(self.data, "sheets")
            assert block is not None
        words = {"hidden": ' state="hidden"', "very_hidden": ' state="veryHidden"'}.get(state, "")
        prefix, declaration = self._relationship_prefix()
        child = f'<{self.prefix}sheet name="{xml.attribute(name)}" sheetId="{number}"{words}{declaration} {prefix}:id="{tie}"/>'
        self.data = xml.append_child(self.data, block, child.encode())
        self.sheets = (*self.sheets, SheetEntry(name, part, "worksheet", state, number))
        return self.sheets[-1]

    def _relationship_prefix(self) -> tuple[str, str]:
        top = xml.first_tag(self.data)
        assert top
        tag = xml.opening(self.data, top).decode()
        namespace = "http://purl.oclc.org/ooxml/officeDocument/relationships" if self.strict else "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
        found = re.search(r"xmlns:([\w.-]+)\s*=\s*[\"']" + re.escape(namespace) + "[\"']", tag)
        return (found[1], "") if found else ("r", f' xmlns:r="{namespace}"')

    def _insert(self, local: str, element: str) -> None:
        """Puts a child of <workbook> where the schema wants it."""
        top = xml.root(self.data)
        rank = _ORDER.index(local)
        place = top.inner
        for child in xml.inside(self.data, top):
            # an unknown child (mc:AlternateContent) stands wherever it stands: it moves nothing
            if child.local in _ORDER and _ORDER.index(child.local) < rank:
                place = child.end
        self.data = self.data[:place] + element.encode() + self.data[place:]

    def define(self, name: str, formula: str, local_sheet: int | None = None, hidden: bool = False) -> None:
        """Sets a defined name, of the whole book or of the sheet at that 0-based position."""
        scope = "" if local_sheet is None else f' localSheetId="{local_sheet}"'
        scope += ' hidden="1"' if hidden else ""
        key = (name.casefold(), None if local_sheet is None else str(local_sheet))
        element = self._known_names().get(key)
        if element is None:
            text = xml.formula_text(formula)
            self._new_names[key] = f'<{self.prefix}definedName name="{xml.attribute(name)}"{scope}>{text}</{self.prefix}definedName>'.encode(), xml.unescape(text)
            return
        # a person's comment or hidden mark on the name stays
        tag = xml.opening(self.data, element)
        tag = tag[:-2] + b">" if tag.endswith(b"/>") else tag
        whole = tag + xml.formula_text(formula).encode() + b"</" + element.name + b">"
        if whole != self.data[element.start: element.end]:
            self.data = self.data[: element.start] + whole + self.data[element.end:]

    def defined(self, name: str, local_sheet: int | None = None) -> str:
        """What a defined name stands for, "" where there is none."""
        key = (name.casefold(), None if local_sheet is None else str(local_sheet))
        if key in self._new_names:
            return self._new_names[key][1]
        element = self._known_names().get(key)
        return xml.unescape(self.data[element.inner: element.inner_end].decode()) if element else ""

    def _known_names(self) -> dict[tuple[str, str | None], xml.Element]:
        """The names that the part holds already, by name and sheet; looked for again only where the part has changed."""
        if self._names[0] is not self.data:
            block = xml.descend(self.data, "definedNames")
            known: dict[tuple[str, str | None], xml.Element] = {}
            for element in xml.inside(self.data, block) if block else []:
                a = element.attributes
                known.setdefault((a.get("name", "").casefold(), a.get("localSheetId")), element)
            self._names = self.data, known
        return self._names[1]

    def recalculate(self) -> None:
        """Asks Excel to compute every formula when it opens the book; the results in the file stay for other readers."""
        known = xml.descend(self.data, "calcPr")
        if known is None:
            self._insert("calcPr", f'<{self.prefix}calcPr fullCalcOnLoad="1"/>')
            return
        self.data = self.data[: known.start] + xml.with_attribute(self.data[known.start: known.inner], "fullCalcOnLoad", "1") + self.data[known.inner:]

    @property
    def active(self) -> int:
        """The 0-based position of the sheet that opens first."""
        view = xml.descend(self.data, "bookViews", "workbookView")
        return int(view.attributes.get("activeTab", "0") or 0) if view else 0

    def activate(self, position: int) -> None:
        """Makes that sheet the one that opens first; its own view and the old one's are the caller's to mark."""
        view = xml.descend(self.data, "bookViews", "workbookView")
        if view is None:
            self._insert("bookViews", f'<{self.prefix}bookViews><{self.prefix}workbookView activeTab="{position}"/></{self.prefix}bookViews>')
            return
        tag = xml.with_attribute(self.data[view.start: view.inner], "activeTab", str(position))
        if "firstSheet" in view.attributes:
            tag = xml.without_attribute(tag, "firstSheet")
        self.data = self.data[: view.start] + tag + self.data[view.inner:]
