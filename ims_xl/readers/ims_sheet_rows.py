"""Rows of an IMS-like sheet -> rows of the IMS ledger, columns by columns. Nothing with a document in it is dropped without a problem."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from typing import Final

import numpy as np
import pandas as pd

from ims_xl.distinct import changed, judged
from ims_xl.portal_words import action_by_code, ims_supply_type, place_code, section_aliases, words
from ims_xl.readers.cleaning import clean_text, to_dates, to_gstins, to_paise
from ims_xl.readers.json_values import yes_no
from ims_xl.readers.portal_headings import plain
from ims_xl.readers.portal_rows import document_keys, filing_status, unique_keys
from ims_xl.state import blank, empty
from ims_xl.vocabulary import IMS_LEDGER, Action, Problem, Section

MOST_PROBLEMS: Final = 200
_MONEY: Final = ("document_value", "taxable_value", "igst", "cgst", "sgst", "cess")
_AMOUNTS: Final = ("taxable_value", "igst", "cgst", "sgst", "cess")
_MONTHS: Final = {name: number for number, name in enumerate(("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1)}
_COUNT = re.compile(r"\(?\d{1,2}\)?")
_TOTAL = re.compile(r"^\W*(grand |sub )?totals?\b", re.IGNORECASE)


def sheet_ledger(body: pd.DataFrame, columns: Mapping[str, int], sheet: str) -> tuple[pd.DataFrame, list[Problem]]:
    """The rows below the headings as an IMS_LEDGER (`source_row` is the sheet row), and what could not be read."""
    reader = _Rows(body, columns, sheet)
    return reader.ledger(), reader.problems


@lru_cache(maxsize=1024)
def section_label(text: str) -> str:
    """`b2bcn`, `B2B-CN`, `B2B CN`, `B2B - Credit notes` -> "B2B-CN"; "" where it names no section."""
    lowered = text.strip().lower()
    found = section_aliases().get(lowered) or section_aliases().get(plain(text)) or section_aliases().get(plain(text).replace(" ", ""))
    return found.value if found else str(words()["section_names"].get(_amendment_kept(lowered), ""))


def period_code(text: str) -> str:
    """`102026`, `92026`, `10`, `Oct'26`, `Oct-2026`, `2026-10`, `10/2026`, `2026-10-01` -> MMYYYY; what is none of them stays as it is."""
    return _period_code(text.strip())


class _Rows:
    def __init__(self, body: pd.DataFrame, columns: Mapping[str, int], sheet: str) -> None:
        self.sheet = sheet
        self.columns = columns
        self.problems: list[Problem] = []
        self.body = body.reset_index(drop=True)
        self.rows = body.index.to_numpy(dtype=np.int64)
        self._amounts: dict[str, tuple[np.ndarray, np.ndarray]] = {}
        keep = self._documents()
        self._amounts = {name: (paise[keep], bad[keep]) for name, (paise, bad) in self._amounts.items()}
        if not keep.all():
            self.body, self.rows = self.body[keep].reset_index(drop=True), self.rows[keep]

    def ledger(self) -> pd.DataFrame:
        count = len(self.body)
        if not count:
            return empty(IMS_LEDGER)
        made = empty(IMS_LEDGER, count)
        for name in ("supplier_name", "document_number", "supply_type", "original_number", "port_code", "portal_remarks", "source_form"):
            made[name] = self._text(name)
        for name in ("supplier_gstin", "recipient_gstin"):
            if name in self.columns:
                made[name] = to_gstins(self._cells(name)).astype("str")
        made["document_date"], made["original_date"] = self._days("document_date", made["document_number"]), self._days("original_date", made["document_number"])
        for name in _MONEY:
            made[name] = self._paise(name)
        made["section"] = self._sections(made)
        made = self._signs(made)
        made["supply_type"] = changed(made["supply_type"], ims_supply_type)
        made["place_of_supply"] = self._mapped("place_of_supply", lambda text: place_code(text) if text else "", "is not a state or its code")
        made["supplier_period"] = changed(self._text("supplier_period"), period_code)
        made["filing_status"] = changed(self._text("filing_status"), _filed)
        made["portal_action"] = self._actions()
        for name in ("pending_blocked", "remarks_blocked", "reduction_blocked"):
            made[name] = changed(self._text(name), yes_no)
        made["source_sheet"], made["source_row"] = self.sheet, self.rows
        made["key"] = document_keys(made)
        return unique_keys(made, self.problems, drop_same=False)

    # ---- which rows are documents -------------------------------------------------------------------------------------

    def _documents(self) -> np.ndarray:
        """Rows with a document number and somebody who issued it, or at least an amount; titles, totals and blank lines are none."""
        number = clean_text(self._cells("document_number")).to_numpy(dtype=object)
        suppliers = self._cells("supplier_gstin" if "supplier_gstin" in self.columns else "port_code").str.strip()
        supplier = suppliers.to_numpy(dtype=object)
        money = np.zeros(len(self.body), dtype=bool)
        for name in _AMOUNTS:
            if name in self.columns:
                paise, bad = self._amounts[name] = to_paise(self._cells(name))
                money |= (paise != 0) & ~bad
        filled = (self.body != "").to_numpy().any(axis=1)
        heads = np.array([_TOTAL.match(str(text)) is not None for text in np.where(number != "", number, supplier)], dtype=bool)
        looks = judged(suppliers, lambda texts: [any(c.isdigit() for c in str(text)) for text in texts])
        good = (number != "") & ~heads & (looks | money)
        if filled.any():
            good &= ~self._headings_again(number, supplier)
        any_total = self._totals()
        lost = filled & ~good & ~heads & ~any_total & ((looks & (supplier != "")) | (money & (supplier != "")) | (money & (number != "")))
        for position in np.flatnonzero(lost)[:MOST_PROBLEMS]:
            self.problems.append(Problem("", self.sheet, int(self.rows[position]), "document_number", "the row is set aside: it has no document number"))
        orphan = filled & ~good & ~lost & money & ~any_total & ~heads
        for position in np.flatnonzero(orphan)[:MOST_PROBLEMS]:
            self.problems.append(Problem("", self.sheet, int(self.rows[position]), "document_number", "the row has amounts but neither supplier nor document number; it is taken for a total and left out"))
        return np.asarray(good, dtype=bool)

    def _headings_again(self, number: np.ndarray, supplier: np.ndarray) -> np.ndarray:
        """A line of column numbers "(1) (2) (3)" or a repeated heading is no document."""
        first = {plain(str(text)) for texts in words()["ims_headings"].values() for text in texts}
        suppliers = set(supplier)        # some hundreds, where the documents are thousands
        headings = {text for text in suppliers if text and plain(text) in first}
        counts = {text for text in suppliers if _COUNT.fullmatch(text)}
        if not headings and not counts:
            return np.zeros(len(number), dtype=bool)
        return np.array([(b in headings and plain(a) in first) or (b in counts and _COUNT.fullmatch(a) is not None) for a, b in zip(number, supplier)], dtype=bool)

    def _totals(self) -> np.ndarray:
        left = self.body.iloc[:, :4]
        found = np.zeros(len(self.body), dtype=bool)
        for column in left.columns:
            found |= judged(left[column], lambda cells: cells.str.contains(r"^\W*(?:grand |sub )?totals?\b", case=False, regex=True))
        return found

    # ---- columns --------------------------------------------------------------------------------------------------------

    def _cells(self, name: str) -> pd.Series:
        if name in self.columns:
            return self.body[self.columns[name]].astype("str")
        return blank("text", len(self.body))

    def _text(self, name: str) -> pd.Series:
        return clean_text(self._cells(name)).astype("str") if name in self.columns else self._cells(name)

    def _paise(self, name: str) -> np.ndarray:
        cells = self._cells(name)
        paise, bad = self._amounts.get(name) or to_paise(cells)
        self._report(bad, name, cells, "is not an amount; it counts 0.00")
        return paise

    def _days(self, name: str, number: pd.Series) -> np.ndarray:
        cells = self._cells(name)
        days, bad = to_dates(cells)
        self._report(bad, name, cells, "is not a date; it is left blank")
        if name == "document_date" and name in self.columns:
            self._report(np.isnat(days) & ~bad, name, number, "has no document date")
        return days

    def _mapped(self, name: str, read: Callable[[str], str], wrong: str) -> pd.Series:
        cells = self._text(name)
        made = changed(cells, read)
        self._report(((made == "") & (cells != "")).to_numpy(dtype=bool), name, cells, wrong)
        return made

    def _actions(self) -> pd.Series:
        known = {code.lower(): action.value for code, action in action_by_code().items()} | {action.value.lower(): action.value for action in Action}
        known |= {"accepted": "Accept", "rejected": "Reject", "noaction": "No Action", "deemed accepted": "No Action", "": "No Action", "-": "No Action"}
        made = self._mapped("portal_action", lambda text: known.get(text.lower(), ""), "is not an action; it counts as No Action")
        return made.replace({"": Action.NO_ACTION.value})

    def _sections(self, made: pd.DataFrame) -> pd.Series:
        """Its own column, else the sheet's name, else the document type with an original number or none, else the sign."""
        own = self._mapped("section", section_label, "is no section of IMS; the document type decides") if "section" in self.columns else self._cells("section")
        types = words()["ims_document_types"]
        typed = self._text("document_type").str.lower()
        kinds = changed(typed, lambda text: types.get(plain(text), "")).to_numpy(dtype=object)
        if not (kinds != "").any():
            kinds = changed(self._text("supply_type").str.lower(), lambda text: types.get(plain(text), "") if len(text) > 1 else "").to_numpy(dtype=object)
        negative = (made["taxable_value"] < 0).to_numpy()
        derived = np.where(kinds != "", kinds, np.where(negative, Section.B2B_CN.value, Section.B2B.value))
        if "port_code" in self.columns:
            imported = (made["port_code"] != "").to_numpy()
            derived = np.where(imported, np.where((made["supplier_gstin"] != "").to_numpy(), Section.IMPGSEZ.value, Section.IMPG.value), derived)
        amended = (made["original_number"] != "").to_numpy()
        derived = np.where(amended, derived + "A", derived)
        named = section_label(self.sheet)
        derived = np.where(np.full(len(made), bool(named)), named, derived)
        return pd.Series(np.where((own != "").to_numpy(), own.to_numpy(dtype=object), derived), dtype="str")

    def _signs(self, made: pd.DataFrame) -> pd.DataFrame:
        """Amounts are positive as the portal prints them; credit notes that somebody wrote with a minus are turned, a minus elsewhere counts 0."""
        credit = made["section"].str.contains("-CN", regex=False).to_numpy(dtype=bool)
        for name in _MONEY:
            paise = made[name].to_numpy()
            wrong = (paise < 0) & ~credit
            self._report(wrong, name, self._cells(name), "is negative on a document that is no credit note; it counts 0.00")
            made[name] = np.where(wrong, 0, np.abs(paise))
        return made

    def _report(self, bad: np.ndarray, name: str, cells: pd.Series, message: str) -> None:
        for position in np.flatnonzero(bad)[:MOST_PROBLEMS]:
            self.problems.append(Problem("", self.sheet, int(self.rows[position]), name, f"'{str(cells.iloc[position])[:60]}' {message}"))


