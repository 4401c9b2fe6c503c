"""The chosen columns of the voucher lines -> REGISTER_LEDGER: typed, continued lines filled, vouchers named, oddities reported.

What cannot be read stays in its row as blank or zero beside a problem; drafts, cancelled vouchers and vouchers that are no purchases are
set aside by name and number, never silently.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from ims_xl import gstin as gstins
from ims_xl.distinct import changed, judged
from ims_xl.readers.cleaning import clean_text, to_gstins, to_paise
from ims_xl.readers.headings import plain, words
from ims_xl.readers.register_amounts import line_amounts
from ims_xl.readers.register_choice import Choice
from ims_xl.readers.register_dates import read_date, reading_of
from ims_xl.readers.register_money import Amounts
from ims_xl.readers.register_notes import CREDIT_NOTE, DEBIT_NOTE, DETAILS
from ims_xl.readers.register_rows import BAND, CONTINUATION
from ims_xl.readers.register_words import document_types, eligibility, flags, places_of_supply, voucher_types
from ims_xl.state import blank
from ims_xl.vocabulary import AMOUNTS, REGISTER_LEDGER, ImsXlError, Problem

_FILLED_DOWN: Final = ("supplier_gstin", "supplier_name", "recipient_gstin", "document_number", "document_date", "voucher_number", "voucher_date", "voucher_type", "document_type",
                       "place_of_supply", "supplier_state", "reverse_charge", "supply_nature", "original_number", "original_date", "receipt_date", "payment_date", "status",
                       "itc_eligibility", "itc_nature", "port_code", "boe_number", "boe_date", "currency", "exchange_rate", "inclusive")
_DATES: Final = ("document_date", "voucher_date", "original_date", "receipt_date", "payment_date", "boe_date")


@dataclass(frozen=True)
class Lines:
    ledger: pd.DataFrame
    rows: np.ndarray
    problems: tuple[Problem, ...]
    aside: int
    rate: np.ndarray
    continued: np.ndarray


def ledger_of(lines: pd.DataFrame, kinds: np.ndarray, choice: Choice, amounts: Amounts, texts: Sequence[str], titles: Sequence[str], file: str, sheet: str, recipient: str, notes: pd.DataFrame) -> Lines:
    """The lines (bands among them say whose the lines below are) as a ledger; `amounts` holds those that are no bands, `titles` are the words above the headings, `notes` what words say of notes."""
    problems: list[Problem] = []
    text = {name: _joined(lines, places) for name, places in choice.text.items()}
    text = _filled_down(text, kinds)
    keep = kinds != BAND
    lines, rows = amounts.lines, lines.index.to_numpy(dtype=np.int64)[keep]
    continued = (kinds == CONTINUATION)[keep]
    text = {name: (column if keep.all() else column[keep]).reset_index(drop=True) for name, column in text.items()}
    _part_number_and_date(text, choice)
    for name in DETAILS:
        if (notes[name] != "").any():
            below = pd.Series(notes[name].to_numpy(dtype=object)[keep], dtype="str")
            text[name] = text[name].where(text[name] != "", below) if name in text else below

    def say(mask: np.ndarray, name: str, message: str, values: pd.Series | None = None) -> None:
        for place in np.flatnonzero(mask):
            shown = f"'{str(values.iloc[place])[:40]}' " if values is not None else ""
            problems.append(Problem(file, sheet, int(rows[place]), name, shown + message))

    out: dict[str, pd.Series] = dict.fromkeys((name for name, kind in REGISTER_LEDGER.items() if kind == "text"), blank("text", len(lines)))
    for name in ("supplier_name", "document_number", "voucher_number", "original_number", "hsn", "narration", "port_code", "supply_nature"):
        if name in text:
            out[name] = _whole_numbers(text[name]) if name != "narration" else text[name]
    for name in ("document_number", "supplier_name", "voucher_number"):
        errors = text[name].str.startswith("#").to_numpy(dtype=bool) & text[name].str.fullmatch(r"#(N/A|REF!|VALUE!|NAME\?|DIV/0!|NUM!|NULL!|ERROR!)").to_numpy(dtype=bool) if name in text else np.zeros(len(lines), dtype=bool)
        if errors.any():
            say(errors & ~continued, name, "is an error of Excel; it counts as blank", text[name])
            out[name] = out[name].where(~errors, "")
    _gstins(out, text, say, continued)
    reading = reading_of([text[n] for n in _DATES if n in text], titles)
    if reading.said:
        problems.append(Problem(file, sheet, 0, "document_date", reading.said))
    for name in _DATES:
        if name in text:
            days, bad = read_date(text[name], reading)
            say(bad & ~continued, name if name in REGISTER_LEDGER else "document_date", "is no date that can be read; the cell counts as blank", text[name])
        else:
            days = np.full(len(lines), np.datetime64("NaT", "s"), dtype="datetime64[s]")
        out[name] = pd.Series(days)
    out["place_of_supply"], bad = places_of_supply(text.get("place_of_supply"), len(lines))
    if bad.any():
        say(bad & ~continued, "place_of_supply", "is no state of India; the cell counts as blank", text["place_of_supply"])
    out["reverse_charge"] = flags(text.get("reverse_charge"), len(lines), any_word=choice.layout.startswith("Zoho"))
    out["itc_eligibility"], unknown = eligibility(text.get("itc_eligibility"), text.get("itc_nature"), len(lines), (_heading(choice, "itc_eligibility"), _heading(choice, "itc_nature")))
    if unknown.any():
        say(unknown & ~continued, "itc_eligibility", "is not Inputs, Input services, Capital goods or Ineligible; the cell counts as blank", text["itc_eligibility"])
    out["voucher_type"] = voucher_types(text.get("voucher_type"), len(lines), choice.voucher_type)
    out["document_type"] = document_types(text.get("document_type"), len(lines))
    problems += [Problem(file, sheet, 0, "voucher_type", message) for message in _notes_by_words(out, text, notes["note"].to_numpy(dtype=object)[keep], choice.voucher_type)]
    _bills_of_entry(out, text)
    money = line_amounts(amounts, choice, texts, text, out, recipient)
    for place, name, bad_cells in money.bad:
        say(bad_cells, name, f"in column '{texts[place]}' is no amount; it counts as zero", lines.iloc[:, place].reset_index(drop=True))
    problems += [Problem(file, sheet, 0, name, message) for name, message in money.said]
    for name in AMOUNTS:
        out[name] = pd.Series(money.amounts[name])
    out["document_value"] = money.document_value
    out["reverse_charge"] = money.reverse_charge
    out["supply_nature"] = money.supply_nature
    if choice.layout == "ims-xl":
        _own_sources(out, text, file, sheet, rows)
    else:
        out["source_file"], out["source_sheet"], out["source_row"] = _same(file, lines), _same(sheet, lines), pd.Series(rows)
    aside, told = _aside(out, text, money.taxed, plain(_heading(choice, "status")))
    for why, mask in told:
        first = [int(r) for r in rows[mask]]
        numbers = ", ".join(str(n) for n in first[:10]) + (" ..." if len(first) > 10 else "")
        problems.append(Problem(file, sheet, first[0], "voucher_type", f"{len(first)} row{'s' if len(first) > 1 else ''} set aside: {why} (row {numbers})"))
    ledger = pd.DataFrame({name: out[name] for name in REGISTER_LEDGER})[~aside].reset_index(drop=True)
    problems += _missing(ledger, rows[~aside], continued[~aside], file, sheet)
    _whose(ledger, titles, file, recipient)
    return Lines(ledger, rows[~aside], tuple(sorted(problems, key=lambda p: p.row)), int(aside.sum()), money.rate[~aside], continued[~aside])


def _heading(choice: Choice, name: str) -> str:
    places = choice.text.get(name)
    return choice.headings[places[0]] if places else ""


def _joined(lines: pd.DataFrame, places: Sequence[int]) -> pd.Series:
    """The first column, its blanks filled from the next ones; a lone dash is blank."""
    column = clean_text(lines.iloc[:, places[0]])
    dash = column.isin(["-", "--"])
    column = column.where(~dash, "") if dash.any() else column
    for place in places[1:]:
        column = column.where(column != "", clean_text(lines.iloc[:, place]))
    return column


def _filled_down(text: dict[str, pd.Series], kinds: np.ndarray) -> dict[str, pd.Series]:
    """Continuation lines take what the line above says of the document; lines under a supplier's band take the supplier."""
    starts = kinds != CONTINUATION
    rows = len(kinds)
    done = dict(text)
    if not starts.all() and rows:
        above = np.maximum.accumulate(np.where(starts, np.arange(rows), 0))
        for name in _FILLED_DOWN:
            if name in done:
                column = done[name].to_numpy(dtype=object)
                done[name] = pd.Series(np.where(~starts & (column == ""), column[above], column), index=done[name].index, dtype="str")
    if (kinds == BAND).any():
        above = np.maximum.accumulate(np.where(kinds == BAND, np.arange(rows), -1))
        told = done["supplier_gstin"].to_numpy(dtype=object) if "supplier_gstin" in done else np.array([""] * rows, dtype=object)
        for name in ("supplier_gstin", "supplier_name"):
            if name in done:
                column = done[name].to_numpy(dtype=object)
                use = (above >= 0) & (told == "") & (column == "")
                done[name] = pd.Series(np.where(use, column[np.maximum(above, 0)], column), index=done[name].index, dtype="str")
    return done


