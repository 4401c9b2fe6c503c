"""The 2B workbook of another exporter, column by column, against the ledger written beside it by hand."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from ims_xl.period import Period
from ims_xl.readers.gstr2b import read_2b
from ims_xl.state import Portal2B
from tests.gstr2b_other_workbook import DRIFTS, SHEETS, other_workbook
from tests.portal_files import RECIPIENT, doc, gstin, gstr2b, write

S, FILED, DAY, OLD = gstin(1), date(2026, 11, 10), date(2026, 10, 7), date(2026, 9, 2)
INVOICE = [S, "Vaigai", "000123", "Regular", DAY, 1180.5, "Maharashtra"]
NOTE = [S, "Vaigai", "CN/7", "Credit Note", "Regular", DAY, 118, "Karnataka"]
ECO = [S, "Vaigai", "E-5", "Regular", DAY, 105, "Tamil Nadu"]
ISD = [S, "Vaigai", "ISD Credit Note", "I9", DAY, "OI-1", OLD]
MONEY, SMALL = [1000.25, 0, 90.12, 90.13, 0], [100, 18, 0, 0, 1.5]
REDUCE = ["Yes", 9, 0, 0, 0.75]
WHEN, ITC = ["Oct'26", FILED], ["Yes", None]
BARRED = ["No", "POS and supplier state are same but recipient state is different"]
IRN = ["e-Invoice", "ab" * 32, DAY]
BOE = [date(2026, 10, 9), "INNSA1", "4455667", DAY, 100000, 18000, 5]
ROWS: dict[str, list[list[Any]]] = {
    "B2B": [[*INVOICE, "Yes", *MONEY, *WHEN, *BARRED, "65%", *IRN]],
    "B2BA": [["V-1", OLD, *INVOICE, "No", *SMALL, *REDUCE, *WHEN, *ITC, "100%"]],
    "B2B-CDNR": [[*NOTE, "No", *SMALL, *REDUCE, *WHEN, *ITC, "100%", *IRN]],
    "B2B-CDNRA": [["Debit Note", "DN0", OLD, *NOTE, "No", *SMALL, "No", None, None, None, None, *WHEN, *ITC, "100%"]],
    "ECO": [[*ECO, 100, 5, 0, 0, 0, *WHEN, *ITC, *IRN]], "ECOA": [["E-0", OLD, *ECO, 100, 5, 0, 0, 0, *REDUCE, *WHEN, *ITC]],
    "ISD": [[*ISD, 0, 7, 7, 0, *WHEN, "No"]], "ISDA": [["ISD Invoice", "I0", OLD, *ISD, 0, 7, 7, 0, *WHEN, "Yes"]],
    "IMPG": [BOE], "IMPGA": [[*BOE, "Cancellation"]], "IMPGSEZ": [[S, "Vaigai", *BOE]], "IMPGSEZA": [[S, "Vaigai", *BOE, "Addition"]],
    "B2B (ITC Reversal)": [[*INVOICE, "No", *MONEY, *WHEN, *ITC, "100%", *IRN]], "B2BA (ITC Reversal)": [["V-1", OLD, *INVOICE, "No", *MONEY, *WHEN, *ITC, "100%"]],
    "B2B-DNR": [[*NOTE[:3], "Debit Note", *NOTE[4:], "No", *SMALL, *WHEN, *ITC, "100%", *IRN]], "B2B-DNRA": [["Debit Note", "DN0", OLD, *NOTE[:3], "Debit Note", *NOTE[4:], "No", None, *SMALL, *WHEN, *ITC, "100%"]],
    "B2B(Rejected)": [[*INVOICE, *MONEY, "not ours", *WHEN, "100%", *IRN]], "B2BA(Rejected)": [["V-1", OLD, *INVOICE, *MONEY, "not ours", *WHEN, "100%"]],
    "B2B-CDNR(Rejected)": [[*NOTE, *SMALL, "not ours", *WHEN, "100%", *IRN]], "B2B-CDNRA(Rejected)": [["Credit Note", "CN0", OLD, *NOTE, *SMALL, "not ours", *WHEN, "100%"]],
    "ECO(Rejected)": [[*ECO, 100, 5, 0, 0, 0, "not ours", *WHEN, *IRN]], "ECOA(Rejected)": [["E-0", OLD, *ECO, 100, 5, 0, 0, 0, "not ours", *WHEN]],
    "ISD(Rejected)": [[*ISD, 0, 7, 7, 0, *WHEN]], "ISDA(Rejected)": [["ISD Invoice", "I0", OLD, *ISD, 0, 7, 7, 0, *WHEN]],
}


def read(tmp_path: Path, rows: dict[str, list[list[Any]]] = ROWS, drift: str = "", old: bool = False) -> Portal2B:
    return read_2b([other_workbook(tmp_path / "2b.xlsx", RECIPIENT, rows, drift, old=old)], RECIPIENT, Period(2026, 10))


@pytest.mark.parametrize("drift", DRIFTS)
def test_every_column_of_every_sheet_reaches_its_field(tmp_path: Path, drift: str) -> None:
    found = read(tmp_path, drift=drift)
    assert len(found.documents) == len(SHEETS) and not found.problems
    by_sheet = {str(row["source_sheet"]).lower(): row for _, row in found.documents.iterrows()}
    for name in SHEETS:
        row = by_sheet[name.lower()]
        boe, isd, eco, note = "IMPG" in name, name.startswith("ISD"), name.startswith("ECO"), "CDN" in name or "DNR" in name
        assert row["document_date"].strftime("%d-%m-%Y") == "07-10-2026", name
        assert row["supplier_gstin"] == ("" if name in ("IMPG", "IMPGA") else S), name
        big = name in ("B2B", "B2B (ITC Reversal)", "B2BA (ITC Reversal)", "B2B(Rejected)", "B2BA(Rejected)")
        expected = (10000000, 1800000, 0, 0, 500) if boe else (0, 0, 700, 700, 0) if isd else (10000, 500, 0, 0, 0) if eco else (100025, 0, 9012, 9013, 0) if big else (10000, 1800, 0, 0, 150)
        assert tuple(row[n] for n in ("taxable_value", "igst", "cgst", "sgst", "cess")) == expected, name
        assert row["document_number"] == ("4455667" if boe else "I9" if isd else "E-5" if eco else "CN/7" if note else "000123"), name
        if not boe:
            assert (row["supplier_period"], row["filed_on"].strftime("%d-%m-%Y")) == ("102026", "10-11-2026"), name
        if not boe and not isd:
            assert row["place_of_supply"] == ("33" if eco else "29" if note else "27") and row["remarks"] == ("not ours" if "Rejected" in name else ""), name
        if SHEETS[name][0]:
            assert row["original_date"].strftime("%d-%m-%Y") == "02-09-2026" and row["original_number"] in ("I0", "E-0", "CN0", "DN0", "V-1"), name
    b2b, cdnr = by_sheet["b2b"], by_sheet["b2b-cdnr"]
    assert (b2b["reverse_charge"], b2b["itc_available"], b2b["reason"], b2b["rate_percent"], b2b["source"], b2b["document_value"]) == ("Y", "N", "P", "0.65", "e-Invoice", 118050)
    assert (cdnr["reduction"], cdnr["reduce_igst"], cdnr["reduce_cess"], cdnr["document_type"], by_sheet["b2b-cdnra"]["reduction"], by_sheet["b2b-cdnra"]["original_type"]) == ("Y", 900, 75, "Credit Note", "N", "Debit Note")
    assert [by_sheet[n]["amendment_type"] for n in ("impga", "impgseza")] == ["D", "G"] and by_sheet["isd"]["itc_available"] == "N"


def test_the_old_layout_has_a_line_a_rate_and_no_mark_of_ims(tmp_path: Path) -> None:
    lines = [[*INVOICE, "No", rate, *money, *WHEN, *ITC, "100%", None, None, None] for rate, money in ((18, [1000, 0, 90, 90, 0]), (5, [200.2, 0, 5.01, 5.01, 0]))]
    documents = read(tmp_path, {"B2B": lines}, old=True).documents
    assert documents[["taxable_value", "cgst", "document_value"]].to_numpy().tolist() == [[120020, 9501, 118050]]


def test_split_workbooks_and_the_json_of_the_same_statement_count_once(tmp_path: Path) -> None:
    first, second = ([[*INVOICE[:2], number, *INVOICE[3:], "No", 1000, 0, 90, 90, 0, *WHEN, *ITC, "100%", None, None, None]] for number in ("A1", "A2"))
    parts = [other_workbook(tmp_path / f"{n}.xlsx", RECIPIENT, {"B2B": rows}) for n, rows in enumerate((first, second, first))]
    json = write(tmp_path / "2b.json", gstr2b(*(doc("b2b", S, number, name="Vaigai", value="1180.50", taxable="1000", cgst="90", sgst="90", date="07-10-2026", filed="10-11-2026") for number in ("A1", "A2"))))
    assert sorted(read_2b(parts, RECIPIENT).documents["document_number"]) == ["A1", "A2"]
    assert sorted(read_2b([*parts, json], RECIPIENT).documents["document_number"]) == ["A1", "A2"]
