"""Setup that fails, and how it goes on."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util.ssl import SSL_ALPN_HTTP11, SSLCipherList, client_context
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from simulator import Authority, Fault, PbxSimulator
from tests.clock import Clock, wait
from tests.common import (
    HOUR,
    MINUTE,
    Player,
    endpoints,
    entry_for,
    issues,
    play,
    reauth_flows,
    state_of,
)
from tests.stored import is_sign_in_refused, stored_access_token, write_file

from .life import WRONG, start


async def test_setup_waits_for_a_pbx_that_is_down(
    hass: HomeAssistant, clock: Clock, pbx: PbxSimulator
) -> None:
    """It loads by itself once the PBX is up."""
    await pbx.stop()
    entry = entry_for(pbx)

    assert await start(hass, entry) is ConfigEntryState.SETUP_RETRY
    assert entry.reason == (
        "The PBX cannot be reached: nothing answers at its address and port. Check "
        "that it is running, or select Reconfigure in the integration's menu to "
        "correct the address"
    )

    await pbx.start()
    await wait(hass, clock, 10)
    assert entry.state is ConfigEntryState.LOADED


@pytest.mark.parametrize("fault", [Fault.RESET, Fault.HTML, Fault.BAD_GATEWAY_502])
async def test_setup_tries_again_after_a_fault(
    hass: HomeAssistant,
    clock: Clock,
    http_pbx: PbxSimulator,
    fault: Fault,
) -> None:
    """One token is all that it costs."""
    http_pbx.faults["system/information"] = fault
    entry = entry_for(http_pbx)

    assert await start(hass, entry) is ConfigEntryState.SETUP_RETRY

    http_pbx.faults.clear()
    await wait(hass, clock, 10)
    assert entry.state is ConfigEntryState.LOADED
    assert http_pbx.live_access_tokens == [await stored_access_token(hass, entry)]
    assert endpoints(http_pbx).count("get_token") == 1


@pytest.mark.parametrize("http_401", [True, False])
async def test_a_pbx_that_takes_no_token_is_not_signed_in_to_for_ever(
    hass: HomeAssistant,
    clock: Clock,
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
        await wait(hass, clock, 10 * MINUTE)

    assert entry.state is ConfigEntryState.SETUP_RETRY
    asked = endpoints(http_pbx)
    assert asked.count("get_token") == 1
    tries = asked.count("system/information") / 2
    assert asked.count("refresh_token") == tries == 10
    assert len(http_pbx.live_access_tokens) == 1


async def test_a_wrong_secret_is_tried_once(
    hass: HomeAssistant,
    clock: Clock,
    pbx: PbxSimulator,
    expected_warnings: list[str],
) -> None:
    """Neither time, nor reloads, nor restarts, nor actions try it again."""
    expected_warnings.append("could not authenticate")
    entry = entry_for(pbx, **WRONG)

    assert await start(hass, entry) is ConfigEntryState.SETUP_ERROR

    assert await is_sign_in_refused(hass, entry)
    (flow,) = reauth_flows(hass)
    assert flow["step_id"] == "reauth_confirm"
    for _ in range(3):
        await wait(hass, clock, HOUR)
        await hass.config_entries.async_reload(entry.entry_id)
        await hass.async_block_till_done()
    assert entry.state is ConfigEntryState.SETUP_ERROR
    assert len(reauth_flows(hass)) == 1
    assert endpoints(pbx) == ["get_token"]


async def test_a_restart_remembers_that_the_sign_in_was_refused(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    pbx: PbxSimulator,
    expected_warnings: list[str],
) -> None:
    """The user is asked, the PBX is not."""
    expected_warnings.append("could not authenticate")
    entry = entry_for(pbx, **WRONG)
    write_file(hass_storage, entry, sign_in_refused=True)

    assert await start(hass, entry) is ConfigEntryState.SETUP_ERROR

    assert len(reauth_flows(hass)) == 1
    assert pbx.requests == []


async def redirect(pbx: PbxSimulator) -> None:
    """Let the PBX send everybody to another address."""
    pbx.faults["system/information"] = Fault.REDIRECT


async def take_the_api_away(pbx: PbxSimulator) -> None:
    """Let the firmware have no such endpoint."""
    pbx.errcodes["system/information"] = 10001


async def show_another_certificate(pbx: PbxSimulator) -> None:
    """Let the PBX make a new certificate."""
    await pbx.renew_certificate()


async def replace(pbx: PbxSimulator) -> None:
    """Let another PBX answer."""
    pbx.serial_number = "3631A2124999"


@pytest.mark.parametrize(
    ("trouble", "reason", "issue"),
    [
        (redirect, "redirects to http://example.invalid", []),
        (take_the_api_away, "firmware does not offer", ["not_supported"]),
        (show_another_certificate, "different certificate", ["certificate_changed"]),
        (replace, "A different PBX than PBX answers", ["another_pbx"]),
    ],
)
async def test_setup_does_not_try_again_what_only_the_user_can_change(
    hass: HomeAssistant,
    clock: Clock,
    pbx: PbxSimulator,
    entry: MockConfigEntry,
    expected_warnings: list[str],
    trouble: Callable[[PbxSimulator], Awaitable[None]],
    reason: str,
    issue: list[str],
) -> None:
    """The reason says what helps, or a repair does; a reload is another try."""
    expected_warnings.append("Error setting up entry PBX")
    await trouble(pbx)

    for _ in range(2):
        pbx.requests.clear()
        await hass.config_entries.async_reload(entry.entry_id)
        tried = len(pbx.requests)
        await wait(hass, clock, 10)
        await wait(hass, clock, HOUR)

        assert entry.state is ConfigEntryState.SETUP_ERROR
        assert reason in (entry.reason or "")
        assert len(pbx.requests) == tried
        assert issues(hass) == issue


@pytest.mark.parametrize("has_token", [True, False])
async def test_setup_waits_for_a_pbx_that_is_updating(
    hass: HomeAssistant,
    clock: Clock,
    pbx: PbxSimulator,
    *,
    has_token: bool,
) -> None:
    """It has no API for a while, and then it has one again."""
    entry = entry_for(pbx)
    if has_token:
        await start(hass, entry)
        clock.tick(MINUTE)
        await hass.config_entries.async_unload(entry.entry_id)
    pbx.errcodes["*"] = 10001

    if has_token:
        await hass.config_entries.async_setup(entry.entry_id)
    else:
        await start(hass, entry)
    assert state_of(entry) is ConfigEntryState.SETUP_RETRY

    pbx.errcodes.clear()
    await wait(hass, clock, 2 * MINUTE)
    assert entry.state is ConfigEntryState.LOADED


async def test_a_certificate_that_is_not_trusted_stops_setup_until_it_is_renewed(
    hass: HomeAssistant, clock: Clock, pbx: PbxSimulator
) -> None:
    """As that of an authority, which the PBX may renew without the user."""
    context = client_context(SSLCipherList.PYTHON_DEFAULT, SSL_ALPN_HTTP11)
    authority = Authority(pbx.clock())
    context.load_verify_locations(cadata=authority.pem)
    age = timedelta(days=90)
    pbx.show(authority.issue(pbx.clock(), age=age, valid_for=age - timedelta(days=1)))
    entry = entry_for(pbx, certificate_fingerprint=None)

    assert await start(hass, entry) is ConfigEntryState.SETUP_RETRY
    assert "The certificate of the PBX is not trusted" in (entry.reason or "")
    assert issues(hass) == ["certificate_not_trusted"]
    assert pbx.requests == []

    pbx.show(authority.issue(pbx.clock()))
    await wait(hass, clock, 10)
    assert entry.state is ConfigEntryState.LOADED
    assert issues(hass) == []


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
        (block, 10 * MINUTE, "has blocked the IP address of Home Assistant"),
        (exhaust, 5 * MINUTE, "all eight access tokens"),
        (forbid, MINUTE, "not on the PBX's list of allowed addresses"),
    ],
)
async def test_setup_sends_nothing_before_the_time_is_up(
    hass: HomeAssistant,
    clock: Clock,
    pbx: PbxSimulator,
    trouble: Any,
    pause: float,
    reason: str,
) -> None:
    """Then it loads by itself."""
    clock.move_to("2026-11-23T10:00:00Z")
    await trouble(hass, pbx)
    entry = entry_for(pbx)
    assert await start(hass, entry) is ConfigEntryState.SETUP_RETRY
    assert entry.reason
    assert reason in entry.reason
    assert endpoints(pbx) == ["get_token"]

    for _ in range(3):
        await wait(hass, clock, pause / 6)
        assert entry.state is ConfigEntryState.SETUP_RETRY
    assert endpoints(pbx) == ["get_token"]

    pbx.switches.allow_list = None
    pbx.reboot()
    await wait(hass, clock, pause / 2 + 1)
    assert entry.state is ConfigEntryState.LOADED
    assert endpoints(pbx) == ["get_token", "get_token", "system/information"]


@pytest.mark.parametrize("trouble", [block, exhaust, forbid])
async def test_a_reload_is_a_try_of_the_user(
    hass: HomeAssistant, pbx: PbxSimulator, trouble: Any
) -> None:
    """It is made once, whatever pause there is, and then there is a pause again."""
    await trouble(hass, pbx)
    entry = entry_for(pbx)
    await start(hass, entry)

    await hass.config_entries.async_reload(entry.entry_id)
    assert state_of(entry) is ConfigEntryState.SETUP_RETRY
    assert endpoints(pbx) == ["get_token"] * 2

    pbx.switches.allow_list = None
    pbx.lift_blocks()
    pbx.reboot()
    await hass.config_entries.async_reload(entry.entry_id)
    assert entry.state is ConfigEntryState.LOADED


async def test_a_reload_lifts_the_pause_of_a_loaded_entry(
    hass: HomeAssistant, pbx: PbxSimulator, entry: MockConfigEntry, player: Player
) -> None:
    """As a restart does."""
    pbx.reboot()
    await block(hass, pbx)
    with pytest.raises(HomeAssistantError, match="has blocked"):
        await play(hass)
    pbx.lift_blocks()

    await hass.config_entries.async_reload(entry.entry_id)

    assert entry.state is ConfigEntryState.LOADED
    await play(hass)
    assert len(player.played) == 1
