"""Audio: what it is, told from its first bytes."""

import io
import struct
import wave

from hypothesis import example, given, strategies as st
import pytest

from custom_components.yeastar_vm.audio import (
    AudioError,
    Clip,
    FfmpegMissing,
    WavFormat,
    _is_mp3,
    _wav_format,
    convert,
)
from tests.pbx_simulator import Encoding, SimulatedGreeting

from .running import Run
from .strategies import FEW, WITH_FIXTURES, edited

NO_FFMPEG = "/nowhere/ffmpeg"


def chunk(name: bytes, content: bytes) -> bytes:
    """Return a chunk of a WAV file; one of odd length is padded."""
    return name + struct.pack("<I", len(content)) + content + bytes(len(content) % 2)


def wav(*chunks: bytes) -> bytes:
    """Return a WAV file."""
    body = b"WAVE" + b"".join(chunks)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def fmt(tag: int, subformat: int = 1) -> bytes:
    """Return the chunk that says how the audio is encoded."""
    head = struct.pack("<HHIIHH", tag, 1, 8000, 16000, 2, 16)
    rest = struct.pack("<HHIH", 22, 16, 4, subformat)
    return chunk(b"fmt ", head + rest + b"\0\0\0\0\x10\0\x80\0\0\xaa\0\x38\x9b\x71")


SILENCE = chunk(b"data", bytes(800))
RIGHT = wav(chunk(b"LIST", b"odd"), fmt(1), SILENCE)

_other_chunks = st.lists(
    st.builds(
        chunk,
        st.binary(min_size=4, max_size=4).filter(lambda name: name != b"fmt "),
        st.binary(),
    ),
    max_size=5,
).map(b"".join)
_tags = st.integers(0, 0xFFFF)
sources = (
    edited(RIGHT, st.binary(max_size=4))
    | st.binary()
    | st.binary().map(RIGHT[:12].__add__)
    | st.builds(wav, _other_chunks, st.builds(fmt, _tags, _tags), st.just(SILENCE))
)


@given(_other_chunks, _tags.filter(lambda tag: tag != WavFormat.EXTENSIBLE))
def test_the_format_is_found_behind_other_chunks(before: bytes, tag: int) -> None:
    """Of whatever length they are, and also where it is in an extensible format."""
    assert _wav_format(wav(before, fmt(tag), SILENCE)) == tag
    extensible = fmt(WavFormat.EXTENSIBLE, tag)
    assert _wav_format(wav(before, extensible, SILENCE)) == tag


@given(sources)
def test_what_python_reads_as_wav_is_pcm(source: bytes) -> None:
    """Python's own `wave` reads nothing else."""
    try:
        with wave.open(io.BytesIO(source)):
            pass
    except wave.Error, EOFError, RuntimeError:
        return
    assert _wav_format(source) == WavFormat.PCM


@given(sources)
def test_audio_is_wav_or_mp3_or_neither(source: bytes) -> None:
    """No bytes are an error, or both."""
    tag = _wav_format(source)
    assert tag is None or (0 <= tag <= 0xFFFF and not _is_mp3(source))


@pytest.mark.parametrize("size", [0, 1])
def test_a_file_of_nothing_but_chunks_is_not_read_to_its_end(size: int) -> None:
    """It can have millions, and nothing else runs meanwhile."""
    many = chunk(b"junk", bytes(size)) * 1000
    assert _wav_format(wav(many, fmt(1), SILENCE)) is None


@WITH_FIXTURES
@given(sources)
@example(b"ID3")
@example(wav(fmt(6), SILENCE))
def test_without_ffmpeg_audio_passes_or_is_an_error(run: Run, source: bytes) -> None:
    """And what passes is what any player plays."""
    try:
        clip = run(convert(NO_FFMPEG, source))
    except FfmpegMissing:
        assert _wav_format(source) not in (None, WavFormat.PCM)
    except AudioError:
        assert _wav_format(source) is None
        assert not _is_mp3(source)
    else:
        assert clip.content == source
        assert clip.suffix == (".mp3" if _is_mp3(source) else ".wav")


_greeting = SimulatedGreeting("a.wav", encoding=Encoding.ALAW, duration=0.2).audio()


@FEW
@given(edited(_greeting, st.binary(max_size=4)) | sources)
def test_ffmpeg_makes_mp3_of_it_or_an_error(
    run: Run, ffmpeg_binary: str, source: bytes
) -> None:
    """Whatever is wrong with the audio."""
    try:
        clip = run(convert(ffmpeg_binary, source))
    except AudioError:
        return
    assert isinstance(clip, Clip)
    assert (clip.content_type, clip.suffix) == ("audio/mpeg", ".mp3")
    assert _is_mp3(clip.content)
