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

from .blocking import LONGEST_CALLBACK, Stopwatch

COMPUTE = f"""
until = time.thread_time() + {LONGEST_CALLBACK + 0.01}
while time.thread_time() < until: pass
"""


def handler(statements: str) -> Callable[[], None]:
    """Return a function that runs statements as if they stood in the integration."""
    assert yeastar_vm.__file__
    code = compile(statements, yeastar_vm.__file__, "exec")
    names: dict[str, Any] = {"time": time}
    return lambda: exec(code, names)  # noqa: S102


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
    expected_warnings.append(
        r"Computed for [\d.]+ s in the event loop: <Handle .*test_blocking"
    )
    asyncio.get_running_loop().call_soon(handler(COMPUTE))
    await asyncio.sleep(0)


async def test_a_task_that_computes_is_reported(expected_warnings: list[str]) -> None:
    """With its name."""
    expected_warnings.append(r"Computed for .*<Task finished name='compute' ")

    async def compute() -> None:
        handler(COMPUTE)()

    await asyncio.create_task(compute(), name="compute")


async def test_several_callbacks_may_take_longer_together() -> None:
    """Since others get their turn in between."""
    for _ in range(4):
        handler(COMPUTE.replace(str(LONGEST_CALLBACK + 0.01), "0.02"))()
        await asyncio.sleep(0)


async def test_a_moved_clock_is_not_taken_for_computing(
    freezer: FrozenDateTimeFactory,
) -> None:
    """Which it is in asyncio's debug mode."""
    asyncio.get_running_loop().call_soon(freezer.tick, 3600)
    await asyncio.sleep(0)


async def test_a_garbage_collection_is_not_taken_for_computing() -> None:
    """It falls on whoever happens to be running."""
    stopwatch = Stopwatch()
    with stopwatch.running():
        measured, all_in_all = stopwatch.seconds(), time.thread_time()
        gc.collect()
        all_in_all = time.thread_time() - all_in_all
        measured = stopwatch.seconds() - measured
    assert measured < all_in_all / 2
