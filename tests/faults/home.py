"""A home with a PBX, and what its user, its automations and its speakers do with it.

What they do returns WORKS, or what they are told instead.
"""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass, field
from datetime import timedelta
from enum import Enum, auto
from typing import Any

from aiohttp import ClientTimeout
from aiohttp.test_utils import TestClient
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
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)
from yarl import URL

from custom_components.yeastar_vm.const import DOMAIN
from simulator import PbxSimulator, Resolve
from tests.clock import Clock
from tests.common import HOUR, MINUTE, Player, call, entry_for, load, reauth_flows
from tests.leaks import raised
from tests.user_interface import TRANSLATIONS
from tests.window import Window

WORKS = ""
NAME = "pbx.test"
EXTENSION, FILE = "0042", "hello.wav"
SECOND = 1
_PATIENCE = ClientTimeout()
_TURNS = 20  # of the event loop, in which an ended request is told of

TEXTS = TRANSLATIONS["en"]


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
    resolve: Resolve
    clock: Clock
    entry: MockConfigEntry
    window: Window
    player: Player
    speaker: TestClient[Any, Any]
    shown: ConfigFlowResult | None = None
    link: str = ""
    raised: list[str] = field(default_factory=list)

    # What goes before

    async def age_token(self, token: Token) -> None:
        """Let time pass until the access token is as it should be."""
        self.clock.tick(25 * HOUR)
        if token is not Token.GONE:
            await self.entry.runtime_data.client.system.information()
        if token is Token.EXPIRED:
            self.clock.tick(31 * MINUTE)

    async def hand_out(self, token: Token) -> None:
        """Give a speaker a link, and let time pass as `age_token` does.

        The link is valid for a day, which is less than it takes from the first sign-in
        until the refresh token expires. The audio is no longer kept.
        """
        await self.age_token(Token.FRESH)
        self.clock.tick(25 * MINUTE)
        self.link = await self._relayed_link()
        self._let_timers_run_out()
        match token:
            case Token.EXPIRED:
                self.clock.tick(6 * MINUTE)
            case Token.GONE:
                self.clock.tick(23 * HOUR + 40 * MINUTE)

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
        """Play a greeting through Home Assistant, which the speaker fetches."""
        said = await self.act("play_greeting", file=FILE, **_KITCHEN)
        if said == WORKS:
            self.link = URL(self.player.played[-1][1]).path_qs
            assert await self.fetch() == WORKS
        return said

    async def play_directly(self) -> str:
        """Play a greeting from the PBX's own link."""
        return await self.act("play_greeting", file=FILE, delivery="direct", **_KITCHEN)

    async def play_the_only_greeting(self) -> str:
        """Play a greeting without naming its file."""
        return await self.act("play_greeting", delivery="direct", **_KITCHEN)

    async def search_extensions(self) -> str:
        """Search with the action."""
        return await self.act("search_extensions", search="Zoë")

    async def browse_extensions(self) -> str:
        """Open the PBX in the media browser."""
        return await self.told(async_browse_media(self.hass, self.media()))

    async def browse_greetings(self) -> str:
        """Open an extension in the media browser."""
        media = self.media("greetings", EXTENSION)
        return await self.told(async_browse_media(self.hass, media))

    async def search_media(self) -> str:
        """Search in the media browser."""
        query = SearchMediaQuery(search_query="Zoë")
        return await self.told(async_search_media(self.hass, self.media(), query))

    async def play_media(self) -> str:
        """Play a greeting from the media browser."""
        media = self.media("greetings", EXTENSION, FILE)
        return await self.told(async_resolve_media(self.hass, media, None))

    async def fetch(self) -> str:
        """Fetch a greeting that is not kept, as a speaker does."""
        async with self.speaker.get(self.link, timeout=_PATIENCE) as answer:
            await answer.read()
        return WORKS if answer.status == 200 else f"{answer.status} {answer.reason}"

    async def set_up(self) -> str:
        """Set the PBX up, let Home Assistant try again, or reload it."""
        await self._set_up_ended()
        match self.entry.state:
            case ConfigEntryState.NOT_LOADED:
                await self.hass.config_entries.async_setup(self.entry.entry_id)
            case ConfigEntryState.SETUP_ERROR:
                await self.hass.config_entries.async_reload(self.entry.entry_id)
            case ConfigEntryState.SETUP_RETRY:
                self._let_timers_run_out()
        await self._set_up_ended()
        if self.entry.state is ConfigEntryState.LOADED:
            return WORKS
        return f"{self.entry.state.value}: {self.entry.reason}."

    async def submit(self) -> str:
        """Trust the certificate, or submit the form again."""
        match self._step:
            case "credentials":
                result = await self.window.sign_in()
                if str(result.get("step_id")).startswith("certificate"):
                    result = await self.window.submit()
                return await self._shown(result)
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

    async def act(self, action: str, **data: Any) -> str:
        """Call an action."""
        return await self.told(call(self.hass, action, **data))

    async def told(self, done: Awaitable[object]) -> str:
        """Return what a user is told, and keep all that was raised."""
        try:
            await done
        except HomeAssistantError as err:
            self.raised += raised(err)
            # Home Assistant leaves the full stop out of its own English.
            return f"{str(err).removesuffix('.')}."
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
            self.link = await self._relayed_link()

    async def close_window(self) -> None:
        """Leave no form open."""
        if self._step:
            await self.window.close()
        self.shown = None

    async def add_again(self) -> str:
        """Add the PBX again, where it was removed."""
        self.entry = await load(self.hass, entry_for(self.pbx))
        return WORKS

    def media(self, *path: str) -> str:
        """Return the media content ID of a folder or a greeting of the PBX."""
        pbx = self.pbx.serial_number
        return "/".join(("media-source:/", DOMAIN, pbx, *path))

    async def let_limits_run_out(self) -> None:
        """Let a renewal that goes on after who asked for it has given up end, too."""
        await self.clock.pass_time(SECOND)

    def _let_timers_run_out(self) -> None:
        """Let Home Assistant do what it has put off for up to ten minutes."""
        async_fire_time_changed(self.hass, dt_util.utcnow() + timedelta(minutes=10))

    @property
    def _step(self) -> str | None:
        """Return which form is shown, if any."""
        return self.shown and self.shown.get("step_id")

    async def _set_up_ended(self) -> None:
        """Wait for a setup that is running, but for nothing that it leaves running."""
        for _ in range(_TURNS):
            await asyncio.sleep(0)
        changed = asyncio.Event()
        stop_listening = self.entry.async_on_state_change(changed.set)
        while self.entry.state is ConfigEntryState.SETUP_IN_PROGRESS:
            await changed.wait()
            changed.clear()
        stop_listening()

    async def _relayed_link(self) -> str:
        """Return a link that Home Assistant gives to a speaker."""
        media = self.media("greetings", EXTENSION, FILE)
        return (await async_resolve_media(self.hass, media, None)).url

    async def _shown(self, result: ConfigFlowResult) -> str:
        """Return what a form says, or ends with."""
        self.shown = result
        # A token that the form got is given back.
        await self.hass.async_block_till_done(wait_background_tasks=True)
        if result["type"] is FlowResultType.ABORT:
            # The PBX was there before.
            assert result["reason"] == "already_configured"
            return WORKS
        if not result["errors"]:
            return str(TEXTS["config"]["step"][result["step_id"]]["title"])
        text = TEXTS["config"]["error"][result["errors"]["base"]]
        return str(text.format(**(result["description_placeholders"] or {})))


_KITCHEN = {"extension": EXTENSION, "entity_id": "media_player.kitchen"}
