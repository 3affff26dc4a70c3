"""No token and no secret gets out: one long run, and a search of all it left behind."""

import asyncio
import logging
from typing import Any

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import MATCH_ALL
from homeassistant.core import Event, HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.components.diagnostics import (
    get_diagnostics_for_config_entry,
)
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator
from yarl import URL

from custom_components.yeastar_vm.const import DOMAIN
from custom_components.yeastar_vm.mailboxes.transcripts import (
    Transcript,
    TranscriptState,
)
from custom_components.yeastar_vm.pbx import (
    Credentials,
    Message,
    PlayLink,
    RawAnswer,
    TokenPair,
    VoicemailLeft,
)
from custom_components.yeastar_vm.pbx.http.transport import Form
from custom_components.yeastar_vm.playback.playback import DeliveredMedia, Reason
from custom_components.yeastar_vm.playback.references import MessageReference
from custom_components.yeastar_vm.playback.relay import Collected
from simulator import Fault, PbxSimulator, links

from .common import Player, arrival, reauth_flows
from .leaks import Recorder, find_leaks, logged, raised
from .window import Window

# Every kind of fault at every endpoint is in the fault matrix, which searches what is
# logged and raised, too.
FAULTS = {
    "system/information": Fault.RESET,
    "extension/search": Fault.HTML,
    "extension_vm_greeting/list": Fault.HALF,
    "extension_vm_greeting/play": Fault.REDIRECT,
    "download": Fault.BAD_GATEWAY_502,
    "refresh_token": Fault.NOT_JSON,
    "get_token": Fault.FORBIDDEN_403,
}
WRONG_SECRET = "WrongSecret000000000000000000001"
PRIVATE = "Anna Weber"


class Run:
    """What is done to a PBX, and everything that it leaves behind."""

    def __init__(
        self,
        hass: HomeAssistant,
        hass_client: ClientSessionGenerator,
        hass_client_no_auth: ClientSessionGenerator,
        pbx: PbxSimulator,
        player: Player,
    ) -> None:
        """Listen to all events."""
        self.hass = hass
        self.hass_client = hass_client
        self.hass_client_no_auth = hass_client_no_auth
        self.pbx = pbx
        self.player = player
        self.window = Window(hass, pbx)
        self.events: list[str] = []
        self.exceptions: list[str] = []
        self.answers: list[str] = []
        hass.bus.async_listen(MATCH_ALL, self._heard)

    async def _heard(self, event: Event[Any]) -> None:
        self.events.append(repr(event.as_dict()))

    @property
    def entry(self) -> Any:
        """Return the one entry."""
        (entry,) = self.hass.config_entries.async_entries(DOMAIN)
        return entry

    async def add(self) -> None:
        """Add the PBX, with a wrong secret first."""
        await self.window.open()
        await self.window.sign_in(client_secret=WRONG_SECRET)
        self.answers.append(repr(await self.window.submit()))
        assert (await self.window.sign_in())["type"] == "create_entry"
        await self.hass.async_block_till_done()
        assert self.entry.state is ConfigEntryState.LOADED

    async def play(self, file: str | None = None, **data: Any) -> str | None:
        """Play a greeting; return its link, and keep what is answered or raised."""
        if file:
            data["file"] = file
        call = self.hass.services.async_call(
            DOMAIN,
            "play_greeting",
            {"extension": "3200", "entity_id": "media_player.kitchen", **data},
            blocking=True,
            return_response=True,
        )
        try:
            response = await call
        except HomeAssistantError as err:
            self.exceptions += raised(err)
            return None
        self.answers.append(repr(response))
        assert response
        return str(response["url"])

    async def fetch(self, url: str) -> int:
        """Fetch a relayed greeting as a player does."""
        client = await self.hass_client_no_auth()
        response = await client.get(URL(url).path_qs)
        self.answers.append(repr(response.headers))
        if response.status != 200:
            self.answers.append(repr(await response.read()))
        return response.status

    async def fault(self, endpoint: str, fault: Fault, url: str) -> None:
        """Do what asks an endpoint that fails, and lift the fault again."""
        if endpoint in ("refresh_token", "get_token"):
            self.pbx.reboot()
        self.pbx.faults[endpoint] = fault
        await self.play("closed.WAV")
        await self.play("closed.WAV", delivery="direct")
        await self.play()
        await self.play(extension="9999")
        await self.hass.config_entries.async_reload(self.entry.entry_id)
        await self.hass.async_block_till_done()
        await self.fetch(url)
        self.pbx.faults.clear()
        await self.sign_in_again_if_asked()
        await self.hass.config_entries.async_reload(self.entry.entry_id)
        assert self.entry.state is ConfigEntryState.LOADED

    async def sign_in_again_if_asked(self) -> None:
        """Do what Home Assistant asks for."""
        for flow in reauth_flows(self.hass):
            await self.window.follow(flow["flow_id"])
            await self.window.sign_in_again()
            await self.hass.async_block_till_done()

    async def diagnose(self) -> None:
        """Download the diagnostics."""
        self.answers.append(
            repr(
                await get_diagnostics_for_config_entry(
                    self.hass, self.hass_client, self.entry
                )
            )
        )


