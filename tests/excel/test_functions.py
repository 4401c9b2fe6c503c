"""The served worksheet functions, called the way Excel calls them: through xlwings' own `call_udf`, with ranges of a real spreadsheet."""

from __future__ import annotations

import sys
import types
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlwings as xw

from ims_xl.addin.status import FUNCTIONS
from ims_xl.faces import functions_wrapper
from ims_xl.gstin import check_character
from tests.excel.lo_engine import Range as EngineRange

SUPPLIER = "27AAKCB4321Q1Z" + check_character("27AAKCB4321Q1Z")
MISSING = -2147352572
HEADINGS = ["Section", "Supplier GSTIN", "Document number", "Taxable value", "IGST", "CGST", "SGST", "Cess", "Match", "Why", "Action", "Change"]


class CalledRange(EngineRange):
    """A range as COM hands it to the function server."""

    def __init__(self, xl: Any) -> None:
        super().__init__(*xl)

    api = property(lambda self: types.SimpleNamespace(CLSID=""))


@pytest.fixture
def call(app: xw.App, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Any]]:
    """Calls a function with plain values or ranges; the caller is cell Z1 of the first sheet of the last book."""
    windows = types.ModuleType("xlwings._xlwindows")
    stand_in: Any = windows
    stand_in.Range = CalledRange
    stand_in.is_range_instance = lambda value: isinstance(value, tuple) and len(value) == 5 and hasattr(value[0], "uno")
    monkeypatch.setattr(xw, "_xlwindows", windows, raising=False)
    with functions_wrapper.decorated() as (udfs, functions):
        functions._read.clear()
        monkeypatch.setitem(sys.modules, "xlwings.com_server", types.SimpleNamespace(loop=None))

        def called(name: str, *arguments: Any) -> Any:
            sheet = app.books.active.sheets[0].impl
            wanted = getattr(functions, name).__xlfunc__["args"]
            # the VBA wrapper passes Nothing for the caller and "missing" for what is left out
            given = [None if info["name"] == "caller" else arguments[i] if i < len(arguments) else MISSING for i, info in enumerate(wanted)]
            return udfs.call_udf("ims_xl.faces.functions", name, tuple(given), None, (sheet, 1, 26, 1, 1))

        yield called


def a_book(app: xw.App, path: Path) -> xw.Book:
    made = openpyxl.Workbook()
    sheet = made.active
    sheet.title = "IMS"
    sheet["A1"] = "IMS of October 2026"
    sheet.append([])
    sheet.append(HEADINGS)
    sheet.append(["B2B", SUPPLIER, "INV/0012", 1000, 180, 0, 0, 0, "Exact", "Agrees in everything", "Accept", ""])
    sheet.append(["B2B-CN", SUPPLIER, "CN-1", 100, 18, 0, 0, 0, "Exact", "Agrees", "Accept", ""])
    sheet.append(["B2B", SUPPLIER, "INV/0013", 500, 0, 45, 45, 0, "Only on portal", "Not in the books", "Pending", ""])
    sheet.append(["B2B", SUPPLIER, "INV/0014", 500, 0, 45, 45, 0, "Only on portal", "", "Pending", "gone"])
    made.save(path)
    return app.books.open(str(path))


def test_a_cell_learns_action_match_and_why(app: xw.App, call: Callable[..., Any], tmp_path: Path) -> None:
    a_book(app, tmp_path / "b.xlsx")
    assert call("IMS_ACTION", SUPPLIER, "inv-12") == [["Accept"]]
    assert call("IMS_MATCH", SUPPLIER.lower(), "INV/0013") == [["Only on portal"]]
    assert call("IMS_WHY", SUPPLIER, "INV/0012") == [["Agrees in everything"]]
    assert call("IMS_ACTION", SUPPLIER, "INV/9999") == [["not in IMS"]]


def test_a_persons_own_sheet_with_her_own_headings_is_found_and_understood(app: xw.App, call: Callable[..., Any], tmp_path: Path) -> None:
    made = openpyxl.Workbook()
    made.active.title = "Set-off"
    sheet = made.create_sheet("Portal Oct-26")
    sheet.append(["GSTIN of supplier", "Invoice No.", "Invoice Date", "Taxable Amount", "Integrated Tax", "Match", "Why", "Action"])
    sheet.append([SUPPLIER, "INV/0012", "03-10-2026", "1,000.00", "180.00", "Exact", "Agrees in everything", "Accept"])
    made.save(tmp_path / "hers.xlsx")
    app.books.open(str(tmp_path / "hers.xlsx"))
    assert call("IMS_ACTION", SUPPLIER, "inv 12") == [["Accept"]]
    assert call("IMS_WHY", SUPPLIER, "INV/0012") == [["Agrees in everything"]]
    assert call("ITC_TOTAL", "Accept", "igst") == [[180.0]]


