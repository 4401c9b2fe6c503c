"""The Legend tab: what each colour, mark, code and abbreviation means, what to print, and which version wrote the book."""

from __future__ import annotations

from typing import Final

from ims_xl.readers.register import REGISTER_HEADINGS
from ims_xl.rulebook.exposure import exposure
from ims_xl.state import Reconciliation
from ims_xl.vocabulary import MatchClass
from ims_xl.workbook.plan import Cell, SheetPlan
from ims_xl.workbook.tabs.pieces import heads, page
from ims_xl.workbook.tabs.where import Layout
from ims_xl.workbook.theme import TAB_COLOURS

FIELDS_COLUMN: Final = 8      # out of the printed width: the list behind the drop-down of Settings
_COLOURS: Final = (
    ("accept", "A  Accept", "Correct: counts in GSTR-2B and GSTR-3B"),
    ("reject", "R  Reject", "Not ours or wrong: no credit; the supplier is told"),
    ("pending", "P  Pending", "Decide later: in no part of GSTR-2B, stays in IMS"),
    ("noaction", "-  No Action", "Untouched: deemed accepted when GSTR-2B is drawn"),
    ("error", "!  error", "The portal refused the row: its message stands in Portal error"),
    ("differs", "≠ differs", "This value differs from the other side; Differs in names it in words"),
    ("gone", "gone", "No longer on the portal: kept, counts nowhere, never uploaded"),
    ("swatch_portal", "green heading", "The portal's columns"),
    ("swatch_books", "blue heading", "The books' columns"),
    ("swatch_ours", "teal heading", "Worked out by the tool"),
    ("swatch_input", "yellow", "Type here; everything else is written anew by each run"),
)
_MATCHES: Final = {
    MatchClass.EXACT: "Same supplier, number, date and amounts", MatchClass.TOLERANCE: "Same document; amounts differ within the tolerance of Settings",
    MatchClass.NUMBER: "Everything agrees but the number, which is alike", MatchClass.DATE: "Everything agrees but the date",
    MatchClass.VALUE: "Same document, amounts differ", MatchClass.GSTIN: "Same document under another GSTIN, often of the same PAN",
    MatchClass.GROUPED: "One document booked in several vouchers, or several in one", MatchClass.NOT_IN_BOOKS: "On the portal, not in the register",
    MatchClass.NOT_IN_IMS: "In the register, not on the portal", MatchClass.DUPLICATE: "A second copy, or credit already counted in an earlier period",
    MatchClass.SUPERSEDED: "Original replaced by an amendment in the same book", MatchClass.OUTSIDE_IMS: "Can never be in IMS: reverse charge, no GSTIN, imports of services",
}
_WORDS: Final = (
    ("IMS", "Invoice Management System of the GST portal"), ("ITC", "Input tax credit"), ("GSTR-2B", "The monthly statement of credit, drawn on the 14th"),
    ("GSTR-3B", "The monthly or quarterly return; table 4 is the credit"), ("GSTR-1 / 1A / IFF", "The supplier's return of his sales; its correction; its monthly form for quarterly filers"),
    ("B2B, B2BA", "Invoices; their amendments"), ("B2B-CN, B2B-CNA", "Credit notes; their amendments"), ("B2B-DN, B2B-DNA", "Debit notes; their amendments"),
    ("ECO, ECOA", "Supplies through an e-commerce operator, section 9(5); their amendments"), ("IMPG, IMPGSEZ", "Bills of entry, from abroad and from SEZ (…A: amended)"),
    ("RCM", "Reverse charge: the buyer pays the tax"), ("ISD", "Input service distributor"), ("QRMP", "Quarterly return, monthly payment"), ("PoS", "Place of supply"),
    ("16(4)", "Last day of credit: 30 November after the financial year, or the annual return if earlier"),
    ("Rule 37 / 37A", f"Reverse the credit where the supplier is unpaid after {exposure().payment_days} days / has not filed GSTR-3B"),
    ("GRN, LR, e-way bill", "Goods receipt note; lorry receipt; proof of movement (not of receipt)"),
)
_PRINTS: Final = (
    ("Home", "Summary, dates, sign-off"), ("IMS", "Every decision with its reason"), ("Not in IMS", "To chase"), ("Credit Notes", "Reduction answers"), ("Pending", "Waiting, with evidence"),
    ("Rejected", "Told to suppliers"), ("Default Risk", "Accepted by default, signed"), ("GSTR-2B", "Portal and expected"), ("GSTR-3B", "Table 4 and 3.1(d)"), ("Tie-out", "Checks"),
)


def legend_sheet(rec: Reconciliation, where: Layout) -> SheetPlan:
    """The whole tab."""
    cells = heads(rec, "Legend", f"Written by ims-xl {where.version}. Every tab prints on A4 landscape, one page wide, with its headings on each page.")
    row = _list(cells, 5, "Colours and marks", [(look, word, text) for look, word, text in _COLOURS])
    row = _list(cells, row, "Match", [("text_bold", kind.label, text) for kind, text in _MATCHES.items()])
    right = _list(cells, 5, "Abbreviations", [("text_bold", word, text) for word, text in _WORDS], column=4)
    _list(cells, right, "What to print", [("link", where.name(name), text) for name, text in _PRINTS], column=4)
    for (at, column), cell in list(cells.items()):
        if cell.style == "link":
            cells[(at, column)] = Cell(cell.value, cell.style, link=f"#'{str(cell.value).replace(chr(39), chr(39) * 2)}'!A1")
    cells[(5, FIELDS_COLUMN)] = Cell("Register fields", "note_line")
    for down, field in enumerate((*REGISTER_HEADINGS.values(), "not used"), start=6):
        cells[(down, FIELDS_COLUMN)] = Cell(field, "note_line")
    return SheetPlan(
        name=where.name("Legend"), cells=cells, widths={1: 20, 2: 66, 3: 3, 4: 22, 5: 74, 6: 3, 7: 3, FIELDS_COLUMN: 20}, heights={1: 26}, hidden_columns=(FIELDS_COLUMN,),
        tab_colour=TAB_COLOURS["navy"], page=page(rec, None),
    )


def fields_area() -> tuple[int, int, int]:
    """First row, last row and column of the register's field names."""
    return 6, 6 + len(REGISTER_HEADINGS), FIELDS_COLUMN


def _list(cells: dict[tuple[int, int], Cell], row: int, title: str, lines: list[tuple[str, str, str]], column: int = 1) -> int:
    cells[(row, column)] = Cell(title, "band")
    cells[(row, column + 1)] = Cell(None, "band")
    for look, word, text in lines:
        row += 1
        cells[(row, column)] = Cell(word, look)
        cells[(row, column + 1)] = Cell(text, "text")
    return row + 2
