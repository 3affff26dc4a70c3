"""What the tests of faults share."""

from collections.abc import AsyncIterator

from aiohttp.resolver import AsyncResolver
from homeassistant.helpers import aiohttp_client
import pytest

from tests.pbx_simulator import NameServer


@pytest.fixture
async def name_server(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[NameServer]:
    """Return the name server that Home Assistant asks; nothing else knows its names.

    To be set up before the first request goes out.
    """
    async with NameServer("pbx.test") as server:
        resolver = AsyncResolver(nameservers=[server.address])
        monkeypatch.setattr(resolver, "real_close", resolver.close, raising=False)
        monkeypatch.setattr(aiohttp_client, "_async_make_resolver", lambda _: resolver)
        yield server
        await resolver.close()
