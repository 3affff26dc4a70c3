"""What players get from the PBX directly, checked once a minute."""

import asyncio
from dataclasses import dataclass, field
from math import inf
import time
from typing import Final

from ..audio.formats import is_pcm_wav
from ..pbx import PlayLink, YeastarClient
from .references import MediaReference

# Seconds. A check takes requests, which plays in a row and at once do without.
CHECK_LIFETIME: Final = 60


@dataclass(slots=True)
class _Check:
    """What is known of a clip, and whether it is being found out."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    expires_at: float = -inf
    playable: bool = field(init=False)


@dataclass(slots=True)
class DirectChecks:
    """What is known of the clips of a PBX that were played directly."""

    _client: YeastarClient
    _checks: dict[MediaReference, _Check] = field(default_factory=dict)

    async def check(
        self, reference: MediaReference, link: PlayLink
    ) -> tuple[bool, PlayLink]:
        """Return whether every player can be expected to play a clip, and a link to it.

        That link has not been used: one that was may not work again. Raise NoAudio if
        it leads to no audio: the file can be gone though there is a link.
        """
        now = time.monotonic()
        check = self._checks.setdefault(reference, _Check())
        async with check.lock:
            if now < check.expires_at:
                return check.playable, link
            start = await self._client.audio.read_start(link)
            check.playable = is_pcm_wav(start)
            check.expires_at = now + CHECK_LIFETIME
        return check.playable, await reference.get_link(self._client)

    def forget(self, reference: MediaReference) -> None:
        """Forget a clip, because its audio changes."""
        self._checks.pop(reference, None)
