"""Setup that fails, and how it goes on."""

from typing import Any

import aiohttp
from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.yeastar_vm.pbx import http as api_module
from tests.common import HOUR, MINUTE, endpoints, entry_for, our_tasks, reauth_flows
from tests.pbx_simulator import Fault, PbxSimulator

from .life import WRONG, access_token, start, wait


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
