"""The PBXs of the media source, as a user sees them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from homeassistant.auth.models import User
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant

from ..entry import Pbx, pbx_entries
from ..errors.invalid_input import NoPbx, NoPbxLoaded
from ..errors.translated import async_texts
from ..mailboxes.access import OpenMailbox
from .asking import async_asking_user


@dataclass(frozen=True, slots=True)
class ShownPbx:
    """A PBX that is loaded, the texts in the language of Home Assistant, and who asks.

    `user` is None for an automation or a player.
    """

    pbx: Pbx
    texts: Mapping[str, str] = field(repr=False)
    user: User | None

    @property
    def mailboxes(self) -> list[OpenMailbox]:
        """Return the mailboxes that the user may see."""
        return self.pbx.mailboxes_of(self.user)

    def mailbox(self, number: str) -> OpenMailbox:
        """Return a mailbox; raise InvalidInput if the user may not see it."""
        return self.pbx.mailbox(number, self.user)


async def shown_pbxs(hass: HomeAssistant) -> list[ShownPbx]:
    """Return all PBXs that are loaded; raise InvalidInput if there are none."""
    entries = pbx_entries(hass)
    texts = await async_texts(hass, "common")
    user = async_asking_user()
    shown = [
        ShownPbx(entry.runtime_data, texts, user)
        for entry in entries
        if entry.state is ConfigEntryState.LOADED
    ]
    if shown:
        return shown
    match entries:
        case []:
            raise NoPbx
        case [entry]:
            return [ShownPbx(await Pbx.of(hass, entry), texts, user)]
    raise NoPbxLoaded


async def find_shown_pbx(hass: HomeAssistant, identifier: str) -> ShownPbx:
    """Return the PBX of an identifier; raise InvalidInput if it is not loaded."""
    texts = await async_texts(hass, "common")
    return ShownPbx(await Pbx.find(hass, identifier), texts, async_asking_user())
