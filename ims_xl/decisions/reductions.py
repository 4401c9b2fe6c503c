"""The ITC-reduction answer from the books: in full, in part or not at all, capped at the document (ims.md section 4, V5-V10)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ims_xl.vocabulary import HEADS

_SNAP = 100   # paise: within a rupee the books mean the whole amount


def reductions(ims: pd.DataFrame, facts: pd.DataFrame) -> pd.DataFrame:
    """Aligned with ims: reduce_itc (Yes, No, "" = the books do not tell), reduce_igst.. (Int64, <NA> = full), reduce_remark (obligatory for part and none)."""
    needed = facts["reduction_needed"].to_numpy(dtype=bool) & facts["booked"].to_numpy(dtype=bool)
    own = np.stack([ims[h].to_numpy(dtype=np.int64) for h in HEADS])
    availed = np.stack([facts[f"availed_{h}"].to_numpy(dtype=np.int64) for h in HEADS])
    capped = np.minimum(own, availed)
    capped = np.where(own - capped <= _SNAP, own, capped)
    # CGST and SGST of one document are declared alike (V6).
    alike = own[1] == own[2]
    lower = np.minimum(capped[1], capped[2])
    capped[1] = np.where(alike, lower, capped[1])
    capped[2] = np.where(alike, lower, capped[2])
    full = needed & (capped == own).all(axis=0)
    none = needed & ~full & (capped == 0).all(axis=0)
    part = needed & ~full & ~none
    answer = np.select([full | part, none], ["Yes", "No"], "")
    total = capped.sum(axis=0)
    remark = np.full(len(ims), "", dtype=object)
    remark[none] = "No credit was availed on this document in our books"
    for row in np.flatnonzero(part):
        remark[row] = f"Credit of Rs {total[row] / 100:.2f} only was availed in our books"
    out: dict[str, object] = {"reduce_itc": pd.array(answer.astype(object), dtype="str")}
    for number, head in enumerate(HEADS):
        out[f"reduce_{head}"] = pd.array(np.where(part, capped[number], 0), dtype="Int64")
        out[f"reduce_{head}"][~part] = pd.NA  # type: ignore[index]  # a pandas array, which mypy sees as object
    out["reduce_remark"] = pd.array(remark, dtype="str")
    return pd.DataFrame(out, index=ims.index)
