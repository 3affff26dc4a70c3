"""Repair issues: they come with what is wrong, and go when it is fixed."""

import asyncio
from datetime import timedelta
from typing import Any

from homeassistant.config_entries import ConfigEntryDisabler, ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from homeassistant.util.ssl import SSL_ALPN_HTTP11, SSLCipherList, client_context
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.yeastar_vm.errors.issues import async_handle_error
from custom_components.yeastar_vm.pbx import CertificateChanged, InvalidCredentials
from simulator import Authority, Outage, PbxSimulator
from tests.clock import Clock

from .common import (
    Player,
    call,
    endpoints,
    entry_for,
    issues,
    load,
    play,
    reauth_flows,
    state_of,
)
from .gate import Gate
from .stored import stored_access_token
from .user_interface import grouped

SERIAL_NUMBER = PbxSimulator().serial_number


async def fail_to_play(hass: HomeAssistant) -> None:
    """Play a greeting, and see an error."""
    with pytest.raises(HomeAssistantError):
        await play(hass, delivery="relay")


@pytest.mark.usefixtures("player")
async def test_old_firmware(
    hass: HomeAssistant, pbx: PbxSimulator, entry: MockConfigEntry
) -> None:
    """Until a greeting plays, whatever else works."""
    pbx.switches.greeting_endpoints = False
    await fail_to_play(hass)
    assert issues(hass) == ["not_supported"]

    await call(hass, "search_extensions", search="leo")
    await hass.config_entries.async_reload(entry.entry_id)
    assert issues(hass) == ["not_supported"]

    pbx.switches.greeting_endpoints = True
    await play(hass, delivery="relay")

    assert issues(hass) == []


@pytest.mark.usefixtures("entry", "player")
async def test_an_address_that_is_not_allowed(
    hass: HomeAssistant, pbx: PbxSimulator, clock: Clock
) -> None:
    """Until the list has it."""
    pbx.switches.allow_list = frozenset({"192.0.2.1"})
    await fail_to_play(hass)
    assert issues(hass) == ["address_not_allowed"]

    pbx.switches.allow_list = None
    clock.tick(60)
    await play(hass, delivery="relay")

    assert issues(hass) == []


@pytest.mark.usefixtures("entry", "player")
async def test_home_assistant_without_an_address(hass: HomeAssistant) -> None:
    """Until it has one that players reach."""
    api, hass.config.api = hass.config.api, None
    await hass.config.async_update(internal_url=None)
    await fail_to_play(hass)
    assert issues(hass) == ["no_url_available"]

    await hass.config.async_update(location_name="Office")
    assert issues(hass) == ["no_url_available"]

    hass.config.api = api
    await hass.config.async_update(internal_url="http://homeassistant.test:8123")
    await hass.async_block_till_done()
    assert issues(hass) == []


