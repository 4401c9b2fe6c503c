"""What differs between portal and books, in the words that a reason prints."""

from __future__ import annotations

from typing import Final

import numpy as np

from ims_xl.state import Links

_WORDS: Final = {
    "supplier_gstin": "GSTIN", "recipient_gstin": "our GSTIN", "document_number": "number", "document_date": "date", "taxable_value": "taxable value", "igst": "IGST", "cgst": "CGST",
    "sgst": "SGST", "cess": "Cess", "document_value": "document value", "place_of_supply": "place of supply", "section": "kind of document", "tax": "tax", "document_type": "kind of document",
}
THIN: Final = "the evidence is thin or another document is nearly as alike"


def differences_in_words(links: Links, clean: np.ndarray) -> np.ndarray:
    """Aligned with ims, object: `taxable value 900.00 on the portal, 1000.00 in books; ...`; blank on clean rows."""
    raw = links.results["differences"].to_numpy(dtype=object)
    out = np.full(len(links.ims_result), "", dtype=object)
    rows = np.flatnonzero(~clean)
    said: dict[str, str] = {}
    for row in rows:
        text = str(raw[links.ims_result[row]])
        if text not in said:
            said[text] = _in_words(text)
        out[row] = said[text]
    return out


def _in_words(text: str) -> str:
    parts = []
    for part in text.split(";"):
        field, equals, values = part.strip().partition("=")
        theirs, mark, ours = values.partition(">")
        if equals and mark:
            parts.append(f"{_WORDS.get(field, field.replace('_', ' '))} {theirs or 'blank'} on the portal, {ours or 'blank'} in books")
    return "; ".join(parts) or THIN
