"""A workbook with the IMS sheet, GSTR-2B and GSTR-3B of a month, painted for recalculation by other engines."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ims_xl.state import Reconciliation
from ims_xl.vocabulary import HEADS
from ims_xl.workbook.plan import Plan, TableColumn, TablePatch
from ims_xl.workbook.tabs.gstr2b import gstr2b_sheet
from ims_xl.workbook.tabs.gstr3b import gstr3b_sheet
from ims_xl.workbook.tabs.ims import HEADINGS as IMS_HEADINGS
from ims_xl.workbook.tabs.ims import own_ims
from ims_xl.workbook.tabs.purchase_register import HEADINGS as REGISTER_HEADINGS
from ims_xl.workbook.tabs.returns_columns import NAMES, returns_columns
from ims_xl.workbook.tabs.where import Layout, SheetWhere
from tests.tabs.painter import paint


def layout(rec: Reconciliation, sheet: str = "IMS") -> Layout:
    register = SheetWhere("Purchase Register", 6, np.arange(7, 7 + len(rec.state.register)), {h: i for i, h in enumerate(REGISTER_HEADINGS, start=1)})
    return Layout(ims=own_ims(len(rec.state.ims), sheet), register=register)


def plan(rec: Reconciliation, sheet: str = "IMS") -> Plan:
    where = layout(rec, sheet)
    at, work, ims = where.ims.columns, rec.state.work, rec.state.ims
    columns = (
        TableColumn(at["Section"], "Section", ims["section"].tolist()), TableColumn(at["Document number"], "Document number", ims["document_number"].tolist()),
        TableColumn(at["Action"], "Action", work["action"].tolist()), TableColumn(at["Reduce ITC"], "Reduce ITC", work["reduce_itc"].tolist()),
        *(TableColumn(at[f"Reduce {NAMES[h]}"], f"Reduce {NAMES[h]}", [None if v is None else int(v) for v in work[f"reduce_{h}"].astype(object).where(work[f"reduce_{h}"].notna(), None)], kind="rupees", style="rupees") for h in HEADS),
        *returns_columns(rec, where.ims),
    )
    patch = TablePatch(where.ims.sheet, where.ims.header_row, list(where.ims.rows), columns, f"A{where.ims.header_row}:BZ{where.ims.last_row}")
    return Plan(sheets=(gstr2b_sheet(rec, where), gstr3b_sheet(rec, where)), patches=(patch,))


def write(rec: Reconciliation, path: Path, sheet: str = "IMS") -> Path:
    paint(plan(rec, sheet), path)
    return path


__all__ = ["IMS_HEADINGS", "layout", "plan", "write"]
