"""GSTR-3B, tables 3.1(d) and 4: every box as a sum of lines, each of which can be traced to GSTR-2B, the books, or a typed cell.

4A stands gross of blocked credit and net of credit notes; 4(B)(1) takes back what is blocked for good, 4(B)(2) what may be
reclaimed (Circular 170/02/2022). Amounts are paise; `components` adds up to the boxes before overrides.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import pandas as pd

from ims_xl.returns import inputs as typed_cells
from ims_xl.returns.booked import INELIGIBLE, NOT_IN_BOOKS, NOT_RECEIVED, PART_INELIGIBLE, booked_rows, gathered
from ims_xl.returns.forms import gstr3b_boxes, row_words
from ims_xl.returns.inputs import VALUE, Typed
from ims_xl.returns.reverse_charge import books_only, is_note, lines_of_2b
from ims_xl.returns.standing import counted
from ims_xl.returns.statement import books_statement
from ims_xl.returns.vouchers import period_bounds, signed_lines, unpaid_too_long
from ims_xl.returns.warnings_3b import warn
from ims_xl.rulebook.exposure import exposure
from ims_xl.settings import Settings
from ims_xl.state import Amounts, Gstr2B, Gstr3B, Links
from ims_xl.vocabulary import AMOUNTS, HEADS

BOXES: Final = ("3.1(d)", "4A1", "4A2", "4A3", "4A4", "4A5", "4B1", "4B2", "4C", "4D1", "4D2")
RULE_37: Final = "register.rule37"
LOCKED: Final = ("4A1", "4A3", "4A4", "4A5")


@dataclass
class Sheet3B:
    """The lines of the boxes, gathered one by one."""

    lines: list[dict[str, Any]] = field(default_factory=list)

    def add(self, box: str, line: str, source: str, amounts: Mapping[str, int], counts: bool = True, key: str = "") -> None:
        """A line of a box; `counts` False shows it without adding it, `key` names it to the workbook's formulas."""
        self.lines.append({"box": box, "line": line, "source": source, "key": key, "counts": counts, **{name: int(amounts.get(name, 0)) for name in AMOUNTS}})

    def frame(self) -> pd.DataFrame:
        schema = {"box": "str", "line": "str", "source": "str", "key": "str", "counts": "bool", **dict.fromkeys(AMOUNTS, "int64")}
        return pd.DataFrame(self.lines, columns=list(schema)).astype(schema)

    def total(self, box: str) -> dict[str, int]:
        return {name: sum(line[name] for line in self.lines if line["box"] == box and line["counts"]) for name in AMOUNTS}


def gstr3b(
    gstr2b: Gstr2B, ims: pd.DataFrame, work: pd.DataFrame, register: pd.DataFrame, links: Links, facts: pd.DataFrame | None,
    inputs: Mapping[str, str], settings: Settings, rulebook: object = None,
) -> Gstr3B:
    """The boxes to file, the lines they are made of, what each document is treated as, the books-vs-2B statement, and the warnings."""
    del rulebook   # eligibility comes from the register itself, the form's composition from rules/table4.toml
    typed = typed_cells.read(inputs)
    signed = signed_lines(register)
    receipt = facts["receipt_date"].to_numpy().astype("datetime64[s]") if facts is not None and "receipt_date" in facts else None
    rows = booked_rows(gstr2b.rows, ims, register, signed, links, settings, receipt)
    in_2b = lines_of_2b(gstr2b.bypass, register, signed)
    bypass = bypass_treatment(gstr2b.bypass, register, signed, in_2b, settings)
    reverse_charge = books_only(register, signed, in_2b, settings)
    counts_rcm = ~reverse_charge["other_period"].to_numpy(dtype=bool) | (not settings.rcm_period_only)
    reverse_charge = reverse_charge.assign(counts=counts_rcm)

    sheet = Sheet3B()
    _from_gstr2b(sheet, gstr2b, settings)
    _from_books(sheet, reverse_charge[counts_rcm], settings)
    now = counted(gstr2b.rows, work["action"])
    _reversals(sheet, rows[now], bypass, reverse_charge[counts_rcm], settings)
    _unpaid(sheet, register, signed, settings)
    _typed_lines(sheet, typed, settings)

    working = {box: sheet.total(box) for box in BOXES}
    boxes = {box: _overridden(box, amounts, typed, settings) for box, amounts in working.items()}
    for version in (working, boxes):
        version["4C"] = {name: sum(version[f"4A{n}"][name] for n in range(1, 6)) - version["4B1"][name] - version["4B2"][name] for name in AMOUNTS}
    components = sheet.frame()
    statement = books_statement(gstr2b, work, rows, bypass, register, signed, links, in_2b, boxes, components, typed, settings)
    return Gstr3B(
        boxes={box: _printed(box, amounts) for box, amounts in boxes.items()}, components=components,
        warnings=warn(gstr2b, boxes, components, typed, reverse_charge, settings), working={box: _printed(box, amounts) for box, amounts in working.items()},
        rows=rows, reverse_charge=reverse_charge, bypass=bypass, statement=statement,
    )


