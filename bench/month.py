"""The main job against merely reading its files: `python -m bench.month [DOCUMENTS]`, 10,000 by default.

Two measures of one machine in one run, so that their ratio holds on any: `ims-xl run` on an IMS JSON and a register of that many rows,
and the time in which json + pandas + calamine read the same two files.
"""

import json
import os
import random
import subprocess
import sys
import tempfile
from pathlib import Path

import openpyxl

from tests.month.unseen_client import a_gstin, rupees

SUPPLIERS = 400


def write_client(folder: Path, count: int) -> tuple[Path, Path]:
    """As many IMS documents as vouchers; nine in ten are booked as they are, the rest with the usual slips or not at all."""
    dice = random.Random(count)
    suppliers = [a_gstin(dice, dice.choice(("27", "29", "24", "07"))) for _ in range(SUPPLIERS)]
    records = []
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Purchase Register")
    sheet.append(["Voucher Date", "Voucher Type", "Voucher No", "Supplier Name", "Supplier GSTIN", "Supplier Invoice No", "Supplier Invoice Date", "Place of Supply", "Taxable Value", "IGST", "CGST", "SGST", "Cess", "Invoice Value"])
    for n in range(count):
        stin, taxable, day = dice.choice(suppliers), dice.randrange(100_00, 5_00_000_00), f"{dice.randrange(1, 29):02d}-10-2026"
        whole = taxable * dice.choice((5, 18)) // 100
        tax = (0, whole // 2, whole // 2) if stin[:2] == "27" else (whole, 0, 0)
        number = f"{stin[2:4]}/26-27/{n:05d}"
        records.append({
            "stin": stin, "tradenm": f"Supplier {stin[2:7]}", "inum": number, "inv_typ": "R", "idt": day, "val": rupees(taxable + sum(tax)), "action": "N", "pos": "27", "txval": rupees(taxable),
            "iamt": rupees(tax[0]), "camt": rupees(tax[1]), "samt": rupees(tax[2]), "cess": 0, "srcform": "R1", "rtnprd": "102026", "srcfilstatus": "Filed", "ispendactblocked": "N", "hash": f"{n:020x}",
        })
        slip = dice.random()
        if slip < 0.02:
            number, stin = f"X-{n}", dice.choice(suppliers)
        elif slip < 0.06:
            number = number.split("/")[-1].lstrip("0") or "0"
        elif slip < 0.10:
            taxable = taxable * 95 // 100
        sheet.append([day, "Purchase", f"P/{n}", f"Supplier {stin[2:7]}", stin, number, day, "27-Maharashtra", taxable / 100, *(t / 100 for t in tax), 0, (taxable + sum(tax)) / 100])
    book.save(folder / "register.xlsx")
    (folder / "ims.json").write_text(json.dumps({"rtin": "27AAKCB4321Q1ZA", "imsDetails": {"b2b": records}}))
    return folder / "ims.json", folder / "register.xlsx"


IMPORTS = "import json, sys, time; import pandas as pd; from python_calamine import load_workbook; "
READ = IMPORTS + "t = time.process_time(); pd.DataFrame(json.load(open(sys.argv[1]))['imsDetails']['b2b']); pd.read_excel(sys.argv[2], engine='calamine', dtype=str); print(time.process_time() - t)"
RUN = "import sys, time; import ims_xl.book, ims_xl.month, ims_xl.faces.cli as cli; t = time.process_time(); code = cli.main(sys.argv[1:]); print(time.process_time() - t); sys.exit(code)"


def timed(*words: str) -> tuple[float, float]:
    """CPU seconds of the work alone, which the process prints, and of the whole process with its start and imports."""
    before = os.times()
    told = subprocess.run([sys.executable, "-c", *words], check=True, capture_output=True, text=True).stdout
    after = os.times()
    return float(told), after.children_user + after.children_system - before.children_user - before.children_system


def main(count: int = 10_000, rounds: int = 3) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        ims, register = map(str, write_client(folder, count))
        words = ["run", "--gstin", "27AAKCB4321Q1ZA", "--period", "2026-10", "--ims", ims, "--register", register, "-o", str(folder / "out.xlsx"), "--as-of", "2026-11-12", "--quiet", "--force"]
        reads, months = zip(*((timed(READ, ims, register), timed(RUN, *words)) for _ in range(rounds)))
        read, month = min(reads), min(months)
        print(f"{count:,} IMS + {count:,} register rows; CPU seconds, best of {rounds}")
        for what, n in (("the work alone", 0), ("the whole process", 1)):
            print(f"  {what}: reading {read[n]:.2f}, ims-xl run {month[n]:.2f}, {month[n] / read[n]:.1f} times (goal: under 12)")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
