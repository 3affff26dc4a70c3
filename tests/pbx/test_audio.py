"""The audio behind a link of the PBX."""

import pytest

from custom_components.yeastar_vm.pbx import (
    AudioTooLarge,
    CannotConnect,
    NoAudio,
    links as links_module,
)
from simulator import Fault, Refusal, SimulatedGreeting
from tests.clock import Clock
from tests.common import MINUTE

from .caller import Caller


@pytest.mark.parametrize("refusal", [Refusal.DATA_NOT_FOUND, Refusal.HTTP_404])
async def test_a_link_that_needs_the_token_gets_it(
    caller: Caller, refusal: Refusal
) -> None:
    """First as documented, then once more with the token."""
    caller.pbx.switches.play_link_needs_token = True
    caller.pbx.switches.token_refusal = refusal
    link = await caller.client.greetings.play_link("3200", "vm_welcome.wav")

    audio = await caller.client.audio.download(link)

    assert audio[:4] == b"RIFF"
    assert caller.asked()[-2:] == ["download", "download"]


@pytest.mark.parametrize("refusal", [Refusal.DATA_NOT_FOUND, Refusal.HTTP_404])
async def test_an_expired_link_is_no_audio(
    caller: Caller, clock: Clock, refusal: Refusal
) -> None:
    """The PBX may answer that with HTTP 200."""
    caller.pbx.switches.link_refusal = refusal
    link = await caller.client.greetings.play_link("3200", "vm_welcome.wav")
    clock.tick(31 * MINUTE)

    with pytest.raises(NoAudio):
        await caller.client.audio.download(link)


@pytest.mark.parametrize(
    "fault", [Fault.HTML, Fault.EMPTY, Fault.JSON_LIST, Fault.NOT_FOUND_404]
)
async def test_something_else_than_audio_is_no_audio(
    caller: Caller, fault: Fault
) -> None:
    """Nothing else is passed on."""
    link = await caller.client.greetings.play_link("3200", "vm_welcome.wav")
    caller.pbx.faults["download"] = fault

    with pytest.raises(NoAudio):
        await caller.client.audio.download(link)


@pytest.mark.parametrize("audio", [b"ID3\x04", b"\xff\xfb\x90", b"OggS"])
async def test_what_may_be_audio_is_passed_on(caller: Caller, audio: bytes) -> None:
    """Which kind of audio it is, decoding tells."""
    greeting = SimulatedGreeting("other.wav", content=audio)
    caller.pbx.extensions["3200"].greetings.append(greeting)
    link = await caller.client.greetings.play_link("3200", "other.wav")

    assert await caller.client.audio.download(link) == audio


@pytest.mark.parametrize("with_length", [True, False])
async def test_audio_is_bounded(
    caller: Caller, monkeypatch: pytest.MonkeyPatch, *, with_length: bool
) -> None:
    """Whether the PBX says how much it is or not."""
    caller.pbx.switches.content_length = with_length
    monkeypatch.setattr(links_module, "MAX_AUDIO", 1000)
    link = await caller.client.greetings.play_link("3200", "vm_welcome.wav")

    with pytest.raises(AudioTooLarge):
        await caller.client.audio.download(link)


async def test_audio_may_have_32_megabytes(caller: Caller) -> None:
    """An upload has 8 at most, and what the PBX makes of it hardly more than that."""
    audio = b"RIFF" + bytes(32 * 1024 * 1024)
    greeting = SimulatedGreeting("long.wav", content=audio)
    caller.pbx.extensions["3200"].greetings.append(greeting)
    link = await caller.client.greetings.play_link("3200", "long.wav")

    with pytest.raises(AudioTooLarge):
        await caller.client.audio.download(link)


async def test_audio_cut_off_is_an_error(caller: Caller) -> None:
    """Half a greeting is none."""
    link = await caller.client.greetings.play_link("3200", "vm_welcome.wav")
    caller.pbx.faults["download"] = Fault.HALF

    with pytest.raises(CannotConnect, match="connection_lost"):
        await caller.client.audio.download(link)


@pytest.mark.parametrize("fault", [Fault.HUGE_AUDIO, Fault.HUGE_AUDIO_ANNOUNCED])
async def test_the_start_of_audio_is_all_that_is_fetched(
    caller: Caller, fault: Fault
) -> None:
    """Nothing waits for 300 MiB that a PBX would send."""
    link = await caller.client.greetings.play_link("3200", "vm_welcome.wav")
    caller.pbx.faults["download"] = fault

    start = await caller.client.audio.read_start(link)

    assert start[:4] == b"RIFF"
    assert len(start) == links_module.START_OF_AUDIO


async def test_short_audio_is_its_own_start(caller: Caller) -> None:
    """It is read to its end."""
    audio = b"RIFF" + bytes(100)
    caller.pbx.extensions["0042"].greetings = [
        SimulatedGreeting("hello.wav", content=audio)
    ]
    link = await caller.client.greetings.play_link("0042", "hello.wav")

    assert await caller.client.audio.read_start(link) == audio


async def test_the_start_of_audio_is_what_a_player_gets(caller: Caller) -> None:
    """That is nothing if the link needs the token."""
    caller.pbx.switches.play_link_needs_token = True
    link = await caller.client.greetings.play_link("3200", "vm_welcome.wav")

    with pytest.raises(NoAudio):
        await caller.client.audio.read_start(link)
    assert caller.asked()[-1:] == ["download"]


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault.HTML, NoAudio),
        (Fault.EMPTY, NoAudio),
        (Fault.NOT_FOUND_404, NoAudio),
        (Fault.RESET, CannotConnect),
        (Fault.BAD_GATEWAY_502, CannotConnect),
    ],
)
async def test_there_is_no_start_of_audio(
    caller: Caller, fault: Fault, error: type[Exception]
) -> None:
    """What is wrong is told apart as for the whole."""
    link = await caller.client.greetings.play_link("3200", "vm_welcome.wav")
    caller.pbx.faults["download"] = fault

    with pytest.raises(error):
        await caller.client.audio.read_start(link)