def bypass_treatment(bypass: pd.DataFrame, register: pd.DataFrame, signed: pd.DataFrame, in_2b: np.ndarray, settings: Settings) -> pd.DataFrame:
    """Aligned with `Gstr2B.bypass`: treatment and reverse_igst.. of documents that 2B counts as available, books_igst.. and booked."""
    count = len(bypass)
    books = gathered(register, signed, in_2b, count, settings)
    sign = np.where(is_note(bypass), -1, 1)
    effect = {head: bypass[head].to_numpy(dtype=np.int64) * sign for head in HEADS}
    available = bypass["path"].str.startswith("itcavl.").to_numpy(dtype=bool)
    forward = bypass["path"].str.contains(".nonrevsup.", regex=False).to_numpy(dtype=bool)
    linked = books.lines > 0
    whole = available & linked & (books.blocked_lines == books.lines)
    part = available & linked & (books.blocked_lines > 0) & ~whole
    _, last = period_bounds(settings)
    adds = np.sum([effect[head] for head in HEADS], axis=0) > 0
    late = available & linked & ~np.isnat(books.received) & (books.received > last) & adds
    absent = available & forward & ~linked & adds
    out: dict[str, Any] = {"treatment": pd.array(np.select([whole, part, late, absent], [INELIGIBLE, PART_INELIGIBLE, NOT_RECEIVED, NOT_IN_BOOKS], "").astype(object), dtype="str")}
    for head in HEADS:
        in_part = np.clip(np.abs(books.blocked[head]), 0, np.abs(effect[head])) * np.sign(effect[head])
        out[f"reverse_{head}"] = np.where(part, in_part, np.where(whole | late | absent, effect[head], 0)).astype(np.int64)
        out[f"books_{head}"] = books.tax[head]
    out["booked"] = pd.array(np.where(linked, np.where(books.this_period, "This period", "Other period"), ""), dtype="str")
    return pd.DataFrame(out, index=bypass.index)


def _from_gstr2b(sheet: Sheet3B, gstr2b: Gstr2B, settings: Settings) -> None:
    """The rows of GSTR-2B that make each box. With table 4 locked, the boxes that the portal fills are the drawn 2B itself."""
    bypass = gstr2b.bypass
    for box, form in gstr3b_boxes().items():
        locked = settings.itc_lock and box in LOCKED and bool(gstr2b.portal_boxes)
        source = gstr2b.portal_boxes if locked else gstr2b.boxes
        for sign, path in form.terms:
            amounts = {head: sign * source[path][head] for head in HEADS}
            if box == "3.1(d)":
                here = (bypass["path"] == path) | bypass["path"].str.startswith(path + ".")
                amounts[VALUE] = sign * int(bypass["taxable_value"][here].sum())
            sheet.add(box, f"{'less: ' if sign < 0 else ''}{row_words(path)}", "GSTR-2B as drawn" if locked else "GSTR-2B", amounts, key=f"{'+' if sign > 0 else '-'}{path}")


