"""What lies over the cells of a sheet: conditional formats, drop-downs, links, widths, panes, filters.

Ours are known by a mark (`N("ims-xl")` in the formula of a conditional format, the prompt title of a drop-down), found again by it and
written anew; those of the person stay, and stay in front.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from ims_xl.hosts.package import xml
from ims_xl.hosts.package.sheet_text import column_letters, column_number
from ims_xl.hosts.package.styles import Styles
from ims_xl.hosts.package.worksheet import Worksheet
from ims_xl.vocabulary import ImsXlError
from ims_xl.workbook.plan import OUR_MARK, OUR_PROMPT, ConditionalFormat, Validation

_MARK = re.compile(rb"N\((?:\"|&quot;|&#34;)ims-xl(?:\"|&quot;|&#34;)\)")
_PRIORITY = re.compile(rb"\spriority\s*=\s*[\"'](-?\d+)[\"']")


def marked(formula: str) -> str:
    """A conditional format's formula with our mark in it, without "="."""
    formula = formula.removeprefix("=")
    return formula if OUR_MARK in formula else f"({formula})+{OUR_MARK}"


def put_formats(sheet: Worksheet, formats: Sequence[ConditionalFormat], styles: Styles) -> None:
    """Our conditional formats of the last run go, these come, behind those of the person."""
    for piece in sheet.find("conditionalFormatting"):
        if not _MARK.search(piece.data):
            continue
        top = xml.root(piece.data)
        rules = xml.inside(piece.data, top)
        theirs = [r for r in rules if not _MARK.search(piece.data, r.start, r.end)]
        if not theirs:
            sheet.drop(piece)
            continue
        for rule in reversed(rules):
            if rule not in theirs:
                piece.data = piece.data[: rule.start] + piece.data[rule.end:]
    taken = [int(m[1]) for piece in (*sheet.find("conditionalFormatting"), *sheet.find("extLst")) for m in _PRIORITY.finditer(piece.data)]
    priority = max(taken, default=0)
    p = sheet.prefix
    for one in formats:
        priority += 1
        stop = ' stopIfTrue="1"' if one.stop_if_true else ""
        sheet.put("conditionalFormatting", (
            f'<{p}conditionalFormatting sqref="{one.area}"><{p}cfRule type="expression" dxfId="{styles.differential(one.style)}" priority="{priority}"{stop}>'
            f"<{p}formula>{xml.formula_text(marked(one.formula))}</{p}formula></{p}cfRule></{p}conditionalFormatting>").encode())


def put_validations(sheet: Worksheet, validations: Sequence[Validation]) -> None:
    """Our drop-downs of the last run go, these come; those of the person stay."""
    p = sheet.prefix
    known = sheet.first("dataValidations")
    theirs: list[bytes] = []
    tag = f"<{p}dataValidations>".encode()
    if known:
        top = xml.root(known.data)
        tag = known.data[: top.inner] if top.inner != top.end else tag
        theirs = [known.data[e.start: e.end] for e in xml.inside(known.data, top) if e.attributes.get("promptTitle") != OUR_PROMPT]
    items = [*theirs, *(_validation(p, v) for v in validations)]
    if not items:
        sheet.replace("dataValidations", b"")
        return
    tag = xml.with_attribute(tag, "count", str(len(items)))
    sheet.replace("dataValidations", tag + b"".join(items) + f"</{p}dataValidations>".encode())


def _validation(p: str, v: Validation) -> bytes:
    area = f' promptTitle="{OUR_PROMPT}" sqref="{v.area}"'
    prompt = f' showInputMessage="1" prompt="{xml.attribute(v.prompt[:255])}"' if v.prompt else ""
    error = f' showErrorMessage="1" errorTitle="{OUR_PROMPT}" error="{xml.attribute(v.error[:225])}"' if v.error else ' showErrorMessage="1"'
    if v.kind == "list":
        source = v.source.removeprefix("=")
        if not source:
            listed = ",".join(v.options)
            if len(listed) > 255 or any("," in o for o in v.options):
                raise ImsXlError(f"The drop-down on {v.area.split()[0]} offers more than Excel can hold in a cell rule (255 characters, no commas): {listed[:60]}...")
            source = '"' + listed.replace('"', '""') + '"'
        return f'<{p}dataValidation type="list" allowBlank="1"{prompt}{error}{area}><{p}formula1>{xml.formula_text(source)}</{p}formula1></{p}dataValidation>'.encode()
    kind = {"length": "textLength", "decimal": "decimal", "date": "date"}[v.kind]
    low, high = _bound(v.minimum), _bound(v.maximum)
    operator = "between" if low and high else "lessThanOrEqual" if high else "greaterThanOrEqual"
    one, two = (low or "0", high) if operator == "between" else (high or low or "0", "")
    second = f"<{p}formula2>{two}</{p}formula2>" if two else ""
    shown = "" if operator == "between" else f' operator="{operator}"'
    return f'<{p}dataValidation type="{kind}"{shown} allowBlank="1"{prompt}{error}{area}><{p}formula1>{one}</{p}formula1>{second}</{p}dataValidation>'.encode()


def _bound(value: float | date | None) -> str:
    if value is None:
        return ""
    if isinstance(value, date):
        return str(value.toordinal() - date(1899, 12, 30).toordinal())
    return str(int(value)) if float(value).is_integer() else repr(float(value))


