"""The drawn GSTR-2B read as documents of the form: the row each stands in, and which IMS row it is.

A document of block `docdata` stands under ITC available or not available by its flag, `rejected` and `reversal` under theirs.
"T" (temporary, meaning unknown) counts as not available until someone knows better (open point 8).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from ims_xl import gstin as gstins
from ims_xl.decisions.keys import financial_years, loose_number, positions
from ims_xl.period import Period
from ims_xl.returns.forms import AVAILABLE, NOT_AVAILABLE, REJECTED, REVERSAL, gstr2b_form
from ims_xl.returns.keys import exact_key, plain_number, unique_positions
from ims_xl.settings import Settings
from ims_xl.state import Portal2B
from ims_xl.vocabulary import Section

IMPORTS = frozenset(s.value for s in Section if s.is_import)


def of_period(portal_2b: Portal2B | None, settings: Settings) -> Portal2B | None:
    """The pulled 2B where it is of the book's period (for a quarterly client: of its quarter), else None."""
    if portal_2b is None or settings.period is None:
        return None
    wanted, drawn = settings.period, portal_2b.period
    if settings.quarterly:
        wanted, drawn = wanted.quarter_end, drawn.quarter_end
    return portal_2b if wanted == drawn else None


def is_whole(portal_2b: Portal2B | None, settings: Settings) -> bool:
    """Whether the pulled 2B is the return period's own; early months of a quarter say nothing about the rest of it."""
    own = settings.period.quarter_end if settings.period and settings.quarterly else settings.period
    return portal_2b is not None and portal_2b.period == own


def classified(documents: pd.DataFrame, period: Period) -> pd.DataFrame:
    """Per 2B document: `path` of the form ("" for one that has no row), `kind` I D C B, `ims_section` ("" where it never passes IMS), `sign` of the amounts in its row."""
    form = gstr2b_form()
    section = documents["section"].astype("str")
    amended = (documents["amended"] == "Y").to_numpy()
    # Amended bills of entry stand in the sections of the originals and are told apart by a flag.
    section = section.mask(amended & (section == "impg").to_numpy(), "impga").mask(amended & (section == "impgsez").to_numpy(), "impgseza")
    credit = documents["document_type"].str.upper().str.contains("CREDIT").to_numpy()
    note = section.isin(["cdnr", "cdnra"]).to_numpy()
    isd = section.isin(["isd", "isda"]).to_numpy()
    bill = section.str.startswith("imp").to_numpy()
    kind = np.where(bill, "B", np.where(credit & (note | isd), "C", np.where(note, "D", "I")))
    reverse = np.where((documents["reverse_charge"] == "Y").to_numpy() & ~isd & ~bill & ~section.isin(["ecom", "ecoma"]).to_numpy(), "Y", "N")
    name = section + "|" + pd.Series(kind, index=section.index) + "|" + pd.Series(reverse, index=section.index)
    place = name.map(form.documents).fillna("")

    block_of = documents["block"].to_numpy(dtype=object)
    available = documents["itc_available"].str.upper().isin(["", "Y"]).to_numpy() | bill
    block = np.where(available, AVAILABLE, NOT_AVAILABLE)
    block = np.where(block_of == "reversal", REVERSAL, np.where(block_of == "rejected", REJECTED, block))
    sign = np.ones(len(documents), dtype=np.int64)
    # Rule 37A reverses credit on invoices and debit notes; a credit note in that block lessens the reversal.
    lessening = (block == REVERSAL) & (kind == "C")
    sign[lessening] = -1
    place = place.mask(lessening, place.str.replace("othersup.", "nonrevsup.", regex=False))
    place = place.mask(block == REVERSAL, place.str.replace("revsup", "nonrevsup", regex=False).str.replace("nonnonrevsup", "nonrevsup", regex=False).str.replace("ecom", "b2b", regex=False))
    path = pd.Series(block, index=section.index).astype("str") + "." + place
    path = path.where(path.isin(form.paths), "")

    ims_section = name.map(form.ims_section).fillna("")
    which, suppliers = pd.factorize(documents["supplier_gstin"])
    non_resident = np.array([gstins.kind(str(g)) is gstins.GstinKind.NON_RESIDENT for g in suppliers], dtype=bool)[which] if len(documents) else np.zeros(0, dtype=bool)
    before_imports = bill & (str(period) < form.bills_of_entry_in_ims_since)
    never = before_imports | non_resident | (block == REVERSAL)
    return pd.DataFrame({"path": path.astype("str"), "kind": kind, "ims_section": ims_section.mask(never, "").astype("str"), "sign": sign, "available": available})


def match_to_ims(ims: pd.DataFrame, portal_2b: Portal2B | None, settings: Settings) -> np.ndarray:
    """For every IMS row the position of its document in the drawn 2B, -1 where the 2B does not have it."""
    nothing = np.full(len(ims), -1, dtype=np.int64)
    drawn = of_period(portal_2b, settings)
    if drawn is None or not len(drawn.documents) or not len(ims):
        return nothing
    documents = drawn.documents
    sort = classified(documents, drawn.period)
    usable = (sort["ims_section"] != "").to_numpy()
    if not usable.any():
        return nothing
    place = np.flatnonzero(usable)
    there = documents[usable].reset_index(drop=True)
    section = sort["ims_section"][usable].reset_index(drop=True)
    ours = exact_key(ims["supplier_gstin"], ims["section"], ims["document_number"], ims["document_date"], ims["section"].isin(IMPORTS).to_numpy())
    theirs = exact_key(there["supplier_gstin"], section, there["document_number"], there["document_date"], section.isin(IMPORTS).to_numpy())
    # SEZ bills of entry: one side may lack the supplier's GSTIN; number and date name them well enough.
    found = positions(ours, theirs)
    open_ours = found < 0
    taken = np.zeros(len(there), dtype=bool)
    taken[found[found >= 0]] = True
    if open_ours.any() and not taken.all():
        second = unique_positions(_loose(ims[open_ours], ims["section"][open_ours]), _loose(there[~taken], section[~taken]))
        rest = np.flatnonzero(~taken)
        found[np.flatnonzero(open_ours)] = np.where(second >= 0, rest[second], -1)
    return np.where(found >= 0, place[found], -1)


def _loose(frame: pd.DataFrame, section: pd.Series) -> pd.Series:
    """Section, number and day; the supplier too unless it is a bill of entry. Blank where there is no date to hold on to."""
    imports = section.isin(IMPORTS).to_numpy()
    supplier = frame["supplier_gstin"].str.upper().str.strip().mask(imports, "")
    number = loose_number(frame["document_number"]).mask(imports, plain_number(frame["document_number"]).str.lstrip("0"))
    key = supplier + "|" + section + "|" + number + "|" + financial_years(frame["document_date"]).astype("str")
    return key.mask((number == "") | frame["document_date"].isna(), "").reset_index(drop=True)
