"""Workbooks for the tests: the public corpus where it stands beside the project, and books of our own with everything that people put into theirs."""

from __future__ import annotations

import io
import os
import re
import zipfile
from collections.abc import Mapping
from pathlib import Path

import xlsxwriter

_HERE = Path(__file__).resolve().parents[2]
CORPUS_FOLDER = Path(os.environ.get("IMS_XL_CORPUS", _HERE.parent / "shared" / "corpus"))
CORPUS = sorted(p for p in CORPUS_FOLDER.glob("*.xls[xm]")) if CORPUS_FOLDER.exists() else []
_PNG = bytes.fromhex("89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082")
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def parts(path: Path) -> dict[str, bytes]:
    """Every part of a workbook, inflated."""
    with zipfile.ZipFile(path) as book:
        return {name: book.read(name) for name in book.namelist()}


def packed(path: Path) -> dict[str, bytes]:
    """Every entry of a workbook as it is stored, still compressed."""
    data = path.read_bytes()
    found = {}
    with zipfile.ZipFile(path) as book:
        for info in book.infolist():
            start = info.header_offset + 30 + int.from_bytes(data[info.header_offset + 26: info.header_offset + 28], "little") + int.from_bytes(data[info.header_offset + 28: info.header_offset + 30], "little")
            found[info.filename] = data[start: start + info.compress_size]
    return found


def rewritten(path: Path, out: Path, changes: Mapping[str, bytes | None], **zip_kind: bool) -> Path:
    """A copy of a workbook with some parts changed (None: left out) or added."""
    everything: dict[str, bytes | None] = {**parts(path), **changes}
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as book:
        for name, data in everything.items():
            if data is None:
                continue
            with book.open(zipfile.ZipInfo(name, (2020, 2, 3, 4, 5, 6)), "w", force_zip64=zip_kind.get("zip64", False)) as entry:
                entry.write(data)
    return out


def rich_book(path: Path) -> Path:
    """Charts, pictures, shapes, sparklines, comments, buttons, x14 formats, filters and print set-up, and parts no library of ours knows."""
    book = xlsxwriter.Workbook(str(path.with_suffix(".plain.xlsx")))
    data = book.add_worksheet("Data")
    money = book.add_format({"num_format": "#,##0.00", "bg_color": "#FFEE00"})
    for column, heading in enumerate(("Name", "GSTIN", "Tax", "Trend")):
        data.write(0, column, heading, book.add_format({"bold": True}))
    for row in range(1, 21):
        data.write(row, 0, f"Supplier {row}")
        data.write(row, 1, f"27AAPFU{row:04d}F1ZV")
        data.write(row, 2, row * 1.5, money)
        data.write_formula(row, 4, f"=C{row + 1}*2", money, row * 3)
        data.add_sparkline(row, 3, {"range": "Data!C2:C21"})
    data.write_rich_string("G1", "plain ", book.add_format({"bold": True}), "bold")
    data.write_comment("A2", "checked")
    data.write_array_formula("H2:H4", "{=C2:C4*2}", None, 1)
    data.write_dynamic_array_formula("I2:I4", "=SORT(C2:C4)", None, 1)
    data.conditional_format("C2:C21", {"type": "data_bar", "bar_negative_color": "#FF0000", "data_bar_2010": True})
    data.conditional_format("C2:C21", {"type": "icon_set", "icon_style": "3_traffic_lights"})
    data.data_validation("F2:F21", {"validate": "list", "source": ["x", "y"]})
    data.insert_image("K2", "dot.png", {"image_data": io.BytesIO(_PNG)})
    data.insert_textbox("K8", "a shape")
    data.insert_button("K12", {"macro": "Go", "caption": "Go"})
    data.autofilter("A1:E21")
    data.freeze_panes(1, 1)
    data.set_header("&L&G", {"image_left": "dot.png", "image_data_left": io.BytesIO(_PNG)})
    data.set_landscape()
    data.repeat_rows(0)
    data.set_h_pagebreaks([10])
    data.ignore_errors({"number_stored_as_text": "B2:B21"})
    chart = book.add_chart({"type": "line"})
    chart.add_series({"values": "=Data!$C$2:$C$21"})
    data.insert_chart("M2", chart)
    column = book.add_chart({"type": "column"})
    column.add_series({"values": "=Data!$C$2:$C$21"})
    book.add_chartsheet("Picture").set_chart(column)
    hidden = book.add_worksheet("Hidden")
    hidden.write("A1", "secret")
    hidden.very_hidden()
    book.define_name("Rate", "=0.18")
    book.set_properties({"author": "Asha"})
    book.close()
    plain = path.with_suffix(".plain.xlsx")
    whole = parts(plain)
    extra = {
        "customXml/item1.xml": b"<a/>", "xl/connections.xml": b'<connections xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"/>',
        "xl/printerSettings/printerSettings1.bin": bytes(range(256)), "xl/persons/person.xml": b'<personList xmlns="http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments"/>',
        "xl/model/item.data": b"\0" * 1000, "docProps/custom.xml": b'<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"/>',
    }
    relations = whole["xl/_rels/workbook.xml.rels"].decode().replace(
        "</Relationships>", f'<Relationship Id="rIdX1" Type="{_RELATION}/connections" Target="connections.xml"/><Relationship Id="rIdX2" Type="{_RELATION}/customXml" Target="../customXml/item1.xml"/>'
        '<Relationship Id="rIdX3" Type="http://schemas.microsoft.com/office/2017/10/relationships/person" Target="persons/person.xml"/></Relationships>')
    types = whole["[Content_Types].xml"].decode().replace(
        "</Types>", '<Default Extension="bin" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.printerSettings"/><Default Extension="data" ContentType="application/vnd.openxmlformats-officedocument.model+data"/>'
        '<Override PartName="/xl/connections.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.connections+xml"/>'
        '<Override PartName="/xl/persons/person.xml" ContentType="application/vnd.ms-excel.person+xml"/></Types>')
    rewritten(plain, path, {**extra, "xl/_rels/workbook.xml.rels": relations.encode(), "[Content_Types].xml": types.encode()})
    plain.unlink()
    return path


