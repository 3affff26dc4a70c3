"""Signing in to a PBX as a user does: first, again, and elsewhere."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
import socket
from typing import Any
from unittest.mock import AsyncMock

import aiohttp
from aiohttp.resolver import AsyncResolver
from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    SOURCE_USER,
    ConfigEntryState,
    ConfigFlowResult,
)
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, UnknownFlow
from homeassistant.exceptions import HomeAssistantError
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.yeastar_vm.const import DOMAIN
from custom_components.yeastar_vm.pbx import http as api_module

from .conftest import Player, entry_for, load
from .pbx_simulator import Fault, PbxSimulator, Refusal
from .pbx_simulator.endpoints import ENDPOINTS, Endpoint
from .pbx_simulator.model import RecordedRequest
from .user_interface import grouped

MINUTE = 60


class Window:
    """The window in which a user goes through a flow."""

    def __init__(self, hass: HomeAssistant, pbx: PbxSimulator) -> None:
        """Open no flow yet; `pbx` is whose credentials the user has at hand."""
        self.hass = hass
        self.pbx = pbx
        self.flow_id = ""

    async def open(self, way: str = "credentials") -> ConfigFlowResult:
        """Add a PBX, and choose how to sign in."""
        result = await self.hass.config_entries.flow.async_init(
            DOMAIN, context={"source": SOURCE_USER}
        )
        self.flow_id = result["flow_id"]
        return await self.choose(way)

    async def reconfigure(
        self, entry: MockConfigEntry, way: str = "credentials"
    ) -> ConfigFlowResult:
        """Reconfigure an entry, and choose how to sign in."""
        result = await self.hass.config_entries.flow.async_init(
            DOMAIN, context={"source": SOURCE_RECONFIGURE, "entry_id": entry.entry_id}
        )
        assert result["step_id"] == "reconfigure"
        assert result["description_placeholders"] == {"name": entry.title}
        self.flow_id = result["flow_id"]
        return await self.choose(way)

    async def follow(self, flow_id: str, way: str = "credentials") -> ConfigFlowResult:
        """Open a flow that waits, and choose how to sign in."""
        self.flow_id = flow_id
        return await self.choose(way)

    async def choose(self, way: str) -> ConfigFlowResult:
        """Choose a way to sign in from the menu."""
        result = await self.submit(next_step_id=way)
        assert (result["type"], result["step_id"]) == (FlowResultType.FORM, way)
        assert not result["errors"]
        return result

    async def submit(self, **user_input: Any) -> ConfigFlowResult:
        """Submit the form that is shown."""
        return await self.hass.config_entries.flow.async_configure(
            self.flow_id, user_input
        )

    async def sign_in(self, **changes: Any) -> ConfigFlowResult:
        """Submit the credentials form, right but for the changes."""
        return await self.submit(
            **{
                "url": self.pbx.base_url,
                "client_id": self.pbx.client_id,
                "client_secret": self.pbx.client_secret,
                **changes,
            }
        )

    async def sign_in_again(self, **changes: Any) -> ConfigFlowResult:
        """Submit the credentials form of a reauthentication, which asks no URL."""
        return await self.submit(
            **{
                "client_id": self.pbx.client_id,
                "client_secret": self.pbx.client_secret,
                **changes,
            }
        )

    async def close(self) -> None:
        """Close the window."""
        self.hass.config_entries.flow.async_abort(self.flow_id)
        await self.hass.async_block_till_done()


@pytest.fixture(autouse=True)
async def _in_berlin(hass: HomeAssistant) -> None:
    """Let the user see times of Berlin."""
    await hass.config.async_set_time_zone("Europe/Berlin")


@pytest.fixture
def window(hass: HomeAssistant, pbx: PbxSimulator) -> Window:
    """Return the window of a user who has the PBX's credentials."""
    return Window(hass, pbx)


@pytest.fixture
def http_window(hass: HomeAssistant, http_pbx: PbxSimulator) -> Window:
    """Return the window of a user who has the credentials of the PBX on plain http."""
    return Window(hass, http_pbx)


def endpoints(pbx: PbxSimulator) -> list[str]:
    """Return what the PBX was asked, in order."""
    return [request.endpoint for request in pbx.requests]


def new_token(pbx: PbxSimulator) -> dict[str, Any]:
    """Return the answer to a sign-in elsewhere, as with curl."""
    return pbx.tokens.issue(pbx.clock())


def suggested(result: ConfigFlowResult) -> dict[str, Any]:
    """Return the values that a form comes filled in with."""
    schema = result["data_schema"]
    assert schema
    return {
        str(field): field.description["suggested_value"]
        for field in schema.schema
        if field.description
    }


def fields(result: ConfigFlowResult) -> list[str]:
    """Return the fields of a form."""
    schema = result["data_schema"]
    assert schema
    return [str(field) for field in schema.schema]


def assert_error(
    result: ConfigFlowResult, error: str, field: str = "base"
) -> dict[str, Any]:
    """Assert that a form shows one error; return its placeholders."""
    assert result["type"] is FlowResultType.FORM
    assert result["errors"] == {field: error}
    return dict(result["description_placeholders"] or {})


def entries(hass: HomeAssistant) -> list[Any]:
    """Return the entries that there are."""
    return hass.config_entries.async_entries(DOMAIN)


def reauth_flows(hass: HomeAssistant) -> list[Any]:
    """Return the reauthentications that wait for the user."""
    return [
        flow
        for flow in hass.config_entries.flow.async_progress()
        if flow["context"]["source"] == "reauth"
    ]


@pytest.fixture
async def refused(
    hass: HomeAssistant,
    pbx: PbxSimulator,
    entry: MockConfigEntry,
    expected_warnings: list[str],
) -> str:
    """Let the PBX's secret change, and Home Assistant notice; return the flow's ID."""
    expected_warnings.append("could not authenticate")
    pbx.reboot()
    pbx.client_secret = "NewSecret00000000000000000000001"
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    assert entry.state is ConfigEntryState.SETUP_ERROR
    (flow,) = reauth_flows(hass)
    pbx.requests.clear()
    return str(flow["flow_id"])


