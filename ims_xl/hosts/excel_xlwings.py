"""xlwings, loaded quickly and tamed: `excel_side()` is the module."""

from __future__ import annotations

import atexit
import importlib
import sys
from typing import Any, Final

_UNASKED: Final = ("polars", "pandas", "matplotlib", "PIL", "numpy")
"""What xlwings loads where it finds it, for conversions that we never ask for: we read and write plain values."""


def excel_side() -> Any:
    """The module `xlwings`, without the libraries that it would load along, so that a click starts at once.

    It would also retry a busy Excel for ever, and end window-less Excels as our process ends; neither is ours to do.
    """
    if "xlwings" not in sys.modules:
        without: dict[str, Any] = dict.fromkeys(name for name in _UNASKED if name not in sys.modules)
        sys.modules.update(without)          # None makes an import fail at once
        try:
            importlib.import_module("xlwings")
        finally:
            for name in without:
                del sys.modules[name]
    xw = sys.modules["xlwings"]
    windows = getattr(xw, "_xlwindows", None)
    if windows is not None and hasattr(windows, "cleanup"):
        windows.N_COM_ATTEMPTS = 20_000
        atexit.unregister(windows.cleanup)
    return xw
