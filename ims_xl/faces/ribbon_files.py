"""The buttons that write files or bring files back: upload, letters, next period, snapshot, restore, sign-off, print set.

Steps that work on a file get a copy that Excel saves for them; the open workbook stays open and as it is, unless the step is about it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ims_xl.faces.ribbon_copies import closed, copied, keep, saved_path
from ims_xl.faces.ribbon_month import paint, read
from ims_xl.hosts import safe_files
from ims_xl.hosts.excel_session import quiet
from ims_xl.vocabulary import ImsXlError

if TYPE_CHECKING:
    from ims_xl.faces.ribbon import Click

PROFILE = "portal-offline"


def validate(click: Click) -> None:
    """Says what the portal would refuse; writes nothing."""
    made, _ = _upload(click, read(click), "upload.json")
    click.asker.tell("The portal can take this.\n\n" + "\n".join(made.lines()))


def upload_file(click: Click) -> None:
    """Writes the portal's JSON, and one line into the Log with its hash."""
    from ims_xl.faces.commands_portal import note_sent

    opened = read(click)
    suggested = click.host.path.with_name(f"{click.host.path.stem}_upload.json")
    made, rec = _upload(click, opened, suggested.name)
    if not made.files and not made.reset_files:
        click.asker.tell("\n".join(made.lines()))
        return
    path = click.asker.save_as("Save the upload file as", suggested)
    if path is None:
        return
    if path.name != suggested.name:
        made, rec = _upload(click, opened, path.name)
    files = [(path.parent / name, data) for name, data in (*made.files, *made.reset_files)]
    for written, data in files:
        safe_files.write_bytes(written, data)
    note_sent(opened, rec, f"{PROFILE}: " + "; ".join(made.lines()))
    click.asker.tell("\n".join([*made.lines(), "", f"Written into {path.parent}: {', '.join(written.name for written, _ in files)}"]))


def _upload(click: Click, opened: Any, name: str) -> tuple[Any, Any]:
    from ims_xl import book as books
    from ims_xl.writers.upload import build_upload

    rec = books.reconciled(opened, click.today, click.host.progress)
    state = opened.state
    made = build_upload(state.ims, state.work, PROFILE, state.settings, rec.decisions["allowed"], rec.decisions["reduce_needed"], name, opened.ims.rows.tolist())
    return made, rec


def read_errors(click: Click) -> None:
    """Puts the portal's error file on the rows."""
    chosen = click.asker.files("The portal's error file", (".json", ".zip"), several=False)
    if not chosen:
        return
    from dataclasses import replace

    from ims_xl.readers.portal_errors import put_errors

    opened = read(click)
    done = put_errors(opened.state, chosen[0])
    paint(click, replace(opened, state=done.state))
    click.asker.tell("\n".join(done.lines))


def letters(click: Click) -> None:
    """Writes the drafts into a folder beside the workbook."""
    from ims_xl import book as books
    from ims_xl.faces.commands_followup import new_mails
    from ims_xl.letters import write_letters
    from ims_xl.letters.outlook import outlook, save_drafts

    opened = read(click)
    folder = saved_path(click).parent / f"{click.host.path.stem}_letters"
    did = write_letters(books.reconciled(opened, click.today, click.host.progress), folder)
    lines = [f"{folder}: {len(did.added)} files added, {len(did.refreshed)} refreshed, {len(did.unchanged)} unchanged."]
    lines += [f"Kept as you edited it: {name}" for name in did.edited]
    mails = new_mails(folder, did)
    application = outlook() if mails else None
    if application is not None and click.asker.yes(f"{len(mails)} letters are new. Put them among Outlook's drafts too? Nothing is sent."):
        lines.append(f"{save_drafts(application, mails)} saved among Outlook's drafts.")
    click.asker.tell("\n".join(lines))


