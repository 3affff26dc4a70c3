"""Turn a message into text, with any speech-to-text entity of Home Assistant."""

import asyncio
import logging
import time
from typing import Any

from homeassistant.components import stt
from homeassistant.const import EVENT_HOMEASSISTANT_STOP
from homeassistant.core import CoreState, HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.yeastar_vm.audio import to_speech
from custom_components.yeastar_vm.transcription import engines
from custom_components.yeastar_vm.transcription.turns import Turns
from simulator import Encoding, PbxSimulator
from simulator.wav import tone
from tests.common import call
from tests.engines import ENGINE, SAID, Engine, waiting
from tests.leaks import find_leaks, logged

from .common import until


async def transcribe(hass: HomeAssistant, **data: Any) -> dict[str, Any]:
    """Transcribe a message of Leo Ball's mailbox."""
    return await call(
        hass, "transcribe_message", **{"mailbox": "3200", "engine": ENGINE, **data}
    )


async def two_ask(
    hass: HomeAssistant, pbx: PbxSimulator, engine: Engine
) -> list[asyncio.Task[dict[str, Any]]]:
    """Let two ask for the text of a new message, at which the engine is at work."""
    pbx.leave_message("3200", "1")
    engine.goes_on.clear()
    tasks = [asyncio.create_task(transcribe(hass)) for _ in range(2)]
    await until(lambda: bool(engine.heard) and waiting(hass) == 1)
    return tasks


@pytest.mark.parametrize("encoding", [Encoding.PCM16, Encoding.ALAW, Encoding.GSM])
@pytest.mark.parametrize("rate", [8000, 16000])
async def test_the_engine_hears_the_message(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    leo: MockConfigEntry,
    engine: Engine,
    ffmpeg_binary: str,
    encoding: Encoding,
    rate: int,
) -> None:
    """As samples at the rate that it takes, without the header of a file."""
    engine.rates = (stt.AudioSampleRates(rate),)
    audio = tone(encoding, 600, 2)
    left = http_pbx.leave_message("3200", "15550123", audio=audio)

    answer = await transcribe(hass)

    [(metadata, heard)] = engine.heard
    assert heard == (await to_speech(ffmpeg_binary, audio, rate))[44:]
    assert metadata.sample_rate == rate
    assert answer["text"] == "Please call me back"
    assert answer["message_id"] == left.msg_id
    assert answer["unread"] is True


@pytest.mark.parametrize(
    ("language", "expected"),
    [(None, "en-US"), ("de", "de-DE"), ("en-GB", "en-GB")],
)
async def test_the_language(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    leo: MockConfigEntry,
    engine: Engine,
    language: str | None,
    expected: str,
) -> None:
    """That of Home Assistant, or the one that is named."""
    http_pbx.leave_message("3200", "15550123")

    answer = await transcribe(hass, **({"language": language} if language else {}))

    assert answer["language"] == expected
    assert engine.heard[0][0].language == expected


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"language": "fr"}, "de-DE, en-GB, en-US"),
        ({"message_id": ""}, "Enter the ID of a message"),
        ({"message_id": "1700000000-00000001"}, "has no such message"),
        ({"mailbox": "3201"}, "not a mailbox"),
    ],
)
async def test_what_the_engine_does_not_hear(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    leo: MockConfigEntry,
    engine: Engine,
    asked: dict[str, str],
    said: str,
) -> None:
    """A language it does not know, a message that is not there, one of others."""
    for number in ("3200", "3201"):
        http_pbx.leave_message(number, "15550123")

    with pytest.raises(ServiceValidationError, match=said):
        await transcribe(hass, **asked)

    assert engine.heard == []


async def test_an_engine_that_takes_no_such_audio(
    hass: HomeAssistant, http_pbx: PbxSimulator, leo: MockConfigEntry, engine: Engine
) -> None:
    """It would hear noise."""
    engine.formats = ()
    http_pbx.leave_message("3200", "15550123")

    with pytest.raises(ServiceValidationError, match=ENGINE):
        await transcribe(hass)


async def test_an_entity_that_is_no_engine(
    hass: HomeAssistant, leo: MockConfigEntry
) -> None:
    """Also where Home Assistant has no speech to text at all."""
    with pytest.raises(ServiceValidationError, match=r"stt\.engine"):
        await transcribe(hass)


