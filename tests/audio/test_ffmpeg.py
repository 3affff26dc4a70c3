"""An ffmpeg that cannot do it: whose fault it is, and what plays nevertheless."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from functools import partial
import os
from pathlib import Path
import resource
from unittest.mock import Mock

import pytest

from custom_components.yeastar_vm.audio import (
    AudioError,
    AudioNotDecodable,
    AudioTooLong,
    ConversionTimedOut,
    FfmpegError,
    FfmpegFailed,
    FfmpegMissing,
    FfmpegWithoutDecoder,
    FfmpegWithoutEncoder,
    conversion,
    convert,
    ffmpeg,
    to_speech,
    to_telephony,
)
from simulator import Encoding

from .files import chunk, encoded, fmt, id3, tone, wav
from .frames import read_frames, read_info

PCM = tone()
GSM = tone(Encoding.GSM)

type Install = Callable[[str], str]


@pytest.fixture
def install(tmp_path: Path) -> Install:
    """Return what puts a shell script in ffmpeg's place and returns its path."""

    def write(script: str) -> str:
        path = tmp_path / "ffmpeg"
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)
        return str(path)

    return write


async def fault(binary: str, source: bytes = GSM) -> AudioError:
    """Return what a conversion raises."""
    with pytest.raises(AudioError) as raised:
        await convert(binary, source)
    return raised.value


# --- it cannot be used ---------------------------------------------------------------


async def test_there_is_none() -> None:
    """The user has to install it."""
    assert type(await fault("/nowhere/ffmpeg")) is FfmpegMissing


async def test_one_for_another_machine(tmp_path: Path) -> None:
    """It cannot be started."""
    binary = tmp_path / "ffmpeg"
    binary.write_bytes(b"\x7fELF\x02\x01\x01\0garbage-of-another-architecture")
    binary.chmod(0o755)

    error = await fault(str(binary))

    assert isinstance(error, FfmpegFailed)
    assert error.details == {"reason": "Exec format error"}


@pytest.mark.parametrize("is_folder", [False, True])
async def test_one_that_is_no_program(tmp_path: Path, *, is_folder: bool) -> None:
    """A file that may not be executed, or a folder."""
    binary = tmp_path / "ffmpeg"
    if is_folder:
        binary.mkdir()
    else:
        binary.write_text("#!/bin/sh\n")
        binary.chmod(0o644)

    error = await fault(str(binary))

    assert isinstance(error, FfmpegFailed)
    assert error.details == {"reason": "Permission denied"}


@pytest.mark.parametrize(
    ("limit", "least", "reason"),
    [
        (resource.RLIMIT_NOFILE, 0, "Too many open files"),
        (resource.RLIMIT_FSIZE, 1000, "File too large"),
    ],
)
async def test_the_machine_is_out_of_something(
    ffmpeg_binary: str, limit: int, least: int, reason: str
) -> None:
    """That is not the fault of the audio, either."""
    soft, hard = resource.getrlimit(limit)
    resource.setrlimit(limit, (least, hard))
    try:
        error = await fault(ffmpeg_binary)
    finally:
        resource.setrlimit(limit, (soft, hard))

    assert isinstance(error, FfmpegFailed)
    assert error.details == {"reason": reason}


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("exit 1", "exit status 1"),
        ("echo error while loading shared libraries >&2; exit 127", "exit status 127"),
        ("kill -SEGV $$", "exit status -11"),
        ("exit 0", "no result"),
        ("echo MP3", "no result"),
        ("cat", "no result"),
        ("head -c 10000; exit 3", "exit status 3"),
        ("head -c 20000000 /dev/zero >&2; exit 1", "exit status 1"),
    ],
)
async def test_one_that_does_something_else(
    install: Install, script: str, reason: str
) -> None:
    """It ends at once, or says that it did well and gives nothing."""
    error = await fault(install(script))

    assert isinstance(error, FfmpegFailed)
    assert error.details == {"reason": reason}


