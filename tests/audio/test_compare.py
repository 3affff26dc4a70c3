"""Whether a PBX stores what was uploaded, whatever its bytes are."""

import pytest

from custom_components.yeastar_vm.audio import sounds_like, to_telephony
from tests.greetings.recordings import music

from .sounds import SPEECH, run, sound

OTHER = SPEECH.replace("seed=1", "seed=2")


async def stored(ffmpeg: str, wav: bytes, *arguments: str) -> bytes:
    """Return a WAV file as a PBX could store it."""
    content, _ = await run(
        ffmpeg, *("-f", "wav", "-i", "pipe:0", *arguments, "-f", "wav"), source=wav
    )
    return content


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("-c:a", "pcm_alaw"),
        ("-c:a", "pcm_mulaw"),
        ("-c:a", "adpcm_ima_wav"),
        ("-af", "volume=-6dB"),
        ("-af", "adelay=20"),
        ("-af", "apad=pad_dur=0.1"),
        ("-af", "atrim=start=0.03"),
        ("-ar", "16000"),
    ],
    ids=" ".join,
)
async def test_the_same_in_other_bytes(
    ffmpeg_binary: str, arguments: tuple[str, ...]
) -> None:
    """Another encoding, another level, a little earlier, later, or longer."""
    wav = await to_telephony(ffmpeg_binary, await sound(ffmpeg_binary, SPEECH))

    other = await stored(ffmpeg_binary, wav, *arguments)

    assert await sounds_like(ffmpeg_binary, other, wav)


@pytest.mark.parametrize(
    "other",
    [OTHER, OTHER.replace("duration=5", "duration=4"), "sine=frequency=700:duration=5"],
)
async def test_another_recording(ffmpeg_binary: str, other: str) -> None:
    """Of the same length, too."""
    wav, old = [
        await to_telephony(ffmpeg_binary, await sound(ffmpeg_binary, each))
        for each in (SPEECH, other)
    ]

    assert not await sounds_like(ffmpeg_binary, old, wav)
    assert not await sounds_like(ffmpeg_binary, wav, old)


async def test_half_of_it(ffmpeg_binary: str) -> None:
    """A PBX may store what it got."""
    wav = await to_telephony(ffmpeg_binary, music(2))

    assert not await sounds_like(ffmpeg_binary, wav[: len(wav) // 2], wav)
