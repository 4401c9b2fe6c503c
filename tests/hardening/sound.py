"""Sound files of every kind that the product reads, small, and how each kind is read to the end. The fuzz tests spoil them.

    files = sound_files(folder)          # kind -> path
    read("register.xlsx", path, files)   # what the commands do with such a file; an ImsXlError is a good answer
"""

from __future__ import annotations

import json
import shutil
import zipfile
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

import openpyxl

from ims_xl.faces import cli
from ims_xl.period import Period
from ims_xl.sample import write_sample
from ims_xl.sample.client import GSTIN
from ims_xl.settings import Settings
from ims_xl.state import BookState, empty
from ims_xl.vocabulary import IMS_LEDGER, REGISTER_LEDGER
from tests.gstr2b_workbook import portal_workbook
from tests.portal_files import gstin, ims_download, record
from tests.readers import registers
from tests.writers.tool_workbook import tool_workbook

AS_OF = date(2026, 11, 12)
IMS_CSV = "section,supplier_gstin,document_number,document_date,taxable_value,igst,cgst,sgst,cess,supplier_period,filing_status\n" + "".join(
    f"b2b,{gstin(n)},A-{n},2026-10-0{n % 9 + 1},{1000 + n}.00,180.00,0,0,0,102026,Filed\n" for n in range(9))
REGISTER_CSV = "voucher_number,voucher_date,supplier_gstin,document_number,document_date,taxable_value,igst,cgst,sgst,cess\n" + "".join(
    f"V{n},0{n % 9 + 1}-10-2026,{gstin(n)},A-{n},{n % 9 + 1}/10/26,{1000 + n}.00,180.00,,,\n" for n in range(9))
HTML = "<html><body><table><tr>" + "".join(f"<th>{h}</th>" for h in ("Voucher No", "GSTIN", "Invoice No", "Invoice Date", "Taxable Value", "IGST")) + "</tr>" + "".join(
    f"<tr><td>V{n}</td><td>{gstin(n)}</td><td>A-{n}</td><td>07-10-2026</td><td>1000.00</td><td>180.00</td></tr>" for n in range(6)) + "</table></body></html>"
SPREADSHEET = ('<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">'
               '<Worksheet ss:Name="Purchases"><Table>' + "".join(
                   "<Row>" + "".join(f'<Cell><Data ss:Type="String">{text}</Data></Cell>' for text in row) + "</Row>"
                   for row in (("Voucher No", "GSTIN", "Invoice No", "Invoice Date", "Taxable Value", "IGST"), *((f"V{n}", gstin(n), f"A-{n}", "07-10-2026", "1000.00", "180.00") for n in range(6))))
               + "</Table></Worksheet></Workbook>")
SETOFF = {"liability": {"igst": "60000.00", "cgst": "100.00", "sgst": "100.00", "cess": "0"}, "credit": {"igst": "70000.00", "cgst": "1", "sgst": "2", "cess": "3"}, "rule_86b": False}


