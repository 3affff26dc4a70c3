"""What a user attaches to a bug report."""

from dataclasses import asdict
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.components.diagnostics import (
    get_diagnostics_for_config_entry,
)
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.yeastar_vm.const import DOMAIN
from custom_components.yeastar_vm.pbx import TokenPair
from simulator import PbxSimulator
from tests.clock import Clock

from .common import Player, call, entry_for, load
from .mailboxes.common import ann_empty, leo_ball, load_with_mailboxes, poll
from .stored import stored_tokens, token_entry_for


async def download(
    hass: HomeAssistant, hass_client: ClientSessionGenerator, entry: MockConfigEntry
) -> dict[str, Any]:
    """Return the diagnostics as the user downloads them."""
    return dict(await get_diagnostics_for_config_entry(hass, hass_client, entry))


async def test_diagnostics_tell_what_helps_and_no_more(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    clock: Clock,
    pbx: PbxSimulator,
) -> None:
    """Versions, how the PBX is reached, and the age of the token; no names."""
    entry = await load(hass, entry_for(pbx))
    clock.tick(600)

    diagnostics = await download(hass, hass_client, entry)

    assert diagnostics == {
        "entry": {
            "version": "1.3",
            "source": "user",
            "state": "loaded",
            "disabled_by": None,
            "created_at": entry.created_at.isoformat(),
            "modified_at": entry.modified_at.isoformat(),
            "delivery": None,
            "mailboxes": 0,
        },
        "connection": {
            "scheme": "https",
            "port": pbx.port,
            "has_path": False,
            "pinned_certificate": True,
            "with_credentials": True,
        },
        "token": {
            "exists": True,
            "sign_in_refused": False,
            "age": 600,
            "expires_in": 1200,
            "has_refresh_token": True,
        },
        "refused_answers": {},
        "pbx": {"model": pbx.model, "firmware": pbx.firmware},
        "relay": {"bytes_cached": 0},
    }


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

    assert diagnostics["why_not_loaded"] == "sign_in_failed"
    assert diagnostics["entry"]["state"] == "setup_retry"
    assert diagnostics["token"] == {
        "exists": False,
        "sign_in_refused": False,
    }


async def test_diagnostics_of_an_entry_that_was_never_set_up(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    pbx: PbxSimulator,
) -> None:
    """It still has what version 1.0.0 stored in it."""
    assert await async_setup_component(hass, DOMAIN, {})
    token = asdict(TokenPair("secret-1", 0, "secret-2", 0))
    disabled = entry_for(pbx, token=token, sign_in_refused=False)
    disabled.add_to_hass(hass)

    diagnostics = await download(hass, hass_client, disabled)

    assert diagnostics["entry"]["state"] == "not_loaded"
    assert diagnostics["token"]["exists"]
    assert "secret-" not in repr(diagnostics)


async def test_diagnostics_tell_how_much_the_relay_keeps(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    entry: MockConfigEntry,
    player: Player,
) -> None:
    """After a greeting was relayed, it is more than nothing."""
    await call(
        hass,
        "play_greeting",
        extension="3200",
        file="vm_welcome.wav",
        entity_id="media_player.kitchen",
    )

    diagnostics = await download(hass, hass_client, entry)

    assert diagnostics["relay"]["bytes_cached"] > 1000


@pytest.mark.parametrize("with_credentials", [True, False])
async def test_nothing_private_is_anywhere_in_the_diagnostics(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    hass_storage: dict[str, Any],
    pbx: PbxSimulator,
    *,
    with_credentials: bool,
) -> None:
    """Not even where names are unusual."""
    pbx.name = "Reception of the Example Company"
    entry = entry_for(pbx) if with_credentials else token_entry_for(hass_storage, pbx)
    await load(hass, entry)
    tokens = await stored_tokens(hass, entry)
    assert tokens

    diagnostics = repr(await download(hass, hass_client, entry))

    for private in (
        pbx.client_id,
        pbx.client_secret,
        pbx.fingerprint,
        tokens.access_token,
        tokens.refresh_token,
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


async def test_mailboxes_are_counted(
    hass: HomeAssistant, hass_client: ClientSessionGenerator, pbx: PbxSimulator
) -> None:
    """Without names, numbers, callers or message IDs."""
    entry = await load_with_mailboxes(hass, pbx, leo_ball(), ann_empty())
    left = pbx.leave_message("3200", "15550123", "Anna Weber")
    await poll(entry)

    diagnostics = await download(hass, hass_client, entry)

    assert diagnostics["mailboxes"] == {
        "count": 2,
        "exist": 2,
        "messages": 1,
        "unread_messages": 1,
        "presences_known": 2,
        "receives_events": True,
        "last_poll_succeeded": True,
    }
    assert diagnostics["texts"] == {
        "mailboxes_with_engine": 0,
        "pending": 0,
        "text": 0,
        "no_speech": 0,
        "failed": 0,
        "language_unknown": 0,
    }
    for private in ("Leo", "3200", "15550123", "Anna", left.msg_id):
        assert private not in repr(diagnostics)
