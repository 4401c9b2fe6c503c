"""Spoiled and hostile files of every kind: each is read, or refused in one sentence; nothing else comes out and nothing is changed.

Some hundred and fifty of them here; `bench/fuzz.py` runs ten thousand of the same making.
"""

import hashlib
import random
import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from ims_xl.hosts.package.xml import as_utf8
from ims_xl.vocabulary import ImsXlError
from tests.hardening.hostile import hostile
from tests.hardening.nasty import Raw
from tests.hardening.sound import read, sound_files
from tests.hardening.spoil import spoiled
from tests.hardening.spoil_inside import packed, unpacked
from tests.portal_files import dumps

KINDS = ("book.xlsx", "client.toml", "errors.json", "gstr2b.json", "gstr2b.xlsx", "gstr2b.zip", "ims.json", "ims.zip", "match_ims.csv", "match_ims.parquet", "match_register.csv", "register.csv", "register.xlsx",
         "setoff.json", "table.2003.xls", "table.html.xls", "tally.xml", "tool.xlsm")
SPOILED = 3      # of each kind
COSTLY = ("megabytes", "bomb", "million", "hundred thousand", "blown", "encrypted", "a picture", "zeros")   # these wait for the longer run


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    return sound_files(tmp_path_factory.mktemp("sound"))


@pytest.mark.parametrize("kind", KINDS)
def test_a_spoiled_file_is_read_or_refused(kind, files, tmp_path):
    built = [(how, make(files[kind].read_bytes())) for name, how, make in hostile({kind: files[kind]}) if not any(word in how for word in COSTLY)][:: 6 if "xlsx" in kind or "xlsm" in kind else 3]
    dice = random.Random(f"the gate {kind}")
    cases = [*built, *(spoiled(dice, kind, files[kind].read_bytes())[::-1] for _ in range(SPOILED))]
    before = {name: hashlib.sha256(path.read_bytes()).digest() for name, path in files.items()}
    for number, (how, data) in enumerate(cases):
        path = tmp_path / str(number) / kind
        path.parent.mkdir()
        path.write_bytes(data)
        try:
            read(kind, path, files, answered=False)
        except ImsXlError as refused:
            assert 10 < len(str(refused)) < 1200 and "\n" not in str(refused), how
        assert path.read_bytes() == data, how
    assert before == {name: hashlib.sha256(path.read_bytes()).digest() for name, path in files.items()}


def test_what_spoils_a_json_text_gets_into_it():
    assert dumps({"a": Raw("NaN"), "b": [Raw('"\\ud800"')]}) == '{"a":NaN,"b":["\\ud800"]}'


def test_a_part_that_says_utf8_and_is_not_is_no_text(files, tmp_path):
    members = unpacked(files["register.xlsx"].read_bytes())
    name = next(n for n in members if n.startswith("xl/worksheets/"))
    members[name] = members[name].replace(b"</sheetData>", b'<row r="900"><c r="A900"><v>\xed\xa0\x80</v></c></row></sheetData>')
    with pytest.raises(ImsXlError, match="no text"):
        as_utf8(members[name])
    members["xl/workbook.xml"] = b"<?xml version='1.0' encoding='b'?>" + members["xl/workbook.xml"].partition(b"?>")[2]
    path = tmp_path / "register.xlsx"
    path.write_bytes(packed(list(members.items())))
    with pytest.raises(ImsXlError, match="damaged or locked"):
        read("register.xlsx", path, files, answered=False)


def test_a_footer_that_is_no_text_is_no_readable_parquet(files, tmp_path):
    path = tmp_path / "match_ims.parquet"
    path.write_bytes(files["match_ims.parquet"].read_bytes().replace(b"document_number", b"document\x80number"))
    with pytest.raises(ImsXlError, match="Parquet"):
        read("match_ims.parquet", path, files, answered=False)


def test_an_old_workbook_that_makes_its_reader_ask_for_all_memory_is_damaged(files, tmp_path):
    data = bytearray(files["register.xls"].read_bytes())
    at = data.find(b"\xfd\x00\x0a\x00")                    # a text cell: row, column, format, text
    data[at + 4: at + 8] = b"\xff\xff\xff\xff"
    path = tmp_path / "register.xls"
    path.write_bytes(data)
    with pytest.raises(ImsXlError, match="damaged"):
        read("register.xls", path, files, answered=False)


def test_the_pinned_requirements_are_those_of_the_project():
    root = Path(__file__).parents[2]
    text = (root / "requirements.txt").read_text()
    project = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    pinned = dict(line.split()[0].split("==") for line in text.splitlines() if line and not line.startswith(("#", " ")))
    wanted = [Requirement(one) for one in (*project["dependencies"], *(r for extra in ("excel", "batch", "speed") for r in project["optional-dependencies"][extra]))]
    assert [str(r) for r in wanted if not r.specifier.contains(pinned.get(r.name.lower(), "0"))] == []
    assert "://" not in text and all(platform in text for platform in ("sys_platform == 'win32'", "sys_platform == 'darwin'"))
    assert all("--hash=sha256:" in one for one in re.findall(r"(?m)^[a-z][^ ]*==.*(?:\n .*)*", text))
