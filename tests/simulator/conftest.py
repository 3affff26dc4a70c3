"""A running PBX, its clock, and clients."""

from collections.abc import AsyncGenerator

from aiohttp import ClientSession
import pytest

from tests.pbx_simulator import PbxSimulator

from .common import Client, Clock


@pytest.fixture
def clock() -> Clock:
    """Return the clock of the PBX."""
    return Clock()


@pytest.fixture
async def pbx(clock: Clock) -> AsyncGenerator[PbxSimulator]:
    """Return a running PBX with https."""
    async with PbxSimulator(clock=clock) as pbx:
        yield pbx


@pytest.fixture
async def stranger(pbx: PbxSimulator) -> AsyncGenerator[Client]:
    """Return a client that has not logged in."""
    async with ClientSession() as session:
        yield Client(pbx, session)


@pytest.fixture
async def client(stranger: Client) -> Client:
    """Return a client that has logged in."""
    await stranger.login()
    return stranger
