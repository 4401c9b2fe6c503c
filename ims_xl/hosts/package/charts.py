"""Native charts: XlsxWriter draws each chart's part, and it is hung into the sheet's drawing beside whatever a person put there."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence

from ims_xl.hosts.package import xml
from ims_xl.hosts.package.relations import add_type, free_part, in_dialect, relate, relations, relations_of, remove_part, unrelate
from ims_xl.hosts.package.workbook_part import Workbook
from ims_xl.hosts.package.worksheet import RELATIONSHIPS, Worksheet
from ims_xl.workbook.plan import Chart

_CHART = "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"
_DRAWING = "application/vnd.openxmlformats-officedocument.drawing+xml"
_SHEET_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing"
_MAIN = "http://schemas.openxmlformats.org/drawingml/2006/main"
_OURS = re.compile(rb"name=\"ims-xl chart \d+\"")
_SHEET = re.compile(r"=?'?((?:[^'!]|'')+)'?!")
_PLACE = re.compile(rb"<(?:[\w.-]+:)?from>.*?col>(\d+)<.*?row>(\d+)<", re.S)
_EMU = 9525                              # English metric units in a pixel


def chart_texts(charts: Sequence[Chart]) -> list[bytes]:
    """The chart parts, in order."""
    import xlsxwriter

    if not charts:
        return []
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    # the library wants to know the sheets that are named, though nothing of them is needed
    named = dict.fromkeys(found[1].replace("''", "'") for c in charts for s in c.series for r in (s.categories, s.values) if (found := _SHEET.match(r)))
    for name in named:
        book.add_worksheet(name)
    sheet = book.add_worksheet("charts of ims-xl")
    for one in charts:
        kind, subtype = ("column", "stacked") if one.kind == "stacked" else (one.kind, "")
        chart = book.add_chart({"type": kind, **({"subtype": subtype} if subtype else {})})
        for series in one.series:
            look = {"name": series.name, "categories": f"={series.categories.removeprefix('=')}", "values": f"={series.values.removeprefix('=')}", "gap": 60}
            if series.colour:
                look["line" if one.kind == "line" else "fill"] = {"color": f"#{series.colour}"}
            chart.add_series(look)
        chart.set_title({"name": one.title, "name_font": {"size": 11}})
        if one.kind != "doughnut":
            chart.set_legend({"position": "bottom"} if len(one.series) > 1 else {"none": True})
            axis = chart.set_x_axis if one.kind == "bar" else chart.set_y_axis
            # the first bar stands at the top; "high" keeps the amounts at the bottom all the same
            turned = {"label_position": "high"} if one.kind == "bar" else {}
            axis({**turned, "major_gridlines": {"visible": True, "line": {"color": "#D9D9D9"}}, **({"num_format": one.number_format} if one.number_format else {})})
        if one.kind == "bar":
            chart.set_y_axis({"reverse": True})
        sheet.insert_chart(0, 0, chart)
    book.close()
    with zipfile.ZipFile(buffer) as made:
        return [made.read(f"xl/charts/chart{n}.xml") for n in range(1, len(charts) + 1)]


def put_charts(workbook: Workbook, sheet: Worksheet, sheet_part: str, charts: Sequence[Chart]) -> None:
    """Our charts of the last run go, these come; a person's pictures and charts on the sheet stay."""
    archive = workbook.archive
    drawing = next((r.target for r in relations(archive, sheet_part) if r.kind == "drawing"), "")
    if not drawing and not charts:
        return
    free: list[str] = []
    if drawing:
        data = xml.as_utf8(archive.read(drawing))
        data, free = _without_ours(workbook, drawing, data, {(c.row, c.column) for c in charts})
    else:
        drawing = free_part(archive, "xl/drawings/drawing{}.xml")
        data = in_dialect(f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<xdr:wsDr xmlns:xdr="{_SHEET_DRAWING}" xmlns:a="{_MAIN}"></xdr:wsDr>'.encode(), workbook.strict)
        archive.write(drawing, data)
        add_type(archive, drawing, _DRAWING)
        tie = relate(archive, sheet_part, "drawing", drawing, strict=workbook.strict)
        prefix, declaration = sheet.relation_prefix
        sheet.replace("drawing", f'<{sheet.prefix}drawing{declaration} {prefix}:id="{tie}"/>'.encode())
    number = max((int(m[1]) for m in re.finditer(rb"<(?:[\w.-]+:)?cNvPr[^>]*?\sid=\"(\d+)\"", data)), default=1)
    for position, (chart, text) in enumerate(zip(charts, chart_texts(charts)), 1):
        part = free.pop(0) if free else free_part(archive, "xl/charts/chart{}.xml")
        archive.write(part, in_dialect(text, workbook.strict))
        add_type(archive, part, _CHART)
        tie = relate(archive, drawing, "chart", part, strict=workbook.strict)
        anchor = in_dialect(_anchor(chart, position, number + position, tie).encode(), workbook.strict)
        data = xml.append_child(data, xml.root(data), anchor)
    archive.write(drawing, data)
    for part in free:
        remove_part(archive, part)


def _without_ours(workbook: Workbook, drawing: str, data: bytes, places: set[tuple[int, int]]) -> tuple[bytes, list[str]]:
    """The drawing without our charts, and their parts: known by their names, or (where another program renamed them) by standing where ours stand."""
    archive = workbook.archive
    ties = {r.id: r.target for r in relations(archive, drawing)}
    cut: list[str] = []
    for anchor in reversed(xml.inside(data, xml.root(data))):
        text = data[anchor.start: anchor.end]
        holds = re.findall(rb"<(?:[\w.-]+:)?chart\s[^>]*?r:id=\"([^\"]+)\"", text)
        place = _PLACE.search(text)
        if _OURS.search(text) or (holds and place and (int(place[2]) + 1, int(place[1]) + 1) in places):
            cut = [m.decode() for m in holds] + cut
            data = data[: anchor.start] + data[anchor.end:]
    unrelate(archive, drawing, set(cut))
    free = [ties[tie] for tie in cut if tie in ties]
    for part in free:                    # Excel hangs a style and colours of its own on every chart that it saves
        for tied in relations(archive, part):
            if tied.kind in ("chartStyle", "chartColorStyle"):
                remove_part(archive, tied.target)
        archive.delete(relations_of(part))
    return data, free


def _anchor(chart: Chart, position: int, number: int, tie: str) -> str:
    return (
        f'<xdr:oneCellAnchor xmlns:xdr="{_SHEET_DRAWING}" xmlns:a="{_MAIN}"><xdr:from><xdr:col>{chart.column - 1}</xdr:col><xdr:colOff>0</xdr:colOff><xdr:row>{chart.row - 1}</xdr:row><xdr:rowOff>0</xdr:rowOff></xdr:from>'
        f'<xdr:ext cx="{chart.width * _EMU}" cy="{chart.height * _EMU}"/><xdr:graphicFrame macro=""><xdr:nvGraphicFramePr><xdr:cNvPr id="{number}" name="ims-xl chart {position}" descr="{xml.attribute(chart.title)}"/>'
        '<xdr:cNvGraphicFramePr/></xdr:nvGraphicFramePr><xdr:xfrm><a:off x="0" y="0"/><a:ext cx="0" cy="0"/></xdr:xfrm><a:graphic>'
        '<a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/chart"><c:chart xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" '
        f'xmlns:r="{RELATIONSHIPS}" r:id="{tie}"/></a:graphicData></a:graphic></xdr:graphicFrame><xdr:clientData/></xdr:oneCellAnchor>')
