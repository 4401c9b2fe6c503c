"""What the returns bring to the Tie-out tab: the statement's proof, and what is counted on an assumption that a person should know."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd

from ims_xl.returns.bypass import UNKNOWN_ORIGINAL
from ims_xl.returns.differences import SUMMARY_GAP
from ims_xl.returns.inputs import read
from ims_xl.rupees import grouped as rupees
from ims_xl.state import Gstr2B, Gstr3B, TieOut
from ims_xl.vocabulary import HEADS


def return_checks(gstr2b: Gstr2B, gstr3b: Gstr3B, inputs: Mapping[str, str]) -> Iterator[TieOut]:
    """One line a check; assumptions that occur nowhere are not mentioned."""
    if len(gstr3b.statement):
        proof = gstr3b.statement.set_index("line").loc["J", list(HEADS)]
        gap = sum(abs(int(value)) for value in proof)
        yield TieOut("Books against 2B: G - H - I = F", "0.00", rupees(gap), gap == 0)
    bypass = gstr2b.bypass
    if len(bypass):
        unknown = bypass[bypass["note"].str.contains(UNKNOWN_ORIGINAL, regex=False)]
        if len(unknown):
            yield TieOut("Amendments outside IMS whose original is unknown", "0", str(len(unknown)), True, "counted in full unless the 2B's summary tells the difference: " + _names(unknown))
        temporary = bypass[bypass["note"].str.contains("(temporary)", regex=False)]
        if len(temporary):
            yield TieOut("2B documents with ITC availability T", "0", str(len(temporary)), True, "taken as not available until the portal says what it means: " + _names(temporary))
    gaps = gstr2b.differences[gstr2b.differences["why"] == SUMMARY_GAP] if len(gstr2b.differences) else gstr2b.differences
    if len(gaps):
        yield TieOut("Rows of the drawn 2B whose summary is not the sum of its documents", "0", str(len(gaps)), True, "differential amendments do this; the rows: " + ", ".join(gaps["path"].head(10)))
    typed = read(inputs)
    if not any(name.startswith("3b.3.1a.") for name in typed.amounts):
        yield TieOut("Outward supplies typed on GSTR-3B", "typed", "not typed", True, "Set-off shows only what is paid in cash until 3.1(a) is filled in.")


def _names(documents: pd.DataFrame) -> str:
    told = [f"{supplier} {number}".strip() for supplier, number in zip(documents["supplier_gstin"].head(20), documents["document_number"].head(20))]
    return ", ".join(told) + (f" and {len(documents) - 20} more" if len(documents) > 20 else "")