async def test_an_engine_that_understands_nothing(
    hass: HomeAssistant, http_pbx: PbxSimulator, leo: MockConfigEntry, engine: Engine
) -> None:
    """That is an error, and silence is a text without words."""
    http_pbx.leave_message("3200", "15550123")
    engine.text = None
    assert (await transcribe(hass))["text"] == ""

    http_pbx.leave_message("3200", "15550123")
    engine.state_of_result = stt.SpeechResultState.ERROR
    with pytest.raises(HomeAssistantError, match=ENGINE):
        await transcribe(hass)


@pytest.mark.parametrize(
    "error", [RuntimeError(SAID), asyncio.CancelledError(), TimeoutError()]
)
async def test_an_engine_that_breaks(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    leo: MockConfigEntry,
    engine: Engine,
    expected_warnings: list[str],
    caplog: pytest.LogCaptureFixture,
    error: BaseException,
) -> None:
    """The error names it, and the log says what it was, without what was said."""
    expected_warnings.append(f"^{ENGINE} failed with {type(error).__name__}$")
    http_pbx.leave_message("3200", "15550123")
    engine.error = error

    with pytest.raises(HomeAssistantError, match=ENGINE):
        await transcribe(hass)

    assert not find_leaks(logged(caplog, logging.INFO), {SAID})


@pytest.mark.parametrize(
    "answer",
    [None, "hello", stt.SpeechResult(b"hello", stt.SpeechResultState.SUCCESS)],  # type: ignore[arg-type]
)
async def test_an_engine_that_answers_oddly(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    leo: MockConfigEntry,
    engine: Engine,
    expected_warnings: list[str],
    answer: Any,
) -> None:
    """It is named, whatever it answers."""
    expected_warnings.append(f"^{ENGINE} failed with TypeError$")
    http_pbx.leave_message("3200", "15550123")
    engine.answers_oddly, engine.odd_answer = True, answer

    with pytest.raises(HomeAssistantError, match=ENGINE):
        await transcribe(hass)


@pytest.mark.parametrize(
    ("said", "text"),
    [
        (" Please call\n me  back.\u3000", "Please call me back."),
        ("Hello\x00 \ud800there", "Hello there"),
        ("[BLANK_AUDIO]", ""),
        (" (silence) ", ""),
        ("♪ ♪♪ ... ♪", ""),
        ("<|nospeech|>", ""),
        ("*sighs* …", ""),
        ("（无声）", ""),  # noqa: RUF001
        ("(555) 0123", "(555) 0123"),
        ("[MUSIC] Hello", "[MUSIC] Hello"),
        ("word " * 5000, f"{('word ' * 2000)[:9999].rstrip()}…"),
    ],
)
async def test_the_text_is_what_a_person_reads(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    leo: MockConfigEntry,
    engine: Engine,
    said: str,
    text: str,
) -> None:
    """In one line and bounded; empty if nothing was said."""
    http_pbx.leave_message("3200", "15550123")
    engine.text = said

    assert (await transcribe(hass))["text"] == text


async def test_one_at_a_time_and_the_newest_one_first(
    hass: HomeAssistant, http_pbx: PbxSimulator, leo: MockConfigEntry, engine: Engine
) -> None:
    """However many wait; who gives up leaves the others their turns."""
    now = time.time()
    left = [
        http_pbx.leave_message("3200", str(age), duration=5 - age, left_at=now - age)
        for age in range(5)
    ]
    done: list[str] = []

    async def run(message_id: str) -> None:
        await transcribe(hass, message_id=message_id)
        done.append(message_id)

    engine.goes_on.clear()
    first, *others = [left[2], left[3], left[0], left[4], left[1]]
    tasks = [asyncio.create_task(run(first.msg_id))]
    await until(lambda: bool(engine.heard))
    tasks += [asyncio.create_task(run(each.msg_id)) for each in others]
    await until(lambda: waiting(hass) == len(others))
    tasks[2].cancel()  # the newest one
    engine.goes_on.set()
    await asyncio.gather(*tasks, return_exceptions=True)

    assert done == [left[age].msg_id for age in (2, 1, 3, 4)]
    assert engine.most_at_once == 1


