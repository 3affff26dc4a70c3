"""A PBX that is silent at one endpoint delays neither the start nor the end."""

import asyncio
from collections.abc import Coroutine
from typing import Any, Final

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from simulator import EmptyBox, Fault, PbxSimulator, default_groups
from tests.clock import Clock
from tests.common import HOUR, MINUTE, arrival, asked, our_tasks

from .common import (
    MESSAGE,
    PRESENCE,
    UNREAD,
    add_with_mailboxes,
    ann_empty,
    leo_ball,
    load_with_mailboxes,
    mailbox,
    unread,
)

GROUP: Final = mailbox("6300", default_groups()["6300"].name, "group")
# More extensions than are searched one by one.
MANY: Final = [
    leo_ball(),
    ann_empty(),
    mailbox("3202", "Odd Names"),
    mailbox("0042", "Guest"),
    GROUP,
]
# What an entry with mailboxes asks for by itself, with how many of them, and what of
# Leo Ball is not known before the answer.
ENDPOINTS: Final = {
    "get_token": (MANY, None),
    "refresh_token": (MANY, None),
    "system/information": (MANY, None),
    "subscribe": (MANY, []),
    "vm/query": (MANY, [UNREAD, MESSAGE]),
    "vm_group/list": (MANY, []),
    "extension/list": (MANY, [PRESENCE]),
    "extension/search": ([leo_ball()], [PRESENCE]),
}
SETUP: Final = 10  # seconds, at most
END: Final = 3  # seconds, at most


async def seconds(clock: Clock, what: Coroutine[Any, Any, Any]) -> float:
    """Return how long something takes."""
    loop = asyncio.get_running_loop()
    started = loop.time()
    await clock.during(what)
    return loop.time() - started


def unavailable(hass: HomeAssistant) -> list[str]:
    """Return the entities of Leo Ball of which nothing is known."""
    return [
        entity_id
        for entity_id in (UNREAD, MESSAGE, PRESENCE)
        if (state := hass.states.get(entity_id)) and state.state == "unavailable"
    ]


async def test_each_endpoint_that_is_asked_by_itself_is_tried_here(
    hass: HomeAssistant, http_pbx: PbxSimulator, clock: Clock
) -> None:
    """Setup, events, polls, and the renewal of the token."""
    http_pbx.groups = default_groups()
    found = set[str]()
    for mailboxes in ([leo_ball()], MANY):
        entry = await load_with_mailboxes(hass, http_pbx, *mailboxes)
        await clock.pass_time(2 * HOUR)
        await hass.config_entries.async_remove(entry.entry_id)
        found |= asked(http_pbx).keys()

    assert found - {"del_token"} == set(ENDPOINTS)


@pytest.mark.parametrize(
    "endpoint", [each for each in ENDPOINTS if each != "refresh_token"]
)
async def test_a_setup(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    clock: Clock,
    expected_warnings: list[str],
    endpoint: str,
) -> None:
    """It waits for a sign-in alone. What is not known yet is unavailable."""
    if endpoint == "vm/query":
        expected_warnings.append("Error fetching PBX mailbox data: The PBX did not")
    http_pbx.groups = default_groups()
    http_pbx.leave_message("3200", "15550123", announced=False)
    http_pbx.switches.empty_box = EmptyBox.OMITTED
    http_pbx.faults[endpoint] = Fault.SILENT
    mailboxes, unknown = ENDPOINTS[endpoint]
    entry = await add_with_mailboxes(hass, http_pbx, *mailboxes)

    taken = await seconds(clock, hass.config_entries.async_setup(entry.entry_id))

    if unknown is None:
        assert taken == pytest.approx(SETUP, abs=0.1)
        assert entry.state is ConfigEntryState.SETUP_RETRY
    else:
        assert taken == 0
        assert set(unknown) <= set(unavailable(hass))
        await clock.pass_time(MINUTE)
        assert unavailable(hass) == unknown
    http_pbx.faults.clear()
    await clock.pass_time(6 * MINUTE)
    assert unread(hass) == "1"
    assert unavailable(hass) == []
    await clock.during(hass.config_entries.async_unload(entry.entry_id))


async def end(hass: HomeAssistant, entry: MockConfigEntry, how: str) -> None:
    """End what an entry does."""
    match how:
        case "unload":
            assert await hass.config_entries.async_unload(entry.entry_id)
        case "reload":
            await hass.config_entries.async_reload(entry.entry_id)
        case "stop":
            await hass.async_stop(force=True)


@pytest.mark.parametrize("how", ["unload", "reload", "stop"])
@pytest.mark.parametrize("endpoint", ENDPOINTS)
async def test_an_end(
    hass: HomeAssistant, http_pbx: PbxSimulator, clock: Clock, endpoint: str, how: str
) -> None:
    """Nobody waits for an answer that does not come."""
    http_pbx.groups = default_groups()
    mailboxes, unknown = ENDPOINTS[endpoint]
    entry = await load_with_mailboxes(hass, http_pbx, *mailboxes)
    http_pbx.faults[endpoint] = Fault.SILENT
    if endpoint in ("get_token", "system/information"):
        http_pbx.reboot()
        http_pbx.errcodes["refresh_token"] = 10004
    elif endpoint == "subscribe":
        http_pbx.drop_sockets()
    is_asked = arrival(http_pbx, endpoint)
    await clock.during(is_asked.wait())

    taken = await seconds(clock, end(hass, entry, how))

    # A setup that cannot sign in waits as long as the first one.
    is_waited_for = how == "reload" and unknown is None
    assert taken <= END + is_waited_for * SETUP
    http_pbx.faults.clear()
    if how == "reload":
        await hass.config_entries.async_unload(entry.entry_id)
    assert our_tasks() == []


@pytest.mark.parametrize("how", ["unload", "reload", "stop"])
@pytest.mark.parametrize("is_subscribed", [False, True])
async def test_a_socket_over_which_nothing_is_said(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    clock: Clock,
    how: str,
    *,
    is_subscribed: bool,
) -> None:
    """Neither the setup nor the end waits for a subscription, or for a close."""
    http_pbx.switches.subscription_answered = is_subscribed
    entry = await add_with_mailboxes(hass, http_pbx, leo_ball())

    taken = await seconds(clock, hass.config_entries.async_setup(entry.entry_id))
    await clock.pass_time(5)

    assert taken == 0
    assert unavailable(hass) == []
    http_pbx.silence_sockets()
    assert await seconds(clock, end(hass, entry, how)) <= END
    if how == "reload":
        await clock.during(hass.config_entries.async_unload(entry.entry_id))
    assert our_tasks() == []
