"""What came of a fault: what was said, what it cost, and what was promised."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
import logging
import re
import tracemalloc

from homeassistant.exceptions import ConfigEntryError
import pytest

from simulator import AfterActing, Delay, Fault, Line, Oddity, Outage, Weakness

from .cases import AUDIO, DEL_TOKEN, GET_TOKEN, Case, Side
from .home import EXTENSION, FILE, TEXTS, WORKS, Home
from .limits import DELIVERY, limit_of
from .promises import Promise, Within
from .troubles import Addresses, Errcode, Restart, Switch, Trouble

MB = 1024 * 1024
_THREE_REQUESTS = 80  # seconds, where each takes 25
_CEILED = 2  # seconds that aiohttp rounds a limit up, and the clock runs on

_STATUS = {WORKS: WORKS, "timeout": "504 Gateway Timeout", "not_found": "404 Not Found"}
# What Home Assistant does not try again by itself.
_NO_RETRY = {"invalid_auth", "certificate_changed", "not_supported", "redirected"}
TIME = re.compile(r"(\d{4}-\d\d-\d\d )?\d\d:\d\d")
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
    form = case.side is Side.FORM
    text = TEXTS["config"]["error"][key] if form else exception_text(key)
    said = filled(text, promise, fault)
    if case.side is Side.SETUP:
        state = "setup_error" if key in _NO_RETRY else "setup_retry"
        return f"{state}: {said}"
    return said


def exception_text(key: str) -> str:
    """Return the text of an error, with its placeholders."""
    return str(TEXTS["exceptions"][key]["message"])


def filled(text: str, promise: Promise, fault: Trouble, **others: str) -> str:
    """Return a text with what a promise puts in place of its placeholders."""
    return text.format(
        **{
            "errcode": fault.code if isinstance(fault, Errcode) else "",
            "origin": "http://example.invalid",
            "status": promise.status,
            "seconds": DELIVERY,
            "time": "…",
            "number": EXTENSION,
            "file": FILE,
            **others,
        }
    )


@asynccontextmanager
async def inflicted(
    home: Home, fault: Trouble, *endpoints: str, before: str | None = None
) -> AsyncIterator[None]:
    """Let a fault befall requests for a while.

    What lets nobody through does so at once, or when `before` was asked.
    """
    pbx = home.pbx
    match fault:
        case Fault() | Oddity() | AfterActing() | Delay() | Line():
            pbx.faults |= dict.fromkeys(endpoints, fault)
        case Outage() | Weakness() if before:
            pbx.outages_after[before] = fault
        case Outage() | Weakness():
            await pbx.begin_outage(fault)
        case _:
            for endpoint in endpoints:
                await fault.begin(home, endpoint)
    yield
    await pbx.end_outage()
    await home.let_limits_run_out()
    pbx.faults.clear()
    if isinstance(fault, Errcode | Switch | Restart | Addresses):
        await fault.end(home)


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
    said = await home.clock.during(case.do(home))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    seconds = home.hass.loop.time() - started

    limit = limit_of(case, promise.within)
    # Whoever gives a token back does not wait as long for that, but perhaps as well.
    least = 0 if case.endpoint == DEL_TOKEN else limit
    most = 2 * (limit + _CEILED) if limit else 0
    if promise.within is Within.ITS_TIME:
        most = _THREE_REQUESTS
    assert least <= seconds <= most, f"{case}: {seconds} s"
    memory = promise.memory_of_audio if case.endpoint == AUDIO else promise.memory
    assert peak <= memory * MB, f"{case}: {peak / MB} MB"
    sign_ins = [
        request
        for request in home.pbx.requests
        if request.endpoint == GET_TOKEN and "moved" not in request.query
    ]
    assert len(sign_ins) <= 1, str(case)

    told = [record for record in caplog.records[logged_before:] if is_told(record)]
    lines = int(said != WORKS and case.side in (Side.SETUP, Side.SPEAKER))
    if case.side in (Side.REMOVAL, Side.FORM):
        # A token that cannot be revoked.
        lines = min(len(told), 1)
    assert len(told) == lines, f"{case}: {[record.getMessage() for record in told]}"
    assert not any(_has_traceback(record) for record in told), str(case)
    log, level = (told[0].getMessage(), told[0].levelno) if told else ("", 0)
    return Outcome(case.endpoint, case.side, TIME.sub("…", said), log, level)


def _has_traceback(record: logging.LogRecord) -> bool:
    """Return whether a record has a traceback, other than Home Assistant's own.

    It logs one where setup fails in a way that no retry helps.
    """
    error = record.exc_info[1] if record.exc_info else None
    return error is not None and not isinstance(error, ConfigEntryError)


def is_told(record: logging.LogRecord) -> bool:
    """Return whether a user finds a record in the log."""
    return record.levelno >= logging.WARNING or (
        record.levelno >= logging.INFO and record.name.startswith(_OURS)
    )
