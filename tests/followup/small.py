"""A month of two bills, both booked and accepted, as a reconciled state."""

from __future__ import annotations

import tempfile
from datetime import date
from pathlib import Path

from ims_xl import month
from ims_xl.period import Period
from ims_xl.reconcile import reconcile
from ims_xl.settings import Settings
from ims_xl.state import WORK_COLUMNS, BookState, Reconciliation, empty
from ims_xl.vocabulary import IMS_LEDGER, REGISTER_LEDGER
from tests.portal_files import RECIPIENT, gstin, ims_download, record, write


def two_bills(payments: bool) -> Reconciliation:
    """A-1 of 1000 (paid on 20-10-2026 where the register has payments) and A-2 of 2000 (unpaid), 18 per cent each."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        ims = write(folder / "ims.json", ims_download(record("b2b", gstin(1), "A-1", taxable="1000.00", igst="180.00"), record("b2b", gstin(1), "A-2", taxable="2000.00", igst="360.00")))
        register = write(folder / "books.csv", f"Voucher No,Voucher Type,Voucher Date,Supplier GSTIN,Supplier Name,Supplier Invoice No,Supplier Invoice Date,Taxable Value,IGST,CGST,SGST{',Payment Date' if payments else ''}\n" + "".join(
            f"V{n},Purchase,09-10-2026,{gstin(1)},x,A-{n},07-10-2026,{taxable},{tax},0,0{',' + paid if payments else ''}\n" for n, taxable, tax, paid in ((1, "1000.00", "180.00", "20-10-2026"), (2, "2000.00", "360.00", ""))))
        state = BookState(Settings(gstin=RECIPIENT, period=Period(2026, 10)), empty(IMS_LEDGER), empty(WORK_COLUMNS), empty(REGISTER_LEDGER))
        return reconcile(month.pull(state, [ims], [register]).state, date(2026, 11, 12))
