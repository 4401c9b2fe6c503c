"""A typed action against what the row offers: never overwritten, but marked with the reason where the portal would refuse it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ims_xl.vocabulary import Action


def check_typed(work: pd.DataFrame, decisions: pd.DataFrame) -> pd.Series:
    """Aligned with ims: why the action that stands there is not allowed, "" where it is."""
    action = work["action"].to_numpy(dtype=object)
    offered = decisions["allowed"].to_numpy(dtype=object)
    lock = decisions["lock"].to_numpy(dtype=object)
    out = np.full(len(action), "", dtype=object)
    pairs = {(a, o) for a, o in zip(action, offered) if a and a not in o.split(",")}
    if pairs:
        known = {a.value for a in Action}
        for row, pair in enumerate(zip(action, offered)):
            if pair in pairs:
                out[row] = f"{pair[0]} is not offered for this record ({lock[row]})." if pair[0] in known else f"'{pair[0]}' is no action; choose {pair[1].replace(',', ', ')}."
    return pd.Series(pd.array(out, dtype="str"), index=work.index)
