"""The accountant's words for every level of evidence: what agrees, what differs, and why that may be."""

from __future__ import annotations

from typing import Final

from ims_xl.matching import comparison as c
from ims_xl.matching.documents import BILL_OF_ENTRY, CREDIT_NOTE, DEBIT_NOTE, INVOICE

NOUNS: Final = {INVOICE: "Bill", DEBIT_NOTE: "Debit note", CREDIT_NOTE: "Credit note", BILL_OF_ENTRY: "Bill of entry"}

NUMBER: Final = {
    c.N_UNYEARED: "the year or words around the number were left out or added", c.N_ORIGINAL: "books hold the number from before the amendment",
    c.N_FOLDED: "look-alike characters were mixed up", c.N_SERIAL: "the series was left out or written otherwise", c.N_PART: "books added a part number",
    c.N_ENDING: "only the end of the number was entered", c.N_SHORT: "Excel shortened the number", c.N_CONTAINED: "only a part of the number was entered",
    c.N_SWAPPED: "two characters of the number changed places", c.N_ONE_OFF: "one character of the number differs",
    c.N_NEIGHBOUR: "the last digit differs: see that it is not the neighbouring document", c.N_OTHER_SERIES: "the serial is the same, the series or year is not",
    c.N_TWO_OFF: "two characters of the number differ", c.N_BLANK: "books give no number", c.N_DIFFERS: "books hold another number, perhaps their own",
    c.N_SIBLING: "books hold another number of the same series",
}
DATE: Final = {
    c.D_POSTED: "the booking's date was entered for the document's", c.D_SWAPPED: "day and month changed places", c.D_YEAR: "the year differs",
    c.D_MONTH_OFF: "the month differs", c.D_NEAR: "the dates are a few days apart", c.D_FIVE_WEEKS: "the dates are weeks apart", c.D_SAME_YEAR: "the dates are far apart",
    c.D_BLANK: "books give no date", c.D_OTHER_YEAR: "the dates lie in different financial years", c.D_LATE: "it was booked, and dated, in the next financial year",
}
SUPPLIER: Final = {
    c.S_SLIP: "one slip in the GSTIN", c.S_PAN: "another branch of the same PAN", c.S_BLANK: "books give no GSTIN", c.S_OWN: "books hold our own GSTIN",
    c.S_OTHER: "books hold another supplier's GSTIN",
}
AMOUNT: Final = {
    c.A_CESS: "the cess differs", c.A_HEAD: "the tax stands under another head", c.A_TAXABLE: "the taxable value agrees, the tax does not",
    c.A_TAX: "the tax agrees, the taxable value does not", c.A_SCALED: "taxable value and tax differ in proportion", c.A_DIFFERS: "the amounts differ",
}
MONEY_COLUMNS: Final = ("taxable_value", "igst", "cgst", "sgst", "cess")
MONEY_WORDS: Final = ("taxable value", "IGST", "CGST", "SGST", "cess")


def listed(words: list[str]) -> str:
    """`supplier, date and tax`."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}" if words else ""
