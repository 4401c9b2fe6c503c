"""Expected against drawn GSTR-2B, document by document: every paisa between the two summaries has a line and a reason.

For each row of the form the lines here add up to expected minus portal: documents that the actions in the book move,
documents whose amounts changed, and last the gap that the portal has between its own summary and its own documents.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from ims_xl.returns.forms import REJECTED, gstr2b_form
from ims_xl.returns.standing import counted, rejected, rejected_path
from ims_xl.state import Amounts, Portal2B
from ims_xl.vocabulary import HEADS, Action, Change

COLUMNS = ("path", "key", "supplier_gstin", "supplier_name", "section", "document_number", "document_date", *HEADS, "why")
SUMMARY_GAP = "The 2B's summary differs from its own documents"


def differences(
    ims: pd.DataFrame, work: pd.DataFrame, rows: pd.DataFrame, bypass: pd.DataFrame, boxes: Mapping[str, Amounts], portal_boxes: Mapping[str, Amounts],
    drawn: Portal2B | None, sort: pd.DataFrame | None, effect_2b: pd.DataFrame | None, matched: np.ndarray,
) -> pd.DataFrame:
    """COLUMNS, heads = expected minus portal; empty where no 2B of the period is pulled."""
    if drawn is None or sort is None or effect_2b is None:
        return _blank()
    action = work["action"]
    expected_path = _expected_path(rows, action)
    expected = {
        head: np.where(expected_path == "", 0, np.where((action == Action.REJECT).to_numpy() & (expected_path.str.startswith(REJECTED)).to_numpy(),
                       rows[f"effect_{head}"].to_numpy(), rows[f"itc_{head}"].to_numpy())) for head in HEADS
    }
    hit = matched >= 0
    drawn_path = np.full(len(ims), "", dtype=object)
    drawn_path[hit] = sort["path"].to_numpy(dtype=object)[matched[hit]]
    if hit.any():
        drawn_path[np.flatnonzero(hit)[effect_2b["superseded"].to_numpy()[matched[hit]]]] = ""
    portal = {head: np.zeros(len(ims), dtype=np.int64) for head in HEADS}
    for head in HEADS:
        portal[head][hit] = effect_2b[head].to_numpy()[matched[hit]]
        portal[head][drawn_path == ""] = 0

    path_now = expected_path.to_numpy(dtype=object)
    same_row = path_now == drawn_path
    gap = np.zeros(len(ims), dtype=bool)
    for head in HEADS:
        gap |= expected[head] != portal[head]
    why = _why(ims, work, rows, path_now, drawn_path, hit)
    changed, joined, left = same_row & gap & (path_now != ""), ~same_row & (path_now != ""), ~same_row & (drawn_path != "")
    found = pd.concat([
        _lines(ims, changed, path_now, {head: expected[head] - portal[head] for head in HEADS}, why),
        _lines(ims, joined, path_now, expected, why),
        _lines(ims, left, drawn_path, {head: -portal[head] for head in HEADS}, why),
    ], ignore_index=True)
    found = found[found[list(HEADS)].ne(0).any(axis=1)]
    if portal_boxes:
        found = _with_summary_gaps(found, boxes, portal_boxes)
    return found.reset_index(drop=True).astype(dict.fromkeys(HEADS, "int64"))


def _expected_path(rows: pd.DataFrame, action: pd.Series) -> pd.Series:
    out = rejected(rows, action)
    path = rows["path"].where(counted(rows, action), "")
    return path.mask(out, rejected_path(rows["path"]))


def _with_summary_gaps(found: pd.DataFrame, boxes: Mapping[str, Amounts], portal_boxes: Mapping[str, Amounts]) -> pd.DataFrame:
    told = found.groupby("path")[list(HEADS)].sum() if len(found) else pd.DataFrame(columns=list(HEADS))
    lines = []
    for path in gstr2b_form().leaves:
        gap = {head: boxes[path][head] - portal_boxes[path][head] - (int(told.loc[path, head]) if path in told.index else 0) for head in HEADS}
        if any(gap.values()):
            lines.append({**dict.fromkeys(COLUMNS, ""), "path": path, "document_date": pd.NaT, **gap, "why": SUMMARY_GAP})
    if not lines:
        return found
    added = pd.DataFrame(lines, columns=list(COLUMNS))
    return added if not len(found) else pd.concat([found, added], ignore_index=True)


def _why(ims: pd.DataFrame, work: pd.DataFrame, rows: pd.DataFrame, now: np.ndarray, drawn: np.ndarray, hit: np.ndarray) -> np.ndarray:
    action = work["action"].to_numpy(dtype=object)
    gone = (work["change"] == Change.GONE).to_numpy()
    note = rows["note"].to_numpy(dtype=object)
    was_rejected = np.array([str(p).startswith(REJECTED) for p in drawn], dtype=bool) if len(drawn) else np.zeros(0, dtype=bool)
    why = np.full(len(ims), "Amounts in IMS differ from those in the drawn 2B", dtype=object)
    declared = rows["takes_declaration"].to_numpy(dtype=bool)
    why[declared & (now == drawn)] = "Declared reduction differs from the one in the drawn 2B"
    moved = (now != "") & ~hit
    why[moved] = action[moved] + " in the book; the 2B was drawn without it: upload the action and recompute"
    back = (now != "") & hit & was_rejected & (now != drawn)
    why[back] = action[back] + " in the book; the 2B was drawn with it rejected: upload the action and recompute"
    out = (now != drawn) & hit & ~was_rejected & (drawn != "")
    why[out] = action[out] + " in the book; the 2B was drawn with it counted: upload the action and recompute"
    replaced = rows["superseded"].to_numpy(dtype=bool) & (now != drawn)
    why[replaced] = note[replaced]
    why[gone & hit] = "No longer in the IMS file, yet in the drawn 2B"
    return why


def _lines(ims: pd.DataFrame, which: np.ndarray, path: np.ndarray, amounts: Mapping[str, np.ndarray], why: np.ndarray) -> pd.DataFrame:
    at = np.flatnonzero(which)
    names = ("key", "supplier_gstin", "supplier_name", "section", "document_number", "document_date")
    told = {name: ims[name].iloc[at].reset_index(drop=True) for name in names}
    text = {"path": pd.array(path[at], dtype="str"), "why": pd.array(why[at], dtype="str")}
    return pd.DataFrame({**text, **told, **{head: amounts[head][at].astype(np.int64) for head in HEADS}})[list(COLUMNS)]


def _blank() -> pd.DataFrame:
    text = {name: pd.Series(dtype="str") for name in COLUMNS if name not in HEADS and name != "document_date"}
    amounts = {head: pd.Series(dtype="int64") for head in HEADS}
    return pd.DataFrame({**text, **amounts, "document_date": pd.Series(dtype="datetime64[s]")})[list(COLUMNS)]
