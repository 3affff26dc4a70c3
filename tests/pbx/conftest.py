"""What the tests of the PBX library share."""

import pytest

from custom_components.yeastar_vm.pbx import Connections
from simulator import PbxSimulator

from .caller import Caller


@pytest.fixture
def caller(connections: Connections, pbx: PbxSimulator) -> Caller:
    """Return a caller of the PBX."""
    return Caller(connections, pbx)


@pytest.fixture
async def signed_in(caller: Caller) -> Caller:
    """Return a caller that has a token."""
    await caller.client.system.information()
    caller.asked()
    return caller