def _from_books(sheet: Sheet3B, reverse_charge: pd.DataFrame, settings: Settings) -> None:
    for box, name in (("4A2", "Import of services, from the register"), ("4A3", "Reverse charge in the register, not in 2B")):
        part = reverse_charge[reverse_charge["box"] == box]
        amounts = {head: int(part[head].sum()) for head in AMOUNTS}
        sheet.add("3.1(d)", name, "Purchase Register", amounts, key=f"books.{box}")
        if box in LOCKED and settings.itc_lock:
            sheet.add(box, f"{name} (left out: table 4 is locked to 2B)", "Purchase Register", amounts, counts=False, key=f"books.{box}")
        else:
            sheet.add(box, name, "Purchase Register", {**amounts, VALUE: 0}, key=f"books.{box}")


def _reversals(sheet: Sheet3B, rows: pd.DataFrame, bypass: pd.DataFrame, reverse_charge: pd.DataFrame, settings: Settings) -> None:
    """What 4(B) takes back, IMS documents and those outside IMS on lines of their own."""
    kinds = (
        ("4B1", "Section 17(5): marked Ineligible in the register", (INELIGIBLE, PART_INELIGIBLE), True),
        ("4B2", "Section 16(2)(b): goods received after the period's end", (NOT_RECEIVED,), True),
        ("4B2", "Counted, not in books" + ("" if settings.reverse_not_in_books else " (shown; reversed only where Settings says so)"), (NOT_IN_BOOKS,), settings.reverse_not_in_books),
    )
    for box, line, treatments, counts in kinds:
        for frame, where, source in ((rows, "", "IMS"), (bypass, ", documents outside IMS", "GSTR-2B")):
            part = frame[frame["treatment"].isin(treatments)]
            amounts = {head: int(part[f"reverse_{head}"].sum()) for head in HEADS}
            if source == "IMS" or any(amounts.values()):
                sheet.add(box, line + where, source, amounts, counts=counts, key=f"{source}.{treatments[0]}")
    blocked = reverse_charge[~reverse_charge["eligible"]]
    if settings.itc_lock:
        blocked = blocked[blocked["box"] == "4A2"]
    amounts = {head: int(blocked[head].sum()) for head in HEADS}
    if any(amounts.values()):
        sheet.add("4B1", "Reverse charge marked Ineligible, not in 2B", "Purchase Register", amounts, key="books.ineligible")


def _unpaid(sheet: Sheet3B, register: pd.DataFrame, signed: pd.DataFrame, settings: Settings) -> None:
    """Rule 37 as far as the register tells payments: shown for the person who types the reversal, for the portal does not know what was paid in part."""
    late = unpaid_too_long(register, exposure().payment_days, settings)
    if late.any():
        names = ", ".join(dict.fromkeys(register["voucher_number"][late].astype("str").head(5)))
        amounts = {head: int(signed[head].to_numpy()[late].sum()) for head in HEADS}
        sheet.add("4B2", f"Rule 37: {int(late.sum())} register lines unpaid after {exposure().payment_days} days (shown; type below what is reversed): {names}{' ...' if late.sum() > 5 else ''}", "Purchase Register", amounts, counts=False, key=RULE_37)


def _typed_lines(sheet: Sheet3B, typed: Typed, settings: Settings) -> None:
    for line in typed_cells.CREDIT:
        amounts = typed.line(line.id, line.heads)
        # With the lock only reclaims come on top of 2B; everything else goes through IMS, 4(B) and 4(D)(1).
        barred = settings.itc_lock and line.box in LOCKED and line.id != "3b.4A5.reclaim"
        sheet.add(line.box, line.label + (" (left out: table 4 is locked to 2B)" if barred else ""), "typed", amounts, counts=not barred, key=line.id)
        if line.id in ("3b.4A2.services", "3b.4A3.other"):
            sheet.add("3.1(d)", line.label, "typed", amounts, key=line.id)
        if line.id == "3b.4A5.reclaim":
            sheet.add("4D1", line.label, "typed", amounts, key=line.id)


def _overridden(box: str, amounts: Mapping[str, int], typed: Typed, settings: Settings) -> dict[str, int]:
    if settings.itc_lock and box in LOCKED:
        return dict(amounts)
    return {name: typed.amounts.get(f"3b.{box}.override.{name}", value) for name, value in amounts.items()}


def _printed(box: str, amounts: Mapping[str, int]) -> Amounts:
    return {name: amounts[name] for name in (AMOUNTS if box == "3.1(d)" else HEADS)}
