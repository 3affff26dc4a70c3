"""The demo's parts that can be tried without starting Home Assistant."""

from array import array
import asyncio
import io
import os
from pathlib import Path
import random
import re
import shutil
import signal
import socket
import sys
import wave

from homeassistant.util.package import is_installed
import pytest

from simulator import Encoding, PbxSimulator, SimulatedGreeting
from tools.demo.audio import compare, measure
from tools.demo.command import parse, run
from tools.demo.console import step
from tools.demo.demo_speech.voice import speak
from tools.demo.errors import DemoError
from tools.demo.player import player
from tools.demo.processes import free_port, running
from tools.demo.requirements import requirements
from tools.demo.user import SPOKEN_TEXT, compare_speech, greeting, listen
from tools.demo.waiting import wait_until

needs_espeak = pytest.mark.skipif(
    not shutil.which("espeak-ng"), reason="espeak-ng is not installed"
)


def _tone(frequency: int = 600, duration: float = 2.0) -> bytes:
    return SimulatedGreeting("tone.wav", frequency=frequency, duration=duration).audio()


def _noise(count: int) -> list[int]:
    """Return samples of which each part is unlike all others."""
    return random.Random(1).choices(range(-8000, 8000), k=count)


def _wav(samples: list[int]) -> bytes:
    """Return samples as telephone audio."""
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(8000)
        writer.writeframes(array("h", samples).tobytes())
    return file.getvalue()


