"""A reconciled month made by hand: every section, match class, action and kind of trouble, so that each tab has something to show."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from ims_xl.gstin import check_character
from ims_xl.period import Period
from ims_xl.returns.gstr2b import expected_2b
from ims_xl.returns.gstr3b import gstr3b
from ims_xl.settings import Settings
from ims_xl.state import (
    CONTACT_COLUMNS,
    EARLIER_COLUMNS,
    EVIDENCE_COLUMNS,
    FILE_COLUMNS,
    LOG_COLUMNS,
    WORK_COLUMNS,
    BookState,
    HandLinks,
    Links,
    Portal2B,
    Reconciliation,
    TieOut,
    blank,
    empty,
)
from ims_xl.vocabulary import GSTR2B_LEDGER, HEADS, IMS_LEDGER, REGISTER_LEDGER, Problem
from ims_xl.workbook.tabs import ims_headings, register_headings
from ims_xl.workbook.tabs.ims import own_ims
from ims_xl.workbook.tabs.purchase_register import own_register
from ims_xl.workbook.tabs.where import Layout, SheetWhere


def gstin(fourteen: str) -> str:
    return fourteen + check_character(fourteen)


CLIENT = gstin("27AAKCB4321Q1Z")
SUPPLIERS = {
    "Anand": ("Anand Steel & Alloys", gstin("27AAACA1111B1Z")), "Bharat": ("Bharat Packaging LLP", gstin("24AABFB2222C1Z")),
    "Chola": ("Chola Chemicals Ltd", gstin("33AAACC3333D1Z")), "Deccan": ("Deccan Logistics", gstin("27AABCD4444E1Z")),
    "Eastern": ("Eastern Office Mart", gstin("19AAECE5555F1Z")), "Fastrack": ("Fastrack Couriers Pvt Ltd", gstin("07AAACF6666G1Z")),
    "Ganga": ("=Ganga \"Traders\"", gstin("09AABCG7777H1Z")), "Himal": ("Himal Software Services", gstin("29AADCH8888J1Z")),
    "Eco": ("Ryde Aggregators", gstin("27AAECR9999K1Z")), "": ("", ""),
}
ANY = "Accept,Reject,Pending,No Action"
NO_PENDING = "Accept,Reject,No Action"
IMPORT = "Accept,Pending,No Action"

# section, supplier, number, day, taxable, tax rate (i = IGST, c = CGST + SGST), class, differences, allowed, suggested, action, set by, more
_ROWS = [
    ("B2B", "Anand", "AS/26-27/0451", "2026-10-03", 125000, "c18", "exact", "", ANY, "Accept", "Accept", "rule", {}),
    ("B2B", "Anand", "AS/26-27/0452", "2026-10-05", 98765.5, "c18", "exact", "", ANY, "Accept", "Accept", "rule", {}),
    ("B2B", "Anand", "AS/26-27/0460", "2026-10-11", 1234567.89, "c18", "tolerance", "cgst=11111111>11111100", ANY, "Accept", "Accept", "rule", {}),
    ("B2B", "Bharat", "0012", "2026-10-02", 45000, "i12", "number", "document_number=0012>BP-12", ANY, "Accept", "Accept", "rule", {}),
    ("B2B", "Bharat", "1E5", "2026-10-09", 23000, "i12", "value", "taxable_value=2300000>2200000;igst=276000>264000", ANY, "Pending", "Pending", "rule", {"remarks": "Taxable value 23,000.00 here, 22,000.00 in our books; please check."}),
    ("B2B", "Chola", "CC-7781", "2026-10-12", 560000, "i18", "exact", "", ANY, "Accept", "Accept", "portal", {}),
    ("B2B", "Chola", "CC-7790", "2026-10-25", 310000, "i18", "date", "document_date=2026-10-25>2026-11-25", ANY, "Pending", "Pending", "rule", {}),
    ("B2B", "Deccan", "DL/991", "2026-10-15", 18000, "c5", "not_in_books", "", ANY, "Pending", "Pending", "rule", {"remarks": "Not in our books; please send a copy."}),
    ("B2B", "Deccan", "DL/1004", "2026-09-15", 22000, "c5", "not_in_books", "", ANY, "Pending", "Reject", "person", {"reviewed": "RI", "remarks": "Not ours: the goods went to another buyer."}),
    ("B2B", "Eastern", "EOM-55", "2026-10-18", 7400, "i18", "gstin", "supplier_gstin=19AAECE5555F1Z5>19AAECE5555F2Z4", ANY, "Pending", "Pending", "rule", {}),
    ("B2B", "Fastrack", "FC2026101", "2026-10-20", 3200, "i18", "exact", "", ANY, "No Action", "No Action", "rule", {"filing_status": "Not Filed"}),
    ("B2B", "Fastrack", "FC2026102", "2026-10-21", 4100, "i18", "exact", "", ANY, "No Action", "No Action", "rule", {"filing_status": "Not Filed"}),
    ("B2B", "Ganga", "=SUM(A1)", "2026-10-22", 9900, "i18", "grouped", "", ANY, "Accept", "Accept", "rule", {}),
    ("B2B", "Himal", "HS/10/2026", "2026-10-31", 12500000, "i18", "exact", "", ANY, "Accept", "Accept", "rule", {"reviewed": "RI"}),
    ("B2B", "Himal", "HS/10/2026", "2026-10-31", 12500000, "i18", "duplicate", "", ANY, "Pending", "Pending", "rule", {}),
    ("B2B", "Himal", "HS/09/2026", "2026-09-30", 1100000, "i18", "exact", "", ANY, "Accept", "Accept", "rule", {"change": "changed", "change_note": "The supplier changed this document: taxable value was 10,00,000.00, is 11,00,000.00."}),
    ("B2B", "Anand", "AS/26-27/0399", "2026-09-28", 64000, "c18", "superseded", "", ANY, "No Action", "No Action", "rule", {}),
    ("B2BA", "Anand", "AS/26-27/0399", "2026-09-28", 60000, "c18", "exact", "", ANY, "Accept", "Accept", "rule", {"original_number": "AS/26-27/0399", "original_date": "2026-09-28"}),
    ("B2BA", "Chola", "CC-7001A", "2026-08-11", 80000, "i18", "value", "igst=1440000>1800000", NO_PENDING, "Accept", "Accept", "rule", {"original_number": "CC-7001", "original_date": "2026-08-11", "need": True}),
    ("B2B-DN", "Bharat", "DN-9", "2026-10-10", 5000, "i12", "exact", "", ANY, "Accept", "Accept", "rule", {}),
    ("B2B-DNA", "Bharat", "DN-4R", "2026-09-10", 6500, "i12", "not_in_books", "", ANY, "Pending", "Pending", "rule", {"original_number": "DN-4", "original_date": "2026-09-10"}),
    ("B2B-CN", "Anand", "CN/101", "2026-10-14", 20000, "c18", "exact", "", ANY, "Accept", "Accept", "rule", {"need": True, "reduce_itc": "Yes"}),
    ("B2B-CN", "Himal", "HCN-7", "2026-10-19", 150000, "i18", "value", "igst=2700000>1350000", ANY, "Accept", "Accept", "rule", {"need": True, "reduce_itc": "Yes", "reduce_igst": 1350000, "remarks": "ITC availed on half only."}),
    ("B2B-CN", "Chola", "CCN-2", "2026-09-19", 30000, "i18", "not_in_books", "", NO_PENDING, "Accept", "Accept", "rule", {"need": True}),
    ("B2B-CN", "Deccan", "DCN-5", "2026-10-29", 2500, "c5", "not_in_books", "", ANY, "Pending", "Pending", "rule", {}),
    ("B2B-CNA", "Anand", "CN/088R", "2026-09-05", 12000, "c18", "not_in_books", "", ANY, "Pending", "Pending", "rule", {"original_number": "CN/088", "original_date": "2026-09-05"}),
    ("ECO", "Eco", "RY-000123", "2026-10-07", 8800, "c5", "exact", "", ANY, "Accept", "Accept", "rule", {}),
    ("ECOA", "Eco", "RY-000101", "2026-09-07", 7700, "c5", "exact", "", ANY, "Accept", "Accept", "rule", {"original_number": "RY-000101", "original_date": "2026-09-07", "portal_error": "IMSSAV0054 Error! Please enter value for the column itcRedReq."}),
    ("IMPG", "", "8812345", "2026-10-16", 2000000, "i18", "exact", "", IMPORT, "Accept", "Accept", "rule", {"port_code": "INNSA1"}),
    ("IMPGA", "", "8700001", "2026-09-16", 900000, "i18", "not_in_books", "", IMPORT, "Pending", "Pending", "rule", {"port_code": "INNSA1"}),
    ("IMPGSEZ", "Himal", "SEZ77", "2026-10-17", 250000, "i18", "exact", "", IMPORT, "Accept", "Accept", "rule", {"port_code": "INSEZ6"}),
    ("IMPGSEZA", "Himal", "SEZ70R", "2026-09-17", 240000, "i18", "not_in_books", "", IMPORT, "Pending", "Pending", "rule", {"port_code": "INSEZ6"}),
    ("B2B", "Eastern", "EOM-40", "2026-10-01", 5100, "i18", "not_in_books", "", ANY, "Pending", "Pending", "rule", {"change": "gone", "change_note": "No longer on the portal: kept here, counts nowhere."}),
]
# voucher, type, supplier, number, day, taxable, rate, class, more: only in books or outside
_BOOKS = [
    ("PV-201", "Purchase", "Anand", "AS/26-27/0470", "2026-10-28", 210000, "c18", "not_in_ims", {}),
    ("PV-201", "Purchase", "Anand", "AS/26-27/0470", "2026-10-28", 50000, "c12", "not_in_ims", {}),
    ("PV-202", "Purchase", "Bharat", "BP-15", "2026-10-30", 18000, "i12", "not_in_ims", {}),
    ("PV-150", "Purchase", "Eastern", "EOM-1", "2025-07-02", 14000, "i18", "not_in_ims", {}),
    ("PV-203", "Purchase", "", "RENT/10", "2026-10-31", 60000, "c18", "outside_ims", {"reverse_charge": "Y"}),
    ("PV-204", "Purchase", "", "IMP-22", "2026-10-16", 70000, "i18", "outside_ims", {"port_code": "INNSA1"}),
    ("PV-205", "Debit Note", "Chola", "RET-3", "2026-10-27", 9000, "i18", "not_in_ims", {}),
]


def _heads(taxable: float, rate: str) -> dict[str, int]:
    paise = round(taxable * 100)
    tax = round(paise * int(rate[1:]) / 100)
    return {"igst": tax, "cgst": 0, "sgst": 0, "cess": 0} if rate[0] == "i" else {"igst": 0, "cgst": tax // 2, "sgst": tax // 2, "cess": 0}


def _frame(records: list[dict[str, object]], schema: dict[str, str]) -> pd.DataFrame:
    out = {}
    for name, kind in schema.items():
        values = [r.get(name) for r in records]
        if kind == "text":
            out[name] = pd.array(["" if v is None else str(v) for v in values], dtype="str")
        elif kind == "date":
            out[name] = np.array([str(v) if v else "NaT" for v in values], dtype="datetime64[s]")
        elif kind == "paise?":
            out[name] = pd.array(values, dtype="Int64")
        elif kind == "bool":
            out[name] = np.array([bool(v) for v in values], dtype=bool)
        else:
            out[name] = np.array([v or 0 for v in values], dtype=np.int64)
    return pd.DataFrame(out, index=pd.RangeIndex(len(records)))


def sample(rows: list[tuple] | None = None, books: list[tuple] | None = None, palette: str = "Standard") -> Reconciliation:
    """The whole answer of a run over the month above."""
    ims_rows, work_rows, decision_rows, register_rows, results = [], [], [], [], []
    ims_result: list[int] = []
    register_result: list[int] = []
    for n, (section, who, number, day, taxable, rate, kind, differs, allowed, suggested, action, by, more) in enumerate(_ROWS if rows is None else rows):
        name, supplier = SUPPLIERS[who]
        heads = _heads(taxable, rate)
        base = {"supplier_gstin": supplier, "supplier_name": name, "recipient_gstin": CLIENT, "document_number": number, "document_date": day,
                "place_of_supply": "27", "taxable_value": round(taxable * 100), **heads}
        ims_rows.append({**base, "key": f"{supplier}|{section}|{number}|2026|{n}", "section": section, "document_value": round(taxable * 100) + sum(heads.values()), "source_form": "R1",
                         "supplier_period": "092026" if day < "2026-10" else "102026", "filing_status": "Filed", "portal_action": action if by == "portal" else "No Action",
                         "source_file": "ims.json", "source_row": n + 1, **{k: v for k, v in more.items() if k in IMS_LEDGER}})
        work_rows.append({"action": action, "set_by": by, "fill_action": suggested, "first_seen": "2026-10", "pending_since": "2026-10" if action == "Pending" else "",
                          **{k: v for k, v in more.items() if k in WORK_COLUMNS}})
        decision_rows.append({"suggested_action": suggested, "reason": _reason(suggested, kind), "rule": f"{kind}-{suggested.lower().replace(' ', '-')}", "allowed": allowed,
                              "reduce_needed": bool(more.get("need")), "reduce_itc": "Yes" if more.get("need") else "", "remark": ""})
        ims_result.append(len(results))
        booked = kind not in ("not_in_books", "duplicate", "superseded") and more.get("change") != "gone"
        results.append({"match_class": kind, "clean": kind in ("exact", "tolerance"), "confidence": 100 if kind == "exact" else 70, "differences": differs,
                        "explanation": _explained(kind, differs), "runner_up": ""})
        for _line in range(2 if kind == "grouped" else 1) if booked else ():
            register_rows.append({**base, "voucher_number": f"PV-{100 + n}", "voucher_type": "Debit Note" if "-CN" in section else "Purchase", "voucher_date": day,
                                  "document_value": round(taxable * 100), "itc_eligibility": "Inputs", "source_file": "register.xlsx", "source_sheet": "Purchases", "source_row": len(register_rows) + 4})
            register_result.append(len(results) - 1)
    last = ""
    for voucher, kind, who, number, day, taxable, rate, match, more in _BOOKS if books is None else books:
        name, supplier = SUPPLIERS[who] if who else ("Sri Balaji Estates", "")
        if voucher != last:
            results.append({"match_class": match, "clean": False, "confidence": 0, "differences": "", "explanation": "", "runner_up": ""})
        last = voucher
        register_rows.append({"voucher_number": voucher, "voucher_type": kind, "voucher_date": day, "supplier_gstin": supplier, "supplier_name": name, "recipient_gstin": CLIENT,
                              "document_number": number, "document_date": day, "taxable_value": round(taxable * 100), **_heads(taxable, rate), "source_file": "register.xlsx",
                              "source_sheet": "Purchases", "source_row": len(register_rows) + 4, **more})
        register_result.append(len(results) - 1)
    ims, work = _frame(ims_rows, dict(IMS_LEDGER)), _frame(work_rows, dict(WORK_COLUMNS))
    decisions = pd.DataFrame(decision_rows, columns=["suggested_action", "reason", "rule", "allowed", "reduce_needed", "reduce_itc", "remark"]).astype({"reduce_needed": bool})
    for head in HEADS:
        decisions[f"reduce_{head}"] = blank("paise?", len(decisions))
    links = Links(pd.DataFrame(results, columns=["match_class", "clean", "confidence", "differences", "explanation", "runner_up"]), np.array(ims_result, dtype=np.int64), np.array(register_result, dtype=np.int64))
    why = pd.Series([results[r]["explanation"] + " " + d["reason"] for r, d in zip(ims_result, decision_rows)], dtype="str")
    settings = Settings(gstin=CLIENT, name="Sharda Engineering & Co.", period=Period(2026, 10), palette=palette)
    state = BookState(
        settings=settings, ims=ims, work=work, register=_frame(register_rows, dict(REGISTER_LEDGER)), portal_2b=_two_b() if rows is None else None, earlier=_earlier(),
        evidence=_evidence(ims), contacts=_contacts(), files=_files(len(ims), len(register_rows)), log=_log(), hand_links=HandLinks(frozenset({(ims_rows[0]["key"], "PV-100")}) if ims_rows else frozenset()),
        inputs={"signoff.preparer": "R. Iyer", "signoff.preparer_at": "12-11-2026"}, mapping={"Taxable Amt": "taxable_value"},
        mapping_shown=pd.DataFrame({"heading": ["GSTIN/UIN", "Supplier Invoice No.", "Taxable Amt"], "field": ["supplier_gstin", "document_number", "taxable_value"],
                                    "how": ["alias", "alias", "confirmed"], "sample": ["27AAACA1111B1Z?", "AS/26-27/0451", "1,25,000.00"]}),
        problems=(Problem("register.xlsx", "Purchases", 17, "supplier_gstin", "check character is wrong: 27AAACA1111B1ZX"),),
    )
    belonging = pd.DataFrame({"two_b_period": ["2026-10"] * len(ims), "estimated": [True] * len(ims), "in_period": [True] * len(ims)}, index=ims.index)
    facts = pd.DataFrame(index=ims.index)
    two_b = expected_2b(ims, work, belonging, links, state.portal_2b, state.earlier, settings)
    three_b = gstr3b(two_b, ims, work, state.register, links, facts, state.inputs, settings)
    checks = (
        TieOut("IMS rows read = rows in the JSON", str(len(ims)), str(len(ims)), True), TieOut("IGST: accepted + rejected + pending + no action = read", "5188440.00", "5188440.00", True),
        TieOut("Accepted rows whose ITC-reduction question is open", "0", "2", False, "B2BA CC-7001A, B2B-CN CCN-2"),
        TieOut("GSTR-2B itcavl IGST: portal = expected", "5188440.00", "5187000.00", False, "see the documents listed on GSTR-2B"),
    )
    return Reconciliation(state, date(2026, 11, 12), links, belonging, facts, decisions, why, two_b, three_b, checks)


def layout(rec: Reconciliation) -> Layout:
    """A book of ours."""
    return Layout(ims=own_ims(len(rec.state.ims)), register=own_register(len(rec.state.register)), version="0.0.0")


def hers(rec: Reconciliation) -> Layout:
    """A person's workbook: her IMS table in B3:L.., ours to the right of it, and a sheet that is already called Log."""
    ims_columns = {h: n for n, h in enumerate(ims_headings(False), start=13)}
    books_columns = {h: n for n, h in enumerate(register_headings(False), start=11)}
    return Layout(
        ims=SheetWhere("IMS Oct'26", 3, np.arange(4, 4 + len(rec.state.ims)), ims_columns, own=False, first_column=2,
                       fields={"document_number": 3, "document_date": 4, "taxable_value": 6, "igst": 7, "cgst": 8, "sgst": 9}),
        register=SheetWhere("Books", 1, np.arange(2, 2 + len(rec.state.register)), books_columns, own=False, first_column=1, fields={"taxable_value": 5, "igst": 6}),
        names={"IMS": "IMS Oct'26", "Purchase Register": "Books", "Log": "Log (IMS)"}, version="0.0.0",
    )


