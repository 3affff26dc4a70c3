"""The phones of the extensions, which the PBX calls to record a greeting."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum, auto
from math import inf

from .timeline import Timeline
from .wav import Encoding, length, tone


class Reaction(StrEnum):
    """What comes of a call to a phone."""

    ANSWERED = auto()
    NOT_ANSWERED = auto()
    BUSY = auto()
    UNREGISTERED = auto()


class CallState(StrEnum):
    """What event 30008 says of an extension."""

    RINGING = "Ringing"
    BUSY = "Busy"
    IDLE = "Idle"


@dataclass
class Phone:
    """What happens at a phone that is called.

    It rings for ``rings`` seconds. Whoever answers says ``speech`` and hangs up after
    ``talks`` seconds, by default as long as the speech lasts.
    """

    reaction: Reaction = Reaction.ANSWERED
    rings: float = 2
    speech: bytes = field(default_factory=lambda: tone(Encoding.PCM16, 350, 3))
    talks: float | None = None

    @property
    def talking_seconds(self) -> float:
        """How long a call lasts that was answered."""
        return length(self.speech) if self.talks is None else self.talks


@dataclass(eq=False)
class _Call:
    """A call from when the phone rings to when somebody hangs up."""

    phone: Phone
    recorded: Callable[[bytes], None]
    answered: bool = False


class Calls:
    """The calls of the PBX to its phones, by the number of the extension."""

    def __init__(
        self, timeline: Timeline, report: Callable[[str, CallState], None]
    ) -> None:
        """Take what runs later, and whom to tell what the phones do."""
        self.phones: dict[str, Phone] = {}
        self._timeline = timeline
        self._report = report
        self._calls: dict[str, _Call] = {}

    def record(self, number: str, recorded: Callable[[bytes], None]) -> bool:
        """Call a phone and return whether it rings.

        ``recorded`` takes what was said once whoever answered has hung up.
        """
        phone = self.phones.get(number, Phone())
        if phone.reaction in (Reaction.BUSY, Reaction.UNREGISTERED):
            return False
        if number in self._calls:
            return False
        call = self._calls[number] = _Call(phone, recorded)
        self._report(number, CallState.RINGING)
        self._timeline.at(
            self._timeline.now + phone.rings, lambda: self._stop_ringing(number, call)
        )
        return True

    def hang_up(self, number: str) -> None:
        """End the call of a phone, which is refused if it still rings."""
        call = self._calls.pop(number)
        self._report(number, CallState.IDLE)
        if call.answered:
            call.recorded(call.phone.speech)

    def _stop_ringing(self, number: str, call: _Call) -> None:
        if self._calls.get(number) is not call:
            return
        if call.phone.reaction is Reaction.NOT_ANSWERED:
            self.hang_up(number)
            return
        call.answered = True
        self._report(number, CallState.BUSY)
        hangs_up_at = self._timeline.now + call.phone.talking_seconds
        if hangs_up_at < inf:
            self._timeline.at(hangs_up_at, lambda: self._end(number, call))

    def _end(self, number: str, call: _Call) -> None:
        if self._calls.get(number) is call:
            self.hang_up(number)
