"""Excel by COM: conditional formats, drop-downs, and what a block of cells holds.

Numbers are Excel's constants, named where they stand.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from ims_xl.hosts.excel_areas import area_chunks
from ims_xl.hosts.excel_com_looks import rgb

if TYPE_CHECKING:
    from ims_xl.workbook.plan import ConditionalFormat, Validation
    from ims_xl.workbook.theme import Differential

_EXPRESSION: Final = 2            # xlExpression
_VALIDATION: Final = {"list": 3, "length": 6, "decimal": 2, "date": 4}


class ComRules:
    """Rules that hang on cells."""

    def has_formula(self, sheet: Any, area: str) -> bool:
        return sheet.api.Range(area).HasFormula is not False        # None where some cells have one

    def rule_count(self, sheet: Any) -> int:
        return int(sheet.api.Cells.FormatConditions.Count)

    def number_format(self, sheet: Any, areas: Sequence[str]) -> str | None:
        found = {sheet.api.Range(area).NumberFormat for area in area_chunks(" ".join(areas))}
        return found.pop() if len(found) == 1 else None

    def remove_formats(self, sheet: Any, mark: str) -> None:
        rules = sheet.api.Cells.FormatConditions
        for number in range(rules.Count, 0, -1):
            rule = rules(number)
            if rule.Type == _EXPRESSION and mark in rule.Formula1:
                rule.Delete()

    def add_format(self, sheet: Any, rule: ConditionalFormat, look: Differential) -> None:
        # Excel reads a relative formula from the active cell, not from the area's first cell.
        state = sheet.api.Visible
        if state != -1:
            sheet.api.Visible = -1
        sheet.api.Activate()
        for area in area_chunks(rule.area):
            cells = sheet.api.Range(area)
            sheet.api.Range(rule.area.split()[0]).Cells(1, 1).Select()
            _dress(cells.FormatConditions.Add(Type=_EXPRESSION, Formula1="=" + rule.formula), rule.stop_if_true, look)
        if state != -1:
            sheet.api.Visible = state

    def remove_validations(self, sheet: Any, area: str) -> None:
        sheet.api.Range(area).Validation.Delete()

    def add_validation(self, sheet: Any, rule: Validation, title: str) -> None:
        for area in area_chunks(rule.area):
            self._validate(sheet.api.Range(area).Validation, rule, title)

    def _validate(self, validation: Any, rule: Validation, title: str) -> None:
        validation.Delete()
        if rule.kind == "list":
            validation.Add(Type=3, AlertStyle=1, Formula1=rule.source or ",".join(rule.options))
            validation.InCellDropdown = True
        else:
            low, high = rule.minimum, rule.maximum
            operator = 1 if low is not None and high is not None else 7 if low is not None else 8   # between, >=, <=
            first = low if low is not None else high
            kwargs: dict[str, Any] = {"Type": _VALIDATION[rule.kind], "AlertStyle": 1, "Operator": operator, "Formula1": _number(first)}
            if operator == 1:
                kwargs["Formula2"] = _number(high)
            validation.Add(**kwargs)
        validation.IgnoreBlank = True
        validation.InputTitle, validation.InputMessage, validation.ShowInput = title, rule.prompt[:255], bool(rule.prompt)
        validation.ErrorTitle, validation.ErrorMessage, validation.ShowError = title, rule.error[:255], True


def _dress(made: Any, stop_if_true: bool, look: Differential) -> None:
    made.StopIfTrue = stop_if_true
    if look.fill:
        made.Interior.Color = rgb(look.fill)
    if look.colour:
        made.Font.Color = rgb(look.colour)
    if look.bold or look.italic:
        made.Font.Bold, made.Font.Italic = look.bold, look.italic
    if look.strike:
        made.Font.Strikethrough = True
    if look.number_format:
        made.NumberFormat = look.number_format
    if look.bottom:
        edge = made.Borders(-4107)
        edge.LineStyle = 1
        edge.Color = rgb(look.border_colour or look.colour)


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.15g}"
