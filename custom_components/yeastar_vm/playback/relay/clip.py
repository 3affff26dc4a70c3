"""Clips: audio behind the title that a player shows."""

from dataclasses import dataclass, field
import hashlib
from typing import Final

from ...audio import Audio

# Bytes that are copied at most, so that a clip is sent in one piece.
MAX_COPY: Final = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Clip:
    """A clip as a player gets it. `tag` is a digest of its content."""

    pieces: tuple[memoryview, ...]
    content_type: str
    tag: str
    size: int = field(init=False)

    def __post_init__(self) -> None:
        """Compute the size, which each request needs."""
        object.__setattr__(self, "size", sum(map(len, self.pieces)))

    def cut(self, start: int, stop: int) -> list[memoryview]:
        """Return some of its bytes, without a copy."""
        parts = []
        for piece in self.pieces:
            if part := piece[max(start, 0) : max(stop, 0)]:
                parts.append(part)
            start -= len(piece)
            stop -= len(piece)
        return parts


class Clips:
    """The clips of one converted audio, which share its memory.

    `source_digest` is that of what was converted.
    """

    def __init__(self, audio: Audio, source_digest: str) -> None:
        self.source_digest = source_digest
        self.suffix = audio.suffix
        self.content_type = audio.content_type
        self._digest = audio.digest
        self._content = audio.content
        self._head_size = 0  # of what stands in front of the audio in the content
        self._clips: dict[bytes, Clip] = {}

    @property
    def size(self) -> int:
        """Return how many bytes are kept."""
        return len(self._content)

    def get(self, head: bytes) -> Clip:
        """Return the clip with this head."""
        if (clip := self._clips.get(head)) is None:
            clip = self._clips[head] = self._create(head)
        return clip

    def _create(self, head: bytes) -> Clip:
        if not self._clips and self.size < MAX_COPY:
            # The first head is usually the only one.
            self._content = head + self._content
            self._head_size = len(head)
            pieces = [memoryview(self._content)]
        else:
            pieces = [memoryview(self._content)[self._head_size :]]
            if head:
                pieces.insert(0, memoryview(head))
        tag = hashlib.sha256(head + self._digest.encode()).hexdigest()
        return Clip(tuple(pieces), self.content_type, tag)
