"""The COM server behind the worksheet functions, started by Windows at the first call: `python -m ims_xl.faces.functions_server`.

It is xlwings' own function server under a class of ours, registered for this user by `ims-xl addin install`.
"""

from __future__ import annotations

import sys


def main() -> int:
    """Serves until Excel lets go of it."""
    from ims_xl.addin.install import CLASS_ID

    if sys.platform != "win32":
        print("The worksheet functions' server runs on Windows only.", file=sys.stderr)
        return 2
    import xlwings

    import ims_xl.faces.functions
    import ims_xl.readers.ims_sheet  # noqa: F401 - both loaded now, so that the first cell does not wait

    xlwings.serve(CLASS_ID)
    return 0


if __name__ == "__main__":
    sys.exit(main())