def test_a_range_is_answered_in_one_call(app: xw.App, call: Callable[..., Any], tmp_path: Path) -> None:
    book = a_book(app, tmp_path / "b.xlsx")
    sheet = book.sheets["IMS"].impl
    found = call("IMS_ACTION", (sheet, 4, 2, 3, 1), (sheet, 4, 3, 3, 1))
    assert found == [["Accept"], ["Accept"], ["Pending"]]


def test_totals_count_credit_notes_negative_and_gone_rows_not_at_all(app: xw.App, call: Callable[..., Any], tmp_path: Path) -> None:
    a_book(app, tmp_path / "b.xlsx")
    assert call("ITC_TOTAL", "Accept") == [[162.0]]
    assert call("ITC_TOTAL", "pending", "cgst") == [[45.0]]
    assert call("ITC_TOTAL", "Accept", "taxable", SUPPLIER) == [[900.0]]


def test_a_wrong_question_is_answered_in_words(app: xw.App, call: Callable[..., Any], tmp_path: Path) -> None:
    a_book(app, tmp_path / "b.xlsx")
    assert call("ITC_TOTAL", "Agree") == [["ims-xl: 'AGREE' is no action; write Accept, Reject, Pending or No Action."]]
    assert "four cells" in call("GST_SETOFF", 1.0, 2.0)[0][0]
    app.books.active.sheets[0].range("A3:L3").clear_contents()
    xw_functions = sys.modules["ims_xl.faces.functions"]
    xw_functions._read.clear()
    assert call("IMS_WHY", SUPPLIER, "INV/0012")[0][0].startswith("ims-xl: this workbook has no IMS sheet")


def test_set_off_spills_a_table(app: xw.App, call: Callable[..., Any], tmp_path: Path) -> None:
    book = a_book(app, tmp_path / "b.xlsx")
    sheet = book.sheets.add("Set-off")
    sheet.range("A1").value = [[60000.0, 20000.0, 20000.0, 0.0], [80000.0, 5000.0, 5000.0, 0.0]]
    table = call("GST_SETOFF", (sheet.impl, 1, 1, 1, 4), (sheet.impl, 2, 1, 1, 4))
    assert [len(row) for row in table] == [8] * 5
    assert sum(row[6] for row in table[1:]) == 10000.0


def test_two_ranges_are_reconciled_into_a_spilled_table(app: xw.App, call: Callable[..., Any], tmp_path: Path) -> None:
    book = a_book(app, tmp_path / "b.xlsx")
    sheet = book.sheets.add("Two")
    sheet.range("A1:N9").number_format = "@"
    sheet.range("A1").value = [
        ["Section", "Supplier GSTIN", "Document number", "Document date", "Taxable value", "IGST"],
        ["B2B", SUPPLIER, "A-1", "2026-10-03", "1000.00", "180.00"], ["B2B", SUPPLIER, "A-2", "2026-10-04", "2000.00", "360.00"],
    ]
    sheet.range("H1").value = [
        ["Voucher number", "Supplier GSTIN", "Document number", "Document date", "Taxable value", "IGST"], ["V1", SUPPLIER, "A-1", "2026-10-03", "1000.00", "180.00"],
    ]
    table = call("IMS_RECONCILE", (sheet.impl, 1, 1, 3, 6), (sheet.impl, 1, 8, 2, 6))
    assert [row[:2] for row in table] == [["Document number", "Match"], ["A-1", "Exact"], ["A-2", "Only on portal"]]


def test_every_function_named_by_status_is_in_the_vba() -> None:
    from ims_xl.addin.build import modules

    made = modules(functions_wrapper.wrapper_module(), functions_wrapper.help_texts())
    whole = made["ImsFunctions"] + made["ImsPython"]
    for name in FUNCTIONS:
        assert f"Function {name}(" in whole
        assert f'Macro:="{name}"' in made["ImsTables"]
