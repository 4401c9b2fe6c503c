"""Counts and sums that follow the actions in Excel: plain COUNTIFS and SUMIFS over the IMS sheet, wherever its columns stand."""

from __future__ import annotations

from ims_xl.vocabulary import Change
from ims_xl.workbook.tabs.where import SheetWhere


def live_formulas(ims: SheetWhere, action: str) -> tuple[str, str]:
    """Count and signed ITC of the rows with that action ("" = all) that still stand on the portal; blank where her sheet lacks a column."""
    # A person's own columns may write amounts as text and sections in her words: over them no live sum is sure.
    if not ims.own or not ims.has("Action", "Change", "Section", "IGST", "CGST", "SGST", "Cess") or not len(ims.rows):
        return "", ""
    conditions = f'{ims.area("Change")},"<>{Change.GONE}"'
    if action:
        conditions += f',{ims.area("Action")},"{action}"'
    else:
        conditions += f',{ims.area("Section")},"?*"'
    plus = "+".join(f"SUMIFS({ims.area(head)},{conditions})" for head in ("IGST", "CGST", "SGST", "Cess"))
    # Credit notes and their amendments take from the credit: counted once above, so twice off here.
    minus = "+".join(f'SUMIFS({ims.area(head)},{conditions},{ims.area("Section")},"B2B-CN*")' for head in ("IGST", "CGST", "SGST", "Cess"))
    return f"=COUNTIFS({conditions})", f"={plus}-2*({minus})"
