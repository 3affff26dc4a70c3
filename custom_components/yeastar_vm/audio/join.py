"""Several recordings as one, for players that have no queue."""

from collections.abc import Sequence
import io
from typing import Final
import wave

from .errors import AudioTooLong
from .memory import offload
from .wav import MAX_SPEECH, WAV_HEADER, to_speech

RATE: Final = 16_000  # Hz
BYTES_A_SAMPLE: Final = 2
_PAUSE: Final = bytes(RATE * BYTES_A_SAMPLE * 7 // 10)  # 0.7 s between two recordings


async def join(binary: str, sources: Sequence[bytes]) -> bytes:
    """Return recordings one after the other, with a short pause between them.

    One alone is returned as it is, several as a WAV file. `binary` is the ffmpeg. Raise
    an AudioError.
    """
    if len(sources) == 1:
        return sources[0]
    samples: list[bytes] = []
    size = 0
    for source in sources:
        wav = await to_speech(binary, source, RATE)
        samples.append(wav[WAV_HEADER:])
        size += len(samples[-1]) + len(_PAUSE)
        if size > MAX_SPEECH:
            raise AudioTooLong
    return await offload(size, _to_wav, samples)


def _to_wav(samples: list[bytes]) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(BYTES_A_SAMPLE)
        writer.setframerate(RATE)
        writer.writeframes(_PAUSE.join(samples))
    return file.getvalue()
