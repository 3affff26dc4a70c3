"""The life of the access token under stress: a thousand calls at once, and hard weeks.

What is promised of the tokens that are alive on the PBX:

- There is one for an entry at most, and it is the one that the entry keeps. Where the
  PBX refuses to refresh a token, that token lives out its last minute beside the next.
- What nobody was told of, nobody can give back: an answer that is lost on its way, and
  a crash before Home Assistant has saved what it was answered, leave a token that holds
  one of the eight places for half an hour. Each costs one sign-in and no failed login.
- Removing an entry leaves none, nor does a flow that ends without one.

And of failed logins: none with the right credentials, one with wrong ones. Where a PBX
counts a refused refresh token as one, a sign-in that succeeds follows it.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import (
    ConfigEntry,
)
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import UnknownFlow
from homeassistant.exceptions import HomeAssistantError
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
)

from custom_components.yeastar_vm.const import DOMAIN
from custom_components.yeastar_vm.pbx import (
    SignIn,
    YeastarError,
)

from .conftest import Player, entry_for
from .gate import Gate
from .pbx_simulator import Fault, PbxSimulator, Refusal
from .test_config_flow import Window
from .test_pbx_client import Caller

MINUTE = 60
HOUR = 60 * MINUTE
LINK = "extension_vm_greeting/play"
SIGN_IN = ("get_token", "refresh_token")


async def play(hass: HomeAssistant) -> None:
    """Play a greeting, as an automation does."""
    data = {
        "extension": "3200",
        "file": "vm_welcome.wav",
        "entity_id": "media_player.kitchen",
    }
    await hass.services.async_call(DOMAIN, "play_greeting", data, blocking=True)


def asked(pbx: PbxSimulator) -> Counter[str]:
    """Return how often the PBX was asked what."""
    return Counter(request.endpoint for request in pbx.requests)


def access_token(entry: ConfigEntry[Any]) -> str | None:
    """Return the access token that an entry keeps."""
    token = entry.data["token"]
    return token["access_token"] if token else None


# --- a thousand at once --------------------------------------------------------------


@pytest.fixture
async def caller(
    http_pbx: PbxSimulator, freezer: FrozenDateTimeFactory
) -> AsyncIterator[Caller]:
    """Return a caller of the PBX; time stands still, and so no request times out."""
    async with aiohttp.ClientSession() as session:
        yield Caller(session, http_pbx)


async def test_waiting_for_others_is_no_failure_to_connect(
    http_pbx: PbxSimulator, freezer: FrozenDateTimeFactory
) -> None:
    """A call may wait its turn for longer than a connection may take."""
    connector = aiohttp.TCPConnector(limit=1)
    async with aiohttp.ClientSession(connector=connector) as session:
        client = Caller(session, http_pbx).client
        await client.get_information()
        gate = Gate(http_pbx, LINK)
        calls = [
            asyncio.create_task(client.get_play_link("3200", "vm_welcome.wav"))
            for _ in range(2)
        ]
        await gate.arrived()

        freezer.tick(15)
        await asyncio.sleep(0)
        gate.open()

        assert len(await asyncio.gather(*calls)) == 2


# --- what a refresh may be answered --------------------------------------------------


@pytest.mark.parametrize(
    "refusal", [Refusal.HTTP_400, Refusal.HTTP_403, Refusal.HTTP_404]
)
async def test_a_refresh_token_that_is_refused_otherwise_than_documented(
    caller: Caller, refusal: Refusal
) -> None:
    """Does not keep a caller with credentials out for the day that it would last."""
    await caller.client.get_information()
    caller.pbx.switches.refresh_refusal = refusal
    caller.pbx.reboot()

    await caller.client.get_information()

    assert asked(caller.pbx)["get_token"] == 2


async def test_a_refused_refresh_token_may_count_as_a_failed_login(
    caller: Caller,
) -> None:
    """The sign-in that follows ends the count: no number of reboots blocks anybody."""
    caller.pbx.switches.refused_refresh_is_failed_login = True
    for _ in range(10):
        await caller.client.get_information()
        caller.pbx.reboot()

    await caller.client.get_information()

    assert caller.pbx.lockout._failures == {}


@pytest.mark.parametrize("errcode", [-2, 10001, 10009, 40003, 70082])
async def test_a_refresh_that_ends_in_an_error_of_the_pbx(
    caller: Caller, freezer: FrozenDateTimeFactory, errcode: int
) -> None:
    """Leads to a sign-in as well."""
    await caller.client.get_information()
    caller.pbx.errcodes["refresh_token"] = errcode
    freezer.tick(31 * MINUTE)

    await caller.client.get_information()

    assert len(caller.pbx.live_access_tokens) == 1


@pytest.mark.parametrize("fault", [Fault.HTML, Fault.EMPTY, Fault.FORBIDDEN_403])
async def test_a_refresh_without_credentials_can_be_tried_again(
    caller: Caller, freezer: FrozenDateTimeFactory, fault: Fault
) -> None:
    """The refresh token is all there is: a gateway's page is no reason to drop it."""
    await caller.client.get_information()
    client = caller.new(SignIn(None, caller.client.sign_in.tokens))
    freezer.tick(31 * MINUTE)
    caller.pbx.faults["refresh_token"] = fault
    with pytest.raises(YeastarError):
        await client.get_information()

    caller.pbx.faults.clear()
    await client.get_information()

    assert asked(caller.pbx)["get_token"] == 1


