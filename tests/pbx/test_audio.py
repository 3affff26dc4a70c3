"""The audio behind a link of the PBX."""

from freezegun.api import FrozenDateTimeFactory
import pytest

from custom_components.yeastar_vm.pbx import (
    AudioTooLarge,
    CannotConnect,
    NoAudio,
    links as links_module,
)
from tests.common import MINUTE
from tests.pbx_simulator import Fault, Refusal

from .caller import Caller


@pytest.mark.parametrize("refusal", [Refusal.DATA_NOT_FOUND, Refusal.HTTP_404])
async def test_a_link_that_needs_the_token_gets_it(
    caller: Caller, refusal: Refusal
) -> None:
    """First as documented, then once more with the token."""
    caller.pbx.switches.play_link_needs_token = True
    caller.pbx.switches.token_refusal = refusal
    link = await caller.client.get_play_link("3200", "vm_welcome.wav")

    audio = await caller.client.download(link)

    assert audio[:4] == b"RIFF"
    assert caller.asked()[-2:] == ["download", "download"]


@pytest.mark.parametrize("refusal", [Refusal.DATA_NOT_FOUND, Refusal.HTTP_404])
async def test_an_expired_link_is_no_audio(
    caller: Caller, freezer: FrozenDateTimeFactory, refusal: Refusal
) -> None:
    """The PBX may answer that with HTTP 200."""
    caller.pbx.switches.link_refusal = refusal
    link = await caller.client.get_play_link("3200", "vm_welcome.wav")
    freezer.tick(31 * MINUTE)

    with pytest.raises(NoAudio):
        await caller.client.download(link)


@pytest.mark.parametrize(
    "fault", [Fault.HTML, Fault.EMPTY, Fault.JSON_LIST, Fault.NOT_FOUND_404]
)
async def test_something_else_than_audio_is_no_audio(
    caller: Caller, fault: Fault
) -> None:
    """Nothing else is passed on."""
    link = await caller.client.get_play_link("3200", "vm_welcome.wav")
    caller.pbx.faults["download"] = fault

    with pytest.raises(NoAudio):
        await caller.client.download(link)


@pytest.mark.parametrize("with_length", [True, False])
async def test_audio_is_bounded(
    caller: Caller, monkeypatch: pytest.MonkeyPatch, *, with_length: bool
) -> None:
    """Whether the PBX says how much it is or not."""
    caller.pbx.switches.content_length = with_length
    monkeypatch.setattr(links_module, "MAX_AUDIO", 1000)
    link = await caller.client.get_play_link("3200", "vm_welcome.wav")

    with pytest.raises(AudioTooLarge):
        await caller.client.download(link)


async def test_audio_cut_off_is_an_error(caller: Caller) -> None:
    """Half a greeting is none."""
    link = await caller.client.get_play_link("3200", "vm_welcome.wav")
    caller.pbx.faults["download"] = Fault.HALF

    with pytest.raises(CannotConnect, match="connection_lost"):
        await caller.client.download(link)
