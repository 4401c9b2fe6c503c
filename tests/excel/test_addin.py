"""The add-in file and its table of buttons: XML by the schema's rules, every tag with its action and the reverse, nothing foreign inside."""

from __future__ import annotations

import json
import re
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner
from defusedxml.ElementTree import fromstring
from oletools.olevba import VBA_Parser

from ims_xl.addin import install
from ims_xl.addin.build import build, modules
from ims_xl.addin.buttons import GROUPS, READS, all_buttons
from ims_xl.addin.icons import SHAPES, png
from ims_xl.addin.ribbon_xml import NAMESPACE, ribbon_xml
from ims_xl.addin.status import FUNCTIONS, status
from ims_xl.faces import ribbon
from ims_xl.faces.cli import main
from ims_xl.faces.commands_addin import addin
from ims_xl.faces.functions_wrapper import help_texts, wrapper_module
from ims_xl.vocabulary import ImsXlError

X = f"{{{NAMESPACE}}}"
MAY_HOLD = {
    "customUI": {"ribbon"}, "ribbon": {"tabs"}, "tabs": {"tab"}, "tab": {"group"}, "group": {"button", "splitButton"}, "splitButton": {"button", "menu"}, "menu": {"button"}, "button": set(),
}
ATTRIBUTES = {
    "customUI": {"onLoad"}, "ribbon": set(), "tabs": set(), "tab": {"id", "label", "keytip"}, "group": {"id", "label", "keytip"}, "splitButton": {"id", "size", "keytip"},
    "menu": {"id", "itemSize", "label"},
    "button": {"id", "tag", "label", "size", "image", "onAction", "getEnabled", "screentip", "supertip", "keytip"},
}


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("addin"), wrapper_module(), help_texts())


def test_the_ribbon_follows_the_schema() -> None:
    root = fromstring(ribbon_xml().encode())
    seen: set[str] = set()

    def check(element: object, parent: str) -> None:
        name = element.tag.removeprefix(X)  # type: ignore[attr-defined]
        assert not parent or name in MAY_HOLD[parent]
        assert set(element.attrib) <= ATTRIBUTES[name]  # type: ignore[attr-defined]
        for attribute, most in (("keytip", 3), ("label", 1024), ("supertip", 1024), ("screentip", 1024)):
            assert len(element.get(attribute, "")) <= most  # type: ignore[attr-defined]
        if "id" in element.attrib:  # type: ignore[attr-defined]
            assert element.attrib["id"] not in seen  # type: ignore[attr-defined]
            assert re.fullmatch(r"[A-Za-z_]\w*", element.attrib["id"])  # type: ignore[attr-defined]
            seen.add(element.attrib["id"])  # type: ignore[attr-defined]
        for child in element:  # type: ignore[attr-defined]
            check(child, name)

    check(root, "")
    for split in root.iter(f"{X}splitButton"):
        assert [child.tag.removeprefix(X) for child in split] == ["button", "menu"]
        assert "size" not in split[0].attrib
        assert all("size" not in item.attrib for item in split[1])


def test_key_tips_are_distinct() -> None:
    tips = [e.get("keytip") for e in fromstring(ribbon_xml().encode()).iter() if e.get("keytip")]
    assert len(tips) == len(set(tips))


def test_every_tag_has_its_action_and_every_action_its_button() -> None:
    tags = [button.tag for button in all_buttons()]
    assert len(tags) == len(set(tags))
    assert set(tags) == set(ribbon.ACTIONS)
    for tag in tags:
        assert callable(ribbon.function_of(tag))


def test_every_supertip_says_what_changes_and_how_to_undo() -> None:
    for button in all_buttons():
        lines = button.supertip.split("\n")
        assert len(lines) >= 3
        assert button.changes == READS or button.undo == "" or "Undo" in button.supertip or "kept" in button.supertip


def test_the_groups_are_those_of_the_product_and_none_is_crowded() -> None:
    assert [group.label for group in GROUPS] == ["Client", "Import", "Match", "Decide", "Review", "Returns", "Send", "File"]
    assert all(len(group.buttons) <= 6 for group in GROUPS)


def test_every_callback_of_the_ribbon_is_in_the_vba(file: Path) -> None:
    xml = zipfile.ZipFile(file).read("customUI/customUI14.xml").decode()
    whole = "\n".join(modules(wrapper_module(), help_texts()).values())
    for callback in set(re.findall(r'(?:onAction|onLoad|getEnabled)="(\w+)"', xml)):
        assert f"Public Sub {callback}(" in whole


def test_the_package_holds_the_ribbon_its_pictures_and_its_relationship(file: Path) -> None:
    package = zipfile.ZipFile(file)
    names = set(package.namelist())
    assert "xl/vbaProject.bin" in names
    assert b'Target="customUI/customUI14.xml"' in package.read("_rels/.rels")
    assert b'Extension="png"' in package.read("[Content_Types].xml")
    xml = package.read("customUI/customUI14.xml").decode()
    relations = package.read("customUI/_rels/customUI14.xml.rels").decode()
    for name in set(re.findall(r'image="(\w+)"', xml)):
        assert f'Id="{name}"' in relations
        assert f"customUI/images/{name}.png" in names


