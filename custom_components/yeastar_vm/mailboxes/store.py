"""The messages that Home Assistant has reported, kept across restarts.

Each message is reported once: also across reloads, outages of the PBX and deletions.
"""

from collections.abc import Collection, Iterable
from typing import Final

from homeassistant.core import HomeAssistant, callback

from ..const import DOMAIN
from ..storage import EntryStore

# IDs that are remembered of a mailbox beyond those that the PBX lists: a message that
# is not listed for a moment is not new when it is listed again. A mailbox has at most
# 500 messages.
MAX_FORMER: Final = 500


class MessageStore:
    """The message IDs that were reported, by the ID of the subentry of the mailbox."""

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        self._store = EntryStore[dict[str, list[str]]](
            hass, f"{DOMAIN}.{entry_id}.messages"
        )
        self._reported: dict[str, dict[str, None]] = {}
        self._is_loaded = False

    async def async_load(self) -> None:
        """Read the file, unless it was read."""
        if not self._is_loaded:
            data = await self._store.async_load() or {}
            self._reported = {
                mailbox: dict.fromkeys(ids) for mailbox, ids in data.items()
            }
            self._is_loaded = True

    @callback
    def async_keep(self, mailboxes: Collection[str]) -> None:
        """Forget the mailboxes that are not among these."""
        kept = {key: ids for key, ids in self._reported.items() if key in mailboxes}
        if len(kept) != len(self._reported):
            self._reported = kept
            self._async_save()

    def knows(self, mailbox: str) -> bool:
        """Return whether anything is remembered of a mailbox."""
        return mailbox in self._reported

    def is_reported(self, mailbox: str, message_id: str) -> bool:
        """Return whether a message was reported."""
        return message_id in self._reported[mailbox]

    @callback
    def async_add(self, mailbox: str, message_ids: Iterable[str]) -> None:
        """Begin to remember the messages of a mailbox; those that it has are known."""
        self._reported[mailbox] = dict.fromkeys(message_ids)
        self._async_save()

    @callback
    def async_report(
        self, mailbox: str, message_id: str, listed: Collection[str]
    ) -> None:
        """Remember that a message is reported; `listed` are all that the PBX lists."""
        before = self._reported[mailbox]
        listed = dict.fromkeys(listed)
        former = [each for each in before if each not in listed]
        known = [each for each in listed if each in before]
        self._reported[mailbox] = dict.fromkeys(
            [*former[-MAX_FORMER:], *known, message_id]
        )
        self._async_save()

    async def async_remove(self) -> None:
        """Delete the file."""
        self._reported = {}
        await self._store.async_remove()

    @callback
    def _async_save(self) -> None:
        # Nothing is awaited: a report is never interrupted between the two.
        self._store.async_delay_save(self._data)

    def _data(self) -> dict[str, list[str]]:
        return {mailbox: list(ids) for mailbox, ids in self._reported.items()}
