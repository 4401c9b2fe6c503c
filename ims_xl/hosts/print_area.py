"""Which part of a sheet of ours goes on paper: from A1 to the last row and the last printed column; a person's own choice stays."""

from __future__ import annotations

import re

from ims_xl.hosts.package.sheet_text import column_letters
from ims_xl.workbook.plan import Page


def print_area(page: Page, last_row: int, chosen: str) -> str:
    """The area to set, such as `$A$1:$Q$217`; "" where everything is printed or where the area `chosen` so far is a person's."""
    ends = [column_letters(column) for column in page.columns]
    area = chosen.rpartition("!")[2]
    if not ends or (area and not re.fullmatch(rf"\$A\$1:\$({'|'.join(ends)})\$\d+", area)):
        return ""
    return f"$A$1:${ends[0]}${last_row}"
