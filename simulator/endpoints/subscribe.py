"""The events of the PBX over a WebSocket: ``subscribe``."""

import asyncio
from contextlib import suppress

from aiohttp import WSMsgType, web

from simulator.errors import ApiError, HttpError
from simulator.event_sockets import EventSocket
from simulator.faults import hang_up
from simulator.model import RecordedRequest
from simulator.pbx import Pbx
from simulator.switches import SocketEnd, SocketRefusal

from .family import Family
from .parameters import check_token

_ENDS = frozenset(
    {WSMsgType.CLOSE, WSMsgType.CLOSING, WSMsgType.CLOSED, WSMsgType.ERROR}
)
_STATUSES = {
    SocketRefusal.HTTP_400: 400,
    SocketRefusal.HTTP_401: 401,
    SocketRefusal.HTTP_403: 403,
}


async def _subscribe(
    pbx: Pbx, request: RecordedRequest, http: web.Request
) -> web.StreamResponse:
    """Answer "Monitor events via WebSocket" for as long as the connection lasts."""
    websocket = web.WebSocketResponse(autoping=False, autoclose=False)
    upgrades = bool(websocket.can_prepare(http))
    if pbx.switches.upgrade_before_token and not upgrades:
        raise HttpError(400)
    refusal = _refusal(pbx, request)
    if refusal is SocketRefusal.CUT:
        return hang_up(http)
    if not upgrades:
        raise HttpError(400)
    await websocket.prepare(http)
    socket = pbx.events.add(request.query.get("access_token", ""))
    match refusal:
        case SocketRefusal.CLOSE_FRAME:
            socket.end(SocketEnd.CLOSE_FRAME)
        case SocketRefusal.DEAF:
            socket.silent = True
    pbx.events.check()
    sending = asyncio.create_task(_send(websocket, http, socket))
    try:
        await _receive(pbx, websocket, socket)
    finally:
        pbx.events.remove(socket)
        if not socket.ended:
            sending.cancel()
        await asyncio.wait([sending])
    return websocket


def _refusal(pbx: Pbx, request: RecordedRequest) -> SocketRefusal | None:
    """Return how a token is refused, None for a good one; raise for an HTTP answer."""
    try:
        check_token(pbx, request.query)
    except ApiError, HttpError:
        refusal = pbx.switches.socket_refusal
        if refusal is SocketRefusal.ANSWER:
            raise
        if refusal in _STATUSES:
            raise HttpError(_STATUSES[refusal]) from None
        return refusal
    return None


async def _receive(
    pbx: Pbx, websocket: web.WebSocketResponse, socket: EventSocket
) -> None:
    """Take what the client says until the connection ends."""
    while True:
        message = await websocket.receive()
        pbx.timeline.run_due()
        if message.type is WSMsgType.TEXT:
            pbx.events.hear(socket, message.data)
        elif message.type is WSMsgType.PING:
            if pbx.events.hear_ping(socket):
                await websocket.pong(message.data)
        elif message.type in _ENDS:
            if socket.silent:
                await asyncio.Future()
            return


async def _send(
    websocket: web.WebSocketResponse, http: web.Request, socket: EventSocket
) -> None:
    """Send what is in the outbox until the PBX or the client ends the connection."""
    with suppress(ConnectionError):
        while True:
            match await socket.outbox.get():
                case SocketEnd.CLOSE_FRAME:
                    await websocket.close()
                    return
                case SocketEnd.CUT:
                    hang_up(http)
                    return
                case bytes() as frame:
                    await websocket.send_bytes(frame)
                case str() as frame:
                    await websocket.send_str(frame)


EVENTS = Family(
    {},
    streams={"subscribe": _subscribe},
    exists=lambda pbx: pbx.switches.event_endpoint,
)
