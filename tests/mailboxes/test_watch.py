"""When the PBX is asked for messages that events told of."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from typing import Any

import pytest

from custom_components.yeastar_vm.mailboxes.announcements import Announcements
from custom_components.yeastar_vm.mailboxes.watch import MessageWatch
from tests.clock import Clock


class Asked:
    """Takes the place of the messages, and notes when they are asked for."""

    def __init__(self) -> None:
        """Begin now."""
        self._loop = asyncio.get_running_loop()
        self._started = self._loop.time()
        self.all: list[float] = []
        self.some: list[tuple[float, list[str]]] = []

    async def async_refresh(self) -> None:
        """Note that all mailboxes are asked for."""
        self.all.append(self._now())

    async def async_try_update(self, numbers: Iterable[str]) -> None:
        """Note that some mailboxes are asked for."""
        self.some.append((self._now(), sorted(numbers)))

    def _now(self) -> float:
        return round(self._loop.time() - self._started, 1)


@pytest.fixture
async def asked(clock: Clock) -> Asked:
    """Return what notes when the PBX is asked."""
    return Asked()


@pytest.fixture
async def announcements(asked: Asked) -> Announcements:
    """Return what was announced: nothing."""
    return Announcements(asyncio.get_running_loop().time)


@pytest.fixture
async def watch(
    asked: Asked, announcements: Announcements
) -> AsyncIterator[MessageWatch]:
    """Return a watch that runs."""
    messages: Any = asked
    watch = MessageWatch(asyncio.get_running_loop(), messages, announcements)
    running = asyncio.create_task(watch.run())
    yield watch
    running.cancel()


async def test_a_message_that_is_not_listed(
    clock: Clock, asked: Asked, watch: MessageWatch
) -> None:
    """Its mailbox is asked for at once, and every 1.5 seconds for half a minute."""
    watch.expect("3200")
    await clock.pass_time(300)

    assert asked.some == [(1.5 * count, ["3200"]) for count in range(21)]
    assert asked.all == []


async def test_a_message_that_is_listed_soon(
    clock: Clock, asked: Asked, watch: MessageWatch, announcements: Announcements
) -> None:
    """That ends it; a mailbox that is removed is not asked for, either."""
    watch.expect("3200")
    watch.expect("3201")
    await clock.pass_time(2)
    announcements.arrive("3200", 1)
    announcements.forget("3201")
    await clock.pass_time(300)

    assert asked.some == [(0, ["3200", "3201"]), (1.5, ["3200", "3201"])]


async def test_two_messages_of_which_one_is_listed(
    clock: Clock, asked: Asked, watch: MessageWatch, announcements: Announcements
) -> None:
    """The mailbox is asked for until both are, and again with the next event."""
    watch.expect("3200")
    watch.expect("3200")
    await clock.pass_time(2)
    announcements.arrive("3200", 1)
    await clock.pass_time(2)
    announcements.arrive("3200", 1)
    watch.expect("3200")
    await clock.pass_time(2)
    announcements.arrive("3200", 1)
    await clock.pass_time(300)

    assert asked.some == [(at, ["3200"]) for at in (0, 1.5, 3, 4, 5.5)]


async def test_messages_that_are_found_before_their_events(
    clock: Clock, asked: Asked, watch: MessageWatch, announcements: Announcements
) -> None:
    """As many events as that tell nothing new, for a minute."""
    announcements.arrive("3200", 2)
    await clock.pass_time(54)
    for _ in range(3):
        watch.expect("3200")
        await clock.pass_time(2)
    announcements.arrive("3200", 2)
    await clock.pass_time(61)
    assert asked.some == [(at, ["3200"]) for at in (54, 56, 58, 59.5)]

    watch.expect("3200")
    await clock.pass_time(2)

    assert asked.some[4:] == [(121, ["3200"]), (122.5, ["3200"])]


async def test_a_call_that_may_be_for_any_mailbox(
    clock: Clock, asked: Asked, watch: MessageWatch
) -> None:
    """All are asked for at once, after some seconds, and when it must be listed."""
    watch.look_everywhere()
    await clock.pass_time(300)

    assert asked.all == [0, 5, 31]
    assert asked.some == []


async def test_a_second_call_soon_after(
    clock: Clock, asked: Asked, watch: MessageWatch
) -> None:
    """The looks at the first one are enough, but for the last."""
    watch.look_everywhere()
    await clock.pass_time(3)
    watch.look_everywhere()
    await clock.pass_time(300)

    assert asked.all == [0, 5, 34]


async def test_calls_all_the_time(
    clock: Clock, asked: Asked, watch: MessageWatch
) -> None:
    """After the first looks, there is one every two and a half minutes."""
    for _ in range(60):
        watch.look_everywhere()
        await clock.pass_time(10)

    assert asked.all == [0, 5, 40, 45, 80, 85, 150, 300, 450]


async def test_what_was_missed(clock: Clock, asked: Asked, watch: MessageWatch) -> None:
    """All mailboxes are asked for now, and when what was left just now is listed."""
    watch.look_now()
    await clock.pass_time(300)

    assert asked.all == [0, 31]
