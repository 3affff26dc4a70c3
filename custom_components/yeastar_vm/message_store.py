"""The messages that Home Assistant has reported, kept across restarts.

Each message is reported once: also across reloads, outages of the PBX and deletions.
"""

from collections.abc import Iterable
from typing import Final

from homeassistant.core import HomeAssistant
from homeassistant.helpers.storage import Store

from .const import DOMAIN

STORAGE_VERSION: Final = 1
# IDs that are remembered of a mailbox beyond those that the PBX lists: a message that
# is not listed for a moment is not new when it is listed again.
MAX_FORMER: Final = 500


class MessageStore:
    """The message IDs of each mailbox that were reported, by the number of the box."""

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        """Initialize the store; `async_load` reads it."""
        self._store = _store(hass, entry_id)
        self._reported: dict[str, dict[str, None]] = {}

    async def async_load(self, numbers: Iterable[str]) -> None:
        """Read what is remembered of some mailboxes, and forget the others."""
        data = await self._store.async_load() or {}
        self._reported = {
            number: dict.fromkeys(data[number]) for number in numbers if number in data
        }
        if len(self._reported) != len(data):
            await self._async_save()

    def knows(self, number: str) -> bool:
        """Return whether anything is remembered of a mailbox."""
        return number in self._reported

    def is_reported(self, number: str, message_id: str) -> bool:
        """Return whether a message was reported."""
        return message_id in self._reported[number]

    async def async_report(self, number: str, message_ids: Iterable[str]) -> None:
        """Remember that the messages of a mailbox are reported.

        `message_ids` are all that the PBX lists.
        """
        listed = dict.fromkeys(message_ids)
        before = self._reported.get(number)
        former = [each for each in before or () if each not in listed]
        reported = {**dict.fromkeys(former[-MAX_FORMER:]), **listed}
        if reported != before:
            self._reported[number] = reported
            await self._async_save()

    async def _async_save(self) -> None:
        await self._store.async_save(
            {number: list(ids) for number, ids in self._reported.items()}
        )


async def async_remove_message_store(hass: HomeAssistant, entry_id: str) -> None:
    """Forget the messages of a config entry without mailboxes."""
    await _store(hass, entry_id).async_remove()


def _store(hass: HomeAssistant, entry_id: str) -> Store[dict[str, list[str]]]:
    return Store(hass, STORAGE_VERSION, f"{DOMAIN}.{entry_id}.messages", private=True)
