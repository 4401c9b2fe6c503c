"""The books-against-2B statement of the month, lines A to O: how the register's credit becomes the claim in GSTR-3B.

Forward charge from registered suppliers only; reverse charge, ISD and imports have boxes of their own. Amounts are paise,
signed (credit notes negative), by head. Line J proves the statement: G - H - I must be F.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from ims_xl.returns.booked import INELIGIBLE, OTHER_PERIOD, PART_INELIGIBLE, THIS_PERIOD
from ims_xl.returns.inputs import Typed
from ims_xl.returns.reverse_charge import is_note
from ims_xl.returns.standing import counted
from ims_xl.returns.vouchers import booked_in_period, is_import_of_goods, is_reverse_charge
from ims_xl.settings import Settings
from ims_xl.state import Amounts, Gstr2B, Links
from ims_xl.vocabulary import HEADS

ITEMS: Mapping[str, str] = {
    "A": "ITC as per books for the period (eligible and blocked, without reverse charge and imports)",
    "B": "less: in books, not in any 2B to date",
    "C": "less: in books, but in a document pending, rejected or not in this 2B",
    "D": "add: booked in other periods, now in this 2B",
    "E": "add/less: value differences taken at 2B",
    "F": "ITC from books supported by 2B (A - B - C + D + E)",
    "G": "2B ITC available, net of credit notes",
    "H": "in 2B, not in books",
    "I": "in 2B, counted in an earlier period (should be nil)",
    "J": "check: G - H - I - F (must be nil)",
    "K": "blocked, section 17(5), inside F: to 4(B)(1)",
    "L": "rule 37, 37A and other temporary reversals: to 4(B)(2)",
    "M": "reclaims: to 4A5 and 4(D)(1)",
    "N": "net ITC to claim, other than reverse charge, ISD and imports",
    "O1": "closing: awaiting 2B",
    "O2": "closing: in 2B, not booked",
    "O3": "closing: reclaim ledger (ECRS)",
}


def books_statement(
    gstr2b: Gstr2B, work: pd.DataFrame, rows: pd.DataFrame, bypass: pd.DataFrame, register: pd.DataFrame, signed: pd.DataFrame, links: Links, in_2b: np.ndarray,
    boxes: Mapping[str, Amounts], components: pd.DataFrame, typed: Typed, settings: Settings,
) -> pd.DataFrame:
    """line, item, IGST to cess in paise; `rows` and `bypass` are the treatments of IMS rows and of documents outside IMS."""
    two_b = gstr2b.rows
    place = two_b["path"]
    forward = (place.str.contains(".nonrevsup.", regex=False) | place.str.contains(".othersup.", regex=False)).to_numpy(dtype=bool)
    now = counted(two_b, work["action"]) & forward & place.str.startswith("itcavl").to_numpy(dtype=bool)
    again = now & (two_b["counted_earlier"] != "").to_numpy() & ~two_b["note"].str.startswith("Amendment").to_numpy(dtype=bool)
    booked = (rows["booked"] != "").to_numpy()
    this, other = (rows["booked"] == THIS_PERIOD).to_numpy(), (rows["booked"] == OTHER_PERIOD).to_numpy()
    sign = two_b["sign"].to_numpy(dtype=np.int64)

    path = gstr2b.bypass["path"]
    b_forward = path.str.startswith("itcavl.nonrevsup.").to_numpy(dtype=bool) | path.isin(["itcavl.othersup.cdnr", "itcavl.othersup.cdnra"]).to_numpy()
    b_sign = np.where(is_note(gstr2b.bypass), -1, 1)
    b_booked = (bypass["booked"] != "").to_numpy() & b_forward
    b_this = b_booked & (bypass["booked"] == THIS_PERIOD).to_numpy()

    lines = _forward_lines(register)
    month = lines & booked_in_period(register, settings)
    linked = np.isin(links.register_result, links.ims_result) if len(register) else np.zeros(0, dtype=bool)

    out: dict[str, dict[str, int]] = {name: {} for name in ITEMS}
    treatment = rows["treatment"].isin([INELIGIBLE, PART_INELIGIBLE]).to_numpy(dtype=bool)
    b_treatment = bypass["treatment"].isin([INELIGIBLE, PART_INELIGIBLE]).to_numpy(dtype=bool)
    other_4b = components[components["counts"] & (components["box"] == "4B1") & (components["key"] != "books.ineligible")]
    for head in HEADS:
        itc = two_b[f"itc_{head}"].to_numpy(dtype=np.int64) * sign
        books = rows[f"books_{head}"].to_numpy(dtype=np.int64)
        b_itc = gstr2b.bypass[head].to_numpy(dtype=np.int64) * b_sign
        b_books = bypass[f"books_{head}"].to_numpy(dtype=np.int64)
        value = signed[head].to_numpy(dtype=np.int64)
        supported = now & booked & ~again
        a = int(value[month].sum())
        b = int(value[month & ~linked & (in_2b < 0)].sum())
        # Of this period's bookings that the portal knows, what does not stand in 2B now waits with its document.
        c = a - b - int(books[supported & this].sum()) - int(b_books[b_this].sum())
        d = int(books[supported & other].sum()) + int(b_books[b_booked & ~b_this].sum())
        f = int(itc[supported].sum()) + int(b_itc[b_booked].sum())
        e = f - (a - b - c + d)
        g = int(itc[now].sum()) + int(b_itc[b_forward].sum())
        h = int(itc[now & ~booked & ~again].sum()) + int(b_itc[b_forward & ~b_booked].sum())
        i = int(itc[again].sum())
        k = int(rows[f"reverse_{head}"].to_numpy()[now & treatment].sum()) + int(bypass[f"reverse_{head}"].to_numpy()[b_forward & b_treatment].sum())
        blocked_elsewhere = int(other_4b[head].sum()) - int(_first(other_4b, head))
        temporary = boxes["4B2"][head]
        reclaim = boxes["4D1"][head]
        values = (
            a, b, c, d, e, f, g, h, i, g - h - i - f, k, temporary, reclaim,
            boxes["4A5"][head] - k - blocked_elsewhere - temporary, b, h, typed.amounts.get(f"3b.ecrs.opening.{head}", 0) + temporary - reclaim,
        )
        for name, amount in zip(ITEMS, values):
            out[name][head] = amount
    return pd.DataFrame([{"line": name, "item": ITEMS[name], **out[name]} for name in ITEMS]).astype(dict.fromkeys(HEADS, "int64"))


def _forward_lines(register: pd.DataFrame) -> np.ndarray:
    """Register lines of registered suppliers under forward charge."""
    if not len(register):
        return np.zeros(0, dtype=bool)
    named = (register["supplier_gstin"].str.strip() != "").to_numpy()
    return np.asarray(named & ~is_reverse_charge(register) & ~is_import_of_goods(register) & (register["reverse_charge"] != "Y").to_numpy(), dtype=bool)


def _first(frame: pd.DataFrame, head: str) -> int:
    """The 17(5) lines of the register, which K tells already."""
    own = frame[frame["key"].str.endswith(f".{INELIGIBLE}")]
    return int(own[head].sum())
