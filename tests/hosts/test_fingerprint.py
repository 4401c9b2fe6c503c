"""A print of a workbook's contents: it names the one cell that changed and nothing else."""

import openpyxl
import pytest

from ims_xl.hosts.fingerprint import compare, fingerprint
from ims_xl.vocabulary import ImsXlError


@pytest.fixture
def book(tmp_path):
    path = tmp_path / "book.xlsx"
    made = openpyxl.Workbook()
    sheet = made.active
    sheet.title = "IMS"
    for row in range(1, 30):
        for column in range(1, 8):
            sheet.cell(row, column, row * column if column % 2 else f"text {row}")
    sheet["J1"] = "=SUM(A1:A29)"
    made.create_sheet("Notes")["B2"] = "kept"
    made.save(path)
    return path


def resaved(path, change=lambda book: None):
    book = openpyxl.load_workbook(path)
    change(book)
    other = path.with_name("other.xlsx")
    book.save(other)
    return compare(fingerprint(path), fingerprint(other))


def test_saving_again_changes_nothing(book):
    assert resaved(book) == []


def test_looks_do_not_count(book):
    assert resaved(book, lambda b: setattr(b["IMS"]["A1"], "font", openpyxl.styles.Font(bold=True))) == []


def test_one_changed_cell_is_named(book):
    assert resaved(book, lambda b: b["IMS"].__setitem__("C7", 999)) == ["'IMS': C7"]


def test_a_changed_formula_is_named(book):
    assert resaved(book, lambda b: b["IMS"].__setitem__("J1", "=SUM(A1:A28)")) == ["'IMS': J1"]


def test_a_removed_and_an_added_sheet_are_named(book):
    def change(b):
        del b["Notes"]
        b.create_sheet("Mine")

    assert resaved(book, change) == ["sheet 'Notes' was removed", "sheet 'Mine' was added"]


def test_two_swapped_cells_are_seen(book):
    def swap(b):
        s = b["IMS"]
        s["A1"].value, s["C3"].value = s["C3"].value, s["A1"].value

    assert resaved(book, swap) != []


def test_a_file_that_is_no_workbook_is_refused_in_one_sentence(tmp_path):
    bad = tmp_path / "bad.xlsx"
    bad.write_bytes(b"PK\x03\x04 nonsense")
    with pytest.raises(ImsXlError, match="cannot be read"):
        fingerprint(bad)