def book_with_picture(path: Path) -> Path:
    """A book whose sheet `Home` has a picture on it."""
    book = xlsxwriter.Workbook(str(path))
    book.add_worksheet("Home").insert_image("H2", "dot.png", {"image_data": io.BytesIO(_PNG)})
    book.close()
    return path


def macro_book(path: Path) -> Path:
    """A workbook with macros."""
    from pyopenvba import ExcelFile

    book = ExcelFile.create_new(str(path))
    book.vba_project().add_module("Ours", "Sub Go()\r\nMsgBox 1\r\nEnd Sub\r\n")
    book.save()
    return path


def prefixed(path: Path, out: Path) -> Path:
    """The same book with every element of the spreadsheet's own language under the prefix `x:`."""
    changes = {}
    for name, data in parts(path).items():
        if name.startswith("xl/") and name.endswith(".xml") and b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"' in data:
            text = data.decode().replace('xmlns="http://schemas', 'xmlns:x="http://schemas')
            changes[name] = re.sub(r"<(/?)([a-zA-Z]\w*)(?=[\s/>])", r"<\1x:\2", text).encode()
    return rewritten(path, out, changes)


def strict(path: Path, out: Path) -> Path:
    """The same book in the Strict dialect."""
    swaps = ((b"http://schemas.openxmlformats.org/spreadsheetml/2006/main", b"http://purl.oclc.org/ooxml/spreadsheetml/main"),
             (b"http://schemas.openxmlformats.org/officeDocument/2006/relationships", b"http://purl.oclc.org/ooxml/officeDocument/relationships"))
    changes = {}
    for name, data in parts(path).items():
        if name.endswith((".xml", ".rels")) and not name.startswith("["):
            for ordinary, other in swaps:
                data = data.replace(ordinary, other)
            changes[name] = data
    return rewritten(path, out, changes)


def without_references(path: Path, out: Path) -> Path:
    """The same book with no `r` on rows and cells, as some exporters write (its cells stand side by side)."""
    changes = {}
    for name, data in parts(path).items():
        if name.startswith("xl/worksheets/sheet"):
            changes[name] = re.sub(rb"(<(?:row|c)) r=\"[A-Z]*\d+\"", rb"\1", data)
    return rewritten(path, out, changes)
