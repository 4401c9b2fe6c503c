"""What a button may ask the person: files, a name, a yes; and what it tells her. `ExcelAsker` asks in Excel's own dialogs."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol

TITLE = "ims-xl"


class Asker(Protocol):
    def files(self, title: str, endings: tuple[str, ...], several: bool = True) -> list[Path]:
        """Files that exist; [] where she thinks better of it."""

    def save_as(self, title: str, suggested: Path) -> Path | None: ...

    def line(self, question: str, default: str = "") -> str | None:
        """One line of text; None where she thinks better of it."""

    def yes(self, question: str) -> bool: ...

    def tell(self, text: str) -> None: ...

    def refuse(self, text: str) -> None:
        """Why it could not be done."""


class ExcelAsker:
    """Dialogs of the Excel that the click came from."""

    def __init__(self, app: Any) -> None:
        self.app = app

    def files(self, title: str, endings: tuple[str, ...], several: bool = True) -> list[Path]:
        kinds = ";".join(f"*{ending}" for ending in endings)
        chosen = self.app.api.GetOpenFilename(f"Files ({kinds}),{kinds}", 1, title, None, several)
        if chosen is False or chosen is None:
            return []
        return [Path(name) for name in (chosen if isinstance(chosen, (tuple, list)) else (chosen,))]

    def save_as(self, title: str, suggested: Path) -> Path | None:
        chosen = self.app.api.GetSaveAsFilename(str(suggested), f"File (*{suggested.suffix}),*{suggested.suffix}", 1, title)
        return Path(chosen) if isinstance(chosen, str) else None

    def line(self, question: str, default: str = "") -> str | None:
        answer = self.app.api.InputBox(question, TITLE, default, None, None, None, None, 2)     # Type 2: text
        return None if answer is False else str(answer)

    def yes(self, question: str) -> bool:
        return bool(self.app.alert(question, TITLE, buttons="yes_no") == "yes")

    def tell(self, text: str) -> None:
        self.app.alert(text, TITLE, buttons="ok", mode="info")

    def refuse(self, text: str) -> None:
        self.app.alert(text, TITLE, buttons="ok", mode="critical")


class ConsoleAsker:
    """Where no Excel can show a dialog: what must be told goes to the error stream, and every question is declined."""

    def files(self, title: str, endings: tuple[str, ...], several: bool = True) -> list[Path]:
        return []

    def save_as(self, title: str, suggested: Path) -> Path | None:
        return None

    def line(self, question: str, default: str = "") -> str | None:
        return None

    def yes(self, question: str) -> bool:
        return False

    def tell(self, text: str) -> None:
        import sys

        print(text, file=sys.stderr)

    refuse = tell