_NUMBER_AND_DATE: Final = r"^(.*?)[\s,;]*(?:\(|\bdtd?\b\.?|\bdated\b|\bdate\b|[/|-])?[\s:]*(\d{1,2}[-/. ](?:\d{1,2}|[A-Za-z]{3,9})[-/. ,]{1,2}\d{2,4})\)?$"


def _part_number_and_date(text: dict[str, pd.Series], choice: Choice) -> None:
    """`Invoice No. & Date` in one column holds both: `A-1 dt 05/10/2026`."""
    heading = plain(_heading(choice, "document_number"))
    if "document_date" in text or not re.search(r"\b(date|dt)\b", heading):
        return
    found = text["document_number"].str.extract(_NUMBER_AND_DATE)
    told = found[1].notna() & (found[0].fillna("") != "")
    text["document_date"] = found[1].where(told, "").astype("str")
    text["document_number"] = text["document_number"].where(~told, found[0].fillna("")).astype("str")


def _whole_numbers(column: pd.Series) -> pd.Series:
    """`12.0` was the number 12; `000123` and `1E5` are text and stay."""
    floats = column.str.fullmatch(r"[0-9]{1,15}\.0+").to_numpy(dtype=bool)
    return column.where(~floats, column.str.replace(r"\.0+$", "", regex=True)) if floats.any() else column


