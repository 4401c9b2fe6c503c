"""A small client's month by the commands alone: the sheets and columns of the contract, what a second run changes, corrected downloads, corrected columns."""

import json
import shutil
from pathlib import Path

import openpyxl
import pytest

from ims_xl.faces import cli

OURS, ALPHA, BETA = "27AAKCB4321Q1ZA", "29AAECV7788M1Z7", "27AADCP9921J1Z1"
SHEETS = ["Home", "Settings", "Rules", "IMS", "Purchase Register", "Not in IMS", "Credit Notes", "Amendments", "Imports", "Pending", "Rejected", "Default Risk", "Suppliers", "Portal 2B", "GSTR-2B", "GSTR-3B", "Tie-out", "Log", "Legend"]
PORTAL = ["Section", "Supplier GSTIN", "Supplier name", "Document number", "Document date", "Document value", "Place of supply", "Taxable value", "IGST", "CGST", "SGST", "Cess", "Source form", "Supplier period", "Filing status",
          "Portal action", "Original number", "Original date"]
OWN = ["Match", "Differs in", "Register rows", "Why", "Suggested action", "Action", "Set by", "Reviewed", "Remarks", "Reduce ITC", "Reduce IGST", "Reduce CGST", "Reduce SGST", "Reduce Cess", "Change", "Portal error"]


def document(number, taxable=1000, stin=ALPHA, **other):
    tax = {"iamt": taxable * 18 / 100, "camt": 0, "samt": 0} if stin == ALPHA else {"iamt": 0, "camt": taxable * 9 / 100, "samt": taxable * 9 / 100}
    return {"stin": stin, "tradenm": "Alpha", "inum": number, "inv_typ": "R", "idt": "05-10-2026", "val": taxable * 1.18, "action": "N", "pos": "27", "txval": taxable, **tax, "cess": 0, "srcform": "R1", "rtnprd": "102026",
            "srcfilstatus": "Filed", "ispendactblocked": "N", "hash": f"{number}-{taxable}", **other}


def note(number, **other):
    made = document(number, **other)
    return {"nt_num": made.pop("inum"), "nt_dt": made.pop("idt"), **made}


DOWNLOAD = {"b2b": [document("A/1"), document("A/2", 2000), document("A/3", 3000, action="R"), document("B/1", 500, BETA, srcfilstatus="Not Filed")], "b2bcn": [note("C/1", stin=BETA)]}
BOOKS = [("Vch No", "Vch Type", "Party GSTIN", "Bill No", "Bill Date", "Basic", "Amt X", "CGST", "SGST"), ("1", "Purchase", ALPHA, "A/1", "05-10-2026", 1000, 180, 0, 0), ("2", "Purchase", ALPHA, "A/3", "05-10-2026", 3000, 540, 0, 0),
         ("3", "Purchase", BETA, "B/1", "05-10-2026", 500, 0, 45, 45), ("4", "Debit Note", BETA, "C/1", "05-10-2026", 1000, 0, 90, 90)]


def download(folder: Path, sections=DOWNLOAD) -> Path:
    (folder / "ims.json").write_text(json.dumps({"rtin": OURS, "imsDetails": sections}))
    return folder / "ims.json"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("client")
    download(folder)
    book = openpyxl.Workbook()
    for row in BOOKS:
        book.active.append(row)
    book.save(folder / "books.xlsx")
    assert cli.main(["run", "--gstin", OURS, "--period", "2026-10", "--ims", str(folder / "ims.json"), "--register", str(folder / "books.xlsx"), "-o", str(folder / "out.xlsx"), "--json", str(folder / "r.json"), "--as-of", "2026-11-12", "--quiet"]) == 0
    return folder


@pytest.fixture
def client(made, tmp_path):
    shutil.copytree(made, tmp_path / "client")
    return tmp_path / "client"


def ran(*words) -> None:
    assert cli.main([*map(str, words), "--quiet"]) == 0


