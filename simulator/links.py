"""Play and download links.

Vendor's documents: "Play an extension voicemail greeting", "Download an extension
voicemail greeting". A link is a new unguessable path each time, below the web portal's
root, and valid for 30 minutes.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum, auto
from typing import Protocol

from .tokens import random_text

LINK_SECONDS = 1800
DOWNLOAD_PATH = "/api/download/"


class LinkKind(StrEnum):
    """Which endpoint gave the link."""

    PLAY = auto()
    DOWNLOAD = auto()


class Audible(Protocol):
    """What a link can lead to."""

    def audio(self) -> bytes:
        """Return the WAV file."""
        ...


@dataclass(frozen=True)
class Link:
    """Where a link leads to; ``expires_at`` in seconds since the epoch."""

    kind: LinkKind
    source: Audible
    expires_at: float


@dataclass
class Links:
    """The links that the PBX has given out, by path."""

    _links: dict[str, Link] = field(default_factory=dict)

    def issue(
        self,
        kind: LinkKind,
        source: Audible,
        firmware: str,
        now: float,
        *,
        family: str = "VoicemailGreeting",
    ) -> str:
        """Return the path of a new link, with its leading slash."""
        time = datetime.fromtimestamp(now, UTC).strftime("%Y%m%d%H%M%S")
        # The name ends in .wav whatever the suffix of the greeting.
        path = (
            f"{DOWNLOAD_PATH}PBX-{family}-{firmware}-download-{time}"
            f"-{random_text(16)}.wav"
        )
        self._links[path] = Link(kind, source, now + LINK_SECONDS)
        return path

    def find(self, path: str, now: float) -> Link | None:
        """Return the link at ``path`` unless it has expired."""
        link = self._links.get(path)
        return link if link and link.expires_at > now else None

    def forget(self) -> None:
        """Let all links die."""
        self._links.clear()
