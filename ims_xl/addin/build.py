"""The add-in file, built on the user's machine: VBA sources, the ribbon and its pictures into `ims-xl.xlam`.

`build(folder, wrapper, help)` writes it; no path, no binary and no macro beyond ours goes in. pyOpenVBA writes the VBA project
into a workbook that Excel itself once saved.
"""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Final

from ims_xl.addin.icons import png
from ims_xl.addin.ribbon_xml import icon_names, ribbon_xml
from ims_xl.addin.tables import tables_module
from ims_xl.hosts.safe_files import make_folder, write_bytes
from ims_xl.vocabulary import ImsXlError

FILE: Final = "ims-xl.xlam"
SOURCES: Final = ("ImsRibbon", "ImsStart", "ImsServer", "ImsFunctions")
_EXTENSIBILITY: Final = "http://schemas.microsoft.com/office/2007/relationships/ui/extensibility"
_IMAGE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/image"
_STAMP: Final = (2026, 1, 1, 0, 0, 0)
Help = Mapping[str, tuple[str, str, tuple[str, ...]]]


def build(folder: Path, wrapper: str, help_texts: Help, name: str = FILE) -> Path:
    """Writes the add-in into the folder; the file's path."""
    make_folder(folder)
    target = folder / name
    write_bytes(target, with_ribbon(_with_vba(modules(wrapper, help_texts), target.suffix)))
    return target


def modules(wrapper: str, help_texts: Help) -> dict[str, str]:
    """Every VBA module by name; `ThisWorkbook` too."""
    made = {name: source(f"{name}.bas") for name in SOURCES}
    return {**made, "ImsTables": tables_module(help_texts), "ImsPython": wrapper, "ThisWorkbook": source("ThisWorkbook.cls")}


def source(file: str) -> str:
    """One VBA source as Excel wants it, lines ended by CR LF."""
    text = (resources.files("ims_xl.addin") / "vba" / file).read_text(encoding="ascii")
    return "\r\n".join(text.splitlines()) + "\r\n"


def _with_vba(sources: Mapping[str, str], suffix: str) -> bytes:
    try:
        from pyopenvba import ExcelFile
    except ImportError:
        raise ImsXlError("Building the add-in needs pyOpenVBA; install it with: pip install \"ims-xl[excel]\".") from None
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"addin{suffix}"
        with ExcelFile.create_new(path) as book:
            project = book.vba_project()
            project.delete_module("Module1")
            for name, text in sources.items():
                if name == "ThisWorkbook":
                    project.get_module(name).body = text
                else:
                    project.add_module(name, text)
            book.save()
        return path.read_bytes()


def with_ribbon(package: bytes) -> bytes:
    """The same package with customUI14.xml, its pictures and the relationship that makes Excel read them."""
    import io

    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for item in old.infolist():
            data = old.read(item)
            if item.filename == "_rels/.rels":
                data = data.replace(b"</Relationships>", f'<Relationship Id="rIdImsXl" Type="{_EXTENSIBILITY}" Target="customUI/customUI14.xml"/></Relationships>'.encode())
            elif item.filename == "[Content_Types].xml" and b'Extension="png"' not in data:
                data = data.replace(b"<Override", b'<Default Extension="png" ContentType="image/png"/><Override', 1)
            new.writestr(_entry(item.filename), data)
        new.writestr(_entry("customUI/customUI14.xml"), ribbon_xml().encode())
        pictures = "".join(f'<Relationship Id="{name}" Type="{_IMAGE}" Target="images/{name}.png"/>' for name in icon_names())
        new.writestr(
            _entry("customUI/_rels/customUI14.xml.rels"),
            f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{pictures}</Relationships>',
        )
        for name in icon_names():
            new.writestr(_entry(f"customUI/images/{name}.png"), png(name))
    return out.getvalue()


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _STAMP)
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry
