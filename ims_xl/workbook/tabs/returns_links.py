"""Where the documents behind a figure of the returns stand: one click from a row of GSTR-2B or a box of GSTR-3B to its list.

Documents of IMS stand on the IMS sheet, where the section keeps those of one row together; the others in the list below the
form, sorted by row. A target is `#'IMS'!A7:AY239`; "" where nothing stands there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from ims_xl.returns.forms import AVAILABLE, REJECTED, gstr3b_boxes
from ims_xl.state import Reconciliation
from ims_xl.workbook.tabs.where import Layout, area, quoted

LAST_COLUMN = 18
"""Of the lists on GSTR-2B and GSTR-3B."""
Span = tuple[int, int]


@dataclass(frozen=True)
class DocumentPlaces:
    """`bypass_header` is the heading row of the list of documents outside IMS on GSTR-2B."""

    rec: Reconciliation
    where: Layout
    bypass_header: int

    def in_ims(self, *paths: str) -> str:
        """The rows of the IMS sheet from the first to the last document of those rows of the form (or of the rows above them, which sum)."""
        place = self.where.ims
        # What is rejected has its row on the sheet by the credit that it was.
        span = _covering(self._ims_spans, [path.replace(REJECTED, AVAILABLE, 1) for path in paths])
        if span is None or not place.columns:
            return ""
        return f"#{quoted(place.sheet)}!{area(span[0], min(place.columns.values()), span[1], max(place.columns.values()))}"

    def outside(self, *paths: str) -> str:
        """Their lines in the list of documents outside IMS."""
        span = _covering(self._listed_spans, paths)
        return "" if span is None else f"#{quoted(self.where.name('GSTR-2B'))}!{area(span[0], 1, span[1], LAST_COLUMN)}"

    def of(self, *paths: str) -> str:
        """On the IMS sheet where there are any, else in the list below the form."""
        return self.in_ims(*paths) or self.outside(*paths)

    def of_box(self, box: str) -> str:
        """The documents that make a box of GSTR-3B by its rows of GSTR-2B."""
        return self.of(*(path for _, path in gstr3b_boxes()[box].terms))

    @cached_property
    def _ims_spans(self) -> Mapping[str, Span]:
        return _spans(self.rec.gstr2b.rows["path"], np.asarray(self.where.ims.rows, dtype=np.int64))

    @cached_property
    def _listed_spans(self) -> Mapping[str, Span]:
        listed = self.rec.gstr2b.bypass["path"].sort_values(kind="stable").reset_index(drop=True)
        return _spans(listed, np.arange(len(listed)) + self.bypass_header + 1)


def _spans(paths: pd.Series, rows: np.ndarray) -> Mapping[str, Span]:
    """First and last row by path."""
    found = pd.Series(rows).groupby(paths.to_numpy(dtype=object)).agg(["min", "max"]) if len(rows) else pd.DataFrame(columns=["min", "max"])
    return {str(path): (int(span["min"]), int(span["max"])) for path, span in found.iterrows()}


def _covering(spans: Mapping[str, Span], paths: list[str] | tuple[str, ...]) -> Span | None:
    mine = [span for path, span in spans.items() if path in paths or path.rsplit(".", 1)[0] in paths]
    return (min(first for first, _ in mine), max(last for _, last in mine)) if mine else None
