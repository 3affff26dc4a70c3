"""The PBXs of the media source."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant

from ..entry import Pbx, pbx_entries
from ..errors.invalid_input import NoPbx, NoPbxLoaded
from ..errors.translated import async_texts


@dataclass(frozen=True, slots=True)
class ShownPbx:
    """A PBX that is loaded, and the texts in the language of Home Assistant."""

    pbx: Pbx
    texts: Mapping[str, str] = field(repr=False)


async def shown_pbxs(hass: HomeAssistant) -> list[ShownPbx]:
    """Return all PBXs that are loaded; raise InvalidInput if there are none."""
    entries = pbx_entries(hass)
    texts = await async_texts(hass, "common")
    shown = [
        ShownPbx(entry.runtime_data, texts)
        for entry in entries
        if entry.state is ConfigEntryState.LOADED
    ]
    if shown:
        return shown
    match entries:
        case []:
            raise NoPbx
        case [entry]:
            return [ShownPbx(await Pbx.of(hass, entry), texts)]
    raise NoPbxLoaded


async def find_shown_pbx(hass: HomeAssistant, identifier: str) -> ShownPbx:
    """Return the PBX of an identifier; raise InvalidInput if it is not loaded."""
    texts = await async_texts(hass, "common")
    return ShownPbx(await Pbx.find(hass, identifier), texts)
