"""The part of a list tab that every list of portal documents shares: the key columns and the rows chosen, with links back to IMS."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pandas as pd

from ims_xl.state import Reconciliation
from ims_xl.vocabulary import HEADS, Change, MatchClass
from ims_xl.workbook.plan import OUR_MARK, ConditionalFormat
from ims_xl.workbook.tabs.pieces import DATA_ROW, Column, signs
from ims_xl.workbook.tabs.where import Layout, area, letters, quoted

KEY: Final[tuple[Column, ...]] = (
    Column("Section", "section", width=10),
    Column("Supplier GSTIN", "supplier_gstin", width=17.5),
    Column("Supplier name", "supplier_name", width=24),
    Column("Document number", "document_number", "link", width=17),
    Column("Document date", "document_date", "date", width=11.5),
)
"""Section to document date; the document number leads to the row on IMS."""

_NEVER_SHOWN: Final = ("raw", "hash", "source_file", "source_sheet")   # long, and copying them for a few columns costs time
ACTIONS: Final = {"Accept": "accept", "Reject": "reject", "Pending": "pending", "No Action": "noaction"}


def documents(rec: Reconciliation, where: Layout, chosen: np.ndarray) -> pd.DataFrame:
    """The chosen rows (bool mask or positions over ims; gone ones are left out): ledger and work columns and
    ims_row, tax (as printed), itc (credit notes negative), match, why, document_number_link, position."""
    live = rec.state.work["change"].to_numpy(dtype=object) != Change.GONE
    positions = np.flatnonzero(chosen) if chosen.dtype == bool else chosen
    positions = positions[live[positions]]
    # put together column by column: frames joined, and then added to, would cost most of the time that the tabs take
    columns: dict[str, Any] = {name: column.array.take(positions) for part in (rec.state.ims, rec.state.work) for name, column in part.items() if name not in _NEVER_SHOWN}
    rows = np.asarray(where.ims.rows, dtype=np.int64)[positions]
    columns |= {"position": positions, "ims_row": rows, "tax": sum(columns[head].to_numpy() for head in HEADS)}
    columns["itc"] = columns["tax"] * signs(columns["section"])
    labels = {m.value: m.label for m in MatchClass}
    classes = rec.links.results["match_class"].to_numpy(dtype=object)[rec.links.ims_result[positions]]
    columns["match"] = pd.array([labels.get(c, "") for c in classes.tolist()], dtype="str")
    columns["why"] = rec.why.array.take(positions)
    letter = letters(where.ims.column("Document number") if where.ims.has("Document number") else 1)
    target = f"#{quoted(where.ims.sheet)}!{letter}"
    columns["document_number_link"] = np.array([target + str(row) for row in rows.tolist()], dtype=object)
    return pd.DataFrame(columns, copy=False)


def action_formats(column: int, last: int) -> tuple[ConditionalFormat, ...]:
    """The four looks of an action column."""
    letter = letters(column)
    return tuple(
        ConditionalFormat(area(DATA_ROW, column, last, column), f'(${letter}{DATA_ROW}="{word}")+{OUR_MARK}', look) for word, look in ACTIONS.items()
    )


def word_formats(column: int, last: int, looks: dict[str, str]) -> tuple[ConditionalFormat, ...]:
    """A look for cells that begin with a word."""
    letter = letters(column)
    return tuple(
        ConditionalFormat(area(DATA_ROW, column, last, column), f'(LEFT(${letter}{DATA_ROW},{len(word)})="{word}")+{OUR_MARK}', look) for word, look in looks.items()
    )


def number_of(columns: tuple[Column, ...], heading: str) -> int:
    """The column number of a heading in a tab."""
    return next(i for i, c in enumerate(columns, start=1) if c.heading == heading)
