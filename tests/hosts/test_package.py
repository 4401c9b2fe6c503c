"""A person's workbook comes back with our work in it and everything else exactly as it was."""

from __future__ import annotations

import re
import shutil
import subprocess
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.formula import ArrayFormula

from ims_xl.hosts import new_book, open_book
from ims_xl.hosts.package import xml
from ims_xl.hosts.package.archive import Archive
from ims_xl.vocabulary import ImsXlError
from ims_xl.workbook.plan import Cell, Chart, Plan, Series, SheetPlan, TableColumn, TablePatch
from tests.hosts import books
from tests.hosts.contract import patch, person_book, plan, tab

OURS = re.compile(r"\[Content_Types\]\.xml|xl/workbook\.xml|xl/_rels/workbook\.xml\.rels|xl/styles\.xml|docProps/app\.xml|xl/calcChain\.xml")
SIGNED = "signed"


def plan_for(path: Path) -> tuple[Plan, str]:
    """Our columns at the right of the first worksheet's cells, appended rows below, and a tab of ours; with the part of that sheet."""
    host = open_book(path)
    sheet = next(s.name for s in host.sheets() if not s.is_chart)
    frame = host.read(sheet).frame
    height, width = max(frame.shape[0], 2), max(frame.shape[1], 1) + 40
    rows = list(range(3, height + 3))
    columns = (TableColumn(width, "Action", ["Accept"] * len(rows), style="input"), TableColumn(width + 1, "Twice", [1] * len(rows), kind="number", formulas=["=1+0"] * len(rows)),
               TableColumn(width + 2, "Reduce", [12345] * len(rows), kind="rupees", style="rupees"))
    target = TablePatch(sheet, 2, rows, columns, "", patch().formats, patch().validations)
    from ims_xl.hosts.package.workbook_part import Workbook

    entry = Workbook(Archive.open(path), path.name).sheet(sheet)
    assert entry
    return Plan((tab("Our tab"), tab("Our second tab")), (target,), {"ims_name": "='Our tab'!$A$1"}), entry.part


def paint(path: Path, out: Path, what: Plan) -> Path:
    host = open_book(path)
    host.paint(what)
    host.save(out)
    host.close()
    return out


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Path, Path, str]]:
    """Every book of the corpus and our own, painted: name -> (before, after, part of the sheet that was patched)."""
    folder = tmp_path_factory.mktemp("books")
    own = [books.rich_book(folder / "rich.xlsx"), books.macro_book(folder / "macros.xlsm")]
    own += [books.prefixed(person_book(folder / "person.xlsx"), folder / "prefixed.xlsx"), books.strict(folder / "person.xlsx", folder / "strict.xlsx"), folder / "person.xlsx"]
    done = {}
    for before in (*books.CORPUS, *own):
        if SIGNED not in before.name:
            what, part = plan_for(before)
            done[before.name] = (before, paint(before, folder / f"out-{before.name}", what), part)
    return done


def test_every_part_that_is_not_ours_keeps_its_very_bytes_and_place(everything: dict[str, tuple[Path, Path, str]]) -> None:
    for name, (before, after, part) in everything.items():
        old, new = books.packed(before), books.packed(after)
        for entry, data in old.items():
            if entry.replace("\\", "/").lstrip("/") != part and not OURS.fullmatch(entry.replace("\\", "/")):
                assert new.get(entry) == data, (name, entry)
        kept = [n for n in old if n in new]
        assert [n for n in new if n in old] == kept, name
        assert set(old) - set(new) <= {n for n in old if "calcChain" in n}, name
        with zipfile.ZipFile(after) as book:
            assert book.testzip() is None


def test_every_cell_of_the_person_keeps_its_very_bytes(everything: dict[str, tuple[Path, Path, str]]) -> None:
    cell = re.compile(rb"<(?:\w+:)?c\s[^>]*?(?:/>|>.*?</(?:\w+:)?c>)", re.S)
    for name, (before, after, part) in everything.items():
        old, new = books.parts(before)[part], books.parts(after)[part]
        kept = set(cell.findall(new))
        assert [c for c in cell.findall(old) if c not in kept] == [], name


