"""Conditional formats, drop-downs and charts with openpyxl; ours of the last run are found by their mark and replaced."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from openpyxl.chart import BarChart, DoughnutChart, LineChart, Reference
from openpyxl.chart.series_factory import SeriesFactory
from openpyxl.formatting.formatting import ConditionalFormattingList
from openpyxl.formatting.rule import Rule
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from ims_xl.hosts.openpyxl_looks import differential
from ims_xl.hosts.package.overlays import marked
from ims_xl.workbook.plan import OUR_MARK, OUR_PROMPT, Chart, ConditionalFormat, Validation

_PIXELS_PER_CM = 37.8
_KINDS: dict[str, Any] = {"length": "textLength", "decimal": "decimal", "date": "date"}


def put_formats(sheet: Any, formats: Sequence[ConditionalFormat], palette: str) -> None:
    """Our conditional formats, behind those of the person."""
    theirs = [(str(area.sqref), rule) for area in sheet.conditional_formatting for rule in area.rules if not any(OUR_MARK in f for f in rule.formula)]
    kept = ConditionalFormattingList()
    for area, rule in theirs:
        kept.add(area, rule)
    for number, one in enumerate(formats, max((r.priority for _, r in theirs), default=0) + 1):
        rule = Rule(type="expression", formula=[marked(one.formula)], dxf=differential(one.style, palette), stopIfTrue=one.stop_if_true or None)
        rule.priority = number
        kept.add(one.area, rule)
    sheet.conditional_formatting = kept


def put_validations(sheet: Any, validations: Sequence[Validation]) -> None:
    """Our drop-downs, beside those of the person."""
    held = sheet.data_validations
    held.dataValidation = [v for v in held.dataValidation if v.promptTitle != OUR_PROMPT]
    for one in validations:
        if one.kind == "list":
            source = one.source.removeprefix("=") or '"' + ",".join(one.options).replace('"', '""') + '"'
            made = DataValidation(type="list", formula1=source, allow_blank=True)
        else:
            low, high = one.minimum, one.maximum
            between = low is not None and high is not None
            made = DataValidation(
                type=_KINDS[one.kind], allow_blank=True,
                operator="between" if between else "lessThanOrEqual" if high is not None else "greaterThanOrEqual",
                formula1=_bound(low if between or high is None else high), formula2=_bound(high) if between else None)
        made.promptTitle, made.prompt, made.showInputMessage = OUR_PROMPT, one.prompt[:255] or None, bool(one.prompt)
        made.error, made.errorTitle, made.showErrorMessage = one.error[:225] or None, OUR_PROMPT if one.error else None, True
        for area in one.area.split():
            made.add(area)
        sheet.add_data_validation(made)


def _bound(value: float | date | None) -> str:
    if value is None:
        return "0"
    if isinstance(value, date):
        return str(value.toordinal() - date(1899, 12, 30).toordinal())
    return str(int(value)) if float(value).is_integer() else repr(float(value))


def put_charts(sheet: Any, charts: Sequence[Chart]) -> None:
    """Native charts; those of the last run are the ones that stand on a sheet of ours, and go."""
    sheet._charts = []
    for one in charts:
        chart: Any = {"line": LineChart, "doughnut": DoughnutChart}.get(one.kind, BarChart)()
        if one.kind in ("bar", "column", "stacked"):
            chart.type = "bar" if one.kind == "bar" else "col"
            chart.gapWidth = 60
            if one.kind == "stacked":
                chart.grouping, chart.overlap = "stacked", 100
        chart.title = one.title
        for series in one.series:
            fresh: Any = SeriesFactory(Reference(range_string=_absolute(series.values)), title=series.name)
            chart.series.append(fresh)
            chart.set_categories(Reference(range_string=_absolute(series.categories)))
            if series.colour:
                if one.kind == "line":
                    fresh.graphicalProperties.line.solidFill = series.colour
                else:
                    fresh.graphicalProperties.solidFill = series.colour
        if one.kind != "doughnut":
            chart.x_axis.delete = chart.y_axis.delete = False
            if one.number_format:
                chart.y_axis.number_format = one.number_format
            if len(one.series) == 1:
                chart.legend = None
            else:
                chart.legend.position = "b"
        chart.width, chart.height = one.width / _PIXELS_PER_CM, one.height / _PIXELS_PER_CM
        sheet.add_chart(chart, f"{get_column_letter(one.column)}{one.row}")


def _absolute(reference: str) -> str:
    return reference.removeprefix("=")
