"""The Pending tab: every document that waits, until when it may, and the trail of evidence that a person keeps beside it.

Evidence typed here belongs to the document (by its key) and survives re-runs, re-pulls and rollover: `read_evidence` takes it back.
The follow-up may add `where.frames["Pending"]` by `key`: must_decide_by (date), trail, missing, warning (text).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

import numpy as np
import pandas as pd

from ims_xl.hosts.base import SheetText
from ims_xl.period import Period
from ims_xl.state import EVIDENCE_COLUMNS, Reconciliation, empty
from ims_xl.vocabulary import Action, ImsXlError, Problem
from ims_xl.workbook.plan import OUR_MARK, Cell, ConditionalFormat, SheetPlan, Validation
from ims_xl.workbook.tabs.calendar import period_of
from ims_xl.workbook.tabs.documents import KEY, documents, number_of, word_formats
from ims_xl.workbook.tabs.limits import must_decide_by
from ims_xl.workbook.tabs.pieces import DATA_ROW, HEADER_ROW, Column, Tab, list_sheet
from ims_xl.workbook.tabs.typed import flat, table_below, typed_dates, unflat
from ims_xl.workbook.tabs.where import Layout, area, letters

WHY: Final = (
    "Goods in transit", "Part receipt", "Rate or value dispute", "Not our bill - awaiting reply", "CN not booked", "Supplier not filed", "Quality", "Not in books", "Other",
)
HEADINGS: Final[Mapping[str, str]] = {
    "why_pending": "Why pending", "challan_no": "Challan no.", "challan_date": "Challan date", "eway_bill_no": "E-way bill no.", "eway_bill_valid_till": "E-way bill valid till",
    "lr_no": "LR no.", "vehicle_no": "Vehicle no.", "grn_no": "GRN no.", "receipt_date": "Receipt date", "promised_date": "Promised date", "file_link": "File link", "note": "Note",
    "key": "Document key",
}
PENDING: Final = Tab(
    "Pending", "What waits, until when it may, and the proof of receipt. Type in the yellow columns: it stays with the document from month to month.", "amber",
    columns=(
        *KEY,
        Column("Taxable value", "taxable_value", "rupees", width=14),
        Column("ITC", "itc", "rupees_bold", width=14),
        Column("Must decide by", "must_decide_by", "date", width=12),
        Column("Days left", "days_left", "count", width=8, total=False),
        Column("Warning", "warning", width=15),
        Column("Pending since", "pending_since", "text_centre", width=10),
        Column("Months", "months", "count", width=8, total=False),
        Column("Trail complete?", "trail", width=13),
        Column("Missing", "missing", "text_wrap", width=36),
        Column("Seems to be", "cause", width=19),
        Column("Why pending", "why_pending", "input", width=19, options=WHY),
        Column("Challan no.", "challan_no", "input", width=11),
        Column("Challan date", "challan_date", "input_date", width=11.5),
        Column("E-way bill no.", "eway_bill_no", "input", width=14.5),
        Column("E-way bill valid till", "eway_bill_valid_till", "input_date", width=11.5),
        Column("LR no.", "lr_no", "input", width=11),
        Column("Vehicle no.", "vehicle_no", "input", width=11),
        Column("GRN no.", "grn_no", "input", width=11),
        Column("Receipt date", "receipt_date", "input_date", width=11.5),
        Column("Promised date", "promised_date", "input_date", width=11.5),
        Column("File link", "file_link", "input", width=14),
        Column("Note", "note", "input", width=26),
        Column("Document key", "key", hidden=True, width=40),
    ),
    table="tblPending", frozen=4, blanks_printed=False, nothing="Nothing is pending.",
)
_DATES: Final = tuple(name for name, kind in EVIDENCE_COLUMNS.items() if kind == "date")


def pending_frame(rec: Reconciliation, where: Layout) -> pd.DataFrame:
    """The pending documents, the most urgent first, with their evidence; a verdict on the trail where goods must be received."""
    frame = documents(rec, where, (rec.state.work["action"] == Action.PENDING).to_numpy(dtype=bool))
    evidence = rec.state.evidence.drop_duplicates("key", keep="last").set_index("key").reindex(frame["key"])
    for name, kind in EVIDENCE_COLUMNS.items():
        if name != "key":
            column = evidence[name].reset_index(drop=True)
            frame[name] = column if kind == "date" else column.fillna("").astype("str")
    frame["cause"] = _cause(frame)
    frame["must_decide_by"] = must_decide_by(rec, frame)
    _verdict(frame)
    if "Pending" in where.frames:
        told = where.frames["Pending"].drop_duplicates("key").set_index("key").reindex(frame["key"]).reset_index(drop=True)
        for name in ("must_decide_by", "trail", "missing"):
            if name in told:
                frame[name] = told[name].where(told[name].notna(), frame[name])
    frame["days_left"] = (pd.to_datetime(frame["must_decide_by"]) - pd.Timestamp(rec.as_of)).dt.days.astype("Int64")
    frame["warning"] = _warnings(frame["days_left"])
    months = {since: _months(since, period_of(rec)) for since in frame["pending_since"].unique()}
    frame["months"] = frame["pending_since"].map(months).astype("Int64")
    return frame.sort_values(["must_decide_by", "itc"], ascending=[True, False], kind="stable", ignore_index=True, na_position="last")


def pending_sheet(rec: Reconciliation, where: Layout) -> SheetPlan:
    """The tab, with deadlines of 60, 30 and 7 days marked."""
    frame = pending_frame(rec, where)
    last = HEADER_ROW + len(frame)
    days = number_of(PENDING.columns, "Days left")
    cell = f"${letters(days)}{DATA_ROW}"
    marked = area(DATA_ROW, days - 1, last, days + 1)
    formats = (
        ConditionalFormat(marked, f"AND(ISNUMBER({cell}),{cell}<=7)+{OUR_MARK}", "bad"),
        ConditionalFormat(marked, f"AND(ISNUMBER({cell}),{cell}<=30)+{OUR_MARK}", "warn"),
        ConditionalFormat(marked, f"AND(ISNUMBER({cell}),{cell}<=60)+{OUR_MARK}", "soft"),
        *word_formats(number_of(PENDING.columns, "Trail complete?"), last, {"✓": "good", "✗": "warn"}),
    )
    plan = list_sheet(PENDING, frame, rec, where, formats)
    if not len(frame):
        return plan
    # what was typed for a date and is none stays where it was typed, and is named again, until somebody mends it
    unread = {
        (DATA_ROW + row, column): Cell(text, "input_date")
        for column, c in enumerate(PENDING.columns, start=1) if c.field in _DATES for row, text in enumerate(unflat(rec.state.inputs, "pending", frame["key"], c.field)) if text
    }
    dates = " ".join(area(DATA_ROW, n, last, n) for n, c in enumerate(PENDING.columns, start=1) if c.style == "input_date")
    # 1 is the first day that a spreadsheet knows; the upper end is far away.
    checks = (Validation(dates, kind="date", minimum=1, maximum=109574, error="A date, written as 07-10-2026."),)
    return replace(plan, cells={**plan.cells, **unread}, validations=(*plan.validations, *checks))


def read_evidence(text: SheetText) -> tuple[pd.DataFrame, tuple[Problem, ...]]:
    """EVIDENCE_COLUMNS by document key as it stands on the tab, rows without any evidence too, and the cells that are no dates."""
    table = table_below(text, HEADINGS["key"], HEADINGS)
    if not len(table):
        return empty(EVIDENCE_COLUMNS), ()
    problems: list[Problem] = []
    columns: dict[str, pd.Series] = {}
    for name in EVIDENCE_COLUMNS:
        if name in _DATES:
            columns[name], wrong = typed_dates(table, name, text.name, HEADINGS[name])
            problems += wrong
        else:
            columns[name] = table[name].astype("str")
    return pd.DataFrame(columns, index=pd.RangeIndex(len(table))), tuple(problems)


def read_inputs(text: SheetText) -> dict[str, str]:
    """What stands in the date columns and is no date, by document key; "" where all is well."""
    table = table_below(text, HEADINGS["key"], HEADINGS)
    for name in _DATES:
        if len(table):
            dates, _ = typed_dates(table, name, text.name, HEADINGS[name])
            table[name] = table[name].where(dates.isna().to_numpy(), "")
    return flat(table, "key", "pending", _DATES)


def _warnings(days: pd.Series) -> np.ndarray:
    """The days left in words, so that no colour need be seen."""
    left = days.fillna(9999).to_numpy(dtype=np.int64)
    return np.select([left < 0, left <= 7, left <= 30, left <= 60], ["✗ too late", "! within 7 days", "within 30 days", "within 60 days"], "") if len(left) else np.array([], dtype=object)


def _cause(frame: pd.DataFrame) -> np.ndarray:
    return np.select(
        [frame["section"].str.contains("-CN").to_numpy(dtype=bool) & (frame["match"] == "Only on portal").to_numpy(dtype=bool), (frame["match"] == "Only on portal").to_numpy(dtype=bool),
         (frame["match"] == "Value differs").to_numpy(dtype=bool), (frame["filing_status"] == "Not Filed").to_numpy(dtype=bool)],
        ["CN not booked", "Not in books", "Rate or value dispute", "Supplier not filed"], "",
    ) if len(frame) else np.array([], dtype=object)


def _verdict(frame: pd.DataFrame) -> None:
    """Proof of receipt is a goods receipt with its date; movement papers alone leave the trail incomplete, section 16(2)(b)."""
    note = frame["section"].str.contains("-CN").to_numpy(dtype=bool)
    receipt, day = (frame["grn_no"] != "").to_numpy(dtype=bool), frame["receipt_date"].notna().to_numpy(dtype=bool)
    frame["trail"] = np.select([note, receipt & day], ["- not needed", "✓ complete"], "✗ incomplete")
    frame["missing"] = np.select([note | (receipt & day), receipt, day], ["", "receipt date", "GRN no."], "GRN no., receipt date")


def _months(since: str, now: Period) -> int | None:
    try:
        begun = Period.parse(since)
    except ImsXlError:
        return None
    return (now.year - begun.year) * 12 + now.month - begun.month + 1
