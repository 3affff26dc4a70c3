"""What the tests share: a simulated PBX, an entry for it, players, a clean log."""

from collections.abc import AsyncIterator, Generator, Iterator, Sequence
from functools import cache
import gc
import logging
import re
import socket
from typing import Any

from aiohttp import TCPConnector
from awesomeversion import AwesomeVersion
from freezegun.api import FrozenDateTimeFactory
from homeassistant.components import ffmpeg
from homeassistant.const import __version__
from homeassistant.core import HomeAssistant
from homeassistant.core_config import async_process_ha_core_config
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import aiohttp_client
from homeassistant.loader import DATA_CUSTOM_COMPONENTS
from homeassistant.setup import async_setup_component
import imageio_ffmpeg
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_socket import socket_allow_hosts

from custom_components.yeastar_vm.const import DOMAIN
from custom_components.yeastar_vm.pbx import Connections
from simulator import Names, PbxSimulator, Resolve, profile, tokens
from tests.blocking import blocking_reported
from tests.clock import Clock
from tests.common import Player, add_players, entry_for, load
from tests.documents import OPTION, Documents
from tests.leaks import Recorder
from tests.user_interface import TRANSLATIONS, placeholders

# Whose warnings tell something of the integration. What another library has to say
# changes with its version.
_WATCHED = (
    "aiohttp.server.",
    "asyncio.",
    "custom_components.yeastar_vm.",
    "homeassistant.",
    "simulator.",
    "tests.",
    "tools.",
)


LONGEST_ID = 80  # characters

_EVENTS = logging.getLogger("homeassistant.core")

