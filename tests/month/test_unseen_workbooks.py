"""Workbooks as people make them, through the command: every part that is not ours keeps its bytes, and running again changes nothing but Log."""

import io
import re
import shutil

import pytest
import xlsxwriter

from ims_xl.faces import cli
from ims_xl.hosts.reading import list_sheets
from tests.hosts.books import packed, parts, prefixed, strict
from tests.portal_files import RECIPIENT, gstin

OURS = re.compile(r"\[Content_Types\]\.xml|xl/workbook\.xml|xl/_rels/workbook\.xml\.rels|xl/styles\.xml|docProps/app\.xml|xl/worksheets/(_rels/)?sheet[12]\.xml(\.rels)?|xl/tables/table[12]\.xml")
IMS = ("Section", "Supplier GSTIN", "Supplier name", "Document number", "Document date", "Place of supply", "Taxable value", "IGST")
REGISTER = ("Voucher No.", "Voucher Date", "Supplier GSTIN", "Supplier Name", "Supplier Invoice No.", "Supplier Invoice Date", "Taxable Value", "IGST")
PIXEL = bytes.fromhex("89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082")


def her_book(path, top=2, left=0, tables=False):
    """Two sheets of hers with everything a person hangs on a sheet, beginning at a row and column of her own."""
    book = xlsxwriter.Workbook(str(path))
    money, day = book.add_format({"num_format": "#,##0.00", "bg_color": "#FFEE00"}), book.add_format({"num_format": "dd-mmm-yy"})
    portal, bought, front = book.add_worksheet("O'Brien & Co ₹"), book.add_worksheet("Purchases"), book.add_worksheet("Front")
    for sheet, headings in ((portal, IMS), (bought, REGISTER)):
        sheet.merge_range(0, left, 0, left + 5, "October, as she calls it", book.add_format({"bold": True, "align": "center"}))
        sheet.write_row(top, left, headings, book.add_format({"bold": True, "border": 1}))
        for n in range(1, 13):
            taxable = 1000 + 37 * n
            who = (gstin(n), ("=Sons & <Co>", "+Traders", "_x0041_ Ltd")[n % 3])
            document = (f"INV/{n:03d}", 46296 + n)
            row = ("B2B", *who, *document, "27", taxable, taxable * 0.18) if sheet is portal else (f"P/{n}", 46296 + n, *who, *document, taxable - 10 * (n == 4), taxable * 0.18)
            for c, value in enumerate(row, left):
                look = day if value == 46296 + n else money if c - left > 5 else None
                sheet.write_string(top + n, c, value, look) if isinstance(value, str) else sheet.write_number(top + n, c, value, look)
        if tables:
            sheet.add_table(top, left, top + 13, left + 7, {"total_row": True, "columns": [{"header": h} for h in headings]})
        else:
            sheet.autofilter(top, left, top + 12, left + 7)
    portal.freeze_panes(top + 1, left + 2)
    portal.set_row(top + 5, 30, None, {"hidden": True})
    portal.set_column(left + 1, left + 3, 25, None, {"level": 1})
    portal.conditional_format(top + 1, left + 6, top + 12, left + 6, {"type": "data_bar", "data_bar_2010": True})
    portal.data_validation(top + 1, left, top + 12, left, {"validate": "list", "source": "=Front!$A$1:$A$3"})
    portal.write_comment(top + 2, left + 1, "checked")
    portal.write_url(top + 3, left + 2, "https://example.org/?a=1&b=2", None, "Linked & Co")
    portal.add_sparkline(top + 1, left + 60, {"range": "Purchases!G4:G9"})
    portal.insert_image(top, left + 62, "dot.png", {"image_data": io.BytesIO(PIXEL)})
    portal.insert_textbox(top + 9, left + 62, "a shape")
    portal.protect("", {"autofilter": True})
    bought.write_dynamic_array_formula(top + 1, left + 10, top + 3, left + 10, "=SORT(G4:G6)", None, 1)
    chart = book.add_chart({"type": "column"})
    chart.add_series({"values": ["O'Brien & Co ₹", top + 1, left + 6, top + 12, left + 6]})
    front.insert_chart("D3", chart)
    front.write_formula("A1", "=SUM(Purchases!G:G)", None, 5)
    front.activate()
    book.define_name("Rate", "=0.18")
    book.close()
    return path


@pytest.mark.parametrize("make", [
    lambda folder: her_book(folder / "her.xlsx"), lambda folder: her_book(folder / "her.xlsx", 11, 3, tables=True),
    lambda folder: strict(her_book(folder / "plain.xlsx", tables=True), folder / "her.xlsx"), lambda folder: prefixed(her_book(folder / "plain.xlsx"), folder / "her.xlsx"),
], ids=["filters", "tables at D12", "strict", "prefixed"])
def test_her_book_comes_back_whole_and_a_second_run_changes_only_log(make, tmp_path):
    book, out = make(tmp_path), tmp_path / "out.xlsx"
    assert cli.main(["reconcile", str(book), "-o", str(out), "--gstin", RECIPIENT, "--period", "2026-10", "--as-of", "2026-11-12", "--quiet"]) == 0
    before, after = packed(book), packed(out)
    assert [name for name, data in before.items() if not OURS.fullmatch(name) and after.get(name) != data] == []
    for number in (1, 2):
        cells = re.compile(rb"<(?:x:)?c\s[^>]*?(?:/>|>.*?</(?:x:)?c>)", re.S)
        kept = set(cells.findall(parts(out)[f"xl/worksheets/sheet{number}.xml"]))
        assert [cell for cell in cells.findall(parts(book)[f"xl/worksheets/sheet{number}.xml"]) if cell not in kept] == []
    assert {"O'Brien & Co ₹", "Purchases", "Front", "Home", "GSTR-2B"} <= {sheet.name for sheet in list_sheets(out)}
    again = shutil.copy(out, tmp_path / "renamed.xlsx")
    assert cli.main(["reconcile", str(again), "--as-of", "2026-11-12", "--quiet"]) == 0
    first, second = parts(out), parts(again)
    assert list(first) == list(second)
    assert [name for name in first if first[name] != second[name]] == []
