"""The JSON report of a run (`--json`): money as text with two decimals, every itcsumm path, every problem."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ims_xl.rupees import plain as rupees
from ims_xl.state import Reconciliation
from ims_xl.vocabulary import AMOUNTS, HEADS, HERE, Action, Change, MatchClass, Section

BOXES = ("3.1(d)", "4A1", "4A2", "4A3", "4A4", "4A5", "4B1", "4B2", "4C", "4D1", "4D2")


def build_report(rec: Reconciliation, book: str = "") -> dict[str, Any]:
    """The report of contract section 4; gone rows stand in no count but `rows.gone`. `book`: the file name of the workbook, for problems in it."""
    state = rec.state
    live = state.work["change"].to_numpy(dtype=object) != Change.GONE
    return {
        "recipient_gstin": state.settings.gstin,
        "period": str(state.settings.period or ""),
        "as_of": rec.as_of.isoformat(),
        "rows": {"ims": int(live.sum()), "register": len(state.register), "problems": len(state.problems), "gone": int((~live).sum())},
        "matches": match_counts(rec),
        "actions": action_totals(rec),
        "gstr2b": {path: _amounts(box, HEADS) for path, box in rec.gstr2b.boxes.items()},
        "gstr3b": {box: _amounts(rec.gstr3b.boxes.get(box, {}), AMOUNTS if box == "3.1(d)" else HEADS) for box in BOXES},
        "problems": [{"file": book or p.file if p.file in ("", HERE) else p.file, "sheet": p.sheet, "row": p.row, "field": p.field, "message": p.message} for p in state.problems],
        "warnings": list(rec.gstr3b.warnings),
        "tie_out": [{"check": t.check, "expected": t.expected, "found": t.found, "ok": t.ok, **({"note": t.note} if t.note else {})} for t in rec.tie_out],
    }


def match_counts(rec: Reconciliation) -> dict[str, int]:
    """Results by match class, every class named."""
    gone = np.unique(rec.links.ims_result[rec.state.work["change"].to_numpy(dtype=object) == Change.GONE])
    classes = rec.links.results["match_class"].to_numpy(dtype=object)
    keep = np.ones(len(classes), dtype=bool)
    keep[gone[gone >= 0]] = False
    found = dict(zip(*np.unique(classes[keep].astype(str), return_counts=True)))
    return {name.value: int(found.get(name.value, 0)) for name in MatchClass}


def doubt_of(rec: Reconciliation) -> str:
    """Why the two sides look as if they did not belong together (a blank side, or nothing in common, as with a sales register); "" where they do."""
    matches = match_counts(rec)
    if not len(rec.state.register) and len(rec.state.ims):
        return "the purchase register has no voucher: nothing on the portal can be found in it; was the right month exported?"
    if not len(rec.state.ims):
        return "the IMS download has no document: was it taken for the right month and client?"
    if matches[MatchClass.NOT_IN_IMS.value] and matches[MatchClass.NOT_IN_BOOKS.value] and sum(matches.values()) == matches[MatchClass.NOT_IN_IMS.value] + matches[MatchClass.NOT_IN_BOOKS.value]:
        return "the register and IMS have no document in common: is it the purchase register (not that of sales), of this client and month?"
    return ""


def action_totals(rec: Reconciliation) -> dict[str, dict[str, Any]]:
    """Count and amounts by action; credit notes count negative."""
    state = rec.state
    live = state.work["change"].to_numpy(dtype=object) != Change.GONE
    sign = state.ims["section"].map({s.value: s.document_type.sign for s in Section}).fillna(1).to_numpy(dtype=np.int64)
    actions = state.work["action"].to_numpy(dtype=object)
    totals: dict[str, dict[str, Any]] = {}
    for action in Action:
        rows = live & (actions == action.value)
        sums = {name: int((state.ims[name].to_numpy() * sign)[rows].sum()) for name in AMOUNTS}
        totals[action.value] = {"count": int(rows.sum()), **_amounts(sums, AMOUNTS)}
    return totals


def _amounts(box: Mapping[str, int], names: tuple[str, ...]) -> dict[str, str]:
    return {name: rupees(int(box.get(name, 0))) for name in names}
