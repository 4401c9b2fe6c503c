"""The JSON of a drawn GSTR-2B (new and old shape, whole or in parts) -> documents and control totals.

Documents stand as `section -> [supplier -> [document]]`, bills of entry from overseas flat. Totals are the document's own where it has
them, else the sum of its `items[]` (files up to 2024). Rule 37A reversals (`itcrev`) and IMS rejections (`docRejdata`) are blocks of their own.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

import numpy as np
import pandas as pd

from ims_xl.portal_words import place_code, supply_type_code
from ims_xl.readers.gstr2b_shape import ISD_TYPES, NOTE_TYPES, Statement, frame_of
from ims_xl.readers.gstr2b_totals import promised, summary_of, whole
from ims_xl.readers.json_tokens import Part, kind_of, parse
from ims_xl.readers.json_values import days_of, paise_of, shown, storable, texts_of
from ims_xl.vocabulary import HEADS, ImsXlError, Problem

_BLOCK_OF: Final = {"docdata": "docdata", "docRejdata": "rejected", "itcrev": "reversal"}
_ARRAY: Final = {"b2b": "inv", "b2ba": "inv", "ecom": "inv", "ecoma": "inv", "cdnr": "nt", "cdnra": "nt", "isd": "doclist", "isda": "doclist", "impg": "boe", "impgsez": "boe"}
_NUMBER: Final = {"inv": "inum", "nt": "ntnum", "doclist": "docnum", "boe": "boenum"}
_DATE: Final = {"inv": "dt", "nt": "dt", "doclist": "docdt", "boe": "boedt"}
_ORIGINAL: Final = {"b2ba": ("", "oinum", "oidt"), "ecoma": ("", "oinum", "oidt"), "cdnra": ("onttyp", "ontnum", "ontdt"), "isda": ("odoctyp", "odocnum", "odocdt"),
                    "isd": ("", "oinvnum", "oinvdt")}
_DECLARED: Final = {"reduce_igst": "declIgst", "reduce_cgst": "declCgst", "reduce_sgst": "declSgst", "reduce_cess": "declCess"}


def read_2b_json(part: Part) -> Statement:
    """One JSON text as a Statement; what is no GSTR-2B is an ImsXlError."""
    with _collector_resting():
        top = parse(part.text, part.name)
        inner = _inner(top, part.name)
        problems: list[Problem] = []
        frames = []
        for holder, block in _BLOCK_OF.items():
            data = inner.get(holder)
            for sections in data if isinstance(data, list) else [data]:
                if isinstance(sections, dict):
                    frames += _block(sections, block, part.name, problems)
                elif sections is not None:
                    problems.append(Problem(part.name, "", 0, holder, f"'{holder}' should hold sections, and holds {kind_of(sections)}"))
    generated, bad = days_of([inner.get("gendt")])
    if bad[0]:
        problems.append(Problem(part.name, "", 0, "gendt", f"{shown(inner.get('gendt'))} is not a date DD-MM-YYYY"))
    return Statement(part.name, str(inner.get("gstin") or "").strip().upper(), str(inner.get("rtnprd") or "").strip(),
                     None if np.isnat(generated[0]) else generated[0].item().date(), _joined(frames), summary_of(inner.get("itcsumm"), part.name, problems),
                     whole(inner.get("fc")), promised(inner), problems)


def _inner(top: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """The object that holds the statement: `data`, a wrapper's `data.data`, or the top itself."""
    candidate: Any = top
    for _ in range(4):
        if not isinstance(candidate, dict):
            break
        if {"docdata", "docRejdata", "itcsumm", "cpsumm"} & candidate.keys() or {"rtnprd", "gendt"} <= candidate.keys():
            return candidate
        if {"ctin"} & candidate.keys():
            break
        candidate = candidate.get("data")
    raise ImsXlError(f"{name} is not a GSTR-2B: it has neither 'docdata' nor 'itcsumm'.")


