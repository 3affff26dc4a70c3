"""Nothing of a message is in the log above debug, and groups are heard, too."""

import logging
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.yeastar_vm.diagnostics import async_get_config_entry_diagnostics
from simulator import (
    EventFault,
    EventType,
    Fault,
    GroupMode,
    PbxSimulator,
    default_groups,
    links,
)
from tests.common import KITCHEN, Player, call
from tests.engines import ENGINE, Engine
from tests.leaks import Recorder, find_leaks, logged

from .common import (
    MESSAGE,
    Arrivals,
    leo_ball,
    load_with_mailboxes,
    mailbox,
    message_ids,
    poll,
    until,
)


async def use(
    hass: HomeAssistant,
    pbx: PbxSimulator,
    entry: MockConfigEntry,
    arrivals: Arrivals,
    player: Player,
    engine: Engine,
) -> list[str]:
    """Do all there is to do with messages, well and badly; return their IDs."""
    errors = (HomeAssistantError, ServiceValidationError)
    pbx.events.faults[EventType.CALL_ENDED] = EventFault.TWICE
    left = [pbx.leave_message("3200", "15550123", "Anna Weber") for _ in range(2)]
    await arrivals.wait_for(2)
    mine: dict[str, Any] = {"mailbox": "3200", "message_id": left[0].msg_id}
    transcription = {"engine": ENGINE, **mine}
    await call(hass, "list_messages", mailbox="3200")
    await call(hass, "play_message", mark_as_read=True, **mine, **KITCHEN)
    await call(hass, "transcribe_message", **transcription)
    # What was heard is kept: another language is asked for.
    transcription["language"] = "de"
    engine.error = RuntimeError("deaf")
    with pytest.raises(errors):
        await call(hass, "transcribe_message", **transcription)
    player.error = HomeAssistantError("broken")
    with pytest.raises(errors):
        await call(hass, "play_message", **mine, **KITCHEN)
    for fault in (Fault.RESET, Fault.NOT_JSON, Fault.NO_FIELDS, Fault.HTML):
        for endpoint in ("vm/query", "vm/download", "vm/update", "download"):
            pbx.faults[endpoint] = fault
        await poll(entry)
        with pytest.raises(errors):
            await call(hass, "play_message", **mine, **KITCHEN)
        with pytest.raises(errors):
            await call(hass, "mark_message_read", **mine)
        with pytest.raises(errors):
            await call(hass, "transcribe_message", **transcription)
        pbx.faults.clear()
    await poll(entry)
    await call(hass, "delete_message", **mine)
    with pytest.raises(errors):
        await call(hass, "play_message", **mine, **KITCHEN)
    pbx.drop_sockets()
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    return [each.msg_id for each in left]


@pytest.fixture
def links_given(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return what tells the links apart that the PBX gives out from now on."""
    recorder = Recorder()
    monkeypatch.setattr(links, "random_text", recorder)
    return recorder.texts


async def test_the_log_has_nothing_of_a_message(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    leo: MockConfigEntry,
    arrivals: Arrivals,
    player: Player,
    engine: Engine,
    links_given: list[str],
    caplog: pytest.LogCaptureFixture,
    expected_warnings: list[str],
) -> None:
    """Whoever writes it: no caller, ID, text or link, nor whose mailbox it is."""
    expected_warnings += ["Error fetching PBX mailbox data", "^stt.engine failed"]

    ids = await use(hass, http_pbx, leo, arrivals, player, engine)

    # Home Assistant itself says which entities it adds.
    added = "homeassistant.helpers.entity_registry"
    texts = [
        each for each in logged(caplog, logging.INFO) if not each.startswith(added)
    ]
    assert any("mailbox data" in each for each in texts)
    callers = {"15550123", "Anna Weber"}
    whose = {"Leo Ball", "leo_ball", "3200"}
    secrets = {*ids, *callers, *whose, *links_given, str(engine.text)}
    assert find_leaks(texts, secrets) == []


async def test_the_text_that_comes_by_itself_is_private(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    engine: Engine,
    caplog: pytest.LogCaptureFixture,
    expected_warnings: list[str],
) -> None:
    """It is in no log, nor in diagnostics, nor in the history."""
    expected_warnings.append("^stt.engine failed")
    entry = await load_with_mailboxes(hass, http_pbx, leo_ball(engine=ENGINE))
    texts = entry.runtime_data.transcriber.texts
    http_pbx.leave_message("3200", "15550123", "Anna Weber")
    await until(lambda: texts.counts()["text"] == 1)
    engine.error = RuntimeError(engine.text)
    http_pbx.leave_message("3200", "15550124", "Zoe")
    await until(lambda: texts.counts()["failed"] == 1)

    diagnostics = await async_get_config_entry_diagnostics(hass, entry)

    state = hass.states.get(MESSAGE)
    assert state
    assert state.state_info
    assert "text" in state.state_info["unrecorded_attributes"]
    said = {str(engine.text)}
    assert find_leaks([str(diagnostics), *logged(caplog, logging.INFO)], said) == []


async def test_no_log_has_a_token(
    given_out: list[str],
    links_given: list[str],
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    leo: MockConfigEntry,
    arrivals: Arrivals,
    player: Player,
    engine: Engine,
    caplog: pytest.LogCaptureFixture,
    expected_warnings: list[str],
) -> None:
    """Not even in debug mode, nor a link of the PBX; the WebSocket has a token, too."""
    expected_warnings += ["Error fetching PBX mailbox data", "^stt.engine failed"]
    caplog.set_level(logging.DEBUG, "aiohttp")

    await use(hass, http_pbx, leo, arrivals, player, engine)

    assert given_out
    assert links_given
    secrets = {http_pbx.client_secret, *given_out, *links_given}
    assert find_leaks(logged(caplog), secrets) == []


async def test_a_message_of_a_group_is_played(
    hass: HomeAssistant, http_pbx: PbxSimulator, player: Player
) -> None:
    """As one of an extension."""
    http_pbx.groups = default_groups()
    group = next(
        each for each in http_pbx.groups.values() if each.mode is GroupMode.SHARE
    )
    await load_with_mailboxes(
        hass, http_pbx, mailbox(group.number, group.name, "group")
    )
    left = http_pbx.leave_message(group.number, "15550123")

    answer = await call(hass, "play_message", mailbox=group.number, **KITCHEN)

    assert message_ids(answer) == [left.msg_id]
    assert len(player.played) == 1