def test_every_element_around_the_cells_stays(everything: dict[str, tuple[Path, Path, str]]) -> None:
    may_change = {"dimension", "cols", "sheetViews", "sheetData", "dataValidations"}
    for name, (before, after, part) in everything.items():
        old, new = xml.as_utf8(books.parts(before)[part]), xml.as_utf8(books.parts(after)[part])
        there = {new[e.start: e.end] for e in xml.inside(new, xml.root(new))}
        for element in xml.inside(old, xml.root(old)):
            assert element.local in may_change or old[element.start: element.end] in there, (name, element.local)
        order = [e.local for e in xml.inside(new, xml.root(new))]
        from ims_xl.hosts.package.worksheet import _ORDER

        known = [_ORDER.index(local) for local in order if local in _ORDER]
        assert known == sorted(known), (name, order)


def test_the_result_opens_where_the_original_did(everything: dict[str, tuple[Path, Path, str]]) -> None:
    for name, (before, after, _) in everything.items():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for opens in (_by_openpyxl, _by_calamine):
                if opens(before):
                    assert opens(after), (name, opens.__name__)


def test_libreoffice_opens_every_result(everything: dict[str, tuple[Path, Path, str]], tmp_path: Path) -> None:
    program = shutil.which("soffice")
    assert program, "LibreOffice is needed for this test: it stands in for Excel"
    files = [str(after) for _, after, _ in everything.values()]
    command = [program, f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", "csv", "--outdir", str(tmp_path / "csv"), *files]
    subprocess.run(command, check=True, capture_output=True, timeout=240)
    assert {p.stem for p in (tmp_path / "csv").glob("*.csv")} == {Path(f).stem for f in files}


def test_a_second_run_with_the_same_plan_changes_no_byte(everything: dict[str, tuple[Path, Path, str]], tmp_path: Path) -> None:
    for name, (before, after, _) in everything.items():
        what, _ = plan_for(before)
        again = paint(after, tmp_path / name, what)
        third = paint(again, tmp_path / f"third-{name}", what)
        old, new = books.parts(again), books.parts(third)
        assert {n for n in old if old[n] != new.get(n)} | (set(new) - set(old)) == set(), name


def test_a_signed_book_is_refused(tmp_path: Path) -> None:
    path = person_book(tmp_path / "book.xlsx")
    relations = books.parts(path)["_rels/.rels"].replace(
        b"</Relationships>", b'<Relationship Id="rIdS" Type="http://schemas.openxmlformats.org/package/2006/relationships/digital-signature/origin" Target="_xmlsignatures/origin.sigs"/></Relationships>')
    signed = books.rewritten(path, tmp_path / "signed.xlsx", {"_rels/.rels": relations, "_xmlsignatures/origin.sigs": b""})
    for host in ("package", "openpyxl"):
        with pytest.raises(ImsXlError, match="signature"):
            open_book(signed, host)


@pytest.mark.parametrize(("content", "words"), [
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "encrypted"), (b"", "empty"), (b"GSTIN,Number\n", "not an .xlsx"), (b"PK\x03\x04" + b"\0" * 200, "not a whole"),
])
def test_what_is_no_open_workbook_is_refused_in_words(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "book.xlsx"
    path.write_bytes(content)
    with pytest.raises(ImsXlError, match=words):
        open_book(path)


def test_a_book_that_is_cut_off_or_damaged_is_refused(tmp_path: Path) -> None:
    whole = person_book(tmp_path / "book.xlsx").read_bytes()
    for length in range(1, len(whole), len(whole) // 40):
        path = tmp_path / "cut.xlsx"
        path.write_bytes(whole[:length])
        with pytest.raises(ImsXlError):
            open_book(path)


def test_a_part_that_is_stored_as_it_is_has_its_check_sum_looked_at_too(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "part.zip", "w") as stored:
        stored.writestr("a", b"a client's figures")
    data = (tmp_path / "part.zip").read_bytes()
    assert Archive.from_bytes(data, "part.zip").read("a") == b"a client's figures"
    with pytest.raises(ImsXlError, match="check sum"):
        Archive.from_bytes(data.replace(b"figures", b"Figures"), "part.zip").read("a")


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_part_that_stands_twice_is_kept_once_and_refused_where_the_two_differ(tmp_path: Path) -> None:
    path = person_book(tmp_path / "book.xlsx")
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as book:
        book.writestr("xl/styles.xml", book.read("xl/styles.xml"))
    with zipfile.ZipFile(paint(path, tmp_path / "out.xlsx", plan())) as out:
        assert out.namelist().count("xl/styles.xml") == 1
    with zipfile.ZipFile(path, "a") as book:
        book.writestr("XL/Styles.xml", b"<styleSheet/>")
    with pytest.raises(ImsXlError, match="two different parts"):
        open_book(path)


def test_a_book_open_in_excel_or_libreoffice_is_refused(tmp_path: Path) -> None:
    path = person_book(tmp_path / "book.xlsx")
    for owner, program in (("~$book.xlsx", "Excel"), (".~lock.book.xlsx#", "LibreOffice")):
        (tmp_path / owner).write_text("Asha")
        with pytest.raises(ImsXlError, match=program):
            open_book(path)
        (tmp_path / owner).unlink()
    open_book(path)


def test_a_zip_of_something_else_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "letters.xlsx"
    with zipfile.ZipFile(path, "w") as other:
        other.writestr("letter.txt", "hello")
    with pytest.raises(ImsXlError, match="not a workbook"):
        open_book(path)


def test_rows_and_cells_without_references_stay_where_they_are(tmp_path: Path) -> None:
    plain = tmp_path / "plain.xlsx"
    book = openpyxl.Workbook()
    for row in (("GSTIN", "Tax"), ("a", 1), ("b", 2), ("c", 3)):
        book.active.append(row)
    book.save(plain)
    bare = books.without_references(plain, tmp_path / "bare.xlsx")
    out = paint(bare, tmp_path / "out.xlsx", Plan(patches=(TablePatch("Sheet", 1, [2, 4], (TableColumn(3, "Ours", ["x", "y"]), TableColumn(1, "GSTIN", ["A", "C"])), "A1:C4"),)))
    assert [list(r) for r in openpyxl.load_workbook(out).active.values] == [["GSTIN", "Tax", "Ours"], ["A", 1, "x"], ["b", 2, None], ["C", 3, "y"]]
    assert open_book(bare).read("Sheet").frame.loc[3].tolist() == ["b", "2"]


def test_a_book_of_the_1904_calendar_gets_its_own_dates(tmp_path: Path) -> None:
    import datetime

    plain = person_book(tmp_path / "book.xlsx")
    workbook = books.parts(plain)["xl/workbook.xml"].replace(b"<workbookPr />", b'<workbookPr date1904="1"/>').replace(b"<workbookPr/>", b'<workbookPr date1904="1"/>')
    assert b"date1904" in workbook
    old = books.rewritten(plain, tmp_path / "1904.xlsx", {"xl/workbook.xml": workbook})
    out = paint(old, tmp_path / "out.xlsx", Plan(patches=(patch(columns=(TableColumn(5, "When", [datetime.date(2026, 10, 7)] * 8, kind="date", style="date"),)),)))
    assert openpyxl.load_workbook(out)["My data"]["E4"].value == datetime.datetime(2026, 10, 7)
    assert open_book(out).read("My data").frame.loc[4, 5] == "2026-10-07"


def test_a_shared_formula_survives_the_loss_of_its_first_cell(tmp_path: Path) -> None:
    plain = person_book(tmp_path / "book.xlsx", table=False)
    rows = re.sub(rb'(<row r="(\d+)"[^>]*>.*?)</row>', lambda m: m[1] + (b'<c r="G4"><f t="shared" ref="G4:G11" si="0">D4*2</f><v>1</v></c>' if m[2] == b"4" else b'<c r="G%b"><f t="shared" si="0"/><v>1</v></c>' % m[2]) + b"</row>" if 4 <= int(m[2]) <= 11 else m[0],
                  books.parts(plain)["xl/worksheets/sheet1.xml"], flags=re.S)
    shared = books.rewritten(plain, tmp_path / "shared.xlsx", {"xl/worksheets/sheet1.xml": rows})
    out = paint(shared, tmp_path / "out.xlsx", Plan(patches=(patch(rows=[4], columns=(TableColumn(7, "G", ["ours"]),), table_area=""),)))
    sheet = openpyxl.load_workbook(out)["My data"]
    assert sheet["G4"].value == "ours" and sheet["G5"].value == "=D5*2" and sheet["G11"].value == "=D11*2"


def test_array_formulas_and_their_cell_metadata_stay(tmp_path: Path) -> None:
    path = books.rich_book(tmp_path / "rich.xlsx")
    what, part = plan_for(path)
    after = books.parts(paint(path, tmp_path / "out.xlsx", what))[part]
    assert b'cm="1"' in after and b't="array"' in after
    assert isinstance(openpyxl.load_workbook(tmp_path / "out.xlsx")["Data"]["H2"].value, ArrayFormula)


def test_the_calculation_chain_goes_only_when_formulas_come_or_go(tmp_path: Path) -> None:
    plain = person_book(tmp_path / "book.xlsx")
    types = books.parts(plain)["[Content_Types].xml"].replace(b"</Types>", b'<Override PartName="/xl/calcChain.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.calcChain+xml"/></Types>')
    relations = books.parts(plain)["xl/_rels/workbook.xml.rels"].replace(
        b"</Relationships>", b'<Relationship Id="rIdC" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/calcChain" Target="calcChain.xml"/></Relationships>')
    chain = b'<calcChain xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><c r="D20" i="1"/></calcChain>'
    chained = books.rewritten(plain, tmp_path / "chained.xlsx", {"[Content_Types].xml": types, "xl/_rels/workbook.xml.rels": relations, "xl/calcChain.xml": chain})
    text = Plan(patches=(patch(),))
    assert "xl/calcChain.xml" in books.parts(paint(chained, tmp_path / "kept.xlsx", text))
    assert b'fullCalcOnLoad="1"' in books.parts(tmp_path / "kept.xlsx")["xl/workbook.xml"]
    gone = books.parts(paint(chained, tmp_path / "gone.xlsx", Plan(patches=(patch(cells={(20, 4): Cell("no formula")}),))))
    assert "xl/calcChain.xml" not in gone and b"calcChain" not in gone["[Content_Types].xml"] + gone["xl/_rels/workbook.xml.rels"]


def test_our_tab_in_place_keeps_what_a_person_set_up_on_it(tmp_path: Path) -> None:
    host = new_book(tmp_path / "ours.xlsx")
    host.paint(Plan((SheetPlan("First", cells={(1, 1): Cell("x")}), tab(), SheetPlan("Last", cells={(1, 1): Cell("x")}))))
    host.save()
    book = openpyxl.load_workbook(tmp_path / "ours.xlsx")
    sheet = book["Summary"]
    sheet.page_setup.paperSize, sheet.page_setup.orientation, sheet.page_margins.left = 8, "portrait", 1.25
    sheet.oddFooter.left.text = "Asha & Co"
    sheet.column_dimensions["A"].width = 44
    sheet.sheet_properties.tabColor = "FFAA0000"
    book.move_sheet("Summary", -1)
    book.save(tmp_path / "ours.xlsx")
    after = openpyxl.load_workbook(paint(tmp_path / "ours.xlsx", tmp_path / "out.xlsx", Plan((tab(),))))
    assert after.sheetnames == ["Summary", "First", "Last"]
    sheet = after["Summary"]
    assert (sheet.page_setup.paperSize, sheet.page_setup.orientation, sheet.page_margins.left, sheet.oddFooter.left.text) == (8, "portrait", 1.25, "Asha & Co")
    assert sheet.column_dimensions["A"].width == 44 and sheet.sheet_properties.tabColor.rgb == "FFAA0000" and len(sheet._charts) == 1


def test_a_persons_picture_on_our_tab_stays_beside_our_charts(tmp_path: Path) -> None:
    ours = books.book_with_picture(tmp_path / "ours.xlsx")
    chart = Chart("line", "T", (Series("S", "Home!$A$1:$A$2", "Home!$B$1:$B$2"),), 3, 1)
    what = Plan((SheetPlan("Home", cells={(1, 1): Cell("x")}, charts=(chart, chart)),))
    once = paint(ours, tmp_path / "once.xlsx", what)
    twice = paint(once, tmp_path / "twice.xlsx", what)
    assert len(openpyxl.load_workbook(twice)["Home"]._charts) == 2
    assert any("media/" in n for n in books.parts(twice)) and b"<xdr:pic>" in books.parts(twice)["xl/drawings/drawing1.xml"]
    assert sorted(n for n in books.parts(twice) if "chart" in n) == ["xl/charts/chart1.xml", "xl/charts/chart2.xml"]


def test_the_book_opens_on_our_tab_only_where_no_sheet_of_the_person_must_change_for_it(tmp_path: Path) -> None:
    path = person_book(tmp_path / "a.xlsx")
    chosen = openpyxl.load_workbook(path)
    chosen["My data"].sheet_view.tabSelected = True
    chosen.save(path)
    theirs = openpyxl.load_workbook(paint(path, tmp_path / "b.xlsx", Plan((tab(),), active="Summary")))
    assert theirs.active.title == "My data"
    host = new_book(tmp_path / "c.xlsx")
    host.paint(Plan((SheetPlan("One", cells={(1, 1): Cell("x")}), SheetPlan("Two", cells={(1, 1): Cell("x")})), active="Two"))
    host.save()
    ours = openpyxl.load_workbook(tmp_path / "c.xlsx")
    assert ours.active.title == "Two" and [s.sheet_view.tabSelected for s in ours.worksheets].count(True) == 1


def test_a_filter_of_the_sheet_is_stretched_and_keeps_what_it_filters_for(tmp_path: Path) -> None:
    path = person_book(tmp_path / "book.xlsx", table=False)
    book = openpyxl.load_workbook(path)
    book["My data"].auto_filter.ref = "A3:D11"
    book["My data"].auto_filter.add_filter_column(0, ["27AAPFU0939F1ZV"])
    book.save(path)
    sheet = openpyxl.load_workbook(paint(path, tmp_path / "out.xlsx", plan()))["My data"]
    assert sheet.auto_filter.ref == "A3:F11" and len(sheet.auto_filter.filterColumn) == 1


def test_a_table_of_a_query_or_with_a_neighbour_in_the_way_keeps_its_size(tmp_path: Path) -> None:
    path = person_book(tmp_path / "book.xlsx")
    part = next(n for n in books.parts(path) if "tables/" in n)
    query = books.rewritten(path, tmp_path / "query.xlsx", {part: books.parts(path)[part].replace(b'ref="A3:D11"', b'tableType="queryTable" ref="A3:D11"', 1)})
    assert openpyxl.load_workbook(paint(query, tmp_path / "out.xlsx", plan()))["My data"].tables["Purchases"].ref == "A3:D11"
    book = openpyxl.load_workbook(path)
    from openpyxl.worksheet.table import Table

    for column, heading in ((5, "P"), (6, "Q")):
        book["My data"].cell(3, column, heading)
    book["My data"].add_table(Table(displayName="Neighbour", ref="E3:F11"))
    book.save(path)
    after = openpyxl.load_workbook(paint(path, tmp_path / "out2.xlsx", Plan(patches=(patch(columns=(TableColumn(7, "Action", ["x"] * 8),), table_area="A3:G11"),))))
    tables = after["My data"].tables
    assert tables["Purchases"].ref == "A3:D11" and tables["Neighbour"].ref == "E3:G11"


def test_large_containers_are_read(tmp_path: Path) -> None:
    big = books.rewritten(person_book(tmp_path / "book.xlsx"), tmp_path / "zip64.xlsx", {}, zip64=True)
    assert openpyxl.load_workbook(paint(big, tmp_path / "out.xlsx", plan()))["My data"]["E4"].value == "Accept"


def test_two_documents_on_one_row_are_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(ImsXlError, match="claim one row"):
        open_book(person_book(tmp_path / "book.xlsx")).paint(Plan(patches=(patch(rows=[4, 5, 6, 7, 8, 9, 9, 11]),)))


def _by_openpyxl(path: Path) -> bool:
    try:
        openpyxl.load_workbook(path)
    except Exception:  # noqa: BLE001 - whatever it cannot do with the original it need not do with the result
        return False
    return True


def _by_calamine(path: Path) -> bool:
    import python_calamine

    try:
        book = python_calamine.CalamineWorkbook.from_path(str(path))
        for name in book.sheet_names:
            book.get_sheet_by_name(name).to_python()
    except Exception:  # noqa: BLE001 - as above
        return False
    return True


def test_an_ending_that_excel_would_not_open_is_refused(tmp_path: Path) -> None:
    macros = open_book(books.macro_book(tmp_path / "macros.xlsm"))
    with pytest.raises(ImsXlError, match=r"\.xlsm"):
        macros.save(tmp_path / "out.xlsx")
    with pytest.raises(ImsXlError, match=r"\.xlsx"):
        open_book(person_book(tmp_path / "book.xlsx")).save(tmp_path / "out.xlsm")
    assert not (tmp_path / "out.xlsx").exists() and not (tmp_path / "out.xlsm").exists()


def test_formulas_of_an_earlier_run_are_replaced_in_every_row(tmp_path: Path) -> None:
    def what(factor: int) -> Plan:
        return Plan(patches=(patch(columns=(TableColumn(5, "Twice", [1] * 8, kind="number", formulas=[f"=D{r}*{factor}" for r in range(4, 12)]), TableColumn(6, "Text", ["x"] * 8))),))

    once = paint(person_book(tmp_path / "book.xlsx"), tmp_path / "once.xlsx", what(2))
    sheet = openpyxl.load_workbook(paint(once, tmp_path / "twice.xlsx", what(3)))["My data"]
    assert [sheet.cell(r, 5).value for r in range(4, 12)] == [f"=D{r}*3" for r in range(4, 12)] and sheet["D20"].value == "=SUM(D4:D11)"


_SHEET = "xl/worksheets/sheet1.xml"
_WRITTEN_ODDLY: dict[str, Callable[[dict[str, bytes]], dict[str, bytes | None]]] = {
    "in UTF-16": lambda p: {_SHEET: ("\ufeff" + p[_SHEET].decode()).encode("utf-16-le")},
    "with byte-order marks": lambda p: {n: b"\xef\xbb\xbf" + p[n] for n in (_SHEET, "xl/workbook.xml", "xl/styles.xml", "[Content_Types].xml")},
    "in single quotes": lambda p: {n: re.sub(rb"=\"([^\"']*)\"", rb"='\1'", p[n]) for n in (_SHEET, "xl/workbook.xml", "xl/styles.xml")},
    "with line breaks between its elements": lambda p: {_SHEET: re.sub(rb">(<(?:row|c|v|/row|/c))", rb">\n  \1", p[_SHEET])},
    "with rows in comments and markup in CDATA": lambda p: {_SHEET: re.sub(
        rb"<t>([^<]*)</t>", rb"<t><![CDATA[\1]]></t>", p[_SHEET].replace(b"<sheetData>", b'<sheetData><!-- <row r="4"><c r="E4"/></row> -->').replace(b"</row>", b"</row><!-- <c> --><?row x?>"))},
    "with a misleading comment": lambda p: {_SHEET: p[_SHEET].replace(b"<sheetData>", b"<!-- <sheetData> --><sheetData>")},
    "without any format": lambda p: {"xl/styles.xml": b'<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"/>', _SHEET: re.sub(rb' s="\d+"', b"", p[_SHEET])},
    "with one width for all columns": lambda p: {_SHEET: re.sub(rb"<cols>.*?</cols>", b'<cols><col min="1" max="16384" width="12" customWidth="1"/></cols>', p[_SHEET])},
}


def test_a_book_with_as_many_cell_formats_as_excel_opens_gets_no_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = person_book(tmp_path / "book.xlsx")
    held = books.parts(path)["xl/styles.xml"].split(b"<cellXfs")[1].split(b"</cellXfs>")[0].count(b"<xf ")
    monkeypatch.setattr("ims_xl.hosts.package.styles.MOST_FORMATS", held + 2)
    out = paint(path, tmp_path / "out.xlsx", plan())
    whole = books.parts(out)["xl/styles.xml"].split(b"<cellXfs")[1].split(b"</cellXfs>")[0]
    worn = {int(n) for name, data in books.parts(out).items() if name.startswith("xl/worksheets/") and name.endswith(".xml") for n in re.findall(rb'<c r="[A-Z]+\d+" s="(\d+)"', data)}
    assert whole.count(b"<xf ") == held + 2 and max(worn) < held + 2


@pytest.mark.parametrize("how", _WRITTEN_ODDLY)
def test_a_book_written_oddly_is_painted_like_any_other(tmp_path: Path, how: str) -> None:
    path = person_book(tmp_path / "book.xlsx")
    odd = books.rewritten(path, tmp_path / "odd.xlsx", _WRITTEN_ODDLY[how](books.parts(path)))
    sheet = openpyxl.load_workbook(paint(paint(odd, tmp_path / "once.xlsx", plan()), tmp_path / "twice.xlsx", plan()))["My data"]
    assert sheet["E4"].value == "Accept" and sheet["A4"].value == "27AAPFU0939F1ZV" and sheet["E4"].fill.fgColor.rgb == "FFFFFBE6" and sheet.column_dimensions["E"].width == 14


@pytest.mark.parametrize(("twin", "said"), [(b'<sheet name="MY DATA" sheetId="77" r:id="rId1"/>', "bear one name"), (b'<sheet name="Other" sheetId="77" r:id="rId1"/>', "share one part")])
def test_sheets_that_no_spreadsheet_writes_are_refused(tmp_path: Path, twin: bytes, said: str) -> None:
    book = person_book(tmp_path / "book.xlsx")
    listed = books.parts(book)["xl/workbook.xml"]
    named = twin.replace(b"MY DATA", re.search(rb'<sheet [^>]*?name="([^"]+)"', listed)[1].upper())  # type: ignore[index]
    with pytest.raises(ImsXlError, match=said):
        open_book(books.rewritten(book, tmp_path / "twice.xlsx", {"xl/workbook.xml": listed.replace(b"</sheets>", named + b"</sheets>")}))
