"""The demo's messages, as far as they can be tried without starting Home Assistant."""

import asyncio
from collections.abc import Iterator
import os
from pathlib import Path
import re
import shutil

import aiohttp
from homeassistant.exceptions import HomeAssistantError
import pytest

from simulator import Encoding, PbxSimulator
from simulator.wav import length, tone
from tools.demo.audio import to_samples
from tools.demo.demo_speech.engine import RATE
from tools.demo.demo_speech.hearing import MODEL, hear
from tools.demo.errors import DemoError
from tools.demo.home_assistant import HomeAssistant
from tools.demo.mailbox import MESSAGE, Mailbox, compare_text, speak_message
from tools.demo.player import Player
from tools.demo.stay import stay
from tools.demo.system import System
from tools.demo.terminal import is_interactive, typed_lines

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


async def test_lines_are_read_as_they_are_typed() -> None:
    """Until Ctrl-D, and without the line's end."""
    keyboard, terminal = os.openpty()
    try:
        lines = typed_lines(terminal)
        os.write(keyboard, "Grüße\n\n".encode())
        assert [await anext(lines), await anext(lines)] == ["Grüße", ""]
        os.write(keyboard, b"one more\n\x04")
        assert [line async for line in lines] == ["one more"]
    finally:
        os.close(keyboard)
        os.close(terminal)


def test_what_is_no_terminal_of_this_program_is_not_read() -> None:
    """A pipe, or a terminal that belongs to somebody else."""
    reading, writing = os.pipe()
    keyboard, terminal = os.openpty()
    try:
        assert not is_interactive(reading)
        assert not is_interactive(terminal)
    finally:
        for descriptor in (reading, writing, keyboard, terminal):
            os.close(descriptor)


@pytest.fixture
def nobody_types(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let the standard input be no terminal."""
    with Path(os.devnull).open(encoding="utf-8") as nothing:
        monkeypatch.setattr("sys.stdin", nothing)
        yield


@pytest.mark.usefixtures("nobody_types")
async def test_staying(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """What is shown leaves a message; where Home Assistant ends, the demo fails."""
    keeper: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    async def run() -> int:
        return await keeper

    async with PbxSimulator() as pbx, aiohttp.ClientSession() as session:
        home = HomeAssistant(
            "http://home", session, asyncio.create_task(run()), tmp_path
        )
        parts = System(pbx, Player(0, tmp_path), home)
        staying = asyncio.create_task(
            stay(parts, Mailbox("subentry", "device", "sensor", "event"))
        )
        await asyncio.sleep(0)
        shown = capsys.readouterr().out
        url = re.search(r"curl -k -X POST '(.*)'", shown)
        assert url
        async with session.post(url[1], ssl=False) as answer:
            left = await answer.text()
        assert [message.msg_id for message in pbx.mailboxes.listed("3200")] == [
            left.strip()
        ]
        assert "press Enter" not in shown
        keeper.set_result(3)
        with pytest.raises(DemoError, match="ended with status 3"):
            await staying
