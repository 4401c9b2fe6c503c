"""`xl/styles.xml`: finds or adds the formats that a plan's styles need, and leaves those of the person where they are.

Formats are only ever appended, so that every number that stands in a sheet keeps its meaning. What is added is looked up first by
its very text: a second run finds what the first one wrote, and adds nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from ims_xl.hosts.package import xml
from ims_xl.hosts.package.number_formats import NUMBER, kind_of
from ims_xl.workbook.theme import Differential, Style, dxf, style

EMPTY = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    b'<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><fonts count="1"><font><sz val="11"/><name val="Calibri"/><family val="2"/></font></fonts>'
    b'<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    b'<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/></cellXfs>'
    b'<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>')
# what the first entries of each list must be: cells without a format wear them, and two fills are reserved
_FIRST = {
    "fonts": (b'<font><sz val="11"/><name val="Calibri"/></font>',), "fills": (b'<fill><patternFill patternType="none"/></fill>', b'<fill><patternFill patternType="gray125"/></fill>'),
    "borders": (b"<border><left/><right/><top/><bottom/><diagonal/></border>",), "cellXfs": (b'<xf numFmtId="0" fontId="0" fillId="0" borderId="0"/>',),
}
_ORDER = ("numFmts", "fonts", "fills", "borders", "cellStyleXfs", "cellXfs", "cellStyles", "dxfs", "tableStyles", "colors", "extLst")
MOST_FORMATS = 65490                     # Excel takes a book with more cell formats for damaged
_BUILT_IN = {"General": 0, "0": 1, "0.00": 2, "#,##0": 3, "#,##0.00": 4, "0%": 9, "0.00%": 10, "@": 49}


class _List:
    """One list of the part (fonts, fills ...): its items as text, the new ones at the end."""

    def __init__(self, items: list[bytes]) -> None:
        self.items = items
        self.known = len(items)
        self.by_text: dict[bytes, int] = {}
        for number, item in enumerate(items):
            self.by_text.setdefault(item, number)

    def number(self, item: bytes) -> int:
        if item not in self.by_text:
            self.by_text[item] = len(self.items)
            self.items.append(item)
        return self.by_text[item]


class Styles:
    """The formats of one book; `cell("rupees")` and `differential("differs")` give the numbers that sheets write down."""

    def __init__(self, data: bytes, palette: str = "Standard") -> None:
        self.data = data
        self.palette = palette
        top = xml.root(data)
        self.prefix = top.prefix.decode()
        self._lists: dict[str, _List] = {}
        for element in xml.inside(data, top):
            if element.local in ("fonts", "fills", "borders", "cellXfs", "dxfs", "numFmts"):
                self._lists[element.local] = _List([data[e.start: e.end] for e in xml.inside(data, element)])
        for name in ("fonts", "fills", "borders", "cellXfs", "dxfs", "numFmts"):
            if not self._lists.get(name, _List([])).items:
                self._lists[name] = _List([])
                for item in _FIRST.get(name, ()):
                    self._lists[name].number(item.replace(b"<", b"<" + self.prefix.encode()).replace(b"<" + self.prefix.encode() + b"/", b"</" + self.prefix.encode()))
        self._formats: dict[str, int] = {}
        self._codes: dict[int, str] = {}
        for item in self._lists["numFmts"].items:
            a = xml.root(item).attributes
            self._codes[int(a.get("numFmtId", "0"))] = a.get("formatCode", "")
            self._formats.setdefault(a.get("formatCode", ""), int(a.get("numFmtId", "0")))
        self._cells: dict[tuple[str, bool], int] = {}
        self._differentials: dict[str, int] = {}
        self._variants: dict[tuple[int, str, bool], int] = {}
        self._alike: dict[str, int] = {}     # the first cell format with that number format

    def cell(self, name: str, unlocked: bool = False) -> int:
        """The number of the cell format that wears that style; `unlocked` lets a person type there on a protected sheet."""
        if (name, unlocked) not in self._cells:
            wanted = self._cell_format(style(name, self.palette), unlocked)
            self._cells[name, unlocked] = self._format(wanted, lambda: self._like(wanted))
        return self._cells[name, unlocked]

    def differential(self, name: str) -> int:
        """The number of the differential format of that name, for conditional formats."""
        if name not in self._differentials:
            self._differentials[name] = self._lists["dxfs"].number(self._differential(dxf(name, self.palette)))
        return self._differentials[name]

    def variant(self, number: int, number_format: str = "", unlocked: bool = False) -> int:
        """A person's cell format with our number format where it has none of its own, and unlocked where asked."""
        key = (number, number_format, unlocked)
        if key not in self._variants:
            self._variants[key] = self._make_variant(number, number_format, unlocked)
        return self._variants[key]

    def shows_dates(self, number: int) -> bool:
        """Whether that cell format shows a number as a date or a time."""
        return self._shown_kind(self._number_format_of(number)) != NUMBER

    def _shown_kind(self, format_id: int) -> int:
        if format_id in self._codes:
            return kind_of(self._codes[format_id])
        from ims_xl.hosts.package.number_formats import BUILT_IN

        return BUILT_IN.get(format_id, NUMBER)

    def _number_format_of(self, number: int) -> int:
        items = self._lists["cellXfs"].items
        return int(xml.root(items[number]).attributes.get("numFmtId", "0") or 0) if number < len(items) else 0

    def _make_variant(self, number: int, number_format: str, unlocked: bool) -> int:
        items = self._lists["cellXfs"].items
        if number >= len(items):
            return number
        item = items[number]
        element = xml.root(item)
        tag = item[: element.inner]
        inner = b"" if element.inner == element.end else item[element.inner: element.inner_end]
        was_empty = element.inner == element.end
        if number_format and self._number_format_of(number) in (0, 49) and number_format not in ("General", "@"):
            tag = xml.with_attribute(xml.with_attribute(tag, "numFmtId", str(self._format_number(number_format))), "applyNumberFormat", "1")
        if unlocked:
            tag = xml.with_attribute(tag, "applyProtection", "1")
            found = next((e for e in xml.children(inner) if e.local == "protection"), None)
            inner = inner[: found.start] + xml.with_attribute(inner[found.start: found.end], "locked", "0") + inner[found.end:] if found else _after_alignment(inner, self.prefix.encode())
        if was_empty and inner:
            tag = tag[:-2].rstrip() + b">"
        whole = tag if was_empty and not inner else tag + inner + b"</" + element.name + b">"
        return self._format(whole, lambda: number)

    def _format(self, wanted: bytes, instead: Callable[[], int]) -> int:
        """The number of that cell format; where the book holds as many as Excel opens, the one to wear instead."""
        formats = self._lists["cellXfs"]
        return formats.number(wanted) if wanted in formats.by_text or len(formats.items) < MOST_FORMATS else instead()

    def _like(self, wanted: bytes) -> int:
        """The first cell format of the book that shows a value the same way, 0 where none does."""
        if not self._alike:
            for number, item in enumerate(self._lists["cellXfs"].items):
                self._alike.setdefault(xml.root(item).attributes.get("numFmtId", "0"), number)
        return self._alike.get(xml.root(wanted).attributes.get("numFmtId", "0"), 0)

    def _format_number(self, code: str) -> int:
        if code in _BUILT_IN:
            return _BUILT_IN[code]
        if code not in self._formats:
            number = max([163, *self._codes]) + 1
            self._formats[code] = number
            self._codes[number] = code
            self._lists["numFmts"].number(f'<{self.prefix}numFmt numFmtId="{number}" formatCode="{xml.attribute(code)}"/>'.encode())
        return self._formats[code]

    def _cell_format(self, s: Style, unlocked: bool) -> bytes:
        p = self.prefix
        font = self._lists["fonts"].number((
            f"<{p}font>{f'<{p}b/>' if s.bold else ''}{f'<{p}i/>' if s.italic else ''}{f'<{p}u/>' if s.underline else ''}<{p}sz val=\"{s.size:g}\"/><{p}color rgb=\"FF{s.colour}\"/>"
            f"<{p}name val=\"{s.font}\"/><{p}family val=\"2\"/></{p}font>").encode())
        fill = self._lists["fills"].number(f'<{p}fill><{p}patternFill patternType="solid"><{p}fgColor rgb="FF{s.fill}"/><{p}bgColor indexed="64"/></{p}patternFill></{p}fill>'.encode()) if s.fill else 0
        sides = "".join(_side(p, side, getattr(s, side), s.border_colour) for side in ("left", "right", "top", "bottom"))
        border = self._lists["borders"].number(f"<{p}border>{sides}<{p}diagonal/></{p}border>".encode()) if s.left or s.right or s.top or s.bottom else 0
        aligned = "".join((
            f' horizontal="{s.horizontal or ("left" if s.indent else "")}"' if s.horizontal or s.indent else "", f' vertical="{s.vertical}"' if s.vertical else "",
            ' wrapText="1"' if s.wrap else "", f' indent="{s.indent}"' if s.indent else ""))
        free = unlocked or not s.locked
        children = (f"<{p}alignment{aligned}/>" if aligned else "") + (f'<{p}protection locked="0"/>' if free else "")
        number = self._format_number(s.number_format)
        applied = (' applyNumberFormat="1"' if number else "") + ' applyFont="1"' + (' applyFill="1"' if fill else "") + (' applyBorder="1"' if border else "") + (
            ' applyAlignment="1"' if aligned else "") + (' applyProtection="1"' if free else "")
        return f'<{p}xf numFmtId="{number}" fontId="{font}" fillId="{fill}" borderId="{border}" xfId="0"{applied}>{children}</{p}xf>'.encode()

    def _differential(self, d: Differential) -> bytes:
        p = self.prefix
        font = (f"<{p}b/>" if d.bold else "") + (f"<{p}i/>" if d.italic else "") + (f"<{p}strike/>" if d.strike else "") + (f'<{p}color rgb="FF{d.colour}"/>' if d.colour else "")
        parts = f"<{p}font>{font}</{p}font>" if font else ""
        if d.number_format:
            parts += f'<{p}numFmt numFmtId="{self._format_number(d.number_format)}" formatCode="{xml.attribute(d.number_format)}"/>'
        if d.fill:
            parts += f'<{p}fill><{p}patternFill patternType="solid"><{p}fgColor rgb="FF{d.fill}"/><{p}bgColor rgb="FF{d.fill}"/></{p}patternFill></{p}fill>'
        if d.bottom:
            parts += f"<{p}border>{_side(p, 'bottom', d.bottom, d.border_colour or d.colour)}</{p}border>"
        return f"<{p}dxf>{parts}</{p}dxf>".encode()

    @property
    def changed(self) -> bool:
        """Whether anything was added."""
        return any(len(one.items) > one.known for one in self._lists.values())

    def text(self) -> bytes:
        """The part with what was added."""
        data = self.data
        longer = {name: one for name, one in self._lists.items() if len(one.items) > one.known}
        # from the last list to the first: what is put in moves none of those before it
        for element in reversed(xml.inside(data, xml.root(data))):
            one = longer.pop(element.local, None)
            if one:
                tag = xml.opening(data, element)
                tag = tag[:-2].rstrip() + b">" if element.inner == element.end else tag
                whole = b"".join((xml.with_attribute(tag, "count", str(len(one.items))), data[element.inner: element.inner_end], *one.items[one.known:], b"</", element.name, b">"))
                data = data[: element.start] + whole + data[element.end:]
        for name, one in longer.items():
            data = _insert(data, name, f'<{self.prefix}{name} count="{len(one.items)}">'.encode() + b"".join(one.items[one.known:]) + f"</{self.prefix}{name}>".encode())
        return data


def _side(p: str, side: str, line: str, colour: str) -> str:
    return f'<{p}{side} style="{line}"><{p}color rgb="FF{colour}"/></{p}{side}>' if line else f"<{p}{side}/>"


def _after_alignment(inner: bytes, p: bytes) -> bytes:
    """The children of an xf with a protection: alignment, protection, extLst is the order."""
    locked = b"<" + p + b'protection locked="0"/>'
    place = next((e.end for e in xml.children(inner) if e.local == "alignment"), 0)
    return inner[:place] + locked + inner[place:]


def _insert(data: bytes, local: str, element: bytes) -> bytes:
    top = xml.root(data)
    place = top.inner
    for child in xml.inside(data, top):
        if child.local in _ORDER and _ORDER.index(child.local) < _ORDER.index(local):
            place = child.end
    return data[:place] + element + data[place:]


def normalised(data: bytes) -> bytes:
    """The part with its empty root opened, so that lists can be put in."""
    return re.sub(rb"<((?:[\w.-]+:)?styleSheet)\b([^>]*?)/>", rb"<\1\2></\1>", data)
