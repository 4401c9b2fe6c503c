"""Rows of a data sheet against what is remembered of them: on our sheet the download is the truth, on a person's own sheet the sheet is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from ims_xl.book.log import vanished_lines
from ims_xl.book.sheets import DataSheet
from ims_xl.merging import merge_ims
from ims_xl.state import REDUCE, BookState
from ims_xl.vocabulary import HERE, Change, Problem


def own_rows(state: BookState, ledger: pd.DataFrame, work: pd.DataFrame, where: DataSheet, problems: list[Problem]) -> tuple[BookState, DataSheet]:
    """Our sheet: the portal's values are those that were downloaded; the sheet tells where each row stands and what was typed."""
    if state.ims.empty:
        return replace(state, ims=ledger, work=work, problems=(*state.problems, *problems)), where
    on_sheet = pd.Series(np.arange(len(ledger)), index=ledger["key"])
    on_sheet = on_sheet[~on_sheet.index.duplicated()]
    place = on_sheet.reindex(state.ims["key"]).to_numpy()
    found = ~np.isnan(place)
    at = np.where(found, place, 0).astype(np.int64)
    rows = np.where(found, where.rows[at] if len(where.rows) else 0, 0)
    unknown = ~ledger["key"].isin(state.ims["key"]).to_numpy()
    problems += [
        Problem(HERE, where.sheet, int(where.rows[i]), "Document number", f"'{ledger['document_number'].iloc[i]}' is not a document that was pulled; the row counts nowhere")
        for i in np.flatnonzero(unknown)[:50]
    ]
    for name in ("taxable_value", "igst", "cgst", "sgst", "cess"):
        altered = found & (ledger[name].to_numpy()[at] != state.ims[name].to_numpy()) if len(ledger) else np.zeros(len(state.ims), dtype=bool)
        problems += [
            Problem(HERE, where.sheet, int(rows[i]), name, "this figure was changed by hand; the portal's figure counts and is put back") for i in np.flatnonzero(altered)[:50]
        ]
    typed = state.work.copy()
    for name in ("action", "set_by", "reviewed", "remarks", "reduce_itc", *REDUCE, "reduce_unread"):
        taken = work[name].iloc[at].reset_index(drop=True) if len(work) else state.work[name]
        typed[name] = taken.where(pd.Series(found), state.work[name]).astype(state.work[name].dtype)
    return replace(state, work=typed, problems=(*state.problems, *problems)), replace(where, rows=rows)


def her_rows(state: BookState, ledger: pd.DataFrame, work: pd.DataFrame, where: DataSheet, problems: list[Problem]) -> tuple[BookState, DataSheet]:
    """A person's own sheet is the truth about its rows; what we remember by key tells what was filled, and what changed since."""
    if state.ims.empty:
        return replace(state, ims=ledger, work=work, problems=(*state.problems, *problems)), where
    before = state.work
    vanished = vanished_lines(state, ledger["key"], where.sheet)
    state = replace(state, log=pd.concat([state.log, vanished], ignore_index=True) if len(vanished) else state.log)
    merged, kept = merge_ims(state.ims, before, ledger, ())
    position = pd.Series(np.arange(len(merged)), index=merged["key"])
    order = position.reindex(ledger["key"]).to_numpy().astype(np.int64)
    kept = kept.iloc[order].reset_index(drop=True)
    hidden = merged.iloc[order].reset_index(drop=True)
    same_documents = len(ledger) == len(state.ims) and not (kept["change"] != "").any()
    if same_documents:
        remembered = pd.Series(np.arange(len(before)), index=state.ims["key"]).reindex(ledger["key"]).to_numpy().astype(np.int64)
        kept["change"] = before["change"].iloc[remembered].reset_index(drop=True)
        kept["change_note"] = before["change_note"].iloc[remembered].reset_index(drop=True)
        changed = pd.Series(np.zeros(len(ledger), dtype=bool))
    else:
        changed = kept["change"] == Change.CHANGED
    for name in ("action", "set_by", "reviewed", "remarks", "reduce_itc", *REDUCE, "reduce_unread", "portal_error"):
        kept[name] = work[name].where(~changed, kept[name]).astype(kept[name].dtype)
    return replace(state, ims=hidden, work=kept, problems=(*state.problems, *problems)), where
