"""Search for extensions and greetings."""

from typing import Final

from homeassistant.components.media_player import BrowseError
from homeassistant.exceptions import HomeAssistantError

from ..issues import handled_errors
from .browse import is_in_range, list_greetings, remember_names
from .items import Items, extension_item, greeting_item
from .pbxs import LoadedPbx

# A search for greetings sends a request for each extension.
MAX_EXTENSIONS_TO_SEARCH: Final = 100


async def search_all(pbxs: list[LoadedPbx], search: str) -> Items:
    """Return what the PBXs find; raise an error if none of them can search."""
    found: Items = []
    failures: list[HomeAssistantError] = []
    for pbx in pbxs:
        try:
            found += await search_pbx(pbx, search)
        except HomeAssistantError as err:
            failures.append(err)
    if failures and len(failures) == len(pbxs):
        raise failures[0]
    return found


async def search_pbx(pbx: LoadedPbx, search: str, numbers: str | None = None) -> Items:
    """Return the extensions that match, or on a small PBX the greetings.

    `numbers` limits the search to a range of extensions such as `1000-1499`.
    """
    client = pbx.data.client
    with handled_errors(pbx.hass, pbx.entry, BrowseError, greetings=False):
        extensions = remember_names(pbx, await client.search_extensions(search))
        if found := [
            extension_item(pbx, extension.number)
            for extension in extensions
            if numbers is None or is_in_range(extension.number, numbers)
        ]:
            return found
        if await client.count_extensions() > MAX_EXTENSIONS_TO_SEARCH:
            return []
        greetings = await client.search_greetings(search)
    return [greeting_item(pbx, greeting, with_number=True) for greeting in greetings]


async def search_extension(pbx: LoadedPbx, number: str, search: str) -> Items:
    """Return the greetings of an extension that match."""
    return [
        greeting_item(pbx, greeting)
        for greeting in await list_greetings(pbx, number)
        if greeting.is_named(search)
    ]
