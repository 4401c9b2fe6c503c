"""Table 6.1 on the GSTR-3B tab: the split with the least cash beside the portal's habitual order, every step a plain formula.

The steps are those of `ims_xl.returns.setoff`; each stands in a line of its own, for the best split and for the habit, so that
typing a liability or a balance moves the payment at once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from ims_xl.returns.setoff import SetOffRequest, habitual, set_off
from ims_xl.state import Amounts, Reconciliation
from ims_xl.vocabulary import HEADS
from ims_xl.workbook.plan import Cell
from ims_xl.workbook.tabs.gstr3b_sheet import TO_FILE, WORKING, Sheet
from ims_xl.workbook.tabs.returns_columns import NAMES
from ims_xl.workbook.tabs.where import letters

BEST, HABIT = 4, 5
Values = dict[str, int]

# name, words, formula over the names in braces (R(..) rounds to paise, HALF(..) halves downwards), the same in paise
_STEPS: Final[tuple[tuple[str, str, str, Callable[[Values], int]], ...]] = (
    ("own", "IGST credit to IGST", "MIN({LI},{CI})", lambda v: min(v["LI"], v["CI"])),
    ("rest", "IGST credit left for CGST and SGST", "MIN({CI}-{own},{LC}+{LS})", lambda v: min(v["CI"] - v["own"], v["LC"] + v["LS"])),
    ("nc", "CGST not covered by CGST credit", "MAX(0,{LC}-{CC})", lambda v: max(0, v["LC"] - v["CC"])),
    ("ns", "SGST not covered by SGST credit", "MAX(0,{LS}-{CS})", lambda v: max(0, v["LS"] - v["CS"])),
    ("low", "Least to CGST that costs no cash", "IF({rest}>={nc}+{ns},MAX({nc},{rest}-{LS}),MAX(0,{rest}-{ns}))",
     lambda v: max(v["nc"], v["rest"] - v["LS"]) if v["rest"] >= v["nc"] + v["ns"] else max(0, v["rest"] - v["ns"])),
    ("high", "Most to CGST that costs no cash", "IF({rest}>={nc}+{ns},MIN({rest}-{ns},{LC}),{low})",
     lambda v: min(v["rest"] - v["ns"], v["LC"]) if v["rest"] >= v["nc"] + v["ns"] else v["low"]),
    ("x", "IGST credit to CGST", "MAX({low},MIN({high},HALF({rest}+{CS}-{LS}-{CC}+{LC})))",
     lambda v: max(v["low"], min(v["high"], (v["rest"] + v["CS"] - v["LS"] - v["CC"] + v["LC"]) // 2))),
    ("y", "IGST credit to SGST", "{rest}-{x}", lambda v: v["rest"] - v["x"]),
    ("c", "CGST credit to CGST", "MIN({CC},{LC}-{x})", lambda v: min(v["CC"], v["LC"] - v["x"])),
    ("s", "SGST credit to SGST", "MIN({CS},{LS}-{y})", lambda v: min(v["CS"], v["LS"] - v["y"])),
    ("cross", "IGST payable from CGST and SGST credit", "MIN({LI}-{own},{CC}-{c}+{CS}-{s})", lambda v: min(v["LI"] - v["own"], v["CC"] - v["c"] + v["CS"] - v["s"])),
    ("keep", "Rule 86B: credit that may not be used", "IF({F86}=\"Yes\",MAX(0,{own}+{rest}+{c}+{s}+{cross}-FLOOR99({LI}+{LC}+{LS})),0)",
     lambda v: max(0, v["own"] + v["rest"] + v["c"] + v["s"] + v["cross"] - (v["LI"] + v["LC"] + v["LS"]) * 99 // 100) if v["F86"] else 0),
    ("t", "IGST paid from CGST and SGST credit", "{cross}-MIN({keep},{cross})", lambda v: v["cross"] - min(v["keep"], v["cross"])),
    ("ic", "of it from CGST credit", "IF({ORD}=\"portal\",MAX(0,{t}-{CS}+{s},MIN({CC}-{c},{t},HALF({t}+{CC}-{c}-{CS}+{s}))),MIN({CC}-{c},{t}))",
     lambda v: max(0, v["t"] - v["CS"] + v["s"], min(v["CC"] - v["c"], v["t"], (v["t"] + v["CC"] - v["c"] - v["CS"] + v["s"]) // 2)) if v["ORD"] else min(v["CC"] - v["c"], v["t"])),
    ("k", "Credit still to be kept back", "{keep}-({cross}-{t})", lambda v: v["keep"] - (v["cross"] - v["t"])),
    ("b", "of it CGST and SGST credit", "MIN({k},{c}+{s})", lambda v: min(v["k"], v["c"] + v["s"])),
    ("f", "of it CGST credit", "MAX({b}-{s},MIN({c},{b},MAX(0,HALF({b}+{CS}-{s}-{CC}+{c}))))",
     lambda v: max(v["b"] - v["s"], min(v["c"], v["b"], max(0, (v["b"] + v["CS"] - v["s"] - v["CC"] + v["c"]) // 2)))),
    ("u_cc", "CGST paid from CGST credit", "{c}-{f}", lambda v: v["c"] - v["f"]),
    ("u_ss", "SGST paid from SGST credit", "{s}-({b}-{f})", lambda v: v["s"] - (v["b"] - v["f"])),
    ("u_si", "SGST paid from IGST credit", "MAX(0,{y}-({k}-{b}))", lambda v: max(0, v["y"] - (v["k"] - v["b"]))),
    ("u_ci", "CGST paid from IGST credit", "MAX(0,{x}-MAX(0,{k}-{b}-{y}))", lambda v: max(0, v["x"] - max(0, v["k"] - v["b"] - v["y"]))),
    ("u_ii", "IGST paid from IGST credit", "{own}-MAX(0,{k}-{b}-{y}-{x})", lambda v: v["own"] - max(0, v["k"] - v["b"] - v["y"] - v["x"])),
    ("u_ic", "IGST paid from CGST credit", "{ic}", lambda v: v["ic"]),
    ("u_is", "IGST paid from SGST credit", "{t}-{ic}", lambda v: v["t"] - v["ic"]),
    ("u_xx", "Cess paid from cess credit", "MIN({LX},{CX})", lambda v: min(v["LX"], v["CX"])),
    ("cash", "Cash besides reverse charge", "{LI}+{LC}+{LS}+{LX}-{u_cc}-{u_ss}-{u_si}-{u_ci}-{u_ii}-{u_ic}-{u_is}-{u_xx}",
     lambda v: v["LI"] + v["LC"] + v["LS"] + v["LX"] - sum(v[n] for n in ("u_cc", "u_ss", "u_si", "u_ci", "u_ii", "u_ic", "u_is", "u_xx"))),
)


def set_off_request(rec: Reconciliation, amounts: Mapping[str, int]) -> SetOffRequest:
    """What the tab sets off: 3.1(a) and (b) against the ledger's balance and 4C; 3.1(d) and 3.1.1(i) in cash. `amounts` are the typed cells in paise."""
    boxes = rec.gstr3b.boxes

    def of(line: str, head: str) -> int:
        return amounts.get(f"3b.{line}.{head}", 0)

    liability = {h: max(0, of("3.1a", h) + (of("3.1b", h) if h in ("igst", "cess") else 0)) for h in HEADS}
    credit = {h: max(0, of("ledger", h) + boxes["4C"][h]) for h in HEADS}
    cash = {h: max(0, boxes["3.1(d)"][h] + of("3.1.1i", h)) for h in HEADS}
    settings = rec.state.settings
    return SetOffRequest(liability, credit, cash, settings.rule_86b, settings.setoff_order)


