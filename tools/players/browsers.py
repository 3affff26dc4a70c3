"""The browsers, each with a page of its own that plays what it is given."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
import os
from pathlib import Path
from typing import Final

from tools.demo.errors import DemoError
from tools.demo.processes import running
from tools.demo.waiting import wait_until
from tools.walkthrough.browser import ARGUMENTS

from .devices import Player
from .priority import first
from .stage import Device, Stage

_SECONDS_TO_START = 60
_PREFERENCES = """\
user_pref("browser.shell.checkDefaultBrowser", false);
user_pref("browser.startup.homepage_override.mstone", "ignore");
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("media.autoplay.blocking_policy", 0);
user_pref("media.autoplay.default", 0);
user_pref("network.captive-portal-service.enabled", false);
user_pref("network.connectivity-service.enabled", false);
"""


@asynccontextmanager
async def _chromium(stage: Stage, program: str) -> AsyncIterator[Device]:
    profile = stage.folder / "chromium"
    options = (
        *ARGUMENTS,
        *("--headless", f"--user-data-dir={profile}"),
        "--autoplay-policy=no-user-gesture-required",
    )
    async with _browser(stage, "chromium", (program, *options)) as device:
        yield device


@asynccontextmanager
async def _firefox(stage: Stage, program: str) -> AsyncIterator[Device]:
    profile = stage.folder / "firefox"
    profile.mkdir(exist_ok=True)
    (profile / "user.js").write_text(_PREFERENCES)
    options = ("--headless", "--no-remote", "--profile", str(profile))
    async with _browser(stage, "firefox", (program, *options)) as device:
        yield device


@asynccontextmanager
async def _browser(
    stage: Stage, name: str, command: Sequence[str]
) -> AsyncIterator[Device]:
    """Show the page in a browser."""
    home = stage.folder / f"{name}-home"
    home.mkdir(exist_ok=True)
    environment = {
        **os.environ,
        "HOME": str(home),
        "PULSE_SERVER": stage.speaker.server,
    }
    log: Path = stage.folder / f"{name}.log"
    page = f"{stage.pages.url}/{name}"
    command = (*first(), *command, page)
    async with running(*command, output=log, environment=environment):

        async def is_shown() -> bool:
            return name in stage.pages.sockets

        if not await wait_until(is_shown, _SECONDS_TO_START):
            raise DemoError("it does not show the page")
        yield _Browser(stage, name)


@dataclass(frozen=True)
class _Browser:
    """A device that is a browser with the page."""

    stage: Stage
    name: str

    @property
    def entity_id(self) -> str:
        """Return the entity ID of the universal media player."""
        return f"media_player.{self.name}"

    async def play_media(self, media_content_id: str) -> None:
        """Play a media content ID as the media browser does."""
        home = self.stage.home
        resolved = await home.command(
            "media_source/resolve_media", media_content_id=media_content_id
        )
        await self.stage.pages.play(self.name, f"{home.url}{resolved['url']}")

    async def stop(self) -> None:
        """Stop what does not end."""
        await self.stage.pages.play(self.name, "data:,")

    def complaint(self) -> str:
        """Return what the page says of what it could not play."""
        return self.stage.pages.complaints.get(self.name, "")


BROWSERS: Final = (
    Player(
        "Chromium", "universal", ("chromium", "google-chrome"), "--version", _chromium
    ),
    Player("Firefox", "universal", ("firefox-esr", "firefox"), "--version", _firefox),
)
