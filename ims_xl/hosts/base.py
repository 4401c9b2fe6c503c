"""What every host can do: list sheets, read one as text, paint a plan, save. The seam between the engine and Excel.

A sheet is read as text, so that `0012`, `1E5` and 16-digit numbers stay what they are and all hosts give the same frame.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:       # a click that only shows a tab shall not wait for pandas
    import pandas as pd

    from ims_xl.workbook.plan import Plan


@dataclass(frozen=True, slots=True)
class SheetInfo:
    name: str
    state: str = "visible"       # "visible", "hidden", "very_hidden"
    is_chart: bool = False


@dataclass(frozen=True, slots=True)
class SheetText:
    """A sheet as text.

    `frame` has one column per sheet column, labelled 1, 2, 3 ... (column A is 1), and the sheet's row numbers (1-based) as index;
    every value is a str: "" blank, text as it is, numbers in their shortest form ("1234.5", "12", no ".0"), dates "2026-10-07"
    (with time "2026-10-07 14:30:00"), "TRUE"/"FALSE", errors "#N/A". A formula counts by its cached value; "" where it has none.
    """

    name: str
    frame: pd.DataFrame
    merged: tuple[str, ...] = ()
    """Merged areas that touch the first 40 rows, e.g. "A1:F1"; () where the host does not look."""


class Host(Protocol):
    path: Path

    def sheets(self) -> tuple[SheetInfo, ...]: ...

    def read(self, sheet: str) -> SheetText: ...

    def read_two(self, one: str, other: str) -> tuple[SheetText, SheetText]:
        """Two sheets, side by side where the host can do that."""

    def paint(self, plan: Plan) -> None:
        """Everything of the plan, or nothing: a failure leaves the book as it was."""

    def save(self, path: Path | None = None) -> None:
        """Atomically to `path`, or over the book itself."""

    def close(self) -> None: ...
