"""A running PBX, its clock, and clients."""

from collections.abc import AsyncGenerator

from aiohttp import ClientSession
import pytest

from simulator import DOCUMENTED, PbxSimulator, SimulatedGreeting, SimulatedGroup

from .boxes import Box
from .common import Client, Clock


@pytest.fixture(autouse=True)
def _documented(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a PBX be as documented, also where the tests run in a profile."""
    monkeypatch.setattr(PbxSimulator, "default_profile", DOCUMENTED)


@pytest.fixture
def clock() -> Clock:
    """Return the clock of the PBX."""
    return Clock()


@pytest.fixture
def https() -> bool:
    """Return whether the PBX has https; modules whose tests are about it have it."""
    return False


@pytest.fixture
async def pbx(clock: Clock, https: bool) -> AsyncGenerator[PbxSimulator]:
    """Return a running PBX."""
    async with PbxSimulator(clock=clock, https=https) as pbx:
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


@pytest.fixture(params=["extension_vm_greeting", "vm_greeting"])
def box(client: Client, request: pytest.FixtureRequest) -> Box:
    """Return an extension and a group, each with one greeting ``old.wav``."""
    greetings = [SimulatedGreeting("old.wav", id=7)]
    client.pbx.groups["6300"] = SimulatedGroup("6300", "Sales", greetings=greetings)
    client.pbx.extensions["3201"].greetings = greetings
    number = "6300" if request.param == "vm_greeting" else "3201"
    return Box(client, request.param, number, greetings)
