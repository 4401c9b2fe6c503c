"""A wrong file in any option: exit 2, one sentence that says what it is and what to do, and not a byte written."""

import json
from pathlib import Path

import openpyxl
import pytest

from ims_xl.faces import cli

OURS, SUPPLIER = "27AAKCB4321Q1ZA", "29AAECV7788M1Z7"
RECORD = {
    "stin": SUPPLIER, "inum": "A/1", "inv_typ": "R", "idt": "05-10-2026", "val": 118, "action": "N", "pos": "27", "txval": 100, "iamt": 18, "camt": 0, "samt": 0, "cess": 0,
    "srcform": "R1", "rtnprd": "102026", "srcfilstatus": "Filed", "ispendactblocked": "N",
}
IMS = {"rtin": OURS, "imsDetails": {"b2b": [RECORD]}}
HEADINGS = ("GSTIN", "Invoice No", "Invoice Date", "Taxable Value", "IGST", "CGST", "SGST")


def two_b(**other):
    return {"data": {"gstin": OURS, "rtnprd": "102026", "gendt": "14-11-2026", "itcsumm": {}, "docdata": {}, **other}}


def sheet(path: Path, *rows) -> Path:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


@pytest.fixture
def desk(tmp_path):
    """A folder with one good file of each kind."""
    (tmp_path / "ims.json").write_text(json.dumps(IMS))
    (tmp_path / "2b.json").write_text(json.dumps(two_b()))
    sheet(tmp_path / "register.xlsx", HEADINGS, (SUPPLIER, "A/1", "05-10-2026", 100, 18, 0, 0))
    return tmp_path


def refused(desk, capsys, *more, ims="ims.json", register="register.xlsx", gstr2b="2b.json", period="2026-10", out="out.xlsx"):
    """What stderr says of a `run`; it must be exit 2 in one line, with the folder as it was."""
    before = {path: path.read_bytes() for path in desk.rglob("*") if path.is_file()}
    code = cli.main(["run", "--gstin", OURS, "--period", period, "--ims", str(desk / ims), "--register", str(desk / register), "--gstr2b", str(desk / gstr2b), "-o", str(desk / out), *more])
    told = capsys.readouterr().err
    assert (code, told.count("\n")) == (2, 1), told
    assert {path: path.read_bytes() for path in desk.rglob("*") if path.is_file()} == before
    return told


FOREIGN = {
    "3b.json": json.dumps({"gstin": OURS, "ret_period": "102026", "sup_details": {}, "itc_elg": {}}), "upload.json": json.dumps({"rtin": OURS, "reqtyp": "SAVE", "invdata": {"b2b": []}}),
    "errors.json": json.dumps({"imsDetailsErr": {"b2b": [{"stin": SUPPLIER, "error_msg": "x"}]}}), "status.json": json.dumps({"status_cd": "P", "error_report": {}}),
    "half.json": json.dumps(IMS, indent=1)[:300], "nothing.json": "", "list.json": "[]", "picture.xlsx": "\x89PNG\r\n", "broken.xlsx": "PK\x03\x04 and no more",
    "other.json": json.dumps({**IMS, "rtin": SUPPLIER}), "september.json": json.dumps(two_b(rtnprd="092026")), "theirs.json": json.dumps(two_b(gstin=SUPPLIER)),
}


@pytest.mark.parametrize(("option", "file", "says"), [
    ("ims", "2b.json", "GSTR-2B JSON; 'ims-xl pull --gstr2b' takes it"), ("ims", "3b.json", "GSTR-3B JSON"), ("ims", "upload.json", "for upload to the portal"), ("ims", "errors.json", "'ims-xl errors' takes it"),
    ("ims", "status.json", "'ims-xl errors' takes it"), ("ims", "half.json", "download it again"), ("ims", "nothing.json", "is empty"), ("ims", "list.json", "IMS Dashboard > Offline > Download"),
    ("ims", "register.xlsx", "--register"), ("ims", "other.json", f"IMS file of {SUPPLIER}; this book is for {OURS}"), ("ims", "absent.json", "no file"),
    ("gstr2b", "ims.json", "'ims-xl pull --ims' takes it"), ("gstr2b", "3b.json", "GSTR-3B"), ("gstr2b", "september.json", "GSTR-2B of 2026-09; this book is for 2026-10"),
    ("gstr2b", "theirs.json", f"GSTR-2B of {SUPPLIER}"), ("gstr2b", "broken.xlsx", "damaged"),
    ("register", "ims.json", "not a purchase register: it is an IMS download"), ("register", "2b.json", "not a purchase register: it is a GSTR-2B"), ("register", "3b.json", "GSTR-3B"),
    ("register", "picture.xlsx", "a picture"), ("register", "broken.xlsx", "damaged"), ("register", "nothing.json", "is empty"),
])
def test_a_wrong_file_is_called_by_its_name(option, file, says, desk, capsys):
    if file in FOREIGN:
        (desk / file).write_bytes(FOREIGN[file].encode("latin-1"))
    assert says in refused(desk, capsys, **{option: file})