WITHOUT = """
case "$*" in *"{part}"*)
    cat > /dev/null
    echo "{says}" >&2
    exit 8
esac
exec {ffmpeg} "$@"
"""


@pytest.mark.parametrize(
    ("part", "says"),
    [
        ("-c:a mp3", "[aost#0:0] Unknown encoder 'mp3'"),
        ("-c:a mp3", "Error opening output files: Encoder not found"),
        ("-f mp3", "[out#0] Requested output format 'mp3' is not known."),
        ("-f mp3", "Requested output format 'mp3' is not a suitable output format"),
    ],
)
async def test_one_without_an_encoder(
    install: Install, ffmpeg_binary: str, part: str, says: str
) -> None:
    """It says so, and PCM passes as it is."""
    binary = install(WITHOUT.format(part=part, says=says, ffmpeg=ffmpeg_binary))

    assert type(await fault(binary)) is FfmpegWithoutEncoder
    assert (await convert(binary, PCM)).content == PCM


async def test_one_without_a_container(install: Install, ffmpeg_binary: str) -> None:
    """It cannot read what it could decode."""
    says = "Unknown input format: 'wav'"
    script = WITHOUT.format(part="-i ", says=says, ffmpeg=ffmpeg_binary)

    assert type(await fault(install(script))) is FfmpegWithoutDecoder


async def test_one_without_lame(install: Install, ffmpeg_binary: str) -> None:
    """Another encoder does."""
    script = f'case "$*" in *lame*) exit 8; esac; exec {ffmpeg_binary} "$@"'

    audio = await convert(install(script), GSM)

    read_frames(audio.content)


ONLY_SHORT_FILES = """
if [ "$(stat -L -c %s /dev/stdin)" -gt 2000 ]; then
    echo "{says}" >&2
    exit 1
fi
exec {ffmpeg} "$@"
"""


@pytest.mark.parametrize(
    "says",
    [
        "[aist#0:0/gsm_ms] Decoding requested, but no decoder found for: gsm_ms",
        "Decoder (codec gsm_ms) not found for input stream #0:0",
    ],
)
async def test_one_without_a_decoder(
    install: Install, ffmpeg_binary: str, says: str
) -> None:
    """It knows what the audio is, and cannot read it."""
    script = ONLY_SHORT_FILES.format(says=says, ffmpeg=ffmpeg_binary)

    assert type(await fault(install(script))) is FfmpegWithoutDecoder