# What Home Assistant says of every custom integration.
_USUAL = "custom integration yeastar_vm which has not been test"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add what `scripts/test` has beside pytest's own options."""
    parser.addoption(
        OPTION, action="store_true", help="write the documents that tests find out"
    )
    parser.addoption(
        "--profile",
        choices=profile.names(),
        help="let each simulated PBX be like this where a test does not say otherwise",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Gather what tests find out, in all workers together."""
    # pytest shows what is logged. The test plugin writes it to stderr, too.
    logging.getLogger().handlers.clear()
    # Home Assistant switches it off; here it would stumble over frozen time.
    logging.getLogger("aiohttp.access").setLevel(logging.CRITICAL)
    # It describes each event; only where secrets are looked for does anybody read it.
    _EVENTS.setLevel(logging.INFO)
    if name := config.getoption("--profile"):
        PbxSimulator.default_profile = profile.Profile.named(name)
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Documents(write=config.getoption(OPTION)))


def pytest_collection_finish() -> None:
    """Leave what is loaded by now out of garbage collections, which look at it all."""
    gc.collect()
    gc.freeze()


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip a test that listens at an IPv6 address, where the machine has none."""
    if item.get_closest_marker("ipv6") and not has_ipv6():
        pytest.skip("this machine has no IPv6")


@cache
def has_ipv6() -> bool:
    """Return whether this machine has the loopback address of IPv6."""
    try:
        with socket.create_server(("::1", 0), family=socket.AF_INET6):
            return True
    except OSError:
        return False


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Call a long parameter by its name: audio, a path, or a whole answer."""
    is_long = isinstance(val, bytes | str) and len(val) > LONGEST_ID
    return argname if is_long else None


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[
    None, pytest.TestReport, pytest.TestReport
]:
    """Let what a test logs reach the process that reports it.

    What passes is not read by anybody, and halves of surrogate pairs cannot be sent.
    """
    report = yield
    report.sections = [
        (name, text.encode("utf-8", "backslashreplace").decode())
        for name, text in report.sections
        if not report.passed
    ]
    return report


@pytest.fixture(autouse=True)
def enable_event_loop_debug() -> None:
    """Let event loops run as in production, rather than as the test plugin has them.

    In debug mode asyncio and aiohttp record a stack for each task and request, which
    takes as long as all the rest.
    """


@pytest.fixture(autouse=True)
def _real_sockets(socket_enabled: None) -> None:
    """Let everything talk over real sockets, to this machine only.

    The test plugin allows but one of its addresses before each test.
    """
    socket_allow_hosts(["127.0.0.0/8", "::1"], allow_unix_socket=True)


@pytest.fixture
def expected_warnings() -> list[str]:
    """Return the patterns of warnings that a test expects, for it to add to."""
    return []


@pytest.fixture
def possible_warnings() -> list[str]:
    """Return the patterns of warnings that a test may log, for it to add to."""
    return []


@pytest.fixture(autouse=True)
def _no_other_warnings(
    caplog: pytest.LogCaptureFixture,
    expected_warnings: list[str],
    possible_warnings: list[str],
) -> Iterator[None]:
    """Fail a test that logs a warning it did not announce, or not the announced one."""
    yield
    warnings = [
        record
        for when in ("setup", "call")
        for record in caplog.get_records(when)
        if record.levelno >= logging.WARNING and _USUAL not in record.getMessage()
    ]
    for pattern in expected_warnings:
        assert any(re.search(pattern, warning.getMessage()) for warning in warnings), (
            f"no warning: {pattern}"
        )
    assert [
        f"{warning.name}: {warning.getMessage()}"
        for warning in warnings
        if f"{warning.name}.".startswith(_WATCHED)
        and not any(
            re.search(pattern, warning.getMessage())
            for pattern in (*expected_warnings, *possible_warnings)
        )
    ] == []


@pytest.fixture(autouse=True)
def _errors_have_texts(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Fail a test in which an error has no text, or one that shows what it lacks."""
    wrong: list[str] = []
    init = HomeAssistantError.__init__

    def checked_init(err: HomeAssistantError, *args: Any, **kwargs: Any) -> None:
        init(err, *args, **kwargs)
        if err.translation_domain == DOMAIN:
            text = TRANSLATIONS["en"]["exceptions"].get(err.translation_key)
            shown = {*(err.translation_placeholders or ())}
            if text is None or not placeholders(text["message"]) <= shown:
                wrong.append(f"{err.translation_key}: {shown}")

    monkeypatch.setattr(HomeAssistantError, "__init__", checked_init)
    yield
    assert wrong == []


@pytest.fixture(autouse=True)
def _nothing_blocks(disable_block_async_io: None) -> Iterator[None]:
    """Let whatever keeps the event loop from running log a warning."""
    with blocking_reported():
        yield


@pytest.fixture
def expected_lingering_timers() -> bool:
    """Return whether Home Assistant leaves the timer of a coordinator when it stops."""
    return AwesomeVersion(__version__) < "2026.10"


@pytest.fixture
async def pbx() -> AsyncIterator[PbxSimulator]:
    """Return a PBX behind a self-signed certificate."""
    async with PbxSimulator() as simulator:
        yield simulator


@pytest.fixture
async def http_pbx() -> AsyncIterator[PbxSimulator]:
    """Return a PBX on plain http."""
    async with PbxSimulator(https=False) as simulator:
        yield simulator


@pytest.fixture
async def connections() -> AsyncIterator[Connections]:
    """Return connections for clients of the PBX library."""
    connections = Connections()
    yield connections
    await connections.close()


@pytest.fixture(autouse=True, scope="session")
def _ffmpeg_version_is_known() -> Iterator[None]:
    """Let Home Assistant know the version, as in its official image.

    Otherwise each of its starts runs ffmpeg, only to ask for that.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ffmpeg, "is_official_image", lambda: True)
        yield


@pytest.fixture
def ffmpeg_binary() -> str:
    """Return the ffmpeg that Home Assistant uses."""
    return str(imageio_ffmpeg.get_ffmpeg_exe())


@pytest.fixture
async def hass(hass: HomeAssistant, ffmpeg_binary: str) -> HomeAssistant:
    """Return a Home Assistant that has this integration, an address and an ffmpeg."""
    hass.data.pop(DATA_CUSTOM_COMPONENTS)
    await async_process_ha_core_config(
        hass, {"internal_url": "http://homeassistant.test:8123"}
    )
    configuration = {"ffmpeg": {"ffmpeg_bin": ffmpeg_binary}}
    assert await async_setup_component(hass, "ffmpeg", configuration)
    return hass


@pytest.fixture
async def clock(freezer: FrozenDateTimeFactory) -> AsyncIterator[Clock]:
    """Return the clock, which stands still unless a test lets time pass."""
    with Clock(freezer).taken_over() as clock:
        yield clock


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Names:
    """Return the names that Home Assistant can resolve from now on, and no others.

    To be set up before the first request goes out; see `resolve`.
    """
    names = Names()
    monkeypatch.setattr(aiohttp_client, "_async_make_resolver", lambda _: names)
    return names


@pytest.fixture
def resolve(names: Names, hass: HomeAssistant) -> Resolve:
    """Return what lets a name have these addresses, tried in this order.

    resolve("pbx.example", ["127.0.0.9", "::1", "127.0.0.1"])
    """

    def resolve(name: str, addresses: Sequence[str]) -> None:
        names.addresses[name] = addresses
        connector = aiohttp_client.async_get_clientsession(hass).connector
        assert isinstance(connector, TCPConnector)
        connector.clear_dns_cache()

    return resolve


@pytest.fixture
async def entry(hass: HomeAssistant, pbx: PbxSimulator) -> MockConfigEntry:
    """Return the loaded entry of the PBX, which has forgotten the requests of setup."""
    loaded = await load(hass, entry_for(pbx))
    pbx.requests.clear()
    return loaded


@pytest.fixture
async def http_entry(hass: HomeAssistant, http_pbx: PbxSimulator) -> MockConfigEntry:
    """Return the loaded entry of the PBX on plain http."""
    loaded = await load(hass, entry_for(http_pbx))
    http_pbx.requests.clear()
    return loaded


@pytest.fixture
async def player(hass: HomeAssistant) -> Player:
    """Return the player `media_player.kitchen`."""
    kitchen = Player("kitchen")
    await add_players(hass, kitchen)
    return kitchen


@pytest.fixture
def given_out(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> list[str]:
    """Return the tokens that the PBX gives out from now on, both kinds.

    Home Assistant logs all that it can, for them to be looked for in it.
    """
    caplog.set_level(logging.DEBUG, _EVENTS.name)
    recorder = Recorder()
    monkeypatch.setattr(tokens, "random_text", recorder)
    return recorder.texts
