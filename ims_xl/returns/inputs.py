"""What a person types on the GSTR-3B tab: every cell by id, with its label, its heads, and how it is read.

An amount's id ends in its head: `3b.4B1.rule42.igst`. What is not a figure is a problem named in the warnings, never a zero in silence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from ims_xl.rulebook.exposure import exposure
from ims_xl.vocabulary import HEADS

VALUE: Final = "taxable_value"
ALL: Final = (VALUE, *HEADS)
OVERRIDABLE: Final = ("3.1(d)", "4A1", "4A2", "4A3", "4A4", "4A5", "4B1", "4B2", "4D1", "4D2")


@dataclass(frozen=True, slots=True)
class InputLine:
    """One labelled line of input cells: amounts by head, or one text."""

    id: str
    label: str
    heads: tuple[str, ...] = HEADS
    box: str = ""
    """The box of GSTR-3B it adds to, "" where it is only a fact."""
    note: str = ""


OUTWARD: Final = (
    InputLine("3b.3.1a", "3.1(a) Outward taxable supplies (other than zero rated, nil rated and exempted)", ALL),
    InputLine("3b.3.1b", "3.1(b) Outward taxable supplies (zero rated)", (VALUE, "igst", "cess")),
    InputLine("3b.3.1c", "3.1(c) Other outward supplies (Nil rated, exempted)", (VALUE,)),
    InputLine("3b.3.1e", "3.1(e) Non-GST outward supplies", (VALUE,)),
    InputLine("3b.3.1.1i", "3.1.1(i) Supplies on which the electronic commerce operator pays tax u/s 9(5)", ALL, note="The tax is paid in cash"),
    InputLine("3b.3.1.1ii", "3.1.1(ii) Supplies through an electronic commerce operator who pays the tax u/s 9(5)", (VALUE,)),
)
CREDIT: Final = (
    InputLine("3b.4A1.boe", "Bills of entry in books, not in 2B, approved to claim", ("igst", "cess"), "4A1", "Keep the proof of payment"),
    InputLine("3b.4A2.services", "Import of services not in the register", ("igst", "cess"), "4A2", "Tax declared in 3.1(d) as well"),
    InputLine("3b.4A3.other", "Reverse charge not in the register", HEADS, "4A3", "Tax declared in 3.1(d) as well"),
    InputLine("3b.4A5.reclaim", "Reclaim of credit reversed earlier in 4(B)(2)", HEADS, "4A5", "Shown in 4(D)(1) too; checked against the reclaim ledger"),
    InputLine("3b.4A5.earlier", "Credit of an earlier 2B claimed now, never reversed", HEADS, "4A5"),
    InputLine("3b.4B1.blocked", "Blocked credit, section 17(5), not marked in the register", HEADS, "4B1"),
    InputLine("3b.4B1.rule38", "Rule 38 (banks and NBFCs, half of the credit)", HEADS, "4B1"),
    InputLine("3b.4B1.rule42", "Rule 42 (inputs and services used in part for exempt or private purposes)", HEADS, "4B1"),
    InputLine("3b.4B1.rule43", "Rule 43 (capital goods used in part for exempt or private purposes)", HEADS, "4B1"),
    InputLine("3b.4B1.other", "Other permanent reversal", HEADS, "4B1"),
    InputLine("3b.4B2.rule37", f"Rule 37 (supplier unpaid after {exposure().payment_days} days)", HEADS, "4B2"),
    InputLine("3b.4B2.rule37a", "Rule 37A, beyond what 2B reverses", HEADS, "4B2"),
    InputLine("3b.4B2.other", "Other temporary reversal", HEADS, "4B2"),
)
LEDGERS: Final = (
    InputLine("3b.ecrs.opening", "Reclaim ledger (ECRS), opening balance", note="4(D)(1) may not exceed it plus this month's 4(B)(2)"),
    InputLine("3b.rcm.opening", "RCM liability/ITC statement, opening balance", note="4A2 + 4A3 may not exceed 3.1(d) plus it"),
    InputLine("3b.ledger", "Electronic credit ledger, balance before this return"),
    InputLine("3b.cash", "Electronic cash ledger, balance (tax)"),
    InputLine("3b.86b.turnover", "Taxable turnover of the month for rule 86B (excluding exempt and zero-rated)", (VALUE,), note="Above 50 lakh rule 86B may apply"),
)
EXEMPT: Final = (
    InputLine("3b.5.gst.inter", "5 From a composition supplier, exempt and nil rated: inter-State", (VALUE,)),
    InputLine("3b.5.gst.intra", "5 From a composition supplier, exempt and nil rated: intra-State", (VALUE,)),
    InputLine("3b.5.nongst.inter", "5 Non-GST supply: inter-State", (VALUE,)),
    InputLine("3b.5.nongst.intra", "5 Non-GST supply: intra-State", (VALUE,)),
    InputLine("3b.5.1.interest", "5.1 Interest"),
    InputLine("3b.5.1.latefee", "5.1 Late fee", ("cgst", "sgst")),
)
OVERRIDES: Final = tuple(InputLine(f"3b.{box}.override", f"{box} to file instead", ALL if box == "3.1(d)" else HEADS) for box in OVERRIDABLE)
LINES: Final = (*OUTWARD, *CREDIT, *LEDGERS, *EXEMPT, *OVERRIDES)
REASONS: Final = tuple(f"3b.{box}.reason" for box in OVERRIDABLE)


@dataclass(frozen=True)
class Typed:
    """The typed cells, read once: paise by id, texts by id, and what could not be read."""

    amounts: Mapping[str, int]
    texts: Mapping[str, str]
    problems: tuple[str, ...]

    def line(self, line_id: str, heads: tuple[str, ...] = HEADS) -> dict[str, int]:
        """Paise by head of one line, zero where nothing is typed."""
        return {head: self.amounts.get(f"{line_id}.{head}", 0) for head in heads}

    def has(self, cell_id: str) -> bool:
        return cell_id in self.amounts


def ids() -> Iterator[str]:
    """Every cell id that the GSTR-3B tab offers."""
    for line in LINES:
        for head in line.heads:
            yield f"{line.id}.{head}"
    yield from REASONS


def read(inputs: Mapping[str, str]) -> Typed:
    """Amounts in paise from typed text ("1,200.50", "(500)", "-500", "₹ 1 200"); other cells of other tabs are passed over."""
    amounts: dict[str, int] = {}
    texts: dict[str, str] = {}
    problems = []
    reasons = frozenset(REASONS)
    known = frozenset(ids()) - reasons
    for name, text in inputs.items():
        if not text.strip() or not name.startswith("3b."):
            continue
        if name in reasons:
            texts[name] = text.strip()
            continue
        if name not in known:
            continue
        value = money(text)
        if value is None:
            problems.append(f"GSTR-3B, {label_of(name)}: '{text.strip()}' is not an amount; it counts as nothing until mended.")
        else:
            amounts[name] = value
    return Typed(amounts, texts, tuple(problems))


def money(text: str) -> int | None:
    """Typed rupees as paise, rounded half up at the third decimal; None where it is no amount."""
    bare = re.sub(r"[\s,₹]|rs\.?|inr", "", text.casefold())
    negative = bare.startswith("(") and bare.endswith(")")
    bare = bare.strip("()")
    found = re.fullmatch(r"([+-]?)(\d*)(?:\.(\d*))?(?:e\+?(\d{1,2}))?", bare)
    if not found or not (found[2] or found[3]):
        return None
    digits = found[2] + (found[3] or "")
    shift = int(found[4] or 0) - len(found[3] or "")
    thousandths: int = int(digits) * 10 ** (shift + 3) if shift >= -3 else int(digits) // 10 ** (-shift - 3)
    value = (thousandths + 5) // 10
    return -value if negative or found[1] == "-" else value


def label_of(cell_id: str) -> str:
    """The words beside a cell."""
    for line in LINES:
        for head in line.heads:
            if f"{line.id}.{head}" == cell_id:
                return f"{line.label}, {'taxable value' if head == VALUE else head.upper()}"
    return cell_id
