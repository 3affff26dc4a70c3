"""A host name with several addresses: the answer of the one that answered counts."""

import asyncio
from collections.abc import AsyncIterator, Sequence

import pytest

from custom_components.yeastar_vm.pbx import (
    CannotConnect,
    CertificateChanged,
    CertificateNotTrusted,
    Connections,
    Credentials,
    SignIn,
    YeastarClient,
)
from simulator import Fault, Names, Outage, PbxSimulator, RedirectTo, Weakness
from tests.clock import Clock

from .caller import stranger

NAME = "pbx.example"
# Nothing listens there.
DEAD = ("127.0.0.9", "127.0.0.8")
ORDERS = [
    ("127.0.0.1", "127.0.0.9"),
    (*DEAD, "127.0.0.1"),
    ("127.0.0.9", "127.0.0.1", "127.0.0.8"),
]


@pytest.fixture
async def names() -> Names:
    """Return the names that the client can resolve."""
    return Names()


@pytest.fixture
async def connections(names: Names) -> AsyncIterator[Connections]:
    """Return connections to these names."""
    connections = Connections(names)
    yield connections
    await connections.close()


def client(
    pbx: PbxSimulator,
    names: Names,
    connections: Connections,
    addresses: Sequence[str],
    *,
    fingerprint: str | None = None,
) -> YeastarClient:
    """Return a client of a PBX that has a name with these addresses."""
    names.addresses[NAME] = addresses
    sign_in = SignIn(Credentials(pbx.client_id, pbx.client_secret))
    url = f"https://{NAME}:{pbx.port}"
    return stranger(connections, url, sign_in=sign_in, fingerprint=fingerprint)


@pytest.mark.parametrize("addresses", ORDERS)
async def test_a_pinned_pbx_is_found(
    pbx: PbxSimulator,
    names: Names,
    connections: Connections,
    addresses: Sequence[str],
) -> None:
    """Wherever it stands among addresses that are dead."""
    caller = client(pbx, names, connections, addresses, fingerprint=pbx.fingerprint)

    assert (await caller.system.information()).serial_number == pbx.serial_number


@pytest.mark.parametrize("addresses", ORDERS)
async def test_its_certificate_is_shown(
    pbx: PbxSimulator,
    names: Names,
    connections: Connections,
    addresses: Sequence[str],
) -> None:
    """That no authority signed it is said, not that an address is dead."""
    caller = client(pbx, names, connections, addresses)

    with pytest.raises(CertificateNotTrusted):
        await caller.system.information()
    certificate, trusted = await caller.probe_certificate()

    assert certificate.fingerprint == pbx.fingerprint
    assert not trusted
    assert pbx.requests == []


@pytest.mark.parametrize("addresses", ORDERS)
async def test_its_certificate_has_changed(
    pbx: PbxSimulator,
    names: Names,
    connections: Connections,
    addresses: Sequence[str],
) -> None:
    """Nothing is sent to it."""
    caller = client(pbx, names, connections, addresses, fingerprint="ab" * 32)

    with pytest.raises(CertificateChanged) as raised:
        await caller.system.information()

    assert raised.value.fingerprint == pbx.fingerprint
    assert pbx.requests == []


@pytest.mark.parametrize("addresses", ORDERS)
async def test_its_tls_is_too_old(
    pbx: PbxSimulator,
    names: Names,
    connections: Connections,
    addresses: Sequence[str],
) -> None:
    """Also that is said of the address which answered."""
    await pbx.begin_outage(Weakness.TLS_1_1)
    caller = client(pbx, names, connections, addresses)

    with pytest.raises(CannotConnect, match="tls_outdated"):
        await caller.system.information()


