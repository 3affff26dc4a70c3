"""What outlives the unload of a config entry: one record an entry."""

import asyncio
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakValueDictionary

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.util.hass_dict import HassKey

from .const import DOMAIN
from .mailboxes.store import MessageStore
from .sign_in.account import Account
from .sign_in.tokens import IssuedTokens


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept of a config entry until it is removed.

    `messages` are those that were reported. An action that changes the greetings of a
    box holds its lock, by the number of the box.
    """

    account: Account
    messages: MessageStore
    box_locks: WeakValueDictionary[tuple[str, ...], asyncio.Lock] = field(
        default_factory=WeakValueDictionary
    )


@dataclass(frozen=True, slots=True)
class _Records:
    """The records of all entries, by entry ID.

    `handed_over` are tokens for entries that Home Assistant is about to create, by the
    serial number of the PBX.
    """

    entries: dict[str, Kept] = field(default_factory=dict)
    handed_over: dict[str | None, IssuedTokens] = field(default_factory=dict)


_RECORDS: HassKey[_Records] = HassKey(DOMAIN)


@callback
def async_get_kept(hass: HomeAssistant, entry: ConfigEntry[Any]) -> Kept:
    """Return what is kept of a config entry."""
    records = hass.data.setdefault(_RECORDS, _Records())
    if (kept := records.entries.get(entry.entry_id)) is None:
        kept = Kept(Account(hass, entry), MessageStore(hass, entry.entry_id))
        records.entries[entry.entry_id] = kept
        if tokens := records.handed_over.pop(entry.unique_id, None):
            kept.account.async_hand_over(tokens, is_same_pbx=True)
    return kept


@callback
def async_hand_over(
    hass: HomeAssistant, serial_number: str, tokens: IssuedTokens
) -> None:
    """Keep tokens for an entry that is about to be created."""
    records = hass.data.setdefault(_RECORDS, _Records())
    records.handed_over[serial_number] = tokens


async def async_remove_kept(hass: HomeAssistant, entry: ConfigEntry[Any]) -> None:
    """Revoke the tokens of a config entry that is removed, and forget the rest."""
    kept = async_get_kept(hass, entry)
    await kept.messages.async_remove()
    await kept.account.async_remove()
    del hass.data[_RECORDS].entries[entry.entry_id]
