"""`docProps/app.xml`: the list of sheet names that Explorer shows. Mended where it has the usual form, else left alone."""

from __future__ import annotations

import re

from ims_xl.hosts.package import xml
from ims_xl.hosts.package.archive import Archive
from ims_xl.hosts.package.relations import relations

_PAIRS = re.compile(rb"(<vt:lpstr>Worksheets</vt:lpstr></vt:variant><vt:variant><vt:i4>)(\d+)(</vt:i4>)")
_TITLES = re.compile(rb"(<TitlesOfParts><vt:vector\s+size=\")(\d+)(\"[^>]*>)(.*?)(</vt:vector></TitlesOfParts>)", re.S)


def add_titles(archive: Archive, before: int, names: list[str]) -> None:
    """Adds the names of new sheets behind the `before` worksheets that the list has."""
    part = next((r.target for r in relations(archive, "") if r.kind == "extended-properties"), "")
    if not names or part not in archive:
        return
    data = xml.as_utf8(archive.read(part))
    xml.check_form(data, part)
    pairs, titles = _PAIRS.search(data), _TITLES.search(data)
    if not pairs or not titles or int(pairs[2]) != before:
        return
    listed = re.findall(rb"<vt:lpstr>.*?</vt:lpstr>|<vt:lpstr/>", titles[4], re.S)
    if len(listed) != int(titles[2]) or len(listed) < before:
        return
    fresh = [f"<vt:lpstr>{xml.escape(n)}</vt:lpstr>".encode() for n in names]
    listed[before:before] = fresh
    changed = titles[1] + b"%d" % len(listed) + titles[3] + b"".join(listed) + titles[5]
    data = data[: titles.start()] + changed + data[titles.end():]
    pairs = _PAIRS.search(data)
    assert pairs
    archive.write(part, data[: pairs.start()] + pairs[1] + b"%d" % (before + len(names)) + pairs[3] + data[pairs.end():])
