"""Which column of a register carries which field: by heading, by the layout the headings betray, and confirmed by what the cells hold.

A person's own choice goes first, then the layout's, then exact words before loose ones. Where two columns are equally plausible and
hold different things, the cells decide (numbers that count up row by row are the firm's own); where they cannot, the first is taken,
marked `confirm`, and a problem names both.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
import pandas as pd

from ims_xl.readers.headings import NOTHING, STRONG, WEAK, Headings, Meaning, plain, words
from ims_xl.readers.register_choice import Cells, Choice, how_of, same, set_by_hand, take
from ims_xl.readers.register_money import Amounts, choose_money
from ims_xl.readers.register_rows import GSTIN_FORM
from ims_xl.vocabulary import REGISTER_LEDGER

LEAST_GSTINS: Final = 0.6
LEAST_DATES: Final = 0.8
MOST_BLANK_NUMBERS: Final = 0.3
SAMPLE: Final = 4000
SHOWN_COLUMNS: Final = ("heading", "field", "how", "score", "sample")
_SETTING = Meaning("", 9, "your setting")


def layout_of(texts: Sequence[str]) -> Mapping[str, Any] | None:
    """The first layout of the table whose headings all stand here."""
    here = {plain(text) for text in texts if text}
    for row in words()["layout"]:
        if all(plain(h) in here for h in row["all"]) and sum(plain(h) in here for h in row.get("any", ())) >= row.get("least", 0):
            return dict(row)
    return None


def meanings_in(headings: Headings, mapping: Mapping[str, str]) -> tuple[list[Meaning | None], Mapping[str, Any] | None]:
    """What every column means here: the person's mapping over the layout's over the alias table."""
    layout = layout_of(headings.texts)
    told = {plain(heading): name for heading, name in mapping.items()}
    known = {plain(heading): name for heading, name in (layout or {}).get("fields", {}).items()}
    found: list[Meaning | None] = []
    for text, meant in zip(headings.texts, headings.meanings):
        key = plain(text)
        if key in told and key:
            found.append(Meaning(told[key] if told[key] and told[key] != "not used" else "ignored", _SETTING.tier, _SETTING.how))
        elif key in known:
            found.append(Meaning(known[key], 8, str((layout or {})["name"])))
        else:
            found.append(meant)
    return found, layout


def choose_columns(headings: Headings, found: Sequence[Meaning | None], layout: Mapping[str, Any] | None, amounts: Amounts, recipient: str) -> Choice:
    """The columns of the voucher lines (`amounts.lines`) for every field of the ledger."""
    choice = Choice(layout=str(layout["name"]) if layout else "", headings=headings.texts, voucher_type=str((layout or {}).get("voucher_type", "")))
    step = max(1, len(amounts) // SAMPLE)
    sample = amounts.lines.iloc[::step]
    cells = Cells(sample)
    by_field: dict[str, list[int]] = {}
    for place, meant in enumerate(found):
        if meant is not None:
            by_field.setdefault(meant.field, []).append(place)
    _originals_apart(by_field, found, headings)
    rank = {place: (meant.tier, meant.score) for place, meant in enumerate(found) if meant is not None}
    _gstins(choice, by_field, rank, cells, found, recipient)
    _kinds_of_document(choice, by_field, cells, found)
    _numbers(choice, by_field, rank, cells, headings, found)
    _dates(choice, by_field, rank, cells, headings, found)
    _codes_apart(by_field, cells)
    for name in ("supplier_name", "place_of_supply", "supplier_state", "reverse_charge", "itc_eligibility", "itc_nature", "hsn", "narration", "port_code", "boe_number",
                 "side", "status", "currency", "exchange_rate", "inclusive", "rate", "supplier_code", "source_file", "source_sheet", "source_row", "supply_nature"):
        _plainest(choice, name, by_field.get(name, []), rank, cells, found)
    _name_from_code(choice, cells)
    choose_money(choice, found, headings.texts, amounts)
    return choice


def shown(choice: Choice, headings: Headings, lines: pd.DataFrame) -> pd.DataFrame:
    """One row a column of the file: its heading, the field it was taken for ("" = not used), how, a score of 100 and sample values."""
    rows = []
    cells = Cells(lines.iloc[: 200])
    for place, text in enumerate(headings.texts):
        if not text and place not in choice.how:
            continue
        name, how, score = choice.how.get(place, ("", "not used", 0))
        values = [v for v in dict.fromkeys(cells.values(place)) if v]
        rows.append((text or f"(column {place + 1})", name, how, score, " | ".join(value[:24] for value in values[:3])))
    frame = pd.DataFrame(rows, columns=list(SHOWN_COLUMNS))
    return frame.astype({"heading": "str", "field": "str", "how": "str", "score": "int64", "sample": "str"})


def _gstins(choice: Choice, by_field: Mapping[str, list[int]], rank: Mapping[int, tuple[int, int]], cells: Cells, found: Sequence[Meaning | None], recipient: str) -> None:
    """The supplier's GSTINs differ from row to row; a column that holds one number throughout, or the client's own, is the recipient's."""
    own = list(by_field.get("recipient_gstin", []))
    own += [p for p in by_field.get("period", []) if _BUSINESS_PLACE.search(plain(choice.headings[p])) and cells.share(p, _of_gstin_form) >= LEAST_GSTINS]
    supplier = []
    candidates = by_field.get("supplier_gstin", [])
    for place in candidates:
        values = set(cells.column(place)[cells.filled(place)].str.upper().unique())
        ours = values == {recipient} if recipient else False
        if not set_by_hand(found[place]) and values and (ours or (len(values) == 1 and len(candidates) > 1 and int(cells.filled(place).sum()) >= 5)):
            own.append(place)
        else:
            supplier.append(place)
    right = [p for p in supplier if cells.gstins(p) >= LEAST_GSTINS or set_by_hand(found[p])]
    doubtful = not right
    if not right:
        right = [p for p in supplier if rank[p][0] > WEAK or cells.gstins(p) > 0]
    discovered = not right
    if discovered:
        taken = set(own)
        right = [p for p in range(len(found)) if p not in taken and cells.share(p, _of_gstin_form) >= LEAST_GSTINS and set(cells.column(p)[cells.filled(p)]) != {recipient}]
    right.sort(key=lambda p: (-rank.get(p, (0, 0))[0], -round(cells.gstins(p), 1), -rank.get(p, (0, 0))[1], p))
    if right:
        best = right[0]
        rivals = [p for p in right[1:] if rank.get(p, (0, 0)) == rank.get(best, (0, 0)) and not same(cells, best, p) and abs(cells.gstins(p) - cells.gstins(best)) < 0.2]
        how = "by content" if discovered else how_of(found[best])
        take(choice, "supplier_gstin", best, rivals, how, 50 + rank.get(best, (0, 12))[1], found, cells, doubtful and not discovered and cells.share_filled(best) > 0)
        if doubtful and not discovered and cells.share_filled(best) > 0.1:
            choice.problems.append(("supplier_gstin", f"few cells of column '{choice.headings[best]}' have the form of a GSTIN; check that it is the supplier's GSTIN"))
    for place in sorted(own, key=lambda p: -cells.gstins(p))[:1]:
        choice.take("recipient_gstin", place, how_of(found[place]) if (found[place] or NOTHING).field == "recipient_gstin" else "by content", 80)


