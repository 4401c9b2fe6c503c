"""Records of IMS sections -> rows of the IMS ledger, with a problem for everything that cannot be read.

Policy for bad rows: a record that is no object, or has neither number nor (imports apart) supplier, is set aside with a problem. Every other
record keeps its row: an amount that cannot be read, is negative or beyond the portal's own limit counts 0, a date that cannot be read is
blank, an unknown action counts as No Action - each with a problem that names the field and what was found. `raw` keeps what stood there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from ims_xl.distinct import changed
from ims_xl.portal_words import SectionForm, action_by_code, field_keys, place_code, section_form
from ims_xl.readers.cleaning import clean_text, to_gstins
from ims_xl.readers.json_tokens import Record, compact, kind_of
from ims_xl.readers.json_values import NAT, days_of, paise_of, shown, storable, texts_of, typed, yes_no
from ims_xl.state import empty
from ims_xl.vocabulary import FILED, IMS_LEDGER, NOT_FILED, Action, Problem, Section

_TEXTS: Final = ("supplier_name", "supply_type", "source_form", "hash", "portal_remarks", "port_code")
_MONEY: Final = ("document_value", "taxable_value", "igst", "cgst", "sgst", "cess")
_DECLARED: Final = ("portal_reduce_igst", "portal_reduce_cgst", "portal_reduce_sgst", "portal_reduce_cess")
_FLAGS: Final = ("pending_blocked", "remarks_blocked", "reduction_blocked", "portal_reduction")


@dataclass(frozen=True, slots=True)
class SectionRows:
    section: Section
    records: Sequence[Record]


def ledger_of(sections: Sequence[SectionRows], file: str, gstin: str) -> tuple[pd.DataFrame, list[Problem]]:
    """The IMS_LEDGER of all sections, keys unique, and what was wrong."""
    problems: list[Problem] = []
    frames = [_Section(rows.section, file, gstin, problems).frame(rows.records) for rows in sections]
    frames = [frame for frame in frames if len(frame)]
    if not frames:
        return empty(IMS_LEDGER), problems
    ledger = pd.concat(frames, ignore_index=True)
    return unique_keys(ledger, problems), problems


def unique_keys(ledger: pd.DataFrame, problems: list[Problem], drop_same: bool = True) -> pd.DataFrame:
    """The same record twice stands once (unless `drop_same` is off); one key with two contents stands twice, the later as `key#2`."""
    twice = ledger["key"].duplicated(keep=False)
    if not twice.any():
        return ledger
    drop: list[int] = []
    keys = ledger["key"].to_list()
    seen: dict[str, list[str]] = {}
    for position in map(int, np.flatnonzero(twice.to_numpy())):
        key, raw = keys[position], ledger.at[position, "raw"] or repr(ledger.loc[position].to_list()[:20])
        earlier = seen.setdefault(key, [])
        row = ledger.loc[position]
        if drop_same and raw in earlier:
            drop.append(position)
            problems.append(Problem(row["source_file"], row["source_sheet"] or row["section"], int(row["source_row"]), "document_number",
                                    f"{row['document_number']} of {row['supplier_gstin'] or row['port_code']} stands twice with the same content; it counts once"))
            continue
        earlier.append(raw)
        if len(earlier) > 1:
            keys[position] = f"{key}#{len(earlier)}"
            problems.append(Problem(row["source_file"], row["source_sheet"] or row["section"], int(row["source_row"]), "document_number",
                                    f"{row['document_number']} of {row['supplier_gstin'] or row['port_code']} stands twice{'' if raw in earlier[:-1] else ' with different content'}; both are kept"))
    ledger = ledger.assign(key=pd.Series(keys, dtype="str"))
    return ledger.drop(index=drop).reset_index(drop=True) if drop else ledger


def document_keys(ledger: pd.DataFrame) -> pd.Series:
    """Supplier GSTIN|section|NUMBER|financial year; a bill of entry is named by its port too: `port|section|number|year`, with the SEZ supplier's GSTIN before it."""
    days = ledger["document_date"].to_numpy().astype("datetime64[M]")
    began = pd.Series(np.where(np.isnat(days), 0, (days.astype(np.int64) - 3) // 12 + 1970), index=ledger.index)
    years = changed(began, lambda year: "" if year == "0" else year)
    numbers = clean_text(ledger["document_number"]).str.upper().str.replace(r"\s+", " ", regex=True)
    suppliers = to_gstins(ledger["supplier_gstin"])
    imported, who = ledger["section"].str.startswith("IMPG"), suppliers
    if imported.any():
        who = suppliers.where(~imported, (suppliers + "/" + clean_text(ledger["port_code"]).str.upper()).str.strip("/"))
    return (who + "|" + ledger["section"] + "|" + numbers + "|" + years).astype("str")


class _Section:
    def __init__(self, section: Section, file: str, gstin: str, problems: list[Problem]) -> None:
        self.section = section
        self.form: SectionForm = section_form(section)
        self.file = file
        self.gstin = gstin
        self.problems = problems

    def frame(self, records: Sequence[Record]) -> pd.DataFrame:
        kept, places = self._readable(records)
        if not kept:
            return empty(IMS_LEDGER)
        self.places = places
        self.values = [record.value for record in kept]
        columns: dict[str, Any] = {name: self._text(field_keys(name), name) for name in _TEXTS}
        columns["supplier_gstin"] = [text.upper() for text in self._text(field_keys("supplier_gstin"), "supplier_gstin")]
        columns["recipient_gstin"] = [text.upper() or self.gstin for text in self._text(("rtin",), "recipient_gstin")]
        columns["document_number"] = self._text((self.form.number, *_other_numbers(self.form)), "document_number")
        columns["document_date"] = self._dates((self.form.date, *_other_dates(self.form)), "document_date", needed=True)
        columns["original_number"] = self._text((self.form.original_number, "oinum", "ont_num"), "original_number") if self.form.original_number else ""
        columns["original_date"] = self._dates((self.form.original_date, "oidt", "ont_dt"), "original_date") if self.form.original_date else NAT
        columns |= self._amounts()
        columns["place_of_supply"] = self._places()
        columns["supplier_period"] = self._text(field_keys("supplier_period"), "supplier_period")
        columns["filing_status"] = [filing_status(text) for text in self._text(field_keys("filing_status"), "filing_status")]
        columns["portal_action"] = self._actions()
        for name in _FLAGS:
            columns[name] = [yes_no(text) for text in self._text(field_keys(name), name)]
        columns["raw"] = [compact(record.raw) for record in kept]
        columns |= {"key": "", "section": self.section.value, "source_file": self.file, "source_sheet": "", "source_row": np.array(places, dtype=np.int64)}
        made = pd.DataFrame(columns, index=pd.RangeIndex(len(kept)))
        made = pd.DataFrame({name: typed(made[name], kind) for name, kind in IMS_LEDGER.items()})
        if self.section.is_import:
            made["document_value"] = made["document_value"].where(made["document_value"] != 0, made["taxable_value"] + made["igst"] + made["cess"])
        return made.assign(key=document_keys(made))

    # ---- which records have a row -----------------------------------------------------------------------------------

    def _readable(self, records: Sequence[Record]) -> tuple[list[Record], list[int]]:
        kept, places = [], []
        number_keys = (self.form.number, *_other_numbers(self.form))
        supplier_keys = field_keys("supplier_gstin")
        no_supplier = self.section in (Section.IMPG, Section.IMPGA)
        for place, record in enumerate(records, 1):
            value = record.value
            if not isinstance(value, dict):
                self._problem(place, self.section.key, f"the record is set aside: it is {kind_of(value)} and not an object")
                continue
            if not any(_words(value.get(key)) for key in number_keys):
                self._problem(place, self.form.number, f"the record is set aside: it has no document number ('{self.form.number}')")
                continue
            if not no_supplier and not any(_words(value.get(key)) for key in supplier_keys):
                self._problem(place, supplier_keys[0], f"the record is set aside: it has no supplier GSTIN ('{supplier_keys[0]}')")
                continue
            if record.twice:
                self._problem(place, record.twice[0], f"'{', '.join(record.twice)}' stands twice in the record; the last one counts")
            kept.append(record)
            places.append(place)
        return kept, places

    # ---- columns ------------------------------------------------------------------------------------------------------

    def _raw(self, keys: Sequence[str]) -> list[Any]:
        """The first of the keys that each record has."""
        first, *others = keys
        found = [value.get(first) for value in self.values]
        for key in others:
            if None not in found:
                break
            if not any(key in value for value in self.values):
                continue
            found = [value.get(key) if old is None else old for old, value in zip(found, self.values)]
        return found

    def _text(self, keys: Sequence[str], name: str) -> list[str]:
        raw = self._raw(keys)
        plain = texts_of(raw)
        if plain is not None:
            return plain
        out = []
        for place, value in zip(self.places, raw):
            if isinstance(value, str):
                out.append(storable(value).strip())
            elif value is None:
                out.append("")
            elif isinstance(value, bool):
                out.append("Y" if value else "N")
            elif isinstance(value, int):
                out.append(str(value))   # a number where text belongs: 41 is the document number "41"
            else:
                self._problem(place, name, f"expected text, found {kind_of(value)}")
                out.append("")
        return out

    def _amounts(self) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for name in _MONEY:
            raw = self._raw(field_keys(name))
            needed = name == "taxable_value" or (name == "document_value" and not self.section.is_import) or name == "igst"
            made[name] = self._paise(raw, name, needed)
        for name in _DECLARED:
            raw = self._raw(field_keys(name))
            paise = self._paise(raw, name, needed=False)
            blank = np.array([value is None or value == "" for value in raw])
            made[name] = pd.arrays.IntegerArray(paise, blank)
        return made

    def _paise(self, raw: list[Any], name: str, needed: bool) -> np.ndarray:
        paise, bad, rounded = paise_of(raw)
        for position in np.flatnonzero(bad):
            value = raw[position]
            self._problem(self.places[position], name, f"{shown(value)} is not an amount that the portal writes; it counts 0.00")
        for position in np.flatnonzero(rounded):
            self._problem(self.places[position], name, f"{shown(raw[position])} has more than two decimals; it is rounded to the paisa")
        if needed and None in raw:
            for place, value in zip(self.places, raw):
                if value is None:
                    self._problem(place, name, f"the amount '{field_keys(name)[0]}' is missing; it counts 0.00")
        return paise

    def _dates(self, keys: Sequence[str], name: str, needed: bool = False) -> np.ndarray:
        days, bad = days_of(self._raw(keys))
        for position in np.flatnonzero(bad):
            value = self._raw(keys)[position]
            self._problem(self.places[position], name, f"{shown(value)} is not a date DD-MM-YYYY; it is left blank")
        if needed:
            for position in np.flatnonzero(np.isnat(days) & ~bad):
                self._problem(self.places[position], name, f"the date '{self.form.date}' is missing")
        return days

    def _places(self) -> list[str]:
        out = []
        for place, text in zip(self.places, self._text(field_keys("place_of_supply"), "place_of_supply")):
            code = place_code(text) if text else ""
            if text and not code:
                self._problem(place, "place_of_supply", f"{shown(text)} is not a state code")
            out.append(code)
        return out

    def _actions(self) -> list[str]:
        known = {code.lower(): action.value for code, action in action_by_code().items()} | {action.value.lower(): action.value for action in Action}
        known |= {"accepted": "Accept", "rejected": "Reject", "noaction": "No Action", "": "No Action"}
        out = []
        for place, text in zip(self.places, self._text(field_keys("portal_action"), "portal_action")):
            action = known.get(text.lower(), "")
            if not action:
                self._problem(place, "portal_action", f"{shown(text)} is not an action (A, R, P or N); it counts as No Action")
            out.append(action or Action.NO_ACTION.value)
        return out

    def _problem(self, place: int, name: str, message: str) -> None:
        self.problems.append(Problem(self.file, self.section.value, place, name, message))


def filing_status(text: str) -> str:
    """`Filed`, `F` -> filed; `Not Filed`, `NotFiled`, `N`, `SAVED` -> not filed; else unknown."""
    plain = text.lower()
    if plain.startswith("n") or plain == "saved":
        return NOT_FILED
    return FILED if plain.startswith("f") else ""


def _other_numbers(form: SectionForm) -> tuple[str, ...]:
    return () if form.section.is_import else (("nt_num", "ntnum") if form.number == "inum" else ("ntnum", "inum"))


def _other_dates(form: SectionForm) -> tuple[str, ...]:
    return () if form.section.is_import else (("nt_dt",) if form.date == "idt" else ("ntdt", "idt"))


def _words(value: Any) -> bool:
    return (isinstance(value, str) and bool(value.strip())) or (isinstance(value, int) and not isinstance(value, bool))
