"""Look at a page: read what is there, and take pictures of it."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Page, ViewportSize

from tools.demo.errors import DemoError

from .browser import DESKTOP, PHONE, SMALL_PHONE
from .words import Words, find_raw_keys

_SECONDS_TO_SETTLE = 5
_SECONDS_BETWEEN_LOOKS = 0.1

# All texts that are visible, those of nested components too. What Home Assistant has
# beside the page and before it, and code that the user types, is in no language.
_READ = """() => {
  const shown = [], cut = [];
  const left_out = ["HA-SIDEBAR", "HA-CODE-EDITOR", "SCRIPT", "STYLE", "TEMPLATE"];
  const read = (node) => {
    if (node.nodeType === Node.TEXT_NODE) {
      const text = node.data.trim().replace(/\\s+/g, " ");
      const parent = node.parentElement ?? node.getRootNode().host;
      if (text && parent.checkVisibility({visibilityProperty: true})) {
        shown.push(text);
        const style = getComputedStyle(parent);
        // What is cut in a row that opens is whole there.
        if (
          !parent.closest("button[aria-expanded=false]") &&
          parent.scrollWidth > parent.clientWidth + 1 &&
          style.textOverflow === "ellipsis" && style.overflowX === "hidden"
        ) cut.push(text);
      }
      return;
    }
    if (left_out.includes(node.nodeName) || node.id === "ha-launch-screen") return;
    if (node.shadowRoot) read(node.shadowRoot);
    node.childNodes.forEach(read);
  };
  read(document.body);
  return [shown, cut];
}"""


@dataclass(frozen=True)
class Album:
    """Where pictures go; what is wrong with a page ends the walk."""

    page: Page
    words: Words
    folder: Path
    complaints: list[str]

    async def look(
        self, name: str, *, height: int = DESKTOP["height"], small: bool = False
    ) -> None:
        """Read the page and picture it, on a phone and on a desktop of some height.

        A page that is ours alone fits on a small phone, too.
        """
        desktop = ViewportSize(width=DESKTOP["width"], height=height)
        sizes = {"-phone": PHONE, "": desktop}
        if small:
            sizes = {"-small-phone": SMALL_PHONE, **sizes}
        for suffix, size in sizes.items():
            await self.page.set_viewport_size(size)
            await self.page.mouse.move(0, 0)
            picture = await self._settled()
            (self.folder / f"{name}{suffix}.png").write_bytes(picture)
            await self._read(f"{name}{suffix}")

    async def _settled(self) -> bytes:
        """Return a picture of the page once nothing moves."""
        before = b""
        try:
            async with asyncio.timeout(_SECONDS_TO_SETTLE):
                while (
                    now := await self.page.screenshot(animations="disabled")
                ) != before:
                    before = now
                    await asyncio.sleep(_SECONDS_BETWEEN_LOOKS)
        except TimeoutError:
            pass  # something plays
        return before

    async def _read(self, name: str) -> None:
        shown, cut = await self.page.evaluate(_READ)
        _require_none(name, "keys instead of texts", find_raw_keys(shown))
        _require_none(name, "English", self.words.find_foreign(shown))
        _require_none(name, "texts that are cut off", cut)
        self.hear(name)

    def hear(self, name: str) -> None:
        """Hear what the browser complains of."""
        _require_none(name, "complaints of the browser", self.complaints)


def _require_none(name: str, what: str, wrong: list[str]) -> None:
    if wrong:
        raise DemoError(f"{name} has {what}: {'; '.join(wrong)}")
