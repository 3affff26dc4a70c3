"""Errors of the conversion: the audio, the time, or this ffmpeg."""

from typing import override

from ..library import LibraryError


class AudioError(LibraryError):
    """The audio cannot be made playable."""


class AudioNotDecodable(AudioError):
    """It is damaged or not audio: record or upload it again."""

    key = "audio_not_decodable"
    text = "ffmpeg cannot decode it"


class AudioSilent(AudioError):
    """Nothing in it can be heard."""

    key = "audio_silent"
    text = "the audio is silent"


class AudioTooLong(AudioError):
    """The result would be larger than what is kept in memory."""

    key = "audio_too_long"
    text = "the audio is too long"


class ConversionTimedOut(AudioError):
    """The machine is too slow or too busy: try again."""

    key = "conversion_timed_out"
    text = "ffmpeg took too long"


class FfmpegError(AudioError):
    """The ffmpeg cannot be used, whatever the audio is: install another one."""


class FfmpegMissing(FfmpegError):
    """There is no ffmpeg."""

    key = "ffmpeg_missing"
    text = "no ffmpeg"


class FfmpegFailed(FfmpegError):
    """It cannot be started, ends at once, or does not do what ffmpeg does.

    `reason` is what the system says, such as `Exec format error`.
    """

    key = "ffmpeg_failed"

    def __init__(self, reason: str) -> None:
        super().__init__(f"ffmpeg does not work: {reason}")
        self.reason = reason

    @property
    @override
    def details(self) -> dict[str, str]:
        """Return the reason."""
        return {"reason": self.reason}


class FfmpegWithoutEncoder(FfmpegError):
    """It was built without an encoder for what is asked of it."""

    key = "ffmpeg_without_encoder"
    text = "ffmpeg has no encoder"


class FfmpegWithoutDecoder(FfmpegError):
    """It was built without a decoder for this audio."""

    key = "ffmpeg_without_decoder"
    text = "ffmpeg has no decoder"
