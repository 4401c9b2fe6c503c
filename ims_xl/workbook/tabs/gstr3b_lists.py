"""The lists at the foot of the GSTR-3B tab: vouchers under reverse charge that 2B does not have, and documents that 4(B) takes back."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from ims_xl.readers.register_vouchers import numbers_of_the_books
from ims_xl.returns.booked import INELIGIBLE, NOT_IN_BOOKS, NOT_RECEIVED, PART_INELIGIBLE
from ims_xl.returns.inputs import VALUE
from ims_xl.state import Reconciliation
from ims_xl.vocabulary import AMOUNTS, HEADS
from ims_xl.workbook.plan import TableBlock, TableColumn
from ims_xl.workbook.tabs.gstr3b_sheet import WORDS, WORKING, Sheet
from ims_xl.workbook.tabs.returns_columns import NAMES
from ims_xl.workbook.tabs.where import Layout, letters, quoted

_WHY: Final = {
    INELIGIBLE: "Section 17(5): marked Ineligible in the register", PART_INELIGIBLE: "Section 17(5): ineligible in part", NOT_RECEIVED: "Section 16(2)(b): received after the period's end",
    NOT_IN_BOOKS: "Counted, not in books",
}
_IMS, _OUTSIDE = "ims", "outside"
_MOST_LINKS: Final = 30_000
"""A sheet takes 65,530 links; a longer list is read by its numbers."""


def taken_back(rec: Reconciliation) -> pd.DataFrame:
    """box, why, supplier, section, number, date, heads in paise, `of` (ims or outside) and `position` there: every document that 4(B) takes back if it counts."""
    frames = []
    for of, treated, told in ((_IMS, rec.gstr3b.rows, rec.state.ims), (_OUTSIDE, rec.gstr3b.bypass, rec.gstr2b.bypass)):
        stands = rec.gstr2b.rows["counts"].to_numpy(dtype=bool) if of == _IMS else np.ones(len(treated), dtype=bool)
        at = np.flatnonzero((treated["treatment"] != "").to_numpy() & stands)
        part, treatment = told.iloc[at], treated["treatment"].to_numpy(dtype=object)[at]
        shown_only = "4B2" if rec.state.settings.reverse_not_in_books else "shown"
        frames.append(pd.DataFrame({
            "box": np.select([np.isin(treatment, [INELIGIBLE, PART_INELIGIBLE]), treatment == NOT_IN_BOOKS], ["4B1", shown_only], "4B2"), "why": [_WHY[t] for t in treatment],
            "supplier": [f"{gstin} {name}".strip() for gstin, name in zip(part["supplier_gstin"], part["supplier_name"])], "section": part["section"].to_numpy(dtype=object),
            "number": part["document_number"].to_numpy(dtype=object), "date": part["document_date"].to_numpy(), **{h: treated[f"reverse_{h}"].to_numpy()[at] for h in HEADS}, "of": of, "position": at,
        }))
    return pd.concat(frames, ignore_index=True).sort_values(["box", "why"], kind="stable").reset_index(drop=True)


def taken_back_block(rec: Reconciliation, where: Layout, found: pd.DataFrame, header: int) -> TableBlock:
    """The list; the number leads to the document, and its action follows the IMS sheet."""
    ims = where.ims
    action = ims.columns.get("Action")
    rows = np.asarray(ims.rows, dtype=np.int64)
    sheet_row = [int(rows[p]) if of == _IMS else 0 for of, p in zip(found["of"], found["position"])]
    links = [f"#{quoted(ims.sheet)}!{letters(min(ims.columns.values(), default=1))}{row}" if row and n < _MOST_LINKS else "" for n, row in enumerate(sheet_row)]
    acted = rec.state.work["action"].to_numpy(dtype=object)
    return TableBlock(header, (
        TableColumn(1, "Box", found["box"].tolist()),
        TableColumn(2, "What 4(B) takes back, and why", [f"{why}. {supplier}" for why, supplier in zip(found["why"], found["supplier"])]),
        TableColumn(WORKING[VALUE], "Section", found["section"].tolist()),
        *(TableColumn(WORKING[h], NAMES[h], found[h].to_numpy(), kind="rupees", style="rupees", heading_style="heading_right") for h in HEADS),
        TableColumn(8, "Action now", [str(acted[p]) if of == _IMS else "outside IMS" for of, p in zip(found["of"], found["position"])],
                    formulas=[f"={quoted(ims.sheet)}!{letters(action)}{row}" if action and row else "" for row in sheet_row]),
        TableColumn(9, "Document no.", found["number"].astype("str").tolist(), style=["link" if link else "text" for link in links], links=links),
        TableColumn(10, "Date", found["date"].to_numpy(), kind="date", style="date"),
    ), autofilter=False)


def reverse_charge_block(sheet: Sheet) -> TableBlock:
    """The vouchers under reverse charge that 2B does not have; the working of 3.1(d), 4A2 and 4A3 sums this list."""
    found = sheet.rec.gstr3b.reverse_charge
    names = [f"{s or 'no GSTIN'} {n}".strip() for s, n in zip(found["supplier_gstin"], found["supplier_name"])]
    return TableBlock(sheet.figures.reverse_charge_header, (
        TableColumn(1, "Box", [str(b) if c else "left out" for b, c in zip(found["box"], found["counts"])]),
        TableColumn(2, "Reverse charge in the register, not in 2B: supplier", names),
        *(TableColumn(WORKING[name], WORDS[name], found[name].to_numpy(), kind="rupees", style="rupees", heading_style="heading_right") for name in AMOUNTS),
        TableColumn(8, "Voucher", numbers_of_the_books(found)),
        TableColumn(9, "Document no.", found["document_number"].astype("str").tolist()),
        TableColumn(10, "Date", found["document_date"].to_numpy(), kind="date", style="date"),
        TableColumn(11, "Credit", ["Ineligible" if not e else "eligible" for e in found["eligible"]]),
    ), autofilter=False)
