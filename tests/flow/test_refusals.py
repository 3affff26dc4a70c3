"""A sign-in that the PBX refuses."""

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType

from tests.common import MINUTE, endpoints
from tests.pbx_simulator import PbxSimulator
from tests.window import Window

from .forms import assert_error, new_token, suggested


async def test_a_wrong_secret_costs_one_attempt(
    pbx: PbxSimulator, window: Window
) -> None:
    """The form keeps what is no secret, and the right secret gets in."""
    await window.open()
    await window.sign_in(client_secret="wrong")

    result = await window.submit()

    assert_error(result, "invalid_auth")
    assert result["step_id"] == "credentials"
    assert suggested(result) == {"url": pbx.base_url, "client_id": pbx.client_id}
    assert endpoints(pbx) == ["get_token"]

    created = await window.sign_in()

    assert created["type"] is FlowResultType.CREATE_ENTRY
    assert created["data"]["sign_in_refused"] is False
    assert len(pbx.live_access_tokens) == 1


async def test_five_wrong_secrets_block_until_the_time_is_up(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    http_pbx: PbxSimulator,
    http_window: Window,
) -> None:
    """The form says until when, and nothing is sent before."""
    freezer.move_to("2026-11-23T10:00:00Z")
    await http_window.open()
    for _ in range(5):
        assert_error(await http_window.sign_in(client_secret="no"), "invalid_auth")

    shown = assert_error(await http_window.sign_in(), "address_blocked")
    assert shown["time"] == "11:10"

    http_pbx.requests.clear()
    freezer.tick(9 * MINUTE)
    shown = assert_error(await http_window.sign_in(), "address_blocked")
    assert shown["time"] == "11:10"
    await http_window.close()
    await http_window.open()
    assert_error(await http_window.sign_in(), "address_blocked")
    assert http_pbx.requests == []

    freezer.tick(2 * MINUTE)
    created = await http_window.sign_in()
    assert created["type"] is FlowResultType.CREATE_ENTRY
    assert len(http_pbx.live_access_tokens) == 1


async def test_an_address_that_is_not_allowed_waits(
    freezer: FrozenDateTimeFactory, http_pbx: PbxSimulator, http_window: Window
) -> None:
    """The administrator adds it to the allow-list, and the next try succeeds."""
    freezer.move_to("2026-11-23T10:00:00Z")
    http_pbx.switches.allow_list = frozenset({"192.0.2.1"})
    await http_window.open()

    shown = assert_error(await http_window.sign_in(), "address_not_allowed")

    assert shown["time"] == "11:01"
    http_pbx.switches.allow_list = None
    assert_error(await http_window.sign_in(), "address_not_allowed")
    assert endpoints(http_pbx) == ["get_token"]

    freezer.tick(MINUTE)
    created = await http_window.sign_in()
    assert created["type"] is FlowResultType.CREATE_ENTRY


async def test_eight_tokens_in_use_wait(
    freezer: FrozenDateTimeFactory, http_pbx: PbxSimulator, http_window: Window
) -> None:
    """The form says that other programs have them, and when to try again."""
    freezer.move_to("2026-11-23T10:00:00Z")
    others = [new_token(http_pbx) for _ in range(8)]
    await http_window.open()

    shown = assert_error(await http_window.sign_in(), "too_many_tokens")

    assert shown["time"] == "11:05"
    http_pbx.tokens.revoke(others[0]["access_token"])
    assert_error(await http_window.sign_in(), "too_many_tokens")
    assert endpoints(http_pbx) == ["get_token"]

    freezer.tick(5 * MINUTE)
    created = await http_window.sign_in()
    assert created["type"] is FlowResultType.CREATE_ENTRY
    assert len(http_pbx.live_access_tokens) == 8
