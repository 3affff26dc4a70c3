"""What the tests of mailboxes need: entries with mailboxes, and what they tell."""

import asyncio
from collections.abc import Callable
from types import MappingProxyType
from typing import Any, Final

from homeassistant.config_entries import (
    ConfigEntry,
    ConfigEntryState,
    ConfigSubentry,
)
from homeassistant.core import Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.helpers.event import async_track_state_change_event
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.yeastar_vm.const import DOMAIN
from custom_components.yeastar_vm.mailboxes.mailboxes import Mailboxes
from simulator import PbxSimulator
from tests.common import entry_for

UNREAD = "sensor.leo_ball_3200_unread_messages"
MESSAGE = "event.leo_ball_3200_message"
PRESENCE = "select.leo_ball_3200_presence"

KITCHEN: Final[dict[str, Any]] = {"entity_id": "media_player.kitchen"}


def mailbox(
    number: str,
    name: str = "",
    kind: str = "extension",
    *,
    extension_id: int | None = None,
    **speech: str,
) -> ConfigSubentry:
    """Return the config subentry of a mailbox; its `engine` and `language` if any."""
    return ConfigSubentry(
        data=MappingProxyType(
            {
                "number": number,
                "name": name,
                "kind": kind,
                "extension_id": extension_id,
                **speech,
            }
        ),
        subentry_id=f"mailbox_{number}",
        subentry_type="mailbox",
        title=f"{name} ({number})" if name else number,
        unique_id=number,
    )


async def call(
    hass: HomeAssistant, action: str, *, response: bool = True, **data: Any
) -> dict[str, Any]:
    """Call an action of messages and return its response."""
    answer = await hass.services.async_call(
        DOMAIN, action, data, blocking=True, return_response=response
    )
    return dict(answer or {})


def unread(hass: HomeAssistant) -> str:
    """Return what the sensor of the mailbox of Leo Ball shows."""
    state = hass.states.get(UNREAD)
    assert state
    return state.state


async def load_with_mailboxes(
    hass: HomeAssistant, pbx: PbxSimulator, *mailboxes: ConfigSubentry
) -> MockConfigEntry:
    """Set an entry up that has mailboxes."""
    entry = entry_for(pbx)
    entry.add_to_hass(hass)
    for each in mailboxes:
        hass.config_entries.async_add_subentry(entry, each)
        await asyncio.sleep(0)  # Hundreds of them take Home Assistant a while.
    return await load_again(hass, entry)


async def load_again(hass: HomeAssistant, entry: MockConfigEntry) -> MockConfigEntry:
    """Set an entry up that Home Assistant knows; what it shows is up to date."""
    await hass.config_entries.async_setup(entry.entry_id)
    await updated(hass, entry)
    return entry


async def updated(hass: HomeAssistant, entry: ConfigEntry[Any]) -> None:
    """Wait until the PBX was asked for all mailboxes of an entry."""
    await hass.async_block_till_done()
    if entry.state is ConfigEntryState.LOADED:
        while not _is_updated(entry.runtime_data.mailboxes):  # noqa: ASYNC110
            await asyncio.sleep(0)
    await hass.async_block_till_done()


def _is_updated(mailboxes: Mailboxes) -> bool:
    messages, boxes = mailboxes.messages, mailboxes.boxes
    is_asked = messages.last_exception is not None or all(
        number in messages.data or boxes.absence(number) for number in mailboxes
    )
    is_asking = messages._debounced_refresh._execute_lock.locked()
    return is_asked and not is_asking and boxes.questions._running is None


class Arrivals:
    """The messages that an event entity told of, in order."""

    def __init__(self, hass: HomeAssistant, entity_id: str = MESSAGE) -> None:
        """Listen to an event entity."""
        self.events: list[dict[str, Any]] = []
        self._told = set[tuple[str, str]]()
        self._arrival = asyncio.Condition()
        self._hass = hass
        async_track_state_change_event(hass, entity_id, self._changed)

    @property
    def ids(self) -> list[str]:
        """Return the IDs of the messages."""
        return [event["message_id"] for event in self.events]

    async def wait_for(self, count: int) -> None:
        """Wait until so many messages have arrived."""
        async with self._arrival:
            await self._arrival.wait_for(lambda: len(self.events) >= count)

    @callback
    def _changed(self, event: Event[EventStateChangedData]) -> None:
        new = event.data["new_state"]
        if new is None or new.state in ("unknown", "unavailable"):
            return
        told = (new.state, new.attributes["message_id"])
        if told in self._told:
            return  # restored by a reload, or the state of something else
        self._told.add(told)
        self.events.append(dict(new.attributes))
        self._hass.async_create_task(self._notify())

    async def _notify(self) -> None:
        async with self._arrival:
            self._arrival.notify_all()


async def poll(entry: MockConfigEntry) -> None:
    """Ask for all mailboxes, as is done every few minutes; report a message."""
    await entry.runtime_data.mailboxes.messages.async_refresh()
    await asyncio.sleep(0)


async def until(condition: Callable[[], Any]) -> None:
    """Wait until something is so."""
    while not condition():  # noqa: ASYNC110 - nobody tells
        await asyncio.sleep(0)
