"""The ribbon's XML (customUI14) out of the table of buttons; one generic callback, dispatching on the tag."""

from __future__ import annotations

from xml.sax.saxutils import quoteattr

from ims_xl.addin.buttons import GROUPS, Button, all_buttons, control_id

NAMESPACE = "http://schemas.microsoft.com/office/2009/07/customui"
ON_ACTION, ON_LOAD, GET_ENABLED = "ImsXl_OnAction", "ImsXl_OnLoad", "ImsXl_GetEnabled"


def ribbon_xml() -> str:
    """The whole customUI14.xml."""
    lines = [
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>',
        f'<customUI xmlns="{NAMESPACE}" onLoad="{ON_LOAD}">',
        "  <ribbon>", "    <tabs>", '      <tab id="ims_tab" label="GST IMS" keytip="Y">',
    ]
    for group in GROUPS:
        lines.append(f'        <group id="ims_group_{group.id}" label={quoteattr(group.label)} keytip={quoteattr("Z" + group.keytip)}>')
        for button in group.buttons:
            lines += ["          " + line for line in _control(button)]
        lines.append("        </group>")
    lines += ["      </tab>", "    </tabs>", "  </ribbon>", "</customUI>", ""]
    return "\n".join(lines)


def icon_names() -> tuple[str, ...]:
    """Every picture the ribbon shows."""
    return tuple(sorted({button.icon for button in all_buttons()}))


def _control(button: Button) -> list[str]:
    size = "large" if button.large else "normal"
    if not button.choices:
        return [_button(button, f' size="{size}"')]
    name = control_id(button.tag)
    return [
        f'<splitButton id="{name}_split" size="{size}" keytip={quoteattr(button.keytip + "S")}>',
        "  " + _button(button, ""),
        f'  <menu id="{name}_menu" itemSize="normal" label={quoteattr(button.label)}>',
        *("    " + _button(choice, "", keytip=False) for choice in button.choices),
        "  </menu>", "</splitButton>",
    ]


def _button(button: Button, size: str, keytip: bool = True) -> str:
    tip = quoteattr(button.supertip, {"\n": "&#10;"})
    key = f" keytip={quoteattr(button.keytip)}" if keytip else ""
    return (
        f'<button id="{control_id(button.tag)}" tag="{button.tag}" label={quoteattr(button.label)}{size} image="{button.icon}" onAction="{ON_ACTION}"'
        f" getEnabled=\"{GET_ENABLED}\" screentip={quoteattr(button.label)} supertip={tip}{key}/>"
    )