@lru_cache(maxsize=4096)
def _period_code(text: str) -> str:
    named = re.fullmatch(r"([A-Za-z]{3})[a-z]*['’`\-\s/.]*(\d{2}|\d{4})", text)
    if named and named[1].lower() in _MONTHS:
        return f"{_MONTHS[named[1].lower()]:02d}{named[2] if len(named[2]) == 4 else '20' + named[2]}"
    iso = re.fullmatch(r"(\d{4})-(\d{1,2})(?:-\d{1,2})?", text)
    if iso:
        return f"{int(iso[2]):02d}{iso[1]}"
    split = re.fullmatch(r"(\d{1,2})[-/ ](\d{4})", text)
    if split:
        return f"{int(split[1]):02d}{split[2]}"
    return text.zfill(6) if re.fullmatch(r"\d{5}", text) else text


def _filed(text: str) -> str:
    lowered = text.lower()
    if lowered in ("yes", "y"):
        return "Filed"
    return "Not Filed" if lowered in ("no",) else filing_status(text)


@cache
def _amendment_kept(text: str) -> str:
    """`B2B - Credit notes (Amendment) (IMS)` keeps the word in its brackets."""
    return re.sub(r"[^0-9a-z]+", " ", text.replace("(ims)", " ")).strip().removesuffix(" ims")
