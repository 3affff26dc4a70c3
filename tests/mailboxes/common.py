"""What the tests of mailboxes need: entries with mailboxes, and what they tell."""

import asyncio
from collections.abc import Callable
from types import MappingProxyType
from typing import Any

from homeassistant.config_entries import ConfigEntry, ConfigEntryState, ConfigSubentry
from homeassistant.core import Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.event import async_track_state_change_event
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.yeastar_vm.const import DOMAIN
from custom_components.yeastar_vm.mailboxes.mailboxes import Mailboxes
from simulator import PbxSimulator
from tests.common import entry_for, shown
from tests.growing import Events, Growing

UNREAD = "sensor.leo_ball_3200_unread_messages"
MESSAGE = "event.leo_ball_3200_message"
PRESENCE = "select.leo_ball_3200_presence"
ANN_UNREAD = "sensor.ann_empty_3201_unread_messages"
ANN_MESSAGE = "event.ann_empty_3201_message"


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


def leo_ball(**speech: Any) -> ConfigSubentry:
    """Return the mailbox of Leo Ball: a new one, for Home Assistant may change it."""
    return mailbox("3200", "Leo Ball", **speech)


def ann_empty() -> ConfigSubentry:
    """Return the mailbox of Ann Empty: a new one, too."""
    return mailbox("3201", "Ann Empty")


def unread(hass: HomeAssistant) -> str:
    """Return what the sensor of the mailbox of Leo Ball shows."""
    return shown(hass, UNREAD)


def message_ids(response: dict[str, Any]) -> list[str]:
    """Return the IDs of the messages in the response of an action."""
    return [each["message_id"] for each in response["messages"]]


async def select_presence(
    hass: HomeAssistant, option: str, entity_id: str = PRESENCE
) -> None:
    """Select a presence, as a user does."""
    await hass.services.async_call(
        "select",
        "select_option",
        {"entity_id": entity_id, "option": option},
        blocking=True,
    )


def device_of(
    hass: HomeAssistant, entry: ConfigEntry[Any], number: str = ""
) -> dr.DeviceEntry:
    """Return the device of a mailbox, or of the PBX."""
    identifier = f"{entry.unique_id}_{number}" if number else entry.unique_id
    [device] = (
        each
        for each in dr.async_entries_for_config_entry(
            dr.async_get(hass), entry.entry_id
        )
        if (DOMAIN, identifier) in each.identifiers
    )
    return device


async def load_with_mailboxes(
    hass: HomeAssistant, pbx: PbxSimulator, *mailboxes: ConfigSubentry
) -> MockConfigEntry:
    """Set an entry up that has mailboxes."""
    return await load_again(hass, await add_with_mailboxes(hass, pbx, *mailboxes))


async def add_with_mailboxes(
    hass: HomeAssistant, pbx: PbxSimulator, *mailboxes: ConfigSubentry
) -> MockConfigEntry:
    """Add an entry that has mailboxes, and do not set it up yet."""
    entry = entry_for(pbx)
    entry.add_to_hass(hass)
    for each in mailboxes:
        hass.config_entries.async_add_subentry(entry, each)
        await asyncio.sleep(0)  # Hundreds of them take Home Assistant a while.
    return entry


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
    """What an event entity tells, in order: messages, and later their texts."""

    def __init__(
        self, hass: HomeAssistant | None = None, entity_id: str = MESSAGE
    ) -> None:
        """Listen in a Home Assistant, if there is one yet."""
        self.events: Events = Growing()
        self._entity_id = entity_id
        if hass:
            self.listen(hass)

    def listen(self, hass: HomeAssistant) -> None:
        """Listen in a Home Assistant from now on."""
        async_track_state_change_event(hass, self._entity_id, self._changed)

    @property
    def types(self) -> list[str]:
        """Return the types of the events."""
        return [event["event_type"] for event in self.events]

    @property
    def ids(self) -> list[str]:
        """Return the IDs of the messages that arrived."""
        return [
            event["message_id"]
            for event in self.events
            if event["event_type"] == "message_received"
        ]

    @property
    def texts(self) -> list[tuple[str, str]]:
        """Return the messages with their texts, or why they have none."""
        return [
            (event["message_id"], event["text"] or event["reason"])
            for event in self.events
            if event["event_type"] == "message_transcribed"
        ]

    async def wait_for(self, count: int) -> None:
        """Wait until so many messages have arrived."""
        await self.events.wait_until(lambda: len(self.ids) >= count)

    async def wait_for_texts(self, count: int) -> None:
        """Wait until so many texts were told."""
        await self.events.wait_until(lambda: len(self.texts) >= count)

    @callback
    def _changed(self, event: Event[EventStateChangedData]) -> None:
        old, new = event.data["old_state"], event.data["new_state"]
        # What was told before is shown again when the entity is there again.
        if not (old and new) or "unavailable" in (old.state, new.state):
            return
        if old.state != new.state:
            self.events.append(dict(new.attributes))


async def poll(entry: ConfigEntry[Any]) -> None:
    """Ask for all mailboxes, as is done every few minutes; report a message."""
    await entry.runtime_data.mailboxes.messages.async_refresh()
    await asyncio.sleep(0)


async def miss_once(pbx: PbxSimulator, entry: ConfigEntry[Any]) -> None:
    """Let a poll find no messages of Leo Ball, and the next one all of them again."""
    held = pbx.mailboxes.listed("3200")
    pbx.mailboxes.clear("3200")
    await poll(entry)
    for message in held:
        pbx.mailboxes.add("3200", message)
    await poll(entry)


async def until(condition: Callable[[], Any]) -> None:
    """Wait until something is so."""
    while not condition():  # noqa: ASYNC110 - nobody tells
        await asyncio.sleep(0)
