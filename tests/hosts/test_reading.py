"""A sheet is read as text, exactly; in bulk and cell by cell alike."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ims_xl.hosts import open_book, reading
from ims_xl.hosts.package import number_formats, xml
from ims_xl.hosts.package.fast_text import columns_of
from ims_xl.hosts.package.sheet_text import Glossary, rows_of, sheet_cells
from ims_xl.vocabulary import ImsXlError
from tests.hosts import books
from tests.hosts.contract import person_book

CASES: tuple[tuple[object, str, str], ...] = (
    ("0012", "General", "0012"), ("1E5", "General", "1E5"), (12, "General", "12"), (12.0, "0.00", "12"), (1234.5, "#,##0.00", "1234.5"), (1234567890123456, "0", "1234567890123456"),
    (0.1, "General", "0.1"), (1e21, "General", "1000000000000000000000"), (1e-7, "General", "0.0000001"), (-0.5, "General", "-0.5"), (0, "General", "0"), (123456789.12, "General", "123456789.12"),
    (True, "General", "TRUE"), (False, "General", "FALSE"), ("#N/A", "General", "#N/A"), ("TRUE", "@", "TRUE"), ("NA", "General", "NA"), ("  padded ", "General", "  padded "), ("two\nlines", "General", "two\nlines"),
    (dt.datetime(2026, 10, 7), "dd-mm-yyyy", "2026-10-07"), (dt.datetime(2026, 10, 7, 14, 30), "dd-mm-yyyy hh:mm", "2026-10-07 14:30:00"), (dt.time(14, 30), "hh:mm", "14:30:00"), (dt.timedelta(hours=30, minutes=15), "[h]:mm", "30:15:00"),
    (46302, "mmm yy", "2026-10-07"), (46302, '[$-409]d" of "mmmm', "2026-10-07"), (46302, '"days "0', "46302"), (46302, "[Red]#,##0", "46302"), (-5, "dd-mm-yyyy", "-5"), (0, "dd-mm-yyyy", "0"), (60, "dd-mm-yyyy", "60"),
)


def test_every_kind_of_cell_is_read_as_the_text_it_stands_for(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row, (value, code, _) in enumerate(CASES, 1):
        cell = book.active.cell(row, 2, value)
        cell.number_format = code
    book.save(tmp_path / "book.xlsx")
    frame = reading.read_sheet(tmp_path / "book.xlsx", "Sheet").frame
    assert list(zip([c[0] for c in CASES], frame[2])) == [(c[0], c[2]) for c in CASES]
    assert (frame[1] == "").all() and frame.index[0] == 1 and frame.columns.tolist() == [1, 2]


def test_halves_of_a_character_are_read_as_text() -> None:
    assert [xml.cell_text(t) for t in ("a_xD83D__xDE00_b", "a_xD800_b", "_xDC00__xD800_", "_x005F_xD800_", "_x0041_")] == ["a\U0001f600b", "a\ufffdb", "\ufffd\ufffd", "_xD800_", "A"]


def test_comments_vanish_and_cdata_is_text_and_one_without_an_end_is_refused() -> None:
    assert xml.as_utf8(b"<a><!-- <b> <![CDATA[ --><![CDATA[<&> <!-- ]]>c<!----></a>") == b"<a>&lt;&amp;&gt; &lt;!-- c</a>"
    for opening in (b"<!--", b"<![CDATA["):
        with pytest.raises(ImsXlError, match="cut off inside a comment"):
            xml.as_utf8(b"<a>" + opening * 1000 + b"</a>")


def test_blank_rows_and_columns_keep_their_numbers(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active["C4"], book.active["E9"] = "x", 5
    book.active["H20"].number_format = "0.00"      # looks, but holds nothing
    book.save(tmp_path / "book.xlsx")
    frame = reading.read_sheet(tmp_path / "book.xlsx", "Sheet").frame
    assert frame.shape == (9, 5) and frame.loc[4, 3] == "x" and frame.loc[9, 5] == "5" and (frame.to_numpy() != "").sum() == 2


def test_a_formula_counts_by_its_cached_value(tmp_path: Path) -> None:
    path = books.rich_book(tmp_path / "rich.xlsx")
    frame = open_book(path).read("Data").frame
    assert frame.loc[2, 5] == "3" and frame.loc[1, 7] == "plain bold"


def test_a_sheet_that_is_not_there_is_named_with_those_that_are(tmp_path: Path) -> None:
    with pytest.raises(ImsXlError, match="'Nope'; found 'My data', 'Notes'"):
        open_book(person_book(tmp_path / "book.xlsx")).read("Nope")


def test_names_of_sheets_are_found_without_regard_to_capitals(tmp_path: Path) -> None:
    assert open_book(person_book(tmp_path / "book.xlsx")).read("MY DATA").name == "My data"


def test_hidden_and_chart_sheets_are_told(tmp_path: Path) -> None:
    infos = {i.name: i for i in open_book(books.rich_book(tmp_path / "rich.xlsx")).sheets()}
    assert infos["Hidden"].state == "very_hidden" and infos["Picture"].is_chart and not infos["Data"].is_chart


@pytest.mark.parametrize("make", [books.prefixed, books.strict, books.without_references])
def test_other_dialects_read_as_the_ordinary_one(tmp_path: Path, make: object) -> None:
    book = openpyxl.Workbook()
    for row in (("GSTIN", "No", "Tax"), ("27A", "0012", 12.5), ("29B", "7", 1)):
        book.active.append(row)
    book.save(tmp_path / "plain.xlsx")
    other = make(tmp_path / "plain.xlsx", tmp_path / "other.xlsx")  # type: ignore[operator]
    assert open_book(other).read("Sheet").frame.equals(open_book(tmp_path / "plain.xlsx").read("Sheet").frame)


_TEXT = st.text(st.sampled_from("ab1 .&<>\"'_x0041é₹😀\t"), max_size=12)
_NUMBER = st.one_of(st.integers(-10**6, 10**17).map(str), st.floats(-1e9, 1e9).map(repr), st.sampled_from(["1E5", "0", "-0", "0.50", "12.", " 7 ", "1e-9", "x", "1234.5599999999999", ""]))


@st.composite
def _sheets(draw: st.DrawFn) -> bytes:
    rows = []
    number = 0
    for _ in range(draw(st.integers(0, 6))):
        number += draw(st.integers(1, 3))
        cells, column = [], 0
        for _ in range(draw(st.integers(0, 5))):
            column += draw(st.integers(1, 30))
            letters = chr(64 + column) if column <= 26 else "A" + chr(64 + column - 26) if column <= 52 else "B" + chr(64 + column - 52) if column <= 78 else "C" + chr(64 + column - 78) if column <= 104 else "D" + chr(64 + column - 104) if column <= 130 else "E" + chr(64 + column - 130)
            style = draw(st.sampled_from(["", ' s="0"', ' s="1"', ' s="2"', ' s="3"']))
            text = xml.escape(draw(_TEXT))
            value = draw(_NUMBER)
            cells.append(f'<c r="{letters}{number}"' + draw(st.sampled_from([
                f'{style}><v>{value}</v></c>', f'{style} t="n"><v>{value}</v></c>', f' t="s"{style}><v>{draw(st.integers(0, 4))}</v></c>', f'{style} t="inlineStr"><is><t>{text}</t></is></c>',
                f'{style} t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>', f'{style} t="inlineStr"><is><r><t>{text}</t></r><r><t>z</t></r></is></c>', f'{style} t="str"><f>A1&amp;"x"</f><v>{text}</v></c>',
                f'{style} t="b"><v>1</v></c>', f'{style} t="e"><v>#N/A</v></c>', f"{style}/>", f"{style}><f>A1</f></c>", f'{style}><f>A1</f><v/></c>', f'{style} cm="1"><v>{value}</v></c>', f'{style} t="d"><v>2026-10-07T00:00:00</v></c>', f'{style} t="str"><v></v></c>'])))
        rows.append(f'<row r="{number}" spans="1:9">' + "".join(cells) + "</row>" if cells or draw(st.booleans()) else f'<row r="{number}"/>')
    return ("<sheetData>" + "".join(rows) + "</sheetData>").encode()


@settings(max_examples=100, deadline=None)
@given(_sheets())
def test_reading_in_bulk_is_reading_cell_by_cell(data: bytes) -> None:
    glossary = Glossary(["one", "two & two", "", "₹"], np.array([number_formats.NUMBER, number_formats.DATE, number_formats.TIME, number_formats.DURATION], dtype=np.int8), False)
    start, end = rows_of(data)
    fast = columns_of(data, start, end, glossary)
    assert fast is not None
    slow = reading._frame(sheet_cells(data, glossary))
    pd.testing.assert_frame_equal(reading._fast_frame(*fast), slow)


@pytest.mark.parametrize("row", ['<row r="1">r="A1"><v>1</v></c><c r="B1"><v>2</v></c></row>', '<row r="1"><c r="B1" t="inlineStr"><is><t xm="preserve"> a </t></is></c></row>'])
def test_damaged_rows_are_left_to_the_careful_reader(row: str) -> None:
    glossary = Glossary([], np.zeros(1, np.int8), False)
    data = f"<sheetData>{row}</sheetData>".encode()
    fast = columns_of(data, *rows_of(data), glossary)
    slow = reading._frame(sheet_cells(data, glossary))
    assert fast is None or reading._fast_frame(*fast).equals(slow)
    assert slow.iloc[0, 1].strip() in ("2", "a")


@pytest.mark.parametrize(("part", "was", "becomes"), [
    ("xl/workbook.xml", b'sheetId="1"', b'sheetId="100 Cr"'), ("xl/styles.xml", b'numFmtId="0"', b'numFmtId="C:"'), ("xl/_rels/workbook.xml.rels", b"</Relationships>", b""),
])
def test_a_book_that_says_what_no_program_writes_is_refused_in_one_sentence(tmp_path: Path, part: str, was: bytes, becomes: bytes) -> None:
    path = tmp_path / "odd.xlsx"
    sound = io.BytesIO()
    openpyxl.Workbook().save(sound)
    with zipfile.ZipFile(sound) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            assert name != part or was in data
            new.writestr(name, data.replace(was, becomes) if name == part else data)
    before = path.read_bytes()
    with pytest.raises(ImsXlError, match=r"no spreadsheet program writes|is damaged"):
        open_book(path).read("Sheet")
    assert path.read_bytes() == before


def test_one_stray_cell_at_the_end_of_the_sheet_makes_no_sixteen_thousand_columns(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active["A1"], book.active["B2"], book.active["XFD3"] = "IMS", "x", "stray"
    book.save(tmp_path / "stray.xlsx")
    frame = open_book(tmp_path / "stray.xlsx").read("Sheet").frame
    assert list(frame.columns) == [1, 2, 16384]
    assert (frame.at[1, 1], frame.at[2, 2], frame.at[3, 16384]) == ("IMS", "x", "stray")