def cells(path: Path) -> dict:
    book = openpyxl.load_workbook(path, data_only=True)
    return {(sheet.title, cell.coordinate): cell.value for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None}


def ims(path: Path) -> dict[str, dict]:
    """Rows of IMS by document number."""
    rows = list(openpyxl.load_workbook(path, data_only=True)["IMS"].iter_rows(values_only=True))
    top = next(n for n, row in enumerate(rows) if row[0] == "Section")
    return {row[3]: dict(zip(rows[top], row)) for row in rows[top + 1:] if row[0]}


def typed(path: Path, sheet: str, key: str, **values) -> None:
    """Types into the row that bears `key`, as a person would in a spreadsheet."""
    book = openpyxl.load_workbook(path)
    page = book[sheet]
    headings = {cell.value: cell.column for row in page.iter_rows(max_row=60) for cell in row if cell.value in values}
    row = next(cell.row for line in page.iter_rows() for cell in line if cell.value == key)
    for heading, value in values.items():
        page.cell(row, headings[heading]).value = value
    book.save(path)


def test_the_workbook_has_the_sheets_and_columns_of_the_contract(client):
    book = openpyxl.load_workbook(client / "out.xlsx")
    assert [sheet.title for sheet in book if sheet.sheet_state == "visible" and sheet.title in SHEETS] == SHEETS
    headings = [cell.value for cell in book["IMS"][6]]
    assert [h for h in headings if h in PORTAL] == PORTAL and headings[: len(PORTAL)] == PORTAL
    assert [h for h in headings if h in OWN] == OWN
    register = next([c.value for c in row] for row in book["Purchase Register"].iter_rows() if row[0].value == "Voucher number")
    assert [h for h in register if h in ("Match", "Differs in", "IMS rows")] == ["Match", "Differs in", "IMS rows"]


def test_the_report_has_every_key_of_the_contract(client):
    told = json.loads((client / "r.json").read_text())
    assert {"recipient_gstin", "period", "as_of", "rows", "matches", "actions", "gstr2b", "gstr3b", "problems", "tie_out"} <= set(told)
    assert (told["rows"]["ims"], told["rows"]["register"], told["as_of"]) == (5, 4, "2026-11-12")
    assert set(told["matches"]) == {"exact", "tolerance", "number", "date", "value", "gstin", "grouped", "not_in_books", "not_in_ims", "duplicate", "superseded", "outside_ims"}
    assert list(told["gstr3b"]) == ["3.1(d)", "4A1", "4A2", "4A3", "4A4", "4A5", "4B1", "4B2", "4C", "4D1", "4D2"] and "taxable_value" in told["gstr3b"]["3.1(d)"]
    parts = {"nonrevsup": "b2b cdnr ecom b2ba cdnra ecoma", "isdsup": "isd isda", "revsup": "b2b cdnr b2ba cdnra", "imports": "impg impga impgsez impgasez", "othersup": "cdnr cdnra cdnrrev cdnrarev isd isda"}
    blocks = {"itcavl": parts, "itcunavl": {k: v for k, v in parts.items() if k != "imports"}, "itcrev": {"nonrevsup": "b2b cdnr b2ba cdnra"}, "itcRejected": {"nonrevsup": parts["nonrevsup"], "isdsup": "isd isda", "othersup": "cdnr cdnra isd isda"}}
    paths = {f"{block}.{group}{leaf}" for block, groups in blocks.items() for group, leaves in groups.items() for leaf in ("", *(f".{name}" for name in leaves.split()))}
    assert paths <= set(told["gstr2b"]) and all(set(box) == {"igst", "cgst", "sgst", "cess"} for box in told["gstr2b"].values())
    assert (told["gstr2b"]["itcRejected.nonrevsup.b2b"]["igst"], told["actions"]["Reject"]["count"]) == ("540.00", 1)