_BUSINESS_PLACE: Final = re.compile(r"business place|branch|location|plant|profit cent|cost cent")


def _of_gstin_form(column: pd.Series) -> np.ndarray:
    return np.asarray(column.str.fullmatch(GSTIN_FORM).to_numpy(dtype=bool))


def _kinds_of_document(choice: Choice, by_field: dict[str, list[int]], cells: Cells, found: Sequence[Meaning | None]) -> None:
    """Voucher type (the recipient's view), document type (the supplier's) or nature of the supply: the heading says, plain `Type` by its words."""
    candidates = [p for name in ("voucher_type", "document_type", "supply_nature") for p in by_field.get(name, [])]
    for place in sorted(candidates, key=lambda p: -(found[p] or NOTHING).score):
        meant = found[place]
        assert meant is not None
        name = meant.field
        values = {value.lower() for value in cells.values(place) if value}
        if meant.tier < 8 and values and values <= {"dr", "cr", "debit", "credit"}:
            by_field.setdefault("side", []).append(place)   # the side of the party's account, not the kind of the document
            continue
        if meant.tier < 8 and not (name == "voucher_type" and meant.tier == STRONG):
            name = _view(values) or name
        if name not in choice.text:
            choice.take(name, place, meant.how if name == meant.field else "by content", 50 + meant.score)
        elif name == "supply_nature" and choice.text[name]:
            choice.take(name, place, meant.how, 40 + meant.score)


