"""What a user does: add the player, add the PBX, play a greeting, listen."""

import re
from typing import Protocol
from urllib.parse import urlencode

from simulator import PbxSimulator, SimulatedGreeting

from .audio import Comparison, compare
from .demo_speech.voice import speak
from .errors import DemoError
from .home_assistant import Answer, HomeAssistant
from .player import Player
from .processes import HOST

EXTENSION = "3200"
FILE = "closed.WAV"
SPOKEN_FILE = "spoken.wav"
SPOKEN_TEXT = "We are closed today. Please leave a message after the tone."
ENGINE = "tts.espeak"

_SECONDS_TO_PLAY = 30
# What the filters of an upload, for loudness and for the band of telephony, leave.
_LEAST_LIKENESS = 0.8


class Reachable(Protocol):
    """A PBX, and what the user needs to know of it."""

    @property
    def base_url(self) -> str:
        """Where it is."""

    @property
    def client_id(self) -> str:
        """Who may ask it."""

    @property
    def client_secret(self) -> str:
        """The secret that goes with that."""

    @property
    def fingerprint(self) -> str:
        """The fingerprint of its certificate, empty without one."""


async def add_player(home: HomeAssistant, player: Player) -> str:
    """Add MPD to Home Assistant and return its entity id."""
    shown = await home.start_flow("mpd")
    shown = await home.submit(shown, "user", {"host": HOST, "port": player.port})
    require_loaded("mpd", shown)
    for state in await home.get("/api/states"):
        entity_id: str = state["entity_id"]
        if entity_id.startswith("media_player."):
            return entity_id
    raise DemoError("Home Assistant has no media player")


async def add_pbx(home: HomeAssistant, pbx: Reachable) -> str:
    """Add the PBX to Home Assistant and return the ID of its config entry.

    Where it has a certificate, look at that first.
    """
    shown = await home.start_flow("yeastar_vm")
    shown = await home.submit(shown, "user", {"next_step_id": "credentials"})
    shown = await home.submit(
        shown,
        "credentials",
        {
            "url": pbx.base_url,
            "client_id": pbx.client_id,
            "client_secret": pbx.client_secret,
        },
    )
    if pbx.fingerprint:
        shown = await _trust_certificate(home, pbx, shown)
    require_loaded("yeastar_vm", shown)
    entry_id: str = shown["result"]["entry_id"]
    return entry_id


async def _trust_certificate(
    home: HomeAssistant, pbx: Reachable, shown: Answer
) -> Answer:
    shown_fingerprint = _hexadecimal(_placeholder(shown, "fingerprint"))
    if shown_fingerprint != _hexadecimal(pbx.fingerprint):
        raise DemoError(
            f"the PBX has the fingerprint {pbx.fingerprint}, but Home Assistant"
            f" shows {shown_fingerprint or f'none: {shown}'}"
        )
    return await home.submit(shown, "certificate", {})


def _placeholder(shown: Answer, name: str) -> str:
    placeholders: dict[str, str] = shown.get("description_placeholders") or {}
    return placeholders.get(name, "")


def _hexadecimal(fingerprint: str) -> str:
    return re.sub(r"[^0-9a-f]", "", fingerprint.lower())


def require_loaded(domain: str, shown: Answer) -> None:
    """Raise DemoError unless a config flow ended with an entry that works."""
    if shown.get("type") != "create_entry" or shown["result"]["state"] != "loaded":
        raise DemoError(f"{domain} could not be added: {shown}")


async def play_greeting(
    home: HomeAssistant, entity_id: str, file: str = FILE
) -> Answer:
    """Play a greeting, which needs the relay, and return the action's response."""
    response = await home.call(
        "yeastar_vm",
        "play_greeting",
        {"entity_id": entity_id, "extension": EXTENSION, "file": file},
    )
    require_relayed(home, response)
    return response


def require_relayed(home: HomeAssistant, response: Answer) -> None:
    """Raise DemoError unless a player got a link of Home Assistant."""
    if response["delivery"] != "relay" or not response["url"].startswith(home.url):
        raise DemoError(f"the audio was not relayed: {response}")


def greeting(pbx: PbxSimulator, file: str = FILE) -> SimulatedGreeting:
    """Return a greeting as the PBX has it."""
    for candidate in pbx.extensions[EXTENSION].greetings:
        if candidate.real_filename == file:
            return candidate
    raise DemoError(f"the PBX has no {file}")


async def upload_speech(home: HomeAssistant, pbx: PbxSimulator) -> SimulatedGreeting:
    """Make a greeting of text, and return it as the PBX has it."""
    message = urlencode({"message": SPOKEN_TEXT})
    response = await home.call(
        "yeastar_vm",
        "upload_greeting",
        {
            "extension": EXTENSION,
            "file": SPOKEN_FILE,
            "media": {
                "media_content_id": f"media-source://tts/{ENGINE}?{message}",
                "media_content_type": "provider",
            },
        },
    )
    if response["file"] != SPOKEN_FILE:
        raise DemoError(f"the greeting was uploaded as {response['file']}")
    return greeting(pbx, SPOKEN_FILE)


async def compare_speech(stored: bytes) -> Comparison:
    """Compare a greeting on the PBX with what the voice says by itself."""
    return await compare(await speak(SPOKEN_TEXT), stored, _LEAST_LIKENESS)


async def listen(player: Player) -> bytes:
    """Wait until the player is done and return what it played."""
    await player.wait_until_done(_SECONDS_TO_PLAY)
    return await player.finish_recording()
