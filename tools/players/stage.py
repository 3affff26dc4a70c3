"""What all players have in common: the PBX, the speaker, and Home Assistant."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
import shutil
from typing import Final, Protocol

from simulator import PbxSimulator
from tools.demo.audio import find_ffmpeg
from tools.demo.console import step
from tools.demo.errors import DemoError
from tools.demo.home_assistant import HomeAssistant, home_assistant
from tools.demo.processes import free_port
from tools.demo.user import add_pbx
from tools.demo.waiting import wait_until

from .greetings import extensions
from .pages import Pages, configuration, pages
from .speaker import Speaker, speaker

_SECONDS_TO_APPEAR = 30
_UNUSABLE: Final = {"unavailable", "unknown"}


@dataclass(frozen=True)
class Stage:
    """Everything but the players; all that is written lies in the folder."""

    folder: Path
    pbx: PbxSimulator
    speaker: Speaker
    pages: Pages
    home: HomeAssistant

    async def players(self) -> set[str]:
        """Return the media players that Home Assistant can use now."""
        return {
            state["entity_id"]
            for state in await self.home.get("/api/states")
            if state["entity_id"].startswith("media_player.")
            and state["state"] not in _UNUSABLE
        }

    async def new_player(self, before: set[str]) -> str:
        """Wait for a media player that was not there before; return its entity ID."""
        found: set[str] = set()

        async def appears() -> bool:
            found.update(await self.players() - before)
            return bool(found)

        if not await wait_until(appears, _SECONDS_TO_APPEAR):
            raise DemoError("Home Assistant shows no player for it")
        return found.pop()


class Device(Protocol):
    """A player that runs and that Home Assistant knows."""

    @property
    def entity_id(self) -> str:
        """Return its entity ID."""

    async def play_media(self, media_content_id: str) -> None:
        """Play a media content ID, without this integration's action."""

    async def stop(self) -> None:
        """Stop what does not end."""

    def complaint(self) -> str:
        """Return what it says itself of what it could not play."""


@asynccontextmanager
async def stage(folder: Path) -> AsyncIterator[Stage]:
    """Start everything but the players; Home Assistant knows the PBX."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    async with AsyncExitStack() as parts:
        with step("start the simulated PBX (http)"):
            # Without a certificate in the way, `auto` is free to choose.
            pbx = PbxSimulator(https=False)
            pbx.extensions = extensions()
            await parts.enter_async_context(pbx)
        with step("start the speaker (PulseAudio)"):
            output = await parts.enter_async_context(speaker(folder))
        with step("start Home Assistant"):
            served = await parts.enter_async_context(pages())
            home = await parts.enter_async_context(
                home_assistant(
                    folder, free_port(), find_ffmpeg(), configuration(served.url)
                )
            )
            await home.sign_in()
            # It logs each request that it answers.
            await home.post(
                "/api/services/logger/set_level", {"aiohttp.access": "info"}
            )
        with step("add the PBX"):
            await add_pbx(home, pbx)
        yield Stage(folder, pbx, output, served, home)