@pytest.mark.parametrize("addresses", ORDERS)
@pytest.mark.parametrize(
    "weakness", [Weakness.CLIENT_CERTIFICATE, Weakness.CLIENT_CERTIFICATE_TLS_1_3]
)
async def test_it_demands_a_certificate(
    pbx: PbxSimulator,
    names: Names,
    connections: Connections,
    addresses: Sequence[str],
    weakness: Weakness,
) -> None:
    """A dead address after it does not hide that."""
    await pbx.begin_outage(weakness)
    caller = client(pbx, names, connections, addresses, fingerprint=pbx.fingerprint)

    with pytest.raises(CannotConnect, match="client_certificate"):
        await caller.system.information()


@pytest.mark.parametrize(
    "change", ["it is back", "it leads elsewhere", "it has no name"]
)
async def test_what_changes_while_it_is_found_out(
    pbx: PbxSimulator,
    names: Names,
    connections: Connections,
    monkeypatch: pytest.MonkeyPatch,
    change: str,
) -> None:
    """The request failed as it did."""
    caller = client(pbx, names, connections, ORDERS[0], fingerprint=pbx.fingerprint)
    await pbx.stop()
    if change == "it leads elsewhere":
        pbx.faults["*"] = RedirectTo("https://elsewhere.example")
    resolve = connections.addresses

    async def resolve_later(host: str) -> list[str]:
        if change == "it has no name":
            names.addresses.clear()
        else:
            await pbx.start()
        return await resolve(host)

    monkeypatch.setattr(connections, "addresses", resolve_later)

    with pytest.raises(CannotConnect, match="connection_refused"):
        await caller.system.information()


async def test_an_address_that_is_silent(
    pbx: PbxSimulator,
    names: Names,
    connections: Connections,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It is not waited for long while the others are asked."""
    loop = asyncio.get_running_loop()
    asked_at: list[float] = []
    resolve = connections.addresses

    async def resolve_now(host: str) -> list[str]:
        asked_at.append(loop.time())
        return await resolve(host)

    monkeypatch.setattr(connections, "addresses", resolve_now)
    async with await loop.create_server(asyncio.Protocol, DEAD[0], pbx.port):
        caller = client(pbx, names, connections, ("127.0.0.1", *DEAD))
        with clock.running(), pytest.raises(CertificateNotTrusted):
            await caller.system.information()

    assert loop.time() - asked_at[-1] <= 6  # aiohttp rounds five seconds up


async def test_the_only_address_is_silent(
    pbx: PbxSimulator, names: Names, connections: Connections, clock: Clock
) -> None:
    """It is not asked again why."""
    loop = asyncio.get_running_loop()
    caller = client(pbx, names, connections, ["127.0.0.1"])
    await pbx.begin_outage(Outage.HANGING)
    started = loop.time()

    with clock.running(), pytest.raises(CannotConnect, match="timeout"):
        await caller.system.information()

    assert loop.time() - started < 12


async def test_an_error_that_says_enough(
    pbx: PbxSimulator, names: Names, connections: Connections
) -> None:
    """The name is looked up once, for the request itself."""
    addresses = ("127.0.0.9", "127.0.0.1")
    with pytest.raises(CertificateNotTrusted):
        await client(pbx, names, connections, addresses).system.information()
    assert names.asked == [NAME]

    pbx.faults["*"] = Fault.RESET
    caller = client(pbx, names, connections, addresses, fingerprint=pbx.fingerprint)
    with pytest.raises(CannotConnect, match="connection_lost"):
        await caller.system.information()
    assert names.asked == [NAME] * 2

    names.addresses[NAME] = DEAD
    without_tls = stranger(connections, f"http://{NAME}:{pbx.port}")
    with pytest.raises(CannotConnect, match="connection_refused"):
        await without_tls.system.information()
    assert names.asked == [NAME] * 3


async def test_nothing_answers(
    pbx: PbxSimulator, names: Names, connections: Connections
) -> None:
    """Then that is said."""
    caller = client(pbx, names, connections, DEAD)

    with pytest.raises(CannotConnect, match="connection_refused"):
        await caller.system.information()
