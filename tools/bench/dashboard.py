"""The card in a real Chromium, as somebody in front of a dashboard meets it."""

import asyncio
from collections.abc import Sequence
import time
from typing import Any, Final

from playwright.async_api import CDPSession, Page

from tools.demo.dashboard import DASHBOARD, show_cards
from tools.demo.home_assistant import HomeAssistant

from .callers import Callers

_STEP = 0.5  # seconds between two of the messages that arrive in a compressed hour

# Notes when the card is created, when its first rows and a new row are on the page, and
# when audio plays. What has changed is on the page one frame later.
_WATCH: Final = """
const painted = (root, happened) => new Promise((resolve) => {
  const look = () => {
    if (!happened()) return false;
    observer.disconnect();
    requestAnimationFrame(() => setTimeout(() => resolve(performance.now())));
    return true;
  };
  const observer = new MutationObserver(look);
  if (!look()) observer.observe(root, { childList: true, subtree: true });
});
const attach = Element.prototype.attachShadow;
Element.prototype.attachShadow = function (options) {
  const root = attach.call(this, options);
  if (this.localName !== "yeastar-vm-card") return root;
  const created = performance.now();
  const rows = () => [...root.querySelectorAll(".list > li")];
  window.card = {
    shown: painted(root, () => rows().length).then((at) => at - created),
    watch() {
      const before = new Set(rows());
      this.arrived = painted(root, () => rows().some((row) => !before.has(row)));
    },
    arrival() {
      return this.arrived.then((at) => (performance.timeOrigin + at) / 1000);
    },
    tick: () => document.dispatchEvent(new Event("visibilitychange")),
    play: (row) => new Promise((resolve) => {
      const audio = root.querySelector("audio");
      const tapped = performance.now();
      const look = () =>
        !audio.paused && audio.currentTime > 0
          ? resolve((performance.now() - tapped) / 1000)
          : requestAnimationFrame(look);
      root.querySelectorAll(".play")[row].click();
      look();
    }),
  };
  return root;
};
"""


class Dashboard:
    """A dashboard with one card, in a browser."""

    def __init__(self, home: HomeAssistant, page: Page) -> None:
        """Use a page that nothing was opened in."""
        self._home = home
        self._page = page

    async def prepare(self) -> None:
        """Watch each card of the page from now on."""
        await self._page.add_init_script(_WATCH)

    async def show(self, entities: Sequence[str]) -> float:
        """Show a card; return the seconds until its first rows were on the page."""
        card = {"type": "custom:yeastar-vm-card", "entities": list(entities)}
        await show_cards(self._home, card)
        return await self.show_again()

    async def show_again(self) -> float:
        """Load the page of the dashboard."""
        await self._page.goto(f"{self._home.url}/{DASHBOARD}/0")
        await self._page.wait_for_function("window.card")
        return await self._seconds("card.shown.then((shown) => shown / 1000)")

    async def arrival(self, people: Callers, number: str) -> float:
        """Leave a message; return the seconds from its frame to its row on the page."""
        await self._page.evaluate("card.watch()")
        [sent_at] = (await people.leave([number])).values()
        ahead = time.time() - time.monotonic()
        return await self._seconds("card.arrival()") - sent_at - ahead

    async def tap(self, row: int) -> None:
        """Play a message as a person does, which browsers ask for before the first."""
        play = self._page.locator("yeastar-vm-card .play").nth(row)
        await play.click()
        await self._page.locator("yeastar-vm-card audio").evaluate(
            "(audio) => new Promise((done) => (audio.ontimeupdate = done))"
        )

    async def play(self, row: int) -> float:
        """Play a message; return the seconds until the browser has its first sound."""
        return await self._seconds(f"card.play({row})")

    async def hour(self, people: Callers, numbers: Sequence[str]) -> float:
        """Let a message arrive each minute, but sooner; return how long it took."""
        started = time.monotonic()
        for number in numbers:
            await self.arrival(people, number)
            await self._page.evaluate("card.tick()")
            await asyncio.sleep(_STEP)
        return time.monotonic() - started

    async def memory(self) -> tuple[int, int]:
        """Return the bytes of the page's objects, and the number of its nodes."""
        session = await self._page.context.new_cdp_session(self._page)
        await session.send("HeapProfiler.collectGarbage")
        usage = await session.send("Runtime.getHeapUsage")
        nodes = await session.send("Memory.getDOMCounters")
        await session.detach()
        return int(usage["usedSize"]), int(nodes["nodes"])

    async def cpu(self) -> float:
        """Return the seconds that all processes of the browser took until now."""
        browser = self._page.context.browser
        assert browser
        session: CDPSession = await browser.new_browser_cdp_session()
        told: dict[str, Any] = await session.send("SystemInfo.getProcessInfo")
        await session.detach()
        return sum(float(each["cpuTime"]) for each in told["processInfo"])

    async def _seconds(self, expression: str) -> float:
        return float(await self._page.evaluate(expression))
