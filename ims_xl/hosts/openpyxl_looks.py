"""The theme's styles as openpyxl objects: made once per name and palette."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.styles.numbers import NumberFormat

from ims_xl.workbook.theme import dxf, style


@dataclass(frozen=True, slots=True)
class Look:
    """Everything a cell wears."""

    font: Font
    fill: PatternFill
    border: Border
    alignment: Alignment
    number_format: str
    protection: Protection

    def put_on(self, cell: Any, unlocked: bool = False) -> None:
        """Dresses a cell; `unlocked` lets a person type there on a protected sheet."""
        cell.font, cell.fill, cell.border, cell.alignment = self.font, self.fill, self.border, self.alignment
        cell.number_format = self.number_format
        cell.protection = Protection(locked=False) if unlocked else self.protection


@cache
def look(name: str, palette: str) -> Look:
    """The look of that style."""
    s = style(name, palette)

    def side(line: Any) -> Side:
        return Side(style=line, color=f"FF{s.border_colour}") if line else Side()

    return Look(
        Font(name=s.font, family=2, size=s.size, bold=s.bold, italic=s.italic, underline="single" if s.underline else None, color=f"FF{s.colour}"),
        PatternFill("solid", fgColor=f"FF{s.fill}") if s.fill else PatternFill(),
        Border(left=side(s.left), right=side(s.right), top=side(s.top), bottom=side(s.bottom)),
        Alignment(horizontal=s.horizontal or ("left" if s.indent else None), vertical=s.vertical or None, wrap_text=s.wrap or None, indent=s.indent),
        s.number_format, Protection(locked=s.locked))


def differential(name: str, palette: str) -> DifferentialStyle:
    """What a conditional format of that name changes."""
    d = dxf(name, palette)
    font = Font(bold=d.bold or None, italic=d.italic or None, strike=d.strike or None, color=f"FF{d.colour}" if d.colour else None) if d.bold or d.italic or d.strike or d.colour else None
    # 164 is the first number free for formats of one's own; a differential carries its code with it
    code = NumberFormat(numFmtId=164, formatCode=d.number_format) if d.number_format else None
    fill = PatternFill("solid", start_color=f"FF{d.fill}", end_color=f"FF{d.fill}") if d.fill else None
    border = Border(left=None, right=None, top=None, bottom=Side(style=d.bottom or None, color=f"FF{d.border_colour or d.colour}")) if d.bottom else None
    return DifferentialStyle(font=font, numFmt=code, fill=fill, border=border)
