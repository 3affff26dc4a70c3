"""No request is sent twice by itself, whatever becomes of the first one."""

import pytest

from custom_components.yeastar_vm.pbx import Box, BoxKind, CannotConnect, Greeting
from simulator import AfterActing, Fault

from .caller import Caller

RECORD, DELETE = "extension_vm_greeting/record", "extension_vm_greeting/delete"


@pytest.mark.parametrize("fault", [Fault.RESET, Fault.CLOSE])
@pytest.mark.parametrize("acted", [False, True])
async def test_a_phone_rings_once(caller: Caller, fault: Fault, acted: bool) -> None:
    """Although it is a GET, which HTTP libraries send again."""
    caller.pbx.faults[RECORD] = AfterActing(fault) if acted else fault
    box = Box("3201", "Ann Empty", BoxKind.EXTENSION)

    with pytest.raises(CannotConnect):
        await caller.client.greetings.record(box, "3200", "holiday")

    assert caller.asked().count(RECORD) == 1


@pytest.mark.parametrize("fault", [Fault.RESET, Fault.CLOSE])
async def test_a_greeting_is_deleted_once(caller: Caller, fault: Fault) -> None:
    """The second attempt would say that there is no such greeting."""
    caller.pbx.faults[DELETE] = AfterActing(fault)

    with pytest.raises(CannotConnect):
        await caller.client.greetings.delete(Greeting("0042", "hello.wav", "record"))

    assert caller.asked().count(DELETE) == 1
    assert caller.pbx.extensions["0042"].greetings == []
