"""The Rule 37 tab: suppliers unpaid for 180 days, with what to reverse or reclaim, and rule 37A as the drawn GSTR-2B says it.

Payments typed here are kept by voucher (`unpaid.<key>.paid_on`) and ride along from month to month.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ims_xl.followup.unpaid import EARLIER, NEXT, PAY, RECLAIM, REVERSE, rule_37, rule_37a, tells_payments
from ims_xl.hosts.base import SheetText
from ims_xl.rulebook.exposure import exposure
from ims_xl.state import Reconciliation
from ims_xl.workbook.plan import Cell, SheetPlan, TableBlock
from ims_xl.workbook.tabs.documents import number_of, word_formats
from ims_xl.workbook.tabs.pieces import HEADER_ROW, Column, Tab, heading_height, indian, list_sheet, money_areas, table_columns
from ims_xl.workbook.tabs.returns_columns import NAMES
from ims_xl.workbook.tabs.typed import flat, table_below, unflat
from ims_xl.workbook.tabs.where import Layout

HEADINGS: Final[Mapping[str, str]] = {"paid_on": "Paid on (typed)", "paid_amount": "Paid amount (typed)", "key": "Voucher key"}
TYPED: Final = ("paid_on", "paid_amount")
_WHO: Final = (Column("Supplier GSTIN", "supplier_gstin", width=17.5), Column("Supplier name", "supplier_name", width=26), Column("Document number", "document_number", width=17), Column("Document date", "document_date", "date", width=12))
_TAX: Final = tuple(Column(word, head, "rupees", width=13) for head, word in NAMES.items())
RULE_37: Final = Tab(
    "Rule 37", f"Credit taken, supplier not paid: {exposure().payment_days} days after the invoice its credit goes back through 4(B)(2), and comes again through 4(A)(5) and 4(D)(1) when he is paid.", "amber",
    columns=(
        *_WHO,
        Column("Credit taken in", "period", "text_centre", width=11),
        Column("Invoice value", "document_value", "rupees", width=14),
        Column("Paid", "paid", "rupees", width=14),
        Column("Unpaid", "unpaid", "rupees_bold", width=14),
        Column(f"{exposure().payment_days} days end on", "day_180", "date", width=12),
        Column(f"Return after the {exposure().payment_days} days", "return_period", "text_centre", width=12),
        Column("What to do", "what", width=14),
        *_TAX,
        Column("Paid on (typed)", "paid_on_typed", "input", width=13),
        Column("Paid amount (typed)", "paid_amount_typed", "input", width=14),
        Column("Voucher key", "key", hidden=True, width=40),
    ),
    table="tblRule37", frozen=4, nothing=f"No credit taken stands unpaid near its {exposure().payment_days} days.",
)
_37A: Final = (*_WHO, Column("Supplier period", "supplier_period", width=11), *_TAX)


def rule_37_sheet(rec: Reconciliation, where: Layout) -> SheetPlan:
    """The list of rule 37 and, below, the reversals of rule 37A."""
    frame = rule_37(rec)
    for name in TYPED:
        frame[f"{name}_typed"] = unflat(rec.state.inputs, "unpaid", frame["key"], name)
    last = HEADER_ROW + len(frame)
    formats = word_formats(number_of(RULE_37.columns, "What to do"), last, {NEXT: "warn", REVERSE: "bad", EARLIER: "warn", RECLAIM: "good", PAY: "warn"}) if len(frame) else ()
    note = "" if tells_payments(rec) else "The register has no payment dates, so nothing is known of payments. Give it a column 'Payment date', and this list fills itself."
    plan = list_sheet(RULE_37, frame, rec, where, formats, cells={(4, 1): Cell(note, "label_bold" if note else "subtitle")})
    below = rule_37a(rec)
    row = max(last, HEADER_ROW + 1) + 3
    cells = {**plan.cells, **{(row, c): Cell("Rule 37A: taken back by the drawn GSTR-2B, the supplier did not file GSTR-3B by 30 September" if c == 1 else None, "band") for c in range(1, len(RULE_37.columns))}}
    if not len(below):
        cells[(row + 1, 1)] = Cell("None in the GSTR-2B of the period." if rec.state.portal_2b is not None else "No GSTR-2B of the period is pulled yet.", "note_line")
        return SheetPlan(**{**{n: getattr(plan, n) for n in plan.__slots__}, "cells": cells})
    filled = table_columns(_37A, below)
    money = money_areas(filled, row + 2, row + 1 + len(below))
    return SheetPlan(**{**{n: getattr(plan, n) for n in plan.__slots__}, "cells": cells, "tables": (*plan.tables, TableBlock(row + 1, filled, autofilter=False)),
                        "heights": {**plan.heights, row + 1: heading_height(_37A)}, "formats": (*plan.formats, *indian(money))})


def read_inputs(text: SheetText) -> dict[str, str]:
    """Typed payments by voucher key."""
    return flat(table_below(text, HEADINGS["key"], HEADINGS), "key", "unpaid", TYPED)
