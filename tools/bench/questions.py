"""How often the PBX is asked: by many at once, by a form, and for strangers."""

import asyncio
import time
from typing import Any

from homeassistant.config_entries import SOURCE_USER, ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType

from custom_components.yeastar_vm.mailboxes.mailbox import SUBENTRY_MAILBOX
from tools.demo.console import step
from tools.demo.errors import DemoError

from .callers import Callers, callers
from .home import added_pbx
from .mailboxes import add_mailboxes
from .moving_clock import MovingClock
from .report import Table, at_most, milliseconds
from .rest import requests_between, start_again

_LISTS = 50
_MESSAGES = 5  # in the mailbox
_MINUTE = 60  # seconds


async def measure_questions(
    hass: HomeAssistant, clock: MovingClock, extensions: int, minutes: int
) -> Table:
    """Count requests. The clock of Home Assistant is ahead afterwards."""
    table = Table(
        "What the PBX is asked",
        f"*{_LISTS} `list_messages` at once* are of one mailbox, and the PBX takes 1 s"
        f" for each answer. *Add mailbox* is the form in which a box is selected, when"
        f" the {extensions:,} extensions were listed less than five minutes before. *A"
        " voicemail each minute* is left in a box that is no mailbox; the clocks are"
        " moved as for the hour at rest.",
        ("", "Requests", "Time"),
    )
    async with callers(extensions) as people, added_pbx(hass, people.pbx) as entry:
        mailbox, stranger = (await entry.runtime_data.client.extensions.all())[:2]
        await add_mailboxes(hass, entry, [mailbox])
        await people.fill([mailbox.number], _MESSAGES)
        await start_again(hass, entry)
        with step(f"{_LISTS} list_messages at once"):
            await _add_lists(table, hass, people, mailbox.number)
        with step(f"add a mailbox, with {extensions:,} extensions"):
            await _add_form(table, hass, people, entry)
        with step(f"a voicemail each minute, {minutes} times"):
            before = await people.quiet()
            for _ in range(minutes):
                await people.leave([stranger.number])
                await clock.pass_time(_MINUTE, people)
            requests, _ = requests_between(before, await people.quiet())
        label = f"a voicemail each minute, for {minutes} minutes"
        table.rows.append((label, str(requests), ""))
        table.goals.append(at_most(f"{label}: requests", requests, minutes))
    return table


async def _add_lists(
    table: Table, hass: HomeAssistant, people: Callers, number: str
) -> None:
    await people.slow_down("vm/query", 1)
    before = await people.quiet()
    started = time.perf_counter()
    answers = await asyncio.gather(
        *(
            hass.services.async_call(
                "yeastar_vm",
                "list_messages",
                {"mailbox": number},
                blocking=True,
                return_response=True,
            )
            for _ in range(_LISTS)
        )
    )
    seconds = time.perf_counter() - started
    requests, _ = requests_between(before, await people.quiet())
    await people.fall_silent(())
    if any(answer is None or answer["total"] != _MESSAGES for answer in answers):
        raise DemoError("a list of messages is not complete")
    label = f"{_LISTS} `list_messages` at once"
    table.rows.append((label, str(requests), milliseconds(seconds)))
    what = f"{label}, a PBX that takes 1 s"
    table.goals.append(at_most(f"{what}: time", seconds, 3, " s"))
    table.goals.append(at_most(f"{what}: requests", requests, 2))


async def _add_form(
    table: Table, hass: HomeAssistant, people: Callers, entry: ConfigEntry[Any]
) -> None:
    for label in ("Add mailbox, the first time", "Add mailbox"):
        before = await people.quiet()
        started = time.perf_counter()
        await _open_form(hass, entry)
        seconds = time.perf_counter() - started
        requests, _ = requests_between(before, await people.quiet())
        table.rows.append((label, str(requests), milliseconds(seconds)))
    table.goals.append(
        at_most("Add mailbox, extensions listed before: requests", requests, 0)
    )


async def _open_form(hass: HomeAssistant, entry: ConfigEntry[Any]) -> None:
    """Open the form that adds a mailbox, and close it."""
    flow = hass.config_entries.subentries
    shown = await flow.async_init(
        (entry.entry_id, SUBENTRY_MAILBOX), context={"source": SOURCE_USER}
    )
    if shown["type"] is not FlowResultType.FORM or shown["errors"]:
        raise DemoError(f"no mailbox can be added: {shown}")
    flow.async_abort(shown["flow_id"])
