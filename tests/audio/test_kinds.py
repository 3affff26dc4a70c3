"""Whatever ffmpeg can decode is played, however it is stored."""

from array import array
from collections.abc import Callable
from pathlib import Path
from random import Random
import struct

import pytest

from custom_components.yeastar_vm.audio import AudioNotDecodable, convert
from simulator import Encoding, SimulatedGreeting
from tools.demo.audio import measure

from .files import (
    DURATION,
    FREQUENCY,
    apev2,
    chunk,
    encoded,
    fmt,
    gsm_frames,
    id3,
    samples,
    tone,
    wav,
)

PCM = samples(tone())
DATA = chunk(b"data", PCM)


def data(size: int) -> bytes:
    """Return the audio with a size that is not its own."""
    return b"data" + struct.pack("<I", size) + PCM


def rf64() -> bytes:
    """Return a WAV file with sizes of 64 bits (EBU Tech 3306)."""
    ds64 = chunk(b"ds64", struct.pack("<QQQI", len(PCM) + 72, len(PCM), 8000, 0))
    return wav(ds64, fmt(), data(0xFFFFFFFF), magic=b"RF64")


def rifx() -> bytes:
    """Return a WAV file whose numbers begin with the highest byte."""
    swapped = array("h", PCM)
    swapped.byteswap()
    content = swapped.tobytes()
    head = struct.pack(">HHIIHH", 1, 1, 8000, 16_000, 2, 16)
    fmt_chunk = b"fmt " + struct.pack(">I", len(head)) + head
    data_chunk = b"data" + struct.pack(">I", len(content)) + content
    body = b"WAVE" + fmt_chunk + data_chunk
    return b"RIFX" + struct.pack(">I", len(body)) + body


def wave64() -> bytes:
    """Return a Sony Wave64 file."""

    def w64_chunk(name: bytes, guid: str, content: bytes) -> bytes:
        return (
            name + bytes.fromhex(guid) + struct.pack("<Q", 24 + len(content)) + content
        )

    tail = "f3acd3118cd100c04f8edb8a"
    chunks = w64_chunk(b"fmt ", tail, fmt()[8:]) + w64_chunk(b"data", tail, PCM)
    head = b"riff" + bytes.fromhex("2e91cf11a5d628db04c10000")
    wave = b"wave" + bytes.fromhex(tail)
    return head + struct.pack("<Q", 40 + len(chunks)) + wave + chunks


@pytest.mark.parametrize("encoding", Encoding)
async def test_every_telephony_format(encoding: Encoding, ffmpeg_binary: str) -> None:
    """As the PBX documents them."""
    await assert_plays(ffmpeg_binary, tone(encoding))


BROADCAST = chunk(b"bext", bytes(602))

WAV_FILES = {
    "chunks in front": wav(chunk(b"JUNK", bytes(28)), BROADCAST, fmt(), DATA),
    "a chunk of odd size in front": wav(chunk(b"note", b"odd"), fmt(), DATA),
    "many chunks in front": wav(*[chunk(b"junk", b"")] * 200, fmt(), DATA),
    "chunks behind": wav(fmt(), DATA, chunk(b"LIST", b"INFOISFT\x02\0\0\0a\0")),
    "an extensible format": wav(fmt(0xFFFE, subformat=1), DATA),
    "a size of 0": wav(fmt(), data(0)),
    "the size of a stream": wav(fmt(), data(0xFFFFFFFF)),
    "a size too large": wav(fmt(), data(10 * len(PCM))),
    "no size of the whole": wav(fmt(), DATA)[:4] + bytes(4) + wav(fmt(), DATA)[8:],
    "a byte cut off": wav(fmt(), DATA)[:-1],
    "RF64": rf64(),
    "BW64": b"BW64" + rf64()[4:],
    "Wave64": wave64(),
    "RIFX": rifx(),
}


