"""What the tests of the access token's life share."""

import pytest

from custom_components.yeastar_vm.pbx import Connections
from simulator import PbxSimulator
from tests.clock import Clock
from tests.pbx.caller import Caller


@pytest.fixture
async def caller(
    connections: Connections, http_pbx: PbxSimulator, clock: Clock
) -> Caller:
    """Return a caller of the PBX; time stands still, and so no request times out."""
    return Caller(connections, http_pbx)