@asynccontextmanager
async def server(
    answer: bytes, connections: list[bytes] | None = None
) -> AsyncIterator[int]:
    """Serve something that is no PBX: these bytes, to whoever connects."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        received = await reader.read(4096)
        if connections is not None:
            connections.append(received)
        writer.write(answer)
        await writer.drain()
        writer.close()

    listening = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with listening:
        yield listening.sockets[0].getsockname()[1]


# Adding a PBX


async def test_the_menu_offers_two_ways(hass: HomeAssistant) -> None:
    """A user chooses first how to sign in."""
    result = await hass.config_entries.flow.async_init(
        DOMAIN, context={"source": SOURCE_USER}
    )

    assert result["type"] is FlowResultType.MENU
    assert result["step_id"] == "user"
    assert result["menu_options"] == ["credentials", "access_token"]


async def test_a_self_signed_pbx_is_added(
    hass: HomeAssistant, pbx: PbxSimulator, window: Window
) -> None:
    """Nothing is sent before the user has seen and trusted the certificate."""
    form = await window.open()
    assert fields(form) == ["url", "client_id", "client_secret"]
    assert form["description_placeholders"] == {
        "example_url": "https://192.168.5.150:8088"
    }

    certificate = await window.sign_in()

    assert certificate["type"] is FlowResultType.FORM
    assert certificate["step_id"] == "certificate"
    shown = dict(certificate["description_placeholders"] or {})
    assert shown["fingerprint"] == grouped(pbx.fingerprint)
    assert shown["url"] == pbx.base_url
    assert shown["subject"] == "`CN=127.0.0.1`"
    assert shown["valid_from"] < shown["valid_until"]
    assert pbx.requests == []

    created = await window.submit()

    assert created["type"] is FlowResultType.CREATE_ENTRY
    assert created["title"] == "PBX"
    entry = created["result"]
    assert entry.unique_id == pbx.serial_number
    token = entry.data["token"]
    assert entry.data == {
        "url": pbx.base_url,
        "certificate_fingerprint": pbx.fingerprint,
        "client_id": pbx.client_id,
        "client_secret": pbx.client_secret,
        "sign_in_refused": False,
        "token": token,
    }
    await hass.async_block_till_done()
    assert entry.state is ConfigEntryState.LOADED
    assert pbx.live_access_tokens == [token["access_token"]]
    assert endpoints(pbx) == ["get_token", "system/information", "system/information"]


async def test_a_pbx_on_plain_http_is_added(
    hass: HomeAssistant, http_pbx: PbxSimulator, http_window: Window
) -> None:
    """There is no certificate to look at."""
    await http_window.open()

    created = await http_window.sign_in()

    assert created["type"] is FlowResultType.CREATE_ENTRY
    assert created["data"]["certificate_fingerprint"] is None
    assert http_pbx.live_access_tokens == [created["data"]["token"]["access_token"]]


async def test_spaces_around_credentials_do_not_matter(
    http_pbx: PbxSimulator, http_window: Window
) -> None:
    """What is pasted often ends in a space."""
    await http_window.open()

    created = await http_window.sign_in(
        url=f" {http_pbx.base_url} ",
        client_id=f" {http_pbx.client_id} ",
        client_secret=f"{http_pbx.client_secret}\n",
    )

    assert created["type"] is FlowResultType.CREATE_ENTRY
    assert created["data"]["client_id"] == http_pbx.client_id
    assert created["data"]["client_secret"] == http_pbx.client_secret


@pytest.mark.parametrize("with_refresh_token", [True, False])
async def test_a_pbx_is_added_with_an_access_token(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    http_window: Window,
    *,
    with_refresh_token: bool,
) -> None:
    """The token that the user brought is the one that is used."""
    answer = new_token(http_pbx)
    form = await http_window.open("access_token")
    assert fields(form) == ["url", "access_token", "refresh_token"]
    tokens = {"access_token": answer["access_token"]}
    if with_refresh_token:
        tokens["refresh_token"] = answer["refresh_token"]

    created = await http_window.submit(url=http_pbx.base_url, **tokens)

    assert created["type"] is FlowResultType.CREATE_ENTRY
    assert "client_id" not in created["data"]
    kept = created["data"]["token"]
    assert kept["access_token"] == answer["access_token"]
    assert kept["refresh_token"] == (
        answer["refresh_token"] if with_refresh_token else ""
    )
    await hass.async_block_till_done()
    assert endpoints(http_pbx) == ["system/information"] * 2
    assert http_pbx.live_access_tokens == [answer["access_token"]]


async def test_an_old_access_token_is_refreshed_while_it_is_added(
    freezer: FrozenDateTimeFactory, http_pbx: PbxSimulator, http_window: Window
) -> None:
    """The user's refresh token gets a new one."""
    answer = new_token(http_pbx)
    freezer.tick(40 * MINUTE)
    await http_window.open("access_token")

    created = await http_window.submit(
        url=http_pbx.base_url,
        access_token=answer["access_token"],
        refresh_token=answer["refresh_token"],
    )

    assert created["type"] is FlowResultType.CREATE_ENTRY
    assert http_pbx.live_access_tokens == [created["data"]["token"]["access_token"]]


@pytest.mark.parametrize("refresh_token", ["", "x" * 32])
async def test_a_dead_access_token_is_refused(
    http_pbx: PbxSimulator, http_window: Window, refresh_token: str
) -> None:
    """The user corrects the token in the same form."""
    await http_window.open("access_token")

    result = await http_window.submit(
        url=http_pbx.base_url, access_token="y" * 32, refresh_token=refresh_token
    )

    assert_error(result, "invalid_auth")
    assert result["step_id"] == "access_token"
    assert suggested(result) == {"url": http_pbx.base_url}

    answer = new_token(http_pbx)
    created = await http_window.submit(
        url=http_pbx.base_url, access_token=answer["access_token"]
    )
    assert created["type"] is FlowResultType.CREATE_ENTRY


