"""Log a warning for whatever keeps the event loop from running.

Calls that wait: Home Assistant detects them, here as when it runs.

Callbacks that compute: asyncio's debug mode measures them with a clock that tests move
and that continues while a busy machine does something else. Measured here is the
processor time that the integration, or Home Assistant on its behalf, takes of the event
loop's thread. What a test or the simulated PBX computes in between is not counted.
"""

import asyncio
from asyncio import events
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
import gc
import logging
from pathlib import Path
import signal
import sys
import threading
import time
import tracemalloc
from types import FrameType, ModuleType
from typing import Any, Final
from unittest.mock import patch

import homeassistant
from homeassistant import block_async_io
from homeassistant.util import loop as loop_util
import pytest_homeassistant_custom_component

from custom_components import yeastar_vm

_LOGGER = logging.getLogger(__name__)

# What a callback may compute: 50 ms on the machine on which this was chosen.
_STEPS: Final = 5_000_000
_SAMPLE: Final = 0.004  # seconds of processor time, and what most kernels can tell

type _CheckAllowed = Callable[[dict[str, Any]], bool]


def _folder(package: ModuleType) -> str:
    assert package.__file__
    return f"{Path(package.__file__).parent}/"


_GUARDS = (__file__, loop_util.__file__)
_TESTED = (_folder(homeassistant), _folder(yeastar_vm))
_REPOSITORY = Path(__file__).parents[1]
_TESTS = (
    *(f"{_REPOSITORY / folder}/" for folder in ("simulator", "tests", "tools")),
    _folder(pytest_homeassistant_custom_component),
)


@cache
def longest_callback() -> float:
    """Return how many seconds of processor time a callback may take on this machine.

    It is the time that a loop of a fixed number of steps takes, measured once.
    """
    part = _STEPS // 50
    return max(_seconds(part) for _ in range(5)) * _STEPS / part


def _seconds(steps: int) -> float:
    """Return the processor time that a loop takes."""
    started = time.thread_time()
    for _ in range(steps):
        pass
    return time.thread_time() - started


def _described(handle: events.Handle) -> str:
    """Return the task of a callback, or the callback itself."""
    task = getattr(getattr(handle, "_callback", None), "__self__", None)
    return repr(task if isinstance(task, asyncio.Task) else handle)


@contextmanager
def blocking_reported() -> Iterator[None]:
    """Log a warning for each call that waits and each callback that computes.

    The fixture `disable_block_async_io` of the test plugin ends the former.
    """
    # It reports a call only once for each place.
    loop_util._PREVIOUSLY_REPORTED.clear()
    calls = tuple(
        replace(call, check_allowed=_tests_or(call.check_allowed), skip_for_tests=False)
        for call in block_async_io._BLOCKING_CALLS
    )
    limit = longest_callback()
    stopwatch = Stopwatch()
    run = events.Handle._run

    def measured_run(handle: events.Handle) -> None:
        stopwatch.reset()
        run(handle)
        if stopwatch.tested > limit:
            taken = stopwatch.tested
            _LOGGER.warning("Computed for %.3f s: %s", taken, _described(handle))

    with (
        patch.object(block_async_io, "_BLOCKING_CALLS", calls),
        patch.object(events.Handle, "_run", measured_run),
        stopwatch.running(),
    ):
        block_async_io.enable()
        yield


class Stopwatch:
    """Measures the processor time that what is tested takes of the current thread.

    A timer looks every few milliseconds who is running, and puts the time since it
    last looked down to them. Garbage collections are left out: they can happen to
    anybody. So is the time in which a test measures memory: everything takes several
    times as long then.
    """

    def __init__(self) -> None:
        """Measure the thread that this is called in, which is the main thread."""
        self.tested = 0.0
        self._thread = threading.get_ident()
        self._looked: float | None = None
        self._collected = 0.0
        self._collection_began: float | None = None

    def reset(self) -> None:
        """Measure from the next look on: a clock is not read for each callback."""
        self.tested = 0.0
        self._looked = None

    @contextmanager
    def running(self) -> Iterator[None]:
        """Measure for as long as this lasts."""
        gc.callbacks.append(self._collection)
        signal.signal(signal.SIGPROF, self._look)
        signal.setitimer(signal.ITIMER_PROF, _SAMPLE, _SAMPLE)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
            # Left to itself, a signal that is still on its way would end the process.
            signal.signal(signal.SIGPROF, signal.SIG_IGN)
            gc.callbacks.remove(self._collection)

    def _look(self, _: int, frame: FrameType | None) -> None:
        if self._collection_began is not None:
            return
        now = self._seconds()
        if (
            self._looked is not None
            and not tracemalloc.is_tracing()
            and _is_tested(frame, library=False)
        ):
            self.tested += now - self._looked
        self._looked = now

    def _seconds(self) -> float:
        """Return the processor time so far, without that of garbage collections."""
        return time.thread_time() - self._collected

    def _collection(self, phase: str, _: dict[str, int]) -> None:
        if threading.get_ident() != self._thread:
            return
        if phase == "start":
            self._collection_began = time.thread_time()
        elif self._collection_began is not None:
            self._collected += time.thread_time() - self._collection_began
            self._collection_began = None


def _tests_or(check_allowed: _CheckAllowed | None) -> _CheckAllowed:
    """Return a check that also allows what is not done by what is tested."""

    def allowed(call: dict[str, Any]) -> bool:
        in_loop = asyncio._get_running_loop() is not None
        tested = in_loop and _is_tested(sys._getframe(), library=True)
        return not tested or bool(check_allowed and check_allowed(call))

    return allowed


def _is_tested(frame: FrameType | None, *, library: bool) -> bool:
    """Return whether Home Assistant or the integration does what happens in a frame.

    Rather than a test, the simulated PBX or the test plugin: the first of them on the
    way out of the stack. Where there is none, return `library`.
    """
    while frame:
        file = frame.f_code.co_filename
        if file not in _GUARDS:
            if file.startswith(_TESTED):
                return True
            if file.startswith(_TESTS):
                return False
        frame = frame.f_back
    return library
