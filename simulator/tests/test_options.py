"""What the command line can set, over sockets as ever."""

import argparse
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import fields
from pathlib import Path
import ssl
import sys
import time
from zoneinfo import ZoneInfo

from aiohttp import ClientConnectorCertificateError, ClientSession
import pytest

from simulator import (
    EmptyList,
    FastForward,
    Fault,
    Outage,
    PbxSimulator,
    Refusal,
    SocketEnd,
    Switches,
    TotalNumber,
    UnannouncedEnd,
    Weakness,
    __main__ as command,
)
from simulator.options import (
    add_options,
    apply,
    apply_running,
    certificate_of,
    everything,
    profile_of,
)
from simulator.switch_values import switch_value

from .common import Client, accept_any_certificate, shown_fingerprint


@asynccontextmanager
async def running(*options: str) -> AsyncGenerator[Client]:
    """Return a client of a PBX that these options make."""
    parser = argparse.ArgumentParser()
    add_options(parser)
    arguments = parser.parse_args(options)
    certificate = certificate_of(arguments, time.time())
    pbx = PbxSimulator(
        redirect_port=arguments.redirect_port,
        certificate=certificate,
        profile=profile_of(arguments),
    )
    apply(arguments, pbx)
    async with pbx, ClientSession() as session:
        await apply_running(arguments, pbx)
        yield Client(pbx, session)


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("require_user_agent", "false", False),
        ("announce_close", "true", True),
        ("max_page_size", "7", 7),
        ("max_page_size", "none", None),
        ("idle_seconds", "0.5", 0.5),
        ("token_refusal", "http_401", Refusal.HTTP_401),
        ("unannounced_end", "reset", UnannouncedEnd.RESET),
        ("ignored_parameters", "page,page_size", frozenset({"page", "page_size"})),
        ("ignored_parameters", "", frozenset()),
        ("allow_list", "none", None),
        ("allow_list", "192.0.2.1", frozenset({"192.0.2.1"})),
        ("audio_content_type", "none", None),
        ("audio_content_type", "audio/wav", "audio/wav"),
        ("time_zone", "Asia/Tokyo", ZoneInfo("Asia/Tokyo")),
        ("socket_end", "cut", SocketEnd.CUT),
        ("total_number", "missing", TotalNumber.MISSING),
        ("total_number", "null", None),
        ("total_number", "1000000000", 1_000_000_000),
        ("total_number", '"many"', "many"),
        ("play_resource_url", '"//elsewhere.test/a.wav"', "//elsewhere.test/a.wav"),
    ],
)
def test_a_switch(name: str, text: str, value: object) -> None:
    """Its text means a value of its type."""
    assert switch_value(name, text) == value


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("no_such_switch", "1"),
        ("require_user_agent", "maybe"),
        ("max_page_size", "seven"),
        ("token_refusal", "http_418"),
        ("time_zone", "Nowhere/Else"),
        ("total_number", "many"),
    ],
)
def test_a_switch_that_is_not_there(name: str, text: str) -> None:
    """Nor a value that it does not have."""
    with pytest.raises(ValueError, match=name):
        switch_value(name, text)


@pytest.mark.parametrize("name", [field.name for field in fields(Switches)])
def test_every_switch_can_be_set_to_its_default(name: str) -> None:
    """As the list shows it."""
    default = getattr(Switches(), name)
    shown = next(line for line in everything().splitlines() if f" {name}=" in line)
    text = shown.split("=", 1)[1].split("  (")[0]

    assert default is ... or switch_value(name, text) == default


async def test_faults_and_error_codes() -> None:
    """They are those of an endpoint, or of all."""
    options = ["--fault", "not_found_404", "--fault", "get_token=silent"]
    options += ["--errcode", "70082", "--errcode", "extension/list=10005"]
    options += ["--switch", "permissions_missing=vm", "--serial-number", "3631A2124999"]
    async with running(*options) as client:
        assert client.pbx.faults == {
            "*": Fault.NOT_FOUND_404,
            "get_token": Fault.SILENT,
        }
        assert client.pbx.errcodes == {"*": 70082, "extension/list": 10005}
        assert client.pbx.switches.permissions_missing == {"vm"}
        assert client.pbx.serial_number == "3631A2124999"


