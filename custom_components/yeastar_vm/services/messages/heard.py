"""Mark messages as read when they were heard: once a player has their audio."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
import logging
from typing import Final

from homeassistant.auth.permissions.const import POLICY_CONTROL
from homeassistant.core import callback
from homeassistant.exceptions import HomeAssistantError

from ...entry import Pbx
from ...errors.failures import PlayedNotMarked
from ...errors.invalid_input import MessageGone, NotAMailbox
from ...errors.translated import async_localized_message
from ...pbx import Interrupted, Message
from ...playback.relay import RelayedMedia

_LOGGER = logging.getLogger(__name__)

# Seconds that an action waits for a player that has begun to fetch, and for the PBX.
WAIT: Final = 5
# Seconds for a PBX that is reloaded just then.
RELOAD_WAIT: Final = 5 * 60


class HeardMessages:
    """Messages that are marked as read as soon as a player has fetched them.

    That may be long after the action, because players queue.
    """

    def __init__(
        self, pbx: Pbx, messages: Sequence[Message], media: RelayedMedia
    ) -> None:
        self._pbx = pbx
        self._unread = [message for message in messages if not message.is_read]
        self._media = media
        self._fetched = asyncio.Event()
        self._marking: asyncio.Task[None] | None = None
        self._is_awaited = False
        media.link.on_fetch.append(self._async_fetched)

    async def settle(self) -> bool:
        """Return whether the messages are read; wait a while if a player has begun.

        Raise PlayedNotMarked if they were played, but could not be marked.
        """
        if not self._unread:
            return True
        if self._media.link.requested_at < self._media.prepared_at:
            return False
        self._is_awaited = True
        try:
            with suppress(TimeoutError):
                async with asyncio.timeout(WAIT):
                    await self._fetched.wait()
                    assert self._marking
                    # It goes on, whatever becomes of the action.
                    await asyncio.wait([self._marking])
                    self._marking.result()
                    return True
        except HomeAssistantError as err:
            reason = await async_localized_message(self._pbx.hass, err)
            raise PlayedNotMarked(reason=reason) from err
        finally:
            self._is_awaited = False
        return False

    @callback
    def _async_fetched(self) -> None:
        self._fetched.set()
        self._marking = self._pbx.hass.async_create_task(self._mark_all())
        self._marking.add_done_callback(self._async_marked)

    @callback
    def _async_marked(self, marking: asyncio.Task[None]) -> None:
        """Tell the log what an action that has ended cannot tell."""
        if marking.cancelled() or not (err := marking.exception()) or self._is_awaited:
            return
        reference = self._media.link.reference
        _LOGGER.warning("%s was played, but not marked as read: %s", reference, err)

    async def _mark_all(self) -> None:
        for message in self._unread:
            # One that was deleted while it played needs no mark.
            with suppress(MessageGone, NotAMailbox):
                await self._mark(message)

    async def _mark(self, message: Message) -> None:
        """Mark a message as read, also if the PBX is reloaded just then."""
        while True:
            mailbox = self._pbx.mailbox(message.number, None, POLICY_CONTROL)
            try:
                return await mailbox.mark_read(message)
            except HomeAssistantError as err:
                if not isinstance(err.__cause__, Interrupted):
                    raise
            self._pbx = await self._pbx.reloaded(RELOAD_WAIT)
