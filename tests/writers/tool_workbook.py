"""A workbook shaped like the GSTN IMS Offline Tool after its JSON was opened: two heading lines, hidden previous values, a part of macros. Test code only."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pandas as pd
from openpyxl import Workbook
from openpyxl.worksheet.datavalidation import DataValidation

MACROS = b"\xd0\xcf\x11\xe0 not a real macro, but bytes that must survive"
_TAX = ("Integrated Tax (₹)", "Central Tax (₹)", "State/UT Tax (₹)", "Cess (₹)")
_STATES = {"27": "27-Maharashtra"}


def tool_workbook(ims: pd.DataFrame, path: Path, accepted_word: str = "Accept") -> Path:
    """Writes the tool with the documents of an IMS_LEDGER on its eight sheets."""
    book = Workbook()
    book.active.title = "Home"
    book.active["B2"] = "IMS Offline Tool"
    for name in ("B2B", "B2BA", "B2B-DN", "B2B-DNA", "B2B-CN", "B2B-CNA", "ECO", "ECOA"):
        sheet = book.create_sheet(name)
        sheet["A1"], sheet["A2"] = "Invoice Management System", f"{name}"
        amended, eco, declares = name.endswith("A"), name.startswith("ECO"), name.endswith("A") or "CN" in name
        word = "Note" if "-" in name else "Document" if eco else "Invoice"
        heads: list[tuple[str, str]] = [("Original details", f"{word} number"), ("Original details", f"{word} date")] if amended else []
        heads += [("", "GSTIN of supplier"), ("", "Trade/Legal name"), (f"{word} details", f"{word} number"), *([] if eco else [(f"{word} details", f"{word} type")]), (f"{word} details", f"{word} date"),
                  (f"{word} details", f"{word} value (₹)"), ("", "Status*"), ("", "Place of supply"), ("", "Taxable value (₹)"), *(("Tax amount", tax) for tax in _TAX)]
        if declares:
            heads += [("", "Whether ITC to be reduced (Yes/No)"), *(("Amount declared by taxpayer for ITC reduction", tax) for tax in _TAX)]
        heads += [("", "Remarks"), ("", "Source"), ("", "Source return period"), ("", "Source filing status"), ("", "Sheet validation errors"), ("", "GST portal validation errors"), ("", "Previous Status"),
                  ("", "Previous Remarks"), ("", "IsPendingBlocked"), ("", "IsRemarkBlocked")]
        top = 6 if amended else 5
        for column, (group, own) in enumerate(heads, 1):
            if group:
                if column == 1 or heads[column - 2][0] != group:
                    sheet.cell(top, column, group)
                sheet.cell(top + 1, column, own)
            else:
                sheet.cell(top, column, own)
                sheet.merge_cells(start_row=top, end_row=top + 1, start_column=column, end_column=column)
        for number, row in enumerate(ims[ims["section"] == name].to_dict("records"), top + 2):
            amounts = [row[key] / 100 for key in ("igst", "cgst", "sgst", "cess")]
            shown = {"Accept": accepted_word}.get(row["portal_action"], row["portal_action"])
            values = [row["original_number"], f"{row['original_date']:%d-%m-%Y}"] if amended else []
            values += [row["supplier_gstin"], row["supplier_name"], row["document_number"], *([] if eco else ["Regular"]), f"{row['document_date']:%d-%m-%Y}", row["document_value"] / 100, shown,
                       _STATES[row["place_of_supply"]], row["taxable_value"] / 100, *amounts]
            values += [None] * 5 if declares else []
            values += [None, row["source_form"], row["supplier_period"], row["filing_status"], None, None, shown, None, row["pending_blocked"] or "N", "N"]
            for column, value in enumerate(values, 1):
                sheet.cell(number, column, value)
        sheet.add_data_validation(DataValidation(type="list", formula1='"Accept,Reject,Pending,No Action"', sqref=f"G{top + 2}:G500"))
    plain = path.with_suffix(".plain.xlsx")
    book.save(plain)
    with zipfile.ZipFile(plain) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for item in source.infolist():
            data = source.read(item.filename)
            if item.filename == "[Content_Types].xml":
                data = data.replace(b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml", b"application/vnd.ms-excel.sheet.macroEnabled.main+xml")
                data = data.replace(b"</Types>", b'<Override PartName="/xl/vbaProject.bin" ContentType="application/vnd.ms-office.vbaProject"/></Types>')
            if item.filename == "xl/_rels/workbook.xml.rels":
                data = data.replace(b"</Relationships>", b'<Relationship Id="rIdVba" Type="http://schemas.microsoft.com/office/2006/relationships/vbaProject" Target="vbaProject.bin"/></Relationships>')
            target.writestr(item, data)
        target.writestr("xl/vbaProject.bin", MACROS)
    plain.unlink()
    return path
