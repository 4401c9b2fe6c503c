"""The part of a list tab that every list of portal documents shares: the key columns and the rows chosen, with links back to IMS."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from ims_xl.state import Reconciliation
from ims_xl.vocabulary import Change, MatchClass
from ims_xl.workbook.plan import OUR_MARK, ConditionalFormat
from ims_xl.workbook.tabs.pieces import DATA_ROW, SIGNS, Column, tax_of
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
    ims = rec.state.ims.drop(columns=list(_NEVER_SHOWN)).iloc[positions].reset_index(drop=True)
    work = rec.state.work.iloc[positions].reset_index(drop=True)
    frame = pd.concat([ims, work], axis=1)
    frame["position"] = positions
    frame["ims_row"] = np.asarray(where.ims.rows, dtype=np.int64)[positions]
    frame["tax"] = tax_of(ims)
    frame["itc"] = frame["tax"] * ims["section"].map(SIGNS).fillna(1).to_numpy(dtype=np.int64)
    labels = {m.value: m.label for m in MatchClass}
    classes = rec.links.results["match_class"].to_numpy(dtype=object)[rec.links.ims_result[positions]]
    frame["match"] = pd.Series(classes, dtype="str").map(labels).fillna("")
    frame["why"] = rec.why.to_numpy(dtype=object)[positions]
    column = letters(where.ims.column("Document number") if where.ims.has("Document number") else 1)
    target = f"#{quoted(where.ims.sheet)}!{column}"
    frame["document_number_link"] = pd.Series([target + str(row) for row in frame["ims_row"].tolist()], dtype="object")
    return frame


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
