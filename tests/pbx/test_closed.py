"""A client that is closed ends what it does, and sends nothing more."""

import asyncio

import pytest

from custom_components.yeastar_vm.pbx import Interrupted, SignIn
from tests.gate import Gate

from .caller import Caller


@pytest.mark.parametrize("has_token", [True, False])
async def test_nothing_is_sent(signed_in: Caller, has_token: bool) -> None:
    """Neither a request nor a WebSocket nor a sign-in."""
    sign_in = signed_in.client.sign_in
    client = signed_in.new(sign_in if has_token else SignIn(sign_in.credentials))
    await client.close()

    with pytest.raises(Interrupted):
        await client.system.information()
    with pytest.raises(Interrupted):
        await anext(client.listen())
    assert signed_in.asked() == []


async def test_a_refusal_that_is_looked_into(signed_in: Caller) -> None:
    """Whether the PBX denies access is not known then, and not said."""
    signed_in.pbx.errcodes["extension/list"] = 10005
    gate = Gate(signed_in.pbx, "system/information")
    request = asyncio.create_task(signed_in.client.extensions.all())
    await gate.arrived()

    await signed_in.client.close()

    with pytest.raises(Interrupted):
        await request
    gate.open()
