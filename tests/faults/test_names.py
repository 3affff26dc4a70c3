"""A PBX with a name, such as `pbx.local`, that only Home Assistant's resolver knows."""

from aiohttp.resolver import AsyncResolver
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest

from tests.pbx_simulator import NameServer, PbxSimulator
from tests.test_config_flow import Window


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


async def test_a_certificate_is_looked_at_under_that_name(
    name_server: NameServer, hass: HomeAssistant, pbx: PbxSimulator
) -> None:
    """The user sees it, trusts it, and the PBX is added."""
    window = Window(hass, pbx)
    await window.open()

    shown = await window.sign_in(url=f"https://{name_server.name}:{pbx.port}")
    assert shown["step_id"] == "certificate"
    created = await window.submit()

    assert created["type"] is FlowResultType.CREATE_ENTRY
    assert created["data"]["certificate_fingerprint"] == pbx.fingerprint