async def test_two_who_ask_for_the_same(
    hass: HomeAssistant, http_pbx: PbxSimulator, leo: MockConfigEntry, engine: Engine
) -> None:
    """The engine hears it once."""
    both = await two_ask(hass, http_pbx, engine)

    engine.goes_on.set()
    answers = await asyncio.gather(*both)

    assert [each["text"] for each in answers] == [SAID, SAID]
    assert len(engine.heard) == 1


async def test_who_gives_up_as_the_turn_comes() -> None:
    """It is the turn of the next one."""
    turns = Turns()
    done: list[int] = []

    async def wait_for(order: int) -> None:
        async with turns.turn(lambda: order):
            done.append(order)

    async with turns.turn(lambda: 0):
        first, second = [asyncio.create_task(wait_for(each)) for each in (1, 2)]
        await asyncio.sleep(0)
    first.cancel()
    await asyncio.wait([first, second])

    assert first.cancelled()
    assert done == [2]


async def test_an_engine_that_hangs(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    leo: MockConfigEntry,
    engine: Engine,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It is named, and the next message has a limit of its own."""
    monkeypatch.setattr(engines, "ENGINE_TIMEOUT", 0)
    http_pbx.leave_message("3200", "1")
    engine.goes_on.clear()

    results = await asyncio.gather(
        *(transcribe(hass) for _ in range(2)), return_exceptions=True
    )

    assert [str(each) for each in results] == [
        f"{ENGINE} took more than 0 seconds for this message."
        " Use a smaller model, or select another speech-to-text entity"
    ] * 2
    assert len(engine.heard) == 2
    assert engine.most_at_once == 1


async def test_an_engine_that_cannot_be_stopped(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    leo: MockConfigEntry,
    engine: Engine,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It gets nothing else to do until it has ended."""
    monkeypatch.setattr(engines, "ENGINE_TIMEOUT", 0)
    monkeypatch.setattr(engines, "CANCEL_TIMEOUT", 0)
    http_pbx.leave_message("3200", "1")
    engine.hears_no_cancellation = True
    engine.goes_on.clear()

    for _ in range(2):
        with pytest.raises(HomeAssistantError, match="took more than"):
            await transcribe(hass)
    assert len(engine.heard) == 1
    engine.goes_on.set()
    monkeypatch.setattr(engines, "ENGINE_TIMEOUT", 60)
    answer = await transcribe(hass)

    assert answer["text"] == SAID
    assert engine.most_at_once == 1


async def test_an_engine_that_is_removed_meanwhile(
    hass: HomeAssistant, http_pbx: PbxSimulator, leo: MockConfigEntry, engine: Engine
) -> None:
    """Whoever waits for it is told so."""
    left = [http_pbx.leave_message("3200", each).msg_id for each in "12"]
    engine.goes_on.clear()
    tasks = [asyncio.create_task(transcribe(hass, message_id=each)) for each in left]
    await until(lambda: bool(engine.heard))

    await engine.async_remove(force_remove=True)
    engine.goes_on.set()
    done, failed = await asyncio.gather(*tasks, return_exceptions=True)

    assert isinstance(done, dict)
    assert (
        str(failed) == f"There is no speech-to-text entity {ENGINE}. Select another one"
    )


async def test_home_assistant_stops_meanwhile(
    hass: HomeAssistant, http_pbx: PbxSimulator, leo: MockConfigEntry, engine: Engine
) -> None:
    """It does not wait for the engine."""
    tasks = await two_ask(hass, http_pbx, engine)

    hass.set_state(CoreState.stopping)
    hass.bus.async_fire(EVENT_HOMEASSISTANT_STOP)
    results = await asyncio.gather(*tasks, return_exceptions=True)

    assert all("Home Assistant is stopping" in str(each) for each in results)


async def test_a_message_without_audio(
    hass: HomeAssistant, http_pbx: PbxSimulator, leo: MockConfigEntry, engine: Engine
) -> None:
    """The error says what to do with it."""
    http_pbx.leave_message("3200", "15550123")
    http_pbx.errcodes["vm/download"] = 60001

    with pytest.raises(ServiceValidationError, match="has no audio"):
        await transcribe(hass)
