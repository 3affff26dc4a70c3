"""Answers that are errors, odd, or none at all."""

import asyncio

import pytest

from custom_components.yeastar_vm.pbx import (
    AccessDenied,
    AddressNotAllowed,
    CannotConnect,
    Connections,
    GatewayRefused,
    InvalidResponse,
    NotFound,
    NotSupported,
    PbxFault,
    PbxInfo,
    Redirected,
    YeastarError,
)
from custom_components.yeastar_vm.pbx.errors import AddressBlocked
from simulator import Fault
from tests.clock import Clock
from tests.common import MINUTE

from .caller import Caller, one_answer, stranger


# What every fault comes to, at every request, is in the fault matrix.
@pytest.mark.parametrize(
    ("fault", "error", "text"),
    [
        (Fault.RESET, CannotConnect, "connection_lost"),
        (Fault.HALF, CannotConnect, "connection_lost"),
        (Fault.HUGE, InvalidResponse, "too large"),
        (Fault.HTML, InvalidResponse, "no API answer"),
        (Fault.REDIRECT, Redirected, "another origin"),
        (Fault.UNAUTHORIZED_401, GatewayRefused, "HTTP 401"),
        (Fault.BAD_GATEWAY_502, CannotConnect, "unavailable"),
    ],
)
async def test_a_fault_is_named_and_passes(
    signed_in: Caller, fault: Fault, error: type[YeastarError], text: str
) -> None:
    """The next call works, with the same sign-in."""
    signed_in.pbx.faults["extension_vm_greeting/play"] = fault

    with pytest.raises(error, match=text):
        await signed_in.client.greetings.play_link("3200", "vm_welcome.wav")

    signed_in.pbx.faults.clear()
    assert await signed_in.client.greetings.play_link("3200", "vm_welcome.wav")
    assert "get_token" not in signed_in.asked()


async def test_a_silent_pbx_is_not_waited_for_for_ever(
    signed_in: Caller, clock: Clock
) -> None:
    """An answer has half a minute."""
    signed_in.pbx.faults["system/information"] = Fault.SILENT

    with clock.running(), pytest.raises(CannotConnect, match="timeout"):
        await signed_in.client.system.information()


@pytest.mark.parametrize(
    ("errcode", "error"),
    [
        (-2, PbxFault),
        (10001, NotSupported),
        (10005, AccessDenied),
        (10009, AccessDenied),
        (40002, NotFound),
        (60001, NotFound),
        (60002, PbxFault),
        (70004, AddressBlocked),
        (70087, AddressNotAllowed),
    ],
)
async def test_an_error_code_is_named_and_passes(
    signed_in: Caller,
    clock: Clock,
    errcode: int,
    error: type[YeastarError],
) -> None:
    """And costs no sign-in."""
    signed_in.pbx.errcodes["extension_vm_greeting/play"] = errcode

    with pytest.raises(error):
        await signed_in.client.greetings.play_link("3200", "vm_welcome.wav")

    signed_in.pbx.errcodes.clear()
    clock.tick(11 * MINUTE)
    assert await signed_in.client.greetings.play_link("3200", "vm_welcome.wav")
    assert "get_token" not in signed_in.asked()


async def test_the_port_may_be_closed(signed_in: Caller) -> None:
    """As while the PBX restarts, after which the token still works."""
    await signed_in.pbx.stop()
    with pytest.raises(CannotConnect, match="connection_refused"):
        await signed_in.client.system.information()

    await signed_in.pbx.start()
    await signed_in.client.system.information()

    assert signed_in.asked() == ["system/information"]


@pytest.mark.parametrize(
    "answer",
    [
        '\ufeff{"errcode": 0, "data": {"sn": "1"}}',
        '{"errcode": "0", "data": {"sn": 1}}',
        '{"errcode": 0, "data": {"sn": " 1 ", "device_name": ""}, "more": [{}]}',
    ],
)
async def test_an_answer_may_be_written_otherwise(
    connections: Connections, answer: str
) -> None:
    """A byte order mark, numbers as text, fields too many or too few."""
    async with one_answer(answer) as base_url:
        info = await stranger(connections, base_url).system.information()

    assert info == PbxInfo("1", "1", "", "")


@pytest.mark.parametrize(
    "answer",
    [
        "[" * 100_000,
        '{"errcode": ' + "1" * 5000 + "}",
        '{"errcode": true}',
        '{"errcode": 0.5}',
        '{"errcode": 0, "data": []}',
        '{"errcode": 0, "data": {}}',
        '{"errcode": 0, "data": {"sn": null}}',
        '{"errcode": 0, "data": {"sn": {"a": 1}}}',
        "\udcff",
    ],
    ids=lambda answer: repr(answer[:30]),
)
async def test_an_answer_of_another_shape_is_refused(
    connections: Connections, answer: str
) -> None:
    """Whatever it is."""
    async with one_answer(answer) as base_url:
        with pytest.raises(InvalidResponse):
            await stranger(connections, base_url).system.information()


async def test_something_else_than_a_web_server_is_no_pbx(
    connections: Connections,
) -> None:
    """Such as a mail server."""

    async def greet(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.example ESMTP\r\n")
        writer.close()

    async with await asyncio.start_server(greet, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises((InvalidResponse, CannotConnect)):
            await stranger(connections, f"http://127.0.0.1:{port}").system.information()
