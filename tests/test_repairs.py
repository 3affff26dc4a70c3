"""Repair issues: they come with what is wrong, and go when it is mended."""

from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
from homeassistant.util.ssl import SSL_ALPN_HTTP11, SSLCipherList, client_context
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from .common import Player
from .pbx_simulator import PbxSimulator
from .user_interface import grouped


async def play(hass: HomeAssistant, delivery: str = "relay") -> None:
    """Play the greeting of an extension that has one."""
    await hass.services.async_call(
        "yeastar_vm",
        "play_greeting",
        {
            "entity_id": "media_player.kitchen",
            "extension": "0042",
            "delivery": delivery,
        },
        blocking=True,
    )


async def fail_to_play(hass: HomeAssistant) -> None:
    """Play it, and see an error."""
    with pytest.raises(HomeAssistantError):
        await play(hass)


def issues(hass: HomeAssistant) -> list[str | None]:
    """Return the repair issues that the user sees, by their texts."""
    return [
        issue.translation_key
        for (domain, _), issue in ir.async_get(hass).issues.items()
        if domain == "yeastar_vm" and issue.active
    ]


@pytest.mark.usefixtures("player")
async def test_old_firmware(
    hass: HomeAssistant, pbx: PbxSimulator, entry: MockConfigEntry
) -> None:
    """Until a greeting plays, whatever else works."""
    pbx.switches.greeting_endpoints = False
    await fail_to_play(hass)
    assert issues(hass) == ["not_supported"]

    await hass.services.async_call(
        "yeastar_vm",
        "search_extensions",
        {"search": "leo"},
        blocking=True,
        return_response=True,
    )
    await hass.config_entries.async_reload(entry.entry_id)
    assert issues(hass) == ["not_supported"]

    pbx.switches.greeting_endpoints = True
    await play(hass)

    assert issues(hass) == []


@pytest.mark.usefixtures("entry", "player")
async def test_an_address_that_is_not_allowed(
    hass: HomeAssistant, pbx: PbxSimulator, freezer: FrozenDateTimeFactory
) -> None:
    """Until the list has it."""
    pbx.switches.allow_list = frozenset({"192.0.2.1"})
    await fail_to_play(hass)
    assert issues(hass) == ["address_not_allowed"]

    pbx.switches.allow_list = None
    freezer.tick(60)
    await play(hass)

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


@pytest.mark.usefixtures("http_entry", "player")
async def test_a_direct_link_does_not_hide_a_missing_address(
    hass: HomeAssistant,
) -> None:
    """The relay would still fail."""
    api, hass.config.api = hass.config.api, None
    await hass.config.async_update(internal_url=None)
    await fail_to_play(hass)

    await play(hass, "direct")
    assert issues(hass) == ["no_url_available"]

    hass.config.api = api
    await play(hass)
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
    """The repair of a changed certificate, as the user goes through it."""

    def __init__(
        self, hass: HomeAssistant, client: Any, entry: MockConfigEntry
    ) -> None:
        """Prepare."""
        self.hass = hass
        self.client = client
        self.issue = f"certificate_changed_{entry.entry_id}"

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


async def test_a_changed_certificate_is_trusted_anew(
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
    assert "get_token" not in [request.endpoint for request in pbx.requests]


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
    hass: HomeAssistant, pbx: PbxSimulator, entry: MockConfigEntry, repair: Repair
) -> None:
    """Not one that comes after it."""
    form = await repair.open()
    seen = pbx.fingerprint
    await pbx.renew_certificate()

    await repair.submit(form["flow_id"])

    assert entry.data["certificate_fingerprint"] == seen
    assert entry.state is ConfigEntryState.SETUP_RETRY
    assert issues(hass) == ["certificate_changed"]
    await hass.config_entries.async_unload(entry.entry_id)


async def test_a_pbx_that_is_off_cannot_be_looked_at(
    hass: HomeAssistant, pbx: PbxSimulator, repair: Repair
) -> None:
    """The issue stays."""
    await pbx.stop()

    result = await repair.open()

    assert (result["type"], result["reason"]) == ("abort", "cannot_connect")
    assert issues(hass) == ["certificate_changed"]


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
