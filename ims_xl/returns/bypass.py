"""Documents of the drawn GSTR-2B that no IMS row stands for: reverse charge, ISD, non-residents, barred credit, rule 37A, imports.

They count by the 2B's own flags. One of a kind that should be in IMS counts too, and says so, since silence would hide it.
Amounts are paise as the row of the form prints them; an amendment counts by the difference where its original is known.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from ims_xl.returns.declared import declared_effect, takes_declaration
from ims_xl.returns.originals import Originals, find_originals
from ims_xl.state import Amounts, Portal2B
from ims_xl.vocabulary import AMOUNTS, HEADS

SHOULD_BE_IN_IMS = "Should be in IMS and is not; counted by its 2B flags"
UNKNOWN_ORIGINAL = "Amendment whose original is unknown: counted in full"
_LABEL = {"b2b": "B2B", "b2ba": "B2BA", "cdnr": "B2B", "cdnra": "B2B", "ecom": "ECO", "ecoma": "ECOA", "isd": "ISD", "isda": "ISDA"}


def drawn_effects(
    portal: Portal2B, sort: pd.DataFrame, ims: pd.DataFrame, live: np.ndarray, earlier: pd.DataFrame, matched: np.ndarray, in_2b: np.ndarray, ims_originals: Originals,
) -> tuple[pd.DataFrame, Originals]:
    """What every 2B document does to its row of the form: `igst`... in paise, `superseded`, and the originals of its amendments.

    `matched` is the position of each document's IMS row, `in_2b` that of each IMS row's document; -1 where there is none.
    """
    documents = _as_ims(portal.documents, sort)
    # An original may stand in IMS or in the 2B itself; both are one list of candidates here. What IMS has too was looked up there.
    in_docdata = (portal.documents["block"] == "docdata").to_numpy()
    alone = matched < 0
    book = pd.concat([ims[list(_BOOK)], documents[list(_BOOK)]], ignore_index=True)
    own = np.arange(len(documents)) + len(ims)
    originals = find_originals(documents, book, np.concatenate([live, in_docdata & alone]), earlier, str(portal.period), alone, own)

    def with_ims(here: np.ndarray, there: np.ndarray) -> np.ndarray:
        return np.where(alone, here, there[matched] if len(there) else here)

    originals = Originals(
        originals.is_amendment, with_ims(originals.in_book, ims_originals.in_book),
        with_ims(originals.earlier, ims_originals.earlier), with_ims(originals.known, ims_originals.known),
    )
    before = originals.counted_before(earlier)
    amounts = portal.documents[list(AMOUNTS)].reset_index(drop=True)
    full = pd.DataFrame({head: amounts[head].to_numpy() - before[head] for head in HEADS})
    period = np.full(len(documents), str(portal.period), dtype=object)
    takes = takes_declaration(documents["section"], full, np.zeros(len(documents), dtype=bool), period)
    stated = portal.documents[[f"reduce_{head}" for head in HEADS]].reset_index(drop=True)
    # A head that the portal leaves out beside stated ones is nil. Zeros in all four heads beside "Y" are a blank form, not a declaration of nothing: nothing is said by "N".
    blank = stated.fillna(0).sum(axis=1).to_numpy() == 0
    answer = portal.documents["reduction"].reset_index(drop=True).str.upper().map({"Y": "Yes", "N": "No", "YES": "Yes", "NO": "No"}).fillna("")
    effect = declared_effect(documents["section"], full, amounts, takes, answer, stated.fillna(0).apply(lambda column: column.mask(blank | (answer != "Yes").to_numpy())))
    rejected = (portal.documents["block"] == "rejected").to_numpy()
    for head in HEADS:
        effect[head] = np.where(rejected, full[head].to_numpy(), effect[head].to_numpy()) * sort["sign"].to_numpy()
    effect["taxable_value"] = np.where(originals.earlier >= 0, amounts["taxable_value"].to_numpy() - _taxable_before(originals, earlier), amounts["taxable_value"].to_numpy()) * sort["sign"].to_numpy()
    superseded = np.zeros(len(documents), dtype=bool)
    inside = originals.in_book[(originals.in_book >= len(ims)) & in_docdata]
    superseded[inside - len(ims)] = True
    in_ims = originals.in_book[(originals.in_book >= 0) & (originals.in_book < len(ims)) & in_docdata]
    superseded[in_2b[in_ims][in_2b[in_ims] >= 0]] = True
    effect["superseded"] = superseded
    return effect, originals


def bypassing(portal: Portal2B, sort: pd.DataFrame, effect: pd.DataFrame, originals: Originals, matched: np.ndarray, ims_has_imports: bool) -> pd.DataFrame:
    """The rows of `Gstr2B.bypass`: path, section, kind, supplier, number, date, reverse_charge, amounts, note, document (position in the 2B)."""
    keep = np.flatnonzero((matched < 0) & (sort["path"] != "").to_numpy() & ~effect["superseded"].to_numpy())
    documents = portal.documents.iloc[keep].reset_index(drop=True)
    kinds = sort.iloc[keep].reset_index(drop=True)
    amounts = effect.iloc[keep].reset_index(drop=True)
    note = _notes(documents, kinds, originals, keep, ims_has_imports)
    return pd.DataFrame({
        "path": kinds["path"], "section": documents["section"], "kind": kinds["kind"], "supplier_gstin": documents["supplier_gstin"],
        "supplier_name": documents["supplier_name"], "document_number": documents["document_number"], "document_date": documents["document_date"],
        "reverse_charge": documents["reverse_charge"], **{name: amounts[name].astype("int64") for name in AMOUNTS},
        "note": pd.array(note, dtype="str"), "document": keep.astype(np.int64),
    })


def to_summary(bypass: pd.DataFrame, summary: Mapping[str, Amounts], ims_paths: frozenset[str]) -> pd.DataFrame:
    """Lines that bring amendment rows of the form to the 2B's own summary, which alone knows their differential effect.

    Only rows in which nothing passes IMS, whose summary is given, and in which some original was unknown.
    """
    lines = []
    for path, part in bypass.groupby("path", sort=True):
        leaf = str(path).rsplit(".", 1)[1]
        if path in ims_paths or leaf not in _AMENDED_LEAVES or path not in summary or not part["note"].str.contains(UNKNOWN_ORIGINAL).any():
            continue
        stated = summary[str(path)]
        gap = {head: stated.get(head, 0) - int(part[head].sum()) for head in HEADS}
        if any(gap.values()) and any(stated.get(head, 0) for head in HEADS):
            lines.append({"path": path, "note": "Differential effect of amendments, as the 2B summary has it", **gap})
    if not lines:
        return bypass
    text = [name for name in bypass.columns if name not in (*AMOUNTS, "document", "document_date")]
    added = pd.DataFrame([{**dict.fromkeys(text, ""), "taxable_value": 0, "document": -1, "document_date": pd.NaT, **line} for line in lines], columns=list(bypass.columns))
    added["document_date"] = pd.to_datetime(added["document_date"]).astype("datetime64[s]")
    return pd.concat([bypass, added.astype(dict.fromkeys((*AMOUNTS, "document"), "int64"))], ignore_index=True)


_BOOK = ("supplier_gstin", "section", "document_number", "document_date", "original_number", "original_date")
_AMENDED_LEAVES = frozenset({"b2ba", "cdnra", "ecoma", "isda", "cdnrarev", "impga", "impgasez"})


def _as_ims(documents: pd.DataFrame, sort: pd.DataFrame) -> pd.DataFrame:
    """2B documents under IMS section labels, so that one search for originals serves both."""
    amended = documents["section"].isin(["b2ba", "cdnra", "ecoma", "isda"]).to_numpy() | (documents["amended"] == "Y").to_numpy()
    base = np.select(
        [(sort["kind"] == "B").to_numpy() & documents["section"].str.startswith("impgsez").to_numpy(), (sort["kind"] == "B").to_numpy(),
         documents["section"].str.startswith("ecom").to_numpy(), (sort["kind"] == "D").to_numpy(), (sort["kind"] == "C").to_numpy()],
        ["IMPGSEZ", "IMPG", "ECO", "B2B-DN", "B2B-CN"], "B2B",
    )
    label = np.where(amended, base.astype(object) + "A", base)
    # An ISD may use one number for an invoice and a note; its documents are nobody's original but their own.
    isd = documents["section"].isin(["isd", "isda"]).to_numpy()
    supplier = documents["supplier_gstin"].mask(isd, "ISD " + documents["supplier_gstin"])
    out = documents[["document_number", "document_date", "original_number", "original_date"]].reset_index(drop=True)
    return out.assign(section=pd.array(label, dtype="str"), supplier_gstin=supplier.reset_index(drop=True))


def _taxable_before(originals: Originals, earlier: pd.DataFrame) -> np.ndarray:
    out = np.zeros(len(originals.earlier), dtype=np.int64)
    rows = np.flatnonzero(originals.earlier >= 0)
    if len(rows):
        out[rows] = earlier["taxable_value"].to_numpy(dtype=np.int64)[originals.earlier[rows]]
    return out


def _notes(documents: pd.DataFrame, kinds: pd.DataFrame, originals: Originals, keep: np.ndarray, ims_has_imports: bool) -> np.ndarray:
    """Why each document stands here and, where it matters, how it was counted."""
    temporary = documents["itc_available"].str.upper().eq("T").to_numpy()
    reason = documents["reason"].str.upper()
    bill = (kinds["kind"] == "B").to_numpy()
    block = documents["block"].to_numpy(dtype=object)
    could = (kinds["ims_section"] != "").to_numpy() & kinds["available"].to_numpy(dtype=bool) & (block == "docdata")
    could |= (kinds["ims_section"] != "").to_numpy() & (block == "rejected")
    note = np.select(
        [
            block == "reversal", could & bill & (not ims_has_imports), could, temporary,
            ~kinds["available"].to_numpy(dtype=bool) & reason.eq("P").to_numpy(), ~kinds["available"].to_numpy(dtype=bool) & reason.eq("C").to_numpy(),
            ~kinds["available"].to_numpy(dtype=bool), documents["section"].isin(["isd", "isda"]).to_numpy(),
            (documents["reverse_charge"] == "Y").to_numpy(), bill,
        ],
        [
            "Reversal under rule 37A", "Bill of entry; the IMS file has no imports", SHOULD_BE_IN_IMS, "ITC availability is T (temporary): taken as not available until known",
            "Not available: POS and supplier state are same but recipient state is different", "Not available: return filed post annual cut-off",
            "Not available", "Input service distributor", "Reverse charge", "Bill of entry",
        ],
        "Does not pass IMS",
    ).astype(object)
    amended = originals.is_amendment[keep]
    unknown = amended & ~originals.known[keep] & (block != "rejected")
    differs = amended & (originals.earlier[keep] >= 0)
    note = np.where(unknown, note + ". " + UNKNOWN_ORIGINAL, note)
    return np.asarray(np.where(differs, note + ". Amendment: the difference to what an earlier period counted", note), dtype=object)