def test_a_second_reconcile_of_the_same_day_changes_nothing_but_log(client):
    before = cells(client / "out.xlsx")
    ran("reconcile", client / "out.xlsx", "--as-of", "2026-11-12")
    after = cells(client / "out.xlsx")
    assert {place for place in before.keys() | after.keys() if before.get(place) != after.get(place) and place[0] not in ("Log", "_ims-xl")} == set()


def test_the_same_files_again_leave_the_book_byte_for_byte(client):
    before = (client / "out.xlsx").read_bytes()
    ran("pull", client / "out.xlsx", "--ims", client / "ims.json", "--register", client / "books.xlsx")
    assert (client / "out.xlsx").read_bytes() == before


def test_what_a_person_typed_stays_and_an_emptied_cell_asks_again(client):
    typed(client / "out.xlsx", "IMS", "A/1", Action="Accept", Remarks="Asked Mr Rao")
    typed(client / "out.xlsx", "IMS", "A/3", Action=None)
    typed(client / "out.xlsx", "IMS", "C/1", Reviewed="RI")
    ran("reconcile", client / "out.xlsx", "--as-of", "2026-11-12", "--json", client / "r.json")
    rows = ims(client / "out.xlsx")
    assert {n: (rows[n]["Action"], rows[n]["Set by"]) for n in ("A/1", "A/3", "C/1")} == {"A/1": ("Accept", "person"), "A/3": ("Pending", "rule"), "C/1": ("Accept", "person")}
    assert rows["A/1"]["Remarks"] == "Asked Mr Rao" and "the suggestion would be Pending" in rows["A/1"]["Why"]
    assert json.loads((client / "r.json").read_text())["gstr2b"]["itcavl.nonrevsup.b2b"]["igst"] == "180.00"


def test_a_corrected_download_marks_new_changed_and_gone_and_doubles_nothing(client):
    typed(client / "out.xlsx", "IMS", "A/1", Action="Accept")
    corrected = {**DOWNLOAD, "b2b": [document("A/1", 900), document("A/3", 3000, action="R"), *DOWNLOAD["b2b"][3:], document("A/4", 70)]}
    ran("pull", client / "out.xlsx", "--ims", download(client, corrected), "--as-of", "2026-11-12")
    rows = ims(client / "out.xlsx")
    assert {n: row["Change"] for n, row in rows.items() if row["Change"]} == {"A/1": "changed", "A/2": "gone", "A/4": "new"}
    assert rows["A/1"]["Set by"] == "rule" and "taxable value was 1,000.00, is 900.00" in rows["A/1"]["Why"] and "Accept was withdrawn" in rows["A/1"]["Why"]
    assert len(rows) == 6 and rows["A/3"]["Action"] == "Reject"


def test_a_column_corrected_in_settings_is_read_by_its_new_name_and_remembered(client):
    assert ims(client / "out.xlsx")["A/1"]["Match"] == "Value differs"
    typed(client / "out.xlsx", "Settings", "Amt X", Field="IGST")
    ran("reconcile", client / "out.xlsx", "--as-of", "2026-11-12")
    assert ims(client / "out.xlsx")["A/1"]["Match"] == "Exact"
    shown = {row[0]: row[1:3] for row in openpyxl.load_workbook(client / "out.xlsx")["Settings"].iter_rows(values_only=True)}
    assert shown["Amt X"][0] == "IGST" and shown["Bill No"][0] == "Document number"


def test_a_correction_waits_in_settings_until_the_register_is_at_hand(client, tmp_path):
    (client / "books.xlsx").rename(tmp_path / "books.xlsx")
    typed(client / "out.xlsx", "Settings", "Amt X", Field="IGST")
    ran("reconcile", client / "out.xlsx", "--as-of", "2026-11-12")
    shown = {row[0]: row[1:3] for row in openpyxl.load_workbook(client / "out.xlsx")["Settings"].iter_rows(values_only=True)}
    assert shown["Amt X"] == ("IGST", "chosen here: pull the register again")
