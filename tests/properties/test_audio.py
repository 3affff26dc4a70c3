"""Audio: what it is, told from its bytes, and what ffmpeg makes of it."""

import io
import wave

from hypothesis import assume, example, given, strategies as st
import pytest

from custom_components.yeastar_vm.audio import (
    Audio,
    AudioNotDecodable,
    FfmpegMissing,
    Metadata,
    convert,
    id3_tag,
)
from custom_components.yeastar_vm.audio.formats import (
    is_gsm,
    is_pcm_wav,
    rifx_bits,
    split_wav,
)
from custom_components.yeastar_vm.audio.mp3 import id3_size, mp3_start
from simulator import Encoding
from tests.audio.files import chunk, fmt, gsm_frames, tone, wav
from tests.audio.frames import read_frames, read_tag

from .running import Run
from .strategies import FEW, WITH_FIXTURES, edited, texts

NO_FFMPEG = "/nowhere/ffmpeg"

SILENCE = chunk(b"data", bytes(800))
RIGHT = wav(chunk(b"LIST", b"odd"), fmt(), SILENCE)

_other_chunks = st.lists(
    st.builds(
        chunk,
        st.binary(min_size=4, max_size=4).filter(
            lambda name: name not in (b"fmt ", b"data")
        ),
        st.binary(),
    ),
    max_size=5,
).map(b"".join)
_tags = st.integers(0, 0xFFFF)
_formats = st.builds(fmt, _tags) | st.builds(
    lambda tag, subformat: fmt(tag, subformat=subformat), _tags, _tags
)
sources = (
    edited(RIGHT, st.binary(max_size=4))
    | st.binary()
    | st.binary().map(RIGHT[:12].__add__)
    | st.builds(wav, _other_chunks, _formats, st.just(SILENCE))
)


@given(_other_chunks, _tags, st.booleans())
def test_the_format_is_found_behind_other_chunks(
    before: bytes, tag: int, extensible: bool
) -> None:
    """Of whatever length they are, and also where it is in an extensible format."""
    assume(tag != 0xFFFE)
    how = fmt(0xFFFE, subformat=tag) if extensible else fmt(tag)
    assert is_pcm_wav(wav(before, how, SILENCE)) == (tag == 1)


@given(sources)
def test_what_python_reads_as_wav_is_pcm(source: bytes) -> None:
    """Python's own `wave` reads nothing else."""
    try:
        with wave.open(io.BytesIO(source)) as file:
            assume(file.getsampwidth() == 2)
            assume(file.readframes(1))
    except wave.Error, EOFError, RuntimeError:
        return
    assert is_pcm_wav(source)


@given(sources | st.binary().map(b"ID3".__add__))
def test_any_bytes_can_be_looked_at(source: bytes) -> None:
    """No bytes are an error, and nothing of them is lost."""
    assert b"".join(split_wav(source)) == source
    assert is_gsm(source) in (True, False)
    assert rifx_bits(source) in (None, 16, 24, 32)
    assert 0 <= id3_size(source) < len(source) + 2**28 + 11
    assert mp3_start(source) is None or not is_pcm_wav(source)


@pytest.mark.parametrize("size", [0, 1])
def test_a_file_of_nothing_but_chunks_is_not_read_to_its_end(size: int) -> None:
    """It can have millions, and nothing else runs meanwhile."""
    many = chunk(b"junk", bytes(size)) * 1000
    assert not is_pcm_wav(wav(many, fmt(), SILENCE))


@WITH_FIXTURES
@given(sources)
@example(b"ID3")
@example(wav(fmt(6), SILENCE))
def test_without_ffmpeg_audio_passes_or_is_an_error(run: Run, source: bytes) -> None:
    """And what passes is what any player plays."""
    try:
        audio = run(convert(NO_FFMPEG, source))
    except FfmpegMissing:
        assert not is_pcm_wav(source)
        assert mp3_start(source) is None
    else:
        assert source.endswith(audio.content)
        assert (audio.suffix == ".wav") == is_pcm_wav(source)


_greetings = st.sampled_from(
    (
        tone(Encoding.ALAW, 0.2),
        tone(Encoding.PCM16, 0.2),
        tone(Encoding.GSM),
        gsm_frames(tone(Encoding.GSM)),
    )
)


@FEW
@given(_greetings.flatmap(lambda g: edited(g, st.binary(max_size=4))) | sources)
def test_ffmpeg_makes_mp3_of_it_or_an_error(
    run: Run, ffmpeg_binary: str, source: bytes
) -> None:
    """Whatever is wrong with the audio. The error is never that of this ffmpeg."""
    try:
        audio = run(convert(ffmpeg_binary, source))
    except AudioNotDecodable:
        return
    assert isinstance(audio, Audio)
    assert (audio.content_type, audio.suffix) == ("audio/mpeg", ".mp3")
    assert len(read_frames(audio.content)) > 1


@given(texts, texts, texts)
def test_any_text_is_a_title(title: str, artist: str, album: str) -> None:
    """As far as it can be shown, and the audio is found behind it."""
    tag = id3_tag(Metadata(title, artist, album))

    shown, rest = read_tag(tag + b"rest")

    assert rest == b"rest"
    assert id3_size(tag + b"rest") == len(tag)
    for text, frame in zip(
        (title, artist, album), ("TIT2", "TPE1", "TALB"), strict=True
    ):
        printable = "".join(filter(str.isprintable, text))
        assert shown[frame] == printable[:200]
