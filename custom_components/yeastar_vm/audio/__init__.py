"""Audio: make what a PBX stores playable, and name it for players.

Nothing here knows Home Assistant or the PBX.
"""

from .compare import sounds_like
from .conversion import MAX_CLIP, MP3_SUFFIX, Audio, convert
from .errors import (
    AudioError,
    AudioNotDecodable,
    AudioSilent,
    AudioTooLong,
    ConversionTimedOut,
    FfmpegError,
    FfmpegFailed,
    FfmpegMissing,
    FfmpegWithoutDecoder,
    FfmpegWithoutEncoder,
)
from .id3 import Metadata, id3_tag
from .join import Joiner, join
from .memory import content_digest, drop_locals
from .telephony import MAX_UPLOAD, TELEPHONY_BYTES_A_SECOND, to_telephony
from .wav import WAV_HEADER, to_speech

__all__ = [
    "MAX_CLIP",
    "MAX_UPLOAD",
    "MP3_SUFFIX",
    "TELEPHONY_BYTES_A_SECOND",
    "WAV_HEADER",
    "Audio",
    "AudioError",
    "AudioNotDecodable",
    "AudioSilent",
    "AudioTooLong",
    "ConversionTimedOut",
    "FfmpegError",
    "FfmpegFailed",
    "FfmpegMissing",
    "FfmpegWithoutDecoder",
    "FfmpegWithoutEncoder",
    "Joiner",
    "Metadata",
    "content_digest",
    "convert",
    "drop_locals",
    "id3_tag",
    "join",
    "sounds_like",
    "to_speech",
    "to_telephony",
]
