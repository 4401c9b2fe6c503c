"""Rolling forward into a book that stands there already: what the closed month now says, under what was pulled and typed since."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from ims_xl.followup.movement import voucher_keys
from ims_xl.state import BookState, HandLinks
from ims_xl.vocabulary import SetBy


def rejoined(rolled: BookState, there: BookState) -> BookState:
    """The next period's state anew: carried rows as the closed month has them now; rows pulled since, and everything typed, as they stand there."""
    pulled = there.ims["source_file"].isin(_files(there, "ims")).to_numpy(dtype=bool)
    typed = (there.work["set_by"] == SetBy.PERSON).to_numpy(dtype=bool) | (there.work["reviewed"] != "").to_numpy(dtype=bool)
    carried = there.ims["key"].isin(set(rolled.ims["key"])).to_numpy(dtype=bool)
    stays = pulled | (carried & typed)
    fresh = ~rolled.ims["key"].isin(set(there.ims.loc[stays, "key"])).to_numpy(dtype=bool)
    return replace(
        rolled,
        settings=there.settings,
        ims=_stacked(rolled.ims[fresh], there.ims[stays]), work=_stacked(rolled.work[fresh], there.work[stays]),
        register=_vouchers(rolled.register, there),
        portal_2b=there.portal_2b, files=there.files, problems=there.problems,
        rules=there.rules if len(there.rules) else rolled.rules,
        evidence=_over(rolled.evidence, there.evidence, "key"), contacts=_over(rolled.contacts, there.contacts, "supplier_gstin"),
        hand_links=HandLinks(rolled.hand_links.linked | there.hand_links.linked, rolled.hand_links.separated | there.hand_links.separated),
        inputs={**rolled.inputs, **there.inputs}, mapping={**rolled.mapping, **there.mapping}, mapping_shown=there.mapping_shown if len(there.mapping_shown) else rolled.mapping_shown,
        log=_stacked(there.log, rolled.log),
    )


def _vouchers(carried: pd.DataFrame, there: BookState) -> pd.DataFrame:
    """The lines of the registers that were pulled there, and the carried ones that no such register has."""
    own = there.register[there.register["source_file"].isin(_files(there, "register"))]
    return _stacked(carried[~np.isin(voucher_keys(carried), voucher_keys(own))], own)


def _files(state: BookState, kind: str) -> set[str]:
    return set(state.files.loc[state.files["kind"] == kind, "file"])


def _over(below: pd.DataFrame, above: pd.DataFrame, key: str) -> pd.DataFrame:
    return _stacked(below[~below[key].isin(set(above[key]))], above)


def _stacked(first: pd.DataFrame, second: pd.DataFrame) -> pd.DataFrame:
    parts = [frame for frame in (first, second) if len(frame)]
    whole = pd.concat(parts, ignore_index=True) if parts else first.reset_index(drop=True)
    return whole.astype(first.dtypes.to_dict())
