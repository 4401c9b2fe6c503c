"""A live sheet as text, by the same rules as the file hosts: what Excel hands out -> `SheetText`'s frame."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ims_xl.hosts.excel_cell import cell_text


def text_frame(values: Any, rows: int, columns: int) -> pd.DataFrame:
    """The block as text, labelled by column and row numbers from 1; `values` as `Range.raw_value` gives them."""
    if rows == 0 or columns == 0:
        return pd.DataFrame(index=pd.RangeIndex(1, 1), columns=pd.RangeIndex(1, 1))
    if not isinstance(values, (tuple, list)):
        values = ((values,),)
    index = pd.RangeIndex(1, rows + 1)
    by_column = zip(*values)
    frame = {number: pd.Series(pd.array([v if type(v) is str else cell_text(v) for v in column], dtype="str"), index=index) for number, column in enumerate(by_column, 1)}
    return trimmed(pd.DataFrame(frame, index=index))


def trimmed(frame: pd.DataFrame) -> pd.DataFrame:
    """Without the blank rows and columns at the end, which Excel counts as used because they bear a format."""
    filled = (frame != "").to_numpy()
    height = int(np.flatnonzero(filled.any(axis=1)).max(initial=-1)) + 1
    width = int(np.flatnonzero(filled.any(axis=0)).max(initial=-1)) + 1
    small = frame.iloc[:height, :width]
    small.index, small.columns = pd.RangeIndex(1, height + 1), pd.RangeIndex(1, width + 1)
    return small
