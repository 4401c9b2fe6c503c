"""What painting costs: `python bench/paint.py [ROWS]` paints an IMS sheet of 20,000 rows and 30 columns through the Excel host, into
LibreOffice behind xlwings, and compares with a bare xlwings write of the same blocks.

Prints seconds of CPU (ours and LibreOffice's) and the ratios: first paint, repaint with every action changed, repaint with nothing changed.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import openpyxl
import xlwings as xw

sys.path.insert(0, str(Path(__file__).parent.parent))

from ims_xl.hosts.excel import ExcelBook
from ims_xl.hosts.excel_canvas import PatchPlace, patch_canvas
from ims_xl.workbook.plan import OUR_MARK, ConditionalFormat, Plan, TableColumn, TablePatch, Validation
from tests.excel.lo_engine import Engine
from tests.excel.soffice import Soffice

COLUMNS = 30
HEADER = 6


def ims_patch(rows: int, action: str) -> TablePatch:
    """Twelve text columns, twelve of money, one of dates, one flag, then ours with highlights and drop-downs."""
    numbers = np.arange(rows)
    made = [TableColumn(n, f"Text {n}", [f"{n:02d}/{i:06d}" for i in numbers], style="text") for n in range(1, 13)]
    made += [TableColumn(n, f"Tax {n}", numbers * 100 + n, kind="rupees", style="rupees") for n in range(13, 25)]
    made.append(TableColumn(25, "Date", np.datetime64("2026-10-01", "s") + (numbers % 30).astype("timedelta64[D]"), kind="date", style="date"))
    made += [TableColumn(n, name, values, style=style) for n, name, values, style in (
        (26, "Match", ["Exact", "Value differs"] * (rows // 2), "text"), (27, "Why", ["Agrees in everything that was compared, within tolerance."] * rows, "text"),
        (28, "Suggested action", ["Accept", "Pending"] * (rows // 2), "text"), (29, "Action", [action] * rows, "input"), (30, "Set by", ["rule"] * rows, "text"),
    )]
    last = HEADER + rows
    formats = tuple(ConditionalFormat(f"AC{HEADER + 1}:AC{last}", f'($AC{HEADER + 1}="{word}")+{OUR_MARK}', style) for word, style in (("Accept", "accept"), ("Reject", "reject"), ("Pending", "pending")))
    return TablePatch(
        "IMS", HEADER, list(range(HEADER + 1, last + 1)), tuple(made), f"A{HEADER}:AD{last}", formats=formats, keep_styles=False,
        validations=(Validation(f"AC{HEADER + 1}:AC{last}", options=("Accept", "Reject", "Pending", "No Action")),),
    )


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    os.environ["IMS_XL_STATE"] = tempfile.mkdtemp()
    folder, office = Path(tempfile.mkdtemp()), Soffice()

    def blank(name: str) -> ExcelBook:
        made = openpyxl.Workbook()
        made.active.title = "IMS"
        made.save(folder / name)
        return ExcelBook(app.books.open(str(folder / name)))

    def cpu(work: Callable[[], None]) -> float:
        before = time.process_time() + _office_cpu(office.pid)
        work()
        return time.process_time() + _office_cpu(office.pid) - before

    try:
        engine = xw.Engine(impl=Engine(office, "excel"))
        xw.engines.add(engine)
        engine.activate()
        app = xw.App(impl=engine.impl.apps[0])
        patch = ims_patch(rows, "Accept")
        blocks = patch_canvas(patch, PatchPlace(0, 0, {}, {}, fresh=True), False).blocks
        for name in ("warm.xlsx", "bare.xlsx"):         # the first pays for LibreOffice's own start
            sheet = blank(name).book.sheets["IMS"]

            def write(sheet: xw.Sheet = sheet) -> None:
                for block in blocks:
                    sheet.range(block.area).raw_value = block.matrix

            bare = cpu(write)
        book = blank("painted.xlsx")
        print(f"{rows:,} rows x {COLUMNS} columns; CPU seconds, ours and LibreOffice's, and times a bare write")
        print(f"bare xlwings write  {bare:6.2f}")
        for what, plan in (
            ("first paint", patch), ("every action new", ims_patch(rows, "Pending")), ("nothing new", ims_patch(rows, "Pending")),
            ("two columns", replace(ims_patch(rows, "Accept"), columns=ims_patch(rows, "Accept").columns[-2:], keep_rules=True)),
        ):
            took = cpu(lambda plan=plan: book.paint(Plan(patches=(plan,))))
            print(f"{what:18}  {took:6.2f}  x {took / bare:.2f}")
    finally:
        office.stop()


def _office_cpu(group: int) -> float:
    """Seconds that LibreOffice's process group has used."""
    ticks = 0
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rsplit(")", 1)[1].split()
            except OSError:
                continue
            if int(fields[2]) == group:
                ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()
