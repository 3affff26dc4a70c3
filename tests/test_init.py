"""An entry's life: set up, unloaded, started again, removed."""

import asyncio
from datetime import timedelta
from typing import Any

import aiohttp
from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)

from custom_components import yeastar_vm
from custom_components.yeastar_vm.const import DOMAIN
from custom_components.yeastar_vm.pbx import http as api_module, tokens as tokens_module

from .conftest import Player, entry_for, load
from .pbx_simulator import Fault, PbxSimulator, tokens as simulated_tokens
from .pbx_simulator.model import RecordedRequest

MINUTE = 60
HOUR = 60 * MINUTE
WRONG = {"client_secret": "wrong"}
PLAY = {
    "extension": "3200",
    "file": "vm_welcome.wav",
    "entity_id": "media_player.kitchen",
}


def endpoints(pbx: PbxSimulator) -> list[str]:
    """Return what the PBX was asked, in order."""
    return [request.endpoint for request in pbx.requests]


def access_token(entry: MockConfigEntry) -> str:
    """Return the access token that an entry keeps."""
    return str(entry.data["token"]["access_token"])


def reauth_flows(hass: HomeAssistant) -> list[Any]:
    """Return the reauthentications that wait for the user."""
    return [
        flow
        for flow in hass.config_entries.flow.async_progress()
        if flow["context"]["source"] == "reauth"
    ]


async def start(hass: HomeAssistant, entry: MockConfigEntry) -> ConfigEntryState:
    """Set an entry up, whatever becomes of it."""
    entry.add_to_hass(hass)
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    return entry.state


