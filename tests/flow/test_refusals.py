"""A sign-in that the PBX refuses."""

from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.exceptions import HomeAssistantError
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from simulator import PbxSimulator, Resolve
from tests.clock import Clock
from tests.common import Player, endpoints, play
from tests.window import Window

from .forms import assert_error, new_token, suggested


async def test_a_wrong_secret_costs_one_attempt(
    pbx: PbxSimulator, window: Window
) -> None:
    """The form keeps what was typed, and the right secret gets in."""
    await window.open()
    await window.sign_in(client_secret="wrong")

    result = await window.submit()

    assert_error(result, "invalid_auth")
    assert result["step_id"] == "credentials"
    assert suggested(result) == {
        "url": pbx.base_url,
        "client_id": pbx.client_id,
        "client_secret": "wrong",
    }
    assert endpoints(pbx) == ["get_token"]

    created = await window.sign_in()

    assert created["type"] is FlowResultType.CREATE_ENTRY
    assert len(pbx.live_access_tokens) == 1


@pytest.fixture
def _at_ten(clock: Clock) -> None:
    """Let it be ten o'clock, eleven in Berlin."""
    clock.move_to("2026-11-23T10:00:00Z")


@pytest.mark.usefixtures("_at_ten")
async def test_a_block_is_named_and_each_submit_is_one_try(
    http_pbx: PbxSimulator, http_window: Window
) -> None:
    """The form says until when; the administrator may lift the block before."""
    await http_window.open()
    for _ in range(5):
        assert_error(await http_window.sign_in(client_secret="no"), "invalid_auth")

    for _ in range(2):
        http_pbx.requests.clear()
        shown = assert_error(await http_window.sign_in(), "address_blocked")
        assert shown["time"] == "11:10"
        assert endpoints(http_pbx) == ["get_token"]

    http_pbx.lift_blocks()
    created = await http_window.sign_in()
    assert created["type"] is FlowResultType.CREATE_ENTRY
    assert len(http_pbx.live_access_tokens) == 1


async def test_an_address_that_is_not_allowed_is_named(
    http_pbx: PbxSimulator, http_window: Window
) -> None:
    """The administrator adds it to the list, and the next try succeeds at once."""
    http_pbx.switches.allow_list = frozenset({"192.0.2.1"})
    await http_window.open()

    assert_error(await http_window.sign_in(), "address_not_allowed")

    http_pbx.switches.allow_list = None
    created = await http_window.sign_in()
    assert created["type"] is FlowResultType.CREATE_ENTRY


async def test_eight_tokens_in_use_are_named(
    http_pbx: PbxSimulator, http_window: Window
) -> None:
    """The user ends another program, and the next try succeeds at once."""
    others = [new_token(http_pbx) for _ in range(8)]
    await http_window.open()

    assert_error(await http_window.sign_in(), "too_many_tokens")

    http_pbx.tokens.revoke(others[0]["access_token"])
    created = await http_window.sign_in()
    assert created["type"] is FlowResultType.CREATE_ENTRY
    assert len(http_pbx.live_access_tokens) == 8


@pytest.mark.usefixtures("_at_ten")
@pytest.mark.parametrize("spelling", ["127.0.0.1", "pbx.local"])
async def test_a_block_that_a_form_meets_holds_for_the_entry(
    hass: HomeAssistant,
    resolve: Resolve,
    pbx: PbxSimulator,
    entry: MockConfigEntry,
    player: Player,
    window: Window,
    spelling: str,
) -> None:
    """Nothing is sent to the PBX by itself, however the address was written."""
    resolve("pbx.local", ["127.0.0.1"])
    pbx.reboot()
    for _ in range(5):
        pbx.lockout.failed("127.0.0.1", pbx.clock())
    await window.reconfigure(entry)
    form = await window.sign_in(url=f"https://{spelling}:{pbx.port}")
    assert_error(form, "address_blocked")
    pbx.requests.clear()

    with pytest.raises(HomeAssistantError, match="Nothing is sent until 11:10"):
        await play(hass)

    assert "get_token" not in endpoints(pbx)
    assert "refresh_token" not in endpoints(pbx)


async def test_a_block_of_the_entry_does_not_hold_for_a_form(
    hass: HomeAssistant,
    pbx: PbxSimulator,
    entry: MockConfigEntry,
    player: Player,
    window: Window,
) -> None:
    """The administrator lifted it, and the user tries at once."""
    pbx.reboot()
    for _ in range(5):
        pbx.lockout.failed("127.0.0.1", pbx.clock())
    with pytest.raises(HomeAssistantError, match="has blocked"):
        await play(hass)
    pbx.lift_blocks()
    await window.reconfigured(entry)

    await play(hass)
    assert len(player.played) == 1
