"""The Purchase Register tab: the books as read, one row per voucher line, with what became of each line beside it.

`register_patch(rec, where)` writes the whole sheet in a book of ours; in a person's workbook only `Match`, `Differs in` and
`IMS rows` at the columns given. The highlights follow the words in `Differs in`, as on the IMS sheet.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import pandas as pd

from ims_xl.readers.register import REGISTER_HEADINGS
from ims_xl.state import Reconciliation
from ims_xl.vocabulary import REGISTER_LEDGER, MatchClass
from ims_xl.workbook.plan import OUR_MARK, Cell, ConditionalFormat, Kind, TableColumn, TablePatch
from ims_xl.workbook.tabs.counterparts import counterpart_rows, difference_words
from ims_xl.workbook.tabs.ims import differs_formats, shown_at
from ims_xl.workbook.tabs.pieces import client_line, indian, money_areas, money_width, page
from ims_xl.workbook.tabs.where import Layout, SheetWhere, area, letters

HEADER_ROW: Final = 6
DATA_ROW: Final = HEADER_ROW + 1
TABLE: Final = "tblPR"
FREEZE: Final = (7, 5)
OURS: Final[Mapping[str, float]] = {"Match": 17, "Differs in": 20, "IMS rows": 10}
HEADINGS: Final[tuple[str, ...]] = (*REGISTER_HEADINGS.values(), *OURS)
_KINDS: Final[Mapping[str, Kind]] = {"paise": "rupees", "paise?": "rupees", "date": "date", "int": "number"}
WIDTHS: Final[Mapping[str, float]] = {
    "voucher_number": 15, "voucher_type": 12, "voucher_date": 11, "supplier_gstin": 17.5, "supplier_name": 22, "recipient_gstin": 17.5, "document_number": 17,
    "document_date": 11, "place_of_supply": 8, "reverse_charge": 8, "narration": 24, "document_value": 14.5, "taxable_value": 14.5, "source_file": 22, "source_sheet": 14, "source_row": 8,
}
FOLDED: Final = ("source_file", "source_sheet", "document_type", "recipient_gstin", "reverse_charge", "payment_date", "original_number", "original_date", "supply_nature", "hsn", "port_code")


def own_register(count: int, sheet: str = "Purchase Register") -> SheetWhere:
    """The register sheet of a book of ours with that many voucher lines."""
    return SheetWhere(sheet, HEADER_ROW, np.arange(DATA_ROW, DATA_ROW + count), {h: i for i, h in enumerate(HEADINGS, start=1)})


def register_patch(rec: Reconciliation, where: Layout) -> TablePatch:
    """The register sheet of this run."""
    place, register = where.register, rec.state.register
    results, at = rec.links.results, rec.links.register_result
    labels = results["match_class"].map({m.value: m.label for m in MatchClass}).fillna("").to_numpy(dtype=object)
    ours = {
        "Match": labels[at],
        "Differs in": difference_words(results)[at],
        "IMS rows": counterpart_rows(rec.links.ims_result, where.ims.rows, at, len(results)),
    }
    columns = [_books_column(name, heading, register[name], place) for name, heading in REGISTER_HEADINGS.items() if place.own and heading in place.columns]
    columns += [
        TableColumn(place.columns[h], h, ours[h], style="text", heading_style="heading_ours", width=width) for h, width in OURS.items() if h in place.columns
    ]
    numbers = list(place.columns.values())
    return TablePatch(
        sheet=place.sheet, header_row=place.header_row, rows=np.asarray(place.rows).tolist(), columns=tuple(columns),
        table_area=area(place.header_row, place.first_column or min(numbers, default=1), place.last_row, max(numbers, default=1)),
        formats=_formats(place, columns) if len(register) else (),
        cells=_titles(rec, place) if place.own else {}, freeze=FREEZE if place.own else None, page=page(rec) if place.own else None,
    )


def style_of(field: str) -> str:
    """The look of a register field's cells."""
    return {"rupees": "rupees", "date": "date", "number": "count"}.get(_KINDS.get(REGISTER_LEDGER[field], "text"), "text")


def _books_column(name: str, heading: str, values: pd.Series, place: SheetWhere) -> TableColumn:
    kind = _KINDS.get(REGISTER_LEDGER[name], "text")
    style = style_of(name)
    plain: Any = values.array if str(values.dtype) == "str" else values.to_numpy(dtype=object) if kind == "text" else values.to_numpy()
    if str(values.dtype) == "Int64":
        plain = values.to_numpy(dtype=object, na_value=None)
    if name == "source_row":
        plain = np.where(values.to_numpy() > 0, values.to_numpy(dtype=object), None)
    return TableColumn(
        place.columns[heading], heading, plain, kind=kind, style=style, heading_style="heading_books" if kind in ("text", "date") else "heading_books_right",
        width=money_width(values, WIDTHS.get(name, 13)) if kind == "rupees" else WIDTHS.get(name, 13), outline=int(name in FOLDED), hidden=name in FOLDED,
    )


def _formats(place: SheetWhere, columns: list[TableColumn]) -> tuple[ConditionalFormat, ...]:
    at, first, last = place.columns, place.first_row, place.last_row
    found: list[ConditionalFormat] = []
    if "Differs in" in at:
        words = f"${letters(at['Differs in'])}{first}"
        found.append(ConditionalFormat(area(first, at["Differs in"], last, at["Differs in"]), f"(LEN({words})>0)+{OUR_MARK}", "differs"))
        found += differs_formats(words, shown_at(place, REGISTER_HEADINGS), place)
    if "Match" in at:
        match = f"${letters(at['Match'])}{first}"
        cells = area(first, at["Match"], last, at["Match"])
        for kind, look in ((MatchClass.NOT_IN_IMS, "warn"), (MatchClass.DUPLICATE, "bad"), (MatchClass.OUTSIDE_IMS, "soft")):
            found.append(ConditionalFormat(cells, f'({match}="{kind.label}")+{OUR_MARK}', look))
    return (*found, *indian(money_areas(columns, place.header_row - 1 if place.own else first, last)))


def _titles(rec: Reconciliation, place: SheetWhere) -> dict[tuple[int, int], Cell]:
    register = rec.state.register
    vouchers = len(register[["source_file", "voucher_number"]].drop_duplicates()) if len(register) else 0
    cells = {
        (1, 1): Cell("Purchase register as read", "title"),
        (2, 1): Cell(client_line(rec), "subtitle"),
        (3, 1): Cell(f"{len(register)} voucher lines · {vouchers} vouchers · dates, amounts and GSTINs cleaned; file and row of the source kept", "subtitle"),
        (4, 1): Cell("Marks", "label_bold"),
        (4, place.columns["Supplier GSTIN"]): Cell("books", "swatch_books"),
        (4, place.columns["Supplier name"]): Cell("worked out by us", "swatch_ours"),
        (4, place.columns["Document number"]): Cell("≠ differs", "differs"),
    }
    if len(register):
        cells[(5, 1)] = Cell("Totals of the rows shown", "label_bold")
        for name, heading in REGISTER_HEADINGS.items():
            if REGISTER_LEDGER[name].startswith("paise") and heading in place.columns:
                letter = letters(place.columns[heading])
                formula = f"=SUBTOTAL(109,{letter}{place.first_row}:{letter}{place.last_row})"
                cells[(5, place.columns[heading])] = Cell(int(register[name].fillna(0).sum()) / 100, "rupees_total", formula=formula)
    return cells
