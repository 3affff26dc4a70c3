"""What is written for a new message."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import cycle, islice
from typing import Any
from unittest.mock import patch

from homeassistant.core import HomeAssistant
from homeassistant.helpers.storage import Store

from tools.demo.console import step
from tools.demo.errors import DemoError

from .arrivals import Arrivals
from .callers import callers
from .home import added_pbx
from .mailboxes import add_mailboxes
from .report import Table, at_most
from .rest import start_again

_EXTENSIONS = 100
_MAILBOXES = 20
_REPORTED = 490  # messages in each mailbox, of 500 that it holds
_LIMIT = 20  # kB
_SECONDS_TO_WRITE = 20
_BETWEEN_LOOKS = 0.05  # seconds


async def measure_written(hass: HomeAssistant, rounds: int) -> Table:
    """Count the bytes of files that this integration writes for one message."""
    sizes: list[int] = []
    async with callers(_EXTENSIONS) as people, added_pbx(hass, people.pbx) as entry:
        every = await entry.runtime_data.client.extensions.all()
        await add_mailboxes(hass, entry, every[:_MAILBOXES])
        numbers = [each.number for each in every[:_MAILBOXES]]
        await people.fill(numbers, _REPORTED)
        await start_again(hass, entry)
        # From now on, it is known what is not new.
        await entry.runtime_data.mailboxes.messages.async_refresh()
        arrivals = Arrivals(hass)
        with step(f"leave messages beside {_MAILBOXES * _REPORTED:,} others"):
            for number in islice(cycle(numbers), rounds):
                await _all_written()
                with _counted() as written:
                    await arrivals.seconds(await people.leave([number]))
                    await _until(written)
                    await _all_written()
                sizes.append(sum(written))
        arrivals.stop()
    return Table(
        "A new message: bytes written",
        f"All that this integration writes to its files, with {_MAILBOXES} mailboxes of"
        f" {_REPORTED} messages that were reported before.",
        ("Smallest", "Largest"),
        [(f"{min(sizes) / 1000:.1f} kB", f"{max(sizes) / 1000:.1f} kB")],
        [at_most("a new message: written", max(sizes) / 1000, _LIMIT, " kB")],
    )


@contextmanager
def _counted() -> Iterator[list[int]]:
    """Note the size of each file of this integration that is written."""
    sizes: list[int] = []
    write = Store._write_prepared_data

    def count(store: Store[Any], mode: str, data: str | bytes) -> None:
        if store.key.startswith("yeastar_vm"):
            sizes.append(len(data))
        write(store, mode, data)

    with patch.object(Store, "_write_prepared_data", count):
        yield sizes


async def _until(written: list[int]) -> None:
    """Wait for the first write."""
    for _ in range(round(_SECONDS_TO_WRITE / _BETWEEN_LOOKS)):
        if written:
            return
        await asyncio.sleep(_BETWEEN_LOOKS)
    raise DemoError("nothing was written for a message")


async def _all_written() -> None:
    """Let the writes end that are due now."""
    await asyncio.sleep(2 * _BETWEEN_LOOKS)
