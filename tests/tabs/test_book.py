"""The tabs in a real workbook: painted by the product's host into the skeleton, read back, painted again."""

from __future__ import annotations

from pathlib import Path
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook

from ims_xl.hosts import open_book
from ims_xl.state import Reconciliation
from ims_xl.workbook import skeleton
from ims_xl.workbook.tabs import HEADER_ROW, SHEETS, TYPED_SHEETS, lay_out, read_typed
from tests.tabs.sample import layout, sample
from tests.tabs.test_typed import same

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")
TEMPLATE = Path(skeleton.__file__).resolve().parents[2] / "workbook_templates" / "month.xlsx"


@pytest.fixture(scope="module")
def rec() -> Reconciliation:
    return sample()


@pytest.fixture(scope="module")
def book(rec: Reconciliation, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("tabs") / "month.xlsx"
    host = open_book(TEMPLATE)
    host.paint(lay_out(rec, layout(rec)))
    host.save(path)
    host.close()
    return path


def test_what_was_painted_reads_back_as_it_was(rec: Reconciliation, book: Path) -> None:
    host = open_book(book)
    again = read_typed(rec.state, {name: host.read(name) for name in TYPED_SHEETS})
    host.close()
    same(again, rec.state)


def test_an_untouched_skeleton_tells_nothing(rec: Reconciliation) -> None:
    host = open_book(TEMPLATE)
    same(read_typed(rec.state, {name: host.read(name) for name in TYPED_SHEETS}), rec.state)
    host.close()


def test_the_data_sheets_become_tables_with_drop_downs_marks_and_footers(book: Path, rec: Reconciliation) -> None:
    opened = load_workbook(book)
    assert tuple(opened.sheetnames) == SHEETS and opened.active.title == "Home"
    ims = opened["IMS"]
    assert [(t.displayName, t.ref.partition(":")[0]) for t in ims.tables.values()] == [("tblIMS", f"A{HEADER_ROW}")]
    assert ims.freeze_panes == "G7" and "27AAKCB4321Q1Z" in ims.oddFooter.left.text
    assert ims["D7"].number_format == "@" and ims["E7"].number_format == "dd-mm-yyyy" and ims["H7"].number_format == "#,##0.00"
    number = next(c for c in ims["D"] if c.value == "=SUM(A1)")
    assert number.data_type == "s"
    assert len(opened["Home"]._charts) == 3
    for name in SHEETS:
        assert opened[name].page_setup.orientation == "landscape"


def test_painting_the_same_answer_again_changes_no_sheet(rec: Reconciliation, book: Path, tmp_path: Path) -> None:
    host = open_book(book)
    host.paint(lay_out(rec, layout(rec)))
    host.save(tmp_path / "again.xlsx")
    host.close()
    with ZipFile(book) as one, ZipFile(tmp_path / "again.xlsx") as other:
        for part in one.namelist():
            if part.startswith("xl/worksheets/sheet"):
                assert one.read(part) == other.read(part), part
