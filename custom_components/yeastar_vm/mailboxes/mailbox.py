"""Mailboxes: the boxes that the user added to Home Assistant, as config subentries."""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Final, Self

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.core import HomeAssistant, callback

from ..pbx import Box, BoxKind, comparable

SUBENTRY_MAILBOX: Final = "mailbox"
MESSAGE_ENTITY: Final = "message"  # the key of the event entity

CONF_ENGINE: Final = "engine"
CONF_EXTENSION_ID: Final = "extension_id"
CONF_KIND: Final = "kind"
CONF_LANGUAGE: Final = "language"
CONF_NAME: Final = "name"
CONF_NUMBER: Final = "number"


class Absence(StrEnum):
    """Why a mailbox has no messages on the PBX; the value is the key of its issue."""

    GONE = "mailbox_gone"
    BROADCAST = "mailbox_broadcast"


@dataclass(frozen=True, slots=True)
class Speech:
    """The speech-to-text entity of a mailbox, and the language of its callers.

    That is the language of Home Assistant if none is given.
    """

    engine: str
    language: str | None


@dataclass(frozen=True, slots=True)
class Mailbox:
    """A mailbox: a box, and the title and the ID of its config subentry.

    With `speech`, the texts of new messages come by themselves.
    """

    subentry_id: str
    title: str
    box: Box
    speech: Speech | None

    @classmethod
    def from_subentry(cls, subentry: ConfigSubentry) -> Self:
        """Read a config subentry."""
        data = subentry.data
        kind = BoxKind(data[CONF_KIND])
        box = Box(data[CONF_NUMBER], data[CONF_NAME], kind, data[CONF_EXTENSION_ID])
        speech = None
        if engine := data.get(CONF_ENGINE):
            speech = Speech(engine, data.get(CONF_LANGUAGE))
        return cls(subentry.subentry_id, subentry.title, box, speech)

    @property
    def number(self) -> str:
        """Return the number of the box."""
        return self.box.number


@callback
def entry_mailboxes(entry: ConfigEntry[Any]) -> dict[str, Mailbox]:
    """Return the mailboxes of a config entry, by the number of the box."""
    mailboxes = (
        Mailbox.from_subentry(subentry)
        for subentry in entry.subentries.values()
        if subentry.subentry_type == SUBENTRY_MAILBOX
    )
    return {mailbox.number: mailbox for mailbox in mailboxes}


@callback
def async_rename_mailbox(
    hass: HomeAssistant, entry: ConfigEntry[Any], mailbox: Mailbox, name: str
) -> None:
    """Give a mailbox the name that its box has on the PBX, unless it has it.

    A title that the user gave it stays.
    """
    if comparable(name) == comparable(mailbox.box.name):
        return
    if (subentry := entry.subentries.get(mailbox.subentry_id)) is None:
        return  # pragma: no cover - removed while the entry is being unloaded
    box = replace(mailbox.box, name=name)
    is_ours = subentry.title == box_title(mailbox.box)
    hass.config_entries.async_update_subentry(
        entry,
        subentry,
        data={**subentry.data, **mailbox_data(box)},
        title=box_title(box) if is_ours else subentry.title,
    )


def mailbox_data(box: Box) -> dict[str, Any]:
    """Return what the config subentry of a mailbox has of its box."""
    return {
        CONF_EXTENSION_ID: box.id,
        CONF_KIND: box.kind.value,
        CONF_NAME: box.name,
        CONF_NUMBER: box.number,
    }


def box_title(box: Box) -> str:
    """Return the title of a box: its name and its number."""
    return f"{box.name} ({box.number})" if box.name else box.number


def mailbox_identifier(serial_number: str, number: str) -> str:
    """Return the identifier of the device of a mailbox."""
    return f"{serial_number}_{number}"


def entity_identifier(serial_number: str, number: str, key: str) -> str:
    """Return the unique ID of the entity of a mailbox that has a key."""
    return f"{mailbox_identifier(serial_number, number)}_{key}"
