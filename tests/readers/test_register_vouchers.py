"""A number that we make for a voucher is a key: nobody is shown it as a number of the books."""

from __future__ import annotations

import pandas as pd

from ims_xl.readers.register_vouchers import numbers_of_the_books
from tests.matching.ledgers import booking, document, matched

GSTIN = "27AAPFU0939F1ZV"


def test_only_the_numbers_of_the_books_are_shown() -> None:
    rows = [(f"{GSTIN}/A-1/2026-10-03", GSTIN, "Asha", "A-1"), ("PV/A-1/2026-10-03", GSTIN, "Asha", "A-1"), ("CASH SHOP/LR 1/2026-10-03 #2", "", "Cash shop", "LR 1"), ("line 7", "", "", "")]
    assert numbers_of_the_books(pd.DataFrame(rows, columns=["voucher_number", "supplier_gstin", "supplier_name", "document_number"])) == ["", "PV/A-1/2026-10-03", "", "line 7"]


def test_a_sentence_names_such_a_voucher_by_its_row() -> None:
    first, second = booking("A-101", voucher="PV/A-101/7"), booking("A-101", voucher="made")
    second["voucher_number"] = f"{second['supplier_gstin']}/A-101/2026-10-03 #2"
    answer = matched([document("A-101")], [first, second])
    told = answer.of_booking(1).explanation
    assert "in voucher of row 1 repeats register row 0 (voucher PV/A-101/7," in told
