"""How long Home Assistant waits for a PBX of which one endpoint never answers.

``python -m tools.bench.silent ENDPOINT`` measures one of them in a Home Assistant of
its own, and writes the result to its standard output as JSON.
"""

import asyncio
from collections.abc import Awaitable, Sequence
from contextlib import AsyncExitStack
from dataclasses import asdict, dataclass
import json
from pathlib import Path
import sys
from tempfile import TemporaryDirectory
import time

from homeassistant.runner import create_event_loop

from tools.demo.console import step

from .callers import callers
from .home import add_pbx, home_assistant
from .in_process import run_in_process
from .mailboxes import add_mailboxes
from .report import Table, at_most, milliseconds

_AT_ONCE = 2  # processes: they mostly wait
_EXTENSIONS = 100
_MAILBOXES = 2
_MESSAGES = 5  # in each of them
_HEAD_START = 0.3  # seconds of a setup until Home Assistant stops
_SETUP_LIMIT = 10  # seconds
_LIMIT = 3  # seconds more than if nothing waits
_TOKENS = ("get_token", "refresh_token")
NONE = "none"
# What a setup asks, with a token that is no longer valid.
ENDPOINTS = (
    _TOKENS[0],
    "system/information",
    "extension/query",
    "vm/query",
    "subscribe",
)


@dataclass(frozen=True)
class Wait:
    """Seconds that the setup, the unload, and the stop of Home Assistant took."""

    set_up: float
    unload: float
    stop: float


async def measure_silence(endpoints: Sequence[str]) -> Table:
    """Measure with each endpoint silent in turn, each in a new Home Assistant."""
    turns = asyncio.Semaphore(_AT_ONCE)

    async def measure(endpoint: str) -> Wait:
        async with turns:
            return await _wait_in_process(endpoint)

    names = (NONE, *endpoints)
    with step("set up, unload, and stop while one endpoint is silent"):
        measured = await asyncio.gather(*map(measure, names))
    waits = dict(zip(names, measured, strict=True))
    usual = waits[NONE]
    table = Table(
        "A PBX that is silent",
        "One endpoint of the PBX takes requests and never answers. The entry is set up"
        " with it, unloaded while requests wait for it, and set up once more, and"
        f" {_HEAD_START:g} s later, Home Assistant stops. *{ENDPOINTS[0]}*: the token"
        " is no longer valid, and nobody gets another one. The limits are for what is"
        f" added to *{NONE}*.",
        ("Silent", "Setup", "Unload", "Stop"),
        [
            (
                endpoint,
                *(milliseconds(each) for each in (wait.set_up, wait.unload, wait.stop)),
            )
            for endpoint, wait in waits.items()
        ],
    )
    del waits[NONE]
    for what, seconds, limit in (
        ("setup", [wait.set_up for wait in waits.values()], _SETUP_LIMIT),
        ("unload", [wait.unload - usual.unload for wait in waits.values()], _LIMIT),
        ("stop", [wait.stop - usual.stop for wait in waits.values()], _LIMIT),
    ):
        label = f"one endpoint silent, each in turn: {what}, worst"
        table.goals.append(at_most(label, round(max(seconds), 1), limit, " s"))
    return table


async def _wait_in_process(endpoint: str) -> Wait:
    what = f"the silence of {endpoint}"
    return Wait(**await run_in_process("tools.bench.silent", endpoint, what=what))


async def _wait(endpoint: str, folder: Path) -> Wait:
    async with callers(_EXTENSIONS) as people, AsyncExitStack() as stack:
        hass = await stack.enter_async_context(home_assistant(folder))
        entry = await add_pbx(hass, people.pbx)
        every = await entry.runtime_data.client.extensions.all()
        await add_mailboxes(hass, entry, every[:_MAILBOXES])
        numbers = [each.number for each in every[:_MAILBOXES]]
        await people.fill(numbers, _MESSAGES)
        if endpoint in _TOKENS:
            await people.forget_tokens()
            await people.fall_silent(_TOKENS)
        elif endpoint != NONE:
            await people.fall_silent([endpoint])
        entries = hass.config_entries
        set_up = await _seconds(entries.async_setup(entry.entry_id))
        unload = await _seconds(entries.async_unload(entry.entry_id))
        setting_up = asyncio.create_task(entries.async_setup(entry.entry_id))
        await asyncio.sleep(_HEAD_START)
        stop = await _seconds(stack.aclose())
        await setting_up
    return Wait(set_up, unload, stop)


async def _seconds(work: Awaitable[object]) -> float:
    started = time.perf_counter()
    await work
    return time.perf_counter() - started


def main() -> None:
    """Measure one endpoint."""
    _, endpoint = sys.argv
    with (
        TemporaryDirectory(prefix="yeastar-vm-bench-") as folder,
        asyncio.Runner(loop_factory=create_event_loop) as runner,
    ):
        wait = runner.run(_wait(endpoint, Path(folder)))
    sys.stdout.write(json.dumps(asdict(wait)))


if __name__ == "__main__":
    main()
