"""How fast files go in and out, in CPU seconds and as a multiple of parsing the same JSON with Python's own `json`.

    python bench/readers.py [--rows 100000] [--part 2b|ims|register|upload]

A year of GSTR-2B (12 x 5,000 documents), an IMS download, a register of 20 columns (CSV and XLSX), the upload of every row. Files are made
in a temporary folder. The promise: the year of 2B in at most 6 times the time of parsing its JSON alone.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ims_xl.gstin import check_character
from ims_xl.period import Period
from ims_xl.readers.gstr2b import read_2b
from ims_xl.readers.portal import read_ims
from ims_xl.readers.register import read_register
from ims_xl.settings import Settings
from ims_xl.state import WORK_COLUMNS, empty
from ims_xl.writers.upload import build_upload


def gstin(state: str, number: int) -> str:
    first = f"{state}AAB{'CFHP'[number % 4]}{'KLMN'[number // 4 % 4]}{number % 10000:04d}Q1Z"
    return first + check_character(first)


RECIPIENT = gstin("27", 1)
SUPPLIERS = [gstin(state, number) for number in range(100) for state in ("27", "29", "24")]


def cpu(work: Callable[[], Any], times: int = 3) -> float:
    """The least CPU seconds of some runs."""
    took = []
    for _ in range(times):
        start = time.process_time()
        work()
        took.append(time.process_time() - start)
    return min(took)


def documents(rng: random.Random, count: int) -> list[tuple[str, int, int, int, str]]:
    """Supplier, taxable paise, IGST, CGST (= SGST), day."""
    made = []
    for _ in range(count):
        supplier, taxable, rate = rng.choice(SUPPLIERS), rng.randrange(10_000, 90_000_000), rng.choice((5, 12, 18))
        local = supplier[:2] == "27"
        made.append((supplier, taxable, 0 if local else round(taxable * rate / 100), round(taxable * rate / 200) if local else 0, f"{rng.randrange(1, 29):02d}"))
    return made


def statement(rng: random.Random, month: int, count: int) -> str:
    groups: dict[str, list[dict[str, Any]]] = {}
    for number, (supplier, taxable, igst, cgst, day) in enumerate(documents(rng, count)):
        groups.setdefault(supplier, []).append({
            "inum": f"S/{month}/{number}", "typ": "R", "dt": f"{day}-{month:02d}-2026", "val": (taxable + igst + 2 * cgst) / 100, "pos": "27", "rev": "N", "itcavl": "Y", "rsn": "", "diffprcnt": 1,
            "srctyp": "e-Invoice", "irn": f"{number:064x}", "irngendate": f"{day}-{month:02d}-2026", "txval": taxable / 100, "igst": igst / 100, "cgst": cgst / 100, "sgst": cgst / 100, "cess": 0})
    b2b = [{"ctin": supplier, "trdnm": f"Supplier {supplier[2:7]}", "supprd": f"{month:02d}2026", "supfildt": f"10-{month:02d}-2026", "inv": invoices} for supplier, invoices in groups.items()]
    return json.dumps({"chksum": "x", "data": {"gstin": RECIPIENT, "rtnprd": f"{month:02d}2026", "version": "1.0", "gendt": "14-12-2026", "docdata": {"b2b": b2b}}}, separators=(",", ":"))


def ims_download(rng: random.Random, count: int) -> str:
    rows = [{"stin": supplier, "tradenm": f"Supplier {supplier[2:7]}", "inum": f"S/26-27/{number}", "inv_typ": "R", "idt": f"{day}-10-2026", "val": (taxable + igst + 2 * cgst) / 100, "action": "N", "pos": "27",
             "txval": taxable / 100, "iamt": igst / 100, "camt": cgst / 100, "samt": cgst / 100, "cess": 0, "srcform": "R1", "rtnprd": "102026", "srcfilstatus": "Filed", "ispendactblocked": "N",
             "isRemarksBlocked": "N", "hash": f"{number:020x}"} for number, (supplier, taxable, igst, cgst, day) in enumerate(documents(rng, count))]
    return json.dumps({"rtin": RECIPIENT, "imsDetails": {"b2b": rows}}, separators=(",", ":"))


HEADINGS = ["Voucher No", "Voucher Type", "Date", "Supplier GSTIN", "Supplier Name", "Supplier Invoice No", "Supplier Invoice Date", "Place of Supply", "Reverse Charge", "HSN", "Rate", "Taxable Value", "IGST", "CGST",
            "SGST", "Cess", "Invoice Value", "ITC Eligibility", "Narration", "Branch"]


def register_rows(rng: random.Random, count: int) -> list[list[Any]]:
    return [[f"PV/{number}", "Purchase", f"{day}-10-2026", supplier, f"Supplier {supplier[2:7]}", f"S/26-27/{number}", f"{day}-10-2026", "27-Maharashtra", "N", "8471", 18, taxable / 100, igst / 100, cgst / 100,
             cgst / 100, 0, (taxable + igst + 2 * cgst) / 100, "Inputs", "goods as per order", "Pune"] for number, (supplier, taxable, igst, cgst, day) in enumerate(documents(rng, count))]


def told(name: str, seconds: float, base: float, rows: int) -> None:
    print(f"{name:44} {seconds:7.2f} s CPU" + (f"  {seconds / base:5.1f} x json" if base else "") + f"  {rows / max(seconds, 1e-9):>10,.0f} rows/s")


def year_of_2b(folder: Path, rng: random.Random, _: int) -> None:
    paths = []
    for month in range(1, 13):
        paths.append(folder / f"2b-{month:02d}.json")
        paths[-1].write_text(statement(rng, month, 5000), encoding="utf-8")
    base = cpu(lambda: [json.loads(path.read_text(encoding="utf-8")) for path in paths])
    read = cpu(lambda: [read_2b([path], RECIPIENT, Period(2026, month)) for month, path in enumerate(paths, 1)])
    told("json.loads of a year of GSTR-2B", base, 0, 60_000)
    told("GSTR-2B, 12 x 5,000 documents (at most 6 x)", read, base, 60_000)


def ims_in(folder: Path, rng: random.Random, count: int) -> None:
    path = folder / "ims.json"
    path.write_text(ims_download(rng, count), encoding="utf-8")
    base = cpu(lambda: json.loads(path.read_text(encoding="utf-8")))
    told(f"json.loads of {count:,} IMS records", base, 0, count)
    told(f"IMS download, {count:,} records", cpu(lambda: read_ims(path, RECIPIENT)), base, count)


def register_in(folder: Path, rng: random.Random, count: int) -> None:
    import csv

    import xlsxwriter

    rows = [HEADINGS, *register_rows(rng, count)]
    with (folder / "register.csv").open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows(rows)
    told(f"register, {count:,} x {len(HEADINGS)} CSV", cpu(lambda: read_register(folder / "register.csv", RECIPIENT), 2), 0, count)
    book = xlsxwriter.Workbook(str(folder / "register.xlsx"), {"constant_memory": True})
    sheet = book.add_worksheet("Purchases")
    for place, row in enumerate(rows):
        sheet.write_row(place, 0, row)
    book.close()
    told(f"register, {count:,} x {len(HEADINGS)} XLSX", cpu(lambda: read_register(folder / "register.xlsx", RECIPIENT), 2), 0, count)


def upload_out(folder: Path, rng: random.Random, count: int) -> None:
    path = folder / "ims.json"
    text = ims_download(rng, count)
    path.write_text(text, encoding="utf-8")
    base = cpu(lambda: json.loads(text))
    ims = read_ims(path, RECIPIENT).ledger
    work = empty(WORK_COLUMNS, len(ims)).assign(action=[("Accept", "Reject", "Pending")[n % 3] for n in range(len(ims))], remarks="Not in books")
    for profile in ("portal-offline", "api-strict"):
        made = build_upload(ims, work, profile, Settings(gstin=RECIPIENT))
        told(f"upload, {count:,} records, {profile}, {len(made.files)} files", cpu(lambda: build_upload(ims, work, profile, Settings(gstin=RECIPIENT)), 2), base, count)  # noqa: B023


PARTS = {"2b": year_of_2b, "ims": ims_in, "register": register_in, "upload": upload_out}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--part", choices=list(PARTS))
    arguments = parser.parse_args()
    for name, part in PARTS.items():
        if arguments.part in (None, name):
            with tempfile.TemporaryDirectory() as folder:
                part(Path(folder), random.Random(26), arguments.rows)


if __name__ == "__main__":
    main()
