"""What the simulated PBX holds and what it was asked."""

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass, field
from itertools import count
from typing import Literal

from .wav import GSM_DURATION, Encoding, tone


@dataclass(frozen=True)
class SimulatedGreeting:
    """One voicemail greeting: a row of ``extension_vm_greeting/list`` and its audio.

    ``real_filename`` is the full name that play and download want; ``file`` is what
    the list shows, by default the same. ``frequency`` in Hz, ``duration`` in seconds;
    ``content``, if there is one, is the audio in place of a tone.
    """

    real_filename: str
    _: KW_ONLY
    file: str = ""
    type: Literal["record", "tts"] = "record"
    encoding: Encoding = Encoding.PCM16
    frequency: int = 440
    duration: float = GSM_DURATION
    content: bytes | None = field(default=None, repr=False)
    id: int = field(default_factory=count(100).__next__)

    def __post_init__(self) -> None:
        """Let the list show the real file name unless told otherwise."""
        if not self.file:
            object.__setattr__(self, "file", self.real_filename)

    @property
    def suffix(self) -> str:
        """The file name's extension with its dot: ``.wav`` or ``.WAV``."""
        return self.real_filename[self.real_filename.rindex(".") :]

    def audio(self) -> bytes:
        """Return the audio file."""
        if self.content is not None:
            return self.content
        return tone(self.encoding, self.frequency, self.duration)


@dataclass
class SimulatedExtension:
    """One extension with its greetings, in the order of the list.

    ``vm_greeting`` is what callers hear: the full name of a greeting, or
    ``follow_system``; ``presence_greetings`` are those of a presence, before that.
    ``presence_before`` is the presence before its last change.
    """

    number: str
    name: str
    greetings: list[SimulatedGreeting] = field(default_factory=list)
    presence: str = "available"
    email: str = ""
    mobile: str = ""
    _: KW_ONLY
    custom_presence: str = ""
    presence_before: str = ""
    vm_greeting: str = "follow_system"
    presence_greetings: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class RecordedRequest:
    """One request as it arrived.

    ``endpoint`` is the path below ``/openapi/v1.0/``, ``download`` for an audio link,
    and empty for anything else. ``headers`` ignores case. ``source`` is the address
    that the request came from.
    """

    method: str
    path: str
    endpoint: str
    query: dict[str, str]
    headers: Mapping[str, str]
    body: bytes
    source: str
