"""Turn a message into text, with any speech-to-text entity of Home Assistant."""

from typing import Any

from homeassistant.components import stt
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.yeastar_vm.audio import to_speech
from simulator import Encoding, PbxSimulator
from simulator.wav import tone

from .common import call
from .ears import Ears

ENGINE = "stt.ears"


async def transcribe(hass: HomeAssistant, **data: Any) -> dict[str, Any]:
    """Transcribe a message of Leo Ball's mailbox."""
    return await call(
        hass, "transcribe_message", **{"mailbox": "3200", "engine": ENGINE, **data}
    )


@pytest.mark.parametrize("encoding", [Encoding.PCM16, Encoding.ALAW, Encoding.GSM])
@pytest.mark.parametrize("rate", [8000, 16000])
async def test_the_engine_hears_the_message(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    leo: MockConfigEntry,
    ears: Ears,
    ffmpeg_binary: str,
    encoding: Encoding,
    rate: int,
) -> None:
    """As samples at the rate that it takes, without the header of a file."""
    ears.rates = (stt.AudioSampleRates(rate),)
    audio = tone(encoding, 600, 2)
    left = http_pbx.leave_message("3200", "15550123", audio=audio)

    answer = await transcribe(hass)

    [(metadata, heard)] = ears.heard
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
    ears: Ears,
    language: str | None,
    expected: str,
) -> None:
    """That of Home Assistant, or the one that is named."""
    http_pbx.leave_message("3200", "15550123")

    answer = await transcribe(hass, **({"language": language} if language else {}))

    assert answer["language"] == expected
    assert ears.heard[0][0].language == expected


async def test_a_language_that_the_engine_does_not_know(
    hass: HomeAssistant, http_pbx: PbxSimulator, leo: MockConfigEntry, ears: Ears
) -> None:
    """The error names those that it knows; the PBX is not asked for audio."""
    http_pbx.leave_message("3200", "15550123")

    with pytest.raises(ServiceValidationError, match="de-DE, en-GB, en-US"):
        await transcribe(hass, language="fr")

    assert ears.heard == []


async def test_an_engine_that_takes_no_such_audio(
    hass: HomeAssistant, http_pbx: PbxSimulator, leo: MockConfigEntry, ears: Ears
) -> None:
    """It would hear noise."""
    ears.formats = ()
    http_pbx.leave_message("3200", "15550123")

    with pytest.raises(ServiceValidationError, match=ENGINE):
        await transcribe(hass)


async def test_an_entity_that_is_no_engine(
    hass: HomeAssistant, leo: MockConfigEntry
) -> None:
    """Also where Home Assistant has no speech to text at all."""
    with pytest.raises(ServiceValidationError, match=r"stt\.ears"):
        await transcribe(hass)


async def test_an_engine_that_understands_nothing(
    hass: HomeAssistant, http_pbx: PbxSimulator, leo: MockConfigEntry, ears: Ears
) -> None:
    """That is an error, and silence is a text without words."""
    http_pbx.leave_message("3200", "15550123")
    ears.text = None
    assert (await transcribe(hass))["text"] == ""

    ears.state_of_result = stt.SpeechResultState.ERROR
    with pytest.raises(HomeAssistantError, match=ENGINE):
        await transcribe(hass)


async def test_an_engine_that_breaks(
    hass: HomeAssistant, http_pbx: PbxSimulator, leo: MockConfigEntry, ears: Ears
) -> None:
    """The error says which one failed."""
    http_pbx.leave_message("3200", "15550123")
    ears.error = RuntimeError("out of memory")

    with pytest.raises(HomeAssistantError, match=ENGINE):
        await transcribe(hass)


async def test_a_message_that_was_deleted(
    hass: HomeAssistant, http_pbx: PbxSimulator, leo: MockConfigEntry, ears: Ears
) -> None:
    """It is not among those of the mailbox."""
    with pytest.raises(ServiceValidationError, match="has no such message"):
        await transcribe(hass, message_id="1700000000-00000001")


async def test_a_message_without_audio(
    hass: HomeAssistant, http_pbx: PbxSimulator, leo: MockConfigEntry, ears: Ears
) -> None:
    """The error says what to do with it."""
    http_pbx.leave_message("3200", "15550123")
    http_pbx.errcodes["vm/download"] = 60001

    with pytest.raises(ServiceValidationError, match="has no audio"):
        await transcribe(hass)


async def test_messages_of_others_are_private(
    hass: HomeAssistant, http_pbx: PbxSimulator, leo: MockConfigEntry, ears: Ears
) -> None:
    """Only those of mailboxes are heard."""
    http_pbx.leave_message("3201", "15550123")

    with pytest.raises(ServiceValidationError, match="not a mailbox"):
        await transcribe(hass, mailbox="3201")

    assert ears.heard == []
