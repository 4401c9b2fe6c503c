"""Closing a month and opening the next: the history is written, the new book starts where this one ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from ims_xl import book as books
from ims_xl.followup.movement import PARTS
from ims_xl.followup.rejoining import rejoined
from ims_xl.followup.rollover import rolled_over
from ims_xl.history import Entry, open_history, place
from ims_xl.hosts import safe_files
from ims_xl.progress import Progress, silent
from ims_xl.returns.standing import counted
from ims_xl.returns.totals import credit_of_2b
from ims_xl.state import Reconciliation
from ims_xl.vocabulary import HEADS, Change, ImsXlError

_MATCHED: Final = ("exact", "tolerance", "number", "date", "value", "gstin", "grouped")


@dataclass(frozen=True)
class Rolled:
    """What rode along into the next period's book."""

    period: str
    documents: int
    vouchers: int
    earlier: int
    kept: bool = False
    """The next book stood there already; what was pulled and typed in it is kept."""


def roll_over(book: Path, output: Path, as_of: date, progress: Progress = silent) -> Rolled:
    """Writes the next period's book; the closed one is only read. A next book that stands there already keeps what was pulled and typed in it."""
    opened = books.open_state(book)
    # The month is closed as it was last reconciled: a later day must not change what it says.
    rec = books.reconciled(opened, _last_day(opened, as_of), progress)
    state = rolled_over(rec)
    there = books.open_state(output) if output.exists() else None
    if there is not None:
        if (there.state.settings.gstin, there.state.settings.period) != (state.settings.gstin, state.settings.period):
            raise ImsXlError(f"{output.name} is the book of {there.state.settings.gstin} for {there.state.settings.period}, not of {state.settings.gstin} for {state.settings.period}; give another name.")
        if there.state.seal.get("reviewer"):
            raise ImsXlError(f"{output.name} is signed off and closed; it is not rolled into again.")
        state = rejoined(state, there.state)
        there.host.close()
    with open_history(place(output.parent)) as history:
        history.record(entry(rec, book.name), closed=False)
    following = books.remembering(books.with_state(books.fresh(state.settings), state), output.parent)
    if there is not None:
        safe_files.snapshot(output)
    books.write(following, books.reconciled(following, as_of, progress), output, progress=progress)
    return Rolled(str(state.settings.period), len(state.ims), len(state.register), len(state.earlier), there is not None)


def record_closed(book: Path) -> None:
    """The signed month goes into the history beside the book, closed."""
    opened = books.open_state(book)
    rec = books.reconciled(opened, _last_day(opened, date.today()))
    with open_history(place(book.parent)) as history:
        history.record(entry(rec, book.name), closed=True)


def entry(rec: Reconciliation, book: str) -> Entry:
    """What the history keeps of a reconciled month."""
    state = rec.state
    classes = rec.links.results["match_class"].to_numpy(dtype=object)[rec.links.ims_result]
    live = (state.work["change"] != Change.GONE).to_numpy(dtype=bool)
    boxes = {"2B": credit_of_2b(rec.gstr2b.boxes), **rec.gstr3b.boxes}
    return Entry(
        state.settings.gstin, str(state.settings.period), book, int((np.isin(classes, _MATCHED) & live).sum()), int(live.sum()), _documents(rec), _moves(rec),
        pd.DataFrame([{"box": box, **{h: int(amounts.get(h, 0)) for h in HEADS}} for box, amounts in boxes.items()]),
        state.files[["sha256", "file", "kind", "rows", "read_at"]].drop_duplicates("sha256"),
    )


def _documents(rec: Reconciliation) -> pd.DataFrame:
    """One row per live document of the period's book, as it was decided."""
    state = rec.state
    keep = np.flatnonzero((state.work["change"] != Change.GONE).to_numpy(dtype=bool))
    action = state.work["action"].to_numpy(dtype=object)[keep]
    counts = rec.gstr2b.rows["counts"].to_numpy(dtype=bool)[keep]
    frame = state.ims.iloc[keep][["key", "section", "supplier_gstin", "supplier_name", "document_number", "document_date", "supplier_period", "taxable_value", *HEADS]].reset_index(drop=True)
    frame["action"] = action
    frame["set_by"] = state.work["set_by"].to_numpy(dtype=object)[keep]
    frame["rule"] = rec.decisions["rule"].to_numpy(dtype=object)[keep]
    frame["match_class"] = rec.links.results["match_class"].to_numpy(dtype=object)[rec.links.ims_result[keep]]
    frame["counted"] = counted(rec.gstr2b.rows, state.work["action"])[keep]
    frame["filed_3b"] = counts
    frame["months_late"] = _months_late(rec)[keep]
    return frame.drop_duplicates("key")


def _months_late(rec: Reconciliation) -> np.ndarray:
    """By how many months the 2B period comes after the document's own month; 0 where either is not known."""
    days = rec.state.ims["document_date"]
    month = days.to_numpy().astype("datetime64[M]").astype(np.int64) + 1970 * 12
    periods = rec.belonging["two_b_period"].to_numpy(dtype=object)
    step = 3 if rec.state.settings.quarterly else 1
    drawn = np.array([int(p[:4]) * 12 + int(p[5:]) - 1 if p else 0 for p in periods], dtype=np.int64)
    return np.where((drawn > 0) & days.notna().to_numpy(), np.maximum(drawn - month - (step - 1), 0), 0)


def _moves(rec: Reconciliation) -> pd.DataFrame:
    """What waited at the start or waits at the close, and what became of it."""
    moved = rec.movement
    totals = {part: np.sum([moved[f"{part}_{h}"].to_numpy(dtype=np.int64) for h in HEADS], axis=0) if len(moved) else np.zeros(0, dtype=np.int64) for part in PARTS}
    carried = moved["key"].isin(set(rec.state.opening["key"])).to_numpy(dtype=bool)
    shown = carried | moved["fate"].str.startswith(("waits", "lost")).to_numpy(dtype=bool)
    itc = totals["cleared"] + totals["lost"] + totals["closing"]
    return moved.assign(itc=itc)[shown].drop_duplicates(["side", "key"])


def _last_day(opened: books.OpenBook, otherwise: date) -> date:
    told = opened.state.inputs.get("run.as_of")
    return date.fromisoformat(told) if told else otherwise
