"""Browse PBXs, extensions and greetings."""

from typing import Final

from homeassistant.components.media_player import BrowseError
from homeassistant.components.media_source import BrowseMediaSource

from ..exceptions import translated
from ..issues import handled_errors
from ..pbx import Extension, Greeting, number_order
from .items import Items, extension_item, greeting_item, pbx_item, range_item
from .pbxs import LoadedPbx

FOLDER_SIZE: Final = 500  # extensions that are shown without folders


async def browse_pbx(pbx: LoadedPbx) -> BrowseMediaSource:
    """Return a PBX with its extensions, or with ranges of them if there are many."""
    extensions = await list_extensions(pbx)
    if len(extensions) <= FOLDER_SIZE:
        return pbx_item(pbx, [extension_item(pbx, each.number) for each in extensions])
    parts = [
        extensions[start : start + FOLDER_SIZE]
        for start in range(0, len(extensions), FOLDER_SIZE)
    ]
    ranges: Items = [
        range_item(pbx, f"{part[0].number}-{part[-1].number}") for part in parts
    ]
    return pbx_item(pbx, ranges)


async def browse_range(pbx: LoadedPbx, numbers: str) -> BrowseMediaSource:
    """Return a range of extensions."""
    extensions = [
        extension_item(pbx, extension.number)
        for extension in await list_extensions(pbx)
        if is_in_range(extension.number, numbers)
    ]
    return range_item(pbx, numbers, extensions)


async def browse_extension(pbx: LoadedPbx, number: str) -> BrowseMediaSource:
    """Return an extension with its greetings, or say that it has none."""
    greetings = await list_greetings(pbx, number)
    if not greetings:
        raise translated(BrowseError, "no_greetings", extension=number)
    return extension_item(pbx, number, [greeting_item(pbx, each) for each in greetings])


async def list_extensions(pbx: LoadedPbx) -> list[Extension]:
    """Return all extensions of a PBX."""
    with handled_errors(pbx.hass, pbx.entry, BrowseError, greetings=False):
        return remember_names(pbx, await pbx.data.client.list_extensions())


async def list_greetings(pbx: LoadedPbx, number: str) -> list[Greeting]:
    """Return the greetings of an extension."""
    with handled_errors(pbx.hass, pbx.entry, BrowseError):
        return await pbx.data.client.list_greetings(number)


def remember_names(pbx: LoadedPbx, extensions: list[Extension]) -> list[Extension]:
    """Remember the names of extensions, which lists of greetings do not contain."""
    pbx.data.extension_names.update({each.number: each.name for each in extensions})
    return extensions


def is_in_range(number: str, numbers: str) -> bool:
    """Return whether a number is in a range such as `1000-1499`."""
    first, _, last = numbers.partition("-")
    return number_order(first) <= number_order(number) <= number_order(last)
