"""The whole month runs with the network forbidden: nothing is fetched, nothing is sent."""

import json
import socket
from functools import partial

import pytest

from ims_xl import sample
from ims_xl.faces import cli
from tests.hardening.sound import IMS_CSV, REGISTER_CSV, SETOFF


@pytest.fixture
def no_network(monkeypatch):
    def refuse(*_, **__):
        raise AssertionError("a network connection was opened")

    for name in ("connect", "connect_ex", "sendto", "bind"):
        monkeypatch.setattr(socket.socket, name, refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


def test_the_demo_export_letters_and_rollover_need_no_network(no_network, monkeypatch, tmp_path):
    monkeypatch.setattr(sample, "write_sample", partial(sample.write_sample, documents=24))
    folder = tmp_path / "demo"
    assert cli.main(["demo", str(folder), "--quiet"]) == 0
    book = next(p for p in folder.glob("*.xlsx") if "register" not in p.name.lower() and "purchase" not in p.name.lower())
    assert cli.main(["export", str(book), "-o", str(tmp_path / "upload.json"), "--quiet"]) in (0, 2)
    assert cli.main(["letters", str(book), "-o", str(tmp_path / "letters"), "--quiet"]) == 0
    for side, text in (("ims.csv", IMS_CSV), ("register.csv", REGISTER_CSV), ("liability.json", json.dumps(SETOFF))):
        (tmp_path / side).write_text(text)
    assert cli.main(["match", str(tmp_path / "ims.csv"), str(tmp_path / "register.csv"), "-o", str(tmp_path / "matches.csv"), "--quiet"]) == 0
    assert cli.main(["setoff", str(tmp_path / "liability.json"), "-o", str(tmp_path / "setoff.json")]) == 0
    assert cli.main(["doctor"]) in (0, 2)
    assert cli.main(["sign", str(book), "--as", "preparer", "--name", "R. Iyer", "--quiet"]) == 0 and cli.main(["verify", str(book), "--quiet"]) == 0
    assert cli.main(["rollover", str(book), "-o", str(tmp_path / "next.xlsx"), "--quiet"]) == 0