async def test_a_profile() -> None:
    """A switch can still be set otherwise."""
    options = ["--profile", "p570", "--switch", "max_page_size=none"]
    async with running(*options) as client:
        assert client.pbx.model == "Yeastar P570"
        assert client.pbx.switches.empty_list is EmptyList.BARE
        assert client.pbx.switches.max_page_size is None


async def test_a_fault_that_is_not_there() -> None:
    """It is told before the start."""
    with pytest.raises(ValueError, match="There is no fault shy"):
        async with running("--fault", "shy"):
            pass


@pytest.mark.parametrize(
    "options", [["--delay", "25"], ["--bytes-per-second", "10", "--delay", "1"]]
)
async def test_a_slow_pbx(options: list[str]) -> None:
    """Everything takes its time."""
    async with running(*options) as client:
        time = FastForward()
        client.pbx.sleep = time.sleep
        started = time.time()

        await client.login()

        assert time.time() - started >= 20


async def test_an_outage() -> None:
    """Nobody gets through."""
    async with running("--outage", Outage.REFUSED) as client:
        with pytest.raises(OSError, match="Cannot connect"):
            await client.login()


async def test_an_authority(tmp_path: Path) -> None:
    """Whoever trusts the file trusts the PBX, under its names."""
    file = tmp_path / "authority.pem"
    names = ["--certificate-for", "pbx.example", "--certificate-for", "127.0.0.1"]
    async with running("--authority", str(file), *names) as client:
        trust = ssl.create_default_context(cafile=str(file))
        async with client.session.get(client.pbx.base_url, ssl=trust) as reply:
            assert reply.status == 404


async def test_an_authority_whose_certificate_has_expired(tmp_path: Path) -> None:
    """Or is for another name."""
    file = tmp_path / "authority.pem"
    for options, reason in (
        (["--expired"], "has expired"),
        (["--certificate-for", "pbx.example"], "IP address mismatch"),
    ):
        async with running("--authority", str(file), *options) as client:
            trust = ssl.create_default_context(cafile=str(file))
            with pytest.raises(ClientConnectorCertificateError, match=reason):
                await client.session.get(client.pbx.base_url, ssl=trust)


@pytest.mark.parametrize(
    "options", [["--certificate-for", "pbx.example"], ["--factory-certificate"]]
)
async def test_a_self_signed_certificate(options: list[str]) -> None:
    """It is the one that is shown."""
    async with running(*options) as client:
        assert await shown_fingerprint(client.pbx) == client.pbx.fingerprint


async def test_tls_and_http() -> None:
    """What is too weak, what http gets, and where it is led from."""
    options = ["--weakness", Weakness.RSA_512, "--explain-http", "--redirect-port", "0"]
    async with running(*options) as client:
        http_url = client.pbx.base_url.replace("https:", "http:")
        session, anything = client.session, accept_any_certificate()
        explained = await session.get(http_url)
        led = await session.get(client.pbx.redirecting_url, ssl=anything)

        assert explained.status == 400
        assert str(led.url) == f"{client.pbx.base_url}/"


def test_the_list(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It has everything by its name."""
    monkeypatch.setattr(sys, "argv", ["pbx_simulator", "--list"])

    command.main()

    shown = capsys.readouterr().out
    assert "  unannounced_end=next_request  (next_request, fin, reset" in shown
    assert "Profiles:\n  p570\n" in shown
    assert "  half_reset\n" in shown
    assert "  hanging\n" in shown
    assert "  tls_1_1\n" in shown


def test_an_option_that_is_wrong(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line says so, and how it is used."""
    monkeypatch.setattr(sys, "argv", ["pbx_simulator", "--switch", "idle=1"])

    with pytest.raises(SystemExit) as ended:
        command.main()

    assert ended.value.code == 2
    assert "error: There is no switch idle\n" in capsys.readouterr().err
