"""A home with a PBX, and what its user, its automations and its speakers do with it.

What they do returns WORKS, or what they are told instead.
"""

from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum, auto
import json
from pathlib import Path
from typing import Any

from aiohttp import TCPConnector
from aiohttp.test_utils import TestClient
from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.media_player import SearchMediaQuery
from homeassistant.components.media_source import (
    async_browse_media,
    async_resolve_media,
)
from homeassistant.components.media_source.helper import async_search_media
from homeassistant.config_entries import ConfigEntryState, ConfigFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)

from custom_components.yeastar_vm.const import DOMAIN
from custom_components.yeastar_vm.views import async_relay_path
from tests.common import entry_for, load, reauth_flows
from tests.pbx_simulator import Names, PbxSimulator
from tests.window import Window

WORKS = ""
NAME = "pbx.test"
EXTENSION, FILE = "0042", "hello.wav"
MINUTE, HOUR = 60, 3600

TEXTS = json.loads(
    Path("custom_components/yeastar_vm/translations/en.json").read_text("utf-8")
)


class Token(Enum):
    """What has become of the access token when somebody does something."""

    FRESH = auto()
    EXPIRED = auto()
    GONE = auto()
    """Its refresh token has expired, too."""


@dataclass
class Home:
    """A home; its entry is loaded, and its clock is moved by hand."""

    hass: HomeAssistant
    pbx: PbxSimulator
    names: Names
    clock: FrozenDateTimeFactory
    entry: MockConfigEntry
    window: Window
    speaker: TestClient[Any, Any]
    shown: ConfigFlowResult | None = None

    # What goes before

    async def age_token(self, token: Token) -> None:
        """Let time pass until the access token is as it should be."""
        self.clock.tick(25 * HOUR)
        if token is not Token.GONE:
            await self.entry.runtime_data.client.get_information()
        if token is Token.EXPIRED:
            self.clock.tick(31 * MINUTE)

    async def unload(self) -> None:
        """Leave the PBX to be set up."""
        await self.hass.config_entries.async_unload(self.entry.entry_id)

    async def open_window(self) -> None:
        """Fill in a form to add the PBX, as far as the question for trust."""
        await self.window.open()
        self.shown = await self.window.sign_in()

    async def open_token_window(self) -> None:
        """Fill in the form for an access token, which has expired meanwhile."""
        tokens = self.pbx.tokens.issue(self.pbx.clock())
        self.clock.tick(31 * MINUTE)
        await self.window.open("access_token")
        self.shown = await self.window.submit(
            url=self.pbx.base_url,
            access_token=tokens["access_token"],
            refresh_token=tokens["refresh_token"],
        )

    # What is done

    async def play(self) -> str:
        """Play a greeting through Home Assistant."""
        return await self._act("play_greeting", file=FILE, **_KITCHEN)

    async def play_directly(self) -> str:
        """Play a greeting from the PBX's own link."""
        return await self._act(
            "play_greeting", file=FILE, delivery="direct", **_KITCHEN
        )

    async def play_the_only_greeting(self) -> str:
        """Play a greeting without naming its file."""
        return await self._act("play_greeting", delivery="direct", **_KITCHEN)

    async def search_extensions(self) -> str:
        """Search with the action."""
        return await self._act("search_extensions", search="Zoë")

    async def browse_extensions(self) -> str:
        """Open the PBX in the media browser."""
        return await _told(async_browse_media(self.hass, self._media()))

    async def browse_greetings(self) -> str:
        """Open an extension in the media browser."""
        media = self._media("greetings", EXTENSION)
        return await _told(async_browse_media(self.hass, media))

    async def search_media(self) -> str:
        """Search in the media browser."""
        query = SearchMediaQuery(search_query="Zoë")
        return await _told(async_search_media(self.hass, self._media(), query))

    async def play_media(self) -> str:
        """Play a greeting from the media browser."""
        media = self._media("greetings", EXTENSION, FILE)
        return await _told(async_resolve_media(self.hass, media, None))

    async def fetch(self) -> str:
        """Fetch a relayed greeting that is not kept any more, as a speaker does."""
        self._let_timers_run_out()
        path = async_relay_path(self.hass, self.entry, EXTENSION, FILE, ".mp3")
        async with self.speaker.get(path) as answer:
            await answer.read()
        return WORKS if answer.status == 200 else f"{answer.status} {answer.reason}"

    async def set_up(self) -> str:
        """Set the PBX up, or let Home Assistant do so once more."""
        if self.entry.state is ConfigEntryState.SETUP_RETRY:
            self._let_timers_run_out()
        elif self.entry.state is ConfigEntryState.NOT_LOADED:
            await self.hass.config_entries.async_setup(self.entry.entry_id)
        await self.hass.async_block_till_done(wait_background_tasks=True)
        if self.entry.state is ConfigEntryState.LOADED:
            return WORKS
        return f"{self.entry.state.value}: {self.entry.reason}."

    async def submit(self) -> str:
        """Trust the certificate, or submit the form again."""
        match self._step:
            case "credentials":
                return await self._shown(await self.window.sign_in())
            case "certificate":
                pass
            case _:
                await self.open_window()
        return await self._shown(await self.window.submit())

    async def submit_tokens(self) -> str:
        """Trust the certificate, with new tokens where it is not the first time."""
        if self._step != "certificate":
            await self.open_token_window()
        return await self._shown(await self.window.submit())

    async def remove(self) -> str:
        """Remove the PBX."""
        await self.hass.config_entries.async_remove(self.entry.entry_id)
        return WORKS

    # What comes after

    async def sign_in_again(self) -> None:
        """Do what Home Assistant asks for, if it does."""
        await self.hass.async_block_till_done()
        for flow in reauth_flows(self.hass):
            await self.window.follow(flow["flow_id"])
            result = await self.window.sign_in_again()
            assert result["reason"] == "reauth_successful"
            await self.hass.async_block_till_done()

    async def close_window(self) -> None:
        """Leave no form open."""
        if self._step:
            await self.window.close()
        self.shown = None

    async def add_again(self) -> str:
        """Add the PBX again, where it was removed."""
        self.entry = await load(self.hass, entry_for(self.pbx))
        return WORKS

    def forget_addresses(self) -> None:
        """Let ten seconds pass for names, which are resolved anew after that."""
        connector = async_get_clientsession(self.hass).connector
        assert isinstance(connector, TCPConnector)
        connector.clear_dns_cache()

    def _let_timers_run_out(self) -> None:
        """Let Home Assistant do what it has put off for up to ten minutes."""
        async_fire_time_changed(self.hass, dt_util.utcnow() + timedelta(minutes=10))

    @property
    def _step(self) -> str | None:
        """Return which form is shown, if any."""
        return self.shown and self.shown.get("step_id")

    async def _act(self, action: str, **data: Any) -> str:
        return await _told(
            self.hass.services.async_call(
                DOMAIN, action, data, blocking=True, return_response=True
            )
        )

    def _media(self, *path: str) -> str:
        return "/".join(("media-source:/", DOMAIN, self.entry.entry_id, *path))

    async def _shown(self, result: ConfigFlowResult) -> str:
        """Return what a form says, or ends with."""
        self.shown = result
        if result["type"] is FlowResultType.ABORT:
            # The PBX was there before; the token that the form got is given back.
            assert result["reason"] == "already_configured"
            await self.hass.async_block_till_done()
            return WORKS
        if not result["errors"]:
            return str(TEXTS["config"]["step"][result["step_id"]]["title"])
        text = TEXTS["config"]["error"][result["errors"]["base"]]
        return str(text.format(**(result["description_placeholders"] or {})))


_KITCHEN = {"extension": EXTENSION, "entity_id": "media_player.kitchen"}


async def _told(done: Awaitable[object]) -> str:
    try:
        await done
    except HomeAssistantError as err:
        # Home Assistant leaves the full stop out of its own English.
        return f"{str(err).removesuffix('.')}."
    return WORKS
