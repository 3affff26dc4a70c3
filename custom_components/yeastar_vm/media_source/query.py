"""What a user searches for."""

from dataclasses import dataclass
from typing import Self

from homeassistant.components.media_player import SearchMediaQuery

from ..playback.references import MAX_NAME
from .items import AUDIO_CLASS, FOLDER_CLASS


@dataclass(frozen=True, slots=True)
class Search:
    """A text, and whether folders and audio are searched for."""

    text: str
    folders: bool
    audio: bool

    @classmethod
    def from_query(cls, query: SearchMediaQuery) -> Self:
        """Read a query of Home Assistant; without a filter, it means everything."""
        classes = query.media_filter_classes or (FOLDER_CLASS, AUDIO_CLASS)
        # Nothing has a longer name.
        possible = len(query.search_query) <= MAX_NAME
        return cls(
            query.search_query.strip(),
            folders=possible and FOLDER_CLASS in classes,
            audio=possible and AUDIO_CLASS in classes,
        )
