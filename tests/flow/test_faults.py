"""What is no PBX, or none in order."""

import asyncio

from homeassistant.data_entry_flow import FlowResultType
import pytest

from custom_components.yeastar_vm.flow import client as flow_client
from simulator import Fault, PbxSimulator, Weakness
from simulator.tls import DEMANDS
from tests.user_interface import TRANSLATIONS
from tests.window import Window

from .forms import assert_error, server

ERRORS = TRANSLATIONS["en"]["config"]["error"]


# What every fault comes to in a form is in the fault matrix.
@pytest.mark.parametrize(
    ("endpoint", "fault", "error"),
    [
        ("*", Fault.RESET, "connection_lost"),
        ("*", Fault.HTML, "not_a_pbx"),
        ("system/information", Fault.FORBIDDEN_403, "gateway_refused"),
        ("system/information", Fault.REDIRECT, "redirected"),
        ("system/information", Fault.BAD_GATEWAY_502, "unavailable"),
    ],
)
async def test_a_fault_is_named_and_leaves_no_token(
    http_pbx: PbxSimulator,
    http_window: Window,
    endpoint: str,
    fault: Fault,
    error: str,
) -> None:
    """Afterwards the user tries again, and it works."""
    http_pbx.faults[endpoint] = fault
    await http_window.open()

    shown = assert_error(await http_window.sign_in(), error)

    if error == "redirected":
        assert shown["origin"] == "http://example.invalid"
    http_pbx.faults.clear()
    await http_window.settle()
    assert http_pbx.live_access_tokens == []
    created = await http_window.sign_in()
    assert created["type"] is FlowResultType.CREATE_ENTRY


async def test_https_on_an_http_port_is_named(
    http_pbx: PbxSimulator, http_window: Window
) -> None:
    """The scheme was left out, or is wrong."""
    await http_window.open()

    result = await http_window.sign_in(url=f"127.0.0.1:{http_pbx.port}")

    assert_error(result, "tls_failed")


async def test_http_on_an_https_port_is_named(
    pbx: PbxSimulator, window: Window
) -> None:
    """Nothing is sent in the clear before that is known."""
    await window.open()

    result = await window.sign_in(url=f"http://127.0.0.1:{pbx.port}")

    assert_error(result, "https_required")
    assert pbx.requests == []


@pytest.mark.parametrize("weakness", Weakness)
async def test_http_on_a_port_with_outdated_https_is_named(
    pbx: PbxSimulator, window: Window, weakness: Weakness
) -> None:
    """It speaks TLS, though none that Home Assistant accepts."""
    await pbx.weaken(weakness)
    await window.open()

    result = await window.sign_in(url=f"http://127.0.0.1:{pbx.port}")

    assert_error(result, "https_required")
    assert pbx.requests == []


@pytest.mark.parametrize(
    "weakness",
    [each for each in Weakness if each not in DEMANDS],
)
async def test_outdated_https_is_named(
    pbx: PbxSimulator, window: Window, weakness: Weakness
) -> None:
    """The advice is never plain http, which would send the secret in the clear."""
    await pbx.weaken(weakness)
    await window.open()

    assert_error(await window.sign_in(), "tls_outdated")
    assert "http:" not in ERRORS["tls_outdated"]
    assert pbx.requests == []


@pytest.mark.parametrize("weakness", DEMANDS)
async def test_https_that_wants_a_certificate_of_the_client_is_named(
    pbx: PbxSimulator, window: Window, weakness: Weakness
) -> None:
    """Where the server tells of it after its own certificate, that is shown first."""
    await pbx.weaken(weakness)
    await window.open()

    result = await window.sign_in()
    if weakness is Weakness.CLIENT_CERTIFICATE_TLS_1_3:
        assert result["step_id"] == "certificate"
        result = await window.submit()

    assert_error(result, "client_certificate")
    assert pbx.requests == []


async def test_a_server_that_waits_for_more_is_no_https(
    monkeypatch: pytest.MonkeyPatch, window: Window
) -> None:
    """It does not answer a TLS handshake, and is then asked in plain http."""
    monkeypatch.setattr(flow_client, "LOOK_TIMEOUT", 0.1)
    received: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        received.append(await reader.read(4096))
        if received[-1].startswith(b"POST"):
            writer.write(b"HTTP/1.1 404 x\r\nContent-Length: 0\r\n\r\n")
        await reader.read()
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as listening:
        await window.open()
        port = listening.sockets[0].getsockname()[1]
        result = await window.sign_in(url=f"http://127.0.0.1:{port}")

    assert_error(result, "not_a_pbx")
    assert received[-1].startswith(b"POST /openapi/v1.0/get_token")


@pytest.mark.parametrize(
    "answer", [b"SSH-2.0-OpenSSH_10.0\r\n", b"\x00\xff" * 100, b""]
)
async def test_another_service_is_no_pbx(window: Window, answer: bytes) -> None:
    """The user mistook the port."""
    await window.open()
    async with server(answer) as port:
        result = await window.sign_in(url=f"http://127.0.0.1:{port}")

    assert result["errors"] in ({"base": "connection_lost"}, {"base": "not_a_pbx"})


async def test_the_credentials_do_not_follow_a_redirect(
    http_pbx: PbxSimulator, http_window: Window
) -> None:
    """The form names the address that the user may enter instead."""
    connections: list[bytes] = []
    location = (
        f"HTTP/1.1 307 x\r\nLocation: {http_pbx.base_url}/openapi/v1.0/get_token\r\n"
        "Content-Length: 0\r\nConnection: close\r\n\r\n"
    )
    async with server(location.encode(), connections) as port:
        await http_window.open()
        result = await http_window.sign_in(url=f"http://127.0.0.1:{port}")

    assert assert_error(result, "redirected")["origin"] == http_pbx.base_url
    assert sum(b"client" in sent or b"username" in sent for sent in connections) == 1
    assert http_pbx.requests == []

    created = await http_window.sign_in(url=http_pbx.base_url)
    assert created["type"] is FlowResultType.CREATE_ENTRY
