"""A host name with several addresses: the answer of the one that answered counts."""

from collections.abc import AsyncIterator, Sequence

import aiohttp
import pytest

from custom_components.yeastar_vm.pbx import (
    CannotConnect,
    CertificateChanged,
    CertificateNotTrusted,
    Credentials,
    Pause,
    SignIn,
    YeastarClient,
)
from simulator import Names, PbxSimulator, Weakness

NAME = "pbx.example"
# Nothing listens there.
DEAD = ("127.0.0.9", "127.0.0.8")
ORDERS = [
    ("127.0.0.1", *DEAD),
    (*DEAD, "127.0.0.1"),
    ("127.0.0.9", "127.0.0.1", "127.0.0.8"),
]


@pytest.fixture
async def names() -> Names:
    """Return the names that the session of the client resolves."""
    return Names()


@pytest.fixture
async def named_session(names: Names) -> AsyncIterator[aiohttp.ClientSession]:
    """Return a session that resolves them."""
    connector = aiohttp.TCPConnector(resolver=names)
    async with aiohttp.ClientSession(connector=connector) as session:
        yield session


def client(
    pbx: PbxSimulator,
    names: Names,
    session: aiohttp.ClientSession,
    addresses: Sequence[str],
    *,
    fingerprint: str | None = None,
) -> YeastarClient:
    """Return a client of a PBX that has a name with these addresses."""
    names.addresses[NAME] = addresses

    async def resolver(host: str) -> list[str]:
        return [found["host"] for found in await names.resolve(host)]

    return YeastarClient(
        session,
        f"https://{NAME}:{pbx.port}",
        fingerprint=fingerprint,
        sign_in=SignIn(Credentials(pbx.client_id, pbx.client_secret)),
        pause=Pause(),
        resolver=resolver,
    )


@pytest.mark.parametrize("addresses", ORDERS)
async def test_a_pinned_pbx_is_found(
    pbx: PbxSimulator,
    names: Names,
    named_session: aiohttp.ClientSession,
    addresses: Sequence[str],
) -> None:
    """Wherever it stands among addresses that are dead."""
    caller = client(pbx, names, named_session, addresses, fingerprint=pbx.fingerprint)

    assert (await caller.system.information()).serial_number == pbx.serial_number


@pytest.mark.parametrize("addresses", ORDERS)
async def test_its_certificate_is_shown(
    pbx: PbxSimulator,
    names: Names,
    named_session: aiohttp.ClientSession,
    addresses: Sequence[str],
) -> None:
    """That no authority signed it is said, not that an address is dead."""
    caller = client(pbx, names, named_session, addresses)

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
    named_session: aiohttp.ClientSession,
    addresses: Sequence[str],
) -> None:
    """Nothing is sent to it."""
    caller = client(pbx, names, named_session, addresses, fingerprint="ab" * 32)

    with pytest.raises(CertificateChanged) as raised:
        await caller.system.information()

    assert raised.value.fingerprint == pbx.fingerprint
    assert pbx.requests == []


@pytest.mark.parametrize("addresses", ORDERS)
async def test_its_tls_is_too_old(
    pbx: PbxSimulator,
    names: Names,
    named_session: aiohttp.ClientSession,
    addresses: Sequence[str],
) -> None:
    """Also that is said of the address which answered."""
    await pbx.begin_outage(Weakness.TLS_1_1)
    caller = client(pbx, names, named_session, addresses)

    with pytest.raises(CannotConnect, match="tls_outdated"):
        await caller.system.information()


async def test_nothing_answers(
    pbx: PbxSimulator, names: Names, named_session: aiohttp.ClientSession
) -> None:
    """Then that is said."""
    caller = client(pbx, names, named_session, DEAD)

    with pytest.raises(CannotConnect, match="connection_refused"):
        await caller.system.information()
