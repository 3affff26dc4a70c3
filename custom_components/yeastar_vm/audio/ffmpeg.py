"""Run ffmpeg, and tell whose fault it is if it fails: the audio's or its own."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
import logging
import os
import re
import signal
from typing import BinaryIO, Final
from weakref import WeakKeyDictionary

from .errors import (
    AudioError,
    AudioNotDecodable,
    AudioTooLong,
    ConversionTimedOut,
    FfmpegFailed,
    FfmpegMissing,
    FfmpegWithoutDecoder,
    FfmpegWithoutEncoder,
)
from .formats import is_gsm, is_wav, named_container, rifx_bits
from .memory import open_memory, read_all
from .mp3 import mp3_start

_LOGGER = logging.getLogger(__name__)

# A small machine has four cores, and each ffmpeg takes the memory of its audio.
AT_ONCE: Final = 4
# Seconds, and bytes of audio that take one more: two seconds of PCM, twenty of GSM.
BASE_TIMEOUT: Final = 30
BYTES_A_SECOND: Final = 32_000
MAX_TIMEOUT: Final = 300
SELF_TEST_TIMEOUT: Final = 10  # seconds
MAX_ERRORS: Final = 8192  # bytes of what ffmpeg says

# The containers that may be read. Each of them holds its audio itself: playlists and
# lists of files, whose files ffmpeg would open, are not among them.
_CONTAINERS: Final = (
    "aac,ac3,adx,aiff,amr,ape,asf,ast,au,avi,caf,dsf,dts,dtshd,eac3,flac,flv,gsm,iff,"
    "ircam,loas,matroska,mlp,mmf,mov,mp3,mpc,mpc8,mpeg,mpegts,mxf,nsv,nut,ogg,oma,rm,"
    "shn,sox,spdif,swf,tak,truehd,tta,voc,w64,wav,wsaud,wtv,wv,xwma"
)
_NO_ENCODER: Final = re.compile(
    r"Unknown encoder|[Ee]ncoder not found|Default encoder|Requested output format"
)
_NO_DECODER: Final = re.compile(
    r"Unknown input format|(?:Decoder \(codec |no decoder found for: )(?!none)"
)

# A tenth of a second of silence: 16-bit PCM, 8 kHz, mono.
_SILENCE: Final = bytes.fromhex(
    "52494646640600005741564566 6d7420 10000000 0100 0100 401f0000 803e0000 0200 1000"
    "64617461 40060000"
) + bytes(1600)

_slots: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = (
    WeakKeyDictionary()
)


@dataclass(frozen=True, slots=True)
class Target:
    """What ffmpeg makes of audio.

    `is_right` tells whether bytes are a file of this kind that contains audio.
    """

    arguments: tuple[str, ...]
    max_size: int
    is_right: Callable[[bytes], bool]
    log_level: str = "error"


@dataclass(frozen=True, slots=True)
class _Run:
    """What became of one call of ffmpeg."""

    status: int
    content: bytes = field(repr=False)
    errors: str


def time_limit(size: int) -> float:
    """Return how many seconds a conversion of so many bytes may take."""
    return min(BASE_TIMEOUT + size / BYTES_A_SECOND, MAX_TIMEOUT)


async def transcode(binary: str, source: bytes, target: Target) -> bytes:
    """Return audio as another kind of file; raise an AudioError.

    `binary` is the ffmpeg. A few run at once; the others wait for their turn.
    """
    async with _slot():
        errors = ""
        try:
            async with asyncio.timeout(time_limit(len(source))):
                for arguments in _inputs(source):
                    run = await _run(binary, arguments, source, target)
                    if _succeeded(run, target):
                        return run.content
                    errors += run.errors
        except TimeoutError:
            raise ConversionTimedOut from None
        _LOGGER.debug("ffmpeg: %s", errors)
        raise await _find_fault(binary, target, errors)


async def measure(binary: str, wav: bytes, filters: str) -> str:
    """Return what ffmpeg says of a WAV file that passes through some filters.

    Raise an AudioError.
    """
    arguments = ("-nostats", "-af", filters, "-f", "null")
    report = Target(arguments, MAX_ERRORS, lambda _: True, log_level="info")
    async with _slot():
        try:
            async with asyncio.timeout(time_limit(len(wav))):
                run = await _run(binary, _named("wav"), wav, report)
        except TimeoutError:
            raise ConversionTimedOut from None
    if run.status:
        raise FfmpegFailed(f"exit status {run.status}")
    return run.errors


def _slot() -> asyncio.Semaphore:
    """Return the one bound on all conversions."""
    loop = asyncio.get_running_loop()
    return _slots.setdefault(loop, asyncio.Semaphore(AT_ONCE))


def _inputs(source: bytes) -> Iterator[tuple[str, ...]]:
    """Yield the arguments for what is read, in the ways in which it can be read.

    What says of itself which container it is, is read as that: in uncompressed audio,
    ffmpeg may see another one. It finds out the others. It does not recognize frames of
    GSM if a few are damaged, and MP3 behind what does not belong to it; but it would
    also find a little MP3 in anything at all.
    """
    if is_gsm(source):
        yield _named("gsm")
    if bits := rifx_bits(source):
        # ffmpeg knows the container, and takes the samples for the other order.
        yield ("-c:a", f"pcm_s{bits}be", *_named("wav"))
    if container := named_container(source):
        yield _named(container)
    # Some containers have their table of contents at the end. Of a pipe, ffmpeg keeps
    # what it has read in an unnamed temporary file.
    url = "pipe:0" if is_wav(source) else "cache:pipe:0"
    yield ("-format_whitelist", _CONTAINERS, *_from(url))
    if mp3_start(source) is not None:
        yield _named("mp3")


def _named(container: str) -> tuple[str, ...]:
    return ("-f", container, *_from("pipe:0"))


def _from(url: str) -> tuple[str, ...]:
    """Return the arguments to read from a pipe, and to open nothing else."""
    keep = ("-read_ahead_limit", "-1") if url.startswith("cache:") else ()
    return ("-protocol_whitelist", "cache,pipe", *keep, "-i", url)


async def _find_fault(binary: str, target: Target, errors: str) -> AudioError:
    """Return whose fault it is that audio cannot be converted.

    Where silence cannot be converted either, it is not the audio's.
    """
    try:
        async with asyncio.timeout(SELF_TEST_TIMEOUT):
            run = await _run(binary, _named("wav"), _SILENCE, target)
    except TimeoutError:
        return FfmpegFailed("no result")
    works = _succeeded(run, target)
    if not works and _NO_ENCODER.search(run.errors):
        return FfmpegWithoutEncoder()
    if _NO_DECODER.search(errors if works else run.errors):
        return FfmpegWithoutDecoder()
    if works:
        return AudioNotDecodable()
    return FfmpegFailed(f"exit status {run.status}" if run.status else "no result")


def _succeeded(run: _Run, target: Target) -> bool:
    return run.status == 0 and target.is_right(run.content)


async def _run(
    binary: str, arguments: tuple[str, ...], source: bytes, target: Target
) -> _Run:
    """Let ffmpeg convert a file in memory to another one.

    Which containers may be read is named, and only a pipe may be read, so that no input
    can make ffmpeg open anything. What it writes is no pipe: it returns to the start to
    fill in the duration.
    """
    try:
        async with (
            open_memory(source) as input_file,
            open_memory() as output_file,
        ):
            input_file.seek(0)
            status, errors = await _wait_for(
                binary,
                *("-nostdin", "-hide_banner", "-loglevel", target.log_level, "-y"),
                *arguments,
                *target.arguments,
                *("-fs", str(target.max_size), "/dev/fd/1"),
                stdin=input_file,
                stdout=output_file,
            )
            # What is too long is not read: the allocator would keep that memory.
            if os.fstat(output_file.fileno()).st_size >= target.max_size:
                raise AudioTooLong
            return _Run(status, await read_all(output_file), errors)
    except FileNotFoundError:
        raise FfmpegMissing from None
    except OSError as err:
        raise FfmpegFailed(err.strerror or type(err).__name__) from None


async def _wait_for(
    binary: str, *arguments: str, stdin: BinaryIO, stdout: BinaryIO
) -> tuple[int, str]:
    """Run a program to its end; return its exit status and what it complained of.

    Whatever else ends this, ends the program and what it started.
    """
    process = await asyncio.create_subprocess_exec(
        binary,
        *arguments,
        stdin=stdin,
        stdout=stdout,
        stderr=asyncio.subprocess.PIPE,
        process_group=0,
    )
    assert process.stderr
    errors = bytearray()
    try:
        while chunk := await process.stderr.read(MAX_ERRORS):
            errors += chunk[: MAX_ERRORS - len(errors)]
        status = await process.wait()
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            await process.wait()
    return status, errors.decode(errors="replace").strip()
