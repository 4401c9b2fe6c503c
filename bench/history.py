"""A history of many documents: how long it takes to record twelve months, and to ask what a book asks on opening.

    python bench/history.py [--documents 100000] [--url SQLALCHEMY_URL]

Prints one line a question, the best of five. The promise: every question under a second at 100,000 documents.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
import pandas as pd

from ims_xl.history import Entry, open_history
from ims_xl.period import Period
from ims_xl.vocabulary import HEADS
from tests.portal_files import RECIPIENT, gstin


def entry(period: Period, count: int, rng: np.random.Generator) -> Entry:
    """A month with that many documents of 800 suppliers."""
    suppliers = np.array([gstin(n) for n in range(800)], dtype=object)[rng.integers(0, 800, count)]
    numbers = np.array([f"{period.code}/{n:06d}" for n in range(count)], dtype=object)
    tax = rng.integers(100, 10_000_000, count)
    days = np.full(count, np.datetime64(period.start, "s"))
    documents = pd.DataFrame({
        "key": suppliers + "|B2B|" + numbers, "section": "B2B", "supplier_gstin": suppliers, "supplier_name": "Supplier of many things", "document_number": numbers, "document_date": days,
        "supplier_period": period.code, "action": rng.choice(["Accept", "Pending", "Reject"], count, p=[0.9, 0.08, 0.02]), "set_by": "rule", "rule": "clean-filed",
        "match_class": rng.choice(["exact", "value", "number"], count, p=[0.9, 0.05, 0.05]), "counted": True, "filed_3b": True, "months_late": rng.integers(0, 3, count),
        "taxable_value": tax * 5, "igst": tax, "cgst": 0, "sgst": 0, "cess": 0,
    })
    documents["counted"] = documents["action"] == "Accept"
    waited = documents[documents["action"] == "Pending"]
    moves = waited[["key", "supplier_gstin", "supplier_name", "document_number", "document_date"]].assign(side="portal", kind="B2B", since=str(period.plus(-1)), fate="cleared in it", itc=waited["igst"])
    boxes = pd.DataFrame([{"box": box, **dict.fromkeys(HEADS, 100)} for box in ("2B", "4A5", "4C")])
    files = pd.DataFrame({"sha256": [str(period)], "file": ["IMS.json"], "kind": ["ims"], "rows": [count], "read_at": [""]})
    return Entry(RECIPIENT, str(period), "book.xlsx", count, count, documents, moves, boxes, files)


def best(question: Callable[[], object]) -> str:
    """The best of five, in seconds of the clock and of the processor."""
    wall, cpu = [], []
    for _ in range(5):
        begun, spent = time.perf_counter(), time.process_time()
        question()
        wall.append(time.perf_counter() - begun)
        cpu.append(time.process_time() - spent)
    return f"{min(wall):.3f} s, {min(cpu):.3f} s of processor"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--documents", type=int, default=100_000)
    parser.add_argument("--url", default="")
    told = parser.parse_args()
    rng = np.random.default_rng(8)
    with tempfile.TemporaryDirectory() as folder, open_history(told.url or Path(folder)) as history:
        begun = time.perf_counter()
        for n in range(12):
            history.record(entry(Period(2026, 4).plus(n), told.documents // 12, rng), closed=True)
        print(f"record {told.documents} documents of twelve months: {time.perf_counter() - begun:.2f} s")
        after = Period(2027, 4)
        for name, question in {
            "earlier (counted or rejected)": lambda: history.earlier(RECIPIENT, after), "suppliers": lambda: history.suppliers(RECIPIENT, after),
            "year to date": lambda: history.year_to_date(RECIPIENT, 2026), "cleared since": lambda: history.cleared(RECIPIENT, after, "2026-04"), "trend": lambda: history.trend(RECIPIENT),
        }.items():
            print(f"{name}: {best(question)}")


if __name__ == "__main__":
    main()