async def test_a_users_own_token_is_not_revoked(
    http_pbx: PbxSimulator, http_window: Window
) -> None:
    """What fails in the flow must not end what the user brought."""
    answer = new_token(http_pbx)
    http_pbx.errcodes["system/information"] = -2
    await http_window.open("access_token")

    result = await http_window.submit(
        url=http_pbx.base_url,
        access_token=answer["access_token"],
        refresh_token=answer["refresh_token"],
    )
    await http_window.close()

    assert_error(result, "pbx_fault")
    assert http_pbx.live_access_tokens == [answer["access_token"]]


# URLs


@pytest.mark.parametrize(
    "typed", ["{base}/", "{base}/openapi/v1.0", "{base}/openapi/v1.0/", " {base}"]
)
async def test_a_url_is_stored_without_what_is_too_much(
    http_pbx: PbxSimulator, http_window: Window, typed: str
) -> None:
    """Users copy more of a URL than is needed."""
    await http_window.open()

    created = await http_window.sign_in(url=typed.format(base=http_pbx.base_url))

    assert created["type"] is FlowResultType.CREATE_ENTRY
    assert created["data"]["url"] == http_pbx.base_url


async def test_a_url_without_a_scheme_means_https(
    pbx: PbxSimulator, window: Window
) -> None:
    """Users leave the scheme out."""
    await window.open()

    result = await window.sign_in(url=f"127.0.0.1:{pbx.port}")

    assert result["step_id"] == "certificate"
    assert (await window.submit())["data"]["url"] == pbx.base_url


async def test_the_path_of_a_url_is_kept(
    http_pbx: PbxSimulator, http_window: Window
) -> None:
    """A PBX may stand behind a proxy; this one does not."""
    await http_window.open()

    result = await http_window.sign_in(url=f"{http_pbx.base_url}/pbx/openapi/v1.0/")

    assert_error(result, "not_a_pbx")
    assert [r.path for r in http_pbx.requests] == ["/pbx/openapi/v1.0/get_token"]


@pytest.mark.parametrize(
    "typed",
    [
        "ftp://192.168.5.150",
        "https://",
        "https://user:password@192.168.5.150",
        "https://192.168.5.150:99999",
        "https://192.168.5.150/?a=b",
        "https://192.168.5.150/#login",
        "192.168.5.150 8088",
        "https://[::1",
    ],
)
async def test_what_is_no_url_is_refused(window: Window, typed: str) -> None:
    """The form says so at the field and keeps what was typed."""
    await window.open()

    result = await window.sign_in(url=typed)

    assert_error(result, "invalid_url", "url")
    assert suggested(result) == {"url": typed, "client_id": window.pbx.client_id}


@pytest.mark.parametrize("field", ["url", "client_id", "client_secret"])
async def test_a_blank_field_is_refused(
    pbx: PbxSimulator, window: Window, field: str
) -> None:
    """The PBX is not asked."""
    await window.open()

    assert_error(await window.sign_in(**{field: "  "}), "empty", field)
    assert pbx.requests == []


async def test_a_blank_access_token_is_refused(
    http_pbx: PbxSimulator, http_window: Window
) -> None:
    """The PBX is not asked."""
    await http_window.open("access_token")

    result = await http_window.submit(url=http_pbx.base_url, access_token=" ")

    assert_error(result, "empty", "access_token")
    assert http_pbx.requests == []


async def test_a_blank_refresh_token_is_none(
    http_pbx: PbxSimulator, http_window: Window
) -> None:
    """The field is optional."""
    answer = new_token(http_pbx)
    await http_window.open("access_token")

    created = await http_window.submit(
        url=http_pbx.base_url, access_token=answer["access_token"], refresh_token=" "
    )

    assert created["type"] is FlowResultType.CREATE_ENTRY
    assert created["data"]["token"]["refresh_token"] == ""


# A refused sign-in


async def test_a_wrong_secret_costs_one_attempt(
    pbx: PbxSimulator, window: Window
) -> None:
    """The form keeps what is no secret, and the right secret gets in."""
    await window.open()
    await window.sign_in(client_secret="wrong")

    result = await window.submit()

    assert_error(result, "invalid_auth")
    assert result["step_id"] == "credentials"
    assert suggested(result) == {"url": pbx.base_url, "client_id": pbx.client_id}
    assert endpoints(pbx) == ["get_token"]

    created = await window.sign_in()

    assert created["type"] is FlowResultType.CREATE_ENTRY
    assert created["data"]["sign_in_refused"] is False
    assert len(pbx.live_access_tokens) == 1


async def test_five_wrong_secrets_block_until_the_time_is_up(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    http_pbx: PbxSimulator,
    http_window: Window,
) -> None:
    """The form says until when, and nothing is sent before."""
    freezer.move_to("2026-11-23T10:00:00Z")
    await http_window.open()
    for _ in range(5):
        assert_error(await http_window.sign_in(client_secret="no"), "invalid_auth")

    shown = assert_error(await http_window.sign_in(), "address_blocked")
    assert shown["time"] == "11:10"

    http_pbx.requests.clear()
    freezer.tick(9 * MINUTE)
    shown = assert_error(await http_window.sign_in(), "address_blocked")
    assert shown["time"] == "11:10"
    await http_window.close()
    await http_window.open()
    assert_error(await http_window.sign_in(), "address_blocked")
    assert http_pbx.requests == []

    freezer.tick(2 * MINUTE)
    created = await http_window.sign_in()
    assert created["type"] is FlowResultType.CREATE_ENTRY
    assert len(http_pbx.live_access_tokens) == 1


async def test_an_address_that_is_not_allowed_waits(
    freezer: FrozenDateTimeFactory, http_pbx: PbxSimulator, http_window: Window
) -> None:
    """The administrator adds it to the allow-list, and the next try succeeds."""
    freezer.move_to("2026-11-23T10:00:00Z")
    http_pbx.switches.allow_list = frozenset({"192.0.2.1"})
    await http_window.open()

    shown = assert_error(await http_window.sign_in(), "address_not_allowed")

    assert shown["time"] == "11:01"
    http_pbx.switches.allow_list = None
    assert_error(await http_window.sign_in(), "address_not_allowed")
    assert endpoints(http_pbx) == ["get_token"]

    freezer.tick(MINUTE)
    created = await http_window.sign_in()
    assert created["type"] is FlowResultType.CREATE_ENTRY


