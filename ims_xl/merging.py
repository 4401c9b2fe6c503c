"""Pulling a file into a book that already holds something: what is new, what changed, what is gone, nothing twice.

Portal documents are known by their key (supplier GSTIN, section, number, financial year). The portal's `hash` tells a
changed record; where it is absent the values do. Register lines are known by voucher.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd

from ims_xl.state import WORK_COLUMNS, empty
from ims_xl.vocabulary import Change

_CONTENT: Final = (
    "document_date", "document_value", "taxable_value", "igst", "cgst", "sgst", "cess", "place_of_supply", "supply_type",
    "source_form", "supplier_period", "original_number", "original_date",
)
_IN_WORDS: Final = {
    "document_date": "date", "document_value": "value", "taxable_value": "taxable value", "igst": "IGST", "cgst": "CGST", "sgst": "SGST", "cess": "Cess",
    "place_of_supply": "place of supply", "supplier_period": "supplier period", "source_form": "source form", "filing_status": "filing status",
    "original_number": "original number", "original_date": "original date", "supply_type": "supply type",
}


def merge_ims(ims: pd.DataFrame, work: pd.DataFrame, pulled: pd.DataFrame, sections: Sequence[str]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The book's documents after a pull: (ledger, work). `sections` are those the pulled files speak for: only there can a row be gone."""
    if ims.empty:
        fresh = empty(WORK_COLUMNS, len(pulled))
        return pulled.reset_index(drop=True), fresh
    position = pd.Series(np.arange(len(ims)), index=ims["key"])
    at = position.reindex(pulled["key"]).to_numpy()
    known = ~np.isnan(at)
    old_rows = at[known].astype(np.int64)
    new_values = pulled[known].reset_index(drop=True)
    old_values = ims.iloc[old_rows].reset_index(drop=True)
    new_values = _with_what_a_sheet_leaves_out(old_values, new_values)
    changed = _changed(old_values, new_values)
    new_values = _no_stale_record(old_values, new_values, changed)

    ledger = ims.copy()
    for name in ims.columns:
        column = ledger[name].copy()
        column.iloc[old_rows] = new_values[name].to_numpy() if str(column.dtype) != "Int64" else new_values[name]
        ledger[name] = column
    merged_work = work.copy()
    change = np.full(len(ims), "", dtype=object)
    note = np.full(len(ims), "", dtype=object)
    in_files = np.zeros(len(ims), dtype=bool)
    in_files[old_rows] = True
    gone = ~in_files & ims["section"].isin(list(sections)).to_numpy()
    already = work["change"].to_numpy(dtype=object) == Change.GONE
    change[gone | (already & ~in_files)] = Change.GONE.value
    note[gone | (already & ~in_files)] = "No longer on the portal: kept here, counts nowhere."
    reset = np.zeros(len(ims), dtype=bool)
    changed_rows = old_rows[changed]
    change[changed_rows] = Change.CHANGED.value
    reset[changed_rows] = True
    for row, before, after in zip(changed_rows, _rows(old_values, changed), _rows(new_values, changed)):
        note[row] = _changed_note(before, after, str(work["action"].iloc[row]), str(work["reviewed"].iloc[row]))
    # Acted on at the portal itself since the last download: what a rule had filled gives way to the portal's own action.
    acted = np.zeros(len(ims), dtype=bool)
    acted[old_rows] = old_values["portal_action"].to_numpy(dtype=object) != new_values["portal_action"].to_numpy(dtype=object)
    reset |= acted & (work["set_by"].to_numpy(dtype=object) == "rule") & (work["action"].to_numpy(dtype=object) == work["fill_action"].to_numpy(dtype=object))
    came_back = already & in_files
    change[came_back & (change == "")] = Change.NEW.value
    merged_work["change"] = pd.array(change, dtype="str")
    merged_work["change_note"] = pd.array(note, dtype="str")
    for name in ("action", "set_by", "fill_action"):
        merged_work[name] = work[name].mask(pd.Series(reset, index=work.index), "")
    # An error that the portal reported on an upload is over once the portal holds what the book says.
    holds = np.zeros(len(ims), dtype=bool)
    holds[old_rows] = new_values["portal_action"].to_numpy(dtype=object) == work["action"].to_numpy(dtype=object)[old_rows]
    merged_work["portal_error"] = work["portal_error"].mask(pd.Series(holds, index=work.index), "")
    merged_work["reviewed"] = work["reviewed"].mask(pd.Series(change == Change.CHANGED, index=work.index), "")

    added = pulled[~known].reset_index(drop=True)
    added_work = empty(WORK_COLUMNS, len(added))
    added_work["change"] = pd.array([Change.NEW.value] * len(added), dtype="str")
    return (
        pd.concat([ledger, added], ignore_index=True).astype(ims.dtypes.to_dict()),
        pd.concat([merged_work, added_work], ignore_index=True).astype(work.dtypes.to_dict()),
    )


