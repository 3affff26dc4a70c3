"""The demo's messages, as far as they can be tried without starting Home Assistant."""

from pathlib import Path
import shutil

from homeassistant.exceptions import HomeAssistantError
import pytest

from tests.demo.audio import to_samples
from tests.demo.demo_speech.hearing import MODEL, RATE, hear
from tests.demo.errors import DemoError
from tests.demo.mailbox import MESSAGE, compare_text, speak_message
from tests.pbx_simulator import Encoding
from tests.pbx_simulator.wav import length, tone

needs_engine = pytest.mark.skipif(
    not (
        shutil.which("espeak-ng")
        and shutil.which("pocketsphinx_batch")
        and MODEL.is_dir()
    ),
    reason="espeak-ng or pocketsphinx is not installed",
)


@needs_engine
async def test_the_engine_understands_the_voice() -> None:
    """The text is compared with what it hears itself: not each word is right."""
    message = await speak_message(MESSAGE)
    assert 1 < length(message) < 5

    text = await hear(await to_samples(message, RATE))

    assert text
    await compare_text(text, message)


@needs_engine
@pytest.mark.parametrize("text", ["", "anything"])
async def test_a_text_has_to_be_heard_in_the_original(text: str) -> None:
    """No text is not enough, even where the engine hears nothing."""
    silence = tone(Encoding.PCM16, frequency=0, duration=1)

    with pytest.raises(DemoError, match=f"the text is '{text}', but .* hears ''"):
        await compare_text(text, silence)


async def test_an_engine_that_fails(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Home Assistant says so, as with any other engine."""
    program = tmp_path / "pocketsphinx_batch"
    program.write_text("#!/bin/sh\nexit 3\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(HomeAssistantError, match="status 3"):
        await hear(b"")