def test_a_table_without_the_needed_columns_says_which_were_expected(desk, capsys):
    sheet(desk / "notes.xlsx", ["Things to do"], ["call the bank"])
    assert "expected headings such as Supplier GSTIN" in refused(desk, capsys, register="notes.xlsx")
    sheet(desk / "short.xlsx", ["GSTIN", "Invoice No", "Invoice Date", "Place"], [SUPPLIER, "A/1", "05-10-2026", "27"])
    assert "taxable value or tax" in refused(desk, capsys, register="short.xlsx")


def test_a_period_before_ims_began_is_refused(desk, capsys):
    (desk / "2b.json").write_text(json.dumps(two_b(rtnprd="092024")))
    assert "begins with the GSTR-2B of October 2024; September 2024 is before it" in refused(desk, capsys, period="2024-09")


@pytest.mark.parametrize(("out", "more", "says"), [
    ("register.xlsx", (), "one of the inputs"), ("register.xlsx", ("--force",), "one of the inputs"), ("there.xlsx", (), "exists already"), ("no/out.xlsx", (), "no folder"), ("out.pdf", (), "must end in .xlsx"),
])
def test_an_output_is_never_an_input_and_replaces_nothing_unasked(out, more, says, desk, capsys):
    (desk / "there.xlsx").write_bytes(b"a person's work")
    assert says in refused(desk, capsys, *more, out=out)


@pytest.mark.parametrize(("report", "says"), [("ims.json", "one of the inputs"), ("out.xlsx", "one of the inputs"), (".", "is a folder"), ("no/report.json", "no folder")])
def test_the_report_goes_where_a_file_can_stand(report, says, desk, capsys):
    assert says in refused(desk, capsys, "--json", str(desk / report))


def test_bad_rows_are_listed_by_file_sheet_row_and_field_and_stop_nothing(desk):
    sheet(desk / "dirty.xlsx", ["Purchases of October"], HEADINGS, (SUPPLIER, "A/1", "05-10-2026", 100, 18, 0, 0), (SUPPLIER, "A/2", "32-10-2026", "abc", "18", 0, 0), (SUPPLIER[:-1] + "8", "A/3", "06-10-2026", "1,00,000.50", 18000.09, 0, 0),
          (None, "Total", None, 100100.5, 18018.09, 0, 0))
    (desk / "ims.json").write_text(json.dumps({"rtin": OURS, "imsDetails": {"b2b": [RECORD, {**RECORD, "inum": "A/9", "txval": 1e30, "iamt": -5}], "b2bcn": []}}), "utf-16")
    words = ["run", "--gstin", OURS, "--period", "2026-10", "--ims", str(desk / "ims.json"), "--register", str(desk / "dirty.xlsx"), "-o", str(desk / "out.xlsx"), "--json", str(desk / "r.json"), "--quiet"]
    assert cli.main(words) == 0
    told = json.loads((desk / "r.json").read_text())
    assert (told["rows"]["ims"], told["rows"]["register"], told["rows"]["problems"]) == (2, 3, len(told["problems"]))
    found = {(p["file"], p["sheet"], p["row"], p["field"]) for p in told["problems"]}
    assert {("dirty.xlsx", "Sheet", 4, "document_date"), ("dirty.xlsx", "Sheet", 4, "taxable_value"), ("dirty.xlsx", "Sheet", 5, "supplier_gstin"), ("ims.json", "B2B", 2, "taxable_value"), ("ims.json", "B2B", 2, "igst")} <= found
    assert all(p["message"] for p in told["problems"])


@pytest.mark.parametrize("named", [("--register-sheet", "Sheet"), ("--ims-sheet", "Sheet", "--register-sheet", "Sheet")])
def test_one_sheet_is_not_both_the_portals_documents_and_the_register(tmp_path, capsys, named):
    book = sheet(tmp_path / "book.xlsx", HEADINGS, (SUPPLIER, "A/1", "05-10-2026", 100, 18, 0, 0))
    assert cli.main(["reconcile", str(book), "-o", str(tmp_path / "out.xlsx"), "--gstin", OURS, "--period", "2026-10", *named]) == 2
    said = capsys.readouterr().err
    assert ("a sheet each" in said if "--ims-sheet" in named else "looks like IMS documents" in said) and not (tmp_path / "out.xlsx").exists()
