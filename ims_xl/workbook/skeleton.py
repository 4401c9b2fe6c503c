"""Builds the skeletons that new books are made from: sheets in order, names, tab colours, headings, print set-up; no logic.

`python -m ims_xl.workbook.skeleton` writes `workbook_templates/month.xlsx` and `firm.xlsx` beside the package. The files are
committed, and a test proves that they are what this module builds. They are the same bytes each time.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import xlsxwriter

from ims_xl.workbook.theme import TAB_COLOURS, Style, style

MONTH_COLOURS: Final[Mapping[str, str]] = {
    "Home": "navy", "Settings": "grey", "Rules": "grey", "IMS": "teal", "Purchase Register": "blue", "Not in IMS": "amber", "Credit Notes": "purple", "Amendments": "purple",
    "Imports": "grey", "Pending": "amber", "Movement": "amber", "Rejected": "red-brown", "Default Risk": "grey", "Rule 37": "amber", "Suppliers": "blue", "Portal 2B": "green", "GSTR-2B": "green", "GSTR-3B": "green",
    "Tie-out": "navy", "Log": "navy", "Legend": "navy",
}
FIRM_COLOURS: Final[Mapping[str, str]] = {"Clients": "navy", "Calendar": "amber", "Run Results": "teal", "Supplier contacts": "blue", "Follow-up register": "amber", "Slow suppliers": "amber"}
ZOOM: Final = 85       # the widths of IMS are chosen so that key and action stand together on 1366 pixels
_BORN: Final = datetime(2026, 11, 1)   # a fixed day, so that building twice gives the same file
_MANY_TABLES = frozenset({"Home", "Settings", "Legend", "GSTR-3B", "Movement", "Rule 37"})   # no one line heads all that stands on them
_LINES: Final = {"": 0, "thin": 1, "medium": 2, "double": 6, "hair": 7}


def build_month(path: Path) -> None:
    """The skeleton of one client's month: 21 sheets, the two data sheets with headings and their tables."""
    from ims_xl.readers.register import REGISTER_HEADINGS
    from ims_xl.workbook.tabs import SHEETS, ims, purchase_register, returns_columns

    def dress(book: Any, sheet: Any, name: str) -> None:
        if name == "IMS":
            columns = [(c.heading, c.width, c.style, "heading_portal" if c in ims.PORTAL else "heading_input" if c.style.startswith("input") else "heading_ours", c.hidden, c.outline) for c in (*ims.PORTAL, *ims.OURS)]
            columns += [(heading, 12.0, "rupees" if " " in heading and heading.split()[-1] in ("IGST", "CGST", "SGST", "Cess") else "text", "heading_ours", True, 1) for heading in returns_columns.HEADINGS]
            _table(book, sheet, ims.TABLE, ims.HEADER_ROW, columns, ims.FREEZE)
        elif name == "Purchase Register":
            columns = [(heading, purchase_register.WIDTHS.get(field, 13.0), purchase_register.style_of(field), "heading_books", field in purchase_register.FOLDED, int(field in purchase_register.FOLDED))
                       for field, heading in REGISTER_HEADINGS.items()]
            columns += [(heading, width, "text", "heading_ours", False, 0) for heading, width in purchase_register.OURS.items()]
            _table(book, sheet, purchase_register.TABLE, purchase_register.HEADER_ROW, columns, purchase_register.FREEZE)

    _build(path, {name: MONTH_COLOURS[name] for name in SHEETS}, dress, "GST IMS reconciliation")


def build_firm(path: Path) -> None:
    """The skeleton of the firm's book of one batch run."""
    _build(path, FIRM_COLOURS, lambda book, sheet, name: None, "GST IMS, all clients")


def _build(path: Path, colours: Mapping[str, str], dress: Callable[[Any, Any, str], None], title: str) -> None:
    book = xlsxwriter.Workbook(str(path))
    book.set_properties({"title": title, "created": _BORN})
    book.set_size(20000, 12000)
    for name, colour in colours.items():
        sheet = book.add_worksheet(name)
        sheet.set_tab_color("#" + TAB_COLOURS[colour])
        sheet.hide_gridlines(2)
        sheet.set_landscape()
        sheet.set_paper(9)                    # A4
        sheet.fit_to_pages(1, int(name == "Home"))   # one page wide, as long as it takes; the cover is one page
        sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        if name not in _MANY_TABLES:
            sheet.repeat_rows(5)
        dress(book, sheet, name)
    book.close()


def _table(book: Any, sheet: Any, name: str, header_row: int, columns: Sequence[tuple[str, float, str, str, bool, int]], freeze: tuple[int, int]) -> None:
    looks: dict[str, Any] = {}

    def look(wanted: str) -> Any:
        if wanted not in looks:
            looks[wanted] = book.add_format(_format(style(wanted)))
        return looks[wanted]

    for at, (_, width, cell, _, hidden, outline) in enumerate(columns):
        if "rupees" not in cell:   # how wide amounts are is known when they come
            sheet.set_column(at, at, width, None, {"hidden": hidden, "level": outline})
        sheet.write_blank(header_row, at, None, look(cell))
    heads = [{"header": heading, "header_format": look(head + ("_right" if "rupees" in cell else ""))} for heading, _, cell, head, _, _ in columns]
    sheet.add_table(header_row - 1, 0, header_row, len(columns) - 1, {"name": name, "columns": heads, "style": None})
    sheet.set_row(header_row - 1, 30)
    sheet.set_row(0, 26)
    sheet.freeze_panes(freeze[0] - 1, freeze[1] - 1)
    sheet.set_zoom(ZOOM)


def _format(look: Style) -> dict[str, Any]:
    found: dict[str, Any] = {
        "font_name": look.font, "font_size": look.size, "bold": look.bold, "italic": look.italic, "font_color": "#" + look.colour, "num_format": look.number_format,
        "text_wrap": look.wrap, "indent": look.indent, "locked": look.locked, "valign": {"center": "vcenter"}.get(look.vertical, look.vertical or "bottom"),
    }
    if look.horizontal:
        found["align"] = look.horizontal
    if look.fill:
        found |= {"bg_color": "#" + look.fill, "pattern": 1}
    for side in ("left", "right", "top", "bottom"):
        line = getattr(look, side)
        if line:
            found |= {side: _LINES[line], f"{side}_color": "#" + look.border_colour}
    return found


def main(folder: str = "") -> None:
    """Writes both skeletons into the folder, by default the checkout's `workbook_templates`."""
    target = Path(folder) if folder else Path(__file__).resolve().parents[2] / "workbook_templates"
    target.mkdir(parents=True, exist_ok=True)
    build_month(target / "month.xlsx")
    build_firm(target / "firm.xlsx")


if __name__ == "__main__":
    main(*sys.argv[1:2])
