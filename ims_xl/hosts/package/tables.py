"""Excel tables (ListObjects) and filters: made for our sheets, stretched over our columns in a person's."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ims_xl.hosts.package import xml
from ims_xl.hosts.package.archive import Archive
from ims_xl.hosts.package.relations import add_type, free_part, in_dialect, relate, relations
from ims_xl.hosts.package.sheet_text import column_letters, column_number
from ims_xl.hosts.package.workbook_part import Workbook
from ims_xl.hosts.package.worksheet import MAIN, Worksheet

_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.table+xml"
_AREA = re.compile(r"\$?([A-Z]{1,3})\$?(\d+)(?::\$?([A-Z]{1,3})\$?(\d+))?\Z")


@dataclass(frozen=True, slots=True)
class Area:
    """A block of cells, 1-based, ends included."""

    top: int
    left: int
    bottom: int
    right: int

    @classmethod
    def parse(cls, text: str) -> Area:
        found = _AREA.match(text)
        if found is None:
            raise ValueError(f"not an area: {text!r}")
        left, top = column_number(found[1]), int(found[2])
        return cls(top, left, int(found[4] or top), column_number(found[3]) if found[3] else left)

    def __str__(self) -> str:
        return f"{column_letters(self.left)}{self.top}:{column_letters(self.right)}{self.bottom}"


def unique_headings(headings: Sequence[str], taken: Sequence[str] = ()) -> list[str]:
    """Headings as an Excel table demands them: none blank, no two alike (capitals do not count)."""
    known = {t.casefold() for t in taken}
    made = []
    for number, heading in enumerate(headings, 1):
        name, again = heading or f"Column{number}", 2
        while name.casefold() in known:
            name, again = f"{heading or f'Column{number}'} {again}", again + 1
        known.add(name.casefold())
        made.append(name)
    return made


def table_parts(archive: Archive) -> list[str]:
    """Every table part of the book."""
    return [n for n in archive.names() if re.search(r"(?:^|/)tables?/[^/]+\.xml$", n.replace("\\", "/"), re.I) or re.search(r"/table\d*\.xml$", n, re.I)]


def _attributes(archive: Archive, part: str) -> dict[str, str]:
    return xml.root(xml.as_utf8(archive.read(part))).attributes


def new_table(workbook: Workbook, sheet: Worksheet, sheet_part: str, name: str, area: Area, headings: Sequence[str], with_filter: bool, free: list[str]) -> None:
    """An Excel table over that area of one of our sheets; `free` are parts of earlier ones, of which it takes the first."""
    archive = workbook.archive
    others = [_attributes(archive, t) for t in table_parts(archive) if t not in free]
    taken = {int(a.get("id", "0") or 0) for a in others}
    number = next(n for n in range(1, len(taken) + 2) if n not in taken)     # the next run finds the same number free
    names = {a.get(k, "").casefold() for a in others for k in ("name", "displayName")}
    plain = re.sub(r"[^\w.]", "_", name)
    wanted, again = plain, 2
    while wanted.casefold() in names or workbook.defined(wanted):
        wanted, again = f"{plain}_{again}", again + 1
    filtered = f'<autoFilter ref="{area}"/>' if with_filter else ""
    columns = "".join(f'<tableColumn id="{i}" name="{_heading(h)}"/>' for i, h in enumerate(headings, 1))
    data = (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<table xmlns="{MAIN}" id="{number}" name="{wanted}" displayName="{wanted}" ref="{area}" totalsRowShown="0">'
        f'{filtered}<tableColumns count="{len(headings)}">{columns}</tableColumns>'
        '<tableStyleInfo showFirstColumn="0" showLastColumn="0" showRowStripes="0" showColumnStripes="0"/></table>').encode()
    part = free.pop(0) if free else free_part(archive, "xl/tables/table{}.xml")
    archive.write(part, in_dialect(data, workbook.strict))
    add_type(archive, part, _TYPE)
    tie = relate(archive, sheet_part, "table", part, strict=workbook.strict)
    p = sheet.prefix
    prefix, declaration = sheet.relation_prefix
    known = sheet.first("tableParts")
    items = [known.data[e.start: e.end] for e in xml.inside(known.data, xml.root(known.data))] if known else []
    items.append(f'<{p}tablePart{declaration} {prefix}:id="{tie}"/>'.encode())
    sheet.replace("tableParts", f'<{p}tableParts count="{len(items)}">'.encode() + b"".join(items) + f"</{p}tableParts>".encode())


def _heading(text: str) -> str:
    # a line break in a heading is written as an entity of its own kind in a table's part
    return xml.attribute(text).replace("&#10;", "_x000a_")


@dataclass(frozen=True, slots=True)
class TableHere:
    """A table on a sheet and how far it may grow."""

    part: str
    area: Area
    headings: tuple[str, ...]
    may_grow: bool


def tables_on(archive: Archive, sheet_part: str) -> list[TableHere]:
    """The Excel tables of one sheet."""
    found = []
    for tie in relations(archive, sheet_part):
        if tie.kind == "table" and tie.target in archive:
            data = xml.as_utf8(archive.read(tie.target))
            a = xml.root(data).attributes
            headings = tuple(e.attributes.get("name", "") for e in xml.every(data, "tableColumn"))
            # the columns of a query's table belong to the query
            ordinary = a.get("tableType", "worksheet") == "worksheet" and a.get("headerRowCount", "1") != "0"
            found.append(TableHere(tie.target, Area.parse(a.get("ref", "A1")), headings, ordinary))
    return found


def grown(table: TableHere, wanted: Area, others: Sequence[TableHere]) -> Area | None:
    """How far that table can be stretched towards `wanted`; None where it is not the table meant, or must not grow."""
    here = table.area
    if not table.may_grow or here.top != wanted.top or wanted.right < here.left or wanted.left > here.right:
        return None
    area = Area(here.top, here.left, max(here.bottom, wanted.bottom), max(here.right, wanted.right))
    for other in others:
        if other is not table and not (other.area.right < area.left or other.area.left > area.right or other.area.bottom < area.top or other.area.top > area.bottom):
            return None
    return area if area != here else None


def stretch(archive: Archive, table: TableHere, area: Area, headings: Sequence[str]) -> None:
    """Makes a table as large as `area`; `headings` are those of its new columns."""
    data = xml.as_utf8(archive.read(table.part))
    top = xml.root(data)
    p = top.prefix.decode()
    totals = int(top.attributes.get("totalsRowCount", "0") or 0)
    if totals:                           # its last row is a total: only to the right, never over what stands below
        area = Area(area.top, area.left, table.area.bottom, area.right)
    tag = xml.with_attribute(data[top.start: top.inner], "ref", str(area))
    data = data[: top.start] + tag + data[top.inner:]
    top = xml.root(data)
    for element in xml.inside(data, top):
        if element.local == "autoFilter":
            filtered = Area(area.top, area.left, area.bottom - totals, area.right)
            changed = xml.with_attribute(data[element.start: element.inner], "ref", str(filtered))
            data = data[: element.start] + changed + data[element.inner:]
            break
    block = xml.descend(data, "tableColumns")
    if block is None:
        return
    number = max((int(e.attributes.get("id", "0")) for e in xml.inside(data, block)), default=0)
    fresh = "".join(f'<{p}tableColumn id="{number + i}" name="{_heading(h)}"/>' for i, h in enumerate(headings, 1))
    data = xml.append_child(data, block, fresh.encode())
    block = xml.descend(data, "tableColumns")
    assert block is not None
    tag = xml.with_attribute(data[block.start: block.inner], "count", str(len(table.headings) + len(headings)))
    archive.write(table.part, data[: block.start] + tag + data[block.inner:])


def filter_sheet(workbook: Workbook, sheet: Worksheet, position: int, area: Area, sheet_name: str) -> None:
    """A filter over that area of the sheet, and the hidden name that goes with it."""
    sheet.replace("autoFilter", f'<{sheet.prefix}autoFilter ref="{area}"/>'.encode())
    _name_filter(workbook, position, area, sheet_name)


def stretch_filter(workbook: Workbook, sheet: Worksheet, position: int, wanted: Area, sheet_name: str) -> None:
    """Stretches the sheet's own filter over the new columns and rows; what is filtered for stays."""
    known = sheet.first("autoFilter")
    if known is None:
        return
    top = xml.root(known.data)
    here = Area.parse(top.attributes.get("ref", "A1"))
    if here.top != wanted.top or wanted.right < here.left or wanted.left > here.right:
        return
    area = Area(here.top, here.left, max(here.bottom, wanted.bottom), max(here.right, wanted.right))
    if area == here:
        return
    known.data = xml.with_attribute(known.data[: top.inner], "ref", str(area)) + known.data[top.inner:]
    _name_filter(workbook, position, area, sheet_name)


def _name_filter(workbook: Workbook, position: int, area: Area, sheet_name: str) -> None:
    quoted = sheet_name.replace("'", "''")
    first, last = str(area).split(":")
    absolute = ":".join(re.sub(r"([A-Z]+)(\d+)", r"$\1$\2", end) for end in (first, last))
    workbook.define("_xlnm._FilterDatabase", f"'{quoted}'!{absolute}", position, hidden=True)
