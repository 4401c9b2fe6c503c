"""Letters among Outlook's drafts: what the mail file says, saved and never sent."""

from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Any

import pytest

from ims_xl.letters.outlook import outlook, save_drafts
from ims_xl.vocabulary import ImsXlError


class Item:
    def __init__(self) -> None:
        self.files: list[tuple[str, bytes]] = []
        self.done: list[str] = []
        self.Attachments = self

    def Add(self, path: str) -> None:
        self.files.append((Path(path).name, Path(path).read_bytes()))

    def Save(self) -> None:
        self.done.append("saved")

    def Send(self) -> None:
        self.done.append("sent")


class Outlook:
    def __init__(self, item: Any = Item) -> None:
        self.items: list[Any] = []
        self.item = item

    def CreateItem(self, kind: int) -> Any:
        assert kind == 0
        self.items.append(self.item())
        return self.items[-1]


def letter(folder: Path) -> Path:
    mail = EmailMessage(policy=SMTP)
    mail["Subject"], mail["To"] = "Rejected on IMS: bill 451", "accounts@alpha.example, owner@alpha.example"
    mail.set_content("Bill 451 was rejected.")
    mail.add_alternative("<p>Bill <b>451</b> was rejected.</p>", subtype="html")
    mail.add_attachment(b"rows", maintype="application", subtype="octet-stream", filename="..\\..\\evil.exe")
    path = folder / "27AAPFU0939F1ZV_2026-10.eml"
    path.write_bytes(mail.as_bytes())
    return path


def test_a_draft_has_receivers_subject_body_and_rows_and_is_saved_not_sent(tmp_path: Path) -> None:
    application = Outlook()
    assert save_drafts(application, [letter(tmp_path)]) == 1
    item, = application.items
    assert (item.To, item.Subject) == ("accounts@alpha.example; owner@alpha.example", "Rejected on IMS: bill 451")
    assert "<b>451</b>" in item.HTMLBody and item.files == [("27AAPFU0939F1ZV_2026-10.xlsx", b"rows")] and item.done == ["saved"]


def test_an_outlook_that_refuses_is_one_sentence(tmp_path: Path) -> None:
    class Refusing(Item):
        def Save(self) -> None:
            raise OSError("profile is locked")

    with pytest.raises(ImsXlError, match=r"Outlook did not take 27AAPFU0939F1ZV_2026-10\.eml \(OSError\)"):
        save_drafts(Outlook(Refusing), [letter(tmp_path)])


def test_where_there_is_no_windows_there_is_no_outlook(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    assert outlook() is None
