"""How long a click of the ribbon takes to start: `python bench/click.py [RUNS]` prints the median of each part in seconds.

The command behind a button starts as a fresh process; what counts is the time until our function has the open workbook in hand.
Without Excel that is: Python up, command line parsed, the button's module and the Excel host loaded.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

PARTS = {
    "python alone": "pass",
    "ims-xl command line": "from ims_xl.faces.cli import main",
    "a button that shows (next-exception)": "from ims_xl.faces import ribbon; ribbon.function_of('next-exception'); import ims_xl.hosts.excel, xlwings",
    "a button that works (match)": "from ims_xl.faces import ribbon; ribbon.function_of('match'); import ims_xl.hosts.excel, xlwings, ims_xl.book, ims_xl.month",
}


def median_seconds(code: str, runs: int) -> float:
    """Wall-clock of a fresh Python running that code."""
    took = []
    for _ in range(runs):
        start = time.perf_counter()
        subprocess.run([sys.executable, "-c", code], check=True)
        took.append(time.perf_counter() - start)
    return statistics.median(took)


def command(runs: int) -> float:
    """`python -m ims_xl ribbon help` to its end; without Excel it says so and ends with 2, after everything was loaded."""
    took = []
    for _ in range(runs):
        start = time.perf_counter()
        subprocess.run([sys.executable, "-m", "ims_xl", "ribbon", "next-exception", "--book", "Client.xlsx", "--hwnd", "1"], capture_output=True, check=False)
        took.append(time.perf_counter() - start)
    return statistics.median(took)


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    for name, code in PARTS.items():
        print(f"{name:42} {median_seconds(code, runs):.2f} s")
    print(f"{'python -m ims_xl ribbon ACTION':42} {command(runs):.2f} s")


if __name__ == "__main__":
    main()
