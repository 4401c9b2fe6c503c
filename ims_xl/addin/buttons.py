"""Every button of the "GST IMS" tab: what it is called, what it does, what it changes, what it needs. The ribbon XML, the VBA's
table of needs and the Python actions all follow this one table.

A button's `tag` is the ACTION that a click hands to `python -m ims_xl ribbon ACTION`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Need = Literal["nothing", "book", "client"]
NEEDS: Final[dict[str, str]] = {
    "nothing": "Works at any time.",
    "book": "Greyed out while no workbook is open.",
    "client": "Greyed out until a client's IMS workbook is open (Open client makes one).",
}
UNDO: Final = "Undo: Restore brings back the workbook as it was."
READS: Final = "Changes nothing."


@dataclass(frozen=True, slots=True)
class Button:
    """One command. `does` and `changes` are the first two lines of its supertip; `choices` are its menu's further commands."""

    tag: str
    label: str
    does: str
    changes: str
    icon: str
    keytip: str
    large: bool = False
    need: Need = "client"
    undo: str = UNDO
    choices: tuple[Button, ...] = ()

    @property
    def supertip(self) -> str:
        return "\n".join(line for line in (self.does, self.changes, "" if self.changes == READS else self.undo, NEEDS[self.need]) if line)


@dataclass(frozen=True, slots=True)
class Group:
    id: str
    label: str
    keytip: str
    buttons: tuple[Button, ...]


SCOPES: Final = {"visible": "Visible rows", "supplier": "All rows of this supplier", "class": "All rows of this match class"}


def _decide(tag: str, label: str, keytip: str, icon: str, word: str) -> Button:
    changes = "Changes Action on those rows; rows that do not allow it are skipped and named."
    choices = tuple(
        Button(f"{tag}-{scope}", text, f"Sets {word} on {text[0].lower()}{text[1:]}.", changes, icon, f"{keytip}{text[0]}" if scope != "class" else f"{keytip}C") for scope, text in SCOPES.items()
    )
    return Button(tag, label, f"Sets {word} on the selected rows of IMS.", changes, icon, keytip, choices=choices)


