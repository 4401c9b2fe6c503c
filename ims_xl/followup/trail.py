"""Is the trail of a waiting document complete, and what is missing: evidence-and-exposure.md section 1, by dated forms.

Proof of receipt (goods receipt, stock entry, service acceptance) with its date within the period makes it complete; movement
papers alone do not. Numbers and dates are checked for form only; nothing is asked of any server.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any, Final

import numpy as np
import pandas as pd

from ims_xl.state import Reconciliation
from ims_xl.vocabulary import EVIDENCE_FREE, Action, Change

_EWAY: Final = re.compile(r"\d{12}")
_VEHICLE: Final = re.compile(r"[A-Z]{2}[0-9]{1,2}[A-Z]{0,3}[0-9]{4}|[0-9]{2}BH[0-9]{4}[A-Z]{1,2}")
_CONSIGNMENT: Final = 5_000_000   # paise: rule 138, an e-way bill is needed above 50,000 rupees


def pending_trail(rec: Reconciliation) -> pd.DataFrame:
    """key, trail (verdict with its mark), missing (words) for every pending row."""
    state = rec.state
    waits = (state.work["action"] == Action.PENDING).to_numpy(dtype=bool) & (state.work["change"] != Change.GONE).to_numpy(dtype=bool)
    evidence = {row["key"]: row for row in state.evidence.to_dict("records")}
    period = state.settings.period
    end = period.end if period else rec.as_of
    rows = [(key, *verdict(section, _day(dated), int(value), evidence.get(key, {}), end, rec.as_of)) for key, section, dated, value in zip(*(state.ims.loc[waits, n] for n in ("key", "section", "document_date", "document_value")))]
    return pd.DataFrame(rows, columns=["key", "trail", "missing"]).astype("str")


def verdict(section: str, dated: date | None, value: int, found: Any, period_end: date, as_of: date) -> tuple[str, str]:
    """(`✓ complete` or `✗ incomplete` or `- not needed`, what is missing or wrong in words)."""
    if section in EVIDENCE_FREE:
        return "- not needed", ""
    wrong = form_faults(found, as_of)
    received = _day(found.get("receipt_date"))
    proof = bool(str(found.get("grn_no") or "").strip())
    missing = []
    if not proof:
        missing.append("goods receipt or acceptance (GRN no.)")
    if received is None:
        missing.append("receipt date")
    elif received > period_end:
        missing.append(f"received on {received:%d-%m-%Y}, after the period's end: not in this period")
    elif dated is not None and received < dated - timedelta(days=60):
        missing.append("receipt date lies long before the document")
    if value > _CONSIGNMENT and not str(found.get("eway_bill_no") or "").strip() and not proof:
        missing.append("e-way bill (above Rs 50,000)")
    faults = [*missing, *wrong]
    return ("✗ incomplete" if missing else "✓ complete"), "; ".join(faults)


def form_faults(found: Any, as_of: date) -> list[str]:
    """Evidence whose form cannot be right: e-way bill number, vehicle number, dates out of order."""
    faults = []
    number = re.sub(r"[\s-]", "", str(found.get("eway_bill_no") or ""))
    if number and not _EWAY.fullmatch(number):
        faults.append("e-way bill number has not 12 digits")
    vehicle = re.sub(r"[\s-]", "", str(found.get("vehicle_no") or "")).upper()
    if vehicle and not _VEHICLE.fullmatch(vehicle):
        faults.append("vehicle number has an unusual form")
    till, challan, received = (_day(found.get(name)) for name in ("eway_bill_valid_till", "challan_date", "receipt_date"))
    if till and till < as_of and received is None:
        faults.append(f"e-way bill ran out on {till:%d-%m-%Y} without receipt")
    if challan and received and received < challan:
        faults.append("received before the challan's date")
    if len(str(found.get("challan_no") or "")) > 16:
        faults.append("challan number is longer than 16 characters (rule 55)")
    return faults


def _day(value: Any) -> date | None:
    """A date as such; NaT, which calls itself a date too, is none."""
    if value is None or pd.isna(value):
        return None
    if isinstance(value, pd.Timestamp | np.datetime64):
        day: date = pd.Timestamp(value).date()
        return day
    return value if isinstance(value, date) else None
