"""What came of a fault: what was said, what it cost, and what was promised."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
import logging
import re
import tracemalloc

import pytest

from custom_components.yeastar_vm.pbx import http
from tests.hourglass import Deaf, Hourglass, Waiting
from tests.pbx_simulator import Fault, Oddity, Outage, Switches
from tests.pbx_simulator.outages import STRANGERS

from .cases import AUDIO, DEL_TOKEN, GET_TOKEN, Case, Side
from .home import EXTENSION, FILE, NAME, TEXTS, WORKS, Home
from .rows import Errcode, Name, Promise, Switch, Trouble, Within

MB = 1024 * 1024
_CEILED = 2  # seconds that aiohttp rounds a limit up, and the clock runs on

_STATUS = {WORKS: WORKS, "timeout": "504 Gateway Timeout", "not_found": "404 Not Found"}
_TIME = re.compile(r"(\d{4}-\d\d-\d\d )?\d\d:\d\d")
_OURS = ("custom_components.yeastar_vm", "homeassistant.config_entries")


@dataclass(frozen=True)
class Outcome:
    """What came of one case, as it is the same on every machine.

    ``said`` is WORKS or what the user is told. ``log`` is the line in the log, if any,
    and ``level`` its level.
    """

    endpoint: str
    side: Side
    said: str
    log: str
    level: int


def expected(promise: Promise, case: Case, fault: Trouble) -> str:
    """Return what a promise comes to in a case."""
    key = promise.for_case(case)
    # A token that cannot be revoked expires by itself.
    if key == WORKS or case.endpoint == DEL_TOKEN:
        return WORKS
    if case.side is Side.SPEAKER:
        return _STATUS.get(key, "502 Bad Gateway")
    if key.startswith("step "):
        return str(TEXTS["config"]["step"][key.removeprefix("step ")]["title"])
    text = (
        TEXTS["config"]["error"][key]
        if case.side is Side.FORM
        else TEXTS["exceptions"][key]["message"]
    )
    said = text.format(
        errcode=fault.code if isinstance(fault, Errcode) else "",
        origin="http://example.invalid",
        time="…",
        extension=EXTENSION,
        file=FILE,
    )
    if case.side is Side.SETUP:
        state = "setup_error" if key == "invalid_auth" else "setup_retry"
        return f"{state}: {said}"
    return str(said)


@asynccontextmanager
async def inflicted(home: Home, fault: Trouble, case: Case) -> AsyncIterator[None]:
    """Let a fault befall the request that a case is about, for a while."""
    pbx, hourglass = home.pbx, Hourglass(home.clock)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(STRANGERS, Outage.DEAF, partial(Deaf, hourglass))
        await _begin(home, fault, case, hourglass)
        yield
    pbx.faults.clear()
    pbx.errcodes.clear()
    if isinstance(fault, Switch):
        setattr(pbx.switches, fault.name, getattr(Switches(), fault.name))
    await pbx.end_outage()
    home.names.addresses[NAME] = ["127.0.0.1"]


async def _begin(home: Home, fault: Trouble, case: Case, hourglass: Hourglass) -> None:
    """Let a fault begin."""
    pbx = home.pbx
    match fault:
        case Fault.SILENT | Fault.SLOW:
            pbx.faults[case.endpoint] = Waiting(fault, hourglass)
        case Fault() | Oddity():
            pbx.faults[case.endpoint] = fault
        case Errcode():
            pbx.errcodes[case.endpoint] = fault.code
        case Switch():
            setattr(pbx.switches, fault.name, fault.value)
        case Outage() if case.before:
            pbx.outages_after[case.before] = fault
        case Outage():
            await pbx.begin_outage(fault)
        case Name():
            home.names.addresses.clear()
            home.forget_addresses()


async def watched(
    home: Home, case: Case, promise: Promise, caplog: pytest.LogCaptureFixture
) -> Outcome:
    """Do what a case is about, and check what it costs and logs.

    Memory is the peak of what Python allocates meanwhile, in Home Assistant and in the
    simulator, which does not hold its large answers either.
    """
    logged_before = len(caplog.records)
    started = home.hass.loop.time()
    tracemalloc.start()
    said = await case.do(home)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    seconds = home.hass.loop.time() - started

    limit = _limit(promise.within)
    # Whoever gives a token back does not wait as long for that, but perhaps as well.
    least = 0 if case.endpoint == DEL_TOKEN else limit
    most = 2 * (limit + _CEILED) if limit else 0
    assert least <= seconds <= most, f"{case}: {seconds} s"
    memory = promise.memory_of_audio if case.endpoint == AUDIO else promise.memory
    assert peak <= memory * MB, f"{case}: {peak / MB} MB"
    sign_ins = [
        request
        for request in home.pbx.requests
        if request.endpoint == GET_TOKEN and "moved" not in request.query
    ]
    assert len(sign_ins) <= 1, str(case)

    told = [record for record in caplog.records[logged_before:] if _is_told(record)]
    lines = int(said != WORKS and case.side in (Side.SETUP, Side.SPEAKER))
    if case.side is Side.REMOVAL:
        lines = min(len(told), 1)
    assert len(told) == lines, f"{case}: {[record.getMessage() for record in told]}"
    assert not any(record.exc_info for record in told), str(case)
    log, level = (told[0].getMessage(), told[0].levelno) if told else ("", 0)
    return Outcome(case.endpoint, case.side, _TIME.sub("…", said), log, level)


def _limit(within: Within) -> float:
    """Return the seconds after which the client ends a case; 0 where it need not."""
    match within:
        case Within.LIMIT:
            limit = http.TIMEOUT.total
        case Within.CONNECT_LIMIT:
            limit = http.TIMEOUT.sock_connect
        case Within.AT_ONCE:
            limit = 0
    assert limit is not None
    return limit


def _is_told(record: logging.LogRecord) -> bool:
    """Return whether a user finds a record in the log."""
    return record.levelno >= logging.WARNING or (
        record.levelno >= logging.INFO and record.name.startswith(_OURS)
    )
