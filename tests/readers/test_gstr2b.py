"""A drawn GSTR-2B from JSON in every shape, from Excel in both layouts, and from several files at once."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

from ims_xl.period import Period
from ims_xl.readers.gstr2b import read_2b
from ims_xl.readers.gstr2b_shape import CONTENT, SUMMARY_PATHS
from ims_xl.state import empty
from ims_xl.vocabulary import GSTR2B_LEDGER, HEADS, ImsXlError
from tests.gstr2b_workbook import portal_workbook
from tests.portal_files import RECIPIENT, doc, gstin, gstr2b, ims_download, record, write

OCTOBER = Period(2026, 10)


def every_kind() -> list[dict[str, Any]]:
    """At least one document of every sheet, with the flags that sheets show in words."""
    reduced = {"itcRedReq": "Y", "declIgst": 1, "declCgst": 0, "declSgst": 0, "declCess": 0}
    return [
        doc("b2b", gstin(1), "000123", taxable="100000.00", cgst="9000.00", sgst="9000.00"), doc("b2b", gstin(1), "GTA/77", reverse="Y", taxable="10000", cgst="250", sgst="250", pos="26"),
        doc("b2b", gstin(2), "1E5", available="N", reason="P", pos="29", diffprcnt=0.65, srctyp="e-Invoice", irn="a" * 64, irngendate="05-10-2026"),
        doc("b2b", gstin(3), "7", typ="SEZWP", pos="96", supprd="032026", filed="11-04-2026", available="N", reason="C"), doc("b2b", gstin(3), "8", typ="CBW", pos="35"),
        doc("b2ba", gstin(1), "ST/1", original=("ST/0", "01-09-2026"), igst="17.84", **reduced),
        doc("cdnr", gstin(1), "CN1", note="C", taxable="10000", cgst="900", sgst="900", itcRedReq="N"), doc("cdnr", gstin(1), "DN1", note="D", igst="18", reverse="Y"),
        doc("cdnra", gstin(4), "CN1A", note="D", original=("CN0", "05-08-2026"), onttyp="C", **reduced), doc("ecom", gstin(5), "E1", igst="50"),
        doc("ecoma", gstin(5), "E2", original=("E1", "02-10-2026"), igst="50", itcRedReq="N"), doc("isd", gstin(6), "I1", note="C", igst="10"), doc("isd", gstin(6), "I1", doctyp="ISDI", igst="10", available="N"),
        doc("isda", gstin(6), "I2", original=("I0", "03-09-2026"), cgst="5", sgst="5"), doc("impg", "", "4455667", taxable="100000", igst="18000"),
        doc("impg", "", "4455668", isamd="Y", amendType="A", taxable="1", igst="2"), doc("impg", "", "4455669"), doc("impgsez", gstin(7), "777", igst="18"),
        doc("impgsez", gstin(7), "778", isamd="Y", amendType="G"),
        *(doc(section, gstin(8), f"R{section}", note="D", block="reversal", igst="18", original=("O1", "01-08-2026")) for section in ("b2b", "b2ba", "cdnr", "cdnra")),
        *(doc(section, gstin(9), f"J{section}", note="D", block="rejected", igst="18", original=("O1", "01-08-2026"), remarks="not ours") for section in ("b2b", "b2ba", "cdnr", "cdnra", "ecom", "ecoma")),
        doc("isd", gstin(9), "JI", block="rejected", itcelg=None, igst="3"), doc("isda", gstin(9), "JIA", block="rejected", itcelg=None, igst="3"),
    ]


def full_summary() -> dict[str, Any]:
    made: dict[str, Any] = {}
    for number, path in enumerate(SUMMARY_PATHS, 1):
        block, group, leaf = path.split(".")
        node = made.setdefault(block, {}).setdefault(group, dict.fromkeys(HEADS, 0))
        node[leaf] = {"igst": number, "cgst": number + 0.5, "sgst": number + 0.5, "cess": 0}
        for head in HEADS:
            node[head] += node[leaf][head]
    return made


def same(one: pd.DataFrame, other: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(one[list(CONTENT)], other[list(CONTENT)])


def test_the_same_statement_as_excel_and_as_json_is_the_same_frame(tmp_path: Path) -> None:
    text = gstr2b(*every_kind(), itcsumm=full_summary())
    from_json = read_2b([write(tmp_path / "2b.json", text)])
    from_excel = read_2b([portal_workbook(text, tmp_path / "2b.xlsx")])
    same(from_json.documents, from_excel.documents)
    assert not from_json.problems and not from_excel.problems and len(from_json.documents) == len(every_kind())
    assert (from_json.gstin, from_json.period, from_json.generated_on, from_json.summary) == (from_excel.gstin, from_excel.period, from_excel.generated_on, from_excel.summary)
    assert from_json.documents.dtypes.equals(empty(GSTR2B_LEDGER).dtypes) and from_excel.documents.dtypes.equals(from_json.documents.dtypes)


def test_the_old_shape_sums_rate_lines_in_both_forms(tmp_path: Path) -> None:
    items = [{"num": 1, "rt": 18, "txval": 1000.10, "igst": 180.02, "cgst": 0, "sgst": 0, "cess": 0}, {"num": 2, "rt": 5, "txval": 200.20, "igst": 10.01, "cgst": 0, "sgst": 0, "cess": 0}]
    old = [{key: value for key, value in doc(section, gstin(1), number, items=lines).items() if key not in ("txval", *HEADS)}
           for section, number, lines in (("b2b", "A1", items), ("b2b", "A2", items[:1]), ("cdnr", "C2", items))]
    text = gstr2b(*old)
    from_json, from_excel = read_2b([write(tmp_path / "2b.json", text)]), read_2b([portal_workbook(text, tmp_path / "2b.xlsx", layout="old")])
    same(from_json.documents, from_excel.documents)
    assert from_json.documents["taxable_value"].tolist() == [120030, 100010, 120030]


def test_a_summary_names_every_path_and_its_totals_must_foot(tmp_path: Path) -> None:
    small = {"itcavl": {"nonrevsup": {"igst": 5, "cgst": 0, "sgst": 0, "cess": 0, "b2b": {"txval": 1, "igst": 9.5, "cgst": 0, "sgst": 0, "cess": 0}}, "othersup": {"cdnr": {"igst": -2, "cgst": 0, "sgst": 0}}}}
    found = read_2b([write(tmp_path / "2b.json", gstr2b(itcsumm=small))])
    assert set(SUMMARY_PATHS) <= found.summary.keys() and found.summary["itcavl.nonrevsup.b2b"]["igst"] == 950 and found.summary["itcavl.othersup.cdnr"]["igst"] == -200
    assert found.problems[0].field == "itcavl.nonrevsup"


def test_the_inner_object_alone_and_a_gsp_wrapper_are_read(tmp_path: Path) -> None:
    whole = json.loads(gstr2b(doc("b2b")))
    for made in (whole["data"], {"status_cd": "1", "data": whole}, {"data": {**whole["data"], "itcrev": [{"b2b": []}]}}):
        assert len(read_2b([write(tmp_path / "2b.json", json.dumps(made))]).documents) == 1


def test_parts_are_joined_the_summary_is_taken_once_and_repeats_count_once(tmp_path: Path) -> None:
    docs = [doc("b2b", gstin(place), str(place)) for place in range(6)]
    summary = write(tmp_path / "0.json", gstr2b(itcsumm=full_summary(), fc=2, cpsumm={"b2b": [{"ctin": "x", "ttldocs": 6}]}))
    first, second = write(tmp_path / "1.json", gstr2b(*docs[:3])), write(tmp_path / "2.json", gstr2b(*docs[3:]))
    found = read_2b([summary, first, second, first])
    assert found.documents["document_number"].tolist() == list("012345") and found.summary["itcavl.nonrevsup.b2b"]["igst"] == 100
    missing = read_2b([summary, first])
    assert any("counts 6 documents and 3 were read" in problem.message for problem in missing.problems)
    packed = tmp_path / "2b.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        for path in (summary, first, second):
            archive.write(path, path.name)
    same(read_2b([packed]).documents, found.documents)


def test_json_and_excel_together_count_once(tmp_path: Path) -> None:
    text = gstr2b(*every_kind())
    both = read_2b([write(tmp_path / "2b.json", text), portal_workbook(text, tmp_path / "2b.xlsx")])
    assert len(both.documents) == len(every_kind())


def test_a_later_generation_replaces_the_earlier(tmp_path: Path) -> None:
    old, new = write(tmp_path / "a.json", gstr2b(doc("b2b", number="1"), doc("b2b", number="2"))), write(tmp_path / "b.json", gstr2b(doc("b2b", number="1"), gendt="18-11-2026"))
    found = read_2b([new, old])
    assert found.documents["document_number"].tolist() == ["1"] and "replaced by the statement of 18-11-2026" in found.problems[0].message


def test_an_isd_invoice_and_credit_note_may_share_a_number(tmp_path: Path) -> None:
    one, two = write(tmp_path / "1.json", gstr2b(doc("isd", gstin(1), "9", doctyp="ISDI", igst="5"))), write(tmp_path / "2.json", gstr2b(doc("isd", gstin(1), "9", note="C", igst="5")))
    assert read_2b([one, two]).documents["document_type"].tolist() == ["ISD Invoice", "ISD Credit Note"]


def test_another_period_two_periods_and_another_gstin_are_refused(tmp_path: Path) -> None:
    october, september = write(tmp_path / "o.json", gstr2b(doc("b2b"))), write(tmp_path / "s.json", gstr2b(doc("b2b"), period="092026"))
    with pytest.raises(ImsXlError, match="of 2 periods"):
        read_2b([october, september])
    with pytest.raises(ImsXlError, match=r"s\.json is the GSTR-2B of 2026-09; this book is for 2026-10"):
        read_2b([october, september], period=OCTOBER)
    with pytest.raises(ImsXlError, match=f"of {RECIPIENT}; this book is for {gstin(3)}"):
        read_2b([october], gstin(3))
    with pytest.raises(ImsXlError, match="2 GSTINs"):
        read_2b([october, write(tmp_path / "x.json", gstr2b(rtin=gstin(4)))])


def test_the_quarters_file_holds_its_months_already(tmp_path: Path) -> None:
    months = [write(tmp_path / f"{code}.json", gstr2b(doc("b2b", number=code), period=code)) for code in ("102026", "112026")]
    quarter = write(tmp_path / "q.json", gstr2b(*(doc("b2b", number=code) for code in ("102026", "112026", "122026")), period="122026"))
    found = read_2b([*months, quarter], period=Period(2026, 12), quarterly=True)
    assert len(found.documents) == 3 and found.period == Period(2026, 12) and sum("left out" in problem.message for problem in found.problems) == 2
    early = read_2b(months, period=Period(2026, 12), quarterly=True)
    assert len(early.documents) == 2 and "not among the files" in early.problems[0].message


def test_bad_documents_are_problems_beside_the_good(tmp_path: Path) -> None:
    bad = json.loads(gstr2b(doc("b2b", number="1", taxable="10"), doc("cdnr", number="2", note="X"), doc("b2b", gstin(4), "3", dt="99-99-2026", val="abc")))
    bad["data"]["docdata"]["b2b"] += [7, {"ctin": "x"}, {"ctin": gstin(2), "inv": [{"typ": "R"}]}]
    bad["data"]["docdata"]["tcs"] = [{}]
    found = read_2b([write(tmp_path / "2b.json", json.dumps(bad))])
    assert found.documents["document_number"].tolist() == ["1", "3", "2"] and len(found.problems) == 7


def test_files_of_other_kinds_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ImsXlError, match="is not a GSTR-2B: it is an IMS download"):
        read_2b([write(tmp_path / "x.json", ims_download(record("b2b")))])
    with pytest.raises(ImsXlError, match="ends in the middle"):
        read_2b([write(tmp_path / "x.json", gstr2b(*every_kind())[:900])])


def test_an_empty_month_is_legal_in_both_forms(tmp_path: Path) -> None:
    text = gstr2b()
    for path in (write(tmp_path / "2b.json", text), portal_workbook(text, tmp_path / "2b.xlsx")):
        found = read_2b([path])
        assert found.documents.empty and found.period == OCTOBER and not found.problems


def test_headings_that_drift_and_rows_that_are_no_documents_do_not_disturb(tmp_path: Path) -> None:
    text = gstr2b(*every_kind())
    path = portal_workbook(text, tmp_path / "2b.xlsx")
    book = openpyxl.load_workbook(path)
    sheet = book["B2B"]
    sheet.insert_rows(1, 2)
    for cell in (*sheet[7], *sheet[8]):
        if isinstance(cell.value, str):
            cell.value = {"GSTR-1/IFF/GSTR-5 Period": "GSTR-1/1A/IFF/GSTR-5 Period", "Invoice type": "Invoice Type"}.get(cell.value, cell.value.replace("(₹)", " (₹) ").upper())
    sheet.cell(sheet.max_row + 2, 1, "Total"), sheet.cell(sheet.max_row, 9, 123456)
    book.move_sheet("ISDA", -5)
    del book["ECO(Rejected)"]
    book.save(path)
    expected = read_2b([write(tmp_path / "2b.json", text)]).documents
    found = read_2b([path])
    same(expected[~((expected["block"] == "rejected") & (expected["section"] == "ecom"))].reset_index(drop=True), found.documents)
    assert not found.problems


def test_dnra_is_read_where_its_amounts_stand(tmp_path: Path) -> None:
    text = gstr2b(doc("cdnra", gstin(1), "D1", note="D", block="reversal", taxable="1000", cgst="90", sgst="91", cess="3"))
    path = portal_workbook(text, tmp_path / "2b.xlsx")
    expected = read_2b([path]).documents
    assert expected[["taxable_value", "cgst", "sgst", "cess"]].to_numpy().tolist() == [[100000, 9000, 9100, 300]]
    book = openpyxl.load_workbook(path)
    row = [cell.value for cell in book["B2B-DNRA"][8]]
    start = row.index(1000)
    for column, value in enumerate([*row[start:start + 5], None], start):
        book["B2B-DNRA"].cell(8, column, value)
        if value is None:
            book["B2B-DNRA"].cell(8, column).value = None
    book.save(path)
    same(read_2b([path]).documents, expected)
