"""The texts of new messages come by themselves where a mailbox has an engine."""

import asyncio
from collections.abc import AsyncIterator
import gc
import time
from typing import Any

from homeassistant.components import stt
from homeassistant.core import CoreState, HomeAssistant
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.yeastar_vm.transcription import engines
from custom_components.yeastar_vm.transcription.transcriber import (
    MAX_WAITING,
    RETRY_AFTER,
)
from simulator import Outage, PbxSimulator
from tests.clock import Clock
from tests.common import HOUR, asked, call, issues
from tests.engines import ENGINE, SAID, Engine, waiting

from .common import (
    Arrivals,
    leo_ball,
    load_with_mailboxes,
    mailbox,
    miss_once,
    poll,
    until,
)
from .transcribing import later, listed, settled


@pytest.fixture
async def entry(
    hass: HomeAssistant, http_pbx: PbxSimulator, engine: Engine
) -> AsyncIterator[MockConfigEntry]:
    """Return the entry of a PBX: the mailbox of Leo Ball has an engine."""
    entry = await load_with_mailboxes(hass, http_pbx, leo_ball(engine=ENGINE))
    yield entry
    engine.goes_on.set()
    await hass.config_entries.async_unload(entry.entry_id)


@pytest.fixture
async def told(hass: HomeAssistant, entry: MockConfigEntry) -> Arrivals:
    """Return what the event entity tells."""
    return Arrivals(hass)


async def test_the_text_follows_the_message(
    hass: HomeAssistant, http_pbx: PbxSimulator, engine: Engine, told: Arrivals
) -> None:
    """The message is told at once; the text has the same ID when it is there."""
    engine.goes_on.clear()
    left = http_pbx.leave_message("3200", "15550123", "Anna Weber", duration=4)
    await until(lambda: engine.heard)
    assert told.types == ["message_received"]
    assert await listed(hass) == [{"state": "pending", "language": ""}]

    engine.goes_on.set()
    await told.wait_for_texts(1)

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
    hass: HomeAssistant, http_pbx: PbxSimulator, leo: MockConfigEntry, engine: Engine
) -> None:
    """No audio goes anywhere. What somebody asks for is kept, and no event."""
    told = Arrivals(hass)
    left = http_pbx.leave_message("3200", "1")
    await poll(leo)
    await until(lambda: told.types == ["message_received"])
    assert await listed(hass) == [None]
    assert engine.heard == []

    for _ in range(2):
        await call(hass, "transcribe_message", mailbox="3200", engine=ENGINE)

    assert len(engine.heard) == 1
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
    engine: Engine,
    told: Arrivals,
    clock: Clock,
    text: str | None,
    reason: str,
) -> None:
    """Nothing, no words, or another language: it is not asked again."""
    engine.text = text
    left = http_pbx.leave_message("3200", "1")
    await told.wait_for_texts(1)

    await clock.pass_time(RETRY_AFTER + 1)
    await hass.config_entries.async_reload(entry.entry_id)
    await settled(hass)

    assert told.texts == [(left.msg_id, reason)]
    assert len(engine.heard) == 1


@pytest.mark.parametrize("works_again", [False, True])
async def test_a_failure_is_tried_again_once(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    engine: Engine,
    told: Arrivals,
    clock: Clock,
    expected_warnings: list[str],
    works_again: bool,
) -> None:
    """A quarter of an hour later; a second failure is final, and no news."""
    expected_warnings.append("^stt.engine failed with RuntimeError$")
    engine.error = RuntimeError("out of memory")
    left = http_pbx.leave_message("3200", "1").msg_id
    await told.wait_for_texts(1)

    if works_again:
        engine.error = None
    for _ in range(3):
        await later(hass, clock)
        await settled(hass)

    assert len(engine.heard) == 2
    assert told.texts == [(left, "failed"), *[(left, SAID)] * works_again]
    assert (await listed(hass))[0]["state"] == ("text" if works_again else "failed")


async def test_a_pbx_that_is_away_when_it_is_time_to_try_again(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    http_pbx: PbxSimulator,
    engine: Engine,
    told: Arrivals,
    clock: Clock,
    expected_warnings: list[str],
) -> None:
    """The text comes when the PBX is back."""
    expected_warnings += ["^stt.engine failed with RuntimeError$", "cannot be reached"]
    engine.error = RuntimeError("out of memory")
    left = http_pbx.leave_message("3200", "1")
    await told.wait_for_texts(1)

    await http_pbx.begin_outage(Outage.REFUSED)
    await poll(entry)
    engine.error = None
    await later(hass, clock)
    assert len(engine.heard) == 1
    await http_pbx.end_outage()
    await poll(entry)
    await told.wait_for_texts(2)

    assert told.texts == [(left.msg_id, "failed"), (left.msg_id, SAID)]