def _block(sections: Mapping[str, Any], block: str, file: str, problems: list[Problem]) -> list[pd.DataFrame]:
    frames = []
    for key, groups in sections.items():
        if key.strip().lower() == "itcrev" and block != "reversal":
            # Rule 37A reversals stand beside the documents or inside them, as an object or as a list of one.
            for inner in groups if isinstance(groups, list) else [groups]:
                if isinstance(inner, dict):
                    frames += _block(inner, "reversal", file, problems)
                elif inner is not None:
                    problems.append(Problem(file, block, 0, key, f"'{key}' should hold sections, and holds {kind_of(inner)}"))
            continue
        section = {"impga": "impg", "impgseza": "impgsez", "impgasez": "impgsez", "eco": "ecom", "ecoa": "ecoma"}.get(key.strip().lower(), key.strip().lower())
        if section in _ARRAY and isinstance(groups, list):
            frame = _Documents(section, block, file, problems, amended=key.strip().lower() != section and section.startswith("imp")).frame(groups)
            frames += [frame] if len(frame) else []
        elif isinstance(groups, list) and groups and section not in _ARRAY:
            problems.append(Problem(file, block, 0, key, f"the section '{key}' is not known; its {len(groups)} entries are set aside"))
        elif section in _ARRAY and groups is not None:
            problems.append(Problem(file, block, 0, key, f"'{key}' should hold a list, and holds {kind_of(groups)}; nothing is read from it"))
    return frames