async def restart(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Unload an entry and set it up again, as a restart of Home Assistant does."""
    assert await hass.config_entries.async_unload(entry.entry_id)
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()


async def wait(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, seconds: float
) -> None:
    """Let time pass, and Home Assistant do what it does then."""
    freezer.tick(timedelta(seconds=seconds))
    async_fire_time_changed(hass)
    await hass.async_block_till_done(wait_background_tasks=True)


def arrival(pbx: PbxSimulator, endpoint: str) -> asyncio.Event:
    """Return what is set when the next request for an endpoint arrives."""
    arrived = asyncio.Event()

    class Requests(list[RecordedRequest]):
        def append(self, request: RecordedRequest) -> None:
            super().append(request)
            if request.endpoint == endpoint:
                arrived.set()

    pbx.requests = Requests(pbx.requests)
    return arrived


def our_tasks() -> list[str]:
    """Return the tasks that run code of the integration."""
    return [
        repr(task)
        for task in asyncio.all_tasks()
        if "yeastar_vm" in repr(task.get_coro())
    ]


# Setup


async def test_setup_costs_one_token(hass: HomeAssistant, pbx: PbxSimulator) -> None:
    """It signs in and asks who the PBX is."""
    entry = await load(hass, entry_for(pbx))

    assert endpoints(pbx) == ["get_token", "system/information"]
    assert pbx.live_access_tokens == [access_token(entry)]


async def test_the_action_is_there_without_an_entry(hass: HomeAssistant) -> None:
    """Automations can be checked before the PBX answers."""
    assert await async_setup_component(hass, DOMAIN, {})

    assert hass.services.has_service(DOMAIN, "play_greeting")


async def test_the_pbx_is_a_device(
    hass: HomeAssistant,
    device_registry: dr.DeviceRegistry,
    pbx: PbxSimulator,
    entry: MockConfigEntry,
) -> None:
    """It shows model and firmware, and leads to the portal."""
    (device,) = dr.async_entries_for_config_entry(device_registry, entry.entry_id)

    assert device.identifiers == {(DOMAIN, pbx.serial_number)}
    assert device.entry_type is dr.DeviceEntryType.SERVICE
    assert device.manufacturer == "Yeastar"
    assert device.name == "PBX"
    assert device.model == "Yeastar P550"
    assert device.sw_version == "37.23.0.15"
    assert device.configuration_url == pbx.base_url


async def test_a_firmware_update_shows_after_a_reload(
    hass: HomeAssistant,
    device_registry: dr.DeviceRegistry,
    pbx: PbxSimulator,
    entry: MockConfigEntry,
) -> None:
    """The device stays the same."""
    (before,) = dr.async_entries_for_config_entry(device_registry, entry.entry_id)
    pbx.firmware = "37.24.0.1"

    await hass.config_entries.async_reload(entry.entry_id)

    (after,) = dr.async_entries_for_config_entry(device_registry, entry.entry_id)
    assert (after.id, after.sw_version) == (before.id, "37.24.0.1")


# Tokens outlast reloads and restarts


async def test_a_reload_costs_no_token(
    hass: HomeAssistant, pbx: PbxSimulator, entry: MockConfigEntry
) -> None:
    """The token is kept in the entry."""
    token = access_token(entry)

    await hass.config_entries.async_reload(entry.entry_id)

    assert endpoints(pbx) == ["system/information"]
    assert pbx.live_access_tokens == [access_token(entry)] == [token]


async def test_ten_restarts_cost_no_token(
    hass: HomeAssistant, pbx: PbxSimulator, entry: MockConfigEntry
) -> None:
    """There are only eight of them."""
    for _ in range(10):
        await restart(hass, entry)

    assert entry.state is ConfigEntryState.LOADED
    assert endpoints(pbx) == ["system/information"] * 10
    assert len(pbx.live_access_tokens) == 1


@pytest.mark.parametrize(
    ("away", "asked"),
    [
        (28 * MINUTE, ["system/information"]),
        (31 * MINUTE, ["refresh_token", "system/information"]),
        (23 * HOUR, ["refresh_token", "system/information"]),
        (25 * HOUR, ["get_token", "system/information"]),
    ],
)
async def test_a_restart_after_a_while_renews_the_token(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    pbx: PbxSimulator,
    entry: MockConfigEntry,
    away: float,
    asked: list[str],
) -> None:
    """With the cheapest request that does it, and what comes of it is kept."""
    await hass.config_entries.async_unload(entry.entry_id)
    freezer.tick(away)

    await hass.config_entries.async_setup(entry.entry_id)

    assert endpoints(pbx) == asked
    assert pbx.live_access_tokens == [access_token(entry)]
    pbx.requests.clear()
    await restart(hass, entry)
    assert endpoints(pbx) == ["system/information"]


async def test_a_rebooted_pbx_costs_one_sign_in(
    hass: HomeAssistant, pbx: PbxSimulator, entry: MockConfigEntry
) -> None:
    """It has forgotten all tokens."""
    pbx.reboot()

    await restart(hass, entry)

    assert entry.state is ConfigEntryState.LOADED
    assert endpoints(pbx).count("get_token") == 1
    assert pbx.live_access_tokens == [access_token(entry)]


# Setup that fails


async def test_setup_waits_for_a_pbx_that_is_down(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, pbx: PbxSimulator
) -> None:
    """It loads by itself once the PBX is up."""
    await pbx.stop()
    entry = entry_for(pbx)

    assert await start(hass, entry) is ConfigEntryState.SETUP_RETRY
    assert entry.reason == (
        "The PBX cannot be reached: nothing answers at its address and port"
    )

    await pbx.start()
    await wait(hass, freezer, 10)
    assert entry.state is ConfigEntryState.LOADED


@pytest.mark.parametrize(
    "fault",
    [
        fault
        for fault in Fault
        if fault not in (Fault.UNAUTHORIZED_401, Fault.SILENT, Fault.SLOW)
    ],
)
async def test_setup_tries_again_after_a_fault(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    http_pbx: PbxSimulator,
    fault: Fault,
) -> None:
    """One token is all that it costs."""
    http_pbx.faults["system/information"] = fault
    entry = entry_for(http_pbx)

    assert await start(hass, entry) is ConfigEntryState.SETUP_RETRY

    http_pbx.faults.clear()
    await wait(hass, freezer, 10)
    assert entry.state is ConfigEntryState.LOADED
    assert http_pbx.live_access_tokens == [access_token(entry)]
    assert endpoints(http_pbx).count("get_token") == 1


async def test_setup_gives_up_on_a_silent_pbx_for_now(
    monkeypatch: pytest.MonkeyPatch, hass: HomeAssistant, pbx: PbxSimulator
) -> None:
    """An answer that never comes is one that comes too late."""
    monkeypatch.setattr(api_module, "TIMEOUT", aiohttp.ClientTimeout(total=0.2))
    pbx.faults["*"] = Fault.SILENT
    entry = entry_for(pbx)

    assert await start(hass, entry) is ConfigEntryState.SETUP_RETRY
    assert entry.reason == "The PBX did not answer in time"
    assert our_tasks() == []


@pytest.mark.parametrize("http_401", [True, False])
async def test_a_pbx_that_takes_no_token_is_not_signed_in_to_for_ever(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    http_pbx: PbxSimulator,
    *,
    http_401: bool,
) -> None:
    """A try of setup refreshes the token once; one sign-in is all that it costs."""
    if http_401:
        http_pbx.faults["system/information"] = Fault.UNAUTHORIZED_401
    else:
        http_pbx.errcodes["system/information"] = 10005
    entry = entry_for(http_pbx)

    assert await start(hass, entry) is ConfigEntryState.SETUP_RETRY
    for _ in range(9):
        await wait(hass, freezer, 10 * MINUTE)

    assert entry.state is ConfigEntryState.SETUP_RETRY
    asked = endpoints(http_pbx)
    assert asked.count("get_token") == 1
    tries = asked.count("system/information") / 2
    assert asked.count("refresh_token") == tries == 10
    assert len(http_pbx.live_access_tokens) == 1


async def test_a_wrong_secret_is_tried_once(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    pbx: PbxSimulator,
    expected_warnings: list[str],
) -> None:
    """Neither time, nor reloads, nor restarts, nor actions try it again."""
    expected_warnings.append("could not authenticate")
    entry = entry_for(pbx, **WRONG)

    assert await start(hass, entry) is ConfigEntryState.SETUP_ERROR

    assert entry.data["sign_in_refused"] is True
    (flow,) = reauth_flows(hass)
    assert flow["step_id"] == "reauth_confirm"
    for _ in range(3):
        await wait(hass, freezer, HOUR)
        await hass.config_entries.async_reload(entry.entry_id)
        await hass.async_block_till_done()
    assert entry.state is ConfigEntryState.SETUP_ERROR
    assert len(reauth_flows(hass)) == 1
    assert endpoints(pbx) == ["get_token"]


async def test_a_restart_remembers_that_the_sign_in_was_refused(
    hass: HomeAssistant, pbx: PbxSimulator, expected_warnings: list[str]
) -> None:
    """The user is asked, the PBX is not."""
    expected_warnings.append("could not authenticate")
    entry = entry_for(pbx, **WRONG, sign_in_refused=True)

    assert await start(hass, entry) is ConfigEntryState.SETUP_ERROR

    assert len(reauth_flows(hass)) == 1
    assert pbx.requests == []


async def test_a_changed_certificate_stops_setup(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    pbx: PbxSimulator,
    entry: MockConfigEntry,
) -> None:
    """Nothing is sent to whoever answers, at any retry."""
    await pbx.renew_certificate()

    await hass.config_entries.async_reload(entry.entry_id)
    await wait(hass, freezer, 10)
    await wait(hass, freezer, MINUTE)

    assert entry.state is ConfigEntryState.SETUP_RETRY
    assert entry.reason
    assert entry.reason.startswith(
        "The PBX shows a different certificate than the one you trusted"
    )
    assert pbx.requests == []


async def test_a_certificate_that_is_not_pinned_stops_setup(
    hass: HomeAssistant, pbx: PbxSimulator
) -> None:
    """As when the certificate of an authority gives way to a self-signed one."""
    entry = entry_for(pbx, certificate_fingerprint=None)

    assert await start(hass, entry) is ConfigEntryState.SETUP_RETRY
    assert entry.reason
    assert "Select Reconfigure" in entry.reason
    assert pbx.requests == []


async def block(hass: HomeAssistant, pbx: PbxSimulator) -> None:
    """Get this address blocked, as another program with a wrong secret would."""
    for _ in range(5):
        pbx.lockout.failed("127.0.0.1", pbx.clock())


async def exhaust(hass: HomeAssistant, pbx: PbxSimulator) -> None:
    """Let other programs have all eight tokens."""
    for _ in range(8):
        pbx.tokens.issue(pbx.clock())


async def forbid(hass: HomeAssistant, pbx: PbxSimulator) -> None:
    """Allow the API to another address only."""
    pbx.switches.allow_list = frozenset({"192.0.2.1"})


@pytest.mark.parametrize(
    ("trouble", "pause", "reason"),
    [
        (block, 10 * MINUTE, "has blocked Home Assistant's address"),
        (exhaust, 5 * MINUTE, "all eight access tokens"),
        (forbid, MINUTE, "not on the PBX's list of allowed addresses"),
    ],
)
async def test_setup_sends_nothing_before_the_time_is_up(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    pbx: PbxSimulator,
    trouble: Any,
    pause: float,
    reason: str,
) -> None:
    """Then it loads by itself."""
    freezer.move_to("2026-11-23T10:00:00Z")
    await trouble(hass, pbx)
    entry = entry_for(pbx)
    assert await start(hass, entry) is ConfigEntryState.SETUP_RETRY
    assert entry.reason
    assert reason in entry.reason
    assert endpoints(pbx) == ["get_token"]

    await wait(hass, freezer, pause / 2)
    await hass.config_entries.async_reload(entry.entry_id)
    assert entry.state is ConfigEntryState.SETUP_RETRY
    assert endpoints(pbx) == ["get_token"]

    pbx.switches.allow_list = None
    pbx.reboot()
    await wait(hass, freezer, pause / 2 + 1)
    assert entry.state is ConfigEntryState.LOADED
    assert endpoints(pbx) == ["get_token", "get_token", "system/information"]


# Unload


async def test_an_unloaded_entry_leaves_nothing_running(
    hass: HomeAssistant, pbx: PbxSimulator, entry: MockConfigEntry, player: Player
) -> None:
    """No task, no timer of a kept clip; the token stays, and so does the action."""
    await hass.services.async_call(DOMAIN, "play_greeting", PLAY, blocking=True)
    token = access_token(entry)

    assert await hass.config_entries.async_unload(entry.entry_id)

    assert entry.state is ConfigEntryState.NOT_LOADED
    assert our_tasks() == []
    assert pbx.live_access_tokens == [token]
    with pytest.raises(HomeAssistantError, match="not loaded"):
        await hass.services.async_call(DOMAIN, "play_greeting", PLAY, blocking=True)
    assert len(player.played) == 1


@pytest.mark.parametrize("endpoint", ["extension_vm_greeting/play", "download"])
async def test_an_unload_ends_what_is_under_way(
    hass: HomeAssistant,
    pbx: PbxSimulator,
    entry: MockConfigEntry,
    player: Player,
    monkeypatch: pytest.MonkeyPatch,
    endpoint: str,
) -> None:
    """The action that waits gets an error, and nothing is played."""
    monkeypatch.setattr(api_module, "TIMEOUT", aiohttp.ClientTimeout(total=0.5))
    pbx.faults[endpoint] = Fault.SILENT
    asked = arrival(pbx, endpoint)
    action = asyncio.create_task(
        hass.services.async_call(DOMAIN, "play_greeting", PLAY, blocking=True)
    )
    await asked.wait()

    assert await hass.config_entries.async_unload(entry.entry_id)

    with pytest.raises(HomeAssistantError):
        await action
    assert player.played == []
    assert our_tasks() == []


async def test_an_unload_ends_a_silent_renewal(
    hass: HomeAssistant,
    pbx: PbxSimulator,
    player: Player,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It waits a moment for the new token, then the action gets an error."""
    monkeypatch.setattr(tokens_module, "CLOSE_TIMEOUT", 0.1)
    monkeypatch.setattr(simulated_tokens, "ACCESS_TOKEN_SECONDS", 30)
    entry = await load(hass, entry_for(pbx))
    pbx.faults["refresh_token"] = Fault.SILENT
    asked = arrival(pbx, "refresh_token")
    action = asyncio.create_task(
        hass.services.async_call(DOMAIN, "play_greeting", PLAY, blocking=True)
    )
    await asked.wait()

    assert await hass.config_entries.async_unload(entry.entry_id)

    with pytest.raises(HomeAssistantError):
        await action
    assert our_tasks() == []
    assert player.played == []


async def test_an_unload_waits_for_a_renewal_that_succeeds(
    hass: HomeAssistant,
    pbx: PbxSimulator,
    player: Player,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The refresh token is used up: the new one must not get lost."""
    with monkeypatch.context() as short_lived:
        short_lived.setattr(simulated_tokens, "ACCESS_TOKEN_SECONDS", 30)
        entry = await load(hass, entry_for(pbx))
    asked = arrival(pbx, "refresh_token")
    action = asyncio.create_task(
        hass.services.async_call(DOMAIN, "play_greeting", PLAY, blocking=True)
    )
    await asked.wait()

    await restart(hass, entry)

    await asyncio.gather(action, return_exceptions=True)
    assert entry.state is ConfigEntryState.LOADED
    assert endpoints(pbx).count("get_token") == 1
    assert endpoints(pbx).count("refresh_token") == 1
    assert pbx.live_access_tokens == [access_token(entry)]


async def test_giving_up_on_a_renewal_that_fails_is_no_error(
    hass: HomeAssistant,
    pbx: PbxSimulator,
    player: Player,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A script may be stopped, and the PBX hang up after that: nobody need know."""
    monkeypatch.setattr(simulated_tokens, "ACCESS_TOKEN_SECONDS", 30)
    entry = await load(hass, entry_for(pbx))
    pbx.faults["refresh_token"] = Fault.SILENT
    asked = arrival(pbx, "refresh_token")
    action = asyncio.create_task(
        hass.services.async_call(DOMAIN, "play_greeting", PLAY, blocking=True)
    )
    await asked.wait()

    action.cancel()
    await asyncio.wait([action])
    await pbx.stop()
    await hass.config_entries.async_unload(entry.entry_id)

    assert our_tasks() == []


# Removal


async def test_a_removed_entry_leaves_no_token(
    hass: HomeAssistant,
    device_registry: dr.DeviceRegistry,
    pbx: PbxSimulator,
    entry: MockConfigEntry,
) -> None:
    """Nor a device, nor a task."""
    result = await hass.config_entries.async_remove(entry.entry_id)

    assert result == {"require_restart": False}
    assert endpoints(pbx) == ["del_token"]
    assert pbx.live_access_tokens == []
    assert len(device_registry.devices) == 0
    assert our_tasks() == []


async def test_removing_an_entry_that_is_not_loaded_leaves_no_token(
    hass: HomeAssistant, pbx: PbxSimulator, entry: MockConfigEntry
) -> None:
    """The token is kept in the entry."""
    await hass.config_entries.async_unload(entry.entry_id)

    await hass.config_entries.async_remove(entry.entry_id)

    assert endpoints(pbx) == ["del_token"]
    assert pbx.live_access_tokens == []


async def test_removing_an_entry_whose_setup_failed_leaves_no_token(
    hass: HomeAssistant, pbx: PbxSimulator
) -> None:
    """Setup got a token before it failed."""
    pbx.errcodes["system/information"] = -2
    entry = entry_for(pbx)
    await start(hass, entry)
    assert len(pbx.live_access_tokens) == 1

    await hass.config_entries.async_remove(entry.entry_id)

    assert pbx.live_access_tokens == []


async def test_a_removed_entry_can_be_added_again(
    hass: HomeAssistant, pbx: PbxSimulator, entry: MockConfigEntry
) -> None:
    """Nothing of the first is left."""
    await hass.config_entries.async_remove(entry.entry_id)

    again = await load(hass, entry_for(pbx))

    assert pbx.live_access_tokens == [access_token(again)]


async def test_an_expired_token_is_not_revoked(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    pbx: PbxSimulator,
    entry: MockConfigEntry,
) -> None:
    """It holds no place any more."""
    freezer.tick(31 * MINUTE)

    await hass.config_entries.async_remove(entry.entry_id)

    assert pbx.requests == []


@pytest.mark.parametrize(
    "fault", [Fault.RESET, Fault.HTML, Fault.REDIRECT, Fault.UNAUTHORIZED_401]
)
async def test_an_entry_is_removed_whatever_the_pbx_answers(
    hass: HomeAssistant, pbx: PbxSimulator, entry: MockConfigEntry, fault: Fault
) -> None:
    """The token expires by itself."""
    pbx.faults["*"] = fault

    await hass.config_entries.async_remove(entry.entry_id)

    assert hass.config_entries.async_entries(DOMAIN) == []


async def test_an_entry_is_removed_though_the_pbx_is_down(
    hass: HomeAssistant, pbx: PbxSimulator, entry: MockConfigEntry
) -> None:
    """A PBX may be gone for good."""
    await pbx.stop()

    await hass.config_entries.async_remove(entry.entry_id)

    assert hass.config_entries.async_entries(DOMAIN) == []


async def test_an_entry_is_removed_though_the_pbx_says_nothing(
    hass: HomeAssistant,
    pbx: PbxSimulator,
    entry: MockConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Whoever removes it does not wait as long as a greeting may take."""
    monkeypatch.setattr(yeastar_vm, "REVOKE_TIMEOUT", 0.1)
    pbx.faults["del_token"] = Fault.SILENT

    await hass.config_entries.async_remove(entry.entry_id)

    assert hass.config_entries.async_entries(DOMAIN) == []
    assert "could not be revoked (timeout)" in caplog.text


async def test_a_token_is_not_revoked_at_another_certificate(
    hass: HomeAssistant, pbx: PbxSimulator, entry: MockConfigEntry
) -> None:
    """It would be told to whoever answers."""
    await pbx.renew_certificate()

    await hass.config_entries.async_remove(entry.entry_id)

    assert pbx.requests == []


async def test_removing_a_refused_entry_asks_nothing(
    hass: HomeAssistant, pbx: PbxSimulator, expected_warnings: list[str]
) -> None:
    """There is no token; the question for a new sign-in goes away, too."""
    expected_warnings.append("could not authenticate")
    entry = entry_for(pbx, **WRONG)
    await start(hass, entry)

    await hass.config_entries.async_remove(entry.entry_id)

    assert endpoints(pbx) == ["get_token"]
    assert reauth_flows(hass) == []
