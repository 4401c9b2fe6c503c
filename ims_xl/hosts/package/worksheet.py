"""One worksheet part as a list of its elements: the rows in the middle, the rest before and after in the schema's order.

Elements that nobody touches stay the bytes they were; `put` finds the place that the schema wants for a new one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ims_xl.hosts.package import xml
from ims_xl.vocabulary import ImsXlError

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONSHIPS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT_RELATIONSHIPS = "http://purl.oclc.org/ooxml/officeDocument/relationships"
BLANK = f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<worksheet xmlns="{MAIN}" xmlns:r="{RELATIONSHIPS}"><sheetData/></worksheet>'.encode()
_ORDER = (
    "sheetPr", "dimension", "sheetViews", "sheetFormatPr", "cols", "sheetData", "sheetCalcPr", "sheetProtection", "protectedRanges", "scenarios", "autoFilter", "sortState",
    "dataConsolidate", "customSheetViews", "mergeCells", "phoneticPr", "conditionalFormatting", "dataValidations", "hyperlinks", "printOptions", "pageMargins", "pageSetup",
    "headerFooter", "rowBreaks", "colBreaks", "customProperties", "cellWatches", "ignoredErrors", "smartTags", "drawing", "drawingHF", "legacyDrawing", "legacyDrawingHF", "picture",
    "oleObjects", "controls", "webPublishItems", "tableParts", "extLst")
_RANK = {name: rank for rank, name in enumerate(_ORDER)}


@dataclass(slots=True)
class Piece:
    """One child of the worksheet, with its bytes."""

    local: str
    data: bytes


class Worksheet:
    """A worksheet part, open for changes; `text()` gives it back in pieces."""

    def __init__(self, data: bytes, name: str) -> None:
        data = xml.as_utf8(data)
        rows = xml.first_tag(data, "sheetData")
        top = xml.first_tag(data)
        if rows is None or top is None:
            raise ImsXlError(f"Sheet {name!r} has no rows part; open the book in Excel and save it again.")
        self.name = name
        self.data = data
        closing = b"</" + rows.name + b">"
        empty = rows.inner == rows.end
        self.rows_start = rows.end if empty else rows.inner
        self.rows_end = rows.end if empty else data.rfind(closing)
        self._rows_tag = rows.name
        after = rows.end if empty else self.rows_end + len(closing)
        self.prefix = top.prefix.decode()
        self.root_tag = data[top.start: top.inner]
        self._head = data[: top.inner]
        self.before = [Piece(e.local, data[e.start: e.end]) for e in xml.children(data, top.inner, rows.start)]
        end = data.rfind(b"</" + top.name)
        self.after = [Piece(e.local, data[e.start: e.end]) for e in xml.children(data, after, end)]
        self._tail = data[end:]
        self.new_rows: Iterable[bytes] | None = None

    @property
    def relation_prefix(self) -> tuple[str, str]:
        """The prefix of relationship ids, and its declaration where the root has none."""
        tag = self.root_tag.decode("utf-8", "replace")
        found = re.search(r"xmlns:([\w.-]+)\s*=\s*[\"'](?:" + re.escape(RELATIONSHIPS) + "|" + re.escape(STRICT_RELATIONSHIPS) + ")[\"']", tag)
        if found:
            return found[1], ""
        return "r", f' xmlns:r="{STRICT_RELATIONSHIPS if "purl.oclc.org/ooxml/spreadsheetml" in tag else RELATIONSHIPS}"'

    def find(self, local: str) -> list[Piece]:
        """The children of that name."""
        return [p for p in (*self.before, *self.after) if p.local == local]

    def first(self, local: str) -> Piece | None:
        """The first child of that name."""
        return next(iter(self.find(local)), None)

    def put(self, local: str, data: bytes) -> None:
        """Adds a child at its place, behind others of its name."""
        side = self.before if _RANK[local] < _RANK["sheetData"] else self.after
        place = 0
        for position, piece in enumerate(side):
            # what the schema does not know by name (mc:AlternateContent) stays behind what stood before it
            if _RANK.get(piece.local, _RANK[local] + (position > place)) <= _RANK[local]:
                place = position + 1
        side.insert(place, Piece(local, data))

    def drop(self, piece: Piece) -> None:
        """Takes a child out."""
        for side in (self.before, self.after):
            for position, one in enumerate(side):
                if one is piece:
                    del side[position]
                    return

    def replace(self, local: str, data: bytes) -> None:
        """Sets the only child of that name; empty `data` takes it out."""
        known = self.find(local)
        if known and data:
            known[0].data = data
        elif data:
            self.put(local, data)
        for piece in known[1 if data else 0:]:
            self.drop(piece)

    def take_root(self, other: Worksheet) -> None:
        """Declares what `other` declares: elements taken over from it may lean on its prefixes."""
        self._head = self._head[: len(self._head) - len(self.root_tag)] + other.root_tag
        self.root_tag = other.root_tag

    def last_row(self) -> int:
        """The number of the last row that has an element of its own, 0 where none says its number."""
        tail = self.data.rfind(b"<" + self.prefix.encode() + b"row ", self.rows_start, self.rows_end)
        number = re.search(rb"\sr\s*=\s*[\"'](\d+)[\"']", self.data[tail: self.data.find(b">", tail)]) if tail >= 0 else None
        return int(number[1]) if number else 0

    def text(self) -> Iterator[bytes]:
        """The whole part, in pieces."""
        yield self._head + b"".join(p.data for p in self.before) + b"<" + self._rows_tag + b">"
        if self.new_rows is None:
            yield self.data[self.rows_start: self.rows_end]
        else:
            yield from self.new_rows
        yield b"</" + self._rows_tag + b">" + b"".join(p.data for p in self.after) + self._tail