def _fake_programs(monkeypatch: pytest.MonkeyPatch, folder: Path, script: str) -> None:
    """Let the programs of the demo do what a script says."""
    folder.mkdir()
    for name in ("mpd", "espeak-ng", "pocketsphinx_batch"):
        (folder / name).write_text(f"#!/bin/sh\n{script}\n")
        (folder / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")


async def _gone(process_id: int) -> None:
    """Wait until a process has ended, whether or not somebody asked for its status."""
    status = Path(f"/proc/{process_id}/status")
    while status.exists():
        if re.search(r"^State:\s+Z", status.read_text(), re.MULTILINE):
            return
        await asyncio.sleep(0.01)


@pytest.mark.parametrize("encoding", [e for e in Encoding if e is not Encoding.GSM])
async def test_measures_tones(encoding: Encoding) -> None:
    """A tone has the length and the pitch that it was made with."""
    tone = SimulatedGreeting(
        "tone.wav", encoding=encoding, frequency=700, duration=1.5
    ).audio()
    sound = await measure(tone)
    assert sound.duration == pytest.approx(1.5, abs=0.001)
    assert sound.frequency == pytest.approx(700, abs=1)


async def test_recognises_the_greeting() -> None:
    """The GSM greeting is like the tone that is in it."""
    original = greeting(PbxSimulator(https=True)).audio()
    comparison = await compare(original, _tone())
    assert (comparison.original, comparison.copy) == (2.0, 2.0)
    assert 0.99 < comparison.likeness < 1


@pytest.mark.parametrize("duration", [2.09, 1.91])
async def test_tolerates_what_the_relay_changes(duration: float) -> None:
    """MP3 padding is no difference."""
    await compare(_tone(), _tone(duration=duration))


async def test_tolerates_another_loudness_and_a_late_start() -> None:
    """Samples are compared where they fit best."""
    samples = _noise(16000)
    late = [0] * 400 + [sample // 3 for sample in samples]

    comparison = await compare(_wav(samples), _wav(late))

    assert comparison.likeness > 0.99


@pytest.mark.parametrize(
    ("frequency", "duration"), [(600, 2.2), (600, 1.8), (500, 2.0), (604, 2.0)]
)
async def test_notices_what_a_listener_would(frequency: int, duration: float) -> None:
    """Another length or another pitch is another greeting."""
    with pytest.raises(DemoError, match=rf"{duration:.2f} s, .* the original of 2\.00"):
        await compare(_tone(), _tone(frequency, duration))


async def test_notices_a_gap() -> None:
    """A tenth of the samples left out, and silence in their place."""
    samples = _noise(16000)
    interrupted = samples[:8000] + [0] * 1600 + samples[9600:]
    skipped = samples[:8000] + samples[8400:]

    for spoiled in (interrupted, skipped):
        with pytest.raises(DemoError, match="% like the original"):
            await compare(_wav(samples), _wav(spoiled))


@needs_espeak
async def test_recognises_speech() -> None:
    """An upload has another loudness, and less of the low tones."""
    await compare_speech(await speak(SPOKEN_TEXT))

    with pytest.raises(DemoError, match=r"2\.00 s, .* like the original"):
        await compare_speech(_tone())


async def test_notices_silence_and_what_is_no_audio() -> None:
    """Neither can be compared with anything."""
    tone = _tone()
    with pytest.raises(DemoError, match="silent"):
        await measure(tone[:44] + bytes(len(tone) - 44))
    with pytest.raises(DemoError, match="not audio"):
        await measure(b"<html>")


def test_arguments() -> None:
    """Port 8123 and staying are what happens without arguments."""
    assert vars(parse([])) == {"port": 8123, "once": False}
    assert vars(parse(["--once", "--port", "8200"])) == {"port": 8200, "once": True}


@pytest.mark.parametrize("port", ["0", "65536", "http"])
def test_refuses_what_is_no_port(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The usage message names what was typed."""
    with pytest.raises(SystemExit, match="2"):
        parse(["--port", port])
    assert port in capsys.readouterr().err


async def test_busy_port(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A port that somebody listens on ends the demo before it starts anything."""
    _fake_programs(monkeypatch, tmp_path / "bin", "exit 3")
    monkeypatch.setattr("tools.demo.programs.MODEL", tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        assert await run(["--once", "--port", str(port)]) == 1
    output = capsys.readouterr()
    assert f"port {port} cannot be used (Address already in use)" in output.err
    assert "--port" in output.err
    assert "start" not in output.out


async def test_missing_programs(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """It says at once what to install, all of it."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("tools.demo.programs.MODEL", tmp_path / "model")

    assert await run(["--once", "--port", str(free_port())]) == 1

    output = capsys.readouterr()
    assert "apt-get install mpd espeak-ng pocketsphinx pocketsphinx-en-us" in output.err
    assert not output.out


async def test_a_failed_start_stops_everything(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A player that cannot run leaves nothing behind."""
    _fake_programs(monkeypatch, tmp_path / "bin", "echo no sound card; exit 3")
    monkeypatch.setattr("tools.demo.programs.MODEL", tmp_path)
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))

    assert await run(["--once", "--port", str(free_port())]) == 1

    output = capsys.readouterr()
    assert "start the player (MPD) ... failed" in output.out
    assert "no sound card" in output.err
    assert not list((tmp_path / "temporary").iterdir())


def test_steps(capsys: pytest.CaptureFixture[str]) -> None:
    """A step says how it ended."""
    with step("walk"):
        pass
    with pytest.raises(DemoError), step("run"):
        raise DemoError
    with pytest.raises(asyncio.CancelledError), step("fly"):
        raise asyncio.CancelledError
    walked, ran, flew = capsys.readouterr().out.splitlines()
    assert re.fullmatch(r"demo: walk \.\.\. ok \(\d+\.\d s\)", walked)
    assert ran == "demo: run ... failed"
    assert flew == "demo: fly ... interrupted"


async def test_children_end_with_their_block(tmp_path: Path) -> None:
    """The output is kept, and the process is told to end."""
    output = tmp_path / "output"
    async with running("echo", "said", output=output) as process:
        assert await process.wait() == 0
    assert output.read_text() == "said\n"
    async with running("sleep", "60", output=output) as process:
        pass
    assert process.returncode == -signal.SIGTERM


@pytest.mark.skipif(sys.platform != "linux", reason="a feature of Linux")
async def test_children_end_with_a_killed_parent(tmp_path: Path) -> None:
    """Not even SIGKILL leaves a child behind."""
    code = """
import asyncio, pathlib, sys
from tools.demo.processes import running
async def main():
    async with running("sleep", "60", output=pathlib.Path(sys.argv[1])) as process:
        print(process.pid, flush=True)
        await process.wait()
asyncio.run(main())
"""
    parent = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", code, str(tmp_path / "output")),
        stdout=asyncio.subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )
    assert parent.stdout
    child = int(await parent.stdout.readline())
    parent.kill()
    await parent.wait()
    async with asyncio.timeout(5):
        await _gone(child)


@pytest.mark.skipif(sys.platform != "linux", reason="a feature of Linux")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
async def test_an_ended_demo_leaves_no_process(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, number: signal.Signals
) -> None:
    """Also in the middle of a step: this player never answers."""
    _fake_programs(monkeypatch, tmp_path / "bin", "exec sleep 60")
    code = """
import asyncio, pathlib, sys
from tools.demo import command, programs
programs.MODEL = pathlib.Path()
sys.exit(asyncio.run(command.run(["--once", "--port", sys.argv[1]])))
"""
    demo = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", code, str(free_port())),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )
    assert demo.stdout
    await demo.stdout.readuntil(b"start the player (MPD) ... ")
    children = Path(f"/proc/{demo.pid}/task/{demo.pid}/children")

    async def plays() -> bool:
        return bool(children.read_text())

    assert await wait_until(plays, 20)
    child = int(children.read_text())
    demo.send_signal(number)
    await demo.communicate()
    async with asyncio.timeout(20):
        await _gone(child)


@pytest.mark.skipif(shutil.which("mpd") is None, reason="mpd is not installed")
async def test_hears_what_the_player_plays(tmp_path: Path) -> None:
    """MPD's recording is what it was told to play."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.0 200 OK\r\nContent-Type: audio/wav\r\n\r\n")
        writer.write(_tone(440, 1.0))
        writer.close()

    async with (
        await asyncio.start_server(serve, "127.0.0.1", 0) as server,
        player(tmp_path) as speaker,
    ):
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(DemoError, match="recorded nothing"):
            await listen(speaker)
        await speaker.command(f"add http://127.0.0.1:{port}/tone.wav")
        await speaker.command("play")
        await compare(_tone(440, 1.0), await listen(speaker))
        with pytest.raises(DemoError, match="MPD refuses 'dance'"):
            await speaker.command("dance")


def test_everything_that_home_assistant_loads_is_installed() -> None:
    """It starts with --skip-pip, so that nothing else would notice."""
    needed = requirements()
    assert any(each.startswith("home-assistant-frontend==") for each in needed)
    assert not {each for each in needed if not is_installed(each)}
