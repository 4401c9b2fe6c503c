"""Excel by COM: named styles, links, charts and the height, outline and look of rows and columns.

Numbers are Excel's constants, named where they stand.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from ims_xl.hosts.excel_areas import area_chunks

if TYPE_CHECKING:
    from ims_xl.workbook.plan import Chart
    from ims_xl.workbook.theme import Style

_SIDES: Final = {"left": -4131, "right": -4152, "top": -4160, "bottom": -4107}           # xlLeft, xlRight, xlTop, xlBottom (styles)
_LINES: Final = {"hair": (1, 1), "thin": (1, 2), "medium": (1, -4138), "double": (-4119, 4)}  # LineStyle, Weight
_HORIZONTAL: Final = {"": 1, "left": -4131, "center": -4108, "right": -4152}              # xlGeneral ...
_VERTICAL: Final = {"": -4107, "top": -4160, "center": -4108, "bottom": -4107}
_CHARTS: Final = {"column": 51, "stacked": 52, "bar": 57, "line": 4, "doughnut": -4120}


def rgb(colour: str) -> int:
    """Excel's colour number: blue, green, red from high to low."""
    return int(colour[4:6] + colour[2:4] + colour[0:2], 16)


class ComLooks:
    """How cells look, and what is drawn over them."""

    def style_names(self, book: Any) -> set[str]:
        known = book.api.Styles
        return {str(known(i).Name) for i in range(1, known.Count + 1)}

    def define_styles(self, book: Any, styles: dict[str, Style]) -> None:
        known = book.api.Styles
        present = self.style_names(book)
        for name, look in styles.items():
            style = known(name) if name in present else known.Add(name)
            style.NumberFormat = look.number_format
            style.Font.Name, style.Font.Size, style.Font.Bold, style.Font.Italic = look.font, look.size, look.bold, look.italic
            style.Font.Underline = 2 if look.underline else -4142
            style.Font.Color = rgb(look.colour)
            if look.fill:
                style.Interior.Color = rgb(look.fill)
            else:
                style.Interior.ColorIndex = -4142
            for side, number in _SIDES.items():
                line = getattr(look, side)
                border = style.Borders(number)
                if line:
                    border.LineStyle, border.Weight = _LINES[line]
                    border.Color = rgb(look.border_colour)
                else:
                    border.LineStyle = -4142
            style.HorizontalAlignment = _HORIZONTAL["left" if look.indent and not look.horizontal else look.horizontal]
            style.VerticalAlignment = _VERTICAL[look.vertical]
            style.WrapText, style.IndentLevel, style.Locked = look.wrap, look.indent, look.locked

    def wear(self, sheet: Any, area: str, style: str) -> None:
        sheet.api.Range(area).Style = style

    def tab_colour(self, sheet: Any, colour: str) -> None:
        sheet.api.Tab.Color = rgb(colour)

    def row_height(self, sheet: Any, rows: Sequence[str], height: float) -> None:
        for area in area_chunks(" ".join(rows)):
            sheet.api.Range(area).RowHeight = height

    def unlock(self, sheet: Any, area: str) -> None:
        sheet.api.Range(area).Locked = False

    def outline(self, sheet: Any, column: int, level: int) -> None:
        sheet.api.Columns(column).OutlineLevel = level + 1

    def link(self, sheet: Any, row: int, column: int, target: str, text: str) -> None:
        cell = sheet.api.Cells(row, column)
        style = cell.Style.Name
        address, _, place = target.partition("#")
        sheet.api.Hyperlinks.Add(Anchor=cell, Address=address, SubAddress=place)
        cell.Style = style      # Excel dresses a link in its own style

    def chart(self, sheet: Any, chart: Chart) -> None:
        corner = sheet.api.Cells(chart.row, chart.column)
        made = sheet.api.ChartObjects().Add(corner.Left, corner.Top, chart.width * 0.75, chart.height * 0.75).Chart
        made.ChartType = _CHARTS[chart.kind]
        while made.SeriesCollection().Count:
            made.SeriesCollection(1).Delete()
        for series in chart.series:
            line = made.SeriesCollection().NewSeries()
            line.Name, line.XValues, line.Values = series.name, "=" + series.categories, "=" + series.values
            if series.colour and chart.kind != "doughnut":
                line.Format.Fill.ForeColor.RGB = rgb(series.colour)
                if chart.kind == "line":
                    line.Format.Line.ForeColor.RGB = rgb(series.colour)
        made.HasTitle = bool(chart.title)
        if chart.title:
            made.ChartTitle.Text = chart.title
        made.HasLegend = len(chart.series) > 1 or chart.kind == "doughnut"
        if chart.number_format and chart.kind != "doughnut":
            made.Axes(2).TickLabels.NumberFormat = chart.number_format

    def continue_look(self, sheet: Any, from_row: int, rows: Sequence[int], columns: int) -> None:
        api = sheet.api
        api.Range(api.Cells(from_row, 1), api.Cells(from_row, columns)).Copy()
        api.Range(api.Cells(rows[0], 1), api.Cells(rows[-1], columns)).PasteSpecial(Paste=-4122)   # formats
        api.Application.CutCopyMode = False