async def test_eight_tokens_in_use_wait(
    freezer: FrozenDateTimeFactory, http_pbx: PbxSimulator, http_window: Window
) -> None:
    """The form says that other programs have them, and when to try again."""
    freezer.move_to("2026-11-23T10:00:00Z")
    others = [new_token(http_pbx) for _ in range(8)]
    await http_window.open()

    shown = assert_error(await http_window.sign_in(), "too_many_tokens")

    assert shown["time"] == "11:05"
    http_pbx.tokens.revoke(others[0]["access_token"])
    assert_error(await http_window.sign_in(), "too_many_tokens")
    assert endpoints(http_pbx) == ["get_token"]

    freezer.tick(5 * MINUTE)
    created = await http_window.sign_in()
    assert created["type"] is FlowResultType.CREATE_ENTRY
    assert len(http_pbx.live_access_tokens) == 8


# What is no PBX in order


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault.RESET, "connection_lost"),
        (Fault.CLOSE, "connection_lost"),
        (Fault.SILENT, "timeout"),
        (Fault.HALF, "connection_lost"),
        (Fault.HUGE, "not_a_pbx"),
        (Fault.EMPTY, "not_a_pbx"),
        (Fault.NOT_JSON, "not_a_pbx"),
        (Fault.JSON_LIST, "not_a_pbx"),
        (Fault.JSON_NULL, "not_a_pbx"),
        (Fault.NO_ERRCODE, "not_a_pbx"),
        (Fault.REDIRECT, "redirected"),
        (Fault.HTML, "not_a_pbx"),
        (Fault.BAD_REQUEST_400, "not_a_pbx"),
        (Fault.FORBIDDEN_403, "access_denied"),
        (Fault.NOT_FOUND_404, "not_a_pbx"),
        (Fault.TOO_MANY_REQUESTS_429, "unavailable"),
        (Fault.SERVER_ERROR_500, "unavailable"),
        (Fault.BAD_GATEWAY_502, "unavailable"),
        (Fault.UNAVAILABLE_503, "unavailable"),
    ],
)
@pytest.mark.parametrize("endpoint", ["*", "system/information"])
async def test_a_fault_is_named_and_leaves_no_token(
    monkeypatch: pytest.MonkeyPatch,
    http_pbx: PbxSimulator,
    http_window: Window,
    endpoint: str,
    fault: Fault,
    error: str,
) -> None:
    """Afterwards the user tries again, and it works."""
    if fault is Fault.SILENT:
        monkeypatch.setattr(api_module, "TIMEOUT", aiohttp.ClientTimeout(total=0.2))
    http_pbx.faults[endpoint] = fault
    await http_window.open()

    shown = assert_error(await http_window.sign_in(), error)

    if error == "redirected":
        assert shown["origin"] == "http://example.invalid"
    if endpoint != "*":
        assert http_pbx.live_access_tokens == []
    http_pbx.faults.clear()
    monkeypatch.undo()
    created = await http_window.sign_in()
    assert created["type"] is FlowResultType.CREATE_ENTRY


async def test_http_401_to_every_request_is_a_refused_sign_in(
    http_pbx: PbxSimulator, http_window: Window
) -> None:
    """One attempt is made."""
    http_pbx.faults["*"] = Fault.UNAUTHORIZED_401
    await http_window.open()

    assert_error(await http_window.sign_in(), "invalid_auth")
    assert endpoints(http_pbx) == ["get_token"]


@pytest.mark.parametrize(
    ("errcode", "error"),
    [
        (-2, "pbx_fault"),
        (70082, "pbx_fault"),
        (10001, "not_supported"),
        (10002, "not_supported"),
        (10005, "access_denied"),
        (10009, "access_denied"),
        (70084, "access_denied"),
        (60001, "not_found"),
    ],
)
async def test_an_error_of_the_pbx_is_named(
    http_pbx: PbxSimulator, http_window: Window, errcode: int, error: str
) -> None:
    """The token that the flow got is given back."""
    http_pbx.errcodes["system/information"] = errcode
    await http_window.open()

    shown = assert_error(await http_window.sign_in(), error)

    if error == "pbx_fault":
        assert shown["errcode"] == str(errcode)
    assert http_pbx.live_access_tokens == []


async def test_a_pbx_without_the_api_is_named(
    http_pbx: PbxSimulator, http_window: Window
) -> None:
    """A plan or a model may lack it."""
    http_pbx.errcodes["*"] = 10001
    await http_window.open()

    assert_error(await http_window.sign_in(), "not_supported")
    assert endpoints(http_pbx) == ["get_token"]


async def test_a_closed_port_is_named(pbx: PbxSimulator, window: Window) -> None:
    """Once the PBX runs, the same form succeeds."""
    await pbx.stop()
    await window.open()

    assert_error(await window.sign_in(), "connection_refused")

    await pbx.start()
    assert (await window.sign_in())["step_id"] == "certificate"


async def test_a_port_that_answers_nothing_is_named(
    monkeypatch: pytest.MonkeyPatch, window: Window
) -> None:
    """A firewall may swallow the packets."""
    monkeypatch.setattr(api_module, "TIMEOUT", aiohttp.ClientTimeout(total=0.2))
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        await window.open()

        result = await window.sign_in(url=f"https://127.0.0.1:{deaf.getsockname()[1]}")

    assert_error(result, "timeout")


async def test_an_unknown_host_is_named(
    monkeypatch: pytest.MonkeyPatch, window: Window
) -> None:
    """There is no network here, so the resolver's answer is made up."""
    monkeypatch.setattr(
        AsyncResolver, "resolve", AsyncMock(side_effect=OSError("no such name"))
    )
    await window.open()

    assert_error(await window.sign_in(url="https://pbx.invalid"), "host_not_found")


