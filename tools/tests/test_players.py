"""The parts of scripts/players that can be tried without a player."""

import asyncio
from dataclasses import replace
from functools import partial
from pathlib import Path
import re
import shutil

import aiohttp
from homeassistant.util.yaml import parse_yaml
import numpy as np
import pytest

from simulator import PbxSimulator
from tools.demo.audio import decode
from tools.demo.errors import DemoError
from tools.demo.waiting import wait_until
from tools.players.command import DOCUMENT, PLAYERS, parse
from tools.players.devices import Player
from tools.players.greetings import (
    EXTENSION,
    GREETINGS,
    Greeting,
    extensions,
    record_again,
)
from tools.players.installing import requirements
from tools.players.notes import RATE, Samples, Verdict, judge, listen
from tools.players.pages import BROWSERS, Pages, configuration, pages
from tools.players.plays import Play, Way
from tools.players.report import PlayerReport, document
from tools.players.speaker import speaker

TUNE = ((500, 0.6), (800, 0.8), (1200, 0.6))


def _samples(*tones: tuple[float, float]) -> Samples:
    """Return tones of some Hz and seconds; 0 Hz is silence."""
    parts = [
        0.5 * np.sin(2 * np.pi * frequency * np.arange(round(seconds * RATE)) / RATE)
        for frequency, seconds in tones
    ]
    return np.concatenate(parts).astype(np.float32)


def _heard(samples: Samples) -> Verdict:
    return judge(listen(samples), listen(_samples(*TUNE)))


@pytest.mark.parametrize("greeting", GREETINGS, ids=lambda greeting: greeting.source)
async def test_hears_the_tones_of_a_greeting(greeting: Greeting) -> None:
    """Up and down, in each encoding."""
    heard = [listen(await decode(each, RATE)) for each in greeting.recordings()]

    assert [[note.seconds for note in notes] for notes in heard] == [
        [pytest.approx(seconds, abs=0.03) for seconds in (0.6, 0.8, 0.6)]
    ] * 2
    assert [[note.frequency for note in notes] for notes in heard] == [
        [pytest.approx(frequency, abs=6) for frequency in frequencies]
        for frequencies in ((500, 800, 1200), (1200, 800, 500))
    ]
    assert judge(heard[0], heard[0]) == Verdict(True, "all of it")
    assert not judge(heard[0], heard[1]).right


def test_silence_around_a_greeting_does_not_matter() -> None:
    """A recording begins before the play and ends after it."""
    assert _heard(_samples((0, 1), *TUNE, (0, 0.5))) == Verdict(True, "all of it")


@pytest.mark.parametrize(
    ("played", "words"),
    [
        (((0, 2),), "nothing"),
        (((0, 0.001),), "nothing"),
        (((500, 0.4), *TUNE[1:]), "0.2 s missing at the start"),
        ((*TUNE[:2], (1200, 0.4)), "0.2 s missing at the end"),
        ((TUNE[0], (800, 1), TUNE[2]), "0.2 s too much in the middle"),
        (TUNE[1:], "at least 0.6 s missing at the start"),
        (TUNE[:2], "at least 0.6 s missing at the end"),
        (
            (TUNE[0], (800, 0.4), (0, 0.3), (800, 0.4), TUNE[2]),
            "0.3 s of silence in between",
        ),
        (TUNE * 2, "2 times over"),
        (TUNE * 2 + TUNE[:1], "2 times over, and a part"),
        (((*TUNE, (0, 0.5)) * 3)[:-1], "3 times over, 1.0 s of silence in between"),
        (tuple((hz * 11, s / 11) for hz, s in TUNE), "11.0 times too fast"),
        (tuple((hz / 2, s * 2) for hz, s in TUNE), "2.0 times too slow"),
        (((440, 1),), "something else (1.0 s at 441 Hz)"),
    ],
)
def test_says_what_was_heard(
    played: tuple[tuple[float, float], ...], words: str
) -> None:
    """In the words of somebody who listened."""
    assert _heard(_samples(*played)) == Verdict(False, words)


def test_a_stutter_is_told_and_forgiven() -> None:
    """A machine that is busy lets its players stutter."""
    stutter = (TUNE[0], (800, 0.4), (0, 0.05), (800, 0.4), TUNE[2])

    assert _heard(_samples(*stutter)) == Verdict(
        True, "all of it, with 0.03 s of silence in between"
    )


def test_noise_is_no_greeting() -> None:
    """As when the bytes of another encoding are played as samples."""
    generator = np.random.default_rng(7)
    noise = generator.uniform(-1, 1, RATE).astype(np.float32)

    assert _heard(noise) == Verdict(False, "noise")
    assert _heard(np.concatenate([_samples(*TUNE), noise[:8000]])) == Verdict(
        False, "0.2 s of noise"
    )


def test_a_greeting_is_recorded_again() -> None:
    """With the other tune each time."""
    pbx = PbxSimulator(https=False)
    pbx.extensions = extensions()
    up, down = GREETINGS[0].recordings()
    (greeting, *others) = pbx.extensions[EXTENSION].greetings
    assert greeting.audio() == up

    assert record_again(pbx, GREETINGS[0]) == down
    assert pbx.extensions[EXTENSION].greetings[0].audio() == down
    assert record_again(pbx, GREETINGS[0]) == up
    assert pbx.extensions[EXTENSION].greetings[1:] == others


def test_arguments(capsys: pytest.CaptureFixture[str]) -> None:
    """Players can be chosen by name."""
    assert vars(parse([])) == {"player": None}
    assert parse(["--player", "mpd", "--player", "firefox"]).player == [
        "mpd",
        "firefox",
    ]
    with pytest.raises(SystemExit, match="2"):
        parse(["--player", "gramophone"])
    assert "gramophone" in capsys.readouterr().err