@pytest.mark.parametrize("kind", WAV_FILES)
async def test_every_kind_of_wav_file(kind: str, ffmpeg_binary: str) -> None:
    """Whatever a program made of its header."""
    await assert_plays(ffmpeg_binary, WAV_FILES[kind])


@pytest.mark.parametrize(
    "arguments",
    [
        ("-c:a", "libmp3lame", "wav"),
        ("-c:a", "adpcm_ima_wav", "wav"),
        ("-c:a", "pcm_s24le", "wav"),
        ("-c:a", "pcm_u8", "wav"),
        ("-ac", "2", "wav"),
        ("-c:a", "libvorbis", "ogg"),
        ("-c:a", "libopus", "ogg"),
        ("flac",),
        ("adts",),
        ("au",),
        ("-c:a", "libopus", "webm"),
        ("avi",),
        ("-c:a", "wmav2", "asf"),
        ("mpegts",),
        ("-c:a", "aac", "mpegts"),
        ("mpeg",),
        ("vob",),
        ("-ar", "44100", "flv"),
        ("ac3",),
        ("eac3",),
        ("wv",),
        ("tta",),
        ("-c:a", "aac", "latm"),
        ("matroska",),
        ("mp2",),
        ("-c:a", "amr_nb", "amr"),
        ("-c:a", "ac3", "rm"),
        ("caf",),
        ("voc",),
        ("nut",),
    ],
    ids=" ".join,
)
async def test_other_codecs_and_containers(
    arguments: tuple[str, ...], ffmpeg_binary: str
) -> None:
    """As another firmware could store them."""
    await assert_plays(ffmpeg_binary, await encoded(ffmpeg_binary, *arguments))


MP3_FILES: dict[str, Callable[[bytes], bytes]] = {
    "as it is": lambda mp3: mp3,
    "a tag": lambda mp3: id3(10) + mp3,
    "a large tag": lambda mp3: id3(300_000) + mp3,
    "two tags": lambda mp3: id3(100) + id3(200) + mp3,
    "a tag and zeros": lambda mp3: id3(100) + bytes(500) + mp3,
    "an APEv2 tag": lambda mp3: apev2() + mp3,
    "an APEv2 tag with items": lambda mp3: apev2(b"\0title\0" * 20) + mp3,
    "3 zeros": lambda mp3: bytes(3) + mp3,
    "1000 zeros": lambda mp3: bytes(1000) + mp3,
    "an empty line": lambda mp3: b"\r\n" + mp3,
    "the end of another frame": lambda mp3: mp3[-50:] + mp3,
    "a tag behind": lambda mp3: mp3 + b"TAG" + bytes(125),
    "the last frame cut off": lambda mp3: mp3[:-10],
}


@pytest.mark.parametrize("kind", MP3_FILES)
@pytest.mark.parametrize("rate", ["8000", "44100"])
async def test_every_kind_of_mp3_file(kind: str, rate: str, ffmpeg_binary: str) -> None:
    """With whatever stands before the first frame."""
    options = ("-c:a", "libmp3lame", "-ar", rate, "-id3v2_version", "0", "mp3")
    mp3 = await encoded(ffmpeg_binary, *options)

    await assert_plays(ffmpeg_binary, MP3_FILES[kind](mp3))


@pytest.mark.parametrize("container", ["adts", "flac"])
async def test_a_tag_in_front_of_something_else(
    container: str, ffmpeg_binary: str
) -> None:
    """It is not MP3 because it begins with an ID3 tag."""
    audio = await encoded(ffmpeg_binary, container)

    await assert_plays(ffmpeg_binary, id3(100) + audio)


@pytest.mark.parametrize("cut", [0, 1, 20, 32])
async def test_raw_gsm(cut: int, ffmpeg_binary: str) -> None:
    """The PBX takes `.gsm` files; the last frame may be incomplete."""
    frames = gsm_frames(tone(Encoding.GSM))

    await assert_plays(ffmpeg_binary, frames[: len(frames) - cut])


