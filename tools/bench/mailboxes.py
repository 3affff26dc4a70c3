"""What mailboxes cost: until a message is known, at the start, and at rest."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.core import HomeAssistant

from custom_components.yeastar_vm.mailboxes.mailbox import (
    SUBENTRY_MAILBOX,
    box_title,
    entry_mailboxes,
    mailbox_data,
)
from custom_components.yeastar_vm.pbx import Box, BoxKind, Extension
from tools.demo.console import step

from .arrivals import add_arrivals, arrivals_table
from .callers import callers
from .home import added_pbx
from .moving_clock import MovingClock
from .report import Table
from .rest import (
    add_rest,
    add_start,
    measure_rest,
    measure_starts,
    rests_table,
    starts_table,
)

_MESSAGES = 5  # in each mailbox


@dataclass(frozen=True)
class Extent:
    """How much is measured.

    `mailboxes` are numbers of mailboxes, by the number of extensions of the PBX.
    `seconds` is how long Home Assistant is at rest.
    """

    mailboxes: dict[int, Sequence[int]]
    rounds: int
    seconds: int


async def measure_mailboxes(
    hass: HomeAssistant, clock: MovingClock, extent: Extent
) -> list[Table]:
    """Measure all of it. The clock of Home Assistant is ahead afterwards."""
    rounds, seconds = extent.rounds, extent.seconds
    arrivals, starts = arrivals_table(), starts_table()
    rests = rests_table(seconds, _MESSAGES)
    for extensions, counts in extent.mailboxes.items():
        async with callers(extensions) as people, added_pbx(hass, people.pbx) as entry:
            every = await entry.runtime_data.client.extensions.all()
            with step(f"mailboxes: none of {extensions:,} extensions"):
                start_alone = await measure_starts(hass, entry, people, rounds)
                rest_alone = await measure_rest(hass, entry, people, clock, seconds)
            for count in counts:
                label = f"mailboxes: {count} of {extensions:,} extensions"
                numbers = [each.number for each in every[:count]]
                await add_mailboxes(hass, entry, every[:count])
                await people.fill(numbers, _MESSAGES)
                with step(f"{label}: start"):
                    start = await measure_starts(hass, entry, people, rounds)
                with step(f"{label}: messages arrive"):
                    await add_arrivals(
                        arrivals, hass, people, extensions, numbers, rounds
                    )
                await people.fill(numbers, _MESSAGES)
                with step(f"{label}: {seconds:,} s pass"):
                    rest = await measure_rest(hass, entry, people, clock, seconds)
                add_start(starts, extensions, count, start, start_alone)
                add_rest(rests, extensions, count, rest, rest_alone)
    return [arrivals, starts, rests]


async def add_mailboxes(
    hass: HomeAssistant,
    entry: ConfigEntry[Any],
    extensions: Iterable[Extension],
    data: Mapping[str, Any] = MappingProxyType({}),
) -> None:
    """Add mailboxes to an entry and leave it unloaded; `data` is what else they have.

    Loaded, it would follow after each of them.
    """
    await hass.config_entries.async_unload(entry.entry_id)
    for each in extensions:
        if each.number not in entry_mailboxes(entry):
            box = Box(each.number, each.name, BoxKind.EXTENSION, each.id)
            subentry = ConfigSubentry(
                data=MappingProxyType({**mailbox_data(box), **data}),
                subentry_type=SUBENTRY_MAILBOX,
                title=box_title(box),
                unique_id=box.number,
            )
            hass.config_entries.async_add_subentry(entry, subentry)
