"""The worksheet functions that Excel asks Python for, through xlwings' function server: IMS_ACTION and its kin, GST_SETOFF, IMS_RECONCILE.

Their VBA wrapper is generated at build; the six that need no workbook are native VBA (see `functions_plain`). Every function answers
a wrong question in words in the cell. Array arguments are answered in one call. Their arguments bear no types: xlwings would take
a type for a converter.
"""

from __future__ import annotations

import functools
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

import xlwings as xw

from ims_xl.faces import functions_plain as plain
from ims_xl.vocabulary import HEADS, ImsXlError

if TYPE_CHECKING:
    from ims_xl.hosts.base import SheetText

CATEGORY: Final = "GST IMS"
FRESH: Final = 1.0      # seconds for which a read of the IMS sheet serves further cells of one recalculation

_GSTIN_HELP, _NUMBER_HELP = "The supplier's GSTIN, or a range of them", "The document number as the portal has it, or a range"
NATIVE: Final[dict[str, tuple[str, str, tuple[str, ...]]]] = {
    "GSTIN_VALID": ("TRUE where form and check character of a GSTIN are right", CATEGORY, ("A GSTIN, or a range of them",)),
    "GSTIN_STATE": ("The State of a GSTIN", CATEGORY, ("A GSTIN, or a range of them",)),
    "GSTIN_PAN": ("The PAN inside a GSTIN", CATEGORY, ("A GSTIN, or a range of them",)),
    "DOCNO_KEY": ("What must be alike for two document numbers to be the same: inv/0012 is INV.12", CATEGORY, ("A document number, or a range", "Its date; the financial year is added")),
    "GST_DUE_DATE": ("The due date of a return", CATEGORY, ("Tax period, 2026-10", "GSTR-1, IFF, GSTR-1Q, 2B or GSTR-3B", "TRUE for a quarterly filer", "State code, for quarterly GSTR-3B")),
    "GST_PENDING_UNTIL": ("The last day on which a document may stay Pending in IMS", CATEGORY, ("GSTR-2B period, 2026-10", "Section: B2B, B2B-CN ...", "TRUE for a quarterly filer", "State code")),
}
SERVED: Final = ("GST_SETOFF", "IMS_ACTION", "IMS_MATCH", "IMS_RECONCILE", "IMS_WHY", "ITC_TOTAL")


def in_words(function: Callable[..., Any]) -> Callable[..., Any]:
    """Whatever goes wrong stands in the cell as a sentence."""

    @functools.wraps(function)
    def answered(*args: Any) -> Any:
        try:
            return function(*args)
        except ImsXlError as wrong:
            return f"ims-xl: {wrong}"
        except Exception as defect:  # noqa: BLE001 - a cell has no other way to say it
            return f"ims-xl: a defect of ours ({type(defect).__name__}: {defect})."

    return answered


@xw.func(category=CATEGORY, volatile=True)
@xw.arg("gstin", ndim=2, doc=_GSTIN_HELP)
@xw.arg("number", ndim=2, doc=_NUMBER_HELP)
@in_words
def IMS_ACTION(gstin, number, caller):  # type: ignore[no-untyped-def]
    """The action of a document on the IMS sheet"""
    return _looked_up("Action", gstin, number, caller)


@xw.func(category=CATEGORY, volatile=True)
@xw.arg("gstin", ndim=2, doc=_GSTIN_HELP)
@xw.arg("number", ndim=2, doc=_NUMBER_HELP)
@in_words
def IMS_MATCH(gstin, number, caller):  # type: ignore[no-untyped-def]
    """How a document of IMS matches the purchase register"""
    return _looked_up("Match", gstin, number, caller)


@xw.func(category=CATEGORY, volatile=True)
@xw.arg("gstin", ndim=2, doc=_GSTIN_HELP)
@xw.arg("number", ndim=2, doc=_NUMBER_HELP)
@in_words
def IMS_WHY(gstin, number, caller):  # type: ignore[no-untyped-def]
    """Why a document of IMS has its action"""
    return _looked_up("Why", gstin, number, caller)


@xw.func(category=CATEGORY, volatile=True)
@xw.arg("action", doc="Accept, Reject, Pending or No Action")
@xw.arg("head", doc="igst, cgst, sgst, cess, tax (all four) or taxable; tax where left out")
@xw.arg("supplier", doc="A supplier's GSTIN; all suppliers where left out")
@in_words
def ITC_TOTAL(action, head="tax", supplier="", caller=None):  # type: ignore[no-untyped-def]
    """The tax of all IMS rows with that action, credit notes negative"""
    return _sheet_of(caller).total(plain.upper(action), plain.upper(head) or "TAX", plain.upper(supplier))


@xw.func(category=CATEGORY)
@xw.arg("liability", ndim=2, doc="Four cells: IGST, CGST, SGST, Cess payable")
@xw.arg("credit", ndim=2, doc="Four cells: IGST, CGST, SGST, Cess of credit")
@in_words
def GST_SETOFF(liability, credit):  # type: ignore[no-untyped-def]
    """Credit set off against liability with the least cash, as a table (Table 6.1)"""
    from ims_xl.returns.setoff import SetOffRequest, set_off

    answer = set_off(SetOffRequest(liability=_four(liability, "liability"), credit=_four(credit, "credit")))
    used = answer.utilisation
    lines: list[list[Any]] = [["", "Liability", "From IGST", "From CGST", "From SGST", "From Cess", "Cash", "Credit left"]]
    owed = _four(liability, "liability")
    for head in HEADS:
        lines.append([head.upper(), owed[head] / 100, *(used.get(f"{head}_{source}", 0) / 100 for source in HEADS), answer.cash[head] / 100, answer.carry_forward[head] / 100])
    return lines