# --- calls that outlive the entry's client -------------------------------------------


async def test_a_reload_while_a_play_is_answered_that_the_token_is_dead(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    http_entry: MockConfigEntry,
    player: Player,
) -> None:
    """The play fails; it does not sign in beside the entry that is loaded anew."""
    http_pbx.reboot()
    gate = Gate(http_pbx, LINK)
    playing = asyncio.create_task(play(hass))
    await gate.arrived()

    assert await hass.config_entries.async_reload(http_entry.entry_id)
    gate.open()

    with pytest.raises(HomeAssistantError, match="broke off the connection"):
        await playing
    assert asked(http_pbx)["get_token"] == 1
    assert http_pbx.live_access_tokens == [access_token(http_entry)]


async def test_signing_in_again_while_a_play_waits(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    http_entry: MockConfigEntry,
    player: Player,
) -> None:
    """The old sign-in is not tried again, and does not take the new one's place."""
    http_pbx.client_secret = "NewSecret00000000000000000000001"
    gate = Gate(http_pbx, LINK, busy=True)
    playing = asyncio.create_task(play(hass))
    await gate.arrived()
    window = Window(hass, http_pbx)
    await window.reconfigure(http_entry)

    result = await window.sign_in()
    await hass.async_block_till_done()
    gate.open()

    assert result["reason"] == "reconfigure_successful"
    with pytest.raises(HomeAssistantError, match="broke off the connection"):
        await playing
    assert http_entry.data["client_secret"] == http_pbx.client_secret
    assert not http_entry.data["sign_in_refused"]
    assert asked(http_pbx)["get_token"] == 1
    assert http_pbx.live_access_tokens == [access_token(http_entry)]


async def test_a_window_that_is_closed_while_the_pbx_is_busy(
    hass: HomeAssistant, http_pbx: PbxSimulator
) -> None:
    """The flow does not renew the token that was given back."""
    window = Window(hass, http_pbx)
    await window.open()
    gate = Gate(http_pbx, "system/information", busy=True)
    signing_in = asyncio.create_task(window.sign_in())
    await gate.arrived()

    await window.close()
    gate.open()

    with pytest.raises(UnknownFlow):
        await signing_in
    assert [asked(http_pbx)[endpoint] for endpoint in SIGN_IN] == [1, 0]
    assert http_pbx.live_access_tokens == []


async def test_a_setup_that_is_given_up_keeps_the_token_that_arrives(
    hass: HomeAssistant, http_pbx: PbxSimulator, expected_warnings: list[str]
) -> None:
    """The next one needs no other."""
    expected_warnings.append("Setup of config entry 'PBX'.* cancelled")
    gate = Gate(http_pbx, "get_token")
    entry = entry_for(http_pbx)
    entry.add_to_hass(hass)
    setup = asyncio.create_task(hass.config_entries.async_setup(entry.entry_id))
    await gate.arrived()

    setup.cancel()
    await asyncio.sleep(0)
    gate.open()
    await asyncio.wait([setup])

    assert http_pbx.live_access_tokens == [access_token(entry)]
    assert await hass.config_entries.async_reload(entry.entry_id)
    assert asked(http_pbx)["get_token"] == 1


# --- a week --------------------------------------------------------------------------
