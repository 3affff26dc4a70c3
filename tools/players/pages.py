"""A page that plays what Home Assistant gives it, so that a browser is a player.

For Home Assistant each browser is a universal media player, whose play_media command
posts the URL here; the page gets it over a WebSocket.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

from aiohttp import web

from tools.demo.errors import DemoError
from tools.demo.processes import HOST

BROWSERS: Final = ("chromium", "firefox")

_PAGE = """<!doctype html>
<title>Player</title>
<link rel="icon" href="data:,">
<script>
const socket = new WebSocket(`ws://${location.host}${location.pathname}/socket`);
let audio;
socket.onmessage = ({data: url}) => {
  audio?.pause();
  audio = new Audio(url);  // as Home Assistant's frontend does
  audio.play().catch((error) => socket.send(audio.error?.message || String(error)));
};
</script>
"""

_CONFIGURATION = """
rest_command:
{commands}
media_player:
{players}
"""
_COMMAND = """\
  play_in_{browser}:
    url: {url}/{browser}
    method: post
    payload: "{{{{ url }}}}"
"""
_PLAYER = """\
  - platform: universal
    name: {browser}
    unique_id: {browser}
    commands:
      play_media:
        action: rest_command.play_in_{browser}
        data:
          url: "{{{{ media_content_id }}}}"
"""


@dataclass
class Pages:
    """The pages that browsers have open, and what they complained of last."""

    url: str = ""
    sockets: dict[str, web.WebSocketResponse] = field(default_factory=dict)
    complaints: dict[str, str] = field(default_factory=dict)

    async def play(self, browser: str, url: str) -> None:
        """Let a page play a URL."""
        self.complaints.pop(browser, None)
        if (socket := self.sockets.get(browser)) is None:
            raise DemoError(f"{browser} does not show the page")
        await socket.send_str(url)


def configuration(url: str) -> str:
    """Return the configuration that makes browsers players of Home Assistant."""
    commands = [_COMMAND.format(browser=browser, url=url) for browser in BROWSERS]
    players = [_PLAYER.format(browser=browser) for browser in BROWSERS]
    return _CONFIGURATION.format(commands="".join(commands), players="".join(players))


@asynccontextmanager
async def pages() -> AsyncIterator[Pages]:
    """Serve a page for each browser."""
    served = Pages()

    async def show(_: web.Request) -> web.Response:
        return web.Response(text=_PAGE, content_type="text/html")

    async def play(request: web.Request) -> web.Response:
        await served.play(request.match_info["browser"], await request.text())
        return web.Response()

    async def talk(request: web.Request) -> web.WebSocketResponse:
        browser = request.match_info["browser"]
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        served.sockets[browser] = socket
        async for message in socket:
            served.complaints[browser] = message.data
        return socket

    browser = f"/{{browser:{'|'.join(BROWSERS)}}}"
    app = web.Application()
    app.add_routes(
        [
            web.get(browser, show),
            web.post(browser, play),
            web.get(f"{browser}/socket", talk),
        ]
    )
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0)
    await runner.setup()
    try:
        await web.TCPSite(runner, HOST, 0).start()
        served.url = f"http://{HOST}:{runner.addresses[0][1]}"
        yield served
    finally:
        await runner.cleanup()
