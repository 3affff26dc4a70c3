"""The PBXs of the media source."""

from dataclasses import dataclass

from homeassistant.components.media_player import BrowseError
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError

from ..const import DOMAIN
from ..entry import YeastarConfigEntry, YeastarData, find_entry
from ..exceptions import translated
from ..references import pbx_identifier


@dataclass(frozen=True, slots=True)
class LoadedPbx:
    """A PBX that is loaded.

    `data` is taken once: the runtime data of the entry is deleted when it is unloaded.
    """

    hass: HomeAssistant
    entry: YeastarConfigEntry
    data: YeastarData

    @property
    def identifier(self) -> str:
        """Return the first part of its media identifiers."""
        return pbx_identifier(self.data.info.serial_number)

    def extension_title(self, number: str) -> str:
        """Return the number and, if it is known, the name of an extension."""
        name = self.data.extension_names.get(number)
        return f"{number} · {name}" if name else number


@callback
def loaded_pbxs(hass: HomeAssistant) -> list[LoadedPbx]:
    """Return all PBXs that are loaded."""
    entries: list[YeastarConfigEntry] = hass.config_entries.async_loaded_entries(DOMAIN)
    return [LoadedPbx(hass, entry, entry.runtime_data) for entry in entries]


@callback
def find_loaded_pbx(hass: HomeAssistant, identifier: str) -> LoadedPbx:
    """Return the PBX of an identifier; raise BrowseError if it is not loaded."""
    entry = find_loaded_entry(hass, identifier, BrowseError)
    return LoadedPbx(hass, entry, entry.runtime_data)


@callback
def find_loaded_entry(
    hass: HomeAssistant, identifier: str, kind: type[HomeAssistantError]
) -> YeastarConfigEntry:
    """Return the loaded config entry of an identifier; raise an error of a kind."""
    if (entry := find_entry(hass, identifier)) is None:
        raise translated(kind, "pbx_gone")
    if entry.state is not ConfigEntryState.LOADED:
        raise translated(kind, "pbx_not_loaded", name=entry.title)
    return entry