async def test_a_clock_that_was_ahead_when_an_engine_failed(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    engine: Engine,
    told: Arrivals,
    clock: Clock,
    expected_warnings: list[str],
) -> None:
    """The text comes no later than usual once it is set."""
    expected_warnings.append("^stt.engine failed with RuntimeError$")
    engine.error = RuntimeError("out of memory")
    right = time.time() - 2 * HOUR
    left = http_pbx.leave_message("3200", "1", left_at=right).msg_id
    await told.wait_for_texts(1)
    engine.error = None

    clock.move_to(dt_util.utc_from_timestamp(right))
    await later(hass, clock)
    await settled(hass)

    assert told.texts == [(left, "failed"), (left, SAID)]


async def test_a_message_without_audio(
    hass: HomeAssistant, http_pbx: PbxSimulator, told: Arrivals, clock: Clock
) -> None:
    """Nothing was said in it, and the PBX is not asked again."""
    http_pbx.errcodes["vm/download"] = 60001
    left = http_pbx.leave_message("3200", "1")
    await told.wait_for_texts(1)
    http_pbx.requests.clear()

    await later(hass, clock)
    await settled(hass)

    assert told.texts == [(left.msg_id, "no_speech")]
    assert asked(http_pbx)["vm/download"] == 0


async def test_a_message_that_arrives_while_home_assistant_stops(
    hass: HomeAssistant, http_pbx: PbxSimulator, engine: Engine, told: Arrivals
) -> None:
    """No engine is given it any longer, and no error is logged."""
    errors: list[str] = []
    hass.loop.set_exception_handler(lambda _, context: errors.append(str(context)))
    hass.set_state(CoreState.stopping)

    http_pbx.leave_message("3200", "1")
    await until(lambda: told.types == ["message_received"])
    await settled(hass)
    gc.collect()

    assert engine.heard == []
    assert errors == []


async def test_the_newest_message_comes_first(
    http_pbx: PbxSimulator, engine: Engine, told: Arrivals
) -> None:
    """One at a time, also with what somebody asks for."""
    engine.goes_on.clear()
    now = time.time()
    left = [
        http_pbx.leave_message("3200", str(age), left_at=now - age).msg_id
        for age in range(4)
    ]
    await until(lambda: len(told.events) == 4 and engine.heard)

    engine.goes_on.set()
    await told.wait_for_texts(4)

    # The engine had begun with the first that was reported.
    [first, *others] = [message_id for message_id, _ in told.texts]
    assert others == [each for each in left if each != first]
    assert engine.most_at_once == 1


async def test_a_reload_in_the_middle(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    entry: MockConfigEntry,
    engine: Engine,
    told: Arrivals,
) -> None:
    """Each text is told once."""
    engine.goes_on.clear()
    left = [http_pbx.leave_message("3200", each).msg_id for each in "12"]
    await until(lambda: len(told.events) == 2 and engine.heard)

    await hass.config_entries.async_reload(entry.entry_id)
    engine.goes_on.set()
    await told.wait_for_texts(2)
    await hass.config_entries.async_reload(entry.entry_id)
    await settled(hass)

    assert sorted(told.texts) == [(each, SAID) for each in left]
    assert engine.most_at_once == 1


@pytest.mark.parametrize("error", [None, RuntimeError("out of memory")])
@pytest.mark.parametrize("is_mailbox", [False, True])
async def test_what_is_gone_meanwhile(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    hass_storage: dict[str, Any],
    http_pbx: PbxSimulator,
    engine: Engine,
    told: Arrivals,
    possible_warnings: list[str],
    is_mailbox: bool,
    error: Exception | None,
) -> None:
    """The text of a message that is deleted is neither kept nor told.

    Nor is that of a mailbox that is removed, nor that there is none.
    """
    possible_warnings.append("^stt.engine failed with RuntimeError$")
    engine.error = error
    engine.goes_on.clear()
    left = http_pbx.leave_message("3200", "1").msg_id
    await until(lambda: engine.heard)

    if is_mailbox:
        hass.config_entries.async_remove_subentry(entry, "mailbox_3200")
        await hass.async_block_till_done()
    else:
        data = {"mailbox": "3200", "message_id": left}
        await call(hass, "delete_message", **data)
    engine.goes_on.set()
    await settled(hass)

    assert told.texts == []
    assert SAID not in str(hass_storage)
    assert not any(".texts." in key for key in hass_storage)


