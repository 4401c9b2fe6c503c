"""A hand-typed action is checked against what its row allows; the reason stands beside it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ims_xl.distinct import judged_pairs
from ims_xl.vocabulary import Action, Change


def check_typed(work: pd.DataFrame, decisions: pd.DataFrame) -> pd.Series:
    """Aligned with work: why the action as it stands is not allowed, "" where it is. An empty cell and a gone row are fine."""
    action = work["action"].to_numpy(dtype=object)
    allowed = decisions["allowed"].to_numpy(dtype=object)
    lock = decisions["lock"].to_numpy(dtype=object)
    ok = judged_pairs(action, allowed, lambda typed, options: typed == "" or typed in options.split(","))
    ok |= (work["change"] == Change.GONE).to_numpy()
    reason = np.full(len(work), "", dtype=object)
    known = [each.value for each in Action]
    for row in np.flatnonzero(~ok):
        typed = str(action[row])
        if typed not in known:
            reason[row] = f"'{typed}' is not an action; choose {str(allowed[row]).replace(',', ', ')}."
        else:
            reason[row] = f"{typed} is not allowed for this row: {lock[row]}" if lock[row] else f"{typed} is not allowed for this row; choose {str(allowed[row]).replace(',', ', ')}."
    return pd.Series(pd.array(reason, dtype="str"), index=work.index)
