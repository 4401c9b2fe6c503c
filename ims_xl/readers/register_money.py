"""Which columns of a register add up to the taxable value and to each head of tax: rate blocks, totals beside their parts, ledgers.

The cells are the witness: a total that equals its parts is not added to them, columns that never meet on one row are added, and of two
rival columns the one by which taxable value + tax makes the document's value, or tax makes a legal rate of it, is the right one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd

from ims_xl.readers.cleaning import to_paise
from ims_xl.readers.headings import NOTHING, Meaning, plain, words
from ims_xl.readers.register_choice import Choice
from ims_xl.vocabulary import HEADS

LEGAL_RATES: Final = (0.1, 0.25, 1, 1.5, 3, 5, 6, 7.5, 12, 18, 28, 40)
LEAST_NUMERIC: Final = 0.8
MOST_AGREE: Final = 0.9
RUPEE: Final = 100


class Amounts:
    """The voucher lines' columns as paise, each read once; `lines` are their cells as text."""

    def __init__(self, lines: pd.DataFrame) -> None:
        self.lines = lines
        self._read: dict[int, tuple[np.ndarray, np.ndarray]] = {}

    def __len__(self) -> int:
        return len(self.lines)

    def paise(self, place: int) -> np.ndarray:
        return self._both(place)[0]

    def bad(self, place: int) -> np.ndarray:
        return self._both(place)[1]

    def text(self, place: int) -> pd.Series:
        return self.lines.iloc[:, place].str.strip()

    def total(self, places: Sequence[int]) -> np.ndarray:
        whole = np.zeros(len(self), dtype=np.int64)
        for place in places:
            whole += self.paise(place)
        return whole

    def filled(self, place: int) -> np.ndarray:
        return np.asarray((self.text(place) != "").to_numpy(dtype=bool))

    def numeric(self, place: int) -> float:
        """The share of filled cells that are amounts; 1 for an empty column."""
        filled = self.filled(place)
        return float((~self.bad(place))[filled].mean()) if filled.any() else 1.0

    def _both(self, place: int) -> tuple[np.ndarray, np.ndarray]:
        if place not in self._read:
            self._read[place] = to_paise(self.lines.iloc[:, place])
        return self._read[place]


def choose_money(choice: Choice, found: Sequence[Meaning | None], texts: Sequence[str], amounts: Amounts) -> None:
    """Fills `choice.money`: taxable_value, the four heads, document_value, total_tax, rcm_*, and the ledgers of a columnar register."""
    places = {name: _numeric(name, found, amounts) for name in ("taxable_value", "document_value", "total_tax", "other_amounts", "stock_value", "base_ledger", "cgst_sgst", *HEADS, *(f"rcm_{h}" for h in HEADS))}
    for head in HEADS:
        _keep(choice, head, _added_up(choice, head, places[head], texts, amounts), found)
        reverse = places[f"rcm_{head}"]
        best = max(((found[p] or NOTHING).tier for p in reverse), default=0)
        _keep(choice, f"rcm_{head}", [p for p in reverse if (found[p] or NOTHING).tier == best], found)
    _keep(choice, "cgst_sgst", places["cgst_sgst"][:1] if not choice.money.get("cgst") and not choice.money.get("sgst") else [], found)
    _keep(choice, "total_tax", places["total_tax"][:1] if not any(choice.money.get(h) for h in (*HEADS, "cgst_sgst")) else [], found)
    values = _best_tier(places["document_value"], found)
    _keep(choice, "document_value", _by_arithmetic(values, choice, texts, amounts)[:1], found)
    _keep(choice, "other_amounts", places["other_amounts"], found)
    _taxable(choice, found, texts, amounts, places)


def _numeric(name: str, found: Sequence[Meaning | None], amounts: Amounts) -> list[int]:
    """The columns of that meaning whose cells are amounts; exact words may hold some that cannot be read."""
    kept = []
    for place, meant in enumerate(found):
        if meant is None or meant.field != name:
            continue
        least = 0.0 if meant.tier >= 8 else 0.2 if meant.how == "exact" else LEAST_NUMERIC
        if amounts.numeric(place) >= least:
            kept.append(place)
    return kept


def _keep(choice: Choice, name: str, places: Sequence[int], found: Sequence[Meaning | None], how: str = "") -> None:
    if not places:
        return
    choice.money[name] = list(places)
    for place in places:
        meant = found[place]
        score = 50 + (meant.score if meant is not None else 0)
        choice.how.setdefault(place, (name, how or (meant.how if meant is not None else "ledger"), min(score, 100)))