class _Documents:
    """One section of one block: suppliers' groups come in, a frame goes out."""

    def __init__(self, section: str, block: str, file: str, problems: list[Problem], amended: bool) -> None:
        self.section, self.block, self.file, self.problems, self.amended = section, block, file, problems, amended
        self.array = _ARRAY[section]
        self.where = section if block == "docdata" else f"{section} ({block})"

    def frame(self, groups: list[Any]) -> pd.DataFrame:
        docs, heads, at = self._flat(groups)
        self.docs = docs
        rows = len(docs)
        if not rows:
            return frame_of({}, 0)
        # Most optional keys stand in no document at all; such columns cost nothing.
        self.keys = {key for shape in {tuple(doc) for doc in docs} for key in shape}
        note, isd, boe = self.array == "nt", self.array == "doclist", self.array == "boe"
        columns: dict[str, Any] = {
            "block": self.block, "section": self.section,
            "document_type": self._types(), "amended": self._amended(),
            "supplier_gstin": _spread([text.upper() for text in self._of_group(heads, "ctin")], at), "supplier_name": _spread(self._of_group(heads, "trdnm"), at),
            "document_number": self._text(_NUMBER[self.array]), "document_date": self._days(_DATE[self.array], needed=True),
            "place_of_supply": self._pos(), "supply_type": [] if isd or boe else self._supply("suptyp" if note else "typ"),
            "reverse_charge": self._flags("rev", "N" if self.section in ("ecom", "ecoma") or self.block == "rejected" else ""),
            "itc_available": ["Y"] * rows if boe else self._flags("itcelg" if isd else "itcavl", ""),
            "reason": self._text("rsn"), "supplier_period": _spread(self._of_group(heads, "supprd"), at),
            "filed_on": self._group_days(heads, "supfildt")[at], "port_code": self._text("portcode") if boe else "",
            "reference_date": self._days("refdt") if boe else np.datetime64("NaT", "s"), "amendment_type": self._text("amendType"),
            "rate_percent": self._percent(), "source": self._text("srctyp"), "irn": self._text("irn"),
            "reduction": self._flags("itcRedReq", ""), "ims_status": self._text("imsStatus"), "remarks": self._text("remarks"),
            "source_file": self.file, "source_sheet": self.where, "source_row": np.arange(1, rows + 1),
        }
        if not columns["supply_type"]:
            columns["supply_type"] = ""
        for name, key in _DECLARED.items():
            if key not in self.keys:
                continue
            raw = [doc.get(key) for doc in docs]
            columns[name] = pd.arrays.IntegerArray(self._paise(raw, key), np.array([value is None or value == "" for value in raw]))
        columns |= self._amounts()
        if boe:
            columns["document_value"] = columns["taxable_value"] + columns["igst"] + columns["cess"]
        if self.section in _ORIGINAL:
            kind, number, day = _ORIGINAL[self.section]
            types = ISD_TYPES if isd else NOTE_TYPES
            columns["original_type"] = [types.get(text.upper(), text) for text in self._text(kind)] if kind else ""
            columns["original_number"], columns["original_date"] = self._text(number), self._days(day)
        return frame_of(columns, rows)

    def _flat(self, groups: list[Any]) -> tuple[list[dict[str, Any]], list[dict[str, Any]], np.ndarray]:
        """Every document, the suppliers' groups, and each document's group; what is no object, or has no number, is set aside with a problem."""
        docs: list[dict[str, Any]] = []
        heads: list[dict[str, Any]] = []
        sizes: list[int] = []
        number = _NUMBER[self.array]
        for place, group in enumerate(groups, 1):
            if not isinstance(group, dict):
                self._problem(place, self.section, f"the entry is set aside: it is {kind_of(group)} and not an object")
                continue
            inside = group.get(self.array, [group] if number in group else None)
            if not isinstance(inside, list):
                self._problem(place, self.array, f"the supplier's entry has no list '{self.array}'; it is set aside")
                continue
            before = len(docs)
            for doc in inside:
                if not isinstance(doc, dict) or doc.get(number) in (None, ""):
                    self._problem(place, number, f"a document of {_plain(group.get('ctin')) or self.section} is set aside: it has no '{number}'")
                    continue
                docs.append(doc)
            heads.append(group)
            sizes.append(len(docs) - before)
        return docs, heads, np.repeat(np.arange(len(heads)), sizes)

    def _text(self, key: str) -> list[str]:
        if key not in self.keys:
            return [""] * len(self.docs)
        raw = [doc.get(key) for doc in self.docs]
        return texts_of(raw) or [_plain(value) for value in raw]

    def _of_group(self, heads: list[dict[str, Any]], key: str) -> list[str]:
        raw = [head.get(key) for head in heads]
        return texts_of(raw) or [_plain(value) for value in raw]

    def _flags(self, key: str, blank: str) -> list[str]:
        if key not in self.keys:
            return [blank] * len(self.docs)
        known = {"Y": "Y", "N": "N", "T": "T", "": blank, "YES": "Y", "NO": "N", "TRUE": "Y", "FALSE": "N"}
        return _looked_up(self._text(key), lambda text: known.get(text.upper(), text))

    def _types(self) -> list[str] | str:
        if self.array == "inv":
            return "Invoice"
        if self.array == "boe":
            return "Bill of Entry"
        key, types = ("typ", NOTE_TYPES) if self.array == "nt" else ("doctyp", ISD_TYPES)
        made = []
        for place, text in enumerate(self._text(key), 1):
            label = types.get(text.upper())
            if label is None:
                label = next(iter(types.values()))
                self._problem(place, key, f"{shown(text)} is no document type of this section; the document counts as {label}")
            made.append(label)
        return made

    def _amended(self) -> list[str] | str:
        if self.array == "boe":
            return ["Y" if self.amended or text == "Y" else "N" for text in self._flags("isamd", "N")]
        return "Y" if self.section.endswith("a") else "N"

    def _supply(self, key: str) -> list[str]:
        return _looked_up(self._text(key), lambda text: supply_type_code(text) if text else "")

    def _pos(self) -> list[str]:
        texts = self._text("pos")
        codes = {text: place_code(text) if text else "" for text in set(texts)}
        if any(text and not code for text, code in codes.items()):
            for place, text in enumerate(texts, 1):
                if text and not codes[text]:
                    self._problem(place, "pos", f"{shown(text)} is not a state code")
        return list(map(codes.__getitem__, texts))

    def _percent(self) -> list[str]:
        """"" for the full rate (absent or 1), else as written: 0.65."""
        if "diffprcnt" not in self.keys:
            return [""] * len(self.docs)
        raw = [doc.get("diffprcnt") for doc in self.docs]
        return ["" if value in (None, "", 1, "1", "1.0", "1.00") or isinstance(value, (dict, list)) else str(value) for value in raw]

    def _days(self, key: str, needed: bool = False) -> np.ndarray:
        if key not in self.keys and not needed:
            return np.full(len(self.docs), np.datetime64("NaT", "s"))
        raw = [doc.get(key) for doc in self.docs]
        days, bad = days_of(raw)
        for place in np.flatnonzero(bad):
            self._problem(int(place) + 1, key, f"{shown(raw[place])} is not a date DD-MM-YYYY; it is left blank")
        if needed:
            for place in np.flatnonzero(np.isnat(days) & ~bad):
                self._problem(int(place) + 1, key, f"the date '{key}' is missing")
        return days

    def _group_days(self, heads: list[dict[str, Any]], key: str) -> np.ndarray:
        raw = [head.get(key) for head in heads]
        days, bad = days_of(raw)
        for value in {shown(raw[place]) for place in np.flatnonzero(bad)}:
            self._problem(0, key, f"{value} is not a date DD-MM-YYYY; it is left blank")
        return days

    def _amounts(self) -> dict[str, np.ndarray]:
        docs = self.docs
        totals = docs
        if "items" in self.keys:
            totals = [_with_items(doc) if not _has_totals(doc) else doc for doc in docs]
        made = {name: self._paise([doc.get(key) for doc in totals], key)
                for name, key in (("document_value", "val"), ("taxable_value", "txval"), ("igst", "igst"), ("cgst", "cgst"), ("sgst", "sgst"), ("cess", "cess"))}
        everywhere = _common_keys(totals)
        for place, doc in enumerate(totals, 1) if not {"igst", "cgst", "txval"} & everywhere else ():
            if "igst" not in doc and "cgst" not in doc and "txval" not in doc:
                self._problem(place, "txval", "the document has no amounts; it counts 0.00")
        return made

    def _paise(self, raw: list[Any], key: str) -> np.ndarray:
        paise, bad, rounded = paise_of(raw)
        for place in np.flatnonzero(bad):
            self._problem(int(place) + 1, key, f"{shown(raw[place])} is not an amount that the portal writes; it counts 0.00")
        for place in np.flatnonzero(rounded):
            self._problem(int(place) + 1, key, f"{shown(raw[place])} has more than two decimals; it is rounded to the paisa")
        return paise

    def _problem(self, place: int, key: str, message: str) -> None:
        self.problems.append(Problem(self.file, self.where, place, key, message))