async def test_https_on_an_http_port_is_named(
    http_pbx: PbxSimulator, http_window: Window
) -> None:
    """The scheme was left out, or is wrong."""
    await http_window.open()

    result = await http_window.sign_in(url=f"127.0.0.1:{http_pbx.port}")

    assert_error(result, "tls_failed")


async def test_http_on_an_https_port_is_no_pbx(
    pbx: PbxSimulator, window: Window
) -> None:
    """Whatever the server does then, the form stays."""
    await window.open()

    result = await window.sign_in(url=f"http://127.0.0.1:{pbx.port}")

    assert result["errors"]["base"] in ("connection_lost", "not_a_pbx")
    assert pbx.requests == []


@pytest.mark.parametrize(
    "answer", [b"SSH-2.0-OpenSSH_10.0\r\n", b"\x00\xff" * 100, b""]
)
async def test_another_service_is_no_pbx(window: Window, answer: bytes) -> None:
    """The user mistook the port."""
    await window.open()
    async with server(answer) as port:
        result = await window.sign_in(url=f"http://127.0.0.1:{port}")

    assert result["errors"]["base"] in ("connection_lost", "not_a_pbx")


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
    assert len(connections) == 1
    assert http_pbx.requests == []

    created = await http_window.sign_in(url=http_pbx.base_url)
    assert created["type"] is FlowResultType.CREATE_ENTRY


# The certificate


async def test_a_certificate_that_changes_meanwhile_is_shown_anew(
    pbx: PbxSimulator, window: Window
) -> None:
    """The user trusted the one that was shown, not any."""
    await window.open()
    await window.sign_in()
    seen = pbx.fingerprint
    await pbx.renew_certificate()

    result = await window.submit()

    assert result["step_id"] == "certificate_changed"
    shown = dict(result["description_placeholders"] or {})
    assert shown["old_fingerprint"] == grouped(seen)
    assert shown["fingerprint"] == grouped(pbx.fingerprint) != grouped(seen)
    assert pbx.requests == []

    created = await window.submit()
    assert created["data"]["certificate_fingerprint"] == pbx.fingerprint


async def test_a_trusted_certificate_holds_for_its_url_only(
    hass: HomeAssistant, pbx: PbxSimulator, window: Window
) -> None:
    """Another URL in the same window is asked about again."""
    await window.open()
    await window.sign_in(client_secret="wrong")
    assert_error(await window.submit(), "invalid_auth")
    async with PbxSimulator() as other:
        result = await window.sign_in(url=other.base_url)

        assert result["step_id"] == "certificate"
        assert (result["description_placeholders"] or {})["fingerprint"] == grouped(
            other.fingerprint
        )
        assert other.requests == []


async def test_a_pbx_that_goes_away_in_the_certificate_step_is_named(
    pbx: PbxSimulator, window: Window
) -> None:
    """The credentials form is back, with the error."""
    await window.open()
    await window.sign_in()
    await pbx.stop()

    result = await window.submit()

    assert_error(result, "connection_refused")
    assert result["step_id"] == "credentials"


# Tokens that no entry keeps


async def test_a_pbx_that_is_there_already_is_not_added_again(
    hass: HomeAssistant, pbx: PbxSimulator, entry: MockConfigEntry, window: Window
) -> None:
    """The token of the flow is revoked, that of the entry is not."""
    await window.open()
    await window.sign_in()

    result = await window.submit()
    await hass.async_block_till_done()

    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "already_configured"
    assert pbx.live_access_tokens == [entry.data["token"]["access_token"]]


async def test_closing_the_window_at_the_certificate_leaves_no_token(
    hass: HomeAssistant, pbx: PbxSimulator, window: Window
) -> None:
    """Nothing was sent at all."""
    await window.open()
    await window.sign_in()

    await window.close()

    assert pbx.requests == []
    assert entries(hass) == []


async def test_closing_the_window_after_an_error_leaves_no_token(
    pbx: PbxSimulator, window: Window
) -> None:
    """The token was given back with the error."""
    pbx.errcodes["system/information"] = -2
    await window.open()
    await window.sign_in()
    await window.submit()

    await window.close()

    assert endpoints(pbx) == ["get_token", "system/information", "del_token"]
    assert pbx.live_access_tokens == []


async def test_closing_the_window_while_the_pbx_is_asked_leaves_no_token(
    monkeypatch: pytest.MonkeyPatch,
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    http_window: Window,
) -> None:
    """A user may be faster than a PBX."""

    def close_window(pbx: Any, request: RecordedRequest) -> dict[str, object]:
        """Close the window while the PBX answers."""
        hass.config_entries.flow.async_abort(http_window.flow_id)
        return original.handler(pbx, request)

    original = ENDPOINTS["system/information"]
    monkeypatch.setitem(
        ENDPOINTS,  # type: ignore[arg-type]
        "system/information",
        Endpoint("GET", close_window),
    )
    await http_window.open()

    with pytest.raises(UnknownFlow):
        await http_window.sign_in()
    await hass.async_block_till_done()

    assert entries(hass) == []
    assert http_pbx.live_access_tokens == []


async def test_a_token_that_cannot_be_given_back_is_no_error(
    http_pbx: PbxSimulator, http_window: Window
) -> None:
    """It expires by itself; the user sees what went wrong first."""
    http_pbx.errcodes["system/information"] = -2
    http_pbx.faults["del_token"] = Fault.RESET
    await http_window.open()

    assert_error(await http_window.sign_in(), "pbx_fault")


async def test_two_windows_add_a_pbx_once(
    hass: HomeAssistant, pbx: PbxSimulator
) -> None:
    """The second is told, and its token is revoked."""
    first, second = Window(hass, pbx), Window(hass, pbx)
    for window in (first, second):
        await window.open()
        assert (await window.sign_in())["step_id"] == "certificate"

    results = await asyncio.gather(first.submit(), second.submit())
    await hass.async_block_till_done()

    assert sorted(str(result["type"]) for result in results) == [
        "abort",
        "create_entry",
    ]
    (entry,) = entries(hass)
    assert pbx.live_access_tokens == [entry.data["token"]["access_token"]]


