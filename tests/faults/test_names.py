"""A PBX with a name, such as `pbx.local`, that only Home Assistant's resolver knows."""

from aiohttp.resolver import AsyncResolver
import pytest

from tests.pbx_simulator import NameServer


async def test_the_name_server(name_server: NameServer) -> None:
    """It knows one name, and only while it is told so."""
    resolver = AsyncResolver(nameservers=[name_server.address])

    found = await resolver.resolve(name_server.name)
    with pytest.raises(OSError, match="not found"):
        await resolver.resolve("other.test")
    name_server.known = False
    with pytest.raises(OSError, match="not found"):
        await resolver.resolve(name_server.name)

    assert [result["host"] for result in found] == ["127.0.0.1"]
    await resolver.close()
