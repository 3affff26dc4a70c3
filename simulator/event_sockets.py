"""The open WebSockets of the clients, and what is sent over them.

Vendor's documents: "Monitor events via WebSocket".
"""

import asyncio
from dataclasses import dataclass, field
import json

from . import errors
from .envelope import envelope
from .event_frames import Event, EventFault, Frame
from .switches import HeartbeatAnswer, SocketEnd, Switches
from .timeline import Timeline
from .tokens import Tokens

_HEARTBEAT = "heartbeat"
_HEARTBEAT_ANSWER = "heartbeat response"


@dataclass(eq=False)
class EventSocket:
    """One WebSocket: what was subscribed to over it, and what waits to be sent."""

    access_token: str
    heard_at: float
    pings: int = 0
    topics: frozenset[int] = frozenset()
    outbox: asyncio.Queue[Frame | SocketEnd] = field(default_factory=asyncio.Queue)
    silent: bool = False
    """Nothing comes through, and neither side is told."""
    token_died: bool = False
    ended: bool = False

    def send(self, frame: Frame) -> None:
        """Send a frame, unless it would not come through."""
        if not self.silent and not self.ended:
            self.outbox.put_nowait(frame)

    def end(self, how: SocketEnd) -> None:
        """End the connection after what was sent."""
        if not self.silent and not self.ended:
            self.ended = True
            self.outbox.put_nowait(how)


class EventSockets:
    """The WebSockets of a PBX.

    ``faults`` spoil the events of the type that they name until the key is removed.
    """

    def __init__(self, switches: Switches, tokens: Tokens, timeline: Timeline) -> None:
        """Start without a socket."""
        self.faults: dict[int, EventFault] = {}
        self.opened = 0
        """How many there have been since the start."""
        self._switches = switches
        self._tokens = tokens
        self._timeline = timeline
        self._sockets: list[EventSocket] = []
        self._late: list[tuple[int, Frame]] = []

    @property
    def open(self) -> list[EventSocket]:
        """The sockets that are open, the oldest first."""
        return list(self._sockets)

    def add(self, access_token: str) -> EventSocket:
        """Open a socket."""
        now = self._timeline.now
        socket = EventSocket(access_token, now)
        self._sockets.append(socket)
        self.opened += 1
        if expires_at := self._tokens.expires_at(access_token):
            self._timeline.at(expires_at, self.check)
        self._timeline.at(now + self._switches.silence_seconds, self.check)
        return socket

    def remove(self, socket: EventSocket) -> None:
        """Forget a socket that is closed."""
        self._sockets.remove(socket)

    def check(self) -> None:
        """End the sockets whose client is silent or whose token died."""
        now = self._timeline.now
        live = self._tokens.live(now)
        for socket in self._sockets:
            if socket.access_token not in live and not socket.token_died:
                socket.token_died = True
                socket.send(self._answer(errors.TOKEN_EXPIRED))
                if self._switches.ends_with_token:
                    socket.end(self._switches.socket_end)
            if now >= socket.heard_at + self._switches.silence_seconds:
                socket.end(self._switches.socket_end)

    def hear_ping(self, socket: EventSocket) -> bool:
        """Take a ping and return whether it is answered."""
        socket.pings += 1
        return not socket.silent

    def hear(self, socket: EventSocket, text: str) -> None:
        """Take a frame of a client."""
        self._heard(socket)
        if socket.token_died:
            socket.send(self._answer(errors.TOKEN_EXPIRED))
        elif text == _HEARTBEAT:
            self._answer_heartbeat(socket)
        else:
            errcode = _subscribe(socket, text)
            if self._switches.subscription_answered:
                socket.send(self._answer(errcode))

    def publish(self, event: Event) -> None:
        """Send an event to whoever subscribed to its type."""
        frame = event.frame(msg_as_text=self._switches.event_msg_as_text)
        fault = self.faults.get(event.type)
        if fault is EventFault.LATE:
            self._late.append((event.type, frame))
            return
        for spoiled in fault.spoil(frame) if fault else [frame]:
            self._send(event.type, spoiled)
        self.release()

    def release(self) -> None:
        """Send the events that are late."""
        late, self._late = self._late, []
        for event_type, frame in late:
            self._send(event_type, frame)

    def send_frame(self, frame: Frame) -> None:
        """Send a frame as it is to every client."""
        for socket in self._sockets:
            socket.send(frame)

    def end(self, how: SocketEnd) -> None:
        """End all sockets."""
        for socket in self._sockets:
            socket.end(how)

    def silence(self) -> None:
        """Let nothing more through over the sockets that are open."""
        for socket in self._sockets:
            socket.silent = True

    def _answer_heartbeat(self, socket: EventSocket) -> None:
        match self._switches.heartbeat_answer:
            case HeartbeatAnswer.TEXT:
                socket.send(_HEARTBEAT_ANSWER)
            case HeartbeatAnswer.SUCCESS:
                socket.send(self._answer(errors.SUCCESS))

    def _answer(self, errcode: int) -> str:
        return json.dumps(envelope(self._switches, errcode))

    def _heard(self, socket: EventSocket) -> None:
        socket.heard_at = self._timeline.now
        self._timeline.at(socket.heard_at + self._switches.silence_seconds, self.check)

    def _send(self, event_type: int, frame: Frame) -> None:
        for socket in self._sockets:
            if event_type in socket.topics and not socket.token_died:
                socket.send(frame)


def _subscribe(socket: EventSocket, text: str) -> int:
    """Subscribe to the topics of a frame in place of those before; return the errcode.

    An empty list unsubscribes from everything.
    """
    try:
        topics = json.loads(text)["topic_list"]
    except ValueError:
        return errors.PARAMETER_SYNTAX_ERROR
    except KeyError, TypeError:
        return errors.PARAMETER_ERROR
    if not isinstance(topics, list) or any(type(topic) is not int for topic in topics):
        return errors.PARAMETER_ERROR
    socket.topics = frozenset(topics)
    return errors.SUCCESS
