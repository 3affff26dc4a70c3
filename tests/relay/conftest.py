"""What the tests of the relay share."""

from collections.abc import AsyncIterator

import aiohttp
from homeassistant.components.ffmpeg import get_ffmpeg_manager
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest

from .home import WebServer


@pytest.fixture
def ffmpeg_that_is_missing(hass: HomeAssistant) -> None:
    """Let Home Assistant's ffmpeg be gone since it started."""
    get_ffmpeg_manager(hass)._bin = "/nowhere/ffmpeg"


@pytest.fixture
async def server(hass: HomeAssistant) -> AsyncIterator[WebServer]:
    """Return Home Assistant's web server."""
    assert await async_setup_component(hass, "http", {})
    server = WebServer(hass)
    await server.start()
    yield server
    await server.runner.cleanup()


@pytest.fixture
async def players(server: WebServer) -> AsyncIterator[aiohttp.ClientSession]:
    """Return what fetches URLs, for as many players as there are."""
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(server.url, connector=connector) as session:
        yield session