def _gstins(out: dict[str, pd.Series], text: Mapping[str, pd.Series], say: Callable[[np.ndarray, str, str, pd.Series], None], continued: np.ndarray) -> None:
    """Words such as URD are no GSTIN: the cell becomes blank and the nature of the supply says so. A wrong one stays, beside a problem."""
    if "recipient_gstin" in text:
        out["recipient_gstin"] = to_gstins(text["recipient_gstin"])
    if "supplier_gstin" not in text:
        return
    said = changed(text["supplier_gstin"], lambda value: value.lower().strip(" ."))
    unregistered = said.isin(set(words()["values"]["unregistered"])).to_numpy(dtype=bool)
    column = to_gstins(text["supplier_gstin"])
    column = column.where(~unregistered, "") if unregistered.any() else column
    out["supplier_gstin"] = column
    if unregistered.any():
        nature = out["supply_nature"]
        told = text["supplier_gstin"].where(~said.isin({"na", "n/a", "nil", "none", "0", "not available", "not applicable", "pending", "applied"}), "Unregistered")
        out["supply_nature"] = nature.where(~(unregistered & (nature == "").to_numpy()), told)
    wrong = ~judged(column, lambda distinct: [gstins.is_valid(str(value)) for value in distinct]) & (column != "").to_numpy() & ~continued
    formless = np.array([gstins.kind(str(v)) is None for v in column[wrong]], dtype=bool)
    at = np.flatnonzero(wrong)
    for mask, message in ((at[formless], "does not have the form of a GSTIN"), (at[~formless], "is a GSTIN with a wrong check character; one of its characters is mistyped")):
        flags_ = np.zeros(len(column), dtype=bool)
        flags_[mask] = True
        say(flags_, "supplier_gstin", message, text["supplier_gstin"])


