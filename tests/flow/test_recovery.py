"""Every error that a form can show: once its cause is gone, the same form succeeds."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from typing import Any

import aiohttp
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest

from custom_components.yeastar_vm.pbx.http import api as http_module
from simulator import Fault, PbxSimulator, Resolve, Weakness
from tests.user_interface import TRANSLATIONS
from tests.window import Window

from .forms import new_token

# The certificate steps take their place, Home Assistant has to stop, or a link is asked
# for.
NOT_IN_A_FORM = {
    "certificate_changed",
    "certificate_not_trusted",
    "certificate_wrong_name",
    "interrupted",
    "invalid_link",
}

type Trouble = Callable[[PbxSimulator], AbstractAsyncContextManager[dict[str, str]]]


@asynccontextmanager
async def typed(pbx: PbxSimulator, **changes: str) -> AsyncIterator[dict[str, str]]:
    """Let the user enter something else than what is right."""
    yield {name: text.format(port=pbx.port) for name, text in changes.items()}


@asynccontextmanager
async def errcode(
    pbx: PbxSimulator, code: int, endpoint: str = "system/information"
) -> AsyncIterator[dict[str, str]]:
    """Answer an error code."""
    pbx.errcodes[endpoint] = code
    yield {}
    pbx.errcodes.clear()


@asynccontextmanager
async def fault(pbx: PbxSimulator, kind: Fault) -> AsyncIterator[dict[str, str]]:
    """Let the PBX answer in a wrong way, or not at all."""
    with pytest.MonkeyPatch.context() as impatience:
        if kind is Fault.SILENT:
            limit = aiohttp.ClientTimeout(total=0.2)
            impatience.setattr(http_module, "TIMEOUT", limit)
        pbx.faults["*"] = kind
        yield {}
        pbx.faults.clear()


@asynccontextmanager
async def blocked(pbx: PbxSimulator) -> AsyncIterator[dict[str, str]]:
    """Block this address."""
    for _ in range(5):
        pbx.lockout.failed("127.0.0.1", pbx.clock())
    yield {}
    pbx.lift_blocks()


@asynccontextmanager
async def not_allowed(pbx: PbxSimulator) -> AsyncIterator[dict[str, str]]:
    """Allow another address only."""
    pbx.switches.allow_list = frozenset({"192.0.2.1"})
    yield {}
    pbx.switches.allow_list = None


@asynccontextmanager
async def exhausted(pbx: PbxSimulator) -> AsyncIterator[dict[str, str]]:
    """Let other programs have all tokens."""
    tokens = [new_token(pbx)["access_token"] for _ in range(8)]
    yield {}
    for token in tokens:
        pbx.tokens.revoke(token)


@asynccontextmanager
async def down(pbx: PbxSimulator) -> AsyncIterator[dict[str, str]]:
    """Take the PBX down."""
    await pbx.stop()
    yield {}
    await pbx.start()


@asynccontextmanager
async def weak(pbx: PbxSimulator, weakness: Weakness) -> AsyncIterator[dict[str, str]]:
    """Let the PBX offer no TLS that a client takes part in."""
    await pbx.weaken(weakness)
    yield {}
    await pbx.weaken(None)


HTTP: dict[str, Trouble] = {
    "access_denied": partial(errcode, code=10009),
    "address_blocked": blocked,
    "address_not_allowed": not_allowed,
    "api_missing": partial(errcode, code=10001, endpoint="get_token"),
    "connection_lost": partial(fault, kind=Fault.RESET),
    "connection_refused": down,
    "empty": partial(typed, client_id=" "),
    "gateway_refused": partial(fault, kind=Fault.FORBIDDEN_403),
    "host_not_found": partial(typed, url="http://pbx.example:{port}"),
    "invalid_auth": partial(typed, client_secret="wrong"),
    "invalid_url": partial(typed, url="http://127.0.0.256"),
    "not_a_pbx": partial(fault, kind=Fault.HTML),
    "not_found": partial(errcode, code=60001),
    "not_supported": partial(errcode, code=10001),
    "pbx_fault": partial(errcode, code=-2),
    "sign_in_failed": partial(errcode, code=20002, endpoint="get_token"),
    "redirected": partial(fault, kind=Fault.REDIRECT),
    "timeout": partial(fault, kind=Fault.SILENT),
    "tls_failed": partial(typed, url="https://127.0.0.1:{port}"),
    "too_long": partial(typed, client_secret="x" * 2000),
    "too_many_tokens": exhausted,
    "unavailable": partial(fault, kind=Fault.UNAVAILABLE_503),
}
HTTPS: dict[str, Trouble] = {
    "client_certificate": partial(weak, weakness=Weakness.CLIENT_CERTIFICATE),
    "https_required": partial(typed, url="http://127.0.0.1:{port}"),
    "tls_outdated": partial(weak, weakness=Weakness.TLS_1_1),
}


def test_these_are_all_errors() -> None:
    """None is left out."""
    errors = set(TRANSLATIONS["en"]["config"]["error"])

    assert {*HTTP, *HTTPS} == errors - NOT_IN_A_FORM


@pytest.mark.parametrize("key", [*HTTP, *HTTPS])
async def test_the_same_form_succeeds_afterwards(
    hass: HomeAssistant,
    resolve: Resolve,
    pbx: PbxSimulator,
    http_pbx: PbxSimulator,
    key: str,
) -> None:
    """The user corrects what was entered, or the administrator what was wrong."""
    simulator = http_pbx if key in HTTP else pbx
    window = Window(hass, simulator)
    await window.open()

    async with (HTTP | HTTPS)[key](simulator) as changes:
        form: Any = await window.sign_in(**changes)
    assert form["type"] is FlowResultType.FORM
    assert list(form["errors"].values()) == [key]

    result = await window.sign_in()
    if simulator.https:
        result = await window.submit()
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await window.settle()
    assert len(simulator.live_access_tokens) == 1