def _best_tier(places: Sequence[int], found: Sequence[Meaning | None]) -> list[int]:
    best = max(((found[p] or NOTHING).tier for p in places), default=0)
    return [p for p in places if (found[p] or NOTHING).tier == best]


def _added_up(choice: Choice, name: str, places: Sequence[int], texts: Sequence[str], amounts: Amounts) -> list[int]:
    """The columns that together are one amount: parts without their total, or the total without its parts."""
    kept: list[int] = []
    for place in places:
        if not any(np.array_equal(amounts.paise(place), amounts.paise(other)) and amounts.paise(place).any() for other in kept):
            kept.append(place)
    told = [p for p in kept if amounts.paise(p).any()]
    if len(told) <= 1:
        return told or kept[:1]
    for place in sorted(told, key=lambda p: (not plain(texts[p]).startswith("total"), -p)):
        parts = [p for p in told if p != place]
        whole, added = amounts.paise(place), amounts.total(parts)
        either = (whole != 0) | (added != 0)
        if float((np.abs(whole - added)[either] <= RUPEE).mean()) >= MOST_AGREE:
            return [place]
    together = np.sum([amounts.paise(p) != 0 for p in told], axis=0)
    if (together > 1).mean() < 0.02:
        return told
    if all(_parted(texts[p]) for p in told):
        return told
    ordered = _by_arithmetic(told, choice, texts, amounts)
    names = " and ".join(f"'{texts[p]}'" for p in told)
    choice.problems.append((name, f"{names} could each be the {_label(name)}; '{texts[ordered[0]]}' is used, choose in Settings and pull the file again"))
    for place in told:
        choice.how[place] = (name if place == ordered[0] else "", "confirm", 40)
    return ordered[:1]


def _parted(text: str) -> bool:
    """A heading that says that it is one part of several: of a rate, of a kind of purchase, a ledger."""
    return bool(re.search(r"\d|input|output|import|capital|service|goods|ledger|local|inter", plain(text)))


def _by_arithmetic(places: Sequence[int], choice: Choice, texts: Sequence[str], amounts: Amounts) -> list[int]:
    """The columns in the order in which they make the sums come out; order of the sheet where none does."""
    if len(places) < 2:
        return list(places)
    value, taxable = choice.money.get("document_value"), choice.money.get("taxable_value")
    tax = amounts.total([p for head in (*HEADS, "cgst_sgst") for p in choice.money.get(head, ())])

    def agreement(place: int) -> float:
        this = amounts.paise(place)
        if value and not taxable:
            gap = np.abs(amounts.total(value) - this - tax)
        elif value and taxable:
            gap = np.abs(amounts.total(value) - amounts.total(taxable) - this)
        elif taxable:
            gap = np.abs(this - amounts.total(taxable) - tax)
        else:
            return 0.0
        return float((gap[this != 0] <= RUPEE).mean()) if (this != 0).any() else 0.0

    return sorted(places, key=lambda p: (-round(agreement(p), 2), places.index(p)))


def legal_share(taxable: np.ndarray, tax: np.ndarray) -> float:
    """The share of taxed rows where tax stands to the amount as a rate of the law; 0 where nothing is taxed."""
    taxed = (tax != 0) & (taxable != 0)
    if not taxed.any():
        return 0.0
    base, due = np.abs(taxable[taxed]).astype(np.float64), np.abs(tax[taxed]).astype(np.float64)
    near = np.zeros(len(base), dtype=bool)
    for rate in LEGAL_RATES:
        near |= np.abs(due - base * rate / 100) <= np.maximum(2.0 * RUPEE / 100 * 2, base * 0.0002)
    return float(near.mean())


