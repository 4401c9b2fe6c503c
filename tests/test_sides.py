"""Two sides of one task, side by side."""

import threading

import pytest

from ims_xl.sides import both


def test_each_side_gives_its_own_and_neither_waits_for_the_other() -> None:
    met = threading.Barrier(2, timeout=10)   # only two calls at once get past it
    assert both(lambda: (met.wait() >= 0, "portal"), lambda: (met.wait() >= 0, "books")) == ((True, "portal"), (True, "books"))


def test_the_first_sides_error_is_told_before_the_seconds() -> None:
    def fails(name: str) -> None:
        raise ValueError(name)

    with pytest.raises(ValueError, match="portal"):
        both(lambda: fails("portal"), lambda: fails("books"))
    with pytest.raises(ValueError, match="books"):
        both(lambda: "portal", lambda: fails("books"))
