"""A user at the browser: what every page has in common."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from playwright.async_api import Error as BrowserError, Locator, Page

from tools.demo.errors import DemoError
from tools.demo.home_assistant import USERNAME
from tools.demo.system import System

from .browser import browser
from .pictures import Album
from .words import Words

FORM: Final = "dialog-data-entry-flow"
INTEGRATION: Final = "/config/integrations/integration/yeastar_vm"
MEDIA: Final = "/media-browser/browser"

_PLAYS_ON = "(seconds) => window.audios.some((audio) => audio.currentTime > seconds)"


@dataclass(frozen=True)
class Visit:
    """A user at the browser, and the system that the browser shows."""

    page: Page
    words: Words
    album: Album
    system: System

    async def open(self, path: str) -> None:
        """Go to a page of Home Assistant."""
        url = f"{self.system.home.url}{path}"
        try:
            await self.page.goto(url)
        except BrowserError as error:
            if "ERR_ABORTED" not in error.message:
                raise
            # The frontend goes back in its history when a dialog is closed, and that
            # can end what is asked for at once.
            await self.page.goto(url)

    async def options(self, choice: str) -> None:
        """Open the options of the PBX, and choose what to do."""
        await self.open(INTEGRATION)
        configure = "ui.panel.config.integrations.config_entry.configure"
        await self.button(configure).click()
        await self.sees(self.words.ours("options.step.init.title"))
        await self.album.look("options")
        text = self.words.ours(f"options.step.init.menu_options.{choice}")
        await self.page.get_by_text(text, exact=True).click()

    def button(self, where: str, within: Locator | None = None) -> Locator:
        """Return the button that has a text of Home Assistant."""
        name = self.words.home(where)
        return (within or self.page).get_by_role("button", name=name, exact=True)

    def folder(self, title: str) -> Locator:
        """Return a folder in the media browser."""
        return self.page.locator("ha-media-player-browse .title", has_text=title)

    async def sees(self, text: str) -> None:
        """Wait until a text is there."""
        await self.page.get_by_text(text).filter(visible=True).first.wait_for()

    async def browse(self, *titles: str) -> None:
        """Open folders of the PBX in the media browser, one in the other."""
        for title in ("Yeastar", self.system.pbx.name, *titles):
            await self.folder(title).click()

    async def hear(self, title: str) -> None:
        """Select audio in the media browser, and wait until the browser plays it."""
        await self.page.locator("ha-list-item", has_text=title).first.click()
        for seconds in (0.2, 0.6):
            await self.page.wait_for_function(_PLAYS_ON, arg=seconds)

    async def perform(self) -> None:
        """Perform the action that is shown."""
        await self.button("ui.panel.config.tools.tabs.actions.call_service").click()

    async def submit(self) -> None:
        """Submit a form."""
        where = "ui.panel.config.integrations.config_flow.submit"
        await self.button(where, self.page.locator(FORM)).click()

    async def finish(self) -> None:
        """Close a dialog that is done."""
        dialog = self.page.locator(FORM)
        await dialog.locator("ha-dialog-footer ha-button").last.click()
        await dialog.wait_for(state="hidden")


@asynccontextmanager
async def visiting(
    system: System, words: Words, folder: Path, user: str = USERNAME
) -> AsyncIterator[Visit]:
    """Open a browser for a user; where a step fails, picture what the user sees."""
    complaints: list[str] = []
    async with browser(system.home, words.language, complaints, user) as page:
        album = Album(page, words, folder, complaints)
        try:
            yield Visit(page, words, album, system)
        except (BrowserError, DemoError) as error:
            failed = folder.parent / "failed.png"
            await page.screenshot(path=failed)
            raise DemoError(f"{error}\n  (what the user saw: {failed})") from error
