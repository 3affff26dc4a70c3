"""Every entrance in every state of an entry: each ends in an answer in words."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus
import json
from typing import Any

from homeassistant.components import media_source
from homeassistant.components.media_player import SearchMediaQuery
from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    ConfigEntryDisabler,
    ConfigEntryState,
)
from homeassistant.const import EVENT_HOMEASSISTANT_STOP
from homeassistant.core import CoreState, HomeAssistant
from homeassistant.data_entry_flow import UnknownFlow
from homeassistant.exceptions import HomeAssistantError
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator
from yarl import URL

from custom_components.yeastar_vm.const import DOMAIN
from custom_components.yeastar_vm.errors.issues import (
    CERTIFICATE_CHANGED,
    async_create_issue,
)
from simulator import Outage, PbxSimulator

from .common import Fetcher, Player, entry_for, load, play
from .gate import Gate
from .user_interface import TRANSLATIONS
from .window import Window

# What Home Assistant's web server answers to everything while it stops.
STOPPING = HTTPStatus.SERVICE_UNAVAILABLE
ENGLISH: dict[str, Any] = TRANSLATIONS["en"]


@dataclass
class Home:
    """A Home Assistant that has a PBX, a player, and a link that the player got."""

    hass: HomeAssistant
    pbx: PbxSimulator
    entry: MockConfigEntry
    player: Player
    user: Fetcher
    link: str = ""

    @property
    def media_id(self) -> str:
        """Return the media content ID of a greeting."""
        return f"media-source://{DOMAIN}/{self.pbx.serial_number}"


# States


@asynccontextmanager
async def loaded(home: Home) -> AsyncIterator[None]:
    """Leave all as it is."""
    yield


@asynccontextmanager
async def loading(home: Home) -> AsyncIterator[None]:
    """Let setup wait for the PBX."""
    await home.hass.config_entries.async_unload(home.entry.entry_id)
    gate = Gate(home.pbx, "system/information")
    setup = asyncio.create_task(
        home.hass.config_entries.async_setup(home.entry.entry_id)
    )
    await gate.arrived()
    del home.pbx.faults["system/information"]
    assert home.entry.state is ConfigEntryState.SETUP_IN_PROGRESS
    yield
    gate.open()
    await asyncio.wait([setup])


@asynccontextmanager
async def unloading(home: Home) -> AsyncIterator[None]:
    """Begin to unload the entry."""
    async with leaving(home, home.hass.config_entries.async_unload):
        yield


@asynccontextmanager
async def reloading(home: Home) -> AsyncIterator[None]:
    """Begin to reload the entry."""
    async with leaving(home, home.hass.config_entries.async_reload):
        yield


@asynccontextmanager
async def leaving(
    home: Home, leave: Callable[[str], Awaitable[bool]]
) -> AsyncIterator[None]:
    """Do what is done in the middle of an unload."""
    task = asyncio.ensure_future(leave(home.entry.entry_id))
    await asyncio.sleep(0)
    assert home.entry.state is ConfigEntryState.UNLOAD_IN_PROGRESS
    yield
    await asyncio.wait([task])


@asynccontextmanager
async def removed(home: Home) -> AsyncIterator[None]:
    """Remove the entry."""
    await home.hass.config_entries.async_remove(home.entry.entry_id)
    yield


@asynccontextmanager
async def disabled(home: Home) -> AsyncIterator[None]:
    """Disable the entry."""
    await home.hass.config_entries.async_set_disabled_by(
        home.entry.entry_id, ConfigEntryDisabler.USER
    )
    yield


@asynccontextmanager
async def setup_error(home: Home) -> AsyncIterator[None]:
    """Let the certificate change, which only the user can accept."""
    await home.pbx.renew_certificate()
    await home.hass.config_entries.async_reload(home.entry.entry_id)
    assert home.entry.state is ConfigEntryState.SETUP_ERROR
    yield


@asynccontextmanager
async def setup_retry(home: Home) -> AsyncIterator[None]:
    """Take the PBX down."""
    await home.pbx.stop()
    await home.hass.config_entries.async_reload(home.entry.entry_id)
    assert home.entry.state is ConfigEntryState.SETUP_RETRY
    yield
    await home.hass.config_entries.async_unload(home.entry.entry_id)


@asynccontextmanager
async def stopping(home: Home) -> AsyncIterator[None]:
    """Stop Home Assistant."""
    home.hass.set_state(CoreState.stopping)
    home.hass.bus.async_fire(EVENT_HOMEASSISTANT_STOP)
    await home.hass.async_block_till_done()
    yield


STATES = [
    loaded,
    loading,
    unloading,
    reloading,
    removed,
    disabled,
    setup_error,
    setup_retry,
    stopping,
]

# Entrances: what is opened beforehand, and then what is done in the state


def is_in_words(err: HomeAssistantError) -> bool:
    """Return whether an error has a text of ours, with all its placeholders."""
    if err.translation_domain != DOMAIN or not err.translation_key:
        return False
    text = ENGLISH["exceptions"][err.translation_key]["message"]
    return bool(text.format(**err.translation_placeholders or {}))


async def in_words(call: Awaitable[Any]) -> None:
    """Await a call, which succeeds or says in words why it does not."""
    try:
        await call
    except HomeAssistantError as err:
        if not is_in_words(err):
            raise


type Entrance = Callable[[], Awaitable[None]]


def action(name: str, **data: Any) -> Callable[[Home], Awaitable[Entrance]]:
    """Return the entrance of an action."""

    async def prepare(home: Home) -> Entrance:
        return lambda: in_words(
            home.hass.services.async_call(
                DOMAIN, name, data, blocking=True, return_response=True
            )
        )

    prepare.__name__ = name
    return prepare


async def browse_everything(home: Home) -> Entrance:
    """Open the media browser."""
    return lambda: in_words(
        media_source.async_browse_media(home.hass, f"media-source://{DOMAIN}")
    )


async def browse_pbx(home: Home) -> Entrance:
    """Open the folder of a PBX that the media browser showed before."""
    return lambda: in_words(media_source.async_browse_media(home.hass, home.media_id))


async def browse_extension(home: Home) -> Entrance:
    """Open the folder of an extension that the media browser showed before."""
    folder = f"{home.media_id}/greetings/3200"
    return lambda: in_words(media_source.async_browse_media(home.hass, folder))


async def search_media(home: Home) -> Entrance:
    """Search in the media browser."""
    query = SearchMediaQuery(search_query="welcome")
    return lambda: in_words(
        media_source.async_search_media(home.hass, home.media_id, query)
    )


async def resolve_media(home: Home) -> Entrance:
    """Play a greeting from the media browser."""
    media_id = f"{home.media_id}/greetings/3200/vm_welcome.wav"
    return lambda: in_words(media_source.async_resolve_media(home.hass, media_id, None))


async def fetch_link(home: Home) -> Entrance:
    """Fetch a link that the player got before."""

    async def fetch() -> None:
        answer = await home.user.get(home.link)
        assert answer.status in (HTTPStatus.OK, HTTPStatus.NOT_FOUND, STOPPING)

    return fetch


def submitted(flow_id: str, home: Home, **entered: Any) -> Entrance:
    """Return what submits a form."""

    async def submit() -> None:
        flows = home.hass.config_entries.flow
        try:
            result = await flows.async_configure(flow_id, entered)
        except UnknownFlow:
            return  # Home Assistant closed it, and its frontend says so.
        assert_form_in_words(result)

    return submit


def assert_form_in_words(result: Any) -> None:
    """Assert that what a form ends in has a text."""
    config = ENGLISH["config"]
    match result["type"]:
        case "abort":
            assert result["reason"] in config["abort"]
        case "form":
            assert result["step_id"] in config["step"]
            assert set((result["errors"] or {}).values()) <= set(config["error"])
        case "menu":
            assert result["step_id"] in config["step"]
        case kind:
            assert kind == "create_entry"


async def add_form(home: Home) -> Entrance:
    """Submit the form that adds the PBX, which is there already."""
    window = Window(home.hass, home.pbx)
    await window.open()
    return submitted(
        window.flow_id,
        home,
        url=home.pbx.base_url,
        client_id=home.pbx.client_id,
        client_secret=home.pbx.client_secret,
    )


async def reconfigure_form(home: Home) -> Entrance:
    """Submit the form that changes the entry."""
    window = Window(home.hass, home.pbx)
    await window.reconfigure(home.entry)
    return submitted(
        window.flow_id,
        home,
        url=home.pbx.base_url,
        client_id=home.pbx.client_id,
        client_secret=home.pbx.client_secret,
    )


async def reauth_form(home: Home) -> Entrance:
    """Submit the form that signs in again."""
    flow = await home.entry.start_reauth_flow(home.hass)
    return submitted(
        flow["flow_id"],
        home,
        client_id=home.pbx.client_id,
        client_secret=home.pbx.client_secret,
    )


async def reconfigure_menu(home: Home) -> Entrance:
    """Select Reconfigure."""

    async def select() -> None:
        context = {"source": SOURCE_RECONFIGURE, "entry_id": home.entry.entry_id}
        result = await home.hass.config_entries.flow.async_init(
            DOMAIN,
            context=context,  # type: ignore[arg-type]
        )
        assert_form_in_words(result)

    return select


async def mailbox_form(home: Home) -> Entrance:
    """Submit the form that adds a mailbox."""
    path = "/api/config/config_entries/subentries/flow"
    handler = {"handler": [home.entry.entry_id, "mailbox"]}
    form = await (await home.user.post(path, json=handler)).json()

    async def submit() -> None:
        answer = await home.user.post(
            f"{path}/{form['flow_id']}", json={"number": "3200"}
        )
        assert answer.status != HTTPStatus.INTERNAL_SERVER_ERROR

    return submit


async def options_form(home: Home) -> Entrance:
    """Submit the options."""
    options = home.hass.config_entries.options
    menu = await options.async_init(home.entry.entry_id)
    form = await options.async_configure(menu["flow_id"], {"next_step_id": "delivery"})

    async def submit() -> None:
        answer = await home.user.post(
            f"/api/config/config_entries/options/flow/{form['flow_id']}",
            json={"delivery": "relay"},
        )
        assert answer.status != HTTPStatus.INTERNAL_SERVER_ERROR

    return submit


async def repair(home: Home) -> Entrance:
    """Submit a repair that was opened before, and open it once more."""
    path = "/api/repairs/issues/fix"
    issue = f"{CERTIFICATE_CHANGED}_{home.entry.entry_id}"
    async_create_issue(home.hass, home.entry, CERTIFICATE_CHANGED)
    body = {"handler": DOMAIN, "issue_id": issue}
    await home.pbx.begin_outage(Outage.CERTIFICATE_CHANGED)
    opened = await (await home.user.post(path, json=body)).json()
    assert opened["type"] == "form"
    await home.pbx.end_outage()

    async def submit() -> None:
        for address, entered in ((f"{path}/{opened['flow_id']}", {}), (path, body)):
            answer = await home.user.post(address, json=entered)
            assert answer.status != HTTPStatus.INTERNAL_SERVER_ERROR

    return submit


async def diagnostics(home: Home) -> Entrance:
    """Download the diagnostics."""

    async def download() -> None:
        path = f"/api/diagnostics/config_entry/{home.entry.entry_id}"
        answer = await home.user.get(path)
        assert answer.status in (HTTPStatus.OK, HTTPStatus.NOT_FOUND, STOPPING)
        assert home.pbx.serial_number not in json.dumps(await answer.text())

    return download


ASKING = [
    action(
        "play_greeting",
        entity_id="media_player.kitchen",
        extension="3200",
        file="vm_welcome.wav",
    ),
    action("list_greetings", extension="3200"),
    action("search_extensions", search="leo"),
    action("list_messages", mailbox="3200"),
    browse_everything,
    browse_pbx,
    browse_extension,
    search_media,
    resolve_media,
    fetch_link,
    diagnostics,
]


async def ask_everything(home: Home) -> Entrance:
    """Do all that changes nothing, at once."""
    asking = [await prepare(home) for prepare in ASKING]

    async def ask() -> None:
        await asyncio.gather(*(each() for each in asking))

    return ask


ENTRANCES = [
    ask_everything,
    add_form,
    reconfigure_menu,
    reconfigure_form,
    reauth_form,
    mailbox_form,
    options_form,
    repair,
]


@pytest.fixture
async def home(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    pbx: PbxSimulator,
    player: Player,
) -> Home:
    """Return a home in which all is well."""
    for component in ("media_source", "repairs", "diagnostics", "config"):
        assert await async_setup_component(hass, component, {})
    entry = await load(hass, entry_for(pbx))
    home = Home(hass, pbx, entry, player, await hass_client())
    await play(hass, delivery="relay")
    [(_, url, _)] = player.played
    home.link = URL(url).path_qs
    return home


@pytest.mark.parametrize("entrance", ENTRANCES, ids=lambda each: each.__name__)
@pytest.mark.parametrize("state", STATES, ids=lambda each: each.__name__)
async def test_every_entrance_answers_in_words(
    home: Home,
    possible_warnings: list[str],
    state: Callable[[Home], AbstractAsyncContextManager[None]],
    entrance: Callable[[Home], Awaitable[Entrance]],
) -> None:
    """Also where what is opened belongs to another state."""
    possible_warnings.append("Error setting up entry PBX")
    enter = await entrance(home)
    async with state(home):
        await enter()
    await home.hass.async_block_till_done()
