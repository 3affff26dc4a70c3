"""Log a warning for whatever keeps the event loop from running.

Calls that wait: Home Assistant knows them and looks out for them, here as when it runs.

Callbacks that compute: asyncio's debug mode measures them with a clock that tests move
and that runs on while a busy machine does something else. What is measured here is the
processor time of the event loop's thread.
"""

import asyncio
from asyncio import base_events, events
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
import gc
import logging
from pathlib import Path
import sys
import threading
import time
import tracemalloc
from types import FrameType, ModuleType
from typing import Any
from unittest.mock import patch

import homeassistant
from homeassistant import block_async_io
from homeassistant.util import loop as loop_util
import pytest_homeassistant_custom_component

from custom_components import yeastar_vm

_LOGGER = logging.getLogger(__name__)

LONGEST_CALLBACK = 0.05  # seconds of processor time

type _CheckAllowed = Callable[[dict[str, Any]], bool]


def _folder(package: ModuleType) -> str:
    assert package.__file__
    return f"{Path(package.__file__).parent}/"


_GUARDS = (__file__, loop_util.__file__)
_TESTED = (_folder(homeassistant), _folder(yeastar_vm))
_TESTS = (f"{Path(__file__).parent}/", _folder(pytest_homeassistant_custom_component))


@contextmanager
def blocking_reported() -> Iterator[None]:
    """Log a warning for each call that waits and each callback that computes.

    The fixture `disable_block_async_io` of the test plugin ends the former.
    """
    # What it has reported once it keeps to itself.
    loop_util._PREVIOUSLY_REPORTED.clear()
    calls = tuple(
        replace(call, check_allowed=_tests_or(call.check_allowed), skip_for_tests=False)
        for call in block_async_io._BLOCKING_CALLS
    )
    stopwatch = Stopwatch()
    run = events.Handle._run

    def measured_run(handle: events.Handle) -> None:
        # Where a test measures memory, everything takes several times as long.
        tracing = tracemalloc.is_tracing()
        started = stopwatch.seconds()
        run(handle)
        taken = stopwatch.seconds() - started
        if taken > LONGEST_CALLBACK and not (tracing or tracemalloc.is_tracing()):
            what = base_events._format_handle(handle)
            _LOGGER.warning("Computed for %.3f s in the event loop: %s", taken, what)

    with (
        patch.object(block_async_io, "_BLOCKING_CALLS", calls),
        patch.object(events.Handle, "_run", measured_run),
        stopwatch.running(),
    ):
        block_async_io.enable()
        yield


class Stopwatch:
    """Measures the processor time of a thread, without that of garbage collections.

    They fall on whoever happens to be running.
    """

    def __init__(self) -> None:
        """Measure the thread that this is called in."""
        self._thread = threading.get_ident()
        self._collecting = 0.0

    def seconds(self) -> float:
        """Return the processor time so far."""
        return time.thread_time() - self._collecting

    @contextmanager
    def running(self) -> Iterator[None]:
        """Look out for garbage collections."""
        gc.callbacks.append(self._collection)
        yield
        gc.callbacks.remove(self._collection)

    def _collection(self, phase: str, _: dict[str, int]) -> None:
        if threading.get_ident() == self._thread:
            now = time.thread_time()
            self._collecting += -now if phase == "start" else now


def _tests_or(check_allowed: _CheckAllowed | None) -> _CheckAllowed:
    """Return a check that also allows what is not done by what is tested."""

    def allowed(call: dict[str, Any]) -> bool:
        return not _is_tested() or bool(check_allowed and check_allowed(call))

    return allowed


def _is_tested() -> bool:
    """Return whether Home Assistant or the integration makes a call in the event loop.

    Rather than a test, the simulated PBX or the test plugin: the first of them on the
    way out of the stack. Where there is none, a library does it for whoever asked.
    """
    if asyncio._get_running_loop() is None:
        return False
    frame: FrameType | None = sys._getframe()
    while frame := frame.f_back:
        file = frame.f_code.co_filename
        if file in _GUARDS:
            continue
        if file.startswith(_TESTED):
            return True
        if file.startswith(_TESTS):
            return False
    return True