GROUPS: Final[tuple[Group, ...]] = (
    Group("client", "Client", "C", (
        Button("open-client", "Open client", "Opens a client's workbook, or makes one from GSTIN and period.", "Changes no open workbook.", "folder", "O", large=True, need="nothing", undo=""),
        Button("period", "Period", "Shows the client, the tax period and its dates; asks for the period where the workbook has none.", "May change the period in Settings, while nothing is imported.", "calendar", "PD"),
        Button("roll-forward", "Roll forward", "Makes the next period's workbook with what is still pending.", "Writes a new file; this workbook stays as it is.", "forward", "RF", undo="Undo: delete the new file."),
    )),
    Group("import", "Import", "I", (
        Button("import-ims", "IMS JSON", "Reads the portal's IMS file(s), JSON or Excel.", "Adds and updates rows of IMS; actions you typed stay.", "cloud", "IJ", large=True, need="client"),
        Button("import-register", "Register", "Reads the purchase register (.xlsx .xls .csv .xml).", "Adds and replaces rows of Purchase Register.", "book", "IR", large=True),
        Button("import-2b", "2B", "Reads the drawn GSTR-2B (JSON, zip or Excel).", "Fills Portal 2B and settles which rows belong to the period.", "sheet", "I2"),
        Button("reimport", "Re-import changes", "Reads again every file named in Home, where it changed on the disk.", "Updates changed rows, marks new and gone ones.", "refresh", "RI"),
        Button("mapping", "Mapping", "Shows which register column is read as what.", READS, "columns", "MP"),
    )),
    Group("match", "Match", "M", (
        Button("match", "Match", "Matches IMS with the register, highlights differences, fills actions and every tab.", "Changes our columns and tabs; your own cells and actions stay.", "scales", "MM", large=True, need="book"),
        Button("link", "Link", "Links the selected IMS row with the register voucher you name, whatever the figures.", "Remembers the link for this workbook and matches again.", "link", "LK"),
        Button("unlink", "Unlink", "Keeps the selected IMS row and its voucher apart.", "Remembers it for this workbook and matches again.", "unlink", "UL"),
        Button("why", "Why?", "Explains the selected row: match, differences, rule, dates.", READS, "question", "WY"),
    )),
    Group("decide", "Decide", "D", (
        Button("suggest", "Suggest", "Fills the suggested action wherever nobody has decided.", "Changes Action where it is blank or was set by rule.", "bulb", "SG", large=True),
        _decide("accept", "Accept", "DA", "accept", "Accept"),
        _decide("reject", "Reject", "DR", "reject", "Reject"),
        _decide("pending", "Pending", "DP", "pending", "Pending"),
        _decide("no-action", "No action", "DN", "noaction", "No Action"),
        _decide("reset", "Reset", "DX", "reset", "the suggestion again"),
    )),
    Group("review", "Review", "R", (
        Button("next-exception", "Next exception", "Goes to the next IMS row that needs a person (Ctrl+Shift+N).", READS, "next", "NE"),
        Button("default-risk", "Default risk", "Shows what is lost or accepted by default if nobody acts.", READS, "warning", "RK"),
        Button("credit-notes", "Credit notes", "Shows credit notes and the reduction of credit each asks for.", READS, "note", "CN"),
        Button("pending-trail", "Pending trail", "Shows pending documents with their evidence and last days.", READS, "clock", "PT"),
        Button("filter", "Filter", "Shows only the IMS rows that need a person.", "Changes the filter of IMS, no cell.", "funnel", "FL", undo="Undo: Filter, All rows.", choices=(
            Button("filter-not-in-books", "Only on portal", "Shows only the IMS rows that are not in the register.", "Changes the filter of IMS, no cell.", "funnel", "FP", undo="Undo: Filter, All rows."),
            Button("filter-differs", "With differences", "Shows only the IMS rows that differ from the register.", "Changes the filter of IMS, no cell.", "funnel", "FD", undo="Undo: Filter, All rows."),
            Button("filter-open", "No action yet", "Shows only the IMS rows without an action.", "Changes the filter of IMS, no cell.", "funnel", "FN", undo="Undo: Filter, All rows."),
            Button("filter-all", "All rows", "Shows every IMS row again.", "Changes the filter of IMS, no cell.", "funnel", "FA", undo=""),
        )),
    )),
    Group("returns", "Returns", "T", (
        Button("show-2b", "2B summary", "Shows the expected GSTR-2B beside the portal's.", READS, "sheet", "T2"),
        Button("show-3b", "3B table 4", "Shows GSTR-3B, tables 3.1(d) and 4.", READS, "table", "T3"),
        Button("tie-out", "Tie-out", "Shows the checks of this workbook, each with what was expected and found.", READS, "check", "TO"),
    )),
    Group("send", "Send", "S", (
        Button("validate", "Validate", "Checks every action against what the portal allows and names what is missing.", READS, "shield", "VA", large=True),
        Button("upload-file", "Upload file", "Writes the JSON for the portal with every action that changed.", "Writes a file, and one line with its hash into Log.", "upload", "UF", large=True, undo="Undo: delete the file."),
        Button("read-errors", "Read portal errors", "Reads the portal's error file.", "Fills Portal error on the rows it is about.", "errors", "RE"),
        Button("letters", "Letters", "Writes e-mail drafts and WhatsApp texts to suppliers, one per supplier.", "Writes files beside the workbook; drafts you edited stay.", "mail", "LE", undo="Undo: delete the folder."),
    )),
    Group("file", "File", "F", (
        Button("snapshot", "Snapshot", "Keeps this workbook as it stands now.", "Saves the workbook and writes a copy into .ims-xl beside it.", "camera", "FS", need="book", undo="The last ten are kept."),
        Button("restore", "Restore", "Brings back an earlier version (undo step).", "Replaces the open workbook; what stood there is kept as a snapshot.", "undo", "FZ", need="book", undo="Undo: Restore again."),
        Button("sign-off", "Sign-off & lock", "Signs as preparer or reviewer, with hashes of sources and contents.", "Writes the sign-off on Home and saves.", "lock", "FK"),
        Button("print-set", "Print set", "Makes a PDF of the working paper, printed by Excel itself.", "Writes a file; the workbook stays as it is.", "print", "FQ", undo="Undo: delete the file."),
        Button("settings", "Settings", "Shows the client's settings, each with a note and its default.", READS, "gear", "FT"),
        Button("help", "Help", "Shows what is installed, and where to read on.", READS, "help", "FH", need="nothing"),
    )),
)


def all_buttons() -> tuple[Button, ...]:
    """Every command, the ones in menus too."""
    return tuple(each for group in GROUPS for button in group.buttons for each in (button, *button.choices))


def button(tag: str) -> Button | None:
    """The button of that tag."""
    return next((each for each in all_buttons() if each.tag == tag), None)


def control_id(tag: str) -> str:
    """`ims_next_exception` of `next-exception`."""
    return "ims_" + tag.replace("-", "_")