async def test_a_pbx_that_is_removed_meanwhile(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    http_pbx: PbxSimulator,
    engine: Engine,
) -> None:
    """Who waits for the text gets it, and nothing is left of it."""
    entry = await load_with_mailboxes(hass, http_pbx, leo_ball())
    http_pbx.leave_message("3200", "1")
    engine.goes_on.clear()
    answer_to = asyncio.create_task(
        call(hass, "transcribe_message", mailbox="3200", engine=ENGINE)
    )
    await until(lambda: engine.heard)

    await hass.config_entries.async_remove(entry.entry_id)
    engine.goes_on.set()
    answer = await answer_to
    await hass.async_block_till_done()

    assert answer["text"] == SAID
    assert SAID not in str(hass_storage)
    assert not any(entry.entry_id in key for key in hass_storage)


async def test_a_message_that_is_deleted_before_its_turn(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    entry: MockConfigEntry,
    engine: Engine,
    told: Arrivals,
) -> None:
    """The engine is not given it."""
    http_pbx.leave_message("3200", "1")
    await told.wait_for_texts(1)
    engine.goes_on.clear()
    answer_to = asyncio.create_task(
        call(hass, "transcribe_message", mailbox="3200", engine=ENGINE, language="de")
    )
    await until(lambda: len(engine.heard) == 2)
    left = http_pbx.leave_message("3200", "2").msg_id
    await until(lambda: waiting(hass))

    http_pbx.delete_at_phone(left)
    await poll(entry)
    engine.goes_on.set()
    await answer_to
    await settled(hass)

    assert len(engine.heard) == 2
    assert len(told.texts) == 1


async def test_a_mailbox_that_no_longer_has_an_engine(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    entry: MockConfigEntry,
    engine: Engine,
    told: Arrivals,
) -> None:
    """No text is to come; nor later, for the messages that it has by then."""
    await engine.async_remove(force_remove=True)
    http_pbx.leave_message("3200", "1")
    await until(lambda: told.types == ["message_received"])
    assert await listed(hass) == [{"state": "pending", "language": ""}]
    [subentry] = entry.subentries.values()

    for speech in ({}, {"engine": ENGINE}):
        data = {**subentry.data, "engine": "", **speech}
        hass.config_entries.async_update_subentry(entry, subentry, data=data)
        await hass.async_block_till_done()
        assert await listed(hass) == [None]
    await hass.data[stt.DATA_COMPONENT].async_add_entities([Engine()])
    await settled(hass)

    assert await listed(hass) == [None]
    assert told.texts == []


async def test_a_list_that_is_empty_for_a_moment(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    http_pbx: PbxSimulator,
    engine: Engine,
    told: Arrivals,
) -> None:
    """A message that is listed again is neither told nor transcribed again."""
    left = http_pbx.leave_message("3200", "15550123").msg_id
    await told.wait_for_texts(1)

    await miss_once(http_pbx, entry)
    await settled(hass)

    assert told.texts == [(left, SAID)]
    assert len(engine.heard) == 1
    assert await listed(hass) == [None]


