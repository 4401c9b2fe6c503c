"""Two spreadsheets work out our formulas: `python bench/live.py [ROWS ...]` (300 and 20,000 documents unless told otherwise).

Every cached value of GSTR-2B, GSTR-3B and the helper columns is spoiled first, so that what comes out right was recalculated. Then other
actions and other reductions are put in the IMS sheet, as a person would type them, and the formulas of the first book have to give what a new run
says. formualizer in this process, LibreOffice by converting the workbook with "always recalculate"; seconds are CPU. Ends with 1 where a figure differs.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import formualizer
import openpyxl

from ims_xl.book import template
from ims_xl.hosts import open_book
from ims_xl.workbook.plan import Cell, Plan
from tests.returns.books import plan
from tests.returns.random_month import random_month
from tests.returns.test_live_tabs import ALWAYS, _labels, changed, formulas, spoiled, wrong

TYPED = ("Action", "Reduce ITC", "Reduce IGST", "Reduce CGST", "Reduce SGST", "Reduce Cess")
Place = tuple[str, int, int]


def retyped(whole: Plan, after: Plan) -> Plan:
    """The first book with what a person types from the second: formulas stay as they were."""
    columns = {column.heading: column for column in after.patches[0].columns}
    patch = replace(whole.patches[0], columns=tuple(columns[c.heading] if c.heading in TYPED else c for c in whole.patches[0].columns))
    return replace(whole, patches=(patch,))


def expected(before: Plan, after: Plan) -> dict[Place, Cell]:
    """Formula cells of the new run that stand where the first book has them; lists of differences may have moved."""
    old, new = _labels(before), _labels(after)
    there = formulas(before)
    return {at: cell for at, cell in formulas(after).items() if at in there and old.get(at[:2]) == new.get(at[:2])}


def write(whole: Plan, path: Path) -> None:
    host = open_book(template())
    host.paint(spoiled(whole))
    host.save(path)
    host.close()


def by_formualizer(path: Path) -> tuple[Callable[..., object], float]:
    began = time.process_time()
    engine = formualizer.load_workbook(str(path))
    engine.evaluate_all()
    return engine.get_value, time.process_time() - began


def by_libreoffice(path: Path) -> tuple[Callable[..., object], float]:
    profile = path.parent / "profile" / "user"
    profile.mkdir(parents=True, exist_ok=True)
    (profile / "registrymodifications.xcu").write_text(ALWAYS)
    began = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(
        ["soffice", f"-env:UserInstallation={profile.parent.as_uri()}", "--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", str(path.parent / "out"), str(path)],
        check=True, capture_output=True, timeout=1800,
    )
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    book = openpyxl.load_workbook(path.parent / "out" / path.name, data_only=True, read_only=True)
    values = {
        (name, row.row, row.column): row.value for name in ("GSTR-2B", "GSTR-3B") for line in book[name].iter_rows() for row in line if row.value is not None
    }
    return lambda sheet, row, column: values.get((sheet, row, column)), ended.ru_utime + ended.ru_stime - began.ru_utime - began.ru_stime


def main() -> None:
    failed = False
    for count in [int(word) for word in sys.argv[1:]] or [300, 20_000]:
        month = random_month(count, 6)
        before, after = plan(month.reconciliation), plan(changed(month, 6).reconciliation)
        cases = (("as written", before, formulas(before)), ("after other actions", retyped(before, after), expected(before, after)))
        for name, whole, cells in cases:
            for engine, work in (("formualizer", by_formualizer), ("LibreOffice", by_libreoffice)):
                with tempfile.TemporaryDirectory() as folder:
                    path = Path(folder) / "book.xlsx"
                    write(whole, path)
                    value_of, seconds = work(path)
                differ = wrong(value_of, cells)
                failed |= bool(differ)
                moved = sum(cell.value != formulas(before)[at].value for at, cell in cells.items())
                print(f"{count:>7,} documents, {name:20} {engine:12} {len(cells):>5} formulas, {moved:>4} of them moved, {len(differ)} differ, {seconds:6.1f} s", flush=True)
                for line in differ[:5]:
                    print("        ", *line)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
