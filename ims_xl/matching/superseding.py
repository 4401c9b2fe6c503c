"""Portal originals that an amendment in the same input replaces: found by supplier, kind, original number and original date."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ims_xl.matching.blocking import pairs_on
from ims_xl.matching.documents import NO_DAY, Documents, financial_years
from ims_xl.matching.hashing import arrow_text, together
from ims_xl.vocabulary import SECTION_BY_KEY, Section


def superseded_by(portal: Documents, ims: pd.DataFrame) -> np.ndarray:
    """For every portal document the row of the amendment that replaces it, -1 where none does. Of several amendments the latest period wins."""
    successor = np.full(len(portal), -1, dtype=np.int64)
    amendments = np.flatnonzero(portal.original != 0)
    if not len(amendments):
        return successor
    table, amended = _tables(ims)
    dates = ims.get("original_date", ims.get("original_document_date"))
    original_day = np.full(len(portal), NO_DAY)
    if dates is not None:
        days = dates.to_numpy().astype("datetime64[D]")
        original_day = np.where(np.isnat(days), NO_DAY, days.astype(np.int64))
    period = _periods(ims)
    at, target = pairs_on(together(portal.gstin[amendments], table[amendments], portal.original[amendments]), together(portal.gstin, table, portal.numbers.runs), 10**4)
    amendment = amendments[at]
    known_day = original_day[amendment] != NO_DAY
    fits = np.where(known_day, portal.day[target] == original_day[amendment], financial_years(portal.day[target]) == financial_years(portal.day[amendment]))
    later = ~amended[target] | (period[target] < period[amendment])
    fits &= (target != amendment) & later
    amendment, target = amendment[fits], target[fits]
    order = np.lexsort((portal.order[amendment], period[amendment]))
    successor[target[order]] = amendment[order]
    return _last_of_chain(successor)


def _last_of_chain(successor: np.ndarray) -> np.ndarray:
    """Where the amendment is itself amended, the last one."""
    for _ in range(8):
        following = np.where(successor >= 0, successor[successor], -1)
        onward = following >= 0
        if not onward.any():
            break
        successor = np.where(onward, following, successor)
    return successor


def _tables(ims: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Code of the table that the document, or its original, stands in; and whether it is an amendment."""
    encoded = arrow_text(ims["section"]).dictionary_encode()
    sections = [SECTION_BY_KEY.get(value) or Section(value) for value in encoded.dictionary.to_pylist()]
    codes = np.asarray(encoded.indices)
    numbers = {section: number for number, section in enumerate(Section)}
    return np.array([numbers[s.original] for s in sections])[codes], np.array([s.is_amendment for s in sections])[codes]


def _periods(ims: pd.DataFrame) -> np.ndarray:
    """MMYYYY as a number that grows with time; 0 where blank."""
    if "supplier_period" not in ims:
        return np.zeros(len(ims), dtype=np.int64)
    text = arrow_text(ims["supplier_period"])
    well_formed = pc.if_else(pc.match_substring_regex(text, "^[0-9]{6}$"), text, pa.scalar("000000", pa.large_string()))
    turned = pc.binary_join_element_wise(pc.utf8_slice_codeunits(well_formed, 2, 6), pc.utf8_slice_codeunits(well_formed, 0, 2), pa.scalar("", pa.large_string()))
    return np.asarray(pc.cast(turned, "int64"))