def test_pictures_are_pngs_and_differ() -> None:
    drawn = [png(name) for name in SHAPES]
    assert all(picture.startswith(b"\x89PNG\r\n\x1a\n") for picture in drawn)
    assert len(set(drawn)) == len(drawn)


def test_two_builds_are_the_same_file_and_hold_no_path(file: Path, tmp_path: Path) -> None:
    again = build(tmp_path, wrapper_module(), help_texts())
    one, other = zipfile.ZipFile(file), zipfile.ZipFile(again)
    for name in one.namelist():
        if name != "docProps/core.xml":
            assert one.read(name) == other.read(name) or name == "xl/vbaProject.bin"
    everything = b"".join(one.read(name) for name in one.namelist())
    code = "\n".join(modules(wrapper_module(), help_texts()).values())
    assert not re.search(rb"(/home/|/tmp/|/usr/|/opt/|[A-Z]:\\Users)", everything)
    assert not re.search(r"[A-Za-z]:\\\\?Users|/home/|/tmp/|\.dll", code, re.IGNORECASE)


EXPLAINED = {
    "Workbook_Open", "Workbook_BeforeClose", "ExpandEnvironmentStrings", "open", "write", "Shell", "WScript.Shell", "Run", "command", "call", "CreateObject", "Windows",
    "Chr", "ChrW", "register", "Hex Strings", "Base64 Strings",
}


def test_olevba_lists_nothing_that_is_not_explained(file: Path) -> None:
    parser = VBA_Parser(str(file))
    try:
        found = {keyword for kind, keyword, _ in parser.analyze_macros() if kind in ("AutoExec", "Suspicious", "IOC")}
        assert {name for _, _, name, _ in parser.extract_macros()} == {
            "ThisWorkbook.cls", "Sheet1.cls", "ImsRibbon.bas", "ImsStart.bas", "ImsServer.bas", "ImsFunctions.bas", "ImsTables.bas", "ImsPython.bas",
        }
    finally:
        parser.close()
    assert found <= EXPLAINED


def test_install_notes_the_python_and_status_names_each_broken_link(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    python = tmp_path / "venv" / "Scripts" / "python.exe"
    python.parent.mkdir(parents=True)
    python.touch()
    python.with_name("pythonw.exe").touch()
    monkeypatch.setattr(install, "_register", lambda _: None)
    monkeypatch.setattr(install, "registered", lambda: True)
    home = {"USERPROFILE": str(tmp_path / "Ravi \u0930\u0935\u093f"), "APPDATA": str(tmp_path / "Roaming")}
    at = install.places(home, "win32", str(python))
    assert status(at)["problems"] == ["The add-in is not installed; run 'ims-xl addin install'."]
    install.install(wrapper_module(), help_texts(), at)
    assert at.addin.parent.name == "XLSTART"
    assert [f.name for f in at.addin.parent.iterdir()] == ["ims-xl.xlam"]
    assert at.note.read_bytes().decode("utf-16").strip().endswith("pythonw.exe")
    assert status(at)["problems"] == []
    python.with_name("pythonw.exe").unlink()
    assert "is gone" in status(at)["problems"][0]
    at.addin.write_bytes(b"not a package")
    assert "damaged" in status(at)["problems"][0]
    assert len(install.remove(at)) == 2
    assert not at.addin.exists()


def test_python_from_the_microsoft_store_is_told_what_it_cannot_do(tmp_path: Path) -> None:
    at = install.places({"USERPROFILE": str(tmp_path)}, "win32", r"C:\Users\R\AppData\Local\Microsoft\WindowsApps\python.exe")
    told = install.install(wrapper_module(), help_texts(), at)
    assert "Browse" in told[-1]
    assert at.addin.parent == tmp_path / ".ims-xl"


def test_on_this_machine_install_says_clearly_what_it_can_do(tmp_path: Path) -> None:
    at = install.places({"HOME": str(tmp_path)}, "linux", "/usr/bin/python3")
    with pytest.raises(ImsXlError, match="Excel for Windows"):
        install.install("", {}, at)
    assert main(["addin", "install"]) == 2


def test_status_as_json_is_what_the_contract_says() -> None:
    said = json.loads(CliRunner().invoke(addin, ["status", "--json"]).output)
    assert set(said) == {"file", "installed", "python", "buttons", "functions", "problems"}
    assert said["installed"] is False
    assert {"id", "tag", "label"} == set(said["buttons"][0])
    assert {b["tag"] for b in said["buttons"]} == set(ribbon.ACTIONS)
    assert said["functions"] == list(FUNCTIONS)
    assert said["problems"]


def test_a_button_that_the_ribbon_does_not_have_is_refused() -> None:
    assert main(["ribbon", "no-such-button", "--book", "x.xlsx"]) == 2