def _spread(texts: list[str], at: np.ndarray) -> pd.Series:
    """A supplier's text beside each of its documents."""
    return pd.Series(texts, dtype="str").take(at).reset_index(drop=True)


def _looked_up(texts: list[str], read: Callable[[str], str]) -> list[str]:
    """Each distinct text read once."""
    table = {text: read(text) for text in set(texts)}
    return list(map(table.__getitem__, texts))


def _common_keys(docs: Iterable[Mapping[str, Any]]) -> set[str]:
    """Keys that stand in every document; documents of one shape are looked at once."""
    shapes = [set(shape) for shape in {tuple(doc) for doc in docs}]
    return set.intersection(*shapes) if shapes else set()


def _has_totals(doc: Mapping[str, Any]) -> bool:
    return any(doc.get(key) is not None for key in ("txval", "igst", "cgst", "sgst"))


def _with_items(doc: Mapping[str, Any]) -> dict[str, Any]:
    """The document with the sums of its rate lines; summed in paise, as rupees again."""
    items = [item for item in doc.get("items") or [] if isinstance(item, dict)]
    sums = {key: int(paise_of([item.get(key) for item in items])[0].sum()) / 100 for key in ("txval", *HEADS)}
    return {**doc, **sums} if items else dict(doc)


def _plain(value: Any) -> str:
    if isinstance(value, str):
        return storable(value).strip()
    if value is None or isinstance(value, (dict, list)):
        return ""
    return ("Y" if value else "N") if isinstance(value, bool) else str(value)


def _joined(frames: list[pd.DataFrame]) -> pd.DataFrame:
    return pd.concat(frames, ignore_index=True) if len(frames) > 1 else frames[0] if frames else frame_of({}, 0)


@contextmanager
def _collector_resting() -> Iterator[None]:
    """A parsed statement is a million small objects and no cycle: looking for cycles meanwhile only costs time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
