"""Table 6.1: credit against liability, in the law's order, with the least cash.

Sections 49(5), 49A and 49B, rule 88A and circular 98/17/2019: IGST credit first, to IGST, then to CGST and SGST in any split
until it is used up; then CGST to CGST and SGST to SGST; what is left of both to IGST. CGST never pays SGST nor the other way
round; cess pays cess; reverse charge, 9(5), interest and fees are cash. All figures are whole paise.

    set_off(SetOffRequest({"igst": 6000000, ...}, {...})).cash["cgst"]
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from ims_xl.state import Amounts
from ims_xl.vocabulary import HEADS, ImsXlError

USES: Final = ("igst_igst", "cgst_igst", "sgst_igst", "cgst_cgst", "igst_cgst", "sgst_sgst", "igst_sgst", "cess_cess")
"""`cgst_igst` is CGST liability paid from IGST credit."""
ORDERS: Final = ("statute", "portal")


@dataclass(frozen=True)
class SetOffRequest:
    """Paise by head. `order` "statute" lets SGST credit pay IGST only after CGST credit is used up (proviso to s.49(5)(c)); "portal" lets either, as the portal does since February 2026."""

    liability: Amounts
    credit: Amounts
    cash_only: Amounts = field(default_factory=dict)
    rule_86b: bool = False
    order: str = "statute"


@dataclass(frozen=True)
class SetOff:
    """Paise: who paid what, the cash by head (with what is payable in cash only), and the credit left."""

    utilisation: Mapping[str, int]
    cash: Mapping[str, int]
    carry_forward: Mapping[str, int]

    @property
    def total_cash(self) -> int:
        return sum(self.cash.values())


def set_off(request: SetOffRequest) -> SetOff:
    """The split of IGST credit that needs least cash; among those the one that leaves CGST and SGST credit most equal, then the one with least to CGST."""
    return _settled(request, None)


def habitual(request: SetOffRequest) -> SetOff:
    """What the portal proposes by habit: IGST credit to CGST as far as it goes, the rest to SGST."""
    return _settled(request, "cgst first")


def cash_saved(request: SetOffRequest) -> int:
    """Paise of cash that the best split needs less than the habitual one."""
    return habitual(request).total_cash - set_off(request).total_cash


def _settled(request: SetOffRequest, habit: str | None) -> SetOff:
    owed, credit, cash_only = _whole(request.liability, "liability"), _whole(request.credit, "credit"), _whole(request.cash_only, "cash_only")
    if request.order not in ORDERS:
        raise ImsXlError(f"The order of set-off is 'statute' or 'portal', not '{request.order}'.")
    own = min(owed["igst"], credit["igst"])
    rest = min(credit["igst"] - own, owed["cgst"] + owed["sgst"])
    to_cgst = min(rest, owed["cgst"]) if habit else _split(owed, credit, rest)
    used = dict.fromkeys(USES, 0)
    used["igst_igst"], used["cgst_igst"], used["sgst_igst"] = own, to_cgst, rest - to_cgst
    used["cgst_cgst"] = min(credit["cgst"], owed["cgst"] - used["cgst_igst"])
    used["sgst_sgst"] = min(credit["sgst"], owed["sgst"] - used["sgst_igst"])
    used["cess_cess"] = min(credit["cess"], owed["cess"])
    left = {head: credit[head] - used[f"{head}_{head}"] for head in ("cgst", "sgst")}
    crossing = min(owed["igst"] - own, left["cgst"] + left["sgst"])

    # Rule 86B: at least one per cent of the output tax of the three heads together in cash; what it keeps back is credit unused,
    # taken from the end of the law's order, so that no earlier step is skipped.
    kept_back = 0
    if request.rule_86b:
        output = owed["igst"] + owed["cgst"] + owed["sgst"]
        allowed = output * 99 // 100
        spent = sum(value for use, value in used.items() if use != "cess_cess") + crossing
        kept_back = max(0, spent - allowed)
    cut = min(kept_back, crossing)
    crossing, kept_back = crossing - cut, kept_back - cut
    used["igst_cgst"] = _crossing_from_cgst(crossing, left, request.order, bool(habit))
    used["igst_sgst"] = crossing - used["igst_cgst"]
    _keep_back(used, credit, kept_back)

    paid = {
        "igst": used["igst_igst"] + used["igst_cgst"] + used["igst_sgst"], "cgst": used["cgst_igst"] + used["cgst_cgst"],
        "sgst": used["sgst_igst"] + used["sgst_sgst"], "cess": used["cess_cess"],
    }
    spent_of = {
        "igst": used["igst_igst"] + used["cgst_igst"] + used["sgst_igst"], "cgst": used["cgst_cgst"] + used["igst_cgst"],
        "sgst": used["sgst_sgst"] + used["igst_sgst"], "cess": used["cess_cess"],
    }
    return SetOff(
        utilisation=used, cash={head: owed[head] - paid[head] + cash_only[head] for head in HEADS},
        carry_forward={head: credit[head] - spent_of[head] for head in HEADS},
    )


def _split(owed: Amounts, credit: Amounts, rest: int) -> int:
    """How much of the IGST credit left goes to CGST: within the range that costs no cash, where CGST and SGST credit come out equal."""
    need_c, need_s = max(0, owed["cgst"] - credit["cgst"]), max(0, owed["sgst"] - credit["sgst"])
    if rest >= need_c + need_s:
        low, high = max(need_c, rest - owed["sgst"]), min(rest - need_s, owed["cgst"])
    else:
        low, high = max(0, rest - need_s), min(need_c, rest)
    if rest < need_c + need_s:
        return low
    # Here the credit carried forward is credit - liability + what IGST took over, on both sides.
    equal = (rest + (credit["sgst"] - owed["sgst"]) - (credit["cgst"] - owed["cgst"])) // 2
    return max(low, min(high, equal))


def _crossing_from_cgst(crossing: int, left: Amounts, order: str, habit: bool) -> int:
    """CGST's part of what pays IGST: all it has under the statute; under the portal's freedom what leaves both heads most equal."""
    most = min(left["cgst"], crossing)
    if order == "statute" or habit:
        return most
    least = max(0, crossing - left["sgst"])
    return max(least, min(most, (crossing + left["cgst"] - left["sgst"]) // 2))


def _keep_back(used: dict[str, int], credit: Amounts, amount: int) -> None:
    """Leaves that much credit unused: first CGST and SGST on their own heads, as equal as they come out, then IGST, SGST's share before CGST's."""
    if not amount:
        return
    own_c, own_s = used["cgst_cgst"], used["sgst_sgst"]
    both = min(amount, own_c + own_s)
    ahead = (credit["sgst"] - own_s) - (credit["cgst"] - own_c)
    from_c = max(both - own_s, min(own_c, both, max(0, (both + ahead) // 2)))
    used["cgst_cgst"] -= from_c
    used["sgst_sgst"] -= both - from_c
    amount -= both
    for use in ("sgst_igst", "cgst_igst", "igst_igst"):
        cut = min(amount, used[use])
        used[use] -= cut
        amount -= cut


def _whole(amounts: Amounts, name: str) -> dict[str, int]:
    unknown = sorted(set(amounts) - set(HEADS))
    if unknown:
        raise ImsXlError(f"{name} has the head '{unknown[0]}'; the heads are {', '.join(HEADS)}.")
    for head, value in amounts.items():
        if value < 0:
            raise ImsXlError(f"{name}.{head} is negative; liability, credit and cash are amounts of zero or more.")
    return {head: int(amounts.get(head, 0)) for head in HEADS}
