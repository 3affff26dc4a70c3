"""The actions that change greetings, and what goes wrong while they do."""

from collections.abc import Iterator
from dataclasses import dataclass

from simulator import AfterActing, Fault, Oddity, Outage, SimulatedGreeting

from .home import TEXTS, WORKS, Home
from .rows import API, ROWS
from .troubles import Errcode, Trouble

FAMILY = "extension_vm_greeting"
LIST = f"{FAMILY}/list"
EXTENSION, FILE, NEW = "0042", "hello.wav", "new.wav"
SONG = "media-source://media_source/local/song.wav"


@dataclass(frozen=True)
class Change:
    """An action, the request that makes the change, and what the PBX has after it."""

    action: str
    request: str
    data: dict[str, str]
    files: tuple[str, ...]

    @property
    def endpoint(self) -> str:
        """Return the endpoint of the request."""
        return f"{FAMILY}/{self.request}"

    async def make(self, home: Home) -> str:
        """Call the action, and return WORKS or what the user is told."""
        action = home.act(self.action, extension=EXTENSION, **self.data)
        return await home.clock.during(action)


UPLOAD = Change(
    "upload_greeting", "upload", {"file": "new", "media": SONG}, (NEW, FILE)
)
RECORD = Change(
    "record_greeting", "record", {"file": "new", "recorder": "3200"}, (NEW, FILE)
)
RENAME = Change("rename_greeting", "update", {"file": FILE, "new_name": "new"}, (NEW,))
DELETE = Change("delete_greeting", "delete", {"file": FILE}, ())
CHANGES = (UPLOAD, RECORD, RENAME, DELETE)

# After which nobody knows whether the PBX has acted.
_ANSWERED = {
    Fault.RESET,
    Fault.CLOSE,
    Fault.SILENT,
    Fault.HTML,
    Fault.EMPTY,
    Fault.BAD_GATEWAY_502,
}


def _troubles() -> Iterator[tuple[str, Trouble]]:
    """Yield what can befall any request, by what the other tables call it."""
    for row in ROWS:
        if len(row.endpoints) < len(API):
            continue
        for fault in row.faults:
            match fault:
                case Errcode():
                    yield f"`{fault}`", fault
                case Outage() if fault is not Outage.HANGING:
                    yield f"{row.what}, from then on", fault
                case Fault() | Oddity() if fault is row.faults[0]:
                    yield row.what, fault
                    if fault in _ANSWERED:
                        yield f"{row.what}, and the PBX has acted", AfterActing(fault)


TROUBLES = dict(_troubles())


def restore(home: Home) -> None:
    """Let the PBX have what it had before."""
    home.pbx.extensions[EXTENSION].greetings[:] = [SimulatedGreeting(FILE, id=30)]


def files(home: Home) -> tuple[str, ...]:
    """Return the greetings that the PBX has."""
    greetings = home.pbx.extensions[EXTENSION].greetings
    return tuple(greeting.real_filename for greeting in greetings)


def verdict(said: str) -> str:
    """Return what the user learns, in a few words."""
    if said == WORKS:
        return "works"
    for key, words in _VERDICTS.items():
        text = TEXTS["exceptions"][key]["message"].replace("{reason}", "")
        if text.format(number=EXTENSION).strip() in said:
            return words
    return f"{said.split('. ', maxsplit=1)[0].removesuffix('.')}."


_VERDICTS = {
    "change_failed": "not changed",
    "change_unclear": "not known",
    "change_not_listed": "accepted, but not there",
}
