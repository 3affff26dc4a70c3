"""A simulated PBX in a process of its own, whose callers do as they are told.

``python -m tools.bench.callers EXTENSIONS SECONDS`` tells first what PBX it is. Then it
reads what to do from its standard input and answers on its standard output, a line of
JSON each, until the input ends. SECONDS is how long each message is.
"""

import asyncio
from asyncio.subprocess import Process
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
import json
import sys
import time
from typing import Any

from simulator import Fault, PbxSimulator
from simulator.lines import Delay
from simulator.many import fill_mailboxes, many_extensions
from simulator.wav import Encoding, tone
from tools.demo.errors import DemoError
from tools.demo.processes import HOST

from .meter import Meter, metered
from .pbx import Pbx

_GREETING_SECONDS = 30.0
_MESSAGE_SECONDS = 5
_BETWEEN_LOOKS = 0.002  # seconds
_CALLER = ("15550123", "Anna Weber")


@dataclass(frozen=True)
class Traffic:
    """What went through the port of the PBX since the start.

    Requests by their endpoint, bytes from and to the clients, and how many connections
    last. A WebSocket is a request of the endpoint `subscribe`.
    """

    requests: dict[str, int]
    received: int
    sent: int
    connections: int


class Callers:
    """The PBX and its callers, from outside of their process."""

    def __init__(self, process: Process, pbx: Pbx) -> None:
        """Talk to a process that told what PBX it is."""
        self.pbx = pbx
        self._process = process

    async def leave(
        self, boxes: Sequence[str], listed_after: Sequence[float] = ()
    ) -> dict[str, float]:
        """Leave a message in each box at once; each may be listed seconds later.

        Return when they are listed, by their IDs: if not later, then at the moment at
        which their events were sent. The clock is ``time.monotonic``, which all
        processes of a machine share.
        """
        pauses = listed_after or [0] * len(boxes)
        left: dict[str, float] = await self._tell("leave", boxes=boxes, pauses=pauses)
        return left

    async def fill(self, boxes: Sequence[str], count: int) -> None:
        """Have so many messages in each box, which nobody announced."""
        await self._tell("fill", boxes=boxes, count=count)

    async def slow_down(self, endpoint: str, seconds: float) -> None:
        """Let the PBX take its time for each answer of an endpoint."""
        await self._tell("slow_down", endpoint=endpoint, seconds=seconds)

    async def fall_silent(self, endpoints: Sequence[str]) -> None:
        """Let some endpoints never answer, and all others as usual."""
        await self._tell("fall_silent", endpoints=endpoints)

    async def forget_tokens(self) -> None:
        """Let no access token be valid any longer."""
        await self._tell("forget_tokens")

    async def move_clock(self, seconds: float) -> None:
        """Move the clock of the PBX."""
        await self._tell("move_clock", seconds=seconds)

    async def quiet(self) -> Traffic:
        """Wait until nothing is sent and no connection is left but a WebSocket."""
        before = None
        while (now := await self._traffic()) != before or now.connections > 1:
            before = now
            await asyncio.sleep(_BETWEEN_LOOKS)
        return now

    async def _traffic(self) -> Traffic:
        return Traffic(**await self._tell("traffic"))

    async def _tell(self, order: str, **arguments: Any) -> Any:
        assert self._process.stdin
        self._process.stdin.write(f"{json.dumps([order, arguments])}\n".encode())
        return await _answer(self._process)


async def _answer(process: Process) -> Any:
    assert process.stdout
    if not (line := await process.stdout.readline()):
        raise DemoError("the simulated PBX ended")
    return json.loads(line)


@asynccontextmanager
async def callers(
    extensions: int, message_seconds: int = _MESSAGE_SECONDS
) -> AsyncIterator[Callers]:
    """Run the process."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tools.bench.callers"),
        *(str(extensions), str(message_seconds)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        start_new_session=True,  # Ctrl-C is for this process alone.
    )
    try:
        yield Callers(process, Pbx(**await _answer(process)))
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


class _Office:
    """What can be told: each method is an order, and returns its answer."""

    def __init__(self, extensions: int, message_seconds: int) -> None:
        self._message_seconds = message_seconds
        self._ahead = 0.0
        self.pbx = PbxSimulator(clock=self._now)
        self.pbx.extensions = many_extensions(extensions, _GREETING_SECONDS)
        self.meter = Meter()
        self._requests = Counter[str]()
        self._audio = tone(Encoding.PCM16, 440, message_seconds)

    def _now(self) -> float:
        return time.time() + self._ahead

    def introduce(self) -> dict[str, str]:
        pbx = self.pbx
        return asdict(
            Pbx(
                f"https://{HOST}:{self.meter.port}",
                pbx.client_id,
                pbx.client_secret,
                pbx.fingerprint,
                "",
                pbx.serial_number,
            )
        )

    def leave(self, boxes: Sequence[str], pauses: Sequence[float]) -> dict[str, float]:
        left = {}
        for box, pause in zip(boxes, pauses, strict=True):
            self.pbx.switches.message_listed_after = pause
            sent_at = time.monotonic()
            message = self.pbx.leave_message(box, *_CALLER, self._audio)
            left[message.msg_id] = sent_at + pause
        return left

    def fill(self, boxes: Sequence[str], count: int) -> None:
        fill_mailboxes(self.pbx, boxes, count, duration=self._message_seconds)

    def slow_down(self, endpoint: str, seconds: float) -> None:
        self.pbx.faults[endpoint] = Delay(seconds)

    def fall_silent(self, endpoints: Sequence[str]) -> None:
        self.pbx.faults.clear()
        self.pbx.faults.update(dict.fromkeys(endpoints, Fault.SILENT))

    def forget_tokens(self) -> None:
        self.pbx.tokens.forget()

    def move_clock(self, seconds: float) -> None:
        self._ahead += seconds
        self.pbx.timeline.run_due()

    def traffic(self) -> dict[str, Any]:
        self._requests.update(request.endpoint for request in self.pbx.requests)
        self.pbx.requests.clear()
        requests, meter = dict(self._requests), self.meter
        return asdict(Traffic(requests, meter.received, meter.sent, meter.open))


async def _serve(extensions: int, message_seconds: int) -> None:
    office = _Office(extensions, message_seconds)
    orders = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(orders), sys.stdin
    )
    async with office.pbx, metered(office.pbx.port) as office.meter:
        _print(office.introduce())
        while line := await orders.readline():
            order, arguments = json.loads(line)
            _print(getattr(office, order)(**arguments))


def _print(answer: object) -> None:
    print(json.dumps(answer), flush=True)  # noqa: T201  what it is for


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1]), int(sys.argv[2])))
