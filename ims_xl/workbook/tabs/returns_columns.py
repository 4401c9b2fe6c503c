"""Helper columns of the returns on the IMS sheet: where each document stands in GSTR-2B, its effect, and what 4(B) takes back.

They stand right of our other columns. Plain values where nothing typed can move them, formulas where a person types (the
reduction of a credit note), so that GSTR-2B and GSTR-3B follow every action and every declared amount at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import pandas as pd

from ims_xl.returns.booked import PART_INELIGIBLE
from ims_xl.state import Reconciliation
from ims_xl.vocabulary import HEADS, Action
from ims_xl.workbook.plan import TableColumn
from ims_xl.workbook.tabs.where import SheetWhere, letters

NAMES: Final = {"igst": "IGST", "cgst": "CGST", "sgst": "SGST", "cess": "Cess"}
ROW, PERIOD, IN_2B, TREATMENT, BOOKED = "2B row", "2B period", "In 2B", "3B treatment", "Booked"
ITC: Final = {head: f"ITC {name}" for head, name in NAMES.items()}
TAKEN_BACK: Final = {head: f"4B {name}" for head, name in NAMES.items()}
BOOKS: Final = {head: f"Books {name}" for head, name in NAMES.items()}
HEADINGS: Final = (ROW, PERIOD, IN_2B, *ITC.values(), TREATMENT, *TAKEN_BACK.values(), BOOKED, *BOOKS.values())
NOT_BOOKED: Final = "Not booked"
COUNTED_EARLIER: Final = "Counted earlier"


def returns_columns(rec: Reconciliation, place: SheetWhere) -> tuple[TableColumn, ...]:
    """The helper columns that have a place on the sheet (`place.columns` by heading), one entry a document."""
    rows, treated, at = rec.gstr2b.rows, rec.gstr3b.rows, place.columns
    sheet_rows = np.asarray(place.rows)
    itc_formulas = {head: _itc_formulas(rec, place, head, sheet_rows) for head in HEADS}
    found: list[TableColumn] = []

    def add(heading: str, values: Any, rupees: bool = False, width: float = 12, formulas: Sequence[str] | None = None, hidden: bool = True) -> None:
        if heading in at:
            found.append(TableColumn(
                at[heading], heading, values, kind="rupees" if rupees else "text", style="rupees" if rupees else "text", heading_style="heading_ours",
                width=width, outline=1 if place.own and hidden else 0, hidden=hidden and place.own, formulas=formulas if formulas is not None and any(formulas) else None,
            ))

    add(ROW, rows["path"].to_numpy(dtype=object), width=22, hidden=False)
    add(PERIOD, period_words(rec), width=17, hidden=False)
    add(IN_2B, np.where(rows["counts"].to_numpy(dtype=bool), "Yes", "No"), width=7, hidden=False)
    for head in HEADS:
        add(ITC[head], rows[f"itc_{head}"].to_numpy(), rupees=True, formulas=itc_formulas[head])
    add(TREATMENT, treated["treatment"].to_numpy(dtype=object), width=14, hidden=False)
    for head in HEADS:
        add(TAKEN_BACK[head], treated[f"reverse_{head}"].to_numpy(), rupees=True, formulas=_taken_back_formulas(rec, place, head, sheet_rows, itc_formulas[head]))
    add(BOOKED, booked_words(rec), width=13)
    for head in HEADS:
        add(BOOKS[head], treated[f"books_{head}"].to_numpy(), rupees=True)
    return tuple(found)


def period_words(rec: Reconciliation) -> np.ndarray:
    """"2026-10" where the drawn 2B says so, "2026-10 estimated" where IMS cannot know, "not filed"."""
    period = rec.belonging["two_b_period"].to_numpy(dtype=object)
    return np.asarray(np.where(period == "", "not filed", np.where(rec.belonging["estimated"].to_numpy(dtype=bool), period + " estimated", period)), dtype=object)


def booked_words(rec: Reconciliation) -> np.ndarray:
    """"This period", "Other period", "Not booked", or "Counted earlier" for a document that a closed period has counted."""
    rows = rec.gstr2b.rows
    again = (rows["counted_earlier"] != "").to_numpy() & ~rows["note"].str.startswith("Amendment").to_numpy(dtype=bool)
    booked = rec.gstr3b.rows["booked"].to_numpy(dtype=object)
    return np.asarray(np.where(again, COUNTED_EARLIER, np.where(booked == "", NOT_BOOKED, booked)), dtype=object)


def _itc_formulas(rec: Reconciliation, place: SheetWhere, head: str, sheet_rows: np.ndarray) -> list[str] | None:
    """On rows that take a declaration: what is typed counts as soon as it is typed, for an accepted row and within the document's own tax."""
    reduce = [f"Reduce {name}" for name in NAMES.values()]
    if not {"Action", "Reduce ITC", *reduce} <= place.columns.keys():
        return None
    rows = rec.gstr2b.rows
    takes = np.flatnonzero(rows["takes_declaration"].to_numpy(dtype=bool))
    if not len(takes):
        return None
    action, answer = letters(place.columns["Action"]), letters(place.columns["Reduce ITC"])
    amounts = [letters(place.columns[name]) for name in reduce]
    own = letters(place.columns[f"Reduce {NAMES[head]}"])
    full = rows[f"effect_{head}"].to_numpy(dtype=np.int64)
    cap = np.abs(rec.state.ims[head].to_numpy(dtype=np.int64))
    minus = np.where(rows["sign"].to_numpy() < 0, "", "-")
    formulas = [""] * len(rows)
    for i in takes.tolist():
        n, whole, most = int(sheet_rows[i]), number(int(full[i])), number(int(cap[i]))
        given = ",".join(f"${letter}{n}" for letter in amounts)
        formulas[i] = (
            f'=IF(${action}{n}="{Action.ACCEPT}",IF(${answer}{n}="No",0,IF(COUNT({given})>0,{minus[i]}IF(ISNUMBER(${own}{n}),MAX(0,MIN(${own}{n},{most})),{most}),{whole})),{whole})'
        )
    return formulas


def _taken_back_formulas(rec: Reconciliation, place: SheetWhere, head: str, sheet_rows: np.ndarray, itc: Sequence[str] | None) -> list[str] | None:
    """Where the effect is a formula, what 4(B) takes back follows it."""
    if itc is None or ITC[head] not in place.columns:
        return None
    letter = letters(place.columns[ITC[head]])
    treatment = rec.gstr3b.rows["treatment"].to_numpy(dtype=object)
    sign = rec.gstr2b.rows["sign"].to_numpy()
    return [
        f"={'-' if sign[i] < 0 else ''}${letter}{int(sheet_rows[i])}" if formula and treatment[i] not in ("", PART_INELIGIBLE) else "" for i, formula in enumerate(itc)
    ]


def number(paise: int) -> str:
    """Paise as rupees in a formula: -123450 -> -1234.5."""
    text = f"{abs(paise) // 100}.{abs(paise) % 100:02d}".rstrip("0").rstrip(".")
    return f"-{text}" if paise < 0 else text


def helper_frame(rec: Reconciliation) -> pd.DataFrame:
    """The helper columns as a frame, for tests and for readers without a workbook."""
    headings = {name: i for i, name in enumerate(HEADINGS, start=1)}
    place = SheetWhere("IMS", 1, np.arange(2, 2 + len(rec.gstr2b.rows)), headings)
    return pd.DataFrame({c.heading: c.values for c in returns_columns(rec, place)})