async def test_two_pbxs_are_two_entries(
    hass: HomeAssistant, pbx: PbxSimulator, http_pbx: PbxSimulator, window: Window
) -> None:
    """They are told apart by their serial numbers."""
    http_pbx.serial_number = "3631A2124002"
    await window.open()
    await window.sign_in()
    await window.submit()
    other = Window(hass, http_pbx)
    await other.open()

    await other.sign_in()
    await hass.async_block_till_done()

    assert {e.unique_id for e in entries(hass)} == {"3631A2124001", "3631A2124002"}


# Signing in again


async def test_an_action_that_is_refused_asks_to_sign_in_again(
    hass: HomeAssistant,
    pbx: PbxSimulator,
    entry: MockConfigEntry,
    player: Player,
    window: Window,
) -> None:
    """The user signs in, and the next action works."""
    pbx.reboot()
    pbx.client_secret = "NewSecret00000000000000000000001"
    play = {
        "extension": "3200",
        "file": "vm_welcome.wav",
        "entity_id": "media_player.kitchen",
    }
    for _ in range(3):
        with pytest.raises(HomeAssistantError, match="no longer accepts the sign-in"):
            await hass.services.async_call(DOMAIN, "play_greeting", play, blocking=True)
    await hass.async_block_till_done()
    assert endpoints(pbx).count("get_token") == 1

    (flow,) = reauth_flows(hass)
    assert flow["step_id"] == "reauth_confirm"
    form = await window.follow(flow["flow_id"])
    assert fields(form) == ["client_id", "client_secret"]
    assert suggested(form) == {"client_id": pbx.client_id}
    result = await window.sign_in_again()
    await hass.async_block_till_done()

    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "reauth_successful"
    assert entry.state is ConfigEntryState.LOADED
    assert entry.data["client_secret"] == pbx.client_secret
    assert entry.data["sign_in_refused"] is False
    assert entry.data["certificate_fingerprint"] == pbx.fingerprint
    assert pbx.live_access_tokens == [entry.data["token"]["access_token"]]
    await hass.services.async_call(DOMAIN, "play_greeting", play, blocking=True)
    assert len(player.played) == 1
    assert endpoints(pbx).count("get_token") == 2


async def test_the_menu_to_sign_in_again_names_the_pbx(
    hass: HomeAssistant, pbx: PbxSimulator, entry: MockConfigEntry
) -> None:
    """There may be several."""
    result = await entry.start_reauth_flow(hass)

    assert result["type"] is FlowResultType.MENU
    assert result["step_id"] == "reauth_confirm"
    assert result["description_placeholders"] == {"name": "PBX"}


async def test_signing_in_again_with_a_wrong_secret_stays_in_the_form(
    hass: HomeAssistant,
    pbx: PbxSimulator,
    entry: MockConfigEntry,
    window: Window,
    refused: str,
) -> None:
    """Each attempt is one login, and the right secret gets in."""
    await window.follow(refused)

    result = await window.sign_in_again(client_secret="wrong")

    assert_error(result, "invalid_auth")
    assert endpoints(pbx) == ["get_token"]
    result = await window.sign_in_again()
    await hass.async_block_till_done()
    assert result["reason"] == "reauth_successful"
    assert entry.state is ConfigEntryState.LOADED
    assert len(pbx.live_access_tokens) == 1


async def test_signing_in_again_with_an_access_token(
    hass: HomeAssistant,
    pbx: PbxSimulator,
    entry: MockConfigEntry,
    window: Window,
    refused: str,
) -> None:
    """The credentials that no longer work are forgotten."""
    answer = new_token(pbx)
    form = await window.follow(refused, "access_token")
    assert fields(form) == ["access_token", "refresh_token"]

    result = await window.submit(
        access_token=answer["access_token"], refresh_token=answer["refresh_token"]
    )
    await hass.async_block_till_done()

    assert result["reason"] == "reauth_successful"
    assert entry.state is ConfigEntryState.LOADED
    assert "client_secret" not in entry.data
    assert pbx.live_access_tokens == [answer["access_token"]]


async def test_signing_in_again_shows_a_changed_certificate(
    hass: HomeAssistant,
    pbx: PbxSimulator,
    entry: MockConfigEntry,
    window: Window,
    refused: str,
) -> None:
    """Both fingerprints are shown before anything is sent."""
    old = pbx.fingerprint
    await pbx.renew_certificate()
    await window.follow(refused)

    result = await window.sign_in_again()

    assert result["type"] is FlowResultType.FORM
    assert result["step_id"] == "certificate_changed"
    shown = dict(result["description_placeholders"] or {})
    assert shown["old_fingerprint"] == grouped(old)
    assert shown["fingerprint"] == grouped(pbx.fingerprint)
    assert pbx.requests == []

    result = await window.submit()
    await hass.async_block_till_done()
    assert result["reason"] == "reauth_successful"
    assert entry.data["certificate_fingerprint"] == pbx.fingerprint
    assert entry.state is ConfigEntryState.LOADED


async def test_a_changed_certificate_that_is_not_trusted_changes_nothing(
    hass: HomeAssistant,
    pbx: PbxSimulator,
    entry: MockConfigEntry,
    window: Window,
    refused: str,
) -> None:
    """The user closes the window, as it advises."""
    await pbx.renew_certificate()
    await window.follow(refused)
    await window.sign_in_again()
    before = dict(entry.data)

    await window.close()

    assert entry.data == before
    assert pbx.requests == []


async def test_signing_in_to_another_pbx_is_refused(
    hass: HomeAssistant,
    pbx: PbxSimulator,
    entry: MockConfigEntry,
    window: Window,
    refused: str,
) -> None:
    """Its token is revoked, and the entry keeps what it had."""
    before = dict(entry.data)
    pbx.serial_number = "3631A2124999"
    await window.follow(refused)

    result = await window.sign_in_again()
    await hass.async_block_till_done()

    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "another_pbx"
    assert result["description_placeholders"] == {"name": "PBX"}
    assert pbx.live_access_tokens == []
    assert entry.data == before


