"""Several recordings as one, for players that have no queue."""

from collections.abc import Sequence
import io
from typing import Final
import wave

from .errors import AudioTooLong
from .formats import split_wav
from .memory import offload
from .wav import WAV_HEADER, to_speech

RATE: Final = 16_000  # Hz
BYTES_A_SAMPLE: Final = 2
MAX_JOINED: Final = 30 * 60 * RATE * BYTES_A_SAMPLE  # half an hour
_PAUSE: Final = bytes(RATE * BYTES_A_SAMPLE * 7 // 10)  # 0.7 s between two recordings


class Joiner:
    """Recordings one after the other, with a short pause between them: half an hour.

    How long each is, is known once it is decoded.
    """

    def __init__(self, binary: str, pause: bytes = _PAUSE) -> None:
        """`binary` is the ffmpeg, `pause` is the silence between two recordings."""
        self._binary = binary
        self._pause = pause
        self._samples: list[bytes] = []
        self._size = 0

    async def add(self, source: bytes) -> bool:
        """Add a recording, and return whether it fits; the first one does.

        Raise an AudioError.
        """
        wav = await to_speech(self._binary, source, RATE)
        size = self._size + len(wav) - WAV_HEADER + len(self._pause)
        if self._samples and size > MAX_JOINED:
            return False
        self._samples.append(wav[WAV_HEADER:])
        self._size = size
        return True

    async def joined(self) -> bytes:
        """Return the recordings as a WAV file."""
        return await offload(self._size, _to_wav, self._samples, self._pause)


async def join(binary: str, sources: Sequence[bytes]) -> bytes:
    """Return recordings as one; one alone is returned as it is.

    Raise an AudioError.
    """
    return await _join(binary, sources, _PAUSE)


async def join_parts(binary: str, source: bytes) -> bytes:
    """Return what stands one after the other in a file as one; otherwise as it is.

    Raise an AudioError.
    """
    return await _join(binary, split_wav(source), b"")


async def _join(binary: str, sources: Sequence[bytes], pause: bytes) -> bytes:
    if len(sources) == 1:
        return sources[0]
    joiner = Joiner(binary, pause)
    for source in sources:
        if not await joiner.add(source):
            raise AudioTooLong
    return await joiner.joined()


def _to_wav(samples: list[bytes], pause: bytes) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(BYTES_A_SAMPLE)
        writer.setframerate(RATE)
        writer.writeframes(pause.join(samples))
    return file.getvalue()
