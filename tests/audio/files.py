"""Audio files as a PBX could store them."""

import asyncio
import struct

from simulator import Encoding, SimulatedGreeting

FREQUENCY = 600  # Hz, one for which there is GSM audio
DURATION = 2.0  # seconds


def tone(encoding: Encoding = Encoding.PCM16, duration: float = DURATION) -> bytes:
    """Return a WAV file with a tone."""
    return SimulatedGreeting(
        "tone.wav", encoding=encoding, frequency=FREQUENCY, duration=duration
    ).audio()


def samples(wav: bytes) -> bytes:
    """Return the samples of a WAV file."""
    return wav[wav.index(b"data") + 8 :]


def chunk(name: bytes, content: bytes) -> bytes:
    """Return a chunk of a WAV file; one of odd length is padded."""
    return name + struct.pack("<I", len(content)) + content + bytes(len(content) % 2)


def fmt(tag: int = 1, *, subformat: int | None = None, bits: int = 16) -> bytes:
    """Return the chunk that says how the audio is encoded."""
    width = bits // 8
    head = struct.pack("<HHIIHH", tag, 1, 8000, 8000 * width, width, bits)
    if subformat is not None:
        head += struct.pack("<HHIH", 22, bits, 4, subformat)
        head += b"\0\0\0\0\x10\0\x80\0\0\xaa\0\x38\x9b\x71"
    return chunk(b"fmt ", head)


def wav(*chunks: bytes, magic: bytes = b"RIFF") -> bytes:
    """Return a WAV file."""
    body = b"WAVE" + b"".join(chunks)
    return magic + struct.pack("<I", len(body)) + body


def gsm_frames(source: bytes) -> bytes:
    """Return the frames of a WAV file as they are without one, as in a `.gsm` file.

    Microsoft packs the fields of two frames into 65 bytes, from the lowest bit on;
    otherwise each frame has 33 bytes: 0xD and the fields, from the highest bit on.
    """
    subframe = (7, 2, 2, 6, *[3] * 13)
    widths = (6, 6, 5, 5, 4, 4, 3, 3, *subframe * 4)
    data = samples(source)
    frames = b""
    for start in range(0, len(data) - 64, 65):
        packed = int.from_bytes(data[start : start + 65], "little")
        for _ in range(2):
            frame = 0xD
            for width in widths:
                frame = frame << width | packed & (1 << width) - 1
                packed >>= width
            frames += frame.to_bytes(33)
    return frames


def id3(size: int) -> bytes:
    """Return an ID3v2 tag of some bytes of padding."""
    return (
        b"ID3\x03\0\0" + bytes(size >> s & 0x7F for s in (21, 14, 7, 0)) + bytes(size)
    )


def apev2(items: bytes = b"") -> bytes:
    """Return an APEv2 tag: a header, and items without a footer."""
    head = struct.pack("<8sIIII", b"APETAGEX", 2000, len(items), 0, 0xA0000000)
    return head + bytes(8) + items


async def encoded(ffmpeg: str, *arguments: str) -> bytes:
    """Return the tone as ffmpeg encodes it; the arguments end with a container."""
    *options, container = arguments
    process = await asyncio.create_subprocess_exec(
        *(ffmpeg, "-loglevel", "error", "-f", "wav", "-i", "pipe:0"),
        *(*options, "-f", container, "pipe:1"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    content, _ = await process.communicate(tone())
    assert process.returncode == 0
    return content