def _with_what_a_sheet_leaves_out(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """A sheet (no `raw`) says less than the portal's own record: what it leaves blank stays as it was downloaded."""
    silent = (after["raw"] == "") & (before["raw"] != "")
    if not silent.any():
        return after
    made = after.copy()
    for name in after.columns:
        column = after[name]
        blank = column == "" if str(column.dtype) == "str" else column.isna() if str(column.dtype) in ("Int64", "datetime64[s]") else column == 0 if name == "document_value" else None
        if blank is not None and name not in ("portal_action", "source_sheet", "hash"):   # a hash vouches for the record's values, not for the sheet's
            made[name] = column.mask(silent & blank, before[name]).astype(column.dtype)
    return made


def _no_stale_record(before: pd.DataFrame, after: pd.DataFrame, changed: np.ndarray) -> pd.DataFrame:
    """The record at hand stays where a sheet shows the same values; where it shows others, it is the portal's no longer and may not be echoed."""
    kept = (after["raw"] != "") & (after["raw"] == before["raw"]) & (after["hash"] == "")
    stale = kept & changed
    return after.assign(raw=after["raw"].mask(stale, ""), hash=after["hash"].mask(kept & ~stale, before["hash"])) if kept.any() else after


def _changed(before: pd.DataFrame, after: pd.DataFrame) -> np.ndarray:
    both_hashed = (before["hash"].to_numpy(dtype=object) != "") & (after["hash"].to_numpy(dtype=object) != "")
    by_hash = before["hash"].to_numpy(dtype=object) != after["hash"].to_numpy(dtype=object)
    by_value = np.zeros(len(before), dtype=bool)
    for name in _CONTENT:
        a, b = before[name], after[name]
        by_value |= ((a != b) & ~(a.isna() & b.isna())).to_numpy(dtype=bool)
    return np.asarray(np.where(both_hashed, by_hash, by_value), dtype=bool)


def _rows(frame: pd.DataFrame, chosen: np.ndarray) -> list[dict[str, object]]:
    return [{str(name): value for name, value in record.items()} for record in frame[chosen].to_dict("records")]


def _changed_note(before: dict[str, object], after: dict[str, object], action: str, reviewed: str) -> str:
    moved = [
        f"{_IN_WORDS[name]} was {_shown(name, before[name])}, is {_shown(name, after[name])}"
        for name in (*_CONTENT, "filing_status")
        if name in _IN_WORDS and _shown(name, before[name]) != _shown(name, after[name])
    ]
    sentence = "The supplier changed this document" + (": " + "; ".join(moved) if moved else "") + "."
    if action:
        sentence += f" The earlier action {action} was withdrawn" + (f" (reviewed: {reviewed})" if reviewed else "") + "."
    return sentence


def withdrawn_action(note: str) -> str:
    """The action that fell when the supplier changed the document, as its note names it; "" where none did."""
    found = re.search(r"The earlier action (.+?) was withdrawn", note)
    return found[1] if found else ""


def _shown(name: str, value: object) -> str:
    if value is None or value is pd.NaT:
        return "blank"
    if isinstance(value, pd.Timestamp):
        return str(value.strftime("%d-%m-%Y"))
    if isinstance(value, int | np.integer) and name not in ("supplier_period",):
        return f"{value / 100:,.2f}"
    return str(value) or "blank"


def merge_register(register: pd.DataFrame, pulled: pd.DataFrame, file: str) -> tuple[pd.DataFrame, int]:
    """The book's vouchers after a pull, and how many earlier lines the new file replaced.

    A file of the same name replaces what it brought before; so does a file that holds at least four fifths of the vouchers
    of an earlier one (the corrected register under a new name). Otherwise vouchers known by number, supplier and document
    are replaced one by one and the rest is added.
    """
    if register.empty:
        return pulled.reset_index(drop=True), 0
    old, new = _voucher_keys(register), _voucher_keys(pulled)
    fresh = set(new)
    drop = np.isin(old, new)
    for earlier in register["source_file"].unique():
        mine = (register["source_file"] == earlier).to_numpy()
        keys = set(old[mine])
        if earlier == file or len(keys & fresh) >= 0.8 * len(keys):
            drop |= mine
    kept = register[~drop]
    return pd.concat([kept, pulled], ignore_index=True).astype(register.dtypes.to_dict()), int(drop.sum())


def _voucher_keys(lines: pd.DataFrame) -> np.ndarray:
    parts = [lines[name].to_numpy(dtype=object) for name in ("voucher_number", "supplier_gstin", "document_number")]
    return np.asarray(parts[0] + "|" + parts[1] + "|" + parts[2], dtype=object)
