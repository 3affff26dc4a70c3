"""What the tests of the access token's life share."""

from collections.abc import AsyncIterator

import aiohttp
from freezegun.api import FrozenDateTimeFactory
import pytest

from simulator import PbxSimulator
from tests.pbx.caller import Caller


@pytest.fixture
async def caller(
    http_pbx: PbxSimulator, freezer: FrozenDateTimeFactory
) -> AsyncIterator[Caller]:
    """Return a caller of the PBX; time stands still, and so no request times out."""
    async with aiohttp.ClientSession() as session:
        yield Caller(session, http_pbx)
