"""One LibreOffice for the whole session, and xlwings talking to it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import xlwings as xw

pytest.register_assert_rewrite("tests.hosts.contract")

from tests.excel.lo_engine import Engine  # noqa: E402
from tests.excel.soffice import Soffice  # noqa: E402


@pytest.fixture(scope="session")
def soffice() -> Iterator[Soffice]:
    office = Soffice()
    yield office
    office.stop()


@pytest.fixture(scope="session")
def engine(soffice: Soffice) -> xw.Engine:
    """Registered under Excel's name, since that is what xlwings' own code asks for."""
    made = xw.Engine(impl=Engine(soffice, "excel"))
    xw.engines.add(made)
    made.activate()
    return made


def running(engine: xw.Engine) -> xw.App:
    """The application, started anew where LibreOffice fell over in an earlier test."""
    if not engine.impl.soffice.alive():
        engine.impl.soffice.stop()
        engine.impl.soffice.start()
        engine.impl.apps[0].books.open_books.clear()
    return xw.App(impl=engine.impl.apps[0])


@pytest.fixture
def app(engine: xw.Engine) -> Iterator[xw.App]:
    app = running(engine)
    native = app.impl.native
    native.is_ready, native.escape = True, False
    close_all(app)
    yield app
    close_all(app)
    app.calculation = "automatic"


def close_all(app: xw.App) -> None:
    """Nothing is left open of an earlier test."""
    for book in list(app.books):
        book.close()


@pytest.fixture(autouse=True)
def _own_state(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path_factory.mktemp("state")
    monkeypatch.setenv("IMS_XL_STATE", str(folder))
    return folder
