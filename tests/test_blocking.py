"""What keeps the event loop from running fails a test."""

import asyncio
from collections.abc import Callable
import gc
from pathlib import Path
import time
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest

from custom_components import yeastar_vm

from .blocking import longest_callback

COMPUTE = """
until = time.thread_time() + seconds
while time.thread_time() < until: pass
"""


def handler(statements: str, seconds: float = 0) -> Callable[[], None]:
    """Return a function that runs statements as if they stood in the integration."""
    assert yeastar_vm.__file__
    code = compile(statements, yeastar_vm.__file__, "exec")
    names: dict[str, Any] = {"gc": gc, "time": time, "seconds": seconds}
    return lambda: exec(code, names)  # noqa: S102


def computing(share: float) -> Callable[[], None]:
    """Return a part of the integration that computes for a share of the limit."""
    return handler(COMPUTE, share * longest_callback())


@pytest.mark.parametrize(
    ("statements", "calls"),
    [
        (f"open({__file__!r}).close()", ["open"]),
        (
            f"import pathlib; pathlib.Path({__file__!r}).read_bytes()",
            ["read_bytes", "open"],
        ),
        ("import os; os.listdir('/')", ["listdir"]),
        (
            "import ssl; ssl.create_default_context()",
            ["load_default_certs", "set_default_verify_paths"],
        ),
    ],
    ids=["open", "read", "list", "tls"],
)
async def test_a_call_that_waits_is_reported(
    statements: str, calls: list[str], expected_warnings: list[str]
) -> None:
    """By Home Assistant itself, as users would see it."""
    expected_warnings += [
        f"Detected blocking call to {call} .* by custom integration 'yeastar_vm'"
        for call in calls
    ]
    handler(statements)()


@pytest.mark.parametrize("again", [False, True])
async def test_a_sleep_is_refused(again: bool, expected_warnings: list[str]) -> None:
    """And is reported again in the next test, unlike what Home Assistant does."""
    expected_warnings.append("Detected blocking call to sleep ")
    with pytest.raises(RuntimeError, match="Caught blocking call to sleep"):
        handler("time.sleep(0)")()


async def test_outside_of_the_event_loop_anything_may_wait() -> None:
    """In another thread."""
    await asyncio.to_thread(handler(f"open({__file__!r}).close(); time.sleep(0)"))


async def test_a_test_may_wait() -> None:
    """It has nobody else to serve."""
    assert Path(__file__).read_bytes()


async def test_a_callback_that_computes_is_reported(
    expected_warnings: list[str],
) -> None:
    """With the place where it was begun."""
    expected_warnings.append(r"Computed for [\d.]+ s: <Handle .*test_blocking")
    asyncio.get_running_loop().call_soon(computing(3))
    await asyncio.sleep(0)


async def test_a_task_that_computes_is_reported(expected_warnings: list[str]) -> None:
    """With its name."""
    expected_warnings.append(r"Computed for .*<Task finished name='compute' ")

    async def compute() -> None:
        computing(3)()

    await asyncio.create_task(compute(), name="compute")


async def test_a_call_that_computes_is_reported(expected_warnings: list[str]) -> None:
    """Also where a test calls the integration itself."""
    expected_warnings.append("Computed for .*<Task pending ")
    computing(3)()
    await asyncio.sleep(0)


async def test_several_callbacks_may_take_longer_together() -> None:
    """Others get their turn in between."""
    for _ in range(4):
        computing(0.4)()
        await asyncio.sleep(0)


async def test_a_test_may_compute() -> None:
    """It is not what is tested."""
    until = time.thread_time() + 2 * longest_callback()
    while time.thread_time() < until:
        pass
    await asyncio.sleep(0)


async def test_a_test_that_computes_does_not_count_against_the_integration() -> None:
    """Though both do so in one callback."""
    computing(0.4)()
    until = time.thread_time() + longest_callback()
    while time.thread_time() < until:
        pass
    await asyncio.sleep(0)


async def test_a_moved_clock_is_not_taken_for_computing(
    freezer: FrozenDateTimeFactory,
) -> None:
    """Which it is in asyncio's debug mode."""
    asyncio.get_running_loop().call_soon(freezer.tick, 3600)
    await asyncio.sleep(0)


async def test_a_garbage_collection_is_not_taken_for_computing() -> None:
    """It can happen to anybody."""
    handler(COMPUTE.replace("pass", "gc.collect()"), 3 * longest_callback())()
    await asyncio.sleep(0)
