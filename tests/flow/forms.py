"""What a config flow shows, and what else answers at an address."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from homeassistant.config_entries import ConfigFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType

from custom_components.yeastar_vm.const import DOMAIN
from simulator import PbxSimulator


def new_token(pbx: PbxSimulator) -> dict[str, Any]:
    """Return the answer to a sign-in elsewhere, as with curl."""
    return pbx.tokens.issue(pbx.clock())


async def move(pbx: PbxSimulator) -> None:
    """Give a PBX another address: another port, with the certificate as before."""
    await pbx.stop()
    pbx._port.number = 0
    await pbx.start()


def suggested(result: ConfigFlowResult) -> dict[str, Any]:
    """Return the values that a form comes filled in with."""
    schema = result["data_schema"]
    assert schema
    return {
        str(field): field.description["suggested_value"]
        for field in schema.schema
        if field.description
    }


def fields(result: ConfigFlowResult) -> list[str]:
    """Return the fields of a form."""
    schema = result["data_schema"]
    assert schema
    return [str(field) for field in schema.schema]


def assert_error(
    result: ConfigFlowResult, error: str, field: str = "base"
) -> dict[str, Any]:
    """Assert that a form shows one error; return its placeholders."""
    assert result["type"] is FlowResultType.FORM
    assert result["errors"] == {field: error}
    return dict(result["description_placeholders"] or {})


def entries(hass: HomeAssistant) -> list[Any]:
    """Return the entries that there are."""
    return hass.config_entries.async_entries(DOMAIN)


@asynccontextmanager
async def server(
    answer: bytes, connections: list[bytes] | None = None
) -> AsyncIterator[int]:
    """Serve something that is no PBX: these bytes, to whoever connects."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        received = await reader.read(4096)
        if connections is not None:
            connections.append(received)
        writer.write(answer)
        await writer.drain()
        writer.close()

    listening = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with listening:
        yield listening.sockets[0].getsockname()[1]
