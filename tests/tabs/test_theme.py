"""Every style can be read by everybody: contrast, and no meaning by colour alone."""

from __future__ import annotations

import pytest

from ims_xl.workbook.theme import DIFFERENTIALS, MARKS, PALETTES, STYLES, dxf, style, tone


def contrast(one: str, other: str) -> float:
    """WCAG 2 contrast of two hex colours."""

    def luminance(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (0, 2, 4)]
        red, green, blue = (p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("palette", PALETTES)
def test_every_text_can_be_read_on_its_fill(palette: str) -> None:
    for name in STYLES:
        look = style(name, palette)
        assert contrast(look.colour, look.fill or "FFFFFF") >= 4.5, name
    for name in DIFFERENTIALS:
        over = dxf(name, palette)
        if over.colour:
            assert contrast(over.colour, over.fill or "FFFFFF") >= 4.5, name


def test_the_colours_of_the_actions_are_the_checked_ones() -> None:
    assert (tone("accept").fill, tone("accept").text) == ("CFE8F7", "0B3C5D")
    assert (tone("pending").fill, tone("pending").text) == ("FFF2B3", "5C4700")
    assert (tone("reject").fill, tone("reject").text) == ("F9D5C2", "7A2600")
    assert (tone("noaction").fill, tone("noaction").text) == ("E3E3E3", "333333")
    assert (tone("error").fill, tone("error").text) == ("4A2545", "FFFFFF")


@pytest.mark.parametrize("palette", PALETTES)
def test_no_meaning_rests_on_colour_alone(palette: str) -> None:
    for name in ("accept", "pending", "reject", "noaction", "error"):
        assert MARKS[name] in dxf(name, palette).number_format
    for name in ("differs", "gone", "changed"):
        over = dxf(name, palette)
        assert over.bold or over.italic or over.strike


def test_both_palettes_know_the_same_names() -> None:
    for name in STYLES:
        style(name, "Classic")
    with pytest.raises(KeyError):
        style("no such style")


def test_amounts_dates_and_text_keep_their_formats() -> None:
    assert style("rupees").number_format == style("input_rupees").number_format == "#,##0.00"
    assert style("date").number_format == style("input_date").number_format == "dd-mm-yyyy"
    assert style("text").number_format == style("input").number_format == "@"
    assert style("input").locked is False and style("text").locked is True
    assert dxf("lakh").number_format == r"##\,##\,##0.00" and dxf("crore").number_format == r"##\,##\,##\,##0.00"