async def test_an_access_token_that_ends_asks_to_sign_in_again(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    http_pbx: PbxSimulator,
    expected_warnings: list[str],
) -> None:
    """Half an hour is all that it lasts without a refresh token."""
    expected_warnings.append("could not authenticate")
    window = Window(hass, http_pbx)
    await window.open("access_token")
    created = await window.submit(
        url=http_pbx.base_url, access_token=new_token(http_pbx)["access_token"]
    )
    await hass.async_block_till_done()
    freezer.tick(31 * MINUTE)
    http_pbx.requests.clear()

    await hass.config_entries.async_reload(created["result"].entry_id)
    await hass.async_block_till_done()

    assert http_pbx.requests == []
    (flow,) = reauth_flows(hass)
    await window.follow(flow["flow_id"])
    result = await window.sign_in_again()
    await hass.async_block_till_done()
    assert result["reason"] == "reauth_successful"
    assert created["result"].state is ConfigEntryState.LOADED


# Changing the address or the way to sign in


async def test_a_pbx_gets_another_address(
    hass: HomeAssistant, pbx: PbxSimulator, entry: MockConfigEntry, window: Window
) -> None:
    """The old token is given back at the new address."""
    await pbx.stop()
    old_url, old_token = pbx.base_url, entry.data["token"]["access_token"]
    pbx.port = 0
    await pbx.start()
    assert pbx.base_url != old_url
    form = await window.reconfigure(entry)
    assert fields(form) == ["url", "client_id", "client_secret"]
    assert suggested(form) == {"url": old_url, "client_id": pbx.client_id}

    result = await window.sign_in()
    assert result["step_id"] == "certificate"
    result = await window.submit()
    await hass.async_block_till_done()

    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "reconfigure_successful"
    assert entry.data["url"] == pbx.base_url
    assert entry.state is ConfigEntryState.LOADED
    assert pbx.live_access_tokens == [entry.data["token"]["access_token"]]
    assert pbx.live_access_tokens != [old_token]


async def test_reconfiguring_without_a_change_costs_no_token(
    hass: HomeAssistant, pbx: PbxSimulator, entry: MockConfigEntry, window: Window
) -> None:
    """The pinned certificate is not asked about again."""
    await window.reconfigure(entry)

    result = await window.sign_in()
    await hass.async_block_till_done()

    assert result["reason"] == "reconfigure_successful"
    assert entry.state is ConfigEntryState.LOADED
    assert pbx.live_access_tokens == [entry.data["token"]["access_token"]]


async def test_credentials_take_the_place_of_an_access_token(
    hass: HomeAssistant, http_pbx: PbxSimulator, http_window: Window
) -> None:
    """The token that the user once brought is given back."""
    await http_window.open("access_token")
    created = await http_window.submit(
        url=http_pbx.base_url, access_token=new_token(http_pbx)["access_token"]
    )
    await hass.async_block_till_done()
    entry = created["result"]
    await http_window.reconfigure(entry)

    result = await http_window.sign_in()
    await hass.async_block_till_done()

    assert result["reason"] == "reconfigure_successful"
    assert entry.data["client_secret"] == http_pbx.client_secret
    assert http_pbx.live_access_tokens == [entry.data["token"]["access_token"]]


async def test_an_access_token_takes_the_place_of_credentials(
    hass: HomeAssistant, pbx: PbxSimulator, entry: MockConfigEntry, window: Window
) -> None:
    """Client ID and Secret are forgotten."""
    answer = new_token(pbx)
    await window.reconfigure(entry, "access_token")

    result = await window.submit(
        url=pbx.base_url, access_token=answer["access_token"], refresh_token=""
    )
    await hass.async_block_till_done()

    assert result["reason"] == "reconfigure_successful"
    assert "client_id" not in entry.data
    assert "client_secret" not in entry.data
    assert pbx.live_access_tokens == [answer["access_token"]]


async def test_the_entrys_own_access_token_stays_alive(
    hass: HomeAssistant, http_pbx: PbxSimulator, http_window: Window
) -> None:
    """Typing the same token again must not revoke it."""
    token = new_token(http_pbx)["access_token"]
    await http_window.open("access_token")
    created = await http_window.submit(url=http_pbx.base_url, access_token=token)
    await hass.async_block_till_done()
    await http_window.reconfigure(created["result"], "access_token")

    result = await http_window.submit(url=http_pbx.base_url, access_token=token)
    await hass.async_block_till_done()

    assert result["reason"] == "reconfigure_successful"
    assert http_pbx.live_access_tokens == [token]
    assert created["result"].state is ConfigEntryState.LOADED


async def test_a_changed_certificate_is_trusted_anew(
    hass: HomeAssistant, pbx: PbxSimulator, entry: MockConfigEntry, window: Window
) -> None:
    """The error about it tells the user to do so."""
    old = pbx.fingerprint
    await pbx.renew_certificate()
    await window.reconfigure(entry)

    result = await window.sign_in()

    assert result["step_id"] == "certificate_changed"
    shown = dict(result["description_placeholders"] or {})
    assert shown["old_fingerprint"] == grouped(old)
    assert shown["fingerprint"] == grouped(pbx.fingerprint)
    result = await window.submit()
    await hass.async_block_till_done()
    assert result["reason"] == "reconfigure_successful"
    assert entry.data["certificate_fingerprint"] == pbx.fingerprint
    assert pbx.live_access_tokens == [entry.data["token"]["access_token"]]


async def test_reconfiguring_to_http_forgets_the_certificate(
    hass: HomeAssistant,
    pbx: PbxSimulator,
    http_pbx: PbxSimulator,
    entry: MockConfigEntry,
) -> None:
    """The same PBX, on its other port."""
    window = Window(hass, http_pbx)
    await window.reconfigure(entry)

    result = await window.sign_in()
    await hass.async_block_till_done()

    assert result["reason"] == "reconfigure_successful"
    assert entry.data["url"] == http_pbx.base_url
    assert entry.data["certificate_fingerprint"] is None
    assert http_pbx.live_access_tokens == [entry.data["token"]["access_token"]]


