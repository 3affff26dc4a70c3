"""Tokens of a flow that no entry keeps."""

import asyncio
from typing import Any

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import EVENT_HOMEASSISTANT_STOP
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, UnknownFlow
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from simulator import Fault, PbxSimulator
from simulator.endpoints import ENDPOINTS, Endpoint
from simulator.model import RecordedRequest
from tests.common import endpoints
from tests.gate import Gate
from tests.stored import stored_access_token
from tests.window import Window

from .forms import assert_error, entries


async def test_a_pbx_that_is_there_already_is_not_added_again(
    hass: HomeAssistant, pbx: PbxSimulator, entry: MockConfigEntry, window: Window
) -> None:
    """The token of the flow is revoked, that of the entry is not."""
    await window.open()
    await window.sign_in()

    result = await window.submit()
    await hass.async_block_till_done(wait_background_tasks=True)

    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "already_configured"
    assert pbx.live_access_tokens == [await stored_access_token(hass, entry)]


async def test_closing_the_window_at_the_certificate_leaves_no_token(
    hass: HomeAssistant, pbx: PbxSimulator, window: Window
) -> None:
    """Nothing was sent at all."""
    await window.open()
    await window.sign_in()

    await window.close()

    assert pbx.requests == []
    assert entries(hass) == []


async def test_closing_the_window_after_an_error_leaves_no_token(
    pbx: PbxSimulator, window: Window
) -> None:
    """The token was given back with the error."""
    pbx.errcodes["system/information"] = -2
    await window.open()
    await window.sign_in()
    await window.submit()

    await window.close()

    assert endpoints(pbx) == ["get_token", "system/information", "del_token"]
    assert pbx.live_access_tokens == []


async def test_closing_the_window_while_the_pbx_is_asked_leaves_no_token(
    monkeypatch: pytest.MonkeyPatch,
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    http_window: Window,
) -> None:
    """A user may be faster than a PBX."""

    def close_window(pbx: Any, request: RecordedRequest) -> dict[str, object]:
        """Close the window while the PBX answers."""
        hass.config_entries.flow.async_abort(http_window.flow_id)
        return original.handler(pbx, request)

    original = ENDPOINTS["system/information"]
    monkeypatch.setitem(
        ENDPOINTS,
        "system/information",
        Endpoint("GET", close_window),
    )
    await http_window.open()

    with pytest.raises(UnknownFlow):
        await http_window.sign_in()
    await hass.async_block_till_done(wait_background_tasks=True)

    assert entries(hass) == []
    assert http_pbx.live_access_tokens == []


async def test_a_token_that_cannot_be_given_back_is_no_error(
    http_pbx: PbxSimulator, http_window: Window
) -> None:
    """It expires by itself; the user sees what went wrong first."""
    http_pbx.errcodes["system/information"] = -2
    http_pbx.faults["del_token"] = Fault.RESET
    await http_window.open()

    assert_error(await http_window.sign_in(), "pbx_fault")


async def test_two_windows_add_a_pbx_once(
    hass: HomeAssistant, pbx: PbxSimulator
) -> None:
    """The second is told, and its token is revoked."""
    first, second = Window(hass, pbx), Window(hass, pbx)
    for window in (first, second):
        await window.open()
        assert (await window.sign_in())["step_id"] == "certificate"

    results = await asyncio.gather(first.submit(), second.submit())
    await hass.async_block_till_done(wait_background_tasks=True)

    assert sorted(str(result["type"]) for result in results) == [
        "abort",
        "create_entry",
    ]
    (entry,) = entries(hass)
    assert pbx.live_access_tokens == [await stored_access_token(hass, entry)]


async def test_two_pbxs_are_two_entries(
    hass: HomeAssistant, pbx: PbxSimulator, http_pbx: PbxSimulator, window: Window
) -> None:
    """They are told apart by their serial numbers."""
    http_pbx.serial_number = "3631A2124002"
    await window.open()
    await window.sign_in()
    await window.submit()
    other = Window(hass, http_pbx)
    await other.open()

    await other.sign_in()
    await hass.async_block_till_done(wait_background_tasks=True)

    assert {e.unique_id for e in entries(hass)} == {pbx.serial_number, "3631A2124002"}


async def test_a_form_that_is_submitted_twice_adds_one_entry(
    hass: HomeAssistant, http_pbx: PbxSimulator, http_window: Window
) -> None:
    """Both sign in at once; the token of one of them is revoked."""
    await http_window.open()
    gate = Gate(http_pbx, "system/information")
    submits = [asyncio.create_task(http_window.sign_in()) for _ in range(2)]
    await gate.arrived(2)

    gate.open()
    results = await asyncio.gather(*submits, return_exceptions=True)
    await http_window.settle()

    assert all(isinstance(each, dict | UnknownFlow) for each in results)
    [entry] = entries(hass)
    assert entry.state is ConfigEntryState.LOADED
    assert http_pbx.live_access_tokens == [await stored_access_token(hass, entry)]


async def test_a_form_that_is_submitted_twice_changes_an_entry_once(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    http_entry: MockConfigEntry,
    http_window: Window,
) -> None:
    """Its old token and that of the other submit are revoked."""
    await http_window.reconfigure(http_entry)
    gate = Gate(http_pbx, "system/information")
    submits = [asyncio.create_task(http_window.sign_in()) for _ in range(2)]
    await gate.arrived(2)

    gate.open()
    results = await asyncio.gather(*submits, return_exceptions=True)
    await http_window.settle()

    assert all(isinstance(each, dict | UnknownFlow) for each in results)
    assert http_entry.state is ConfigEntryState.LOADED
    token = await stored_access_token(hass, http_entry)
    assert http_pbx.live_access_tokens == [token]


async def test_an_entry_that_is_removed_while_its_form_waits(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    http_entry: MockConfigEntry,
    http_window: Window,
) -> None:
    """The form ends, and leaves no token."""
    await http_window.reconfigure(http_entry)
    gate = Gate(http_pbx, "system/information")
    submit = asyncio.create_task(http_window.sign_in())
    await gate.arrived()

    await hass.config_entries.async_remove(http_entry.entry_id)
    gate.open()
    result = await submit
    await http_window.settle()

    assert (result["type"], result["reason"]) == (
        FlowResultType.ABORT,
        "entry_removed",
    )
    assert http_pbx.live_access_tokens == []


async def test_home_assistant_that_stops_ends_a_form(
    hass: HomeAssistant, http_pbx: PbxSimulator, http_window: Window
) -> None:
    """It does not wait for the PBX, and says why."""
    await http_window.open()
    gate = Gate(http_pbx, "system/information")
    submit = asyncio.create_task(http_window.sign_in())
    await gate.arrived()

    hass.bus.async_fire(EVENT_HOMEASSISTANT_STOP)
    result = await submit

    assert_error(result, "interrupted")
    gate.open()
    await http_window.settle()
    assert http_pbx.live_access_tokens == []