@xw.func(category=CATEGORY)
@xw.arg("ims", ndim=2, doc="The portal's documents with their headings")
@xw.arg("register", ndim=2, doc="The purchase register with its headings")
@in_words
def IMS_RECONCILE(ims, register):  # type: ignore[no-untyped-def]
    """Every IMS row with its match, differences, register rows and a sentence, as a table"""
    from ims_xl.hosts.base import SheetText
    from ims_xl.hosts.excel_text import text_frame
    from ims_xl.matching import link_documents
    from ims_xl.readers.ims_sheet import read_ims_sheet
    from ims_xl.readers.register import read_register_sheet
    from ims_xl.settings import Settings
    from ims_xl.vocabulary import MatchClass

    portal, books = (SheetText(name, text_frame(_as_read(block), len(block), len(block[0]))) for name, block in (("ims", ims), ("register", register)))
    left, right = read_ims_sheet(portal), read_register_sheet(books, "register")
    links = link_documents(left.ledger, right.ledger, Settings())
    lines: list[list[Any]] = [["Document number", "Match", "Differs in", "Register rows", "Why"]]
    places = [int(r) for r in right.rows]
    for position, result in enumerate(links.ims_result):
        row = links.results.iloc[int(result)]
        where = ", ".join(str(places[i]) for i, other in enumerate(links.register_result) if other == result)
        lines.append([left.ledger["document_number"].iloc[position], MatchClass(row["match_class"]).label, row["differences"], where, row["explanation"]])
    return lines


def _as_read(block: Any) -> Any:
    """Numbers that Python made integers are numbers to Excel too."""
    return tuple(tuple(float(v) if isinstance(v, int) and not isinstance(v, bool) else v for v in row) for row in block)


def _four(cells: Any, what: str) -> dict[str, int]:
    flat = [cell for row in cells for cell in row]
    if len(flat) != 4 or any(isinstance(v, str) for v in flat):
        raise ImsXlError(f"{what} must be four cells with amounts (IGST, CGST, SGST, Cess); found {len(flat)} cells.")
    return {head: round(float(v or 0) * 100) for head, v in zip(HEADS, flat)}


class ImsSheet:
    """The sheet with the matched IMS documents, indexed by supplier and document number; a person's own sheet too."""

    def __init__(self, text: SheetText, columns: dict[str, int]) -> None:
        from ims_xl.readers.ims_sheet import read_ims_sheet

        read = read_ims_sheet(text)
        self.columns, self.frame, self.ledger = columns, text.frame, read.ledger
        self.rows = [int(row) for row in read.rows]
        self.index: dict[tuple[str, str], int] = {}
        for row, gstin, number in zip(self.rows, read.ledger["supplier_gstin"], read.ledger["document_number"]):
            self.index.setdefault((gstin, plain.docno_key(number)), row)

    def cell(self, heading: str, gstin: Any, number: Any) -> str:
        """What stands under that heading for the document; words where it is not there."""
        supplier, document = plain.upper(gstin), plain.docno_key(number)
        if not supplier and not document:
            return ""
        row = self.index.get((supplier, document))
        return "not in IMS" if row is None else self._under(heading, row)

    def total(self, action: str, head: str, supplier: str) -> float:
        """Rupees, credit notes negative; rows that are gone from the portal count nowhere."""
        columns = {"TAX": HEADS, "TAXABLE": ("taxable_value",)}.get(head, (head.lower(),))
        if action not in ("ACCEPT", "REJECT", "PENDING", "NO ACTION"):
            raise ImsXlError(f"'{action}' is no action; write Accept, Reject, Pending or No Action.")
        if head not in ("TAX", "TAXABLE") and head.lower() not in HEADS:
            raise ImsXlError(f"'{head}' is no head of tax; write igst, cgst, sgst, cess, tax or taxable.")
        paise = 0
        amounts = self.ledger[list(columns)].sum(axis=1)
        for row, gstin, section, amount in zip(self.rows, self.ledger["supplier_gstin"], self.ledger["section"], amounts):
            if self._under("Action", row).upper() == action and (not supplier or gstin == supplier) and self._under("Change", row) != "gone":
                paise += -int(amount) if "-CN" in section else int(amount)
        return paise / 100

    def _under(self, heading: str, row: int) -> str:
        at = self.columns.get(heading)
        return str(self.frame.at[row, at]) if at in self.frame.columns else ""


_read: dict[str, tuple[float, ImsSheet]] = {}


def _sheet_of(caller: Any) -> ImsSheet:
    from ims_xl.faces.ribbon_glance import matched_sheet
    from ims_xl.hosts.excel import ExcelBook

    book = caller.sheet.book
    known = _read.get(book.fullname)
    if known and time.monotonic() - known[0] < FRESH:
        return known[1]
    found = matched_sheet(book, frozenset({"Match", "Why", "Action"}))
    if found is None:
        raise ImsXlError("this workbook has no IMS sheet that ims-xl has filled; click Match first.")
    sheet = ImsSheet(ExcelBook(book).read(found[0].name), found[3])
    _read[book.fullname] = (time.monotonic(), sheet)
    return sheet


def _looked_up(heading: str, gstin: Any, number: Any, caller: Any) -> Any:
    sheet = _sheet_of(caller)
    if len(gstin) != len(number) or len(gstin[0]) != len(number[0]):
        raise ImsXlError("the GSTINs and the document numbers must be ranges of the same shape.")
    return [[sheet.cell(heading, g, n) for g, n in zip(row, numbers)] for row, numbers in zip(gstin, number)]