async def test_reconfiguring_to_another_pbx_is_refused(
    hass: HomeAssistant,
    pbx: PbxSimulator,
    http_pbx: PbxSimulator,
    entry: MockConfigEntry,
) -> None:
    """Its token is revoked, and the entry goes on as before."""
    http_pbx.serial_number = "3631A2124999"
    before = dict(entry.data)
    window = Window(hass, http_pbx)
    await window.reconfigure(entry)

    result = await window.sign_in()
    await hass.async_block_till_done()

    assert result["reason"] == "another_pbx"
    assert http_pbx.live_access_tokens == []
    assert entry.data == before
    assert entry.state is ConfigEntryState.LOADED
    assert pbx.live_access_tokens == [before["token"]["access_token"]]


async def test_a_failed_reconfiguration_leaves_the_entry_alone(
    hass: HomeAssistant, pbx: PbxSimulator, entry: MockConfigEntry, window: Window
) -> None:
    """A wrong secret in the form is no reason to stop."""
    before = dict(entry.data)
    await window.reconfigure(entry)

    assert_error(await window.sign_in(client_secret="wrong"), "invalid_auth")
    await window.close()

    assert entry.data == before
    assert entry.state is ConfigEntryState.LOADED
    assert reauth_flows(hass) == []


async def test_reconfiguring_an_entry_that_cannot_connect(
    hass: HomeAssistant, pbx: PbxSimulator, window: Window
) -> None:
    """The address was wrong since the PBX moved."""
    entry = entry_for(pbx, url="https://127.0.0.1:1")
    entry.add_to_hass(hass)
    await hass.config_entries.async_setup(entry.entry_id)
    assert entry.state is ConfigEntryState.SETUP_RETRY
    await window.reconfigure(entry)
    await window.sign_in()

    result = await window.submit()
    await hass.async_block_till_done()

    assert result["reason"] == "reconfigure_successful"
    assert entry.state is ConfigEntryState.LOADED
    assert pbx.live_access_tokens == [entry.data["token"]["access_token"]]


async def test_reconfiguring_settles_a_request_to_sign_in_again(
    hass: HomeAssistant,
    pbx: PbxSimulator,
    entry: MockConfigEntry,
    window: Window,
    refused: str,
) -> None:
    """The user need not sign in twice."""
    await window.reconfigure(entry)

    result = await window.sign_in()
    await hass.async_block_till_done()

    assert result["reason"] == "reconfigure_successful"
    assert entry.state is ConfigEntryState.LOADED
    assert entry.data["sign_in_refused"] is False
    assert len(pbx.live_access_tokens) == 1
    assert reauth_flows(hass) == []


@pytest.mark.parametrize("refusal", [Refusal.TOKEN_EXPIRED, Refusal.HTTP_401])
async def test_an_old_token_that_is_dead_already_is_no_error(
    hass: HomeAssistant,
    pbx: PbxSimulator,
    entry: MockConfigEntry,
    window: Window,
    refusal: Refusal,
) -> None:
    """Another program may have revoked it."""
    pbx.switches.token_refusal = refusal
    pbx.reboot()
    await window.reconfigure(entry)

    result = await window.sign_in()
    await hass.async_block_till_done()

    assert result["reason"] == "reconfigure_successful"
    assert len(pbx.live_access_tokens) == 1


async def test_an_entry_that_is_loaded_twice_uses_its_token(
    hass: HomeAssistant, pbx: PbxSimulator
) -> None:
    """What a flow stores is what setup reads."""
    window = Window(hass, pbx)
    await window.open()
    await window.sign_in()
    created = await window.submit()
    await hass.async_block_till_done()
    stored = dict(created["data"])
    await hass.config_entries.async_unload(created["result"].entry_id)
    pbx.requests.clear()
    again = MockConfigEntry(domain=DOMAIN, unique_id="copy", title="Copy", data=stored)

    await load(hass, again)

    assert endpoints(pbx) == ["system/information"]


# Options


@pytest.mark.parametrize("delivery", ["auto", "direct", "relay"])
async def test_the_delivery_is_an_option(
    hass: HomeAssistant, http_entry: MockConfigEntry, player: Player, delivery: str
) -> None:
    """It holds for actions that do not say otherwise, and the form remembers it."""
    form = await hass.config_entries.options.async_init(http_entry.entry_id)
    assert form["step_id"] == "init"
    result = await hass.config_entries.options.async_configure(
        form["flow_id"], {"delivery": delivery}
    )
    await hass.async_block_till_done()

    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert http_entry.options == {"delivery": delivery}
    assert http_entry.state is ConfigEntryState.LOADED
    response = await hass.services.async_call(
        DOMAIN,
        "play_greeting",
        {
            "extension": "3200",
            "file": "vm_welcome.wav",
            "entity_id": "media_player.kitchen",
        },
        blocking=True,
        return_response=True,
    )
    assert response
    assert response["delivery"] == ("relay" if delivery == "relay" else "direct")
    assert len(player.played) == 1
    form = await hass.config_entries.options.async_init(http_entry.entry_id)
    assert suggested(form) == {"delivery": delivery}


async def test_the_delivery_is_automatic_at_first(
    hass: HomeAssistant, http_entry: MockConfigEntry
) -> None:
    """The form shows what holds without options."""
    form = await hass.config_entries.options.async_init(http_entry.entry_id)

    assert form["data_schema"]
    assert form["data_schema"]({}) == {"delivery": "auto"}


async def test_options_cost_no_token(
    hass: HomeAssistant, pbx: PbxSimulator, entry: MockConfigEntry
) -> None:
    """The entry is reloaded with the token that it has."""
    form = await hass.config_entries.options.async_init(entry.entry_id)
    await hass.config_entries.options.async_configure(
        form["flow_id"], {"delivery": "relay"}
    )
    await hass.async_block_till_done()

    assert endpoints(pbx) == ["system/information"]
    assert entry.state is ConfigEntryState.LOADED