def test_a_player_has_one_of_several_names(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The first of them that is installed."""
    monkeypatch.setenv("PATH", str(tmp_path))
    player: Player = replace(PLAYERS[0], programs=("one", "other"))
    assert player.find() is None

    other = tmp_path / "other"
    other.touch(0o755)
    assert player.find() == str(other)


def test_what_the_integrations_need_has_versions() -> None:
    """As Home Assistant's manifests have it."""
    assert all(re.fullmatch(r"[\w-]+==[\d.]+", each) for each in requirements())


@pytest.fixture
def play() -> Play:
    """Return a play that went well."""
    return Play(
        GREETINGS[0],
        Way.AUTO,
        Verdict(True, "all of it"),
        delivery="relay",
        reason="player",
        shown="\ufeffGood morning · Paula Play",
        duration=2.04,
        relay="HEAD, 2 GET",
        pbx="link, audio",
    )


def _row(text: str, first: str) -> list[str]:
    row = next(line for line in text.splitlines() if line.startswith(f"| {first} "))
    return [cell.strip() for cell in row.strip("|").split("|")]


def test_the_page_says_what_was_heard(play: Play) -> None:
    """One row a play, and a summary of each player."""
    wrong = replace(
        play,
        greeting=GREETINGS[3],
        way=Way.MEDIA,
        verdict=Verdict(False, "3.0 times too fast"),
        delivery="",
        reason="",
        shown="",
        duration=0,
        relay="",
    )
    again = replace(play, greeting=GREETINGS[1], failures=["a | noise"], reason="")
    text = document(
        [
            PlayerReport("MPD", "mpd", "0.23", remark="Not told.", plays=[play]),
            PlayerReport(
                "VLC", "vlc_telnet", "3.0", remark="Told.", plays=[wrong, again]
            ),
            PlayerReport("Chromium", "universal", "156", plays=[again]),
            PlayerReport("Firefox", "universal", absent="not installed"),
        ],
        [("System", "Debian")],
    )

    assert _row(text, "MPD")[3] == "all 1 whole, at the right pitch"
    assert _row(text, "VLC")[3] == "**1 of 2 wrong**, mostly: 3.0 times too fast"
    assert _row(text, "Chromium")[3] == (
        "all 1 whole, at the right pitch; 1 of them when played again"
    )
    assert _row(text, "Firefox")[1:] == ["-", "universal", "left out: not installed"]
    assert _row(text, "PCM") == [
        "PCM",
        "`auto`",
        "relay (player)",
        "all of it",
        "\\ufeffGood morning · Paula Play, 2.04 s",
        "HEAD, 2 GET",
        "link, audio",
    ]
    assert _row(text, "GSM")[1:6] == [
        "media",
        "-",
        "**3.0 times too fast**",
        "-",
        "none",
    ]
    assert _row(text, "A-law")[2:4] == ["relay", "all of it when played again"]
    assert "\n- A-law, `auto`, at first: a \\| noise\n" in text
    assert "## Firefox" not in text
    assert "\nTold.\n" in text
    assert "Not told." not in text


def test_the_page_in_the_repository_is_of_this_script() -> None:
    """It has a section for each player that is not left out."""
    text = DOCUMENT.read_text(encoding="utf-8")
    for player in PLAYERS:
        left_out = "left out" in _row(text, player.name)[3]
        assert (f"## {player.name} " in text) is not left_out


async def _complains(served: Pages) -> bool:
    return bool(served.complaints)


async def test_a_browser_plays_what_is_posted() -> None:
    """As Home Assistant's rest_command does, and says what it thinks of it."""
    async with pages() as served, aiohttp.ClientSession() as session:
        with pytest.raises(DemoError, match="firefox does not show the page"):
            await served.play("firefox", "http://ha/clip.mp3")
        async with session.get(f"{served.url}/firefox") as page:
            assert "new Audio(url)" in await page.text()
        async with session.ws_connect(f"{served.url}/firefox/socket") as socket:
            posted = await session.post(
                f"{served.url}/firefox", data="http://ha/clip.mp3"
            )
            assert posted.ok
            assert await socket.receive_str() == "http://ha/clip.mp3"
            await socket.send_str("not supported")
            assert await wait_until(partial(_complains, served), 5)
        assert served.complaints == {"firefox": "not supported"}


def test_browsers_are_players_of_home_assistant() -> None:
    """Each has a command of its own."""
    parsed = parse_yaml(configuration("http://127.0.0.1:1"))
    assert isinstance(parsed, dict)
    names = [player["name"] for player in parsed["media_player"]]
    assert names == [*BROWSERS]
    assert {command["url"] for command in parsed["rest_command"].values()} == {
        f"http://127.0.0.1:1/{name}" for name in BROWSERS
    }


async def test_a_speaker_that_is_missing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """It says what to install."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(DemoError, match="apt-get install pulseaudio pulseaudio-utils"):
        async with speaker(tmp_path):
            pass


@pytest.mark.skipif(shutil.which("pulseaudio") is None, reason="it is not installed")
async def test_hears_what_the_speaker_plays(tmp_path: Path) -> None:
    """PulseAudio's own player, recorded."""
    async with speaker(tmp_path) as output, output.recording("tune") as recording:
        player = await asyncio.create_subprocess_exec(
            *("pacat", "--raw", "--format=float32le", f"--rate={RATE}"),
            *("--channels=1", f"--server={output.server}"),
            stdin=asyncio.subprocess.PIPE,
        )
        await player.communicate(_samples(*TUNE).tobytes())
        assert await recording.wait_for_sound(10)
        assert await recording.wait_for_silence(0.3, 10)
        samples = recording.samples()

    assert _heard(samples) == Verdict(True, "all of it")