def _view(values: set[str]) -> str:
    if any(re.search(r"purchase|purc\b|journal|payment|expense|voucher|vendor credit|supplier credit", v) for v in values) or values & {"bill", "bills", "bill credit"}:
        return "voucher_type"
    if values and all(re.fullmatch(r"(tax )?inv(oice)?s?|(credit|debit|cr|dr)[ .]*note( \(.*\))?|[cdi]|cdn|crn|dbn|cn|dn|bill of (entry|supply)|boe|isd.*|self invoice", v) for v in values):
        return "document_type"
    if values and all(re.search(r"^(r|regular|de|sewp|sewop|sez.*|deemed.*|b2b.*|b2bur|impg.*|imps|cbw|composition|unregistered|overseas|registered.*|intra.*|inter.*|taxable|exempt.*|nil.*|non.*gst|import.*|goods|services)$", v) for v in values):
        return "supply_nature"
    return ""


def _numbers(choice: Choice, by_field: Mapping[str, list[int]], rank: Mapping[int, tuple[int, int]], cells: Cells, headings: Headings, found: Sequence[Meaning | None]) -> None:
    documents = sorted(by_field.get("document_number", []), key=lambda p: (-rank[p][0], -rank[p][1], -round(cells.share_filled(p), 1), p))
    vouchers = sorted(by_field.get("voucher_number", []), key=lambda p: (-rank[p][0], -rank[p][1], -round(cells.share_filled(p), 1), p))
    used = [p for p in documents if cells.share_filled(p) > 0] or documents
    if used:
        best = used[0]
        rivals = [p for p in used[1:] if rank[p][0] == rank[best][0] and not same(cells, best, p)]
        ours = [p for p in (best, *rivals) if _counts_up(cells, p)]
        if rivals and ours and len(ours) <= len(rivals):   # at least one of them does not count up: that one is the supplier's
            best = next(p for p in (best, *rivals) if p not in ours)
            rivals = [p for p in used if p != best and p not in ours and rank[p][0] == rank[best][0] and not same(cells, best, p)]
        take(choice, "document_number", best, rivals, how_of(found[best]), 50 + rank[best][1], found, cells, bool(rivals))
        others = [p for p in used if p != best and p not in ours]
        if 1 - cells.share_filled(best) > MOST_BLANK_NUMBERS:
            for place in others:
                choice.take("document_number", place, "fills blanks", 40)
        if not vouchers:
            left = [p for p in (*ours, *others) if p != best and p not in choice.how and not same(cells, best, p)]
            vouchers = [p for p in left if found[p] is not None and how_of(found[p]) != _SETTING.how][:1]
    if vouchers:
        choice.take("voucher_number", vouchers[0], how_of(found[vouchers[0]]), 50 + rank[vouchers[0]][1])
        if not used:
            choice.text["document_number"] = [vouchers[0]]
            choice.problems.append(("document_number", f"'{headings.texts[vouchers[0]]}' is the only column of numbers, so it is taken for the supplier's document number as well; name another in Settings if it is your own voucher number"))
    for name in ("original_number",):
        _plainest(choice, name, by_field.get(name, []), rank, cells, found)


def _counts_up(cells: Cells, place: int) -> bool:
    """The firm's own numbers go up by one or stay from row to row, whoever the supplier is; needs five rows to tell."""
    tails = [re.search(r"(\d+)\D*$", value) for value in cells.values(place) if value]
    numbers = np.array([int(tail[1][-15:]) for tail in tails if tail], dtype=np.float64)
    if len(numbers) < 5 or len(numbers) < 0.9 * len(tails):
        return False
    steps = np.diff(numbers)
    step = max(1.0, float(np.median(steps))) if len(steps) else 1.0
    return bool(np.mean((steps >= 0) & (steps <= 2 * step)) >= 0.9 and step < 1000 and len(set(numbers)) > 1)


