"""Draws `docs/img/ribbon.svg` out of the ribbon's own XML: `python docs/draw_ribbon.py`. Run it whenever the buttons change."""

from __future__ import annotations

import base64
from pathlib import Path
from xml.sax.saxutils import escape

from defusedxml.ElementTree import fromstring

from ims_xl.addin.icons import png
from ims_xl.addin.ribbon_xml import NAMESPACE, ribbon_xml

X = f"{{{NAMESPACE}}}"
HEIGHT, ROW, TOP = 128, 26, 14


def draw() -> str:
    """The ribbon as one line of groups, in two rows so that a page can hold it."""
    groups = list(fromstring(ribbon_xml().encode()).iter(f"{X}group"))
    rows, out, widest = [groups[:4], groups[4:]], [], 0
    for number, row in enumerate(rows):
        x, y = 8.0, 8.0 + number * (HEIGHT + 12)
        for group in row:
            body, width = _group(group, x, y)
            out.append(body)
            x += width + 6
        widest = max(widest, int(x))
    height = 16 + len(rows) * (HEIGHT + 12)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {widest} {height}" width="{widest}" height="{height}" font-family="Segoe UI, Calibri, sans-serif" font-size="11">'
        f'<title>The GST IMS tab of Excel\'s ribbon</title><rect width="100%" height="100%" fill="#F3F5F8"/>{"".join(out)}</svg>\n'
    )


def _group(group: object, x: float, y: float) -> tuple[str, float]:
    at, column, out = x + 8, 0, []
    small_width = 0.0
    for control in group:  # type: ignore[attr-defined]
        button = control if control.tag == f"{X}button" else control[0]
        label = button.get("label") + (" ▾" if control.tag != f"{X}button" else "")
        if (control.get("size") or "normal") == "large":
            if column:
                at, column, small_width = at + small_width, 0, 0.0
            width = max(54.0, len(label) * 6.2 + 10)
            out.append(_picture(button, at + width / 2 - 16, y + TOP, 32) + f'<text x="{at + width / 2}" y="{y + TOP + 52}" text-anchor="middle" fill="#1F2933">{escape(label)}</text>')
            at += width
        else:
            if column == 3:
                at, column, small_width = at + small_width, 0, 0.0
            out.append(_picture(button, at, y + TOP + column * ROW, 16) + f'<text x="{at + 21}" y="{y + TOP + column * ROW + 12}" fill="#1F2933">{escape(label)}</text>')
            small_width = max(small_width, len(label) * 6.2 + 30)
            column += 1
    width = at + small_width - x + 6
    frame = f'<rect x="{x}" y="{y}" width="{width}" height="{HEIGHT - 6}" rx="4" fill="#FFFFFF" stroke="#C9CED6"/>'
    name = f'<text x="{x + width / 2}" y="{y + HEIGHT - 16}" text-anchor="middle" fill="#595F69">{escape(group.get("label"))}</text>'  # type: ignore[attr-defined]
    return frame + "".join(out) + name, width


def _picture(button: object, x: float, y: float, size: int) -> str:
    data = base64.b64encode(png(button.get("image"))).decode()  # type: ignore[attr-defined]
    return f'<image x="{x}" y="{y}" width="{size}" height="{size}" href="data:image/png;base64,{data}"/>'


if __name__ == "__main__":
    target = Path(__file__).parent / "img" / "ribbon.svg"
    target.parent.mkdir(exist_ok=True)
    target.write_text(draw(), encoding="utf-8")
