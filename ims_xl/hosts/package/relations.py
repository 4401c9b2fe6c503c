"""What ties the parts together: content types and relationships, in the ordinary ("transitional") and the Strict dialect."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence
from dataclasses import dataclass

from ims_xl.hosts.package import xml
from ims_xl.hosts.package.archive import Archive, part_key

CONTENT_TYPES = "[Content_Types].xml"
_ORDINARY = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_STRICT = "http://purl.oclc.org/ooxml/officeDocument/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TO_STRICT = (
    (b"http://schemas.openxmlformats.org/spreadsheetml/2006/main", b"http://purl.oclc.org/ooxml/spreadsheetml/main"),
    (b"http://schemas.openxmlformats.org/officeDocument/2006/relationships", b"http://purl.oclc.org/ooxml/officeDocument/relationships"),
    (b"http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing", b"http://purl.oclc.org/ooxml/drawingml/spreadsheetDrawing"),
    (b"http://schemas.openxmlformats.org/drawingml/2006/chart", b"http://purl.oclc.org/ooxml/drawingml/chart"),
    (b"http://schemas.openxmlformats.org/drawingml/2006/main", b"http://purl.oclc.org/ooxml/drawingml/main"),
)


@dataclass(frozen=True, slots=True)
class Relation:
    """One relationship of a part; `target` is a part name, or an address where `external`."""

    id: str
    kind: str                     # the last word of its type: "worksheet", "table", "hyperlink"
    target: str
    external: bool = False


def in_dialect(data: bytes, strict: bool) -> bytes:
    """A part of ours in the namespaces of the book it goes to."""
    if strict:
        for ordinary, other in _TO_STRICT:
            data = data.replace(ordinary, other)
    return data


def relations_of(part: str) -> str:
    """The name of the part that holds the relationships of `part` ("" is the package)."""
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{name}.rels")


def relations(archive: Archive, part: str) -> list[Relation]:
    """The relationships of a part, in order."""
    holder = relations_of(part)
    if holder not in archive:
        return []
    data = xml.as_utf8(archive.read(holder))
    xml.check_form(data, holder)
    found = []
    for element in xml.every(data, "Relationship"):
        a = element.attributes
        external = a.get("TargetMode", "") == "External"
        target = a.get("Target", "")
        found.append(Relation(a.get("Id", ""), a.get("Type", "").rsplit("/", 1)[-1], target if external else resolve(part, target), external))
    return found


def resolve(part: str, target: str) -> str:
    """The part name a relationship's target means."""
    target = target.replace("\\", "/")
    if target.startswith("/"):
        return target.lstrip("/")
    return posixpath.normpath(posixpath.join(posixpath.dirname(part), target.split("#")[0]))


def relate(archive: Archive, part: str, kind: str, target: str, *, strict: bool = False, external: bool = False) -> str:
    """Ties `target` to `part` and gives the new relationship's id."""
    return relate_many(archive, part, kind, [target], strict=strict, external=external)[0]


def relate_many(archive: Archive, part: str, kind: str, targets: Sequence[str], *, strict: bool = False, external: bool = False) -> list[str]:
    """Ties every target to `part` and gives the ids; an outside target that is tied already keeps its id."""
    if not targets:
        return []
    holder = relations_of(part)
    if holder in archive:
        data = xml.as_utf8(archive.read(holder))
    else:
        data = f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<Relationships xmlns="{_PACKAGE}/relationships"></Relationships>'.encode()
        add_default(archive, "rels", "application/vnd.openxmlformats-package.relationships+xml")
    top = xml.root(data)
    known = [e.attributes for e in xml.inside(data, top)]
    taken = {a.get("Id", "") for a in known}
    tied = {a.get("Target", ""): a.get("Id", "") for a in known if external and a.get("TargetMode") == "External" and a.get("Type", "").endswith(f"/{kind}")}
    ids, children, number = [], [], len(taken) + 1
    for target in targets:
        if target in tied:
            ids.append(tied[target])
            continue
        while f"rId{number}" in taken:
            number += 1
        taken.add(f"rId{number}")
        where = target if external else posixpath.relpath(target, posixpath.dirname(part) or ".")
        mode = ' TargetMode="External"' if external else ""
        children.append(f'<{top.prefix.decode()}Relationship Id="rId{number}" Type="{_STRICT if strict else _ORDINARY}/{kind}" Target="{xml.attribute(where)}"{mode}/>')
        ids.append(f"rId{number}")
    if children:
        archive.write(holder, xml.append_child(data, top, "".join(children).encode("utf-8", "replace")))
    return ids


def unrelate(archive: Archive, part: str, drop: set[str]) -> None:
    """Cuts the relationships with those ids; the list itself goes where nothing is left in it."""
    holder = relations_of(part)
    if holder not in archive or not drop:
        return
    data = xml.as_utf8(archive.read(holder))
    elements = xml.inside(data, xml.root(data))
    for element in reversed(elements):
        if element.attributes.get("Id") in drop:
            data = data[: element.start] + data[element.end:]
    archive.write(holder, data)


def content_types(archive: Archive) -> dict[str, str]:
    """The content type of every part that has an entry of its own, by part key."""
    data = xml.as_utf8(archive.read(CONTENT_TYPES))
    return {part_key(e.attributes.get("PartName", "")): e.attributes.get("ContentType", "") for e in xml.every(data, "Override")}


def add_type(archive: Archive, part: str, content_type: str) -> None:
    """Says what a new part is."""
    data = xml.as_utf8(archive.read(CONTENT_TYPES))
    top = xml.root(data)
    for element in xml.inside(data, top):
        if element.local == "Override" and part_key(element.attributes.get("PartName", "")) == part_key(part):
            return
    child = f'<{top.prefix.decode()}Override PartName="/{xml.attribute(part)}" ContentType="{content_type}"/>'
    archive.write(CONTENT_TYPES, xml.append_child(data, top, child.encode()))


def add_default(archive: Archive, extension: str, content_type: str) -> None:
    """Says what parts of that ending are, where the book does not say so yet."""
    data = xml.as_utf8(archive.read(CONTENT_TYPES))
    top = xml.root(data)
    elements = xml.inside(data, top)
    if any(e.local == "Default" and e.attributes.get("Extension", "").lower() == extension for e in elements):
        return
    child = f'<{top.prefix.decode()}Default Extension="{extension}" ContentType="{content_type}"/>'.encode()
    place = elements[0].start if elements else top.inner
    archive.write(CONTENT_TYPES, data[:place] + child + data[place:] if elements else xml.append_child(data, top, child))


def remove_part(archive: Archive, part: str) -> None:
    """Takes a part, its relationships and its content type out."""
    archive.delete(part)
    archive.delete(relations_of(part))
    data = xml.as_utf8(archive.read(CONTENT_TYPES))
    for element in xml.inside(data, xml.root(data)):
        if element.local == "Override" and part_key(element.attributes.get("PartName", "")) == part_key(part):
            archive.write(CONTENT_TYPES, data[: element.start] + data[element.end:])
            return


def free_part(archive: Archive, pattern: str) -> str:
    """The first unused name of a pattern such as "xl/tables/table{}.xml"."""
    number = 1
    while pattern.format(number) in archive:
        number += 1
    return pattern.format(number)
