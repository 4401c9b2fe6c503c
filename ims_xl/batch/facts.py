"""What the firm's book shows of one client: small and plain, taken inside the worker that ran it. Paise, counts, ISO dates."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pandas as pd

from ims_xl.followup.exposure import default_risk
from ims_xl.report import doubt_of, match_counts
from ims_xl.state import Reconciliation
from ims_xl.vocabulary import FILED, HEADS, Action, Change, MatchClass
from ims_xl.workbook.tabs.calendar import key_dates
from ims_xl.workbook.tabs.pieces import MATCHED, signed_tax

MOST_SUPPLIERS: Final = 400
_WRONG: Final = (MatchClass.VALUE.value, MatchClass.GSTIN.value, MatchClass.DATE.value)


def firm_facts(rec: Reconciliation) -> dict[str, Any]:
    """The figures of one client."""
    state = rec.state
    live = (state.work["change"] != Change.GONE).to_numpy(dtype=bool)
    tax, action = signed_tax(state.ims), state.work["action"].to_numpy(dtype=object)
    silent = live & (action == Action.NO_ACTION.value)
    risk = default_risk(rec)
    matches = match_counts(rec)
    matched = sum(matches[name] for name in MATCHED)
    on_portal = matched + matches["not_in_books"]
    return {
        "name": state.settings.name, "ims": int(live.sum()), "register": len(state.register), "problems": len(state.problems), "doubt": doubt_of(rec),
        "match_rate": matched / on_portal if on_portal else None,
        "itc": {a.value: int(tax[live & (action == a.value)].sum()) for a in Action},
        "count": {a.value: int((live & (action == a.value)).sum()) for a in Action},
        "not_in_ims": matches["not_in_ims"],
        "risk_itc": int(np.maximum(tax[silent], 0).sum()),
        "risk_cost": int(sum(int(risk[name].sum()) for name in risk.columns if name.startswith("Interest") or name == "Highest penalty, no fraud")),
        "checks_failed": sum(not check.ok for check in rec.tie_out),
        "estimated": bool(rec.gstr2b.estimated),
        "dates": [[due.day.isoformat(), due.what, due.note] for due in key_dates(rec)],
        "suppliers": _suppliers(rec, live),
        "contacts": state.contacts.astype("str").to_dict("records") if len(state.contacts) else [],
    }


def _suppliers(rec: Reconciliation, live: np.ndarray) -> list[dict[str, Any]]:
    """The suppliers who keep this client waiting, by credit: vouchers not on the portal, documents saved but not filed, documents that differ."""
    register, ims = rec.state.register, rec.state.ims
    classes = rec.links.results["match_class"].to_numpy(dtype=object)
    missing = register[classes[rec.links.register_result] == MatchClass.NOT_IN_IMS.value]
    late = missing.assign(tax=np.sum([missing[head].to_numpy() for head in HEADS], axis=0) if len(missing) else 0)
    late = late.groupby(["supplier_gstin", "source_file", "voucher_number"], sort=False).agg(name=("supplier_name", "first"), tax=("tax", "sum")).reset_index()
    on_portal = ims.assign(tax=signed_tax(ims), wrong=np.isin(classes[rec.links.ims_result], _WRONG), saved=((ims["filing_status"] != "") & (ims["filing_status"] != FILED)).to_numpy())[live]
    parts = (
        _grouped(late.rename(columns={"name": "supplier_name"}), "late"), _grouped(on_portal[on_portal["saved"]], "saved"), _grouped(on_portal[on_portal["wrong"]], "wrong"),
    )
    frame = pd.concat(parts, axis=1)
    frame = frame[frame.index != ""]
    names = pd.concat([missing, ims])[["supplier_gstin", "supplier_name"]].drop_duplicates("supplier_gstin").set_index("supplier_gstin")["supplier_name"]
    frame = frame.fillna(0).astype("int64")
    frame["itc"] = frame["late_itc"] + frame["saved_itc"]
    frame = frame.assign(gstin=frame.index, name=names.reindex(frame.index).fillna("").to_numpy()).sort_values(["itc", "gstin"], ascending=[False, True], kind="stable")
    columns = ["gstin", "name", "late", "saved", "wrong", "itc"]
    return [{str(k): v for k, v in row.items()} for row in frame[columns].head(MOST_SUPPLIERS).to_dict("records")]


def _grouped(rows: pd.DataFrame, name: str) -> pd.DataFrame:
    grouped = rows.groupby("supplier_gstin")["tax"]
    return pd.DataFrame({name: grouped.size(), f"{name}_itc": grouped.sum()})
