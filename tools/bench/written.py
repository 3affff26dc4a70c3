"""What is written for a new message."""

import asyncio
from collections.abc import AsyncIterable, Iterator
from contextlib import contextmanager
from itertools import cycle, islice
from typing import Any, override
from unittest.mock import patch

from homeassistant.components import stt
from homeassistant.core import HomeAssistant
from homeassistant.helpers.storage import Store
from homeassistant.setup import async_setup_component

from custom_components.yeastar_vm.mailboxes.mailbox import CONF_ENGINE
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
_ENGINE = "stt.bench"
_TEXT = "Please call me back, it is about the appointment. " * 10
_SECONDS_TO_WRITE = 20
_BETWEEN_LOOKS = 0.05  # seconds


class Engine(stt.SpeechToTextEntity):
    """An engine that hears the same in everything."""

    entity_id = _ENGINE
    supported_languages = ("en",)  # type: ignore[assignment]
    supported_formats = tuple(stt.AudioFormats)  # type: ignore[assignment]
    supported_codecs = tuple(stt.AudioCodecs)  # type: ignore[assignment]
    supported_bit_rates = tuple(stt.AudioBitRates)  # type: ignore[assignment]
    supported_sample_rates = tuple(stt.AudioSampleRates)  # type: ignore[assignment]
    supported_channels = tuple(stt.AudioChannels)  # type: ignore[assignment]

    @override
    async def async_process_audio_stream(
        self, metadata: stt.SpeechMetadata, stream: AsyncIterable[bytes]
    ) -> stt.SpeechResult:
        """Listen to the end, and return the text."""
        async for _ in stream:
            pass
        return stt.SpeechResult(_TEXT, stt.SpeechResultState.SUCCESS)


async def measure_written(hass: HomeAssistant, rounds: int) -> Table:
    """Count the bytes of files that this integration writes for one message."""
    await async_setup_component(hass, "stt", {})
    await hass.data[stt.DATA_COMPONENT].async_add_entities([Engine()])
    table = Table(
        "A new message: bytes written",
        "All that this integration writes to its files for one message, with"
        f" {_MAILBOXES} mailboxes of {_REPORTED} messages that were reported before."
        f" *With its text*: a text of {len(_TEXT)} characters comes by itself, and each"
        " text stays.",
        ("", "Smallest", "Largest"),
    )
    for label, files, data in (
        ("a new message", 1, {}),
        ("a new message with its text", 2, {CONF_ENGINE: _ENGINE}),
    ):
        with step(f"leave {label} beside {_MAILBOXES * _REPORTED:,} others"):
            sizes = await _measure(hass, rounds, files, data)
        table.rows.append(
            (label, f"{min(sizes) / 1000:.1f} kB", f"{max(sizes) / 1000:.1f} kB")
        )
        table.goals.append(
            at_most(f"{label}: written", max(sizes) / 1000, _LIMIT, " kB")
        )
    return table


async def _measure(
    hass: HomeAssistant, rounds: int, files: int, data: dict[str, Any]
) -> list[int]:
    """Return the bytes for each message, for which at least so many files change."""
    sizes: list[int] = []
    async with callers(_EXTENSIONS) as people, added_pbx(hass, people.pbx) as entry:
        every = await entry.runtime_data.client.extensions.all()
        await add_mailboxes(hass, entry, every[:_MAILBOXES], data)
        numbers = [each.number for each in every[:_MAILBOXES]]
        await people.fill(numbers, _REPORTED)
        await start_again(hass, entry)
        # From now on, it is known what is not new.
        await entry.runtime_data.mailboxes.messages.async_refresh()
        arrivals = Arrivals(hass)
        for number in islice(cycle(numbers), rounds):
            with _counted() as written:
                await arrivals.seconds(await people.leave([number]))
                await _all_written(written, files)
            sizes.append(sum(written))
        arrivals.stop()
    return sizes


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


async def _all_written(written: list[int], files: int) -> None:
    """Wait for so many writes, and for those that follow them at once."""
    for _ in range(round(_SECONDS_TO_WRITE / _BETWEEN_LOOKS)):
        before = len(written)
        await asyncio.sleep(_BETWEEN_LOOKS)
        if len(written) == before >= files:
            return
    raise DemoError("what belongs to a message was not written")