def _second_date(by_field: Mapping[str, list[int]], choice: Choice) -> dict[str, list[int]]:
    """Of two columns headed plainly `Date`, the one right behind the document's number is the document's."""
    plainly = [p for p in by_field.get("voucher_date", []) if plain(choice.headings[p]) == "date"]
    number = choice.text.get("document_number", [-2])[0]
    behind = [p for p in plainly if p == number + 1]
    if len(plainly) < 2 or not behind or by_field.get("document_date"):
        return dict(by_field)
    return {**by_field, "document_date": behind, "voucher_date": [p for p in by_field["voucher_date"] if p not in behind]}


def _dates(choice: Choice, by_field: Mapping[str, list[int]], rank: Mapping[int, tuple[int, int]], cells: Cells, headings: Headings, found: Sequence[Meaning | None]) -> None:
    by_field = _second_date(by_field, choice)
    for name in ("document_date", "voucher_date", "original_date", "receipt_date", "payment_date", "boe_date"):
        places = by_field.get(name, [])
        good = [p for p in places if cells.dates(p) >= LEAST_DATES or set_by_hand(found[p])]
        good = good or [p for p in places if cells.share_filled(p) == 0 or cells.dates(p) > 0.2]
        _plainest(choice, name, good, rank, cells, found)
    if "document_date" not in choice.text and "voucher_date" in choice.text and not choice.layout.startswith(("Tally", "Busy", "ims-xl", "SAP", "ERPNext")):
        place = choice.text["voucher_date"][0]
        if plain(headings.texts[place]) in ("date", "voucher date", "transaction date", "purchase date") and "voucher_type" not in choice.text:
            choice.text["document_date"] = [place]


def _plainest(choice: Choice, name: str, places: Sequence[int], rank: Mapping[int, tuple[int, int]], cells: Cells, found: Sequence[Meaning | None]) -> None:
    """The best heading; an equal one that holds other things makes it a matter to confirm."""
    if not places or (name in choice.text and name != "supply_nature"):
        return
    free = [p for p in places if p not in choice.how]
    order = sorted(free, key=lambda p: (-rank[p][0], cells.share_filled(p) == 0, -rank[p][1], -round(cells.share_filled(p), 1), p))
    if not order:
        return
    best = order[0]
    matters = name in REGISTER_LEDGER and name not in ("narration", "hsn", "supply_nature", "supplier_name")
    rivals = [p for p in order[1:] if rank[p] == rank[best] and matters and not same(cells, best, p)]
    take(choice, name, best, rivals, how_of(found[best]), 50 + rank[best][1], found, cells, bool(rivals))
    if name in ("supplier_name", "narration", "rate") and 1 - cells.share_filled(best) > 0:
        for place in order[1:]:
            if name != "rate" or not (found[place] or NOTHING).rate:
                choice.take(name, place, "fills blanks", 30)


def _originals_apart(by_field: dict[str, list[int]], found: Sequence[Meaning | None], headings: Headings) -> None:
    """`Original Bill No` is the document's number where it is the only one, else that of the document it refers to."""
    places = by_field.get("document_number", [])
    old = [p for p in places if plain(headings.texts[p]).startswith("original ") and not set_by_hand(found[p])]
    if old and len(old) < len(places):
        by_field["original_number"] = [*by_field.get("original_number", []), *old]
        by_field["document_number"] = [p for p in places if p not in old]


def _codes_apart(by_field: dict[str, list[int]], cells: Cells) -> None:
    """Of several columns that could be the supplier's name, those that hold codes give way to those that hold names."""
    places = by_field.get("supplier_name", [])
    named = [p for p in places if cells.share(p, _of_name_form) > 0.5]
    if named and len(named) < len(places):
        by_field["supplier_code"] = [*by_field.get("supplier_code", []), *(p for p in places if p not in named and cells.share_filled(p) > 0)]
        by_field["supplier_name"] = named


def _of_name_form(column: pd.Series) -> np.ndarray:
    return np.asarray(column.str.contains(r"[A-Za-z]{2,}.*[A-Za-z]", regex=True).to_numpy(dtype=bool))


def _name_from_code(choice: Choice, cells: Cells) -> None:
    """SAP's `Vendor` is a code, unless it holds names and no other column does."""
    for place in choice.text.get("supplier_code", []):
        if "supplier_name" not in choice.text and cells.share(place, _of_name_form) > 0.8:
            choice.take("supplier_name", place, "by content", 50)
