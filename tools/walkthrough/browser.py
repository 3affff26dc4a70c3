"""A real Chromium, signed in, in a language, and watched."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
import json
import shutil
import time

from playwright.async_api import (
    BrowserContext,
    ConsoleMessage,
    Page,
    Response,
    ViewportSize,
    async_playwright,
)

from tools.demo.errors import DemoError
from tools.demo.home_assistant import USERNAME, Answer, HomeAssistant

DESKTOP = ViewportSize(width=1280, height=800)
PHONE = ViewportSize(width=390, height=844)
SMALL_PHONE = ViewportSize(width=320, height=640)

_SECONDS_TO_APPEAR = 15
ARGUMENTS = (
    "--no-sandbox",  # which root cannot have
    "--disable-gpu",
    # It would look for the internet at each start.
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--no-first-run",
)

# Audio that the page plays without showing it, what it fails to handle, and what the
# browser would know from a visit before.
_SPY = """
window.audios = [];
window.Audio = class extends Audio {
  constructor(...args) { super(...args); window.audios.push(this); }
};
window.addEventListener("error", (event) => {
  // Without an error it is a notice, as of a layout that changes twice.
  if (event.error) window.complain(event.error.stack);
});
window.addEventListener("unhandledrejection", (event) => {
  const reason = event.reason;
  // This small Home Assistant lacks what some of its own pages ask for, and a long list
  // of its frontend says "disconnected" if it is closed before it is complete.
  if (reason?.code !== "unknown_command" && reason !== "disconnected") {
    window.complain(reason?.stack ?? JSON.stringify(reason));
  }
});
if (location.origin === %(url)s) {
  for (const [key, value] of Object.entries(%(storage)s)) {
    localStorage[key] = JSON.stringify(value);
  }
}
"""


@asynccontextmanager
async def browser(
    home: HomeAssistant, language: str, complaints: list[str], user: str = USERNAME
) -> AsyncIterator[Page]:
    """Open Home Assistant as a user does; note what the browser complains of."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        raise DemoError(
            "chromium was not found: install it (Debian: apt-get install chromium)"
        )
    async with async_playwright() as playwright:
        program = await playwright.chromium.launch(
            executable_path=chromium, args=ARGUMENTS
        )
        context = await program.new_context(viewport=DESKTOP, locale=language)
        await _prepare(context, home, language, complaints, user)
        page = await context.new_page()
        page.set_default_timeout(_SECONDS_TO_APPEAR * 1000)
        _watch(page, complaints)
        try:
            yield page
        finally:
            await program.close()


async def _prepare(
    context: BrowserContext,
    home: HomeAssistant,
    language: str,
    complaints: list[str],
    user: str,
) -> None:
    """Keep the user signed in, as after a visit before, and the language chosen."""
    storage = {"hassTokens": await _sign_in(home, user), "selectedLanguage": language}

    def complain(what: str) -> None:
        complaints.append(what)

    await context.expose_function("complain", complain)
    await context.add_init_script(
        _SPY % {"url": json.dumps(home.url), "storage": json.dumps(storage)}
    )


async def _sign_in(home: HomeAssistant, user: str) -> Answer:
    """Return what the frontend keeps of a user, who has the name as the password."""
    client_id = f"{home.url}/"
    flow = {
        "client_id": client_id,
        "handler": ["homeassistant", None],
        "redirect_uri": client_id,
    }
    shown = await home.post("/auth/login_flow", flow)
    answered = await home.post(
        f"/auth/login_flow/{shown['flow_id']}",
        {"client_id": client_id, "username": user, "password": user},
    )
    return await home.get_tokens(client_id, answered["result"]) | {
        "hassUrl": home.url,
        "clientId": client_id,
        "expires": (time.time() + 1800) * 1000,
    }


def _watch(page: Page, complaints: list[str]) -> None:
    def note_message(message: ConsoleMessage) -> None:
        # What does not load is noted with its address below.
        if message.type == "error" and "Failed to load" not in message.text:
            complaints.append(message.text)

    def note_response(response: Response) -> None:
        # The pictures of other integrations are on the internet.
        brands = "/api/brands/" in response.url and "/yeastar_vm/" not in response.url
        if not response.ok and response.status >= 400 and not brands:
            complaints.append(f"HTTP {response.status}: {response.url}")

    page.on("console", note_message)
    page.on("response", note_response)
