"""The texts of new messages come by themselves where a mailbox has an engine."""

import asyncio
from collections.abc import AsyncIterator
import time
from typing import Any, Final

from homeassistant.components import stt
from homeassistant.core import Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.helpers.event import async_track_state_change_event
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.yeastar_vm.transcription import engines
from custom_components.yeastar_vm.transcription.transcriber import (
    MAX_WAITING,
    RETRY_AFTER,
)
from simulator import PbxSimulator
from tests.clock import Clock
from tests.common import issues

from .common import (
    MESSAGE,
    call,
    load_with_mailboxes,
    mailbox,
    poll,
    until,
    updated,
)
from .ears import Ears

ENGINE: Final = "stt.ears"
SAID: Final = "Please call me back"


class Told:
    """What the event entity of Leo Ball tells: types, message IDs, and texts."""

    def __init__(self, hass: HomeAssistant) -> None:
        self.events: list[dict[str, Any]] = []
        self._told = asyncio.Condition()
        self._hass = hass
        async_track_state_change_event(hass, MESSAGE, self._changed)

    @property
    def types(self) -> list[str]:
        """Return the types of the events."""
        return [event["event_type"] for event in self.events]

    @property
    def texts(self) -> list[tuple[str, str]]:
        """Return the messages with their texts, or why they have none."""
        return [
            (event["message_id"], event["text"] or event["reason"])
            for event in self.events
            if event["event_type"] == "message_transcribed"
        ]

    async def wait_for(self, count: int) -> None:
        """Wait until so many texts were told."""
        async with self._told:
            await self._told.wait_for(lambda: len(self.texts) >= count)

    @callback
    def _changed(self, event: Event[EventStateChangedData]) -> None:
        old, new = event.data["old_state"], event.data["new_state"]
        if not (old and new) or "unavailable" in (old.state, new.state):
            return
        if old.state != new.state:
            self.events.append(dict(new.attributes))
            self._hass.async_create_task(self._notify())

    async def _notify(self) -> None:
        async with self._told:
            self._told.notify_all()


@pytest.fixture
async def entry(
    hass: HomeAssistant, http_pbx: PbxSimulator, ears: Ears
) -> AsyncIterator[MockConfigEntry]:
    """Return the entry of a PBX: the mailbox of Leo Ball has an engine."""
    entry = await load_with_mailboxes(
        hass, http_pbx, mailbox("3200", "Leo Ball", engine=ENGINE)
    )
    yield entry
    ears.goes_on.set()
    await hass.config_entries.async_unload(entry.entry_id)


@pytest.fixture
async def told(hass: HomeAssistant, entry: MockConfigEntry) -> Told:
    """Return what the event entity tells."""
    return Told(hass)