def _reason(suggested: str, kind: str) -> str:
    return {"Accept": "Matched and filed: accept.", "Reject": "Not ours.", "Pending": "Waits until the difference is explained.", "No Action": "Saved but not filed: nothing to decide yet."}[suggested]


def _explained(kind: str, differs: str) -> str:
    return {"exact": "Same number, date and amounts as in the books.", "tolerance": "Same document; amounts within tolerance.", "not_in_books": "No voucher for it in the purchase register.",
            "duplicate": "Second copy of HS/10/2026 (row 20).", "superseded": "Replaced by the amendment AS/26-27/0399."}.get(kind, f"Same document, but {differs.split('=')[0].replace('_', ' ') or 'booked in two lines'} differs.")


def _evidence(ims: pd.DataFrame) -> pd.DataFrame:
    pending = ims[ims["document_number"] == "CC-7790"]
    if not len(pending):
        return empty(EVIDENCE_COLUMNS)
    return _frame([{"key": pending["key"].iloc[0], "challan_no": "DC/77", "challan_date": "2026-10-26", "eway_bill_no": "181234567890", "eway_bill_valid_till": "2026-10-30", "lr_no": "LR 5521",
                    "promised_date": "2026-11-18", "note": "Goods at the transporter's godown", "why_pending": "Goods in transit"}], dict(EVIDENCE_COLUMNS))


