"""Where an IMS row stands in the form under its present action: counted, rejected, or nowhere."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ims_xl.returns.forms import REJECTED
from ims_xl.vocabulary import Action


def counted(rows: pd.DataFrame, action: pd.Series) -> np.ndarray:
    """Rows (of `Gstr2B.rows`) whose credit stands in the form now: of the period, and neither rejected nor pending."""
    pending = (action == Action.PENDING).to_numpy()
    return np.asarray(rows["counts"].to_numpy(dtype=bool) & ~pending & ~rejected(rows, action), dtype=bool)


def rejected(rows: pd.DataFrame, action: pd.Series) -> np.ndarray:
    """Rows under ITC rejected now. A bill of entry cannot be rejected: the portal would deem it accepted."""
    found = rows["counts"].to_numpy(dtype=bool) & (action == Action.REJECT).to_numpy(dtype=bool)
    at = np.flatnonzero(found)
    found[at] = ~rows["path"].iloc[at].str.contains(".imports.", regex=False).to_numpy(dtype=bool)
    return np.asarray(found)


def rejected_path(path: pd.Series) -> pd.Series:
    """`itcavl.nonrevsup.b2b` -> `itcRejected.nonrevsup.b2b`."""
    return path.str.replace(r"^[^.]+", REJECTED, regex=True)