def sound_files(folder: Path, all_kinds: bool = False) -> dict[str, Path]:
    """Kind -> a file of that kind in `folder`, together one small client; with `all_kinds` those too that take seconds to make."""
    client = write_sample(folder, documents=12)
    files = {"ims.json": client.ims, "gstr2b.json": client.gstr2b, "register.xlsx": client.register}
    files["gstr2b.xlsx"] = portal_workbook(client.gstr2b.read_text("utf-8"), folder / "gstr2b.xlsx")
    for kind, source in (("ims.zip", client.ims), ("gstr2b.zip", client.gstr2b)):
        with zipfile.ZipFile(folder / kind, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.write(source, source.name)
        files[kind] = folder / kind
    files["register.csv"] = registers.as_csv(folder, registers.contract())
    files["register.xls"] = registers.as_xls(folder, registers.tally_columnar())
    files["tally.xml"] = registers.tally_xml(folder)
    _, wrong = record("b2b", gstin(2), "CN-9", error_msg="IMSSAV0010 previous action")
    texts = {
        "errors.json": ims_download(("b2b", wrong), rtin=GSTIN).replace("imsDetails", "imsDetailsErr"), "setoff.json": json.dumps(SETOFF), "table.html.xls": HTML, "table.2003.xls": SPREADSHEET,
        "match_ims.csv": IMS_CSV, "match_register.csv": REGISTER_CSV, "client.toml": f'gstin = "{GSTIN}"\nperiod = "2026-10"\nname = "Balaji"\nquarterly = false\n',
    }
    for kind, text in texts.items():
        files[kind] = folder / kind
        files[kind].write_text(text, "utf-8")
    import pyarrow.csv
    import pyarrow.parquet

    for side in ("match_ims", "match_register"):
        files[f"{side}.parquet"] = folder / f"{side}.parquet"
        pyarrow.parquet.write_table(pyarrow.csv.read_csv(files[f"{side}.csv"]), files[f"{side}.parquet"])
    from ims_xl.readers.portal import read_ims

    files["tool.xlsm"] = tool_workbook(read_ims(client.ims).ledger.assign(place_of_supply="27"), folder / "tool.xlsm")
    files["book.xlsx"] = folder / "book.xlsx"
    assert cli.main(["run", "--gstin", GSTIN, "--period", "2026-10", "--ims", str(client.ims), "--register", str(client.register), "-o", str(files["book.xlsx"]), "--as-of", str(AS_OF), "--quiet"]) == 0
    return files | (_costly(folder, files, client.register) if all_kinds else {})


def _costly(folder: Path, files: dict[str, Path], register: Path) -> dict[str, Path]:
    """A person's own workbook of two sheets, a signed book, and the history that signing left."""
    from ims_xl.readers.portal import read_ims

    ledger = read_ims(files["ims.json"]).ledger
    heads = {"section": "Type", "supplier_gstin": "GSTIN of supplier", "supplier_name": "Trade/Legal name", "document_number": "Invoice number", "document_date": "Invoice date", "place_of_supply": "Place of supply",
             "taxable_value": "Taxable value", "igst": "Integrated tax", "cgst": "Central tax", "sgst": "State/UT tax", "cess": "Cess", "supplier_period": "Return period", "filing_status": "Filing status"}
    rows = [[str(value)[:10] if name == "document_date" else value / 100 if name in ("taxable_value", "igst", "cgst", "sgst", "cess") else str(value) for name, value in zip(heads, row)] for row in ledger[list(heads)].itertuples(index=False)]
    books = [list(row) for row in openpyxl.load_workbook(register, read_only=True).active.iter_rows(values_only=True)]
    hers = registers.as_xlsx(folder, [["From the portal"], list(heads.values()), *rows], "hers.xlsx", "Portal", others={"Books": books, "Notes": [["call Varun"], ["=1+1", "x"]]})
    signed = folder / "signed" / "signed.xlsx"
    signed.parent.mkdir()
    shutil.copy(files["book.xlsx"], signed)
    for role, name in (("preparer", "R. Iyer"), ("reviewer", "S. Rao")):
        assert cli.main(["sign", str(signed), "--as", role, "--name", name, "--quiet"]) == 0
    return {"hers.xlsx": hers, "signed.xlsx": signed, "history.sqlite": signed.parent / ".ims-xl" / "history.sqlite"}


def read(kind: str, path: Path, files: dict[str, Path], answered: bool = True) -> None:
    """Reads one (spoiled) file of that kind as the commands do, where `answered` up to and including the month's answer; writes nothing."""
    from ims_xl import book, month
    from ims_xl.batch.clients import look_into
    from ims_xl.reconcile import reconcile

    state = empty_state()
    match kind:
        case "ims.json" | "ims.zip" | "tool.xlsm":
            state = replace(month.pull(state, [path]).state, register=_register(files["register.xlsx"]))
        case "gstr2b.json" | "gstr2b.xlsx" | "gstr2b.zip":
            state = month.pull(_with_ims(files["ims.json"]), gstr2b=[path]).state
        case "register.xlsx" | "register.csv" | "register.xls" | "tally.xml" | "table.html.xls" | "table.2003.xls":
            state = month.pull(_with_ims(files["ims.json"]), register=[path]).state
        case "errors.json":
            from ims_xl.readers.portal_errors import put_errors

            put_errors(_with_ims(files["ims.json"]), path)
        case "setoff.json":
            _command("setoff", str(path))
        case "match_ims.csv" | "match_ims.parquet":
            _command("match", str(path), str(files["match_register.csv"]), "-o", str(path.with_name("matches.csv")))
        case "match_register.csv" | "match_register.parquet":
            _command("match", str(files["match_ims.csv"]), str(path), "-o", str(path.with_name("matches.csv")))
        case "client.toml":
            shutil.copy(files["ims.json"], path.parent), shutil.copy(files["register.xlsx"], path.parent)
            look_into(path.parent)
        case "book.xlsx":
            state = book.open_state(path).state
        case "hers.xlsx":
            state = book.open_state(path, gstin=GSTIN, period="2026-10").state
        case "signed.xlsx":
            if not _command("verify", str(path)):
                state = book.open_state(path).state
        case "history.sqlite":
            from ims_xl import history

            home = path.parent / "home" / ".ims-xl" / "history.sqlite"     # opened on a copy: a table that is missing is made
            home.parent.mkdir(parents=True)
            shutil.copy(path, home)
            state, _ = history.remembered(replace(_with_ims(files["ims.json"]), settings=replace(empty_state().settings, period=Period(2026, 11))), home.parent.parent)
        case _:
            raise AssertionError(kind)
    if answered and len(state.ims):
        reconcile(state, AS_OF)


def _command(*words: str) -> int:
    return cli.main([*words, "--debug", "--quiet"])


def empty_state() -> BookState:
    """A client's month before anything is read."""
    from ims_xl.state import WORK_COLUMNS

    return BookState(settings=Settings(gstin=GSTIN, period=Period(2026, 10)), ims=empty(IMS_LEDGER), work=empty(WORK_COLUMNS), register=empty(REGISTER_LEDGER))


@cache
def _with_ims(path: Path) -> BookState:
    from ims_xl import month

    return month.pull(empty_state(), [path]).state


@cache
def _register(path: Path):
    from ims_xl import month

    return month.pull(empty_state(), register=[path]).state.register