async def test_raw_gsm_with_damaged_frames(ffmpeg_binary: str) -> None:
    """A few do not make it something else."""
    frames = bytearray(gsm_frames(tone(Encoding.GSM)))
    frames[:2] = b"\0\0"
    frames += b"the end"

    await assert_plays(ffmpeg_binary, bytes(frames))


@pytest.mark.parametrize("encoding", [Encoding.PCM16, Encoding.GSM])
async def test_audio_cut_off(encoding: Encoding, ffmpeg_binary: str) -> None:
    """It plays as far as it goes."""
    source = tone(encoding)
    half = len(source) - len(samples(source)) // 2

    await assert_plays(ffmpeg_binary, source[:half], duration=DURATION / 2)


@pytest.mark.parametrize("header", ["right", "of a stream"])
async def test_two_files_in_one(header: str, ffmpeg_binary: str) -> None:
    """Engines that speak sentence by sentence put them together. Both are heard."""
    first = wav(fmt(), DATA) if header == "right" else wav(fmt(), data(0xFFFFFFFF))

    await assert_plays(ffmpeg_binary, first + wav(fmt(), DATA), duration=2 * DURATION)


@pytest.mark.parametrize("frequency", range(300, 1300, 50))
async def test_a_tone_looks_like_nothing_else(
    frequency: int, ffmpeg_binary: str
) -> None:
    """What repeats itself may look like another container to ffmpeg."""
    greeting = SimulatedGreeting("tone.wav", frequency=frequency, duration=2)

    audio = await convert(ffmpeg_binary, greeting.audio())

    sound = await measure(audio.content)
    assert sound.frequency == pytest.approx(frequency, abs=5)


NO_AUDIO = {
    "nothing": b"",
    "a byte": b"\xff",
    "the name of a format": b"RIFF",
    "a WAV file without chunks": wav(),
    "a chunk without an end": wav(b"fmt \xff\xff\xff\xff"),
    "another RIFF file": b"RIFF\0\0\0\0AVI LIST",
    "a WAV file cut off in its format": wav(fmt(), DATA)[:30],
    "a WAV file without audio": wav(fmt(), data(0)[:8]),
    "an unknown codec": wav(fmt(0x7777), DATA),
    "words": b"not audio",
    "a playlist": b"#EXTM3U\nfile:///etc/passwd\n",
    "a playlist behind a tag": b"ID3#EXTM3U\nfile:///etc/passwd\n",
    "a list of files": b"ffconcat version 1.0\nfile /etc/passwd\n",
    "a text": b"A text that is long enough for everything to be tried. " * 1000,
    "zeros": bytes(100_000),
    "ones": b"\xff" * 100_000,
    "all bytes": bytes(range(256)) * 400,
    "samples without a header": PCM,
    "noise": Random(1).randbytes(200_000),
    "a playlist of HLS": (
        b"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile:///etc/passwd\n"
    ),
    "a session description": b"v=0\no=- 0 0 IN IP4 127.0.0.1\nm=audio 9 RTP/AVP 0\n",
    "a picture": b"\x89PNG\r\n\x1a\n" + bytes(1000),
    "a program": Path("/bin/sh").read_bytes(),
}


@pytest.mark.parametrize("kind", NO_AUDIO)
async def test_what_is_not_audio(kind: str, ffmpeg_binary: str) -> None:
    """It is the file's fault. No player gets noise."""
    with pytest.raises(AudioNotDecodable):
        await convert(ffmpeg_binary, NO_AUDIO[kind])


async def assert_plays(
    ffmpeg: str, source: bytes, *, duration: float = DURATION
) -> None:
    """Assert that the tone is heard for some seconds after a conversion."""
    audio = await convert(ffmpeg, source)

    assert (audio.content_type, audio.suffix) == ("audio/mpeg", ".mp3")
    sound = await measure(audio.content)
    assert sound.frequency == pytest.approx(FREQUENCY, abs=5)
    # An encoder of a few samples a second puts more silence in front of them.
    assert duration - 0.05 < sound.duration < duration + 0.25
