"""What a client's book says about itself: who, which period, how tolerant, which habits. Shown and edited in `Settings`.

Every field carries its label, note and default for the tab; amounts are int64 paise. Unknown domain points stand here as
settings with a default and are never silently assumed.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any

from ims_xl.period import Period


def _setting(default: Any, label: str, note: str, group: str, kind: str, options: tuple[str, ...] = ()) -> Any:
    return field(default=default, metadata={"label": label, "note": note, "group": group, "kind": kind, "options": options})


@dataclass(frozen=True, slots=True)
class Settings:
    gstin: str = _setting("", "Recipient GSTIN", "The client's own GSTIN; files of another GSTIN are refused", "Client", "text")
    name: str = _setting("", "Client name", "As it shall stand on letters and prints", "Client", "text")
    period: Period | None = _setting(None, "Tax period", "The GSTR-2B month, e.g. 2026-10; the quarter's last month for QRMP", "Client", "period")
    quarterly: bool = _setting(False, "Quarterly (QRMP)", "Yes where the client files GSTR-3B by quarter", "Client", "yesno")
    other_gstins: str = _setting("", "Other GSTINs of the client", "Comma-separated; bills booked in the wrong branch are told apart by them", "Client", "text")

    taxable_tolerance: int = _setting(100, "Tolerance, taxable value", "Rupees per document", "Matching", "rupees")
    igst_tolerance: int = _setting(100, "Tolerance, IGST", "Rupees per document", "Matching", "rupees")
    cgst_tolerance: int = _setting(100, "Tolerance, CGST", "Rupees per document", "Matching", "rupees")
    sgst_tolerance: int = _setting(100, "Tolerance, SGST", "Rupees per document", "Matching", "rupees")
    cess_tolerance: int = _setting(100, "Tolerance, Cess", "Rupees per document", "Matching", "rupees")
    strip_zeros: bool = _setting(True, "Ignore leading zeros", "0012 is 12, in every run of digits", "Matching", "yesno")
    strip_year: bool = _setting(True, "Ignore the financial year in numbers", "GST/26-27/451 is GST/451", "Matching", "yesno")
    strip_prefix: bool = _setting(True, "Ignore series prefixes", "451 may be GST/24-25/000451; never clean on this alone", "Matching", "yesno")
    look_alikes: bool = _setting(True, "See through look-alikes", "O and 0, I and 1, S and 5, B and 8", "Matching", "yesno")
    date_window: int = _setting(10, "Date window", "Days by which a document date may differ and still count as near", "Matching", "number")

    gstr3b_filed: bool = _setting(False, "GSTR-3B of this period is filed", "Yes freezes the actions of the period's documents as they stand; only what is Pending stays open", "Decisions", "yesno")
    pending_not_in_books: bool = _setting(True, "Not in books waits", "Pending is suggested for what is only on the portal", "Decisions", "yesno")
    reverse_not_in_books: bool = _setting(False, "Reverse what is not in books in 4(B)(2)", "Portal-first style; never together with Pending for the same document", "GSTR-3B", "yesno")
    rcm_period_only: bool = _setting(False, "Reverse charge of this period only", "Yes leaves out register rows under reverse charge whose dates all lie in other periods", "GSTR-3B", "yesno")
    itc_lock: bool = _setting(False, "Table 4 locked to 2B", "No official notice found as of November 2026; Yes makes 4A equal 2B plus reclaims", "GSTR-3B", "yesno")
    setoff_order: str = _setting("statute", "Set-off order", "statute: SGST against IGST only after CGST; portal: any order (from February 2026)", "GSTR-3B", "choice", ("statute", "portal"))
    rule_86b: bool = _setting(False, "Rule 86B applies", "One per cent of output tax in cash", "GSTR-3B", "yesno")
    drc01c_percent: int = _setting(20, "DRC-01C warning, per cent", "Reported limit; check the official text", "GSTR-3B", "number")
    drc01c_amount: int = _setting(250000000, "DRC-01C warning, rupees", "Reported limit: 25 lakh; check the official text", "GSTR-3B", "rupees")

    exposure_months: int = _setting(12, "Months to a likely notice", "Assumption for the interest in Default Risk", "Follow-up", "number")
    sender: str = _setting("", "Letters are from", "Name and e-mail of the person who writes to suppliers", "Follow-up", "text")
    palette: str = _setting("Standard", "Colours", "Classic is green, amber, red", "Look", "choice", ("Standard", "Classic"))


def setting_fields() -> tuple[Any, ...]:
    """The dataclass fields in order, each with `metadata` label, note, group, kind, options."""
    return fields(Settings)
