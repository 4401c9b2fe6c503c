"""The amounts of every voucher line from the columns chosen for them: taxable value, four heads, document value, reverse charge.

Ledgers of a columnar register are weighed against Gross Total row by row; tax that the file gives only as a rate or a sum is split by
place of supply; tax in reverse-charge columns is the recipient's own and marks the line `Y`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ims_xl.portal_words import place_code
from ims_xl.readers.cleaning import to_paise
from ims_xl.readers.headings import plain
from ims_xl.readers.register_money import RUPEE, Amounts, legal_share
from ims_xl.vocabulary import HEADS

if TYPE_CHECKING:
    from ims_xl.readers.register_choice import Choice


@dataclass
class LineAmounts:
    amounts: dict[str, np.ndarray]
    document_value: pd.Series
    reverse_charge: pd.Series
    supply_nature: pd.Series
    rate: np.ndarray
    taxed: np.ndarray
    bad: list[tuple[int, str, np.ndarray]] = field(default_factory=list)
    said: list[tuple[str, str]] = field(default_factory=list)


def line_amounts(read: Amounts, choice: Choice, texts: Sequence[str], text: Mapping[str, pd.Series], out: Mapping[str, pd.Series], recipient: str) -> LineAmounts:
    """Everything in paise, signed as typed; `bad` names the cells that are no amounts by column position."""
    rows = len(read)
    money = choice.money
    amounts = {head: read.total(money.get(head, ())) for head in HEADS}
    _both_heads(amounts, read, choice)
    reverse = {head: _reverse(read, money.get(f"rcm_{head}", ()), texts) for head in HEADS}
    value, told = _document_value(read, money.get("document_value", ()))
    nature = out["supply_nature"]
    flag = out["reverse_charge"]
    assert isinstance(nature, pd.Series) and isinstance(flag, pd.Series)
    rate = _rate(read, choice)
    result = LineAmounts(amounts, pd.Series(pd.array(np.where(told, value, 0), dtype="Int64")).mask(pd.Series(~told)), flag, nature, rate, np.zeros(rows, dtype=bool))
    taxable = read.total(money.get("taxable_value", ()))
    if money.get("base_ledger") or money.get("exempt_ledger") or money.get("stock_value"):
        taxable, exempt = _from_ledgers(read, choice, texts, amounts, value, told)
        result.supply_nature = nature.where(~(exempt & (nature == "").to_numpy()), "Exempt")
    elif not money.get("taxable_value") and told.any():
        taxable = np.where(told, value - sum(amounts.values()), 0)
        if not money.get("total_tax"):
            result.said.append(("taxable_value", "no column of taxable values: document value less tax is used"))
    result.amounts["taxable_value"] = taxable
    _zoho_prices(result, text, read, choice)
    if money.get("total_tax") or (rate != 0).any():
        _tax_from_rate(result, read, choice, text, out, recipient, value, told)
    _charge_by_recipient(result, reverse)
    _by_side(result, text, out)
    _turn_round(result, out)
    result.taxed = np.sum([result.amounts[h] != 0 for h in HEADS], axis=0) > 0
    for name, places in money.items():
        for place in places:
            mask = read.bad(place)
            if mask.any():
                result.bad.append((place, {"base_ledger": "taxable_value", "exempt_ledger": "taxable_value", "stock_value": "taxable_value"}.get(name, name.removeprefix("rcm_")), mask))
    return result


def _both_heads(amounts: dict[str, np.ndarray], read: Amounts, choice: Choice) -> None:
    """One column for CGST and SGST holds their sum, or, where only so the document's value or a rate of the law comes out, each of them."""
    both = read.total(choice.money.get("cgst_sgst", ()))
    if not both.any():
        return
    taxable, value = read.total(choice.money.get("taxable_value", ())), read.total(choice.money.get("document_value", ()))
    told = (both != 0) & (value != 0)
    if told.any():
        gap = value - taxable - amounts["igst"] - amounts["cess"]
        each = float((np.abs(gap - 2 * both)[told] <= 2 * RUPEE).mean()) > float((np.abs(gap - both)[told] <= 2 * RUPEE).mean())
    else:
        each = legal_share(taxable, 2 * both) > legal_share(taxable, both)
    half = np.sign(both) * (np.abs(both) // 2)
    amounts["cgst"], amounts["sgst"] = (both, both) if each else (half, both - half)


def _reverse(read: Amounts, places: Sequence[int], texts: Sequence[str]) -> np.ndarray:
    """Ledgers of tax payable stand on the credit side; the amount is the same."""
    total = read.total(places)
    return np.abs(total) if places and all("payable" in plain(texts[p]) or "output" in plain(texts[p]) for p in places) else total


def _document_value(read: Amounts, places: Sequence[int]) -> tuple[np.ndarray, np.ndarray]:
    """Where a cell says `Cr` it is the party's side of a purchase: a bill's value is positive."""
    if not places:
        return np.zeros(len(read), dtype=np.int64), np.zeros(len(read), dtype=bool)
    value = read.total(places)
    told = read.filled(places[0]) & ~read.bad(places[0])
    credit = read.text(places[0]).str.contains(r"(?i)\bcr\.?\s*$", regex=True).to_numpy(dtype=bool)
    return np.where(credit, np.abs(value), value), told


def _rate(read: Amounts, choice: Choice) -> np.ndarray:
    """Hundredths of a per cent, 0 where unknown; `18%` and 0.18 are 18."""
    places = choice.text.get("rate", [])
    if not places:
        return np.zeros(len(read), dtype=np.int64)
    column = read.text(places[0]).str.replace(r"(?i)^(?:gst|igst|cgst|sgst)?\s*@?\s*|\s*%.*$", "", regex=True)
    rate, bad = to_paise(column)
    rate = np.where(bad | (rate < 0) | (rate > 10000), 0, rate)
    shown = rate[rate != 0]
    fractions = bool(len(shown)) and set(np.unique(shown).tolist()) <= {3, 5, 12, 18, 28, 40}
    return np.asarray(rate * 100 if fractions else rate, dtype=np.int64)


def _from_ledgers(read: Amounts, choice: Choice, texts: Sequence[str], tax: Mapping[str, np.ndarray], gross: np.ndarray, told: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Per row the first that makes Gross Total: purchase ledgers, the value of stock, else Gross Total less tax, round-off, TDS and TCS."""
    taxed, exempt = read.total(choice.money.get("base_ledger", ())), read.total(choice.money.get("exempt_ledger", ()))
    stock = read.total(choice.money.get("stock_value", ()))
    others = read.total(choice.money.get("other_amounts", ()))
    withheld = [p for p in choice.money.get("other_amounts", ()) if "tds" in plain(texts[p])]
    loose = read.total(withheld)
    all_tax = np.sum(list(tax.values()), axis=0)
    ledgers = taxed + exempt
    # A return's total may stand on the other side than its ledgers, as positive as a purchase's.
    booked = ledgers + all_tax
    gross = np.where(booked != 0, np.sign(booked) * np.abs(gross), gross)

    def comes_out(base: np.ndarray) -> np.ndarray:
        return np.asarray(told & ((np.abs(base + all_tax + others - gross) <= RUPEE) | (np.abs(base + all_tax + others - 2 * loose - gross) <= RUPEE) | (np.abs(base + all_tax - gross) <= 5 * RUPEE)))

    # Under reverse charge the party is owed the value alone: the tax ledger is balanced by one of tax payable.
    owed_alone = (ledgers != 0) & told & (np.abs(ledgers + others - gross) <= RUPEE)
    rest = gross - all_tax - others
    rest = np.where((loose > 0) & told, rest + 2 * loose, rest)
    chosen = np.where((ledgers != 0) & (comes_out(ledgers) | owed_alone | ~told), ledgers, np.where((stock != 0) & (comes_out(stock) | ~told), stock, np.where(told, rest, np.where(ledgers != 0, ledgers, stock))))
    only_exempt = (exempt != 0) & (taxed == 0) & (all_tax == 0)
    # A bill that mixes taxed and exempt supplies: the portal's taxable value has the taxed part alone.
    mixed = (exempt != 0) & (taxed != 0) & (all_tax != 0) & (chosen == ledgers)
    return np.asarray(np.where(mixed, taxed, chosen)), only_exempt


def _zoho_prices(result: LineAmounts, text: Mapping[str, pd.Series], read: Amounts, choice: Choice) -> None:
    """Bills whose item totals include tax, and bills in foreign currency, in the rupees and terms of the register."""
    if "inclusive" in text:
        inclusive = text["inclusive"].str.lower().isin(["true", "yes", "1", "y"]).to_numpy(dtype=bool)
        if inclusive.any():
            result.amounts["taxable_value"] = _without_tax(result, text, inclusive, read, choice)
    if "currency" in text and "exchange_rate" in text:
        foreign = (~text["currency"].str.upper().isin(["INR", "", "RS"])).to_numpy(dtype=bool)
        rate = pd.to_numeric(text["exchange_rate"], errors="coerce").fillna(1).to_numpy(dtype=np.float64)
        use = foreign & (rate > 0) & (rate != 1)
        if use.any():
            result.amounts["taxable_value"] = np.where(use, np.rint(result.amounts["taxable_value"] * rate), result.amounts["taxable_value"]).astype(np.int64)
            value = result.document_value.fillna(0).to_numpy(dtype=np.int64)
            result.document_value = pd.Series(pd.array(np.where(use, np.rint(value * rate), value).astype(np.int64), dtype="Int64")).mask(result.document_value.isna())


def _without_tax(result: LineAmounts, text: Mapping[str, pd.Series], inclusive: np.ndarray, read: Amounts, choice: Choice) -> np.ndarray:
    """Item totals of a bill marked tax-inclusive contain tax where they add up to its total without it."""
    taxable = result.amounts["taxable_value"]
    tax = np.sum([result.amounts[h] for h in HEADS], axis=0)
    bill = text.get("voucher_number", text.get("document_number", pd.Series([""] * len(taxable)))).to_numpy(dtype=object)
    frame = pd.DataFrame({"bill": bill, "items": taxable, "tax": tax, "total": result.document_value.fillna(0).to_numpy(dtype=np.int64)})
    grouped = frame.groupby("bill")
    items, taxes, total = grouped["items"].transform("sum"), grouped["tax"].transform("sum"), grouped["total"].transform("max")
    contains = ((items - total).abs() < (items + taxes - total).abs()).to_numpy() & inclusive
    return np.where(contains, taxable - tax, taxable)


def _tax_from_rate(result: LineAmounts, read: Amounts, choice: Choice, text: Mapping[str, pd.Series], out: Mapping[str, pd.Series], recipient: str, value: np.ndarray, told: np.ndarray) -> None:
    """No column of any head: the sum of tax, or taxable value x rate, goes to IGST between two states and half and half within one."""
    if any(choice.money.get(head) for head in (*HEADS, "cgst_sgst")):
        return
    gstin, place = out["supplier_gstin"], out["place_of_supply"]
    assert isinstance(gstin, pd.Series) and isinstance(place, pd.Series)
    supplier = gstin.str[:2]
    if "supplier_state" in text:
        states = {v: place_code(str(v)) for v in text["supplier_state"].unique()}
        supplier = supplier.where(supplier != "", text["supplier_state"].map(states))
    here = place.where(place != "", out["recipient_gstin"].str[:2])
    here = here.where(here != "", recipient[:2])
    between = ((supplier != here) & (supplier != "") & (here != "")).to_numpy(dtype=bool)
    known = ((supplier != "") & (here != "")).to_numpy(dtype=bool)
    given = read.total(choice.money.get("total_tax", ()))
    if not choice.money.get("taxable_value") and choice.money.get("document_value") and choice.money.get("total_tax"):
        result.amounts["taxable_value"] = np.where(told, value - given, 0)
    tax = given if choice.money.get("total_tax") else np.rint(result.amounts["taxable_value"] * (result.rate / 100.0) / 100.0).astype(np.int64)
    if not tax.any():
        return
    half = np.sign(tax) * (np.abs(tax) // 2)
    result.amounts["igst"] = np.where(between | ~known, tax, 0)
    result.amounts["cgst"] = np.where(between | ~known, 0, half)
    result.amounts["sgst"] = np.where(between | ~known, 0, tax - half)
    how = "the column of total tax" if choice.money.get("total_tax") else "the rate"
    result.said.append(("igst", f"the file has no columns of IGST, CGST and SGST; they are computed from {how} and the place of supply (IGST where the supplier's state is another)"))


def _charge_by_recipient(result: LineAmounts, reverse: Mapping[str, np.ndarray]) -> None:
    """Tax in reverse-charge columns was not charged by the supplier: it makes the line `Y`; beside charged tax it is named and left out."""
    own = np.sum([reverse[h] != 0 for h in HEADS], axis=0) > 0
    if not own.any():
        return
    charged = np.sum([result.amounts[h] != 0 for h in HEADS], axis=0) > 0
    alone = own & ~charged
    for head in HEADS:
        result.amounts[head] = np.where(alone, reverse[head], result.amounts[head])
    result.reverse_charge = result.reverse_charge.where(~alone, "Y")
    if (own & charged).any():
        result.said.append(("reverse_charge", f"{int((own & charged).sum())} lines have both tax charged by the supplier and tax under reverse charge; the latter is left out of their tax"))


def _by_side(result: LineAmounts, text: Mapping[str, pd.Series], out: Mapping[str, pd.Series]) -> None:
    """Where only a column of Dr and Cr tells purchases from returns, the rarer side is the returns'."""
    if "side" not in text or {"voucher_type", "document_type"} & text.keys():
        return
    letter = text["side"].str.lower().str[:1]
    debits, credits = int((letter == "d").sum()), int((letter == "c").sum())
    if not min(debits, credits) or debits == credits or (result.amounts["taxable_value"] < 0).any():
        return
    rarer = "c" if credits < debits else "d"
    returns = (letter == rarer).to_numpy(dtype=bool)
    for name in result.amounts:
        result.amounts[name] = np.where(returns, -result.amounts[name], result.amounts[name])
    result.said.append(("taxable_value", f"{int(returns.sum())} of {debits + credits} lines stand on the {'Cr' if rarer == 'c' else 'Dr'} side and are read as returns (negative); a column Voucher Type would say it for certain"))


def _turn_round(result: LineAmounts, out: Mapping[str, pd.Series]) -> None:
    """A file that writes every purchase as a negative (credits positive) is turned round as a whole."""
    kinds, types = out["voucher_type"], out["document_type"]
    assert isinstance(kinds, pd.Series) and isinstance(types, pd.Series)
    note = kinds.isin(["Debit Note", "Credit Note"]).to_numpy() | (types == "Credit Note").to_numpy()
    taxable = result.amounts["taxable_value"]
    plain_lines = ~note & (taxable != 0)
    if plain_lines.sum() >= 3 and float((taxable[plain_lines] < 0).mean()) > 0.8:
        for name in result.amounts:
            result.amounts[name] = -result.amounts[name]
        result.said.append(("taxable_value", "the file writes purchases as negative amounts; all signs are turned round"))
