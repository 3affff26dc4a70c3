"""A clip: audio with the title that a player shows."""

from dataclasses import dataclass, field
import hashlib
from typing import Final

from ..audio import Audio

MAX_TAG: Final = 32  # hex digits


@dataclass(frozen=True, slots=True)
class Clip:
    """A clip as a player gets it: a head and audio, which many clips can share.

    `tag` is a digest of the content.
    """

    head: bytes = field(repr=False)
    audio: Audio
    tag: str

    @property
    def size(self) -> int:
        """Return how many bytes it has."""
        return len(self.head) + len(self.audio.content)

    def parts(self, start: int, stop: int) -> list[memoryview]:
        """Return some of its bytes, without a copy."""
        split = len(self.head)
        parts = (
            memoryview(self.head)[start:stop],
            memoryview(self.audio.content)[
                max(start - split, 0) : max(stop - split, 0)
            ],
        )
        return [part for part in parts if part]


def create_clip(audio: Audio, head: bytes) -> Clip:
    """Return a clip of a head and audio."""
    tag = hashlib.sha256(head + audio.digest.encode()).hexdigest()[:MAX_TAG]
    return Clip(head, audio, tag)
