"""The devices and entities of PBXs and mailboxes in the registries."""

from collections.abc import Iterable
from typing import Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback, split_entity_id
from homeassistant.helpers import (
    device_registry as dr,
    entity_registry as er,
    restore_state,
)

from .const import DOMAIN
from .errors.markdown import plain
from .mailboxes.mailbox import Mailbox, mailbox_identifier
from .pbx import PbxInfo, YeastarClient

MAX_TITLE: Final = 64  # characters


def pbx_title(info: PbxInfo) -> str:
    """Return the name of a PBX as a title: one line of plain text."""
    return plain(info.name)[:MAX_TITLE].strip() or info.serial_number


@callback
def async_update_device(
    hass: HomeAssistant,
    entry: ConfigEntry,
    client: YeastarClient,
    info: PbxInfo,
) -> dr.DeviceEntry:
    """Return the device of the PBX, which is up to date."""
    return dr.async_get(hass).async_get_or_create(
        config_entry_id=entry.entry_id,
        entry_type=dr.DeviceEntryType.SERVICE,
        identifiers={(DOMAIN, info.serial_number)},
        manufacturer="Yeastar",
        name=pbx_title(info),
        model=info.model,
        serial_number=info.serial_number,
        sw_version=info.firmware,
        configuration_url=str(client.base_url),
    )


@callback
def async_remove_other_devices(
    hass: HomeAssistant, entry: ConfigEntry, info: PbxInfo
) -> bool:
    """Remove the devices of a PBX that was replaced; return whether there were any."""
    registry = dr.async_get(hass)
    others = [
        device.id
        for device in dr.async_entries_for_config_entry(registry, entry.entry_id)
        if not any(
            f"{identifier}_".startswith(mailbox_identifier(info.serial_number, ""))
            for _, identifier in device.identifiers
        )
    ]
    for device_id in others:
        registry.async_remove_device(device_id)
    return bool(others)


@callback
def async_rename_device(
    hass: HomeAssistant, entry: ConfigEntry, info: PbxInfo, mailbox: Mailbox
) -> None:
    """Give the device of a mailbox its new name. One that the user gave it stays."""
    if device := mailbox_devices(hass, entry, info.serial_number).get(mailbox.number):
        dr.async_get(hass).async_update_device(device.id, name=mailbox.title)


@callback
def mailbox_devices(
    hass: HomeAssistant, entry: ConfigEntry, serial_number: str
) -> dict[str, dr.DeviceEntry]:
    """Return the devices of the mailboxes of a PBX, by the number of the box."""
    registry = dr.async_get(hass)
    start = mailbox_identifier(serial_number, "")
    return {
        identifier.removeprefix(start): device
        for device in dr.async_entries_for_config_entry(registry, entry.entry_id)
        for _, identifier in device.identifiers
        if identifier.startswith(start)
    }


@callback
def async_forget_states(hass: HomeAssistant, entity_ids: Iterable[str]) -> None:
    """Forget the last states of entities, which Home Assistant keeps for a week."""
    last_states = restore_state.async_get(hass).last_states
    for entity_id in entity_ids:
        last_states.pop(entity_id, None)


@callback
def own_entities(hass: HomeAssistant, domain: str, entity_ids: set[str]) -> set[str]:
    """Return those of some entities that are of a domain and of this integration."""
    registry = er.async_get(hass)
    return {
        entity_id
        for entity_id in entity_ids
        if split_entity_id(entity_id)[0] == domain
        and (registered := registry.async_get(entity_id))
        and registered.platform == DOMAIN
    }
