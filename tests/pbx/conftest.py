"""What the tests of the PBX library share."""

from collections.abc import AsyncIterator

import aiohttp
import pytest

from simulator import PbxSimulator

from .caller import Caller


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    """Return an HTTP session."""
    async with aiohttp.ClientSession() as client_session:
        yield client_session


@pytest.fixture
def caller(session: aiohttp.ClientSession, pbx: PbxSimulator) -> Caller:
    """Return a caller of the PBX."""
    return Caller(session, pbx)


@pytest.fixture
async def signed_in(caller: Caller) -> Caller:
    """Return a caller that has a token."""
    await caller.client.system.information()
    caller.asked()
    return caller
