"""What the tests of events share: a WebSocket and what is said over it."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import ClientWebSocketResponse

from .common import SUCCESS, Client


@asynccontextmanager
async def connected(
    client: Client, topics: list[int] | None = None
) -> AsyncGenerator[ClientWebSocketResponse]:
    """Open a WebSocket, and subscribe to these topics."""
    async with client.session.ws_connect(
        client.pbx.base_url + "/openapi/v1.0/subscribe",
        params={"access_token": client.access_token},
        ssl=False,
    ) as websocket:
        if topics is not None:
            assert await subscribe(websocket, topics) == SUCCESS
        yield websocket


async def subscribe(websocket: ClientWebSocketResponse, topics: object) -> Any:
    """Send a list of topics and return the answer."""
    await websocket.send_json({"topic_list": topics})
    return await websocket.receive_json()


async def nothing_more(websocket: ClientWebSocketResponse) -> bool:
    """Return whether nothing was sent before the answer to a heartbeat."""
    await websocket.send_str("heartbeat")
    return await websocket.receive_str() == "heartbeat response"
