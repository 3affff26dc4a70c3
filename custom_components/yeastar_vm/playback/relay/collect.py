"""Collect several messages for one clip: as many as fit and are there in time."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
import logging
from typing import Final

from ...audio import (
    AudioNotDecodable,
    AudioTooLong,
    ConversionTimedOut,
    FfmpegError,
    Joiner,
)
from ...errors.in_log import in_log
from ...library import LibraryError
from ...pbx import AudioTooLarge, NoAudio, NotFound, YeastarClient, YeastarError
from ..references import MessageReference, MessagesReference, Reference

_LOGGER = logging.getLogger(__name__)

# What is wrong with one message says nothing of the others.
_NOT_PLAYABLE: Final = (AudioNotDecodable, AudioTooLarge, NoAudio, NotFound)
# What keeps a message from being joined: alone, it may play.
_NOT_JOINED: Final = (AudioTooLong, ConversionTimedOut, FfmpegError)


@dataclass(slots=True)
class Collected:
    """Messages that are one clip, its source, and what has no audio that plays."""

    messages: list[MessageReference] = field(default_factory=list)
    source: bytes = field(default=b"", repr=False)
    left_out: dict[MessageReference, LibraryError] = field(default_factory=dict)

    @property
    def reference(self) -> Reference:
        """Return what the clip is."""
        first, *others = self.messages
        return MessagesReference(first.number, (first, *others)) if others else first


async def collect(
    client: YeastarClient,
    binary: str,
    messages: Sequence[MessageReference],
    seconds: float,
) -> Collected:
    """Return the first of some messages: those that fit and are there in time.

    One of them is waited for, however long it takes; alone, it is as the PBX has it.
    The rest is left to the next time. `binary` is the ffmpeg. Raise a YeastarError.
    """
    collected = Collected()
    joiner = Joiner(binary)
    deadline = asyncio.get_running_loop().time() + seconds
    for message in messages:
        is_first = not collected.messages
        try:
            async with asyncio.timeout_at(None if is_first else deadline):
                link = await message.get_link(client)
                source = await client.audio.download(link)
                is_joined = await _is_joined(joiner, source)
        except _NOT_PLAYABLE as err:
            _LOGGER.warning("%s is left out: %s", message, in_log(err))
            collected.left_out[message] = err
            continue
        except TimeoutError, YeastarError:
            if is_first:
                raise
            break
        if is_first:
            collected.source = source
        elif not is_joined:
            break
        collected.messages.append(message)
        if not is_joined:
            break
    if len(collected.messages) > 1:
        collected.source = await joiner.joined()
    return collected


async def _is_joined(joiner: Joiner, source: bytes) -> bool:
    try:
        return await joiner.add(source)
    except _NOT_JOINED:
        return False
