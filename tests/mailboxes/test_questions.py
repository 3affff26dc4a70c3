"""Who asks the PBX about boxes shares the requests with everybody who does."""

import asyncio
from collections.abc import Coroutine
import gc
import logging
from typing import Any

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.yeastar_vm.mailboxes.questions import Questions
from custom_components.yeastar_vm.mailboxes.tasks import Tasks
from custom_components.yeastar_vm.pbx import NotFound


class Asked:
    """Takes the place of the PBX: what it is asked, and when it answers."""

    def __init__(self) -> None:
        """Begin with no question, and answer none."""
        self.requests: list[list[str]] = []
        self.answers = asyncio.Event()
        self.refused: list[str] = []

    async def ask(self, numbers: list[str]) -> None:
        """Note a question, and answer it when the time has come."""
        self.requests.append(numbers)
        await self.answers.wait()
        if numbers == self.refused:
            raise NotFound


@pytest.fixture
async def asked() -> Asked:
    """Return what the PBX is asked."""
    return Asked()


@pytest.fixture
async def questions(hass: HomeAssistant, asked: Asked) -> Questions:
    """Return the questions to a PBX."""
    return Questions(asked.ask, Tasks(hass, MockConfigEntry()), "test")


async def begin(question: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
    """Ask, and let the request be on its way if there is one."""
    task = asyncio.create_task(question)
    for _ in range(5):
        await asyncio.sleep(0)
    return task


async def test_who_asks_while_the_pbx_is_asked(
    asked: Asked, questions: Questions
) -> None:
    """They share the next request, also about a box that is asked about right now."""
    tasks = [await begin(questions.ask(each)) for each in ("1", "23", "31")]
    assert asked.requests == [["1"]]

    asked.answers.set()
    await asyncio.gather(*tasks)

    assert asked.requests == [["1"], ["2", "3", "1"]]


async def test_what_is_asked_about_already_is_enough(
    asked: Asked, questions: Questions
) -> None:
    """Only the others are asked about, and nothing if there are none."""
    first = await begin(questions.ask("12"))
    second = await begin(questions.wait_or_ask("23"))
    third = await begin(questions.wait_or_ask("1"))
    assert not second.done()
    assert not third.done()

    asked.answers.set()
    await asyncio.gather(first, second, third)
    assert asked.requests == [["1", "2"], ["3"]]

    await questions.wait_or_ask("3")
    assert asked.requests[2:] == [["3"]]


async def test_an_error_is_for_those_who_asked(
    asked: Asked, questions: Questions
) -> None:
    """The next request is sent all the same."""
    asked.refused = ["1"]
    first = await begin(questions.ask("1"))
    waiting = await begin(questions.wait_or_ask("1"))
    second = await begin(questions.ask("2"))

    asked.answers.set()
    await asyncio.wait([first, waiting])
    await second

    for task in (first, waiting):
        with pytest.raises(NotFound):
            task.result()
    assert asked.requests == [["1"], ["2"]]


async def test_an_error_that_nobody_waits_for(
    asked: Asked, questions: Questions, caplog: pytest.LogCaptureFixture
) -> None:
    """It is nothing that the log should tell."""
    asked.refused = ["1"]
    (await begin(questions.ask("1"))).cancel()

    asked.answers.set()
    await begin(asyncio.sleep(0))
    gc.collect()

    assert asked.requests == [["1"]]
    assert not [each for each in caplog.records if each.levelno >= logging.WARNING]
