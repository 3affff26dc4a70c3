"""Files in memory, and work on them that must not hold up the event loop."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
import hashlib
import os
from tempfile import TemporaryFile
import traceback
from typing import BinaryIO, Final, cast

# Bytes; copying or hashing more takes longer than handing it to a thread. A greeting of
# half a minute is smaller.
LARGE: Final = 512 * 1024


@asynccontextmanager
async def open_memory(content: bytes = b"") -> AsyncIterator[BinaryIO]:
    """Open a file that exists in memory alone, or where there is none such, on disk.

    Another process can seek in it, unlike in a pipe.
    """
    if hasattr(os, "memfd_create"):
        file = cast("BinaryIO", os.fdopen(os.memfd_create("audio"), "w+b"))
    else:
        file = cast("BinaryIO", await asyncio.to_thread(TemporaryFile))
    with file:
        await offload(len(content), _write, file, content)
        yield file


async def read_all(file: BinaryIO) -> bytes:
    """Return the content of a file."""
    size = os.fstat(file.fileno()).st_size
    return await offload(size, os.pread, file.fileno(), size, 0)


async def content_digest(content: bytes) -> str:
    """Return the SHA-256 digest of some bytes, in hex."""
    return await offload(len(content), _digest, content)


def drop_locals(err: BaseException | None) -> None:
    """Let go of what the frames of an error hold, such as the audio that is refused.

    An error that a task ends with, and that is raised again by who waits for the task,
    is in a circle with its frames. They stay until a garbage collection.
    """
    while err:
        traceback.clear_frames(err.__traceback__)
        err = err.__cause__ or err.__context__


def _write(file: BinaryIO, content: bytes) -> None:
    file.write(content)
    file.flush()


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


async def offload[*Ts, T](size: int, work: Callable[[*Ts], T], *args: *Ts) -> T:
    """Do some work on bytes, in a thread if there are many."""
    if size < LARGE:
        return work(*args)
    return await asyncio.to_thread(work, *args)