@pytest.mark.parametrize("deletes_itself", [True, False])
async def test_the_text_goes_with_the_message(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    http_pbx: PbxSimulator,
    entry: MockConfigEntry,
    told: Arrivals,
    deletes_itself: bool,
) -> None:
    """And with the mailbox: from the files, too."""
    left = http_pbx.leave_message("3200", "1").msg_id
    http_pbx.leave_message("3200", "2")
    await told.wait_for_texts(2)
    assert str(hass_storage).count(SAID) == 2

    if deletes_itself:
        await call(hass, "delete_message", mailbox="3200", message_id=left)
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
    http_pbx: PbxSimulator,
    engine: Engine,
    told: Arrivals,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The user is told, and so is the event; the text comes when it is back."""
    monkeypatch.setattr(engines, "RETURN_TIMEOUT", 0)
    await engine.async_remove(force_remove=True)
    left = http_pbx.leave_message("3200", "1").msg_id
    await told.wait_for_texts(1)
    assert told.texts == [(left, "failed")]
    assert issues(hass) == ["engine_unusable"]

    for _ in range(3):
        await later(hass, clock)
        await settled(hass)
    await hass.data[stt.DATA_COMPONENT].async_add_entities([Engine()])
    await later(hass, clock)
    await told.wait_for_texts(2)

    assert told.texts == [(left, "failed"), (left, SAID)]
    assert issues(hass) == []


async def test_two_pbxs_with_one_engine(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    pbx: PbxSimulator,
    engine: Engine,
    told: Arrivals,
) -> None:
    """It has one message at a time, of whichever PBX."""
    pbx.serial_number = "3631A2120000"
    other = await load_with_mailboxes(
        hass, pbx, mailbox("3201", "Ann Empty", engine=ENGINE)
    )
    engine.goes_on.clear()
    for each, number in ((http_pbx, "3200"), (pbx, "3201")) * 2:
        each.leave_message(number, "1")
    await until(lambda: told.types.count("message_received") == 2 and engine.heard)

    engine.goes_on.set()
    await told.wait_for_texts(2)
    await until(lambda: other.runtime_data.transcriber.texts.counts()["text"] == 2)

    assert len(engine.heard) == 4
    assert engine.most_at_once == 1


async def test_an_engine_that_comes_back_soon(
    hass: HomeAssistant, http_pbx: PbxSimulator, engine: Engine, told: Arrivals
) -> None:
    """As after a reload, or at the start of Home Assistant: it is waited for."""
    await engine.async_remove(force_remove=True)
    left = http_pbx.leave_message("3200", "1").msg_id
    await until(lambda: told.types == ["message_received"])

    await hass.data[stt.DATA_COMPONENT].async_add_entities([Engine()])
    await told.wait_for_texts(1)

    assert told.texts == [(left, SAID)]
    assert issues(hass) == []


async def test_a_language_that_the_engine_does_not_know(
    hass: HomeAssistant, http_pbx: PbxSimulator, engine: Engine
) -> None:
    """It is told, and the user sees it; another language is all that it needs."""
    entry = await load_with_mailboxes(
        hass, http_pbx, leo_ball(engine=ENGINE, language="fr")
    )
    told = Arrivals(hass)
    left = http_pbx.leave_message("3200", "1").msg_id
    await told.wait_for_texts(1)
    assert told.texts == [(left, "language_unknown")]
    assert issues(hass) == ["language_not_supported"]

    [subentry] = entry.subentries.values()
    hass.config_entries.async_update_subentry(
        entry, subentry, data={**subentry.data, "language": "de"}
    )
    await told.wait_for_texts(2)

    assert told.texts[1:] == [(left, SAID)]
    assert engine.heard[0][0].language == "de-DE"
    assert issues(hass) == []


async def test_very_many_at_once(
    hass: HomeAssistant, http_pbx: PbxSimulator, engine: Engine, told: Arrivals
) -> None:
    """The newest ones have a text; that the others have none is told, too."""
    engine.goes_on.clear()
    count = MAX_WAITING + 3
    http_pbx.switches.mailbox_limit = count
    for number in range(count):
        http_pbx.leave_message("3200", str(number), announced=False)
    http_pbx.leave_message("3200", "last")
    await until(lambda: told.types.count("message_received") >= count)

    engine.goes_on.set()
    await told.wait_for_texts(count)

    failed = [each for each in told.texts if each[1] == "failed"]
    assert 2 <= len(failed) <= 3


async def test_what_is_asked_for_is_kept(
    hass: HomeAssistant, http_pbx: PbxSimulator, engine: Engine, told: Arrivals
) -> None:
    """The same engine and language is not asked twice, another language is."""
    http_pbx.leave_message("3200", "1")
    await told.wait_for_texts(1)

    same = await call(hass, "transcribe_message", mailbox="3200", engine=ENGINE)
    assert len(engine.heard) == 1
    engine.text = "Ruf mich zurück"
    other = await call(
        hass, "transcribe_message", mailbox="3200", engine=ENGINE, language="de"
    )

    assert (same["text"], same["language"]) == (SAID, "en-US")
    assert (other["text"], other["language"]) == ("Ruf mich zurück", "de-DE")
    assert len(told.texts) == 1
    assert (await listed(hass))[0]["text"] == "Ruf mich zurück"
