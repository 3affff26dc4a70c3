"""What the speech-to-text engines of the demo take: telephone speech, one channel."""

from typing import Final, override

from homeassistant.components import stt

RATE: Final = 16_000
"""Samples per second, of 16 bits each, that the model of pocketsphinx was made with."""


class TelephoneEngine(stt.SpeechToTextEntity):
    """A speech-to-text entity that takes one kind of audio."""

    @property
    @override
    def supported_formats(self) -> list[stt.AudioFormats]:
        return [stt.AudioFormats.WAV]

    @property
    @override
    def supported_codecs(self) -> list[stt.AudioCodecs]:
        return [stt.AudioCodecs.PCM]

    @property
    @override
    def supported_bit_rates(self) -> list[stt.AudioBitRates]:
        return [stt.AudioBitRates.BITRATE_16]

    @property
    @override
    def supported_sample_rates(self) -> list[stt.AudioSampleRates]:
        return [stt.AudioSampleRates(RATE)]

    @property
    @override
    def supported_channels(self) -> list[stt.AudioChannels]:
        return [stt.AudioChannels.CHANNEL_MONO]