def _contacts() -> pd.DataFrame:
    return _frame([{"supplier_gstin": SUPPLIERS["Anand"][1], "supplier_name": "Anand Steel & Alloys", "contact": "Ms Rao", "email": "accounts@anandsteel.example", "phone": "+91 22 5550 1234"}], dict(CONTACT_COLUMNS))


def _earlier() -> pd.DataFrame:
    who = SUPPLIERS["Chola"][1]
    return _frame([{"key": f"{who}|B2B|CC-7001|2026", "section": "B2B", "supplier_gstin": who, "document_number": "CC-7001", "document_date": "2026-08-11", "period": "2026-08",
                    "action": "Accept", "counted": True, "filed_3b": True, "taxable_value": 10000000, "igst": 1800000}], dict(EARLIER_COLUMNS))


def _files(ims: int, register: int) -> pd.DataFrame:
    return _frame([
        {"file": "IMS_27AAKCB4321Q1ZA_12112026.json", "kind": "ims", "sha256": "9f" * 32, "read_at": "2026-11-12 10:15", "rows": ims, "generated_on": "12-11-2026", "period": ""},
        {"file": "register.xlsx", "kind": "register", "sha256": "3c" * 32, "read_at": "2026-11-12 10:15", "rows": register},
    ], dict(FILE_COLUMNS))