def put_set_off(sheet: Sheet) -> None:
    """The band, its inputs, table 6.1, the cash it saves, and the steps."""
    request = set_off_request(sheet.rec, sheet.typed.amounts)
    best, habit = set_off(request), habitual(request)
    sheet.band("6.1 Payment of tax: the split of credit with the least cash")
    rows = _givens(sheet, request)
    table = sheet.row
    sheet.row += 10
    names = _steps(sheet, request, rows)
    _table(sheet, table, request, rows, names, best.utilisation, best.cash, best.carry_forward)
    total, saved, deposit = table + 7, table + 8, table + 9
    sheet.cells[(total, 2)] = Cell("Cash in the portal's habitual order (IGST credit to CGST first)", "label_bold")
    cash_only = f"SUM({_cell(rows['cash_only'], 'igst')}:{_cell(rows['cash_only'], 'cess')})"
    sheet.put(total, 8, habit.total_cash, f"={letters(HABIT)}{names['cash']}+{cash_only}", "rupees_total")
    sheet.cells[(saved, 2)] = Cell("Cash that the best split saves", "label_bold")
    sheet.put(saved, 8, habit.total_cash - best.total_cash, f"=ROUND({letters(8)}{total}-{letters(8)}{table + 6},2)", "rupees_total")
    balance = {head: sheet.typed.amounts.get(f"3b.cash.{head}", 0) for head in HEADS}
    sheet.cells[(deposit, 2)] = Cell("Cash to deposit beyond the balance of the cash ledger, head by head", "label_bold")
    each = "+".join(f"MAX(0,{letters(8)}{table + i}+{_cell(rows['cash_only'], head)}-N({_cell(sheet.at['3b.cash'], head)}))" for i, head in enumerate(HEADS, start=1))
    sheet.put(deposit, 8, sum(max(0, best.cash[head] - balance[head]) for head in HEADS), f"=ROUND({each},2)", "rupees_total")
    sheet.at["setoff.saved"], sheet.at["setoff.table"] = saved, table