@pytest.fixture
def link_names(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return what tells the links apart that the PBX gives out from now on."""
    recorder = Recorder()
    monkeypatch.setattr(links, "random_text", recorder)
    return recorder.texts


@pytest.fixture
async def run(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    hass_client_no_auth: ClientSessionGenerator,
    pbx: PbxSimulator,
    player: Player,
    given_out: list[str],
    link_names: list[str],
) -> Run:
    """Return a run that has not begun."""
    # Once the server runs, it takes no more addresses: the order of a real start.
    assert await async_setup_component(hass, "diagnostics", {})
    assert await async_setup_component(hass, DOMAIN, {})
    return Run(hass, hass_client, hass_client_no_auth, pbx, player)


async def test_no_secret_gets_out(
    run: Run,
    caplog: pytest.LogCaptureFixture,
    expected_warnings: list[str],
    given_out: list[str],
    link_names: list[str],
) -> None:
    """With debug logging on, while all is well and while it is not."""
    expected_warnings += [
        "Error setting up entry PBX for yeastar_vm: The PBX shows a different",
    ]
    caplog.set_level(logging.DEBUG, "aiohttp")
    hass, pbx = run.hass, run.pbx

    # What a user does while all is well
    await run.add()
    relayed = await run.play("closed.WAV")
    assert relayed
    assert await run.fetch(relayed) == 200
    direct = await run.play("vm_welcome.wav", delivery="direct")
    assert direct
    assert direct.startswith(f"{pbx.base_url}/api/download/")
    await run.diagnose()

    await go_wrong(run, relayed)

    # Another certificate, and the user trusts it
    await pbx.renew_certificate()
    await run.play("closed.WAV")
    await hass.config_entries.async_reload(run.entry.entry_id)
    await run.window.reconfigure(run.entry)
    run.answers.append(repr(await run.window.sign_in()))
    run.answers.append(repr(await run.window.submit()))
    await hass.async_block_till_done()
    assert run.entry.state is ConfigEntryState.LOADED

    # A secret that changes, and a PBX that goes away
    secrets = [WRONG_SECRET, pbx.client_secret, "NewSecret00000000000000000000001"]
    pbx.client_secret = secrets[-1]
    pbx.reboot()
    await run.play("closed.WAV")
    await hass.async_block_till_done()
    await run.sign_in_again_if_asked()
    await run.diagnose()
    await pbx.stop()
    await run.play("closed.WAV")
    await pbx.start()

    # The end
    assert await hass.config_entries.async_unload(run.entry.entry_id)
    pbx.faults["del_token"] = Fault.RESET
    await hass.config_entries.async_remove(run.entry.entry_id)
    await hass.async_block_till_done()

    left_behind = {
        "log": await asyncio.to_thread(logged, caplog),
        "exception": run.exceptions,
        "event": run.events,
        "answer": run.answers,
        "player": [repr(played) for played in run.player.played],
    }
    assert len(given_out) > 10
    assert len(link_names) > 10
    for place, texts in left_behind.items():
        assert texts, place
        leaks = await asyncio.to_thread(find_leaks, texts, {*secrets, *given_out})
        assert leaks == [], place

    directly = {
        name for name in link_names for url in run.answers if f"-{name}.wav'" in url
    }
    assert 0 < len(directly) < len(link_names) / 2
    for place, texts in left_behind.items():
        leaks = await asyncio.to_thread(find_leaks, texts, {*link_names} - directly)
        assert leaks == [], place


async def go_wrong(run: Run, relayed_url: str) -> None:
    """Let every endpoint fail."""
    for endpoint, fault in FAULTS.items():
        await run.fault(endpoint, fault, relayed_url)

    # A download that needs the token in its URL
    run.pbx.switches.play_link_needs_token = True
    await run.play("closed.WAV")
    run.pbx.faults["download"] = Fault.REDIRECT
    await run.play("closed.WAV")
    run.pbx.faults.clear()
    run.pbx.switches.play_link_needs_token = False

    # A token that cannot be revoked
    run.pbx.reboot()
    await run.window.reconfigure(run.entry)
    run.pbx.faults["del_token"] = Fault.RESET
    run.answers.append(repr(await run.window.sign_in()))
    await run.hass.async_block_till_done()
    run.pbx.faults.clear()


def test_the_search_finds_what_it_looks_for() -> None:
    """A search that finds nothing proves nothing by itself."""
    assert find_leaks(["a secret here"], {"secret"})
    assert find_leaks(["GET /x?access_token=y"], {"secret"})
    assert not find_leaks(["nothing", "'access_token': '**REDACTED**'"], {"secret"})


async def test_a_cancelled_action_tells_no_secret(
    run: Run, caplog: pytest.LogCaptureFixture, given_out: list[str]
) -> None:
    """What asyncio says of tasks in its debug mode does not have arguments in it."""
    await run.add()
    run.pbx.faults["extension_vm_greeting/play"] = Fault.SILENT
    asked = arrival(run.pbx, "extension_vm_greeting/play")
    action = asyncio.create_task(run.play("closed.WAV"), name="action")
    await asked.wait()

    action.cancel()
    await asyncio.wait([action])
    await run.hass.async_block_till_done()

    assert given_out
    assert find_leaks(logged(caplog), {run.pbx.client_secret, *given_out}) == []


@pytest.mark.parametrize(
    "value",
    [
        Collected(source=PRIVATE.encode()),
        Credentials("client", PRIVATE),
        DeliveredMedia(PRIVATE, dt_util.utcnow(), Reason.OPTION),
        Form(PRIVATE.encode(), "holiday.wav", "audio/wav", {}),
        Message("3200", "1", None, PRIVATE, PRIVATE, 1, is_read=False),
        MessageReference("3200", "1", PRIVATE),
        PlayLink(PRIVATE, 0, needs_token=False, requested_at=0),
        RawAnswer(200, {"Set-Cookie": PRIVATE}, PRIVATE.encode(), 0.1),
        TokenPair(PRIVATE, 0, PRIVATE, 0),
        Transcript(TranscriptState.TEXT, "stt.engine", "en", PRIVATE),
        VoicemailLeft(PRIVATE, "uid"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_value_shows_nothing_private(value: object) -> None:
    """It may be in a message of the log, or in a traceback."""
    assert PRIVATE not in repr(value)
