"""How each style looks: a plan names a style ("reject"), the theme knows its font, fill, border and number format.

`style("input_rupees")` is what a cell wears; `dxf("reject")` is what a conditional format lays over whatever the cell wears
already, and leaves unset ("" or False) what it does not touch. Colours are six hex digits, "" = none. Every pair of text and
fill has a contrast of at least 4.5:1 and no pair of meanings rests on red against green in the Standard palette; each
meaning also has a word (in the cell) and a mark (`MARKS`), so that a print in grey says the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, Literal, TypeAlias

Line: TypeAlias = Literal["", "hair", "thin", "medium", "double"]

FONT: Final = "Calibri"
RUPEES: Final = "#,##0.00"
DATE: Final = "dd-mm-yyyy"
COUNT: Final = "#,##0"
PERCENT: Final = "0.0%"
TEXT: Final = "@"
LAKH: Final = r"##\,##\,##0.00"
CRORE: Final = r"##\,##\,##\,##0.00"
"""Indian grouping cannot be one number format: the popular `[>=10000000]..` form loses the minus of negatives outside Excel.
So the cell keeps `RUPEES` and two conditional formats (ABS >= 1e7 -> "crore", then ABS >= 1e5 -> "lakh", stop if true) regroup it."""

NAVY: Final = "1F3A5F"
INK: Final = "1F2933"
GREY: Final = "595F69"
RULE: Final = "C9CED6"
PAPER: Final = "FFFFFF"

PALETTES: Final = ("Standard", "Classic")

MARKS: Final[Mapping[str, str]] = {"accept": "A", "reject": "R", "pending": "P", "noaction": "-", "error": "!", "differs": "≠"}
"""The letter that stands for a meaning wherever colour alone would speak."""

TAB_COLOURS: Final[Mapping[str, str]] = {
    "navy": NAVY, "grey": "7A828E", "blue": "2E75B6", "green": "3F7D45", "teal": "0F766E", "amber": "C58B00", "purple": "6B3FA0", "red-brown": "9C3D1F",
}


@dataclass(frozen=True, slots=True)
class Style:
    """The whole look of a cell. Border lines are "" (none), "hair", "thin", "medium" or "double"."""

    font: str = FONT
    size: float = 10
    bold: bool = False
    italic: bool = False
    underline: bool = False
    colour: str = INK
    fill: str = ""
    left: Line = ""
    right: Line = ""
    top: Line = ""
    bottom: Line = ""
    border_colour: str = RULE
    number_format: str = "General"
    horizontal: Literal["", "left", "center", "right"] = ""
    vertical: Literal["", "top", "center", "bottom"] = "center"
    wrap: bool = False
    indent: int = 0
    locked: bool = True


@dataclass(frozen=True, slots=True)
class Differential:
    """What a conditional format changes; "" and False leave the cell as it is."""

    colour: str = ""
    fill: str = ""
    bold: bool = False
    italic: bool = False
    strike: bool = False
    bottom: Line = ""
    border_colour: str = ""
    number_format: str = ""


@dataclass(frozen=True, slots=True)
class Tone:
    """A fill and the text upon it."""

    fill: str
    text: str


_STANDARD: Final[Mapping[str, Tone]] = {
    "accept": Tone("CFE8F7", "0B3C5D"),
    "pending": Tone("FFF2B3", "5C4700"),
    "reject": Tone("F9D5C2", "7A2600"),
    "noaction": Tone("E3E3E3", "333333"),
    "error": Tone("4A2545", "FFFFFF"),
    "good": Tone("CFE8F7", "0B3C5D"),
    "warn": Tone("FFF2B3", "5C4700"),
    "bad": Tone("F9D5C2", "7A2600"),
    "portal": Tone("E2F0D9", "1E4620"),
    "books": Tone("DCE9F7", "1F3864"),
    "difference": Tone("FBE0E8", "6B1F3A"),
    "ours": Tone("CDEAE5", "0B4F4A"),
    "input": Tone("FFFBE6", "3B3000"),
    "band": Tone("EDF1F6", NAVY),
    "total": Tone("F3F5F8", INK),
}
_CLASSIC: Final[Mapping[str, Tone]] = {
    **_STANDARD,
    "accept": Tone("C6EFCE", "00500A"),
    "pending": Tone("FFEB9C", "6B4200"),
    "reject": Tone("FFC7CE", "9C0006"),
    "good": Tone("C6EFCE", "00500A"),
    "warn": Tone("FFEB9C", "6B4200"),
    "bad": Tone("FFC7CE", "9C0006"),
}
_CHART_STANDARD: Final[Mapping[str, str]] = {
    "accept": "3A86B7", "reject": "C4622D", "pending": "D9A900", "noaction": "9AA0A8", "notinims": "6B3FA0", "main": NAVY, "second": "0F766E",
}
_CHART_CLASSIC: Final[Mapping[str, str]] = {**_CHART_STANDARD, "accept": "3F9B4F", "reject": "C62828", "pending": "E0A100"}


def tone(name: str, palette: str = "Standard") -> Tone:
    """Fill and text colour of a meaning ("accept", "portal", "input"...)."""
    return (_CLASSIC if palette == "Classic" else _STANDARD)[name]


def chart_colour(name: str, palette: str = "Standard") -> str:
    """A colour strong enough for a bar or a line: accept, reject, pending, noaction, notinims, main, second."""
    return (_CHART_CLASSIC if palette == "Classic" else _CHART_STANDARD)[name]


def style(name: str, palette: str = "Standard") -> Style:
    """The look of that name; KeyError names an unknown one."""
    return _BY_PALETTE["Classic" if palette == "Classic" else "Standard"][name]


def dxf(name: str, palette: str = "Standard") -> Differential:
    """What a conditional format of that name lays over a cell; KeyError names an unknown one."""
    return _DXF_BY_PALETTE["Classic" if palette == "Classic" else "Standard"][name]


def _boxed(base: Style, line: Line = "thin") -> Style:
    return replace(base, left=line, right=line, top=line, bottom=line)


def _styles(palette: str) -> dict[str, Style]:
    def filled(name: str, base: Style) -> Style:
        return replace(base, fill=tone(name, palette).fill, colour=tone(name, palette).text)

    line = Style(bottom="hair")
    # The gap between an amount and the words right of it stands before the words: LibreOffice, which prints the working paper, loses
    # the indent of a right-aligned cell whose neighbour differs from it in a rule or a number format only.
    worded = replace(line, number_format=TEXT, horizontal="left", indent=1)
    head = _boxed(Style(bold=True, wrap=True, horizontal="left", indent=1, border_colour="AAB2BD"))
    entry = _boxed(filled("input", Style(locked=False)))
    total = filled("total", Style(bold=True, top="thin", bottom="double", border_colour="7A828E"))
    tile = filled("band", Style())
    chip = Style(bold=True, horizontal="center", number_format=TEXT)
    rupees = replace(line, number_format=RUPEES, horizontal="right")
    written = replace(entry, number_format=TEXT, horizontal="left", indent=1)
    heading = {
        "heading": replace(head, fill=NAVY, colour=PAPER, border_colour="5B7190"),
        **{f"heading_{name}": filled(name, head) for name in ("portal", "books", "difference", "ours", "input")},
    }
    return {
        "blank": Style(),
        "title": Style(size=18, bold=True, colour=NAVY, number_format=TEXT),
        "subtitle": Style(size=10, colour=GREY, number_format=TEXT),
        **heading,
        **{f"{name}_right": replace(look, horizontal="right", indent=0) for name, look in heading.items()},
        "band": filled("band", Style(size=11, bold=True, bottom="thin", border_colour=NAVY)),
        "band_right": filled("band", Style(size=9, bold=True, bottom="thin", border_colour=NAVY, horizontal="right")),
        "text": worded,
        "text_bold": replace(worded, bold=True),
        "text_wrap": replace(worded, wrap=True),
        "figure": replace(worded, horizontal="right", indent=0),
        "text_centre": replace(worded, horizontal="center", indent=0),
        "rupees": rupees,
        "rupees_bold": replace(rupees, bold=True),
        "rupees_total": replace(total, number_format=RUPEES, horizontal="right"),
        "date": replace(line, number_format=DATE, horizontal="center"),
        "count": replace(line, number_format=COUNT, horizontal="right"),
        "count_total": replace(total, number_format=COUNT, horizontal="right"),
        "percent": replace(line, number_format=PERCENT, horizontal="right"),
        "input": written,
        "input_wrap": replace(written, wrap=True),
        "input_rupees": replace(entry, number_format=RUPEES, horizontal="right"),
        "input_date": replace(entry, number_format=DATE, horizontal="center"),
        "input_count": replace(entry, number_format=COUNT, horizontal="right"),
        "note": Style(size=9, italic=True, colour=GREY, wrap=True, vertical="top"),
        "note_line": Style(size=9, italic=True, colour=GREY),
        "total": total,
        "label": Style(),
        "label_bold": Style(bold=True),
        "label_indent": Style(indent=1),
        "label_indent2": Style(indent=2),
        "value": Style(bold=True, horizontal="left"),
        "value_date": Style(bold=True, horizontal="left", number_format=DATE),
        "tile_label": replace(tile, size=9, bold=True, colour=GREY, horizontal="center"),
        "tile_value": replace(tile, size=20, bold=True, colour=NAVY, number_format=COUNT, horizontal="center"),
        "tile_amount": replace(tile, size=16, bold=True, colour=NAVY, number_format=RUPEES, horizontal="center"),
        "tile_rupees": replace(tile, size=10, number_format=RUPEES, horizontal="center", colour=INK),
        "tile_link": replace(tile, size=9, underline=True, colour="1155A8", horizontal="center"),
        "link": replace(worded, number_format="General", underline=True, colour="1155A8"),
        "link_plain": Style(underline=True, colour="1155A8"),
        "link_count": replace(line, number_format=COUNT, horizontal="right", underline=True, colour="1155A8"),
        "link_total": replace(total, number_format=COUNT, horizontal="right", underline=True, colour="1155A8"),
        "link_bold": replace(total, underline=True, colour="1155A8"),
        **{name: filled(name, chip) for name in ("good", "warn", "bad", "accept", "reject", "pending", "noaction", "error")},
        "differs": filled("difference", Style(bold=True, number_format=TEXT, bottom="medium", border_colour=tone("difference", palette).text)),
        "gone": Style(italic=True, colour=GREY, fill="F3F3F3", number_format=TEXT),
        "swatch_portal": filled("portal", chip),
        "swatch_books": filled("books", chip),
        "swatch_ours": filled("ours", chip),
        "swatch_input": filled("input", _boxed(chip)),
    }


def _differentials(palette: str) -> dict[str, Differential]:
    def over(name: str, bold: bool = False, italic: bool = False) -> Differential:
        look = tone(name, palette)
        mark = MARKS.get(name, "")
        return Differential(colour=look.text, fill=look.fill, bold=bold, italic=italic, number_format=f'"{mark}  "@' if mark else "")

    difference = tone("difference", palette)
    return {
        "accept": over("accept"),
        "pending": over("pending"),
        "reject": over("reject", bold=True),
        "noaction": over("noaction", italic=True),
        "error": over("error", bold=True),
        "good": over("good"),
        "warn": over("warn"),
        "bad": over("bad", bold=True),
        # a line below and bold beside the tint, and no number format: amounts keep their lakh and crore grouping
        "differs": Differential(colour=difference.text, fill=difference.fill, bold=True, bottom="thin", border_colour=difference.text),
        # in a person's own cells nothing is bold: a figure that just fits its column would turn into ####
        "differs_hers": Differential(colour=difference.text, fill=difference.fill, bottom="thin", border_colour=difference.text),
        "gone": Differential(colour=GREY, italic=True, strike=True),
        "changed": Differential(colour=tone("warn", palette).text, fill=tone("warn", palette).fill, italic=True),
        "soft": Differential(colour=tone("noaction", palette).text, fill=tone("noaction", palette).fill, italic=True),
        "faded": Differential(colour="6F7782", italic=True),
        "lakh": Differential(number_format=LAKH),
        "crore": Differential(number_format=CRORE),
    }


_BY_PALETTE: Final = {palette: _styles(palette) for palette in PALETTES}
_DXF_BY_PALETTE: Final = {palette: _differentials(palette) for palette in PALETTES}
STYLES: Final[tuple[str, ...]] = tuple(_BY_PALETTE["Standard"])
DIFFERENTIALS: Final[tuple[str, ...]] = tuple(_DXF_BY_PALETTE["Standard"])
