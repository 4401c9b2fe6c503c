"""One contract, every file host; and both file hosts give the same workbook."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from ims_xl.hosts import open_book
from tests.hosts.contract import CHECKS, Opener, look, painted, plan


def opener(host: str) -> Opener:
    return lambda path: open_book(path, host)


@pytest.mark.parametrize("check", CHECKS, ids=lambda c: c.__name__)
@pytest.mark.parametrize("host", ["package", "openpyxl"])
def test_every_host_keeps_the_contract(host: str, check: Callable[[Opener, Path], None], tmp_path: Path) -> None:
    check(opener(host), tmp_path)


def test_both_hosts_give_equal_values_formulas_formats_and_validations(tmp_path: Path) -> None:
    made = {}
    for host in ("package", "openpyxl"):
        (tmp_path / host).mkdir()
        made[host] = painted(opener(host), tmp_path / host, plan())
    one, other = made["package"], made["openpyxl"]
    assert one.sheetnames == other.sheetnames
    for name in one.sheetnames:
        a, b = one[name], other[name]
        assert a.dimensions == b.dimensions
        for row in a.iter_rows():
            for cell in row:
                twin = b[cell.coordinate]
                assert (cell.value, cell.data_type, look(cell)) == (twin.value, twin.data_type, look(twin)), (name, cell.coordinate)
        assert _rules(a) == _rules(b)
        assert _drop_downs(a) == _drop_downs(b)
        assert {t.name: (t.ref, [c.name for c in t.tableColumns]) for t in a.tables.values()} == {t.name: (t.ref, [c.name for c in t.tableColumns]) for t in b.tables.values()}


def test_both_hosts_read_equal_frames(tmp_path: Path) -> None:
    painted(opener("package"), tmp_path, plan())
    one, other = open_book(tmp_path / "out-book.xlsx"), open_book(tmp_path / "out-book.xlsx", "openpyxl")
    assert one.sheets() == other.sheets()
    for sheet in one.sheets():
        assert one.read(sheet.name).frame.equals(other.read(sheet.name).frame)


def test_a_formula_is_written_with_its_result(tmp_path: Path) -> None:
    painted(opener("package"), tmp_path, plan())
    seen = openpyxl.load_workbook(tmp_path / "out-book.xlsx", data_only=True)["Summary"]
    assert seen["A2"].value == 12.5 and seen["D6"].value == 2


def _rules(sheet: object) -> list[tuple[object, ...]]:
    found = []
    for area in sheet.conditional_formatting:  # type: ignore[attr-defined]
        for rule in area.rules:
            d = rule.dxf
            found.append((str(area.sqref), tuple(rule.formula), bool(rule.stopIfTrue), d.font.color.rgb if d.font and d.font.color else "", d.fill.bgColor.rgb if d.fill else "", d.numFmt.formatCode if d.numFmt else ""))
    return sorted(found, key=repr)


def _drop_downs(sheet: object) -> list[tuple[object, ...]]:
    return sorted(((str(v.sqref), v.type, v.formula1, v.formula2 or "", v.operator or "", v.prompt or "", v.error or "", v.promptTitle or "") for v in sheet.data_validations.dataValidation), key=repr)  # type: ignore[attr-defined]