def _givens(sheet: Sheet, request: SetOffRequest) -> dict[str, int]:
    at = sheet.at
    rows: dict[str, int] = {}
    for column, name in ((4, "igst"), (5, "cgst"), (6, "sgst"), (7, "cess")):
        sheet.cells[(sheet.row, column)] = Cell(NAMES[name], "heading_right")
    sheet.cells[(sheet.row, 2)] = Cell("What is set off", "heading")
    sheet.row += 1
    given: tuple[tuple[str, str, Amounts, Callable[[str], str]], ...] = (
        ("liability", "Output tax: 3.1(a) and (b)", request.liability, lambda h: f"=MAX(0,N({_file(at['file.3.1a'], h)})+N({_file(at['file.3.1b'], h)}))"),
        ("credit", "Credit: ledger balance and 4C", request.credit, lambda h: f"=MAX(0,N({_cell(at['3b.ledger'], h)})+{_file(at['file.4C'], h)})"),
        ("cash_only", "In cash only: 3.1(d) and 3.1.1(i)", request.cash_only, lambda h: f"=MAX(0,{_file(at['file.3.1(d)'], h)}+N({_file(at['file.3.1.1i'], h)}))"),
    )
    for name, label, amounts, formula in given:
        sheet.cells[(sheet.row, 2)] = Cell(label, "label_indent")
        for head in HEADS:
            sheet.put(sheet.row, WORKING[head], amounts[head], formula(head))
        rows[name] = sheet.row
        sheet.row += 1
    for name, label, value in (("F86", "Rule 86B applies (Settings)", "Yes" if request.rule_86b else "No"), ("ORD", "Order (Settings)", request.order)):
        sheet.cells[(sheet.row, 2)] = Cell(label, "label_indent")
        sheet.cells[(sheet.row, 4)] = Cell(value, "text")
        rows[name] = sheet.row
        sheet.row += 1
    sheet.row += 1
    return rows


def _table(
    sheet: Sheet, top: int, request: SetOffRequest, rows: Mapping[str, int], names: Mapping[str, int], used: Mapping[str, int], cash: Amounts, left: Amounts,
) -> None:
    """Table 6.1: payable, paid from each credit, cash."""
    for column, text in ((2, "Liability of"), (3, "Payable"), (4, "from IGST credit"), (5, "from CGST credit"), (6, "from SGST credit"), (7, "from cess credit"), (8, "in cash"), (9, "Credit carried forward")):
        sheet.cells[(top, column)] = Cell(text, "heading" if column == 2 else "heading_right")
    best = letters(BEST)
    for i, head in enumerate(HEADS, start=1):
        row = top + i
        sheet.cells[(row, 2)] = Cell(NAMES[head], "text")
        sheet.put(row, 3, request.liability[head], f"={_cell(rows['liability'], head)}")
        for credit in HEADS:
            use = f"{head}_{credit}"
            if use in used:
                sheet.put(row, WORKING[credit], used[use], f"={best}{names[_STEP_OF[use]]}")
        paid_only = cash[head] - request.cash_only[head]
        sheet.put(row, 8, paid_only, f"=ROUND(C{row}-SUM(D{row}:G{row}),2)")
        letter = letters(WORKING[head])
        sheet.put(row, 9, left[head], f"=ROUND({_cell(rows['credit'], head)}-SUM({letter}{top + 1}:{letter}{top + 4}),2)")
    row = top + 5
    sheet.cells[(row, 2)] = Cell("Reverse charge and supplies u/s 9(5): cash only", "text")
    only = sum(request.cash_only.values())
    whole = f"=SUM({_cell(rows['cash_only'], 'igst')}:{_cell(rows['cash_only'], 'cess')})"
    sheet.put(row, 3, only, whole)
    sheet.put(row, 8, only, whole)
    sheet.cells[(top + 6, 2)] = Cell("Total", "total")
    totals = {
        3: sum(request.liability.values()) + only, 8: sum(cash.values()), 9: sum(left.values()),
        **{WORKING[c]: sum(v for use, v in used.items() if use.endswith(f"_{c}")) for c in HEADS},
    }
    for column, value in totals.items():
        letter = letters(column)
        sheet.put(top + 6, column, value, f"=SUM({letter}{top + 1}:{letter}{top + 5})", "rupees_total")


