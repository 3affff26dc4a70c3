"""What a user attaches to a bug report."""

from typing import Any

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.components.diagnostics import (
    get_diagnostics_for_config_entry,
)
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.yeastar_vm.const import DOMAIN

from .common import Player, entry_for, load
from .pbx_simulator import PbxSimulator


async def download(
    hass: HomeAssistant, hass_client: ClientSessionGenerator, entry: MockConfigEntry
) -> dict[str, Any]:
    """Return the diagnostics as the user downloads them."""
    return dict(await get_diagnostics_for_config_entry(hass, hass_client, entry))


async def test_diagnostics_tell_what_helps_and_no_more(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    pbx: PbxSimulator,
    entry: MockConfigEntry,
) -> None:
    """Versions, scheme, port and expiry; nothing that signs in or identifies."""
    diagnostics = await download(hass, hass_client, entry)

    assert diagnostics["pbx"] == {
        "serial_number": "**REDACTED**",
        "name": "**REDACTED**",
        "model": "Yeastar P550",
        "firmware": "37.23.0.15",
    }
    assert diagnostics["relay"] == {"bytes_kept": 0}
    stored = diagnostics["entry"]
    assert stored["data"] == {
        "url": f"https://**REDACTED**:{pbx.port}/",
        "certificate_fingerprint": pbx.fingerprint,
        "client_id": "**REDACTED**",
        "client_secret": "**REDACTED**",
        "sign_in_refused": False,
        "token": {
            "access_token": "**REDACTED**",
            "access_expires_at": entry.data["token"]["access_expires_at"],
            "refresh_token": "**REDACTED**",
            "refresh_expires_at": entry.data["token"]["refresh_expires_at"],
        },
    }
    assert stored["domain"] == DOMAIN
    assert stored["title"] == stored["unique_id"] == "**REDACTED**"


async def test_diagnostics_of_a_pbx_that_cannot_be_set_up(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    pbx: PbxSimulator,
) -> None:
    """When they are needed most."""
    entry = entry_for(pbx)
    entry.add_to_hass(hass)
    pbx.errcodes["*"] = 10009
    await hass.config_entries.async_setup(entry.entry_id)

    diagnostics = await download(hass, hass_client, entry)

    assert diagnostics["why_not_loaded"] == "access_denied"
    assert set(diagnostics) == {"entry", "why_not_loaded"}
    await hass.config_entries.async_unload(entry.entry_id)


async def test_diagnostics_tell_how_much_the_relay_keeps(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    entry: MockConfigEntry,
    player: Player,
) -> None:
    """After a greeting was relayed, it is more than nothing."""
    await hass.services.async_call(
        DOMAIN,
        "play_greeting",
        {
            "extension": "3200",
            "file": "vm_welcome.wav",
            "entity_id": "media_player.kitchen",
        },
        blocking=True,
    )

    diagnostics = await download(hass, hass_client, entry)

    assert diagnostics["relay"]["bytes_kept"] > 1000


@pytest.mark.parametrize("with_credentials", [True, False])
async def test_nothing_private_is_anywhere_in_the_diagnostics(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    pbx: PbxSimulator,
    *,
    with_credentials: bool,
) -> None:
    """Not even where names are unusual."""
    pbx.name = "Reception of the Example Company"
    entry = entry_for(pbx)
    if not with_credentials:
        data = dict(entry.data)
        token = pbx.tokens.issue(pbx.clock())
        data["token"] = {
            "access_token": token["access_token"],
            "access_expires_at": pbx.clock() + 1800,
            "refresh_token": token["refresh_token"],
            "refresh_expires_at": pbx.clock() + 86400,
        }
        del data["client_id"], data["client_secret"]
        entry = MockConfigEntry(
            domain=DOMAIN, title=pbx.name, unique_id=pbx.serial_number, data=data
        )
    await load(hass, entry)

    diagnostics = repr(await download(hass, hass_client, entry))

    for private in (
        pbx.client_id,
        pbx.client_secret,
        entry.data["token"]["access_token"],
        entry.data["token"]["refresh_token"],
        pbx.serial_number,
        pbx.name,
        "127.0.0.1",
    ):
        assert private not in diagnostics


async def test_a_users_title_is_private(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    entry: MockConfigEntry,
) -> None:
    """Entries can be renamed to anything."""
    hass.config_entries.async_update_entry(entry, title="Dr. Example's surgery")

    assert "Example" not in repr(await download(hass, hass_client, entry))
