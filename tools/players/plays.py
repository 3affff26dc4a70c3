"""Play greetings on a player, and take down what came of it."""

import asyncio
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
import re
from typing import Final

from tools.demo.audio import decode
from tools.demo.errors import DemoError
from tools.demo.home_assistant import Answer

from .greetings import EXTENSION, Greeting, record_again
from .notes import RATE, Verdict, judge, listen
from .stage import Device, Stage

_SECONDS_TO_START = 10
_SECONDS_TO_END = 10
_SILENCE = 0.8  # seconds
_SECONDS_TO_SHOW = 1
_TRIES = 3  # a busy machine can starve a player of its time
_SHOWN: Final = ("media_title", "media_artist", "media_album_name")
_ENDPOINTS: Final = {
    "extension_vm_greeting/list": "list",
    "extension_vm_greeting/play": "link",
    "download": "audio",
}
_MESSAGE = re.compile(r'\{"message": ?"(.*)"\}$')
_RELAYED = re.compile(r'"(GET|HEAD) (/api/yeastar_vm/\S+) HTTP/[\d.]+" (\d+)')


class Way(StrEnum):
    """How a greeting is asked for."""

    RELAY = "relay"
    AUTO = "auto"
    MEDIA = "media"


@dataclass(frozen=True)
class Play:
    """What came of one play.

    ``failures`` are what was heard at first, where it had to be played again.
    ``delivery`` and ``reason`` are what the action answered, ``shown`` what Home
    Assistant showed meanwhile, with the duration in seconds, where it knew it.
    ``relay`` and ``pbx`` are the requests that Home Assistant and the PBX got.
    """

    greeting: Greeting
    way: Way
    verdict: Verdict
    failures: Sequence[str] = ()
    delivery: str = ""
    reason: str = ""
    shown: str = ""
    duration: float = 0
    relay: str = ""
    pbx: str = ""


async def play(stage: Stage, device: Device, greeting: Greeting, way: Way) -> Play:
    """Play a greeting, again where it is not heard as it is."""
    failures: list[str] = []
    while True:
        played = await _play(stage, device, greeting, way, len(failures) + 1)
        if played.verdict.right or len(failures) + 1 == _TRIES:
            return replace(played, failures=failures)
        failures.append(played.verdict.words)


async def _play(
    stage: Stage, device: Device, greeting: Greeting, way: Way, attempt: int
) -> Play:
    original = listen(await decode(record_again(stage.pbx, greeting), RATE))
    name = f"{device.entity_id.partition('.')[2]}-{greeting.encoding}-{way}-{attempt}"
    asked_before = len(stage.pbx.requests)
    logged_before = stage.home.log.stat().st_size
    answer: Answer = {}
    shown: Answer = {}
    async with stage.speaker.recording(name) as recording:
        try:
            answer = await _ask(stage, device, greeting, way)
        except DemoError as error:
            return Play(greeting, way, Verdict(False, _said(error)))
        if await recording.wait_for_sound(_SECONDS_TO_START):
            shown = await _look(stage, device)
            if not await recording.wait_for_silence(_SILENCE, _SECONDS_TO_END):
                await device.stop()
                await recording.wait_for_silence(_SILENCE, _SECONDS_TO_END)
        samples = recording.samples()
    verdict = judge(listen(samples), original)
    if not verdict.right and (complaint := device.complaint()):
        verdict = Verdict(False, f"{verdict.words} ({complaint})")
    return Play(
        greeting,
        way,
        verdict,
        delivery=answer.get("delivery", ""),
        reason=answer.get("reason", ""),
        shown=" · ".join(shown[key] for key in _SHOWN if shown.get(key)),
        duration=float(shown.get("media_duration") or 0),
        relay=_count(_relayed(stage, logged_before)),
        pbx=_count(_asked(stage, asked_before)),
    )


async def _ask(stage: Stage, device: Device, greeting: Greeting, way: Way) -> Answer:
    """Start a play; return the response, where there is one."""
    if way is not Way.MEDIA:
        return await stage.home.call(
            "yeastar_vm",
            "play_greeting",
            {
                "entity_id": device.entity_id,
                "extension": EXTENSION,
                "file": greeting.file,
                "delivery": way,
            },
        )
    listed = await stage.home.call(
        "yeastar_vm", "list_greetings", {"extension": EXTENSION}
    )
    (media_content_id,) = (
        each["media_content_id"]
        for each in listed["greetings"]
        if each["file"] == greeting.file
    )
    await device.play_media(media_content_id)
    return {}


async def _look(stage: Stage, device: Device) -> Answer:
    """Return what Home Assistant shows of a player that plays."""
    await asyncio.sleep(_SECONDS_TO_SHOW)
    await stage.home.post(
        "/api/services/homeassistant/update_entity", {"entity_id": device.entity_id}
    )
    state = await stage.home.get(f"/api/states/{device.entity_id}")
    attributes: Answer = state["attributes"]
    return attributes


def _said(error: DemoError) -> str:
    """Return what Home Assistant said of an action that failed."""
    answered = _MESSAGE.search(str(error))
    return answered[1] if answered else str(error)


def _relayed(stage: Stage, offset: int) -> Iterator[str]:
    """Return the requests for this integration that Home Assistant has logged."""
    with stage.home.log.open("rb") as file:
        file.seek(offset)
        log = file.read().decode(errors="replace")
    for method, _, status in _RELAYED.findall(log):
        yield method if status.startswith("2") else f"{method} {status}"


def _asked(stage: Stage, before: int) -> Iterator[str]:
    """Return the requests that the PBX has got, each in a word."""
    for request in stage.pbx.requests[before:]:
        yield _ENDPOINTS.get(request.endpoint, request.endpoint)


def _count(requests: Iterator[str]) -> str:
    return ", ".join(
        f"{count} {request}" if count > 1 else request
        for request, count in Counter(requests).items()
    )