@pytest.mark.usefixtures("player")
async def test_an_address_that_is_entered_while_the_entry_is_unloaded(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    """Setup looks, too."""
    api, hass.config.api = hass.config.api, None
    await hass.config.async_update(internal_url=None)
    await fail_to_play(hass)
    await hass.config_entries.async_unload(entry.entry_id)
    hass.config.api = api
    await hass.config.async_update(internal_url="http://homeassistant.test:8123")
    await hass.async_block_till_done()
    assert issues(hass) == ["no_url_available"]

    await hass.config_entries.async_setup(entry.entry_id)

    assert issues(hass) == []


@pytest.mark.usefixtures("http_entry", "player")
async def test_a_direct_link_does_not_hide_a_missing_address(
    hass: HomeAssistant,
) -> None:
    """The relay would still fail."""
    api, hass.config.api = hass.config.api, None
    await hass.config.async_update(internal_url=None)
    await fail_to_play(hass)

    await play(hass, delivery="direct")
    assert issues(hass) == ["no_url_available"]

    hass.config.api = api
    await play(hass, delivery="relay")
    assert issues(hass) == []


async def test_a_removed_entry_has_no_issues(
    hass: HomeAssistant, pbx: PbxSimulator, entry: MockConfigEntry, player: Player
) -> None:
    """Whatever was wrong."""
    pbx.switches.greeting_endpoints = False
    await fail_to_play(hass)

    await hass.config_entries.async_remove(entry.entry_id)

    assert issues(hass) == []


async def test_another_fault_is_no_issue(
    hass: HomeAssistant, pbx: PbxSimulator, entry: MockConfigEntry, player: Player
) -> None:
    """The user can do nothing about a PBX that restarts."""
    await pbx.stop()

    await fail_to_play(hass)

    assert issues(hass) == []


class Repair:
    """A repair, as the user goes through it."""

    def __init__(
        self, hass: HomeAssistant, client: Any, entry: MockConfigEntry
    ) -> None:
        """Prepare."""
        self.hass = hass
        self.client = client
        self.entry_id = entry.entry_id

    @property
    def issue(self) -> str:
        """Return the ID of the one issue."""
        [key] = issues(self.hass)
        return f"{key}_{self.entry_id}"

    async def open(self) -> dict[str, Any]:
        """Select the issue."""
        return await self._post(
            "/api/repairs/issues/fix", {"handler": "yeastar_vm", "issue_id": self.issue}
        )

    async def submit(self, flow_id: str) -> dict[str, Any]:
        """Submit what is shown."""
        return await self._post(f"/api/repairs/issues/fix/{flow_id}", {})

    async def _post(self, path: str, body: dict[str, str]) -> dict[str, Any]:
        answer = await self.client.post(path, json=body)
        assert answer.status == 200
        result: dict[str, Any] = await answer.json()
        await self.hass.async_block_till_done()
        return result


@pytest.fixture
async def repair(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    pbx: PbxSimulator,
    entry: MockConfigEntry,
    player: Player,
) -> Repair:
    """Return the repair that a renewed certificate makes necessary."""
    assert await async_setup_component(hass, "repairs", {})
    await pbx.renew_certificate()
    await fail_to_play(hass)
    assert issues(hass) == ["certificate_changed"]
    return Repair(hass, await hass_client(), entry)


async def test_a_changed_certificate_is_trusted_again(
    hass: HomeAssistant, pbx: PbxSimulator, entry: MockConfigEntry, repair: Repair
) -> None:
    """It shows the old and the new one, and costs no token."""
    old = entry.data["certificate_fingerprint"]

    form = await repair.open()
    assert form["step_id"] == "confirm"
    shown = form["description_placeholders"]
    assert shown["old_fingerprint"] == grouped(old)
    assert shown["fingerprint"] == grouped(pbx.fingerprint)
    assert entry.data["certificate_fingerprint"] == old

    result = await repair.submit(form["flow_id"])
    assert result["type"] == "create_entry"
    assert entry.data["certificate_fingerprint"] == pbx.fingerprint
    assert entry.state is ConfigEntryState.LOADED
    assert issues(hass) == []
    await play(hass)
    assert "get_token" not in endpoints(pbx)


async def test_a_certificate_of_an_authority_needs_no_pin(
    hass: HomeAssistant, pbx: PbxSimulator, entry: MockConfigEntry, repair: Repair
) -> None:
    """Nor does the next one of that authority."""
    context = client_context(SSLCipherList.PYTHON_DEFAULT, SSL_ALPN_HTTP11)
    context.load_verify_locations(cadata=pbx.certificate_pem)

    result = await repair.open()

    assert result["type"] == "create_entry"
    assert entry.data["certificate_fingerprint"] is None
    assert entry.state is ConfigEntryState.LOADED
    assert issues(hass) == []
    await play(hass)


async def test_the_certificate_that_was_shown_is_pinned(
    hass: HomeAssistant,
    pbx: PbxSimulator,
    entry: MockConfigEntry,
    repair: Repair,
    expected_warnings: list[str],
) -> None:
    """Not one that comes after it."""
    expected_warnings.append("Error setting up entry PBX")
    form = await repair.open()
    seen = pbx.fingerprint
    await pbx.renew_certificate()

    await repair.submit(form["flow_id"])

    assert entry.data["certificate_fingerprint"] == seen
    assert entry.state is ConfigEntryState.SETUP_ERROR
    assert issues(hass) == ["certificate_changed"]


async def test_a_certificate_that_is_back_needs_no_question(
    hass: HomeAssistant, pbx: PbxSimulator, entry: MockConfigEntry, repair: Repair
) -> None:
    """It is the one that is trusted already."""
    hass.config_entries.async_update_entry(
        entry, data={**entry.data, "certificate_fingerprint": pbx.fingerprint}
    )

    result = await repair.open()

    assert result["type"] == "create_entry"
    assert entry.state is ConfigEntryState.LOADED
    assert issues(hass) == []


async def test_a_pbx_that_is_off_cannot_be_looked_at(
    hass: HomeAssistant, pbx: PbxSimulator, repair: Repair
) -> None:
    """The issue stays."""
    await pbx.stop()

    result = await repair.open()

    assert (result["type"], result["reason"]) == ("abort", "cannot_connect")
    assert issues(hass) == ["certificate_changed"]


async def test_a_repair_of_a_removed_entry_ends_in_words(
    hass: HomeAssistant, entry: MockConfigEntry, repair: Repair
) -> None:
    """The user looks at it while somebody else removes the entry."""
    form = await repair.open()
    await hass.config_entries.async_remove(entry.entry_id)
    assert issues(hass) == []

    result = await repair.submit(form["flow_id"])

    assert (result["type"], result["reason"]) == ("abort", "entry_removed")


@pytest.mark.usefixtures("repair")
async def test_a_certificate_that_is_back_settles_the_issue(
    hass: HomeAssistant, pbx: PbxSimulator, entry: MockConfigEntry
) -> None:
    """As after a reconfiguration."""
    hass.config_entries.async_update_entry(
        entry, data={**entry.data, "certificate_fingerprint": pbx.fingerprint}
    )

    await hass.config_entries.async_reload(entry.entry_id)

    assert issues(hass) == []


# The certificate of an authority


@pytest.fixture(params=["expired", "wrong name"])
async def not_trusted(
    request: pytest.FixtureRequest,
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    pbx: PbxSimulator,
) -> Repair:
    """Return the repair of a PBX whose authority's certificate is not accepted."""
    assert await async_setup_component(hass, "repairs", {})
    authority = Authority(pbx.clock())
    client_context(SSLCipherList.PYTHON_DEFAULT, SSL_ALPN_HTTP11).load_verify_locations(
        cadata=authority.pem
    )
    pbx.show(authority.issue(pbx.clock()))
    entry = await load(hass, entry_for(pbx, certificate_fingerprint=None))
    if request.param == "expired":
        age, valid_for = timedelta(days=30), timedelta(days=29)
        pbx.show(authority.issue(pbx.clock(), age=age, valid_for=valid_for))
    else:
        pbx.show(authority.issue(pbx.clock(), ["pbx.example", "192.0.2.7"]))
    pbx.requests.clear()
    with pytest.raises(HomeAssistantError, match="certificate of the PBX is"):
        await play(hass)
    return Repair(hass, await hass_client(), entry)


@pytest.mark.usefixtures("player")
async def test_a_certificate_of_an_authority_that_is_not_accepted_can_be_pinned(
    hass: HomeAssistant, pbx: PbxSimulator, not_trusted: Repair
) -> None:
    """It is shown with its names and dates, and nothing was sent to the PBX."""
    assert issues(hass) == ["certificate_not_trusted"]

    form = await not_trusted.open()
    shown = form["description_placeholders"]
    assert shown["fingerprint"] == grouped(pbx.fingerprint)
    assert shown["names"] in ("`pbx.example`, `192.0.2.7`", "`localhost`, `127.0.0.1`")
    assert pbx.requests == []

    result = await not_trusted.submit(form["flow_id"])
    assert result["type"] == "create_entry"
    entry = hass.config_entries.async_get_known_entry(not_trusted.entry_id)
    assert entry.data["certificate_fingerprint"] == pbx.fingerprint
    assert entry.state is ConfigEntryState.LOADED
    assert issues(hass) == []


# Another PBX


@pytest.fixture
async def replaced(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    pbx: PbxSimulator,
    entry: MockConfigEntry,
    expected_warnings: list[str],
) -> Repair:
    """Return the repair that a replaced PBX makes necessary."""
    expected_warnings.append("Error setting up entry PBX")
    assert await async_setup_component(hass, "repairs", {})
    pbx.serial_number = "3631A2124999"
    pbx.name = "New PBX"
    await hass.config_entries.async_reload(entry.entry_id)
    assert issues(hass) == ["another_pbx"]
    return Repair(hass, await hass_client(), entry)


async def test_a_replaced_pbx_is_adopted_once_the_user_confirms_it(
    hass: HomeAssistant,
    device_registry: dr.DeviceRegistry,
    pbx: PbxSimulator,
    entry: MockConfigEntry,
    player: Player,
    replaced: Repair,
) -> None:
    """Device, title and serial number follow, and one token is in use."""
    form = await replaced.open()
    assert form["step_id"] == "confirm"
    assert form["description_placeholders"] == {
        "name": "PBX",
        "old_serial_number": f"`{SERIAL_NUMBER}`",
        "new_name": "`New PBX`",
        "new_serial_number": "`3631A2124999`",
    }
    assert entry.unique_id == SERIAL_NUMBER

    result = await replaced.submit(form["flow_id"])

    assert result["type"] == "create_entry"
    assert (entry.unique_id, entry.title) == ("3631A2124999", "New PBX")
    assert entry.state is ConfigEntryState.LOADED
    assert issues(hass) == []
    [device] = dr.async_entries_for_config_entry(device_registry, entry.entry_id)
    assert (device.serial_number, device.name) == ("3631A2124999", "New PBX")
    assert pbx.live_access_tokens == [await stored_access_token(hass, entry)]
    await play(hass)
    assert len(player.played) == 1


async def test_a_replaced_pbx_of_another_entry_is_not_adopted(
    hass: HomeAssistant, entry: MockConfigEntry, replaced: Repair
) -> None:
    """The user added it meanwhile."""
    MockConfigEntry(domain="yeastar_vm", unique_id="3631A2124999").add_to_hass(hass)
    form = await replaced.open()

    result = await replaced.submit(form["flow_id"])

    assert (result["type"], result["reason"]) == ("abort", "already_configured")
    assert entry.unique_id == SERIAL_NUMBER


async def test_the_old_pbx_that_is_back_settles_the_issue(
    hass: HomeAssistant, pbx: PbxSimulator, entry: MockConfigEntry, replaced: Repair
) -> None:
    """It was another one at the address for a while."""
    pbx.serial_number = SERIAL_NUMBER

    await hass.config_entries.async_reload(entry.entry_id)

    assert entry.state is ConfigEntryState.LOADED
    assert issues(hass) == []


async def test_a_changed_certificate_of_a_replaced_pbx_is_two_questions(
    hass: HomeAssistant,
    pbx: PbxSimulator,
    entry: MockConfigEntry,
    repair: Repair,
    expected_warnings: list[str],
) -> None:
    """To trust a certificate does not mean to accept another PBX."""
    expected_warnings.append("Error setting up entry PBX")
    pbx.serial_number = "3631A2124999"
    form = await repair.open()
    await repair.submit(form["flow_id"])
    assert entry.unique_id == SERIAL_NUMBER
    assert state_of(entry) is ConfigEntryState.SETUP_ERROR
    assert issues(hass) == ["another_pbx"]

    form = await repair.open()
    await repair.submit(form["flow_id"])

    assert entry.unique_id == "3631A2124999"
    assert entry.state is ConfigEntryState.LOADED
    assert issues(hass) == []


# Calls that take long


@pytest.fixture
def gate(pbx: PbxSimulator, entry: MockConfigEntry) -> Gate:
    """Return the gate before a call that begins while all is well."""
    return Gate(pbx, "extension/search")


def search(hass: HomeAssistant) -> asyncio.Task[Any]:
    """Begin to search for an extension."""
    return asyncio.create_task(call(hass, "search_extensions", search="leo"))


async def test_an_older_success_does_not_settle_a_newer_issue(
    hass: HomeAssistant, pbx: PbxSimulator, player: Player, gate: Gate
) -> None:
    """It says nothing about what happened since."""
    call = search(hass)
    await gate.arrived()
    await pbx.begin_outage(Outage.CERTIFICATE_CHANGED)
    await fail_to_play(hass)
    await pbx.end_outage()
    gate.open()

    assert await call

    assert issues(hass) == ["certificate_changed"]


@pytest.mark.usefixtures("entry", "player")
async def test_a_clock_that_was_ahead_when_an_issue_came(
    hass: HomeAssistant, pbx: PbxSimulator, clock: Clock
) -> None:
    """Some computers start with the local time in place of UTC, until it is set."""
    pbx.switches.greeting_endpoints = False
    await fail_to_play(hass)

    clock.move_to(dt_util.utcnow() - timedelta(hours=2))
    pbx.switches.greeting_endpoints = True
    await play(hass, delivery="relay")

    assert issues(hass) == []


@pytest.mark.parametrize("how", ["remove", "disable"])
async def test_a_call_that_outlives_its_entry_leaves_no_issue(
    hass: HomeAssistant, pbx: PbxSimulator, entry: MockConfigEntry, how: str
) -> None:
    """Nobody would settle it."""
    entries = hass.config_entries
    err = CertificateChanged("ab" * 32)
    if how == "remove":
        await entries.async_remove(entry.entry_id)
    else:
        await entries.async_set_disabled_by(entry.entry_id, ConfigEntryDisabler.USER)

    async_handle_error(hass, entry, err)
    async_handle_error(hass, entry, InvalidCredentials())
    await hass.async_block_till_done()

    assert issues(hass) == []
    assert reauth_flows(hass) == []


@pytest.mark.parametrize("loaded", [True, False])
async def test_a_disabled_entry_has_no_issues(
    hass: HomeAssistant,
    pbx: PbxSimulator,
    entry: MockConfigEntry,
    player: Player,
    expected_warnings: list[str],
    *,
    loaded: bool,
) -> None:
    """Whether it was loaded or not."""
    await pbx.renew_certificate()
    await fail_to_play(hass)
    if not loaded:
        expected_warnings.append("Error setting up entry PBX")
        await hass.config_entries.async_reload(entry.entry_id)
    assert issues(hass) == ["certificate_changed"]

    await hass.config_entries.async_set_disabled_by(
        entry.entry_id, ConfigEntryDisabler.USER
    )

    assert issues(hass) == []
