"""What players get from the PBX directly, checked once a minute."""

import asyncio
from dataclasses import dataclass, field
import time
from typing import Final

from ..audio.formats import is_pcm_wav
from ..pbx import PlayLink, YeastarClient
from .references import Reference

# Seconds. A check takes a request, which plays in a row and at once do without.
CHECK_LIFETIME: Final = 60


@dataclass(slots=True)
class _Check:
    """What is known of a clip, and whether it is being found out."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    expires_at: float = 0
    playable: bool = False


@dataclass(slots=True)
class DirectChecks:
    """What is known of the clips of a PBX that were played directly."""

    _client: YeastarClient
    _checks: dict[Reference, _Check] = field(default_factory=dict)

    async def is_playable(self, reference: Reference, link: PlayLink) -> bool:
        """Return whether every player can be expected to play what a link leads to.

        Raise NoAudio if it is no audio: the file can be gone though there is a link.
        """
        now = time.monotonic()
        self._checks = {
            each: check
            for each, check in self._checks.items()
            if now < check.expires_at or check.lock.locked()
        }
        check = self._checks.setdefault(reference, _Check())
        async with check.lock:
            if now >= check.expires_at:
                check.playable = is_pcm_wav(await self._client.audio.read_start(link))
                check.expires_at = now + CHECK_LIFETIME
        return check.playable

    def forget(self, reference: Reference) -> None:
        """Forget a clip, because its audio changes."""
        self._checks.pop(reference, None)
