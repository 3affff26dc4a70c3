"""A home with audio files, and what its PBX holds."""

from pathlib import Path
from typing import Any

from homeassistant.core import HomeAssistant

from simulator import PbxSimulator
from simulator.faults import Spoiler
from simulator.lines import Answer
from tests import common
from tests.common import call

from .recordings import music

LIST, UPLOAD = "extension_vm_greeting/list", "extension_vm_greeting/upload"
RECORD, RENAME = "extension_vm_greeting/record", "extension_vm_greeting/update"
DELETE = "extension_vm_greeting/delete"
SONG = "media-source://media_source/local/song.wav"


class Shelf:
    """The folder that Home Assistant has as its local media."""

    def __init__(self, folder: Path) -> None:
        """Begin with one song."""
        self.folder = folder
        self.put("song.wav", music())

    def put(self, name: str, content: bytes) -> str:
        """Put a file there; return its media content ID."""
        (self.folder / name).write_bytes(content)
        return f"media-source://media_source/local/{name}"


class Later:
    """Lets an endpoint answer as usual for a while, and inflicts a fault after that."""

    def __init__(self, fault: Spoiler, answers: int = 1) -> None:
        """Take how many requests are answered before it."""
        self._fault = fault
        self._left = answers

    async def inflict(self, http: Any, answer: Answer) -> Any:
        """Answer, or do not."""
        self._left -= 1
        if self._left >= 0:
            return answer()
        return await self._fault.inflict(http, answer)


def greetings(pbx: PbxSimulator, number: str) -> dict[str, bytes]:
    """Return the greetings of a box by file, as the PBX holds them."""
    box = pbx.extensions.get(number) or pbx.groups[number]
    return {each.real_filename: each.audio() for each in box.greetings}


async def upload(hass: HomeAssistant, file: str, **data: Any) -> dict[str, Any]:
    """Upload a song as a greeting of extension 3201 unless told otherwise."""
    return await call(
        hass,
        "upload_greeting",
        **{"extension": "3201", "file": file, "media": SONG, **data},
    )


async def told(hass: HomeAssistant, action: str, **data: Any) -> str:
    """Call an action that fails, and return what the user is told."""
    return await common.told(call(hass, action, **data))


async def refused(hass: HomeAssistant, file: str, **data: Any) -> str:
    """Upload a greeting that cannot be uploaded, and return what the user is told."""
    return await told(
        hass,
        "upload_greeting",
        **{"extension": "3201", "file": file, "media": SONG, **data},
    )
