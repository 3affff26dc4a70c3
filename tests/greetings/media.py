"""Media of Home Assistant and of servers of the internet, and what the user is told."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from aiohttp import web
from aiohttp.test_utils import TestServer
from homeassistant.core import HomeAssistant

from custom_components.yeastar_vm.services.greetings.media import async_fetch_media
from simulator import Names
from tests import common

from .recordings import music

MUSIC = music(0.1)
NOT_AUDIO = "The media is not audio, or FFmpeg cannot decode it. Select another one."
NOT_READ = "The media could not be read: {}. Check that the media browser can play it."
NOT_MEDIA = "Select a media item, or enter its media content ID or its URL."

type Serve = Callable[..., Awaitable[str]]


async def told(hass: HomeAssistant, media: str) -> str:
    """Fetch media that cannot be fetched, and return what the user is told."""
    return await common.told(async_fetch_media(hass, media))


@asynccontextmanager
async def internet(names: Names) -> AsyncIterator[Serve]:
    """Yield what lets a server of the internet answer with something."""
    names.addresses["music.example"] = names.addresses["other.example"] = ["127.0.0.1"]
    servers = []

    async def serve(
        answer: bytes | Callable[[], web.StreamResponse] | None = MUSIC,
        host: str = "music.example",
    ) -> str:
        async def handle(_: web.Request) -> web.StreamResponse:
            if isinstance(answer, bytes):
                return web.Response(body=answer, content_type="audio/wav")
            return answer() if answer else await asyncio.Future()

        app = web.Application()
        app.router.add_get("/song", handle)
        server = TestServer(app)
        await server.start_server()
        servers.append(server)
        return f"http://{host}:{server.port}/song"

    yield serve
    for server in servers:
        await server.close()


def allow(hass: HomeAssistant, *urls: str) -> None:
    """Add servers to `allowlist_external_urls`."""
    hass.config.allowlist_external_urls |= {
        f"{url.removesuffix('/song')}/" for url in urls
    }
