"""Tokens that a user pasted: a refresh token can be used once."""

from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest

from custom_components.yeastar_vm.flow import pasted as pasted_module
from simulator import Fault, PbxSimulator
from tests.clock import Clock, wait
from tests.common import MINUTE, endpoints
from tests.stored import stored_access_token
from tests.window import Window

from .forms import assert_error, entries, new_token


@pytest.fixture
def pasted(clock: Clock, http_pbx: PbxSimulator) -> dict[str, str]:
    """Return what the user enters: tokens of which the first has expired."""
    answer = new_token(http_pbx)
    clock.tick(40 * MINUTE)
    return {
        "url": http_pbx.base_url,
        "access_token": answer["access_token"],
        "refresh_token": answer["refresh_token"],
    }


@pytest.mark.parametrize("same_window", [True, False])
@pytest.mark.parametrize("times", [1, 3])
async def test_a_hiccup_of_the_pbx_does_not_use_them_up(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    pasted: dict[str, str],
    *,
    same_window: bool,
    times: int,
) -> None:
    """The same text is good for another submit, also in another window."""
    window = Window(hass, http_pbx)
    await window.open("access_token")
    http_pbx.faults["system/information"] = Fault.UNAVAILABLE_503
    for _ in range(times):
        assert_error(await window.submit(**pasted), "unavailable")
    http_pbx.faults.clear()
    if not same_window:
        await window.close()
        await window.open("access_token")

    created = await window.submit(**pasted)
    await window.settle()

    assert created["type"] is FlowResultType.CREATE_ENTRY
    assert endpoints(http_pbx).count("refresh_token") == 1
    token = await stored_access_token(hass, created["result"])
    assert http_pbx.live_access_tokens == [token]


async def test_the_second_renewal_is_remembered_too(
    hass: HomeAssistant,
    clock: Clock,
    http_pbx: PbxSimulator,
    pasted: dict[str, str],
) -> None:
    """The user has the PBX repaired before the next submit."""
    window = Window(hass, http_pbx)
    await window.open("access_token")
    http_pbx.faults["system/information"] = Fault.UNAVAILABLE_503
    for _ in range(3):
        assert_error(await window.submit(**pasted), "unavailable")
        clock.tick(40 * MINUTE)
    http_pbx.faults.clear()

    created = await window.submit(**pasted)

    assert created["type"] is FlowResultType.CREATE_ENTRY


async def test_another_host_that_refuses_them_does_not_use_them_up(
    hass: HomeAssistant, http_pbx: PbxSimulator, pasted: dict[str, str]
) -> None:
    """The user mistyped the address."""
    async with PbxSimulator(https=False) as other:
        window = Window(hass, http_pbx)
        await window.open("access_token")
        form = await window.submit(**{**pasted, "url": other.base_url})
        assert_error(form, "invalid_auth")

        created = await window.submit(**pasted)

    assert created["type"] is FlowResultType.CREATE_ENTRY


async def test_what_an_entry_keeps_is_remembered_no_longer(
    hass: HomeAssistant, http_pbx: PbxSimulator, pasted: dict[str, str]
) -> None:
    """Once the entry is removed, the text is worth nothing."""
    window = Window(hass, http_pbx)
    await window.open("access_token")
    http_pbx.faults["system/information"] = Fault.UNAVAILABLE_503
    await window.submit(**pasted)
    http_pbx.faults.clear()
    await window.submit(**pasted)
    await window.settle()
    [entry] = entries(hass)
    await hass.config_entries.async_remove(entry.entry_id)
    assert http_pbx.live_access_tokens == []
    await window.open("access_token")

    assert_error(await window.submit(**pasted), "invalid_auth")


async def test_what_is_not_used_is_forgotten(
    hass: HomeAssistant,
    clock: Clock,
    http_pbx: PbxSimulator,
    pasted: dict[str, str],
) -> None:
    """Nothing that was pasted stays in memory, nor what took its place."""
    window = Window(hass, http_pbx)
    await window.open("access_token")
    http_pbx.errcodes["system/information"] = 10004
    await window.submit(**pasted)
    await window.close()
    remembered = hass.data[pasted_module._RENEWED]
    assert len(remembered) == 1
    assert not {pasted["access_token"], pasted["refresh_token"]} & set(remembered)

    await wait(hass, clock, pasted_module.REMEMBERED + 1)

    assert remembered == {}