def _log() -> pd.DataFrame:
    return _frame([
        {"at": "2026-11-12 10:15:02", "who": "riyer", "document": "33 documents", "field": "Action", "after": "19 Accept, 10 Pending, 3 No Action", "how": "rule", "why": "first fill; the rule of each stands in its Why"},
        {"at": "2026-11-12 11:40:40", "who": "riyer", "document": "B2B DL/1004 of " + SUPPLIERS["Deccan"][1], "field": "Action", "before": "Pending", "after": "Reject", "how": "hand", "why": "Not ours: the goods went to another buyer."},
    ], dict(LOG_COLUMNS))


def _two_b() -> Portal2B:
    name, who = SUPPLIERS["Anand"]
    rows = [
        {"block": "docdata", "section": "b2b", "document_type": "Invoice", "supplier_gstin": who, "supplier_name": name, "document_number": "AS/26-27/0451", "document_date": "2026-10-03", "place_of_supply": "27",
         "reverse_charge": "N", "itc_available": "Y", "taxable_value": 12500000, "cgst": 1125000, "sgst": 1125000, "document_value": 14750000, "supplier_period": "102026", "filed_on": "2026-11-10"},
        {"block": "docdata", "section": "b2b", "document_type": "Invoice", "supplier_gstin": SUPPLIERS["Deccan"][1], "supplier_name": "Deccan Logistics", "document_number": "DL/RCM/7", "document_date": "2026-10-13",
         "place_of_supply": "27", "reverse_charge": "Y", "itc_available": "Y", "taxable_value": 4000000, "cgst": 100000, "sgst": 100000, "document_value": 4200000, "supplier_period": "102026", "filed_on": "2026-11-11"},
        {"block": "docdata", "section": "b2b", "document_type": "Invoice", "supplier_gstin": SUPPLIERS["Himal"][1], "supplier_name": "Himal Software Services", "document_number": "HS/04/2025", "document_date": "2025-04-30",
         "place_of_supply": "29", "reverse_charge": "N", "itc_available": "N", "reason": "P", "taxable_value": 100000, "igst": 18000, "document_value": 118000, "supplier_period": "102026", "filed_on": "2026-11-11"},
        {"block": "docdata", "section": "isd", "document_type": "ISD Invoice", "supplier_gstin": CLIENT, "document_number": "ISD/7", "document_date": "2026-10-31", "itc_available": "Y", "igst": 450000},
        {"block": "docdata", "section": "impg", "document_type": "Bill of Entry", "document_number": "8812345", "document_date": "2026-10-16", "port_code": "INNSA1", "taxable_value": 200000000, "igst": 36000000, "itc_available": "Y"},
    ]
    return Portal2B(CLIENT, Period(2026, 10), date(2026, 11, 14), _frame(rows, dict(GSTR2B_LEDGER)), {})
