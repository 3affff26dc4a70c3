"""Search in all PBXs at once."""

import asyncio
from itertools import chain
from typing import Final

from homeassistant.components.media_player import BrowseError
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError

from ..errors.failures import SearchFailed
from ..errors.translated import async_localized_message, translate
from ..pbx import CannotConnect, ConnectionFailure
from .folders import MAX_RESULTS, PbxFolder
from .items import Items
from .query import Search
from .shown import ShownPbx

# Seconds that one PBX can hold up what the others find.
SEARCH_TIMEOUT: Final = 10


async def search_all(
    hass: HomeAssistant, pbxs: list[ShownPbx], search: Search
) -> Items:
    """Return what the PBXs find, the same share of each.

    Raise SearchFailed if nothing is found, but not every PBX could be searched.
    """
    if len(pbxs) == 1:
        return await PbxFolder().search(pbxs[0], search)
    found: list[Items] = []
    failures: list[str] = []
    outcomes = await asyncio.gather(*(_search_in_time(shown, search) for shown in pbxs))
    for shown, outcome in zip(pbxs, outcomes, strict=True):
        if isinstance(outcome, HomeAssistantError):
            message = await async_localized_message(hass, outcome)
            failures.append(f"{shown.pbx.entry.title}: {message}")
            continue
        for item in outcome:
            item.title = f"{item.title} · {shown.pbx.entry.title}"
        found.append(outcome)
    if failures and not any(found):
        raise SearchFailed(errors=" ".join(failures))
    return _fair_shares(found)


async def _search_in_time(
    shown: ShownPbx, search: Search
) -> Items | HomeAssistantError:
    """Return what a PBX finds, or why it finds nothing."""
    try:
        async with asyncio.timeout(SEARCH_TIMEOUT):
            return await PbxFolder().search(shown, search)
    except TimeoutError:
        timed_out = CannotConnect(ConnectionFailure.TIMEOUT)
        return translate(timed_out, BrowseError)
    except HomeAssistantError as err:
        return err


def _fair_shares(found: list[Items]) -> Items:
    """Return at most 100 items; what one PBX does not need is left to the others."""
    left = MAX_RESULTS
    shares: dict[int, int] = {}
    for done, place in enumerate(
        sorted(range(len(found)), key=lambda i: len(found[i]))
    ):
        shares[place] = min(len(found[place]), left // (len(found) - done))
        left -= shares[place]
    return list(chain.from_iterable(f[: shares[i]] for i, f in enumerate(found)))
