"""Run ffmpeg, and tell whose fault it is if it fails: the audio's or its own."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
import logging
import os
import re
import signal
from typing import BinaryIO, Final

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
from .formats import find_demuxers
from .memory import open_memory, read_all

_LOGGER = logging.getLogger(__name__)

# Seconds, and bytes of audio that take one more: a second of PCM, ten of GSM.
BASE_TIMEOUT: Final = 30
BYTES_A_SECOND: Final = 16_000
SELF_TEST_TIMEOUT: Final = 10  # seconds
MAX_ERRORS: Final = 8192  # bytes of what ffmpeg says

# The demuxers of files whose table of contents may stand at the end.
_END_FIRST: Final = frozenset({"mov"})
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


@dataclass(frozen=True, slots=True)
class Target:
    """What ffmpeg makes of audio.

    `is_right` tells whether bytes are a file of this kind that contains audio.
    """

    arguments: tuple[str, ...]
    max_size: int
    is_right: Callable[[bytes], bool]


@dataclass(frozen=True, slots=True)
class _Run:
    """What became of one call of ffmpeg."""

    status: int
    content: bytes = field(repr=False)
    errors: str


def time_limit(size: int) -> float:
    """Return how many seconds a conversion of so many bytes may take."""
    return BASE_TIMEOUT + size / BYTES_A_SECOND


async def transcode(binary: str, source: bytes, target: Target) -> bytes:
    """Return audio as another kind of file; raise an AudioError.

    `binary` is the ffmpeg.
    """
    errors = ""
    try:
        async with asyncio.timeout(time_limit(len(source))):
            for demuxer in find_demuxers(source):
                run = await _run(binary, demuxer, source, target)
                if len(run.content) >= target.max_size:
                    raise AudioTooLong
                if _succeeded(run, target):
                    return run.content
                errors += run.errors
    except TimeoutError:
        raise ConversionTimedOut from None
    _LOGGER.debug("ffmpeg: %s", errors)
    raise await _find_fault(binary, target, errors)


async def _find_fault(binary: str, target: Target, errors: str) -> AudioError:
    """Return whose fault it is that audio cannot be converted.

    Where silence cannot be converted either, it is not the audio's.
    """
    try:
        async with asyncio.timeout(SELF_TEST_TIMEOUT):
            run = await _run(binary, "wav", _SILENCE, target)
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


async def _run(binary: str, demuxer: str, source: bytes, target: Target) -> _Run:
    """Let ffmpeg convert a file in memory to another one.

    The container is named and only a pipe may be read, so that no input can make ffmpeg
    open anything. What it writes is no pipe: it returns to the start to fill in the
    duration.
    """
    try:
        with (
            await open_memory(source) as input_file,
            await open_memory() as output_file,
        ):
            input_file.seek(0)
            status, errors = await _wait_for(
                binary,
                *("-nostdin", "-hide_banner", "-loglevel", "error", "-y"),
                *_input(demuxer),
                *target.arguments,
                *("-fs", str(target.max_size), "/dev/fd/1"),
                stdin=input_file,
                stdout=output_file,
            )
            return _Run(status, await read_all(output_file), errors)
    except FileNotFoundError:
        raise FfmpegMissing from None
    except OSError as err:
        raise FfmpegFailed(err.strerror or type(err).__name__) from None


def _input(demuxer: str) -> tuple[str, ...]:
    """Return the arguments for what is read: a pipe, of which some need the end first.

    Of a pipe, ffmpeg can keep what it has passed in an unnamed temporary file.
    """
    if demuxer in _END_FIRST:
        keep = ("-protocol_whitelist", "cache,pipe", "-read_ahead_limit", "-1")
        return (*keep, "-f", demuxer, "-i", "cache:pipe:0")
    return ("-protocol_whitelist", "pipe", "-f", demuxer, "-i", "pipe:0")


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