def put_links(sheet: Worksheet, links: Iterable[tuple[str, str]], ours: set[str], outside: Mapping[str, str]) -> None:
    """Links on cells: (cell, target as in `Cell.link`). `ours` are all cells written now, `outside` address -> relationship id."""
    p = sheet.prefix
    prefix, declaration = sheet.relation_prefix
    known = sheet.first("hyperlinks")
    items = []
    if known:
        items = [known.data[e.start: e.end] for e in xml.inside(known.data, xml.root(known.data)) if e.attributes.get("ref", "") not in ours]
    for cell, target in links:
        if target.startswith("#"):
            items.append(f'<{p}hyperlink ref="{cell}" location="{xml.attribute(target[1:])}"/>'.encode())
        elif target in outside:
            items.append(f'<{p}hyperlink{declaration} ref="{cell}" {prefix}:id="{outside[target]}"/>'.encode())
    sheet.replace("hyperlinks", f"<{p}hyperlinks>".encode() + b"".join(items) + f"</{p}hyperlinks>".encode() if items else b"")


def put_widths(sheet: Worksheet, widths: Mapping[int, tuple[float | None, bool, int]], anew: set[int]) -> None:
    """Widths by column: (width, hidden, outline level). A column that has a width of its own keeps it, unless it is in `anew`."""
    p = sheet.prefix
    known = sheet.first("cols")
    spans: list[tuple[int, int, dict[str, str]]] = []
    if known:
        for element in xml.inside(known.data, xml.root(known.data)):
            a = element.attributes
            spans.append((int(a.get("min", "1")), int(a.get("max", "1")), {k: v for k, v in a.items() if k not in ("min", "max")}))
    before = list(spans)
    for column, (width, hidden, outline) in sorted(widths.items()):
        if width is None and not hidden and not outline:
            continue
        wanted = {"width": f"{width if width is not None else 9.14:g}", "customWidth": "1", **({"hidden": "1"} if hidden else {}), **({"outlineLevel": str(outline)} if outline else {})}
        here = next((s for s in spans if s[0] <= column <= s[1]), None)
        if here is None:
            spans.append((column, column, wanted))
        elif column in anew:
            spans.remove(here)
            kept = {k: v for k, v in here[2].items() if k == "style"}
            spans += [(low, high, here[2]) for low, high in ((here[0], column - 1), (column + 1, here[1])) if low <= high] + [(column, column, {**kept, **wanted})]
    if spans == before:
        return
    spans.sort(key=lambda s: s[0])
    listed = "".join(f'<{p}col min="{low}" max="{high}"' + "".join(f' {k}="{xml.attribute(v)}"' for k, v in a.items()) + "/>" for low, high, a in spans)
    sheet.replace("cols", f"<{p}cols>{listed}</{p}cols>".encode())


def frozen(p: str, freeze: tuple[int, int]) -> str:
    """The pane of a view whose first scrolling row and column are given."""
    row, column = freeze
    top_left = f"{column_letters(column)}{row}"
    split = (f' xSplit="{column - 1}"' if column > 1 else "") + (f' ySplit="{row - 1}"' if row > 1 else "")
    pane = "bottomRight" if row > 1 and column > 1 else "bottomLeft" if row > 1 else "topRight"
    return f'<{p}pane{split} topLeftCell="{top_left}" activePane="{pane}" state="frozen"/><{p}selection pane="{pane}"/>' if split else ""


def freeze_panes(sheet: Worksheet, freeze: tuple[int, int]) -> None:
    """Freezes panes where the person has none of their own."""
    p = sheet.prefix
    known = sheet.first("sheetViews")
    if known is None:
        sheet.put("sheetViews", f'<{p}sheetViews><{p}sheetView workbookViewId="0">{frozen(p, freeze)}</{p}sheetView></{p}sheetViews>'.encode())
        return
    if b"pane " in known.data or not (view := xml.descend(known.data, "sheetView")):
        return
    tag = known.data[view.start: view.inner]
    tag = tag[:-2].rstrip() + b">" if tag.endswith(b"/>") else tag
    inner = b"" if view.inner == view.end else b"".join(known.data[e.start: e.end] for e in xml.inside(known.data, view) if e.local != "selection")
    known.data = known.data[: view.start] + tag + frozen(p, freeze).encode() + inner + b"</" + view.name + b">" + known.data[view.end:]


def select(sheet: Worksheet, chosen: bool) -> None:
    """Marks the sheet's view as the chosen one, or as not chosen."""
    known = sheet.first("sheetViews")
    if known is None:
        if chosen:
            sheet.put("sheetViews", f'<{sheet.prefix}sheetViews><{sheet.prefix}sheetView tabSelected="1" workbookViewId="0"/></{sheet.prefix}sheetViews>'.encode())
        return
    for view in reversed(list(xml.every(known.data, "sheetView"))):
        tag = known.data[view.start: view.inner]
        tag = xml.with_attribute(tag, "tabSelected", "1") if chosen else xml.without_attribute(tag, "tabSelected")
        known.data = known.data[: view.start] + tag + known.data[view.inner:]


def extend_dimension(sheet: Worksheet, last_row: int, last_column: int) -> None:
    """The used area that the sheet declares, large enough for what was written."""
    known = sheet.first("dimension")
    first = "A1"
    if known:
        area = xml.root(known.data).attributes.get("ref", "A1")
        ends = re.fullmatch(r"([A-Z]+\d+)(?::([A-Z]+)(\d+))?", area)
        if ends:
            first = ends[1]
            corner = re.fullmatch(r"([A-Z]+)(\d+)", first)
            assert corner
            last_column = max(last_column, column_number(ends[2] or corner[1]))
            last_row = max(last_row, int(ends[3] or corner[2]))
    if last_row and last_column:
        sheet.replace("dimension", f'<{sheet.prefix}dimension ref="{first}:{column_letters(last_column)}{last_row}"/>'.encode())
