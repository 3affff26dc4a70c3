"""The PBXs of the media source."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from homeassistant.components.media_player import BrowseError
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError

from ..const import DOMAIN
from ..entry import YeastarConfigEntry, YeastarData, find_entry
from ..errors.exceptions import async_texts, not_loaded, translated
from ..playback.references import pbx_identifier


@dataclass(frozen=True, slots=True)
class LoadedPbx:
    """A PBX that is loaded.

    `data` is taken once: the runtime data of the entry is deleted when it is unloaded.
    `texts` are in the language of Home Assistant.
    """

    hass: HomeAssistant
    entry: YeastarConfigEntry
    data: YeastarData
    texts: Mapping[str, str] = field(repr=False)

    @property
    def identifier(self) -> str:
        """Return the first part of its media identifiers."""
        return pbx_identifier(self.data.info.serial_number)


async def loaded_pbxs(hass: HomeAssistant) -> list[LoadedPbx]:
    """Return all PBXs that are loaded; raise BrowseError if there are none."""
    entries: list[YeastarConfigEntry] = hass.config_entries.async_entries(
        DOMAIN, include_ignore=False
    )
    texts = await async_texts(hass, "common")
    pbxs = [
        LoadedPbx(hass, entry, entry.runtime_data, texts)
        for entry in entries
        if entry.state is ConfigEntryState.LOADED
    ]
    if pbxs:
        return pbxs
    match entries:
        case []:
            raise translated(BrowseError, "no_pbx")
        case [entry]:
            raise await not_loaded(hass, entry, BrowseError)
    raise translated(BrowseError, "no_pbx_loaded")


async def find_loaded_pbx(
    hass: HomeAssistant,
    identifier: str,
    kind: type[HomeAssistantError] = BrowseError,
) -> LoadedPbx:
    """Return the PBX of an identifier; raise an error of a kind if it is not loaded."""
    texts = await async_texts(hass, "common")
    if (entry := find_entry(hass, identifier)) is None:
        raise translated(kind, "pbx_gone")
    if entry.state is not ConfigEntryState.LOADED:
        raise await not_loaded(hass, entry, kind)
    return LoadedPbx(hass, entry, entry.runtime_data, texts)