def _notes_by_words(out: dict[str, pd.Series], text: Mapping[str, pd.Series], notes: np.ndarray, known: str) -> list[str]:
    """Where no column tells notes from purchases, the words above them do; a section of credit and debit notes alone tells credit notes."""
    told: list[str] = []
    if known or {"voucher_type", "side"} & text.keys():
        return told
    if "document_type" not in text and "supply_nature" in text:
        cdn = text["supply_nature"].str.fullmatch(r"(?i)(b2b[ -]?)?cdnr?a?").to_numpy(dtype=bool)
        if cdn.any():
            out["document_type"] = pd.Series(np.where(cdn, CREDIT_NOTE, ""), dtype="str")
            told.append(f"{int(cdn.sum())} lines stand in a section of credit and debit notes without a word on which they are; they are read as the supplier's credit notes")
        return told
    if "document_type" in text:
        return told
    for name, kind, whose in (("voucher_type", DEBIT_NOTE, "your debit notes, the supplier's credit notes"), ("document_type", CREDIT_NOTE, "the supplier's credit notes")):
        here = notes == kind
        if here.any():
            out[name] = pd.Series(np.where(here, kind, ""), dtype="str")
            told.append(f"{int(here.sum())} lines stand under a title that says {kind}; they are read as {whose} (a column Voucher Type or Document Type would say it for certain)")
    return told


def _bills_of_entry(out: dict[str, pd.Series], text: Mapping[str, pd.Series]) -> None:
    """A bill of entry is known by its own number and date; the foreign supplier's invoice stays readable in the narration."""
    if "boe_number" not in text:
        return
    number = _whole_numbers(text["boe_number"])
    here = ((number != "") & ~number.str.fullmatch(r"0+").to_numpy(dtype=bool)).to_numpy(dtype=bool)
    if not here.any():
        return
    invoice = out["document_number"]
    assert isinstance(invoice, pd.Series)
    narration = out["narration"]
    told = here & (invoice != "").to_numpy() & (invoice != number).to_numpy()
    out["narration"] = narration.where(~told, (narration + " Invoice " + invoice).str.strip())
    out["document_number"] = invoice.where(~here, number)
    boe_day, day = out["boe_date"], out["document_date"]
    out["document_date"] = day.where(~(here & boe_day.notna().to_numpy()), boe_day)
    kind = out["document_type"]
    out["document_type"] = kind.where(~(here & (kind == "").to_numpy()), "Bill of Entry")
    nature = out["supply_nature"]
    out["supply_nature"] = nature.where(~(here & (nature == "").to_numpy()), "Import of goods")


def _own_sources(out: dict[str, pd.Series], text: Mapping[str, pd.Series], file: str, sheet: str, rows: np.ndarray) -> None:
    """Our own sheet names the file each line came from; a line that a person added comes from the sheet itself."""
    nothing = blank("text", len(rows))
    files, sheets, numbers = (text.get(name, nothing) for name in ("source_file", "source_sheet", "source_row"))
    told = (files != "").to_numpy(dtype=bool)
    row = to_paise(numbers)[0] // 100
    out["source_file"] = files.where(told, file)
    out["source_sheet"] = sheets.where(told, sheet)
    out["source_row"] = pd.Series(np.where(told, row, rows).astype(np.int64))


