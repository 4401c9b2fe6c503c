"""A person's own workbook: her cells stay, ours stand beside, and running again changes nothing."""

import openpyxl
import pytest

from ims_xl.faces import cli
from ims_xl.hosts.fingerprint import compare, fingerprint
from tests.portal_files import RECIPIENT, gstin

AS_OF = ["--as-of", "2026-11-12", "--quiet"]


@pytest.fixture
def mine(tmp_path):
    book = openpyxl.Workbook()
    portal = book.active
    portal.title = "Portal Oct"
    portal.append(["What the portal shows"])
    portal.append(["GSTIN of supplier", "Trade/Legal name", "Invoice number", "Invoice date", "Place of supply", "Taxable value", "Integrated tax", "Central tax", "State/UT tax", "Cess", "Status", "Return period", "Filing status"])
    books = book.create_sheet("Books")
    books.append(["Date", "Particulars", "Voucher Type", "Voucher No.", "Supplier Invoice No.", "Supplier Invoice Date", "GSTIN/UIN", "Gross Total", "Purchase 18%", "Input IGST", "Round Off"])
    for n in range(1, 21):
        taxable = 1000 + 37 * n
        portal.append([gstin(n), f"Supplier {n}", f"INV/{n:03d}/26-27", f"{n:02d}-10-2026", "27-Maharashtra", taxable, round(taxable * 0.18, 2), 0, 0, 0, "No Action", "102026", "Filed"])
        for copy in range(2 if n == 5 else 1):
            books.append([f"{n:02d}-10-2026", f"Supplier {n}", "Purchase", f"P/{n}{copy}", f"{n}" if n % 4 == 0 else f"INV/{n:03d}/26-27", f"{n:02d}-10-2026", gstin(n), round(taxable * 1.18, 2), taxable, round(taxable * 0.18, 2), 0])
    book.create_sheet("Log")["A1"] = "my own log"
    path = tmp_path / "mine.xlsx"
    book.save(path)
    return path


def test_her_cells_stay_ours_stand_beside_and_a_second_run_changes_nothing(mine, tmp_path):
    out = tmp_path / "out.xlsx"
    assert cli.main(["reconcile", str(mine), "--gstin", RECIPIENT, "--period", "2026-10", "-o", str(out), *AS_OF]) == 0
    hers, ours = openpyxl.load_workbook(mine), openpyxl.load_workbook(out)
    for sheet in hers.worksheets:
        assert all(cell.value == ours[sheet.title][cell.coordinate].value for row in sheet.iter_rows() for cell in row)
    assert {"Log", "Log (IMS)", "GSTR-2B"} <= set(ours.sheetnames)
    assert [cell.value for cell in ours["Portal Oct"][2]][13:15] == ["Match", "Differs in"]
    before = fingerprint(out)
    assert cli.main(["reconcile", str(out), *AS_OF]) == 0
    assert compare(before, fingerprint(out)) == []


def test_what_she_types_in_the_action_column_stays(mine, tmp_path):
    assert cli.main(["reconcile", str(mine), "--gstin", RECIPIENT, "--period", "2026-10", *AS_OF]) == 0
    book = openpyxl.load_workbook(mine)
    sheet = book["Portal Oct"]
    column = {cell.value: cell.column for cell in sheet[2]}
    sheet.cell(3, column["Action"]).value = "Pending"
    book.save(mine)
    assert cli.main(["reconcile", str(mine), *AS_OF]) == 0
    sheet = openpyxl.load_workbook(mine)["Portal Oct"]
    assert [sheet.cell(3, column[name]).value for name in ("Action", "Set by")] == ["Pending", "person"]


def test_a_column_of_hers_called_match_is_not_taken_for_ours(mine):
    book = openpyxl.load_workbook(mine)
    book["Books"]["L1"], book["Books"]["L2"] = "Match", "mine"
    book.save(mine)
    assert cli.main(["reconcile", str(mine), "--gstin", RECIPIENT, "--period", "2026-10", *AS_OF]) == 0
    assert openpyxl.load_workbook(mine)["Books"]["L2"].value == "mine"


def test_a_document_that_she_deletes_leaves_a_line_in_the_log(mine):
    assert cli.main(["reconcile", str(mine), "--gstin", RECIPIENT, "--period", "2026-10", *AS_OF]) == 0
    book = openpyxl.load_workbook(mine)
    book["Portal Oct"].delete_rows(5)
    book.save(mine)
    assert cli.main(["reconcile", str(mine), *AS_OF]) == 0
    log = [[cell.value for cell in row] for row in openpyxl.load_workbook(mine)["Log (IMS)"].iter_rows()]
    assert [line[2:4] for line in log if line[7] == "no longer stands on the sheet 'Portal Oct'"] == [[f"B2B INV/003/26-27 of {gstin(3)}", "Row"]]
