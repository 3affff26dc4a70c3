"""Telephony audio, made playable: what it is, and its conversion with ffmpeg."""

import asyncio
from dataclasses import dataclass, field
from enum import IntEnum
import logging
import secrets
from typing import ClassVar, Final

_LOGGER = logging.getLogger(__name__)

CONVERT_TIMEOUT: Final = 30  # seconds
GSM_FRAME: Final = 33  # bytes of GSM 06.10, the first of which begins with 0xD
MAX_CHUNKS: Final = 100  # of a WAV file that may come before its format
MAX_CLIP: Final = 64 * 1024 * 1024  # bytes of MP3: more than two hours

# 44.1 kHz, because Sonos refuses less than 16 kHz and Cast clips the start of less than
# 44.1; a constant 64 kbit/s, which every decoder takes and telephony does not fill.
MP3_ARGUMENTS: Final = (
    *("-map", "0:a:0", "-map_metadata", "-1", "-ac", "1", "-ar", "44100"),
    *("-c:a", "libmp3lame", "-b:a", "64k", "-fs", str(MAX_CLIP)),
    *("-write_xing", "0", "-id3v2_version", "0", "-fflags", "+bitexact", "-f", "mp3"),
)


class AudioError(Exception):
    """The audio cannot be made playable."""

    key = "audio_not_decodable"
    details: ClassVar[dict[str, str]] = {}


class FfmpegMissing(AudioError):
    """The audio needs converting, and Home Assistant has no ffmpeg."""

    key = "ffmpeg_missing"


class WavFormat(IntEnum):
    """Format tags of WAV files that matter here."""

    PCM = 0x0001
    EXTENSIBLE = 0xFFFE


@dataclass(frozen=True, slots=True)
class Clip:
    """Audio as a player gets it. `tag` tells one clip from every other."""

    content: bytes = field(repr=False)
    content_type: str
    suffix: str
    tag: str = field(default_factory=lambda: secrets.token_hex(8))


async def convert(ffmpeg: str, source: bytes) -> Clip:
    """Return WAV, MP3 or GSM audio, which a PBX takes, as MP3, 44.1 kHz, mono.

    `ffmpeg` is the binary; where it is missing, what players can play passes as it is.
    Raise FfmpegMissing for the rest, and AudioError for what is not audio.
    """
    wav_format = _wav_format(source)
    if wav_format is not None:
        container = "wav"
    elif _is_mp3(source):
        container = "mp3"
    elif _is_gsm(source):
        container = "gsm"
    else:
        raise AudioError("neither WAV nor MP3 nor GSM")
    try:
        content = await _run_ffmpeg(ffmpeg, container, source)
    except FileNotFoundError, PermissionError:
        if container == "mp3":
            return Clip(source, "audio/mpeg", ".mp3")
        if wav_format == WavFormat.PCM:
            return Clip(source, "audio/wav", ".wav")
        raise FfmpegMissing("no ffmpeg") from None
    return Clip(content, "audio/mpeg", ".mp3")


async def _run_ffmpeg(binary: str, container: str, source: bytes) -> bytes:
    """Convert over pipes.

    The container is named and only pipes are allowed: probing could take the input for
    a playlist and open what it lists.
    """
    process = await asyncio.create_subprocess_exec(
        *(binary, "-nostdin", "-hide_banner", "-loglevel", "error"),
        *("-protocol_whitelist", "pipe", "-f", container, "-i", "pipe:0"),
        *(*MP3_ARGUMENTS, "pipe:1"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(CONVERT_TIMEOUT):
            content, errors = await process.communicate(source)
    except TimeoutError:
        raise AudioError("ffmpeg took too long") from None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode or not content or len(content) >= MAX_CLIP:
        _LOGGER.debug("ffmpeg: %s", errors.decode(errors="replace").strip())
        raise AudioError("ffmpeg cannot convert it")
    return content


def _is_mp3(source: bytes) -> bool:
    """Return whether it begins as MP3 does: with a tag or a frame's sync bits."""
    return source[:3] == b"ID3" or (
        len(source) > 1 and source[0] == 0xFF and source[1] & 0xE0 == 0xE0
    )


def _is_gsm(source: bytes) -> bool:
    """Return whether it consists of frames of GSM 06.10, without anything around."""
    if len(source) % GSM_FRAME:
        return False
    return {byte >> 4 for byte in set(source[::GSM_FRAME])} == {0xD}


def _wav_format(source: bytes) -> int | None:
    """Return the format tag of a WAV file; None where it is none."""
    if source[:4] != b"RIFF" or source[8:12] != b"WAVE":
        return None
    position = 12
    for _ in range(MAX_CHUNKS):
        size = int.from_bytes(source[position + 4 : position + 8], "little")
        if source[position : position + 4] == b"fmt " and position + 10 <= len(source):
            tag = int.from_bytes(source[position + 8 : position + 10], "little")
            if tag == WavFormat.EXTENSIBLE:
                # The real tag stands at the start of the sub-format.
                return int.from_bytes(source[position + 32 : position + 34], "little")
            return tag
        position += 8 + size + size % 2
    return None