def _same(value: str, lines: pd.DataFrame) -> pd.Series:
    return pd.Series([value] * len(lines), dtype="str")


def _aside(out: Mapping[str, pd.Series], text: Mapping[str, pd.Series], taxed: np.ndarray, status_heading: str) -> tuple[np.ndarray, list[tuple[str, np.ndarray]]]:
    """Rows that are no booked purchase: drafts and cancelled ones, sales and receipts of a day book, payments and journals without tax."""
    values = words()["values"]
    told: list[tuple[str, np.ndarray]] = []
    aside = np.zeros(len(taxed), dtype=bool)

    def put(mask: np.ndarray, why: str) -> None:
        mask = mask & ~aside
        if mask.any():
            told.append((why, mask))
            aside[mask] = True

    if "status" in text:
        status = text["status"].str.lower()
        ends = set(values["cancelled"]) | ({"0", "2"} if status_heading == "docstatus" else set(values["yes"]) - {"rcm", "reverse charge"} if "cancel" in status_heading else set())
        for word in sorted(set(status.unique()) & ends):
            put((status == word).to_numpy(dtype=bool), f"the voucher's status is '{word}'" if word in values["cancelled"] else "the voucher is a draft" if word == "0" else "the voucher is cancelled")
    for name in ("supplier_name", "voucher_type", "narration"):
        if name in text:
            put(judged(text[name], lambda said: said.str.fullmatch(r"(?i).*\(\s*cancel+ed\s*\).*|cancel+ed")), "the voucher is cancelled")
    if "voucher_type" in text:
        kind = text["voucher_type"].str.lower()
        for word in sorted(set(kind.unique()) & set(values["not_purchases"])):
            put((kind == word).to_numpy(dtype=bool), f"a {word.title()} voucher is no purchase")
        quiet = kind.isin(values["only_with_tax"]).to_numpy(dtype=bool) & ~taxed & (out["reverse_charge"] != "Y").to_numpy()
        put(quiet & ((out["supplier_gstin"] == "") | (out["document_number"] == "")).to_numpy(), "a payment or journal without tax is no purchase")
    return aside, told


def _missing(ledger: pd.DataFrame, rows: np.ndarray, continued: np.ndarray, file: str, sheet: str) -> list[Problem]:
    """What a line lacks to be found on the portal, where its supplier is registered."""
    found = []
    named = (ledger["supplier_gstin"] != "").to_numpy() & ~continued
    for place in np.flatnonzero(named & (ledger["document_number"] == "").to_numpy()):
        found.append(Problem(file, sheet, int(rows[place]), "document_number", "the supplier's document number is blank"))
    empty = named & (ledger[list(AMOUNTS)] == 0).all(axis=1).to_numpy() & ledger["document_value"].fillna(0).eq(0).to_numpy(dtype=bool)
    for place in np.flatnonzero(empty):
        found.append(Problem(file, sheet, int(rows[place]), "taxable_value", "the line has no amount"))
    return found


def _whose(ledger: pd.DataFrame, titles: Sequence[str], file: str, recipient: str) -> None:
    """A register of another GSTIN is refused: by its recipient column where every line says so, else by the one GSTIN in its titles."""
    if not recipient:
        return
    told = set(ledger["recipient_gstin"].unique()) - {""}
    if told and recipient not in told and not {gstins.pan(t) for t in told} & {gstins.pan(recipient)}:
        raise ImsXlError(f"{file} is the register of {', '.join(sorted(told))[:80]}, not of {recipient}; give the client's own register.")
    if told:
        return
    named = {g for title in titles for g in _gstins_in(title)}
    if len(named) == 1 and recipient not in named:
        raise ImsXlError(f"{file} says in its title that it is the register of {named.pop()}, not of {recipient}; give the client's own register.")


def _gstins_in(text: str) -> list[str]:
    return [found for found in re.findall(r"\b[0-9]{2}[A-Z]{5}[0-9]{4}[A-Z][0-9A-Z]{3}\b", text.upper()) if gstins.is_valid(found)]

