"""The players that Home Assistant has an integration for, as Debian has them."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
import os
from pathlib import Path
import re
import shutil
from typing import Final

from tools.demo.errors import DemoError
from tools.demo.home_assistant import Answer, HomeAssistant
from tools.demo.player import player as run_mpd
from tools.demo.processes import HOST, free_port, running
from tools.demo.user import require_loaded
from tools.demo.waiting import is_listening, wait_until

from .priority import as_nobody, first
from .speaker import SINK
from .stage import Device, Stage

_SECONDS_TO_START = 30
_PASSWORD = "players"
_ADDRESS = "02:00:00:00:00:01"
_UUID = "5eb5b6b0-9d2b-4a6f-8d3c-2f4f6f1d0a11"

_REPETITION = """\
Home Assistant's integration `slimproto` starts a clip again that is shorter than the
player's buffer of 10 s: it takes the end of decoding, which comes before the first
sound, for the call for what is next (home-assistant/core issues 139887 and 158150). The
cause is in the library that Home Assistant pins, aioslimproto 3.0.0; in 3.1.5 it is
gone. A clip may be heard once, twice, or until somebody stops the player. Text to
speech is repeated in the same way, and clips of 10 s and more play once. What helps is
another way to the same player: Music Assistant, or Lyrion Music Server with the
integration `squeezebox`. Otherwise, let an automation stop the player when the clip is
over."""

_FORGOTTEN = """\
After a first clip gmediarender 0.1 loads the next one before it is told to play it, and
forgets it where it is short and arrives sooner than that: "Playing failed". The next
try succeeds."""

_MPD_OUTPUT = """
audio_output {{
    type "pulse"
    name "Speaker"
    server "{server}"
    mixer_type "software"
}}
"""


@dataclass(frozen=True)
class Player:
    """A program that can be a media player of Home Assistant.

    It has one of several names. ``version`` is the option that makes it tell its
    version; ``remark`` is what to know where it plays something wrong.
    """

    name: str
    integration: str
    programs: tuple[str, ...]
    version: str
    run: Callable[[Stage, str], AbstractAsyncContextManager[Device]]
    remark: str = ""

    @property
    def key(self) -> str:
        """Return what it is called on the command line."""
        return self.name.lower()

    def find(self) -> str | None:
        """Return the path of the program; None where it is not installed."""
        return next(filter(None, map(shutil.which, self.programs)), None)


@dataclass(frozen=True)
class _Entity:
    """A device that is a media player of an integration."""

    home: HomeAssistant
    entity_id: str

    async def play_media(self, media_content_id: str) -> None:
        """Play a media content ID."""
        await self.act(
            "play_media", media_content_id=media_content_id, media_content_type="music"
        )

    async def stop(self) -> None:
        """Stop what does not end."""
        await self.act("media_stop")

    def complaint(self) -> str:
        """Return nothing: players say why in logs of their own."""
        return ""

    async def act(self, action: str, **data: object) -> None:
        """Call an action of media players."""
        await self.home.post(
            f"/api/services/media_player/{action}",
            {"entity_id": self.entity_id, **data},
        )


async def _find(stage: Stage, before: set[str]) -> _Entity:
    return _Entity(stage.home, await stage.new_player(before))


@asynccontextmanager
async def _mpd(stage: Stage, program: str) -> AsyncIterator[Device]:
    output = _MPD_OUTPUT.format(server=stage.speaker.server)
    before = await stage.players()
    async with run_mpd(stage.folder, output) as server:
        shown = await stage.home.start_flow("mpd")
        user_input = {"host": HOST, "port": server.port}
        require_loaded("mpd", await stage.home.submit(shown, "user", user_input))
        yield await _find(stage, before)


@asynccontextmanager
async def _vlc(stage: Stage, program: str) -> AsyncIterator[Device]:
    """Run VLC with its remote control over telnet."""
    before = await stage.players()
    port = free_port()
    command = (
        *(
            *first(),
            *as_nobody(),
            program,
            "--intf",
            "telnet",
            "--aout",
            "pulse",
            "--no-video",
        ),
        *("--telnet-host", HOST, "--telnet-port", str(port)),
        *("--telnet-password", _PASSWORD),
    )
    log = stage.folder / "vlc.log"
    async with running(*command, output=log, environment=_environment(stage)):

        async def accepts() -> bool:
            return await is_listening(port)

        if not await wait_until(accepts, _SECONDS_TO_START):
            raise DemoError(f"it does not answer: {_end(log)}")
        shown = await stage.home.start_flow("vlc_telnet")
        user_input = {"host": HOST, "port": port, "password": _PASSWORD}
        shown = await stage.home.submit(shown, "user", user_input)
        require_loaded("vlc_telnet", shown)
        yield await _find(stage, before)


@asynccontextmanager
async def _squeezelite(stage: Stage, program: str) -> AsyncIterator[Device]:
    """Run Squeezelite, which connects to Home Assistant by itself."""
    before = await stage.players()
    require_loaded("slimproto", await stage.home.start_flow("slimproto"))
    command = (
        *(
            *first(),
            program,
            "-s",
            HOST,
            "-n",
            "Squeezelite",
            "-m",
            _ADDRESS,
            "-o",
            SINK,
        ),
    )
    log = stage.folder / "squeezelite.log"
    async with running(*command, output=log, environment=_environment(stage)):
        device = await _find(stage, before)
        # It is silent until somebody turns it up.
        await device.act("volume_set", volume_level=1)
        yield device


@asynccontextmanager
async def _gmediarender(stage: Stage, program: str) -> AsyncIterator[Device]:
    """Run gmediarender, which needs a network beside the loopback interface."""
    before = await stage.players()
    log = stage.folder / "gmediarender.log"
    command = (
        *(*first(), program, "--friendly-name", "gmediarender", "--uuid", _UUID),
        *("--logfile", "stderr", "--gstout-audiosink", "pulsesink"),
    )
    async with running(*command, output=log, environment=_environment(stage)):

        async def is_ready() -> bool:
            return "Ready for rendering" in log.read_text(errors="replace")

        address = re.compile(r"Registered IP=(\S+) port=(\d+)")
        await wait_until(is_ready, _SECONDS_TO_START)
        if (found := address.search(log.read_text(errors="replace"))) is None:
            raise DemoError(f"it does not answer: {_end(log)}")
        url = f"http://{found[1]}:{found[2]}/description.xml"
        require_loaded("dlna_dmr", await _add_renderer(stage.home, url))
        yield await _find(stage, before)


async def _add_renderer(home: HomeAssistant, url: str) -> Answer:
    """Add a renderer by its address, or where it was just discovered, as such."""
    shown = await home.start_flow("dlna_dmr")
    if shown.get("step_id") == "user":  # a renderer was discovered, perhaps another
        shown = await home.submit(shown, "user", {})
    shown = await home.submit(shown, "manual", {"url": url})
    if shown.get("reason") != "already_in_progress":
        return shown
    (discovered,) = (
        flow
        for flow in await home.command("config_entries/flow/progress")
        if flow["context"].get("unique_id") == f"uuid:{_UUID}"
    )
    return await home.submit(discovered, "confirm", {})


def _environment(stage: Stage) -> dict[str, str]:
    return {**os.environ, "PULSE_SERVER": stage.speaker.server}


def _end(log: Path) -> str:
    return log.read_text(errors="replace").strip().rpartition("\n")[2]


DEVICES: Final = (
    Player("MPD", "mpd", ("mpd",), "--version", _mpd),
    Player("VLC", "vlc_telnet", ("vlc",), "--version", _vlc),
    Player(
        "Squeezelite", "slimproto", ("squeezelite",), "-t", _squeezelite, _REPETITION
    ),
    Player(
        "gmediarender",
        "dlna_dmr",
        ("gmediarender",),
        "--version",
        _gmediarender,
        _FORGOTTEN,
    ),
)
