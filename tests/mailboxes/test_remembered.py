"""What is remembered of the messages of a mailbox, so that none is told twice."""

import time
from typing import Any

from homeassistant.core import HomeAssistant
import pytest

from custom_components.yeastar_vm.mailboxes.store import ReportedMessages
from custom_components.yeastar_vm.mailboxes.transcripts import (
    Transcript,
    TranscriptState,
)
from tests.engines import ENGINE

from .common import until

FULL = 500  # messages that a mailbox has at most
MANY = [str(number) for number in range(FULL + 100)]


@pytest.fixture
async def reported(
    hass: HomeAssistant, hass_storage: dict[str, Any]
) -> ReportedMessages:
    """Return what was reported of an empty mailbox: nothing."""
    messages = ReportedMessages(hass, "entry", "mailbox")
    messages.async_begin(())
    return messages


def remembered(reported: ReportedMessages) -> list[str]:
    """Return which messages are not new."""
    return [each for each in MANY if reported.is_reported(each)]


async def test_messages_that_are_no_longer_listed(reported: ReportedMessages) -> None:
    """The latest are remembered, as many as can be listed again, and not all ever."""
    for each in MANY:
        reported.async_report(each, [each], awaits_text=False)

    known = remembered(reported)

    assert FULL <= len(known) < len(MANY)
    assert known == MANY[-len(known) :]


async def test_more_messages_than_a_mailbox_should_have(
    reported: ReportedMessages,
) -> None:
    """All of them are remembered, and nothing else."""
    reported.async_begin(["gone", *MANY[:-1]])

    reported.async_report(MANY[-1], MANY, awaits_text=False)

    assert remembered(reported) == MANY
    assert not reported.is_reported("gone")


async def test_texts_that_are_still_to_come(reported: ReportedMessages) -> None:
    """Those that were tried are awaited for the latest messages, the others for all."""
    kept = reported.transcripts
    failed, untried = MANY[:60], MANY[60:120]
    failure = Transcript(TranscriptState.FAILED, ENGINE, retry_at=time.time())
    given_up = Transcript(TranscriptState.FAILED, ENGINE)
    text = Transcript(TranscriptState.TEXT, ENGINE, "en-US", "Hello")
    for each in [*failed, "given_up", "text", "gone", *untried]:
        reported.async_report(each, [each, *MANY, "given_up", "text"], awaits_text=True)
    for each in failed:
        await kept.async_put(each, failure)
    await kept.async_put("given_up", given_up)
    await kept.async_put("text", text)

    reported.async_report("new", [*MANY, "given_up", "text"], awaits_text=False)

    awaited = list(reported.awaiting_text)
    latest = [each for each in awaited if each in failed]
    assert latest == failed[-len(latest) :]
    assert 0 < len(latest) < len(failed)
    assert awaited == [*latest, *untried]


async def test_texts_that_are_no_longer_awaited(
    hass_storage: dict[str, Any], reported: ReportedMessages
) -> None:
    """Those of messages that are gone, and all without an engine: also in the file."""
    for each in "123":
        reported.async_report(each, "123", awaits_text=True)
    await reported.transcripts.async_put("2", Transcript(TranscriptState.TEXT, ENGINE))
    [file] = (key for key in hass_storage if ".messages." in key)

    reported.async_keep_texts({"1"})
    await until(lambda: hass_storage[file]["data"]["awaiting_text"] == ["1", "3"])
    assert list(reported.awaiting_text) == ["1", "3"]
    assert reported.transcripts.all == {}

    reported.async_await_nothing()
    await until(lambda: hass_storage[file]["data"]["awaiting_text"] == [])
    assert hass_storage[file]["data"]["reported"] == ["1", "2", "3"]