def _steps(sheet: Sheet, request: SetOffRequest, rows: Mapping[str, int]) -> dict[str, int]:
    """Every step in its own line, best in one column, habit in the next; answers the row of each step."""
    sheet.row += 1
    for column, text in ((2, "Steps (sections 49, 49A, 49B, rule 88A, rule 86B)"), (BEST, "least cash"), (HABIT, "habit")):
        sheet.cells[(sheet.row, column)] = Cell(text, "heading" if column == 2 else "heading_right")
    sheet.row += 1
    first = sheet.row
    names = {name: first + i for i, (name, *_rest) in enumerate(_STEPS)}
    fixed = {
        **{f"L{short}": f"${letters(WORKING[head])}${rows['liability']}" for short, head in _SHORT.items()},
        **{f"C{short}": f"${letters(WORKING[head])}${rows['credit']}" for short, head in _SHORT.items()},
        "F86": f"$D${rows['F86']}", "ORD": f"$D${rows['ORD']}",
    }
    for column, habit in ((BEST, False), (HABIT, True)):
        values: Values = {
            **{f"L{short}": request.liability[head] for short, head in _SHORT.items()}, **{f"C{short}": request.credit[head] for short, head in _SHORT.items()},
            "F86": int(request.rule_86b), "ORD": int(request.order == "portal" and not habit),
        }
        letter = letters(column)
        for name, label, formula, paise in _STEPS:
            text = formula
            if habit and name == "x":
                text, paise = "MIN({rest},{LC})", lambda v: min(v["rest"], v["LC"])
            if habit and name == "ic":
                text, paise = "MIN({CC}-{c},{t})", lambda v: min(v["CC"] - v["c"], v["t"])
            values[name] = paise(values)
            filled = _spelled(text).format(**fixed, **{n: f"{letter}{r}" for n, r in names.items()})
            sheet.cells[(names[name], 2)] = Cell(label, "label_indent")
            sheet.put(names[name], column, values[name], f"=ROUND({filled},2)")
    sheet.row = first + len(_STEPS) + 1
    return names


_SHORT: Final = {"I": "igst", "C": "cgst", "S": "sgst", "X": "cess"}
_STEP_OF: Final = {
    "igst_igst": "u_ii", "cgst_igst": "u_ci", "sgst_igst": "u_si", "cgst_cgst": "u_cc", "igst_cgst": "u_ic", "sgst_sgst": "u_ss", "igst_sgst": "u_is", "cess_cess": "u_xx",
}


def _spelled(text: str) -> str:
    """HALF(..) and FLOOR99(..) as plain functions; whole paise, rounded down."""
    for word, before, after in (("HALF(", "INT(ROUND((", ")*100,0)/2)/100"), ("FLOOR99(", "INT(ROUND((", ")*100,0)*99/100)/100")):
        while word in text:
            start = text.index(word)
            depth, end = 1, start + len(word)
            while depth:
                depth += {"(": 1, ")": -1}.get(text[end], 0)
                end += 1
            text = text[:start] + before + text[start + len(word):end - 1] + after + text[end:]
    return text


def _cell(row: int, head: str) -> str:
    return f"{letters(WORKING[head])}{row}"


def _file(row: int, head: str) -> str:
    return f"{letters(TO_FILE[head])}{row}"
