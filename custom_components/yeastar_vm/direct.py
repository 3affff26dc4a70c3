"""What players get from the PBX directly, checked once a minute."""

from dataclasses import dataclass, field
import time
from typing import Final

from .audio.formats import is_pcm_wav
from .pbx import PlayLink, YeastarClient
from .references import Reference

# Seconds. A check takes a request, which many plays in a row do without.
CHECK_LIFETIME: Final = 60


@dataclass(slots=True)
class DirectChecks:
    """The clips of a PBX that were checked, and whether every player plays them."""

    _checked: dict[Reference, tuple[float, bool]] = field(default_factory=dict)

    async def is_playable(
        self, client: YeastarClient, reference: Reference, link: PlayLink
    ) -> bool:
        """Return whether every player can be expected to play what a link leads to.

        Raise NoAudio if it is no audio: the file can be gone though there is a link.
        """
        now = time.monotonic()
        self._checked = {
            each: check for each, check in self._checked.items() if now < check[0]
        }
        if checked := self._checked.get(reference):
            return checked[1]
        playable = is_pcm_wav(await client.read_start(link))
        self._checked[reference] = now + CHECK_LIFETIME, playable
        return playable

    def forget(self, reference: Reference) -> None:
        """Forget a clip, because its audio changes."""
        self._checked.pop(reference, None)
