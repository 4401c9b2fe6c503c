"""What a senior would ask before filing: each warning is one sentence with its figures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

import pandas as pd

from ims_xl.returns import inputs as typed_cells
from ims_xl.returns.forms import gstr3b_boxes
from ims_xl.returns.inputs import VALUE, Typed
from ims_xl.rupees import grouped as rupees
from ims_xl.settings import Settings
from ims_xl.state import Amounts, Gstr2B
from ims_xl.vocabulary import HEADS

TURNOVER_86B: Final = 50_00_000_00
"""Rule 86B: taxable turnover of the month above 50 lakh rupees, in paise."""


def warn(
    gstr2b: Gstr2B, boxes: Mapping[str, Amounts], components: pd.DataFrame, typed: Typed, reverse_charge: pd.DataFrame, settings: Settings,
) -> tuple[str, ...]:
    """Every warning of this return, the gravest first."""
    return (
        *typed.problems, *_ledgers(boxes, typed), *_excess(gstr2b, boxes, components, settings), *_overrides(typed, settings),
        *_lock(components, settings), *_rule_37(components, typed), *_reverse_charge(reverse_charge, settings), *_rule_86b(typed, settings), *_forecast(gstr2b), *_outward(typed),
    )


def _ledgers(boxes: Mapping[str, Amounts], typed: Typed) -> Iterator[str]:
    """The two ledgers that stop a filing when they would fall below nil (advisory of 29-12-2025)."""
    for head in HEADS:
        limit = typed.amounts.get(f"3b.ecrs.opening.{head}", 0) + boxes["4B2"][head]
        if boxes["4D1"][head] > limit:
            yield (
                f"Reclaim ledger, {head.upper()}: 4(D)(1) {rupees(boxes['4D1'][head])} exceeds the opening balance plus this month's 4(B)(2), {rupees(limit)}; "
                "the portal will not file it."
            )
        claim, paid = boxes["4A2"][head] + boxes["4A3"][head], boxes["3.1(d)"][head]
        limit = paid + typed.amounts.get(f"3b.rcm.opening.{head}", 0)
        if claim > limit:
            yield f"RCM statement, {head.upper()}: 4A2 + 4A3 {rupees(claim)} exceeds 3.1(d) plus the opening balance, {rupees(limit)}; the portal will not file it."


def _excess(gstr2b: Gstr2B, boxes: Mapping[str, Amounts], components: pd.DataFrame, settings: Settings) -> Iterator[str]:
    """DRC-01C (rule 88D): credit beyond 2B by more than both limits. Reclaims and reverse charge outside 2B are no excess."""
    source = gstr2b.portal_boxes or gstr2b.boxes
    from_2b = components[components["source"].str.startswith("GSTR-2B") & components["box"].isin(["4A1", "4A3", "4A4", "4A5"])]
    if gstr2b.portal_boxes:
        drawn = _drawn_credit(source)
    else:
        drawn = int(from_2b[list(HEADS)].to_numpy().sum())
    outside = components[components["counts"] & (components["box"] == "4A3") & ~components["source"].str.startswith("GSTR-2B")]
    claimed = sum(boxes[box][head] for box in ("4A1", "4A3", "4A4", "4A5") for head in HEADS)
    claimed -= sum(boxes["4D1"][head] for head in HEADS) + int(outside[list(HEADS)].to_numpy().sum())
    excess = claimed - drawn
    if excess > settings.drc01c_amount and excess * 100 > settings.drc01c_percent * max(drawn, 0):
        yield (
            f"DRC-01C: credit claimed exceeds GSTR-2B by {rupees(excess)}, more than {settings.drc01c_percent}% and more than {rupees(settings.drc01c_amount)}; "
            "expect an intimation under rule 88D (reply or pay within 7 days)."
        )


def _drawn_credit(source: Mapping[str, Amounts]) -> int:
    return sum(sign * source[path][head] for box in ("4A1", "4A3", "4A4", "4A5") for sign, path in gstr3b_boxes()[box].terms for head in HEADS)


def _overrides(typed: Typed, settings: Settings) -> Iterator[str]:
    for box in typed_cells.OVERRIDABLE:
        given = [head for head in (VALUE, *HEADS) if typed.has(f"3b.{box}.override.{head}")]
        if given and settings.itc_lock and box in ("4A1", "4A3", "4A4", "4A5"):
            yield f"{box}: the typed figure is not used, since table 4 is locked to 2B in Settings."
        elif given and not typed.texts.get(f"3b.{box}.reason"):
            yield f"{box}: a figure is typed over the working without a reason; write it beside the figure."


def _lock(components: pd.DataFrame, settings: Settings) -> Iterator[str]:
    if not settings.itc_lock:
        return
    out = components[~components["counts"] & components["line"].str.contains("locked to 2B", regex=False)]
    for _, line in out.iterrows():
        yield f"{line['box']}: {line['line']}: {rupees(sum(int(line[head]) for head in HEADS))}."


def _rule_37(components: pd.DataFrame, typed: Typed) -> Iterator[str]:
    shown = components[components["key"] == "register.rule37"]
    if len(shown) and not any(typed.has(f"3b.4B2.rule37.{head}") for head in HEADS):
        yield f"{shown['line'].iloc[0]}; tax {rupees(int(shown[list(HEADS)].to_numpy().sum()))}. Nothing is typed for rule 37 in 4(B)(2)."


def _reverse_charge(reverse_charge: pd.DataFrame, settings: Settings) -> Iterator[str]:
    if not len(reverse_charge):
        return
    other = reverse_charge[reverse_charge["other_period"]]
    if len(other):
        what = "left out" if settings.rcm_period_only else "counted"
        names = ", ".join(dict.fromkeys(other["voucher_number"].astype("str").head(5)))
        yield f"{len(other)} reverse-charge lines of the register bear only dates of other periods and are {what} (Settings: Reverse charge of this period only): {names}{' ...' if len(other) > 5 else ''}."
    untaxed = reverse_charge[(reverse_charge[list(HEADS)].sum(axis=1) == 0) & (reverse_charge["taxable_value"] != 0)]
    if len(untaxed):
        names = ", ".join(dict.fromkeys(untaxed["voucher_number"].astype("str").head(5)))
        yield f"{len(untaxed)} reverse-charge lines of the register bear no tax, so nothing is payable on them here: {names}{' ...' if len(untaxed) > 5 else ''}."


def _rule_86b(typed: Typed, settings: Settings) -> Iterator[str]:
    turnover = typed.amounts.get("3b.86b.turnover.taxable_value", 0)
    if turnover > TURNOVER_86B and not settings.rule_86b:
        yield f"Rule 86B: the month's taxable turnover {rupees(turnover)} is above 50 lakh; unless an exception fits, one per cent of output tax is paid in cash (Settings: Rule 86B applies)."


def _outward(typed: Typed) -> Iterator[str]:
    if not any(name.startswith("3b.3.1a.") for name in typed.amounts):
        yield "3.1(a) is not typed yet: type the outward supplies from GSTR-1; until then set-off shows only what is paid in cash."


def _forecast(gstr2b: Gstr2B) -> Iterator[str]:
    if gstr2b.estimated:
        yield "No GSTR-2B of the period is pulled: the figures are a forecast, and reverse charge, ISD, imports and barred credit that only 2B knows are missing."
