"""The sample month many times over, for measuring: the same troubles in the same mixture."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from ims_xl.state import Links, Reconciliation
from tests.tabs.sample import sample


def big(documents: int) -> Reconciliation:
    """At least that many documents, each copy with keys of its own."""
    rec = sample()
    times = -(-documents // len(rec.state.ims))
    results = len(rec.links.results)

    def tiled(frame: pd.DataFrame) -> pd.DataFrame:
        return pd.concat([frame] * times, ignore_index=True)

    ims = tiled(rec.state.ims)
    ims["key"] = ims["key"] + "|" + pd.Series(np.arange(len(ims)).astype(str))
    register = tiled(rec.state.register)
    register["voucher_number"] = register["voucher_number"] + "-" + pd.Series(np.repeat(np.arange(times), len(rec.state.register)).astype(str))
    links = Links(
        tiled(rec.links.results),
        np.concatenate([rec.links.ims_result + n * results for n in range(times)]), np.concatenate([rec.links.register_result + n * results for n in range(times)]),
    )
    return replace(
        rec, state=replace(rec.state, ims=ims, work=tiled(rec.state.work), register=register), links=links, belonging=tiled(rec.belonging), facts=pd.DataFrame(index=ims.index),
        decisions=tiled(rec.decisions), why=pd.concat([rec.why] * times, ignore_index=True),
        gstr2b=replace(rec.gstr2b, rows=tiled(rec.gstr2b.rows)), gstr3b=replace(rec.gstr3b, rows=tiled(rec.gstr3b.rows)),
    )