async def settled(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Wait until no message is transcribed any longer."""
    await hass.async_block_till_done()
    await until(lambda: not entry.runtime_data.transcriber._working)
    await hass.async_block_till_done()


async def later(hass: HomeAssistant, entry: MockConfigEntry, clock: Clock) -> None:
    """Let it be time to try again; the engine takes as long as it takes."""
    await clock.pass_time(RETRY_AFTER - 1)
    clock.tick(2)
    await updated(hass, entry)


async def listed(hass: HomeAssistant) -> list[Any]:
    """Return the transcripts that the action lists, of the newest message first."""
    answer = await call(hass, "list_messages", mailbox="3200")
    return [each["transcript"] for each in answer["messages"]]


async def test_the_text_follows_the_message(
    hass: HomeAssistant, http_pbx: PbxSimulator, ears: Ears, told: Told
) -> None:
    """The message is told at once; the text has the same ID when it is there."""
    ears.goes_on.clear()
    left = http_pbx.leave_message("3200", "15550123", "Anna Weber", duration=4)
    await until(lambda: ears.heard)
    assert told.types == ["message_received"]
    assert await listed(hass) == [{"state": "pending", "language": ""}]

    ears.goes_on.set()
    await told.wait_for(1)

    received, transcribed = told.events
    for key in ("message_id", "caller_name", "caller_number", "duration", "time"):
        assert transcribed[key] == received[key]
    assert transcribed["message_id"] == left.msg_id
    assert (transcribed["text"], transcribed["reason"]) == (SAID, None)
    assert transcribed["language"] == "en-US"
    assert await listed(hass) == [
        {"state": "text", "language": "en-US", "text": SAID},
    ]


async def test_a_mailbox_without_an_engine(
    hass: HomeAssistant, http_pbx: PbxSimulator, leo: MockConfigEntry, ears: Ears
) -> None:
    """No audio goes anywhere. What somebody asks for is kept, and no event."""
    told = Told(hass)
    left = http_pbx.leave_message("3200", "1")
    await poll(leo)
    await until(lambda: told.types == ["message_received"])
    assert await listed(hass) == [None]
    assert ears.heard == []

    for _ in range(2):
        await call(hass, "transcribe_message", mailbox="3200", engine=ENGINE)

    assert len(ears.heard) == 1
    assert (await listed(hass))[0]["text"] == SAID
    assert told.types == ["message_received"]
    http_pbx.delete_at_phone(left.msg_id)


@pytest.mark.parametrize(
    ("text", "reason"),
    [(None, "no_speech"), ("[BLANK_AUDIO]", "no_speech"), ("你好", "你好")],
)
async def test_what_an_engine_answers(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    entry: MockConfigEntry,
    ears: Ears,
    told: Told,
    clock: Clock,
    text: str | None,
    reason: str,
) -> None:
    """Nothing, no words, or another language: it is not asked again."""
    ears.text = text
    left = http_pbx.leave_message("3200", "1")
    await told.wait_for(1)

    await clock.pass_time(RETRY_AFTER + 1)
    await hass.config_entries.async_reload(entry.entry_id)
    await settled(hass, entry)

    assert told.texts == [(left.msg_id, reason)]
    assert len(ears.heard) == 1


async def test_a_failure_is_tried_again_once(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    http_pbx: PbxSimulator,
    ears: Ears,
    told: Told,
    clock: Clock,
    expected_warnings: list[str],
) -> None:
    """A quarter of an hour later; a second failure is final, and no news."""
    expected_warnings.append("^stt.ears failed with RuntimeError$")
    ears.error = RuntimeError("out of memory")
    left = http_pbx.leave_message("3200", "1")
    await told.wait_for(1)

    for _ in range(3):
        await later(hass, entry, clock)
        await settled(hass, entry)

    assert len(ears.heard) == 2
    assert told.texts == [(left.msg_id, "failed")]
    assert (await listed(hass))[0]["state"] == "failed"


async def test_an_engine_that_works_again(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    http_pbx: PbxSimulator,
    ears: Ears,
    told: Told,
    clock: Clock,
    expected_warnings: list[str],
) -> None:
    """The text that comes then is told."""
    expected_warnings.append("^stt.ears failed with RuntimeError$")
    ears.error = RuntimeError("out of memory")
    left = http_pbx.leave_message("3200", "1")
    await told.wait_for(1)

    ears.error = None
    await later(hass, entry, clock)
    await told.wait_for(2)

    assert told.texts == [(left.msg_id, "failed"), (left.msg_id, SAID)]


async def test_the_newest_message_comes_first(
    http_pbx: PbxSimulator, ears: Ears, told: Told
) -> None:
    """One at a time, also with what somebody asks for."""
    ears.goes_on.clear()
    now = time.time()
    left = [
        http_pbx.leave_message("3200", str(age), left_at=now - age).msg_id
        for age in range(4)
    ]
    await until(lambda: len(told.events) == 4 and ears.heard)

    ears.goes_on.set()
    await told.wait_for(4)

    # The engine had begun with the first that was reported.
    [first, *others] = [message_id for message_id, _ in told.texts]
    assert others == [each for each in left if each != first]
    assert ears.most_at_once == 1


async def test_a_reload_in_the_middle(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    entry: MockConfigEntry,
    ears: Ears,
    told: Told,
) -> None:
    """Each text is told once."""
    ears.goes_on.clear()
    left = [http_pbx.leave_message("3200", each).msg_id for each in "12"]
    await until(lambda: len(told.events) == 2 and ears.heard)

    await hass.config_entries.async_reload(entry.entry_id)
    ears.goes_on.set()
    await told.wait_for(2)
    await hass.config_entries.async_reload(entry.entry_id)
    await settled(hass, entry)

    assert sorted(told.texts) == [(each, SAID) for each in left]
    assert ears.most_at_once == 1


@pytest.mark.parametrize("is_mailbox", [False, True])
async def test_what_is_gone_meanwhile(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    hass_storage: dict[str, Any],
    http_pbx: PbxSimulator,
    ears: Ears,
    told: Told,
    is_mailbox: bool,
) -> None:
    """The text of a message that is deleted is neither kept nor told.

    Nor is that of a mailbox that is removed.
    """
    ears.goes_on.clear()
    left = http_pbx.leave_message("3200", "1").msg_id
    await until(lambda: ears.heard)

    if is_mailbox:
        hass.config_entries.async_remove_subentry(entry, "mailbox_3200")
        await hass.async_block_till_done()
    else:
        data = {"mailbox": "3200", "message_id": left}
        await call(hass, "delete_message", response=False, **data)
    ears.goes_on.set()
    await settled(hass, entry)

    assert told.texts == []
    assert SAID not in str(hass_storage)


@pytest.mark.parametrize("deletes_itself", [True, False])
async def test_the_text_goes_with_the_message(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    http_pbx: PbxSimulator,
    entry: MockConfigEntry,
    told: Told,
    deletes_itself: bool,
) -> None:
    """And with the mailbox: from the files, too."""
    left = http_pbx.leave_message("3200", "1").msg_id
    http_pbx.leave_message("3200", "2")
    await told.wait_for(2)
    assert str(hass_storage).count(SAID) == 2

    if deletes_itself:
        await call(
            hass, "delete_message", response=False, mailbox="3200", message_id=left
        )
    else:
        http_pbx.delete_at_phone(left)
        await poll(entry)
    await until(lambda: str(hass_storage).count(SAID) == 1)

    [subentry] = entry.subentries
    hass.config_entries.async_remove_subentry(entry, subentry)
    await hass.async_block_till_done()
    assert SAID not in str(hass_storage)
    assert not any(".texts." in key for key in hass_storage)


async def test_an_engine_that_is_gone(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    http_pbx: PbxSimulator,
    ears: Ears,
    told: Told,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The user is told, and so is the event; the text comes when it is back."""
    monkeypatch.setattr(engines, "RETURN_TIMEOUT", 0)
    await ears.async_remove(force_remove=True)
    left = http_pbx.leave_message("3200", "1").msg_id
    await told.wait_for(1)
    assert told.texts == [(left, "failed")]
    assert issues(hass) == ["engine_unusable"]

    for _ in range(3):
        await later(hass, entry, clock)
        await settled(hass, entry)
    await hass.data[stt.DATA_COMPONENT].async_add_entities([Ears()])
    await later(hass, entry, clock)
    await told.wait_for(2)

    assert told.texts == [(left, "failed"), (left, SAID)]
    assert issues(hass) == []


async def test_two_pbxs_with_one_engine(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    pbx: PbxSimulator,
    entry: MockConfigEntry,
    ears: Ears,
    told: Told,
) -> None:
    """It has one message at a time, of whichever PBX."""
    pbx.serial_number = "3631A2120000"
    other = await load_with_mailboxes(
        hass, pbx, mailbox("3201", "Ann Empty", engine=ENGINE)
    )
    ears.goes_on.clear()
    for each, number in ((http_pbx, "3200"), (pbx, "3201")) * 2:
        each.leave_message(number, "1")
    await until(lambda: told.types.count("message_received") == 2 and ears.heard)

    ears.goes_on.set()
    await told.wait_for(2)
    await until(lambda: other.runtime_data.transcriber.texts.counts()["text"] == 2)

    assert len(ears.heard) == 4
    assert ears.most_at_once == 1
    await hass.config_entries.async_unload(other.entry_id)


async def test_an_engine_that_comes_back_soon(
    hass: HomeAssistant, http_pbx: PbxSimulator, ears: Ears, told: Told
) -> None:
    """As after a reload, or at the start of Home Assistant: it is waited for."""
    await ears.async_remove(force_remove=True)
    left = http_pbx.leave_message("3200", "1").msg_id
    await until(lambda: told.types == ["message_received"])

    await hass.data[stt.DATA_COMPONENT].async_add_entities([Ears()])
    await told.wait_for(1)

    assert told.texts == [(left, SAID)]
    assert issues(hass) == []


async def test_a_language_that_the_engine_does_not_know(
    hass: HomeAssistant, http_pbx: PbxSimulator, ears: Ears
) -> None:
    """It is told, and the user sees it; another language is all that it needs."""
    entry = await load_with_mailboxes(
        hass, http_pbx, mailbox("3200", "Leo Ball", engine=ENGINE, language="fr")
    )
    told = Told(hass)
    left = http_pbx.leave_message("3200", "1").msg_id
    await told.wait_for(1)
    assert told.texts == [(left, "language_unknown")]
    assert issues(hass) == ["language_not_supported"]

    [subentry] = entry.subentries.values()
    hass.config_entries.async_update_subentry(
        entry, subentry, data={**subentry.data, "language": "de"}
    )
    await told.wait_for(2)

    assert told.texts[1:] == [(left, SAID)]
    assert ears.heard[0][0].language == "de-DE"
    assert issues(hass) == []
    await hass.config_entries.async_unload(entry.entry_id)


async def test_very_many_at_once(
    hass: HomeAssistant, http_pbx: PbxSimulator, ears: Ears, told: Told
) -> None:
    """The newest ones have a text; that the others have none is told, too."""
    ears.goes_on.clear()
    count = MAX_WAITING + 3
    http_pbx.switches.mailbox_limit = count
    for number in range(count):
        http_pbx.leave_message("3200", str(number), announced=False)
    http_pbx.leave_message("3200", "last")
    await until(lambda: told.types.count("message_received") >= count)

    ears.goes_on.set()
    await told.wait_for(count)

    failed = [each for each in told.texts if each[1] == "failed"]
    assert 2 <= len(failed) <= 3


async def test_what_is_asked_for_is_kept(
    hass: HomeAssistant, http_pbx: PbxSimulator, ears: Ears, told: Told
) -> None:
    """The same engine and language is not asked twice, another language is."""
    http_pbx.leave_message("3200", "1")
    await told.wait_for(1)

    same = await call(hass, "transcribe_message", mailbox="3200", engine=ENGINE)
    assert len(ears.heard) == 1
    ears.text = "Ruf mich zurück"
    other = await call(
        hass, "transcribe_message", mailbox="3200", engine=ENGINE, language="de"
    )

    assert (same["text"], same["language"]) == (SAID, "en-US")
    assert (other["text"], other["language"]) == ("Ruf mich zurück", "de-DE")
    assert len(told.texts) == 1
    assert (await listed(hass))[0]["text"] == "Ruf mich zurück"
