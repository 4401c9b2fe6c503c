"""Old and binary workbooks (.xls, .xlsb, .ods), read in a process of their own.

A damaged one may make the reader ask for more memory than there is, which ends a process at once. So a child reads it, within a limit, and hands
the sheets over as Arrow files in a private folder; a child that dies means a damaged workbook, not a lost run.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import pyarrow as pa

from ims_xl.hosts.scratch import private_folder
from ims_xl.vocabulary import ImsXlError

SECONDS: Final = 120
MEGABYTES: Final = 6144
WIDEST: Final = 16_384
"""Columns of the widest sheet that any spreadsheet program writes."""


@dataclass(frozen=True)
class OldSheet:
    """One sheet as the reader gives it: text columns, and (row, column, error) of its error cells."""

    name: str
    batch: Any
    errors: tuple[tuple[int, int, str], ...]


def old_sheets(path: Path) -> tuple[OldSheet, ...]:
    """Every sheet of the workbook; one that cannot be read is an ImsXlError."""
    stat = path.stat()
    return _read(path, stat.st_size, stat.st_mtime_ns)


@lru_cache(maxsize=2)
def _read(path: Path, size: int, changed: int) -> tuple[OldSheet, ...]:
    with private_folder() as folder:
        try:
            child = subprocess.run(
                [sys.executable, "-m", "ims_xl.readers.tables_old", str(path.resolve()), str(folder)], check=False, timeout=SECONDS, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}, creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0))
        except subprocess.TimeoutExpired:
            raise ImsXlError(f"{path.name} takes longer than {SECONDS} seconds to read; open it in Excel, save it as .xlsx, and retry.") from None
        index = folder / "index.json"
        if child.returncode or not index.exists():
            raise ImsXlError(f"{path.name} is a damaged workbook; open it in Excel, save it as .xlsx, and retry.")
        told = json.loads(index.read_text("utf-8"))
        if "error" in told:
            raise ImsXlError(_unreadable(path, told["error"]))
        sheets = []
        for number, sheet in enumerate(told["sheets"]):
            with pa.OSFile(str(Path(folder) / f"{number}.arrow")) as source:
                sheets.append(OldSheet(sheet["name"], pa.ipc.open_file(source).read_all(), tuple((row, column, detail) for row, column, detail in sheet["errors"])))
        return tuple(sheets)


def _unreadable(path: Path, told: str) -> str:
    if "ncrypt" in told or "assword" in told:
        return f"{path.name} is protected with a password; open it in Excel, save it without the password, and try again."
    return f"{path.name} is a damaged or locked workbook; open it in Excel, save it again, and retry ({told[:120]})."


def _child(path: str, folder: str) -> None:
    import fastexcel

    if sys.platform != "win32":
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        most = MEGABYTES << 20
        resource.setrlimit(resource.RLIMIT_AS, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    index: dict[str, Any] = {"sheets": []}
    try:
        book = fastexcel.read_excel(path)
        for number, name in enumerate(book.sheet_names):
            batch, errors = book.load_sheet(name, header_row=None, skip_rows=0, dtypes="string").to_arrow_with_errors()
            if batch.num_columns > WIDEST:
                raise ValueError(f"sheet {name!r} has a cell in column {batch.num_columns:,}, beyond the end of any sheet")
            with pa.OSFile(str(Path(folder) / f"{number}.arrow"), "wb") as out, pa.ipc.new_file(out, batch.schema) as writer:
                writer.write_batch(batch)
            index["sheets"].append({"name": name, "errors": [[*error.position, error.detail] for error in (errors.errors if errors else [])]})
    except Exception as wrong:  # noqa: BLE001 - the reader has one error type per format; each means the same to the user
        index = {"error": str(wrong).splitlines()[0] if str(wrong) else type(wrong).__name__}
    (Path(folder) / "index.json").write_text(json.dumps(index), "utf-8")


if __name__ == "__main__":
    _child(*sys.argv[1:3])
