"""What an MP3 file consists of, read independently of the integration."""

from dataclasses import dataclass

# Of MPEG 1, layer III, by the bits of the header: kbit/s and Hz.
_BIT_RATES = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_SAMPLING_RATES = (44100, 48000, 32000)

SAMPLES = 1152  # of a frame


@dataclass(frozen=True)
class Info:
    """The frame in front of all others that says how long a file is.

    `delay` and `padding` are the samples that the encoder put around the audio.
    """

    frames: int
    size: int
    delay: int
    padding: int


def read_frames(mp3: bytes) -> list[bytes]:
    """Return all frames of a file that has nothing else."""
    frames = []
    position = 0
    while position < len(mp3):
        header = int.from_bytes(mp3[position : position + 4])
        assert header >> 17 == 0x7FFD, f"no frame of MPEG 1, layer III, at {position}"
        bit_rate = _BIT_RATES[header >> 12 & 15] * 1000
        padding = header >> 9 & 1
        size = 144 * bit_rate // sampling_rate(mp3[position:]) + padding
        frames.append(mp3[position : position + size])
        position += size
    assert position == len(mp3)
    return frames


def sampling_rate(frame: bytes) -> int:
    """Return the sampling rate of a frame, in Hz."""
    return _SAMPLING_RATES[frame[2] >> 2 & 3]


def channels(frame: bytes) -> int:
    """Return the channels of a frame."""
    return 1 if frame[3] >> 6 == 3 else 2


def read_info(frame: bytes) -> Info:
    """Return what the first frame of a file of one channel says."""
    head = frame[4 + 17 :]
    assert head[:4] == b"Info"
    assert int.from_bytes(head[4:8]) & 3 == 3
    around = int.from_bytes(head[141:144])
    return Info(
        int.from_bytes(head[8:12]),
        int.from_bytes(head[12:16]),
        around >> 12,
        around & 0xFFF,
    )


def read_tag(mp3: bytes) -> tuple[dict[str, str], bytes]:
    """Return the texts of an ID3v2.3 or ID3v2.4 tag, and what follows it."""
    assert mp3[:6] in (b"ID3\x03\0\0", b"ID3\x04\0\0")
    is_newest = mp3[3] == 4
    end = 10 + synchsafe(mp3[6:10])
    texts = {}
    position = 10
    while position < end:
        name = mp3[position : position + 4].decode()
        size_bytes = mp3[position + 4 : position + 8]
        size = synchsafe(size_bytes) if is_newest else int.from_bytes(size_bytes)
        content = mp3[position + 10 : position + 10 + size]
        encoding = {b"\x00": "latin-1", b"\x03": "utf-8"}[content[:1]]
        assert is_newest or encoding == "latin-1"
        texts[name] = content[1:].decode(encoding)
        position += 10 + size
    assert position == end
    return texts, mp3[end:]


def synchsafe(size: bytes) -> int:
    """Return a size with seven bits a byte."""
    assert all(byte < 128 for byte in size)
    return sum(byte << shift for byte, shift in zip(size, (21, 14, 7, 0), strict=True))