def _taxable(choice: Choice, found: Sequence[Meaning | None], texts: Sequence[str], amounts: Amounts, places: dict[str, list[int]]) -> None:
    """The taxable value: its own column or rate blocks; else the ledgers of a columnar register; else the likeliest of the weaker words."""
    candidates = places["taxable_value"]
    tax = amounts.total([p for head in (*HEADS, "cgst_sgst") for p in choice.money.get(head, ())])
    tiers = sorted({(found[p] or NOTHING).tier for p in candidates}, reverse=True)
    firm = [t for t in tiers if t >= 2]
    ledgers = _ledger_columns(choice, found, texts, amounts, places)
    if firm:
        chosen = [p for p in candidates if (found[p] or NOTHING).tier == firm[0]]
        rest = [p for p in candidates if (found[p] or NOTHING).tier != firm[0]]
        picked = _added_up(choice, "taxable_value", chosen, texts, amounts)
        if rest and not any(amounts.paise(p).any() for p in picked):
            picked = [max(rest, key=lambda p: legal_share(amounts.paise(p), tax))]
        _keep(choice, "taxable_value", picked, found)
        return
    if ledgers or places["stock_value"]:
        _keep(choice, "stock_value", places["stock_value"][:1], found, "Tally value")
        _keep(choice, "base_ledger", [p for p in ledgers if not _exempt(texts[p])], found, "ledger")
        _keep(choice, "exempt_ledger", [p for p in ledgers if _exempt(texts[p])], found, "ledger")
        for place in (*places["stock_value"][:1], *ledgers):
            choice.how[place] = ("taxable_value", choice.how[place][1], choice.how[place][2])
        return
    if not candidates:
        return
    candidates = _really_whole(choice, candidates, amounts, tax) or candidates
    if len(candidates) == 1 and not choice.money.get("document_value") and _with_tax_in_it(amounts.paise(candidates[0]), tax):
        # `Net Amount` is what is to be paid where only without the tax it stands to the tax as a legal rate.
        choice.money["document_value"] = candidates
        choice.how[candidates[0]] = ("document_value", "by content", 60)
        return
    if (len(candidates) == 1 and not choice.money.get("document_value")) or all((found[p] or NOTHING).rate for p in candidates):
        _keep(choice, "taxable_value", _added_up(choice, "taxable_value", candidates, texts, amounts), found)
        return
    scores = {p: legal_share(amounts.paise(p), tax) for p in candidates}
    ordered = _by_arithmetic(sorted(candidates, key=lambda p: -round(scores[p], 2)), choice, texts, amounts)
    ordered.sort(key=lambda p: -round(scores[p], 1))
    best = ordered[0]
    rivals = [p for p in ordered[1:] if scores[p] >= scores[best] - 0.05 and not np.array_equal(amounts.paise(p), amounts.paise(best))]
    _keep(choice, "taxable_value", [best], found)
    if rivals:
        names = " and ".join(f"'{texts[p]}'" for p in (best, *rivals))
        choice.problems.append(("taxable_value", f"{names} could each be the taxable value; '{texts[best]}' is used, choose in Settings and pull the file again"))
        for place in (best, *rivals):
            choice.how[place] = ("taxable_value" if place == best else "", "confirm", 40)


def _with_tax_in_it(amount: np.ndarray, tax: np.ndarray) -> bool:
    return legal_share(amount, tax) < 0.5 and legal_share(amount - tax, tax) >= LEAST_NUMERIC


def _really_whole(choice: Choice, candidates: Sequence[int], amounts: Amounts, tax: np.ndarray) -> list[int]:
    """Where `Gross Amount` bears the tax as a legal rate and `Net Amount` contains it, their usual roles are exchanged here."""
    value = choice.money.get("document_value", [])
    if len(candidates) != 1 or len(value) != 1 or not _with_tax_in_it(amounts.paise(candidates[0]), tax) or legal_share(amounts.paise(value[0]), tax) < LEAST_NUMERIC:
        return []
    choice.money["document_value"] = [candidates[0]]
    choice.how[candidates[0]] = ("document_value", "by content", 60)
    choice.how[value[0]] = ("taxable_value", "by content", 60)
    return [value[0]]


def _ledger_columns(choice: Choice, found: Sequence[Meaning | None], texts: Sequence[str], amounts: Amounts, places: dict[str, list[int]]) -> list[int]:
    """One column per ledger: purchase ledgers by name anywhere; behind a Gross Total every other column of amounts as well."""
    named = places["base_ledger"]
    gross = next((p for p in choice.money.get("document_value", ()) if plain(texts[p]) in ("gross total", "total", "grand total")), None)
    if gross is None or not choice.layout.startswith("Tally"):
        return named
    found_here = [
        p for p in range(gross + 1, len(texts))
        if texts[p] and (p in named or (found[p] or NOTHING).field in ("", "narration", "supplier_name", "other_amounts", "taxable_value", "rate"))
        and p not in choice.how and not re.search(words()["ledgers"]["aside"], plain(texts[p])) and amounts.filled(p).any() and amounts.numeric(p) >= LEAST_NUMERIC
    ]
    return sorted({*named, *found_here})


def _exempt(text: str) -> bool:
    return re.search(words()["ledgers"]["exempt"], plain(text)) is not None


def _label(name: str) -> str:
    return next((str(row["label"]) for row in words()["field"] if row["name"] == name), name)