def roll_forward(click: Click) -> None:
    """The next period's workbook."""
    from ims_xl.closing import roll_over
    from ims_xl.faces.commands_month import need_workbook_name, refuse_existing
    from ims_xl.followup.rollover import next_period

    settings = read(click).state.settings
    suggested = saved_path(click).with_name(f"{settings.gstin}_{next_period(settings)}.xlsx")
    path = click.asker.save_as("Save the next period's workbook as", suggested)
    if path is None:
        return
    need_workbook_name(path)
    refuse_existing(path, [click.host.path], force=False)
    with copied(click) as copy:
        rolled = roll_over(copy, path, click.today, click.host.progress)
    if click.asker.yes(f"{path.name}: {rolled.period}, {rolled.documents} documents and {rolled.vouchers} register lines carried forward. Open it now?"):
        click.host.app.books.open(str(path))


def snapshot(click: Click) -> None:
    """Saves and keeps a copy."""
    path = saved_path(click)
    click.host.save()
    kept = keep(click)
    click.asker.tell(f"Kept as {kept.name if kept else path.name} in {safe_files.FOLDER}, beside the workbook; Restore brings it back.")


def restore(click: Click) -> None:
    """Brings back an earlier version into Excel."""
    path = saved_path(click)
    known = safe_files.list_snapshots(path)
    if not known:
        raise ImsXlError(f"{path.name}: no earlier versions are kept yet.")
    listed = "\n".join(f"{s.number}: {s.taken_at.astimezone():%d-%m-%Y %H:%M:%S}" for s in known)
    answer = click.asker.line(f"Which version? What stands here now is kept too.\n\n{listed}", "1")
    if not answer:
        return
    if not answer.strip().isdigit() or not 1 <= int(answer) <= len(known):
        raise ImsXlError(f"There is no version '{answer}'; choose 1 (the latest) to {len(known)}.")
    chosen = known[int(answer) - 1]
    content = chosen.path.read_bytes()
    keep(click)
    with closed(click):
        safe_files.write_bytes(path, content)
    click.asker.tell(f"The version of {chosen.taken_at.astimezone():%d-%m-%Y %H:%M:%S} is back; what stood here is version 1 now.")


def sign_off(click: Click) -> None:
    """Signs the saved workbook."""
    from ims_xl.closing import record_closed
    from ims_xl.signing import sign

    path = saved_path(click)
    role = "preparer" if click.asker.yes("Sign as preparer?\n\nYes: preparer.\nNo: reviewer; the workbook is closed for changes then.") else "reviewer"
    name = click.asker.line("Your name")
    if not name:
        return
    if role == "preparer":
        click.host.save()
        keep(click)
    elif click.host.native.unsaved(click.host.book) and not click.asker.yes(
        "The workbook has changes that are not saved; with them it would not be what the preparer signed.\n\nYes: sign the saved version and drop them.\nNo: sign nothing."
    ):
        return
    with closed(click):
        sign(path, role, name)
        if role == "reviewer":
            record_closed(path)
    click.asker.tell(f"{path.name} is signed by {name} as {role}." + (" The month is closed." if role == "reviewer" else ""))


def print_set(click: Click) -> None:
    """The working paper as PDF, printed by Excel itself from a copy."""
    from ims_xl.printing import PAPER

    app, native = click.host.app, click.host.native
    path = click.asker.save_as("Save the working paper as", saved_path(click).with_suffix(".pdf"))
    if path is None:
        return
    if path.suffix.lower() != ".pdf":
        raise ImsXlError(f"{path.name} must end in .pdf.")
    named = {sheet.name for sheet in click.host.book.sheets}
    wanted = [next((n for n in (f"{name} (IMS)", name) if n in named), "") for name in PAPER]
    if not any(wanted):
        raise ImsXlError("This workbook has none of the tabs of the working paper yet; click Match first.")
    click.host.progress("Printing", 0.3)
    with copied(click, f"print {click.host.path.name}") as copy, quiet(app):     # Excel opens no two workbooks of one name
        printed = app.books.open(str(copy))
        try:
            native.print_pdf(printed, [name for name in wanted if name], str(path))
        finally:
            printed.close()
    click.host.book.activate()
    click.asker.tell(f"{path} is written.")