async def test_one_that_hangs_when_it_is_tested(
    install: Install, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It could not convert the audio, and it cannot convert silence."""
    monkeypatch.setattr(ffmpeg, "SELF_TEST_TIMEOUT", 1)
    script = ONLY_SHORT_FILES.format(says="", ffmpeg="sleep 60 #")

    error = await fault(install(script))

    assert isinstance(error, FfmpegFailed)
    assert error.details == {"reason": "no result"}


@pytest.mark.parametrize(
    "says",
    [
        "Invalid data found when processing input",
        "Decoding requested, but no decoder found for: none",
        "Decoder (codec none) not found for input stream #0:0",
    ],
)
async def test_one_that_converts_other_audio(
    install: Install, ffmpeg_binary: str, says: str
) -> None:
    """It is the fault of this audio."""
    script = ONLY_SHORT_FILES.format(says=says, ffmpeg=ffmpeg_binary)

    assert type(await fault(install(script))) is AudioNotDecodable


MEASURES_NOT = 'case "$*" in *ebur128*) {does} ;; esac; exec {ffmpeg} "$@"'


async def test_one_that_cannot_measure(install: Install, ffmpeg_binary: str) -> None:
    """A file of unknown loudness is no greeting."""
    script = MEASURES_NOT.format(does="exit 8", ffmpeg=ffmpeg_binary)

    with pytest.raises(FfmpegFailed) as raised:
        await to_telephony(install(script), PCM)

    assert raised.value.details == {"reason": "exit status 8"}


async def test_one_that_hangs_when_it_measures(
    install: Install, ffmpeg_binary: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is ended; what is measured has two channels."""
    monkeypatch.setattr(
        ffmpeg, "time_limit", lambda size: 60 if size <= len(PCM) else 0.1
    )
    script = MEASURES_NOT.format(does="exec sleep 60", ffmpeg=ffmpeg_binary)

    with pytest.raises(ConversionTimedOut):
        await to_telephony(install(script), PCM)


# --- what plays without it -----------------------------------------------------------

UNUSABLE = {
    "missing": "",
    "broken": "exit 1",
    "without an encoder": "echo \"Unknown encoder 'mp3'\" >&2; exit 8",
}


@pytest.fixture(params=UNUSABLE)
def unusable(request: pytest.FixtureRequest, install: Install) -> str:
    """Return an ffmpeg that cannot be used."""
    script = UNUSABLE[request.param]
    return install(script) if script else "/nowhere/ffmpeg"


@pytest.mark.parametrize(
    "source",
    [
        PCM,
        wav(chunk(b"LIST", b"odd"), fmt(), chunk(b"data", bytes(8000))),
        wav(fmt(0xFFFE, subformat=1), chunk(b"data", bytes(8000))),
    ],
    ids=["plain", "behind a chunk", "extensible"],
)
async def test_pcm_passes(unusable: str, source: bytes) -> None:
    """Every player plays 16-bit PCM."""
    audio = await convert(unusable, source)

    assert audio.content == source
    assert (audio.content_type, audio.suffix) == ("audio/wav", ".wav")


async def test_mp3_passes(unusable: str, ffmpeg_binary: str) -> None:
    """Without what stands around it: it gets a title of its own."""
    options = ("-c:a", "libmp3lame", "-ar", "8000", "-id3v2_version", "0", "mp3")
    mp3 = await encoded(ffmpeg_binary, *options)

    audio = await convert(unusable, id3(300) + bytes(20) + mp3)

    assert audio.content == mp3
    assert (audio.content_type, audio.suffix) == ("audio/mpeg", ".mp3")


DATA = chunk(b"data", bytes(8000))


@pytest.mark.parametrize(
    "source",
    [
        GSM,
        tone(Encoding.ALAW),
        wav(fmt(0x55), DATA),
        wav(fmt(0xFFFE, subformat=7), DATA),
        wav(fmt(bits=8), DATA),
        wav(fmt(bits=24), DATA),
        wav(fmt(), chunk(b"data", b"")),
        wav(fmt(), chunk(b"LIST", bytes(100))),
        wav(DATA, fmt()),
        wav(*[chunk(b"junk", b"")] * 1000, fmt(), DATA),
        wav(fmt(), DATA, magic=b"RF64"),
        wav()[:10],
        b"ID3\x03\0\0\0\0\0\x09#EXTM3U\nfile:///etc/passwd\n",
        b"\xff\xfb" + bytes(1000),
        b"\xff\xfb\x5c\xc4" + bytes(1000),
        b"",
    ],
    ids=range(16),
)
async def test_the_rest_does_not_pass(unusable: str, source: bytes) -> None:
    """No player is sent what it may not be able to play."""
    with pytest.raises(FfmpegError):
        await convert(unusable, source)


# --- time, size, and the end ---------------------------------------------------------


def test_long_audio_may_take_longer() -> None:
    """In proportion to its length, and a few minutes at most."""
    assert ffmpeg.time_limit(0) == 30
    assert ffmpeg.time_limit(8_000_000) == 30 + 250
    assert ffmpeg.time_limit(64 * 1024 * 1024) == 300


async def test_one_that_hangs_is_ended(
    install: Install, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With what it started; the machine may be too slow."""
    monkeypatch.setattr(ffmpeg, "BASE_TIMEOUT", 1)
    monkeypatch.setattr(ffmpeg, "BYTES_A_SECOND", 1_000_000)
    child = tmp_path / "child"
    binary = install(f"sleep 60 & echo $! > {child}.new; mv {child}.new {child}; wait")

    assert type(await fault(binary)) is ConversionTimedOut

    if child.exists():
        await has_ended(child.read_text())
    assert (await convert(binary, PCM)).content == PCM


async def test_a_caller_who_gives_up_ends_it(install: Install, tmp_path: Path) -> None:
    """As an unload does."""
    started = tmp_path / "started"
    os.mkfifo(started)
    binary = install(f"cat > /dev/null; echo $$ > {started}; exec sleep 60")
    conversion = asyncio.create_task(convert(binary, PCM))
    pid = await asyncio.to_thread(started.read_text)

    conversion.cancel()
    with pytest.raises(asyncio.CancelledError):
        await conversion

    await has_ended(pid)


async def has_ended(pid: str) -> None:
    """Wait until a process is gone: being killed takes a busy machine a moment."""
    while is_running(pid):  # noqa: ASYNC110 - nobody tells of it
        await asyncio.sleep(0)


def is_running(pid: str) -> bool:
    """Return whether a process is there, and not only waited for by its parent."""
    try:
        status = Path(f"/proc/{pid.strip()}/stat").read_text()
    except FileNotFoundError, ProcessLookupError:
        return False
    return status.rpartition(")")[2].split()[0] != "Z"


async def test_the_result_is_bounded(
    monkeypatch: pytest.MonkeyPatch, ffmpeg_binary: str
) -> None:
    """What is too long is an error of its own; it ends early, and takes no memory."""
    short = replace(conversion.MP3, max_size=10_000)
    monkeypatch.setattr(conversion, "MP3", short)
    read = Mock(wraps=os.pread)
    monkeypatch.setattr(os, "pread", read)

    assert type(await fault(ffmpeg_binary, PCM)) is AudioTooLong
    read.assert_not_called()


async def test_without_files_in_memory(
    monkeypatch: pytest.MonkeyPatch, ffmpeg_binary: str
) -> None:
    """Only Linux has them. Elsewhere, a temporary file does."""
    expected = await convert(ffmpeg_binary, GSM)
    monkeypatch.delattr(os, "memfd_create")

    audio = await convert(ffmpeg_binary, GSM)

    assert audio == expected
    assert read_info(read_frames(audio.content)[0]).frames


@pytest.mark.parametrize("duration", [2, 60])
async def test_nothing_stays_open(
    install: Install, ffmpeg_binary: str, duration: int
) -> None:
    """Whether it succeeds or fails, with a little audio or much."""
    source = tone(duration=duration)
    await convert(ffmpeg_binary, source)
    before = open_files()

    await convert(ffmpeg_binary, source)
    await fault(ffmpeg_binary, b"no audio")
    await fault(install("exit 1"))
    await fault("/nowhere/ffmpeg")

    assert open_files() <= before


def open_files() -> int:
    """Return how many files this process has open; others may close meanwhile."""
    return len([*Path("/proc/self/fd").iterdir()])


async def test_a_few_run_at_once(install: Install, tmp_path: Path) -> None:
    """Whoever converts, and for whatever: they share one bound."""
    started = tmp_path / "started"
    os.mkfifo(started)
    script = f"cat > /dev/null; echo x > {started}; exec sleep 60"
    binary = install(script)
    tasks = [
        asyncio.create_task(run(binary, PCM))
        for run in (convert, to_telephony, partial(to_speech, rate=16_000)) * 4
    ]
    with started.open("r+b", buffering=0) as pipe:
        for _ in range(ffmpeg.AT_ONCE):
            await asyncio.to_thread(pipe.read, 2)
        os.set_blocking(pipe.fileno(), False)
        await asyncio.sleep(0.1)
        assert pipe.read(1) is None

    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)
