"""A month of any size with every kind of document, action, reduction, amendment, voucher and 2B row, from a seed."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from ims_xl.period import Period
from ims_xl.state import EARLIER_COLUMNS, WORK_COLUMNS, Portal2B, empty
from ims_xl.vocabulary import GSTR2B_LEDGER, HEADS, IMS_LEDGER, REGISTER_LEDGER, Action, Section
from tests.returns.months import OURS, Month, gstin, link_by_number

_SUPPLIERS = [gstin(f"27AA{chr(65 + i)}CP{1000 + i}A1Z") for i in range(20)]
_SECTIONS = [s.value for s in Section]
_WEIGHTS = np.array([10, 2, 1, 0.5, 2, 1, 1, 0.5, 1, 0.3, 0.5, 0.3])


def random_month(count: int, seed: int, pulled: bool = True) -> Month:
    rng = np.random.default_rng(seed)
    month = Month()
    ims = empty(dict(IMS_LEDGER), count)
    section = rng.choice(_SECTIONS, count, p=_WEIGHTS / _WEIGHTS.sum())
    ims["section"] = pd.array(section, dtype="str")
    imports = pd.Series(section).str.startswith("IMPG").to_numpy()
    ims["supplier_gstin"] = pd.array(np.where(np.isin(section, ["IMPG", "IMPGA"]), "", rng.choice(_SUPPLIERS, count)), dtype="str")
    ims["supplier_name"] = "Supplier"
    ims["document_number"] = pd.array([f"D/{i}" for i in range(count)], dtype="str")
    ims["document_date"] = pd.Series(np.datetime64("2026-09-01", "s") + rng.integers(0, 60, count).astype("timedelta64[D]"))
    ims["supplier_period"] = pd.array(rng.choice(["102026", "092026", "112026"], count, p=[0.8, 0.15, 0.05]), dtype="str")
    ims["source_form"] = pd.array(rng.choice(["R1", "IFF", "R1A"], count, p=[0.9, 0.05, 0.05]), dtype="str")
    ims["filing_status"] = pd.array(rng.choice(["Filed", "Not Filed"], count, p=[0.93, 0.07]), dtype="str")
    _amounts(ims, rng, imports)
    ims["portal_action"] = pd.array(rng.choice([a.value for a in Action], count, p=[0.2, 0.02, 0.1, 0.68]), dtype="str")
    amended = np.flatnonzero(np.char.endswith(section.astype(str), "A"))
    of = rng.integers(0, count, len(amended))
    original = ims["document_number"].to_numpy(dtype=object).copy()
    number = np.full(count, "", dtype=object)
    number[amended] = np.where(rng.random(len(amended)) < 0.3, original[of], [f"O/{i}" for i in amended])
    ims["original_number"] = pd.array(number, dtype="str")
    day = ims["document_date"].to_numpy().copy()
    day[amended] = np.datetime64("2026-09-05", "s")
    ims["original_date"] = pd.Series(np.where(number != "", day, np.datetime64("NaT", "s")).astype("datetime64[s]"))
    ims["key"] = ims["supplier_gstin"] + "|" + ims["section"] + "|" + ims["document_number"]

    work = empty(dict(WORK_COLUMNS), count)
    action = rng.choice([a.value for a in Action], count, p=[0.6, 0.1, 0.1, 0.2])
    work["action"] = pd.array(np.where(imports & (action == "Reject"), "Accept", action), dtype="str")
    work["change"] = pd.array(rng.choice(["", "gone"], count, p=[0.97, 0.03]), dtype="str")
    answered = np.isin(section, ["B2B-CN", "B2B-CNA", "B2BA"])
    work["reduce_itc"] = pd.array(np.where(answered, rng.choice(["Yes", "No", ""], count), ""), dtype="str")
    part = answered & (work["reduce_itc"] == "Yes").to_numpy() & (rng.random(count) < 0.5)
    for head in HEADS:
        work[f"reduce_{head}"] = pd.array(np.where(part, ims[head].to_numpy() // 3, 0), dtype="Int64")
        work.loc[~part, f"reduce_{head}"] = pd.NA

    past = amended[rng.random(len(amended)) < 0.5]
    earlier = empty(dict(EARLIER_COLUMNS), len(past))
    for name in ("supplier_gstin",):
        earlier[name] = ims[name].iloc[past].reset_index(drop=True)
    earlier["section"] = pd.array([Section(s).original.value for s in section[past]], dtype="str")
    earlier["document_number"] = pd.array(number[past], dtype="str")
    earlier["document_date"] = pd.Series(np.full(len(past), np.datetime64("2026-09-05", "s")))
    earlier["period"] = "2026-09"
    earlier["counted"] = rng.random(len(past)) < 0.7
    for head in ("taxable_value", *HEADS):
        earlier[head] = (ims[head].iloc[past].to_numpy() * rng.choice([0.5, 1, 1.5], len(past))).astype(np.int64)

    month.ims, month.work, month.earlier = ims, work, earlier
    month.register = _register(ims, rng)
    month.links = link_by_number(month.ims, month.register)
    month.portal = _portal(ims, rng) if pulled else None
    month.inputs = {
        "3b.3.1a.taxable_value": "90,00,000", "3b.3.1a.igst": "400000", "3b.3.1a.cgst": "350000.50", "3b.3.1a.sgst": "350000.50", "3b.4A5.reclaim.cgst": "1200",
        "3b.4B1.rule42.igst": "(500)", "3b.ledger.igst": "1e5", "3b.4D2.override.cgst": "77", "3b.4D2.reason": "as per notice", "3b.4A2.services.igst": "1800",
    }
    return month


def _amounts(frame: pd.DataFrame, rng: np.random.Generator, igst_only: np.ndarray) -> None:
    count = len(frame)
    taxable = rng.integers(100, 10_000_000, count)
    inter = igst_only | (rng.random(count) < 0.4)
    tax = taxable * rng.choice([5, 18, 28], count) // 100
    frame["taxable_value"] = taxable.astype(np.int64)
    frame["igst"] = np.where(inter, tax, 0).astype(np.int64)
    frame["cgst"] = frame["sgst"] = np.where(inter, 0, tax // 2).astype(np.int64)
    frame["cess"] = np.where(rng.random(count) < 0.02, taxable // 50, 0).astype(np.int64)


def _register(ims: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    booked = np.flatnonzero(rng.random(len(ims)) < 0.8)
    alone, reverse = max(3, len(ims) // 20), max(4, len(ims) // 50)
    count = len(booked) + alone + reverse
    out = empty(dict(REGISTER_LEDGER), count)
    for name in ("supplier_gstin", "document_number", "document_date", "taxable_value", *HEADS):
        out[name] = pd.concat([ims[name].iloc[booked], ims[name].iloc[rng.integers(0, len(ims), alone + reverse)]]).to_numpy()
    out["document_number"] = out["document_number"].where(np.arange(count) < len(booked), pd.Series([f"B-{i}" for i in range(count)]))
    notes = np.zeros(count, dtype=bool)
    notes[:len(booked)] = ims["section"].iloc[booked].str.startswith("B2B-CN").to_numpy()
    out["voucher_number"] = pd.array([f"V{i}" for i in range(count)], dtype="str")
    out["voucher_type"] = pd.array(np.where(notes, "Debit Note", "Purchase"), dtype="str")
    out["voucher_date"] = pd.Series(rng.choice(np.array(["2026-10-10", "2026-09-20", "2026-11-02", "NaT"], dtype="datetime64[s]"), count, p=[0.8, 0.1, 0.05, 0.05]))
    out["itc_eligibility"] = pd.array(rng.choice(["Inputs", "Ineligible", ""], count, p=[0.8, 0.1, 0.1]), dtype="str")
    out["receipt_date"] = pd.Series(rng.choice(np.array(["2026-10-20", "2026-11-04", "NaT"], dtype="datetime64[s]"), count, p=[0.3, 0.1, 0.6]))
    flag = np.full(count, "N", dtype=object)
    flag[-reverse:] = "Y"
    out["reverse_charge"] = pd.array(flag, dtype="str")
    nameless = np.zeros(count, dtype=bool)
    nameless[-reverse // 2:] = True
    out["supplier_gstin"] = out["supplier_gstin"].mask(nameless, "")
    return out


def _portal(ims: pd.DataFrame, rng: np.random.Generator) -> Portal2B:
    kinds = [
        ("docdata", "b2b", "Invoice", "Y", "Y"), ("docdata", "b2b", "Invoice", "N", "N"), ("docdata", "b2ba", "Invoice", "Y", "Y"), ("docdata", "cdnr", "Credit Note", "Y", "Y"),
        ("docdata", "cdnr", "Credit Note", "N", "N"), ("docdata", "isd", "ISD Invoice", "N", "Y"), ("docdata", "isd", "ISD Credit Note", "N", "N"), ("docdata", "isda", "ISD Invoice", "N", "Y"),
        ("reversal", "b2b", "Invoice", "N", ""), ("rejected", "b2b", "Invoice", "N", ""), ("docdata", "b2b", "Invoice", "N", "Y"), ("docdata", "impgsez", "Bill of Entry", "N", "Y"),
    ]
    extra = empty(dict(GSTR2B_LEDGER), len(kinds) * 3)
    for name, position in (("block", 0), ("section", 1), ("document_type", 2), ("reverse_charge", 3), ("itc_available", 4)):
        extra[name] = pd.array([kinds[i % len(kinds)][position] for i in range(len(extra))], dtype="str")
    extra["document_number"] = pd.array([f"X-{i}" for i in range(len(extra))], dtype="str")
    extra["supplier_gstin"] = rng.choice(_SUPPLIERS, len(extra))
    extra["document_date"] = pd.Series(np.full(len(extra), np.datetime64("2026-10-03", "s")))
    _amounts(extra, rng, (extra["section"] == "impgsez").to_numpy())
    there = ims[(ims["filing_status"] == "Filed") & (ims["portal_action"] != "Pending")].iloc[: int(len(ims) * 0.9)].reset_index(drop=True)
    drawn = empty(dict(GSTR2B_LEDGER), len(there))
    shared = [n for n in GSTR2B_LEDGER if n in IMS_LEDGER and n not in ("section", "source_file", "source_sheet", "source_row")]
    for name in shared:
        drawn[name] = there[name]
    names = {"B2B": ("b2b", "Invoice"), "B2BA": ("b2ba", "Invoice"), "B2B-DN": ("cdnr", "Debit Note"), "B2B-DNA": ("cdnra", "Debit Note"), "B2B-CN": ("cdnr", "Credit Note"), "B2B-CNA": ("cdnra", "Credit Note"),
             "ECO": ("ecom", "Invoice"), "ECOA": ("ecoma", "Invoice"), "IMPG": ("impg", "Bill of Entry"), "IMPGA": ("impg", "Bill of Entry"), "IMPGSEZ": ("impgsez", "Bill of Entry"), "IMPGSEZA": ("impgsez", "Bill of Entry")}
    drawn["section"] = pd.array([names[s][0] for s in there["section"]], dtype="str")
    drawn["document_type"] = pd.array([names[s][1] for s in there["section"]], dtype="str")
    drawn["amended"] = pd.array(np.where(there["section"].str.endswith("A"), "Y", "N"), dtype="str")
    drawn["block"] = pd.array(np.where(there["portal_action"] == "Reject", "rejected", "docdata"), dtype="str")
    drawn["reverse_charge"] = "N"
    drawn["itc_available"] = "Y"
    documents = pd.concat([drawn, extra], ignore_index=True)
    summary = {"itcavl.nonrevsup.b2b": {"igst": 123456, "cgst": 100, "sgst": 100, "cess": 0}, "itcavl.isdsup.isda": {"igst": 5, "cgst": 6, "sgst": 6, "cess": 0}}
    return Portal2B(OURS, Period(2026, 10), date(2026, 11, 14), documents, summary)
