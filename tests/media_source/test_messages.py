"""The messages of mailboxes in the media browser: private, titled, played, found."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

from homeassistant.components.media_player import MediaClass
from homeassistant.components.media_source import (
    async_browse_media,
    async_resolve_media,
)
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from simulator import PbxSimulator, Says
from tests.clock import Clock
from tests.common import call
from tests.engines import ENGINE, add_engine
from tests.mailboxes.common import ann_empty, leo_ball, load_with_mailboxes
from tools.demo.audio import measure

from .media import ROOT, browse, search

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
async def home(
    hass: HomeAssistant, pbx: PbxSimulator, clock: Clock
) -> AsyncIterator[str]:
    """Return the media content ID of a PBX with the mailboxes of Leo and Ann."""
    clock.move_to(NOON)
    await hass.config.async_set_time_zone("Europe/Berlin")
    assert await async_setup_component(hass, "media_source", {})
    entry = await load_with_mailboxes(hass, pbx, ann_empty(), leo_ball())
    pbx.requests.clear()
    yield f"{ROOT}/{entry.unique_id}"
    await hass.config_entries.async_unload(entry.entry_id)


def leave(
    pbx: PbxSimulator, box: str, number: str, name: str, ago: timedelta, seconds: int
) -> str:
    """Leave a message some time ago; return its ID."""
    left_at = (NOON - ago).timestamp()
    message = pbx.leave_message(box, number, name, duration=seconds, left_at=left_at)
    return message.msg_id


async def test_from_the_pbx_to_a_message_that_plays(
    hass: HomeAssistant,
    home: str,
    pbx: PbxSimulator,
    hass_client: ClientSessionGenerator,
) -> None:
    """Step by step, as in the Media panel."""
    message_id = leave(pbx, "3200", "15550123", "Anna Weber", timedelta(hours=2), 2)

    folders = await browse(hass, home)
    assert list(folders) == ["Extensions", "Messages"]
    mailboxes = await browse(hass, folders["Messages"].media_content_id)
    assert list(mailboxes) == ["3200 · Leo Ball", "3201 · Ann Empty"]
    messages = await browse(hass, mailboxes["3200 · Leo Ball"].media_content_id)

    ((title, message),) = messages.items()
    assert title == "Unread · Anna Weber · today 11:00 · 0:02"
    assert message.media_content_id == f"{home}/messages/3200/{message_id}"
    assert message.media_content_type.startswith("audio/")
    media = await async_resolve_media(hass, message.media_content_id, None)
    answer = await (await hass_client()).get(media.url)
    sound = await measure(await answer.read())
    assert sound.duration == pytest.approx(2, abs=0.2)


async def test_messages_are_titled_as_a_person_would(
    hass: HomeAssistant, home: str, pbx: PbxSimulator
) -> None:
    """The newest one first, in the language and the time zone of Home Assistant."""
    leave(pbx, "3200", "", "", 9 * DAY, 605)
    leave(pbx, "3200", "15550124", "", DAY, 61)
    heard = leave(pbx, "3200", "15550123", "Anna Weber", timedelta(0), 9)
    pbx.read_at_phone(heard)

    mailbox = f"{home}/messages/3200"
    assert list(await browse(hass, mailbox)) == [
        "Anna Weber · today 13:00 · 0:09",
        "Unread · 15550124 · yesterday 13:00 · 1:01",
        "Unread · Unknown · 2026-11-16 13:00 · 10:05",
    ]

    hass.config.language = "de"
    assert list(await browse(hass, mailbox)) == [
        "Anna Weber · heute 13:00 · 0:09",
        "Neu · 15550124 · gestern 13:00 · 1:01",
        "Neu · Unbekannt · 2026-11-16 13:00 · 10:05",
    ]
    assert (await async_browse_media(hass, f"{home}/messages")).title == "Nachrichten"


async def test_a_message_of_unknown_time(
    hass: HomeAssistant, home: str, pbx: PbxSimulator
) -> None:
    """Its title leaves it out."""
    row = {"msg_id": "7", "name": "Anna Weber", "duration": 2, "is_read": 1}
    box = {"number": "3200", "total_number": 1, "data": [row]}
    pbx.faults["vm/query"] = Says({"errcode": 0, "voicemail_list": [box]})

    assert list(await browse(hass, f"{home}/messages/3200")) == ["Anna Weber · 0:02"]


@pytest.mark.parametrize("name", ["مرحبا بالعالم", "שלום"])
async def test_a_name_from_right_to_left_leaves_the_time_as_it_is(
    hass: HomeAssistant, home: str, pbx: PbxSimulator, name: str
) -> None:
    """The date and the duration after it would be shown in reverse order."""
    leave(pbx, "3200", "15550123", name, 9 * DAY, 605)

    (title,) = await browse(hass, f"{home}/messages/3200")

    assert title == f"Unread · \u2068{name}\u2069 · 2026-11-16 13:00 · 10:05"


async def test_a_mailbox_without_messages(hass: HomeAssistant, home: str) -> None:
    """It is an empty folder, which is no error; neither is a search in it."""
    assert await browse(hass, f"{home}/messages/3201") == {}
    assert await search(hass, f"{home}/messages/3201", "anna") == []


async def test_a_mailbox_whose_extension_was_deleted(
    hass: HomeAssistant, home: str, pbx: PbxSimulator
) -> None:
    """It is still shown, and opening it says why nothing is in it."""
    del pbx.extensions["3201"]
    (entry,) = hass.config_entries.async_entries("yeastar_vm")
    await hass.config_entries.async_reload(entry.entry_id)

    assert "3201 · Ann Empty" in await browse(hass, f"{home}/messages")
    assert await search(hass, f"{home}/messages", "anna") == []
    with pytest.raises(HomeAssistantError, match="no extension or group voicemail"):
        await browse(hass, f"{home}/messages/3201")


# --- privacy -------------------------------------------------------------------------


async def test_what_is_no_mailbox_shows_nothing(
    hass: HomeAssistant, home: str, pbx: PbxSimulator
) -> None:
    """Neither in its folder nor in a search, and it does not play."""
    message_id = leave(pbx, "3202", "15550123", "Anna Weber", DAY, 2)

    with pytest.raises(HomeAssistantError, match="3202 is not a mailbox"):
        await browse(hass, f"{home}/messages/3202")
    with pytest.raises(HomeAssistantError, match="3202 is not a mailbox"):
        await search(hass, f"{home}/messages/3202", "anna")
    with pytest.raises(HomeAssistantError, match="3202 is not a mailbox"):
        await async_resolve_media(hass, f"{home}/messages/3202/{message_id}", None)
    assert await search(hass, home, "anna") == []

    # The PBX would play it under any number.
    with pytest.raises(HomeAssistantError, match="no longer exists"):
        await async_resolve_media(hass, f"{home}/messages/3200/{message_id}", None)
    assert "vm/download" not in {request.endpoint for request in pbx.requests}


async def test_nothing_changes_where_there_are_no_mailboxes(
    hass: HomeAssistant, here: str
) -> None:
    """There is no folder for messages."""
    assert "3200 · Leo Ball" in await browse(hass, here)
    with pytest.raises(HomeAssistantError, match="nothing to browse here"):
        await browse(hass, f"{here}/messages")
    with pytest.raises(HomeAssistantError, match="3200 is not a mailbox"):
        await browse(hass, f"{here}/messages/3200")
    with pytest.raises(HomeAssistantError, match="3200 is not a mailbox"):
        await search(hass, f"{here}/messages/3200", "anna")


async def test_a_message_that_was_deleted(
    hass: HomeAssistant, home: str, pbx: PbxSimulator
) -> None:
    """It is gone at once, also where Home Assistant still knows it."""
    message_id = leave(pbx, "3200", "15550123", "", DAY, 2)
    media_content_id = f"{home}/messages/3200/{message_id}"
    await async_resolve_media(hass, media_content_id, None)

    pbx.mailboxes.clear("3200")

    with pytest.raises(HomeAssistantError, match="no longer exists"):
        await async_resolve_media(hass, media_content_id, None)


# --- search --------------------------------------------------------------------------


async def test_search_finds_messages_by_their_callers(
    hass: HomeAssistant, home: str, pbx: PbxSimulator
) -> None:
    """By name and number: in a mailbox, in all of them, and beside extensions."""
    leave(pbx, "3200", "15550123", "Zoe\u0308 Weber", timedelta(0), 2)
    leave(pbx, "3201", "15550124", "", timedelta(0), 3)
    await browse(hass, f"{home}/messages/3200")
    await browse(hass, f"{home}/messages/3201")
    pbx.requests.clear()
    zoe = "Unread · Zoe\u0308 Weber · today 13:00 · 0:02"
    other = "Unread · 15550124 · today 13:00 · 0:03"

    assert await search(hass, f"{home}/messages/3200", "zoë") == [zoe]
    assert await search(hass, f"{home}/messages/3200", "15550124") == []
    assert await search(hass, f"{home}/messages", "1555012") == [
        f"3201 · {other}",
        f"3200 · {zoe}",
    ]
    assert pbx.requests == []  # Home Assistant knows them.
    assert await search(hass, home, "zoë") == ["0042 · Zoë Zero", f"3200 · {zoe}"]
    assert await search(hass, ROOT, "zoë", [MediaClass.DIRECTORY]) == [
        "0042 · Zoë Zero"
    ]


async def test_search_finds_messages_by_their_texts(
    hass: HomeAssistant, home: str, pbx: PbxSimulator
) -> None:
    """Of those that were transcribed."""
    leave(pbx, "3200", "15550123", "Anna", timedelta(0), 2)
    await browse(hass, f"{home}/messages/3200")
    engine = await add_engine(hass)
    engine.text = "The delivery comes on Thursday"
    assert await search(hass, f"{home}/messages/3200", "delivery") == []

    await call(hass, "transcribe_message", mailbox="3200", engine=ENGINE)

    anna = "Unread · Anna · today 13:00 · 0:02"
    assert await search(hass, f"{home}/messages/3200", "DELIVERY") == [anna]
    assert await search(hass, home, "thursday") == [f"3200 · {anna}"]


async def test_a_message_that_home_assistant_does_not_know_yet(
    hass: HomeAssistant, home: str, pbx: PbxSimulator
) -> None:
    """It asks the PBX before it says that there is no such message."""
    message_id = pbx.leave_message("3200", "15550123", announced=False).msg_id

    await async_resolve_media(hass, f"{home}/messages/3200/{message_id}", None)
