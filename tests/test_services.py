"""The action `play_greeting`, as an automation uses it."""

import asyncio
from datetime import UTC, datetime
import re
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.media_player import MediaPlayerEntityFeature
from homeassistant.config_entries import ConfigEntryDisabler, ConfigEntryState
from homeassistant.const import EVENT_CALL_SERVICE
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import (
    area_registry as ar,
    entity_registry as er,
    label_registry as lr,
)
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_capture_events,
)
import voluptuous as vol

from .conftest import Player, add_players, entry_for, load
from .pbx_simulator import Fault, PbxSimulator, SimulatedGreeting

KITCHEN = "media_player.kitchen"


async def play(hass: HomeAssistant, **data: Any) -> dict[str, Any]:
    """Call the action for the kitchen unless told otherwise; return its response."""
    if not data.keys() & {"entity_id", "area_id", "label_id", "device_id"}:
        data["entity_id"] = KITCHEN
    response = await hass.services.async_call(
        "yeastar_vm", "play_greeting", data, blocking=True, return_response=True
    )
    assert response
    return dict(response)


async def refusal(hass: HomeAssistant, **data: Any) -> str:
    """Call the action for something it cannot do; return what the user is told."""
    with pytest.raises(HomeAssistantError) as caught:
        await play(hass, **data)
    assert caught.value.translation_domain in ("yeastar_vm", "homeassistant")
    return f"{caught.value}."  # Home Assistant leaves the full stop out


# --- delivery ------------------------------------------------------------------------


@pytest.mark.usefixtures("http_entry")
async def test_plain_http_and_wav_go_directly(
    hass: HomeAssistant, http_pbx: PbxSimulator, player: Player
) -> None:
    """The player gets exactly the base URL and the PBX's play URL, for one request."""
    http_pbx.switches.play_resource_url = "/api/download/PBX-VoicemailGreeting-1.wav"

    await hass.services.async_call(
        "yeastar_vm",
        "play_greeting",
        {"entity_id": KITCHEN, "extension": "3200", "file": "vm_welcome.wav"},
        blocking=True,
    )

    link = f"{http_pbx.base_url}/api/download/PBX-VoicemailGreeting-1.wav"
    assert player.played == [("music", link, {"extra": {}})]
    assert [request.endpoint for request in http_pbx.requests] == [
        "extension_vm_greeting/play"
    ]


@pytest.mark.usefixtures("http_entry", "player")
async def test_an_expired_token_costs_one_more_request(
    hass: HomeAssistant, http_pbx: PbxSimulator, freezer: FrozenDateTimeFactory
) -> None:
    """And no more."""
    freezer.tick(31 * 60)

    await play(hass, extension="3200", file="vm_welcome.wav")

    assert [request.endpoint for request in http_pbx.requests] == [
        "refresh_token",
        "extension_vm_greeting/play",
    ]


@pytest.mark.usefixtures("http_entry")
async def test_the_response_says_what_was_played(
    hass: HomeAssistant, player: Player, freezer: FrozenDateTimeFactory
) -> None:
    """And until when the link works."""
    freezer.move_to("2026-11-23 12:00:00")

    response = await play(hass, extension="3200", file="vm_welcome.wav")

    assert response == {
        "extension": "3200",
        "file": "vm_welcome.wav",
        "url": player.played[0][1],
        "expires_at": "2026-11-23T12:30:00+00:00",
        "delivery": "direct",
        "media_content_type": "music",
    }


@pytest.mark.usefixtures("entry")
async def test_a_self_signed_pbx_is_relayed(
    hass: HomeAssistant, pbx: PbxSimulator, player: Player
) -> None:
    """The player gets a link of Home Assistant; the audio has been fetched by then."""
    response = await play(hass, extension="3200", file="vm_welcome.wav")

    [(kind, url, _)] = player.played
    assert kind == "music"
    assert url == response["url"]
    assert re.fullmatch(
        r"http://homeassistant\.test:8123/api/yeastar_vm/greetings/.+\.mp3\?authSig=.+",
        url,
    )
    assert response["delivery"] == "relay"
    hours = datetime.fromisoformat(response["expires_at"]) - datetime.now(UTC)
    assert 23 * 3600 < hours.total_seconds() <= 24 * 3600
    assert [request.endpoint for request in pbx.requests] == [
        "extension_vm_greeting/play",
        "download",
    ]


@pytest.mark.usefixtures("http_entry", "player")
@pytest.mark.parametrize(
    ("file", "asked", "delivery"),
    [
        ("vm_welcome.wav", None, "direct"),
        ("vm_welcome.wav", "auto", "direct"),
        ("vm_welcome.wav", "relay", "relay"),
        ("closed.WAV", None, "relay"),
        ("closed.WAV", "direct", "direct"),
    ],
)
async def test_the_delivery_can_be_chosen(
    hass: HomeAssistant, file: str, asked: str | None, delivery: str
) -> None:
    """`auto` relays what no player decodes."""
    data = {"delivery": asked} if asked else {}

    response = await play(hass, extension="3200", file=file, **data)

    assert response["delivery"] == delivery


@pytest.mark.usefixtures("player")
async def test_the_entry_can_have_a_delivery_of_its_own(
    hass: HomeAssistant, http_pbx: PbxSimulator, http_entry: MockConfigEntry
) -> None:
    """The call's comes first."""
    hass.config_entries.async_update_entry(http_entry, options={"delivery": "relay"})

    response = await play(hass, extension="3200", file="vm_welcome.wav")
    assert response["delivery"] == "relay"

    response = await play(
        hass, extension="3200", file="vm_welcome.wav", delivery="direct"
    )
    assert response["delivery"] == "direct"


@pytest.mark.usefixtures("http_entry")
async def test_a_link_with_a_query_never_gets_to_a_player(
    hass: HomeAssistant, http_pbx: PbxSimulator, player: Player
) -> None:
    """It could carry the token."""
    http_pbx.switches.play_resource_url = "/api/download/a.wav?access_token=x"

    assert "must not be handed to a player" in await refusal(
        hass, extension="3200", file="vm_welcome.wav", delivery="direct"
    )
    assert player.played == []


@pytest.mark.usefixtures("entry")
async def test_the_relay_needs_an_address_of_home_assistant(
    hass: HomeAssistant, player: Player
) -> None:
    """The error says where to enter it."""
    await hass.config.async_update(internal_url=None)
    hass.config.api = None

    assert "Settings > System > Network" in await refusal(
        hass, extension="3200", file="vm_welcome.wav"
    )
    assert player.played == []


@pytest.mark.usefixtures("http_entry")
async def test_options_for_the_player_are_passed_on(
    hass: HomeAssistant, player: Player
) -> None:
    """As they are."""
    await play(
        hass,
        extension="3200",
        file="vm_welcome.wav",
        announce=True,
        extra={"metadata": {"title": "Reception"}},
    )

    assert player.played[0][2] == {
        "announce": True,
        "extra": {"metadata": {"title": "Reception"}},
    }


# --- which greeting ------------------------------------------------------------------


@pytest.mark.usefixtures("http_entry", "player")
@pytest.mark.parametrize("extension", [3200, "3200", " 3200 "])
async def test_an_extension_may_be_a_number(
    hass: HomeAssistant, extension: object
) -> None:
    """As YAML makes it of digits."""
    response = await play(hass, extension=extension, file="vm_welcome.wav")

    assert response["extension"] == "3200"


@pytest.mark.usefixtures("http_entry", "player")
async def test_an_extension_keeps_its_zeros(hass: HomeAssistant) -> None:
    """And a single greeting needs no file."""
    response = await play(hass, extension="0042")

    assert (response["extension"], response["file"]) == ("0042", "hello.wav")


@pytest.mark.usefixtures("http_entry", "player")
@pytest.mark.parametrize(
    "file",
    [
        "after hours.wav",
        "a+b & c#1.wav",
        "50%20off.wav",
        "fermé.wav",
        "night.wav",
        "night.WAV",
    ],
)
async def test_any_file_name_can_be_played(
    hass: HomeAssistant, http_pbx: PbxSimulator, file: str
) -> None:
    """Exactly that one."""
    response = await play(hass, extension="3202", file=file)

    assert response["file"] == file
    assert http_pbx.requests[0].query["file"] == file


@pytest.mark.usefixtures("entry")
@pytest.mark.parametrize(
    ("data", "message"),
    [
        (
            {"extension": "9999", "file": "vm_welcome.wav"},
            "The PBX has no extension 9999. A number that begins with zeros needs "
            "quotation marks in YAML.",
        ),
        (
            {"extension": "320"},
            "The PBX has no extension 320. A number that begins with zeros needs "
            "quotation marks in YAML.",
        ),
        (
            {"extension": "3200", "file": "VM_welcome.wav"},
            'Extension 3200 has no greeting "VM_welcome.wav". It has: '
            '"vm_welcome_001.wav", "vm_welcome.wav", "holiday.wav", "closed.WAV". '
            "Upper and lower case matter.",
        ),
        (
            {"extension": "3200"},
            "Extension 3200 has several greetings. Choose one as the file: "
            '"vm_welcome_001.wav", "vm_welcome.wav", "holiday.wav", "closed.WAV".',
        ),
        (
            {"extension": "3201"},
            "Extension 3201 has no greetings. Record or upload one on the PBX first.",
        ),
        (
            {"extension": "3201", "file": "vm_welcome.wav"},
            "Extension 3201 has no greetings. Record or upload one on the PBX first.",
        ),
        (
            {"extension": " ", "file": "vm_welcome.wav"},
            "No extension was given. Enter an extension number, for example 3200.",
        ),
        (
            {"extension": "3200", "file": " "},
            "The file name is empty. Enter a greeting's full file name, or leave it "
            "out if the extension has just one greeting.",
        ),
    ],
)
async def test_a_greeting_that_is_not_there(
    hass: HomeAssistant, player: Player, data: dict[str, str], message: str
) -> None:
    """The error says what there is, and nothing is played."""
    assert await refusal(hass, **data) == message
    assert player.played == []


@pytest.mark.usefixtures("entry")
async def test_a_listed_greeting_that_the_pbx_does_not_find(
    hass: HomeAssistant, pbx: PbxSimulator, player: Player
) -> None:
    """Is no matter of spelling."""
    pbx.errcodes["extension_vm_greeting/play"] = 60001

    message = await refusal(hass, extension="3200", file="vm_welcome.wav")

    assert message == "The PBX did not find what it was asked for."
    assert player.played == []


async def test_an_extension_may_not_be_a_list(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    """What no form sends is refused by the schema."""
    with pytest.raises(vol.Invalid):
        await play(hass, extension=["3200"])


# --- which PBX -----------------------------------------------------------------------


async def test_an_error_lists_a_few_greetings(
    hass: HomeAssistant, pbx: PbxSimulator, entry: MockConfigEntry, player: Player
) -> None:
    """It is to be read."""
    pbx.extensions["3201"].greetings = [
        SimulatedGreeting(f"{number}.wav") for number in range(100)
    ]

    assert await refusal(hass, extension="3201") == (
        "Extension 3201 has several greetings. Choose one as the file: "
        + ", ".join(f'"{number}.wav"' for number in range(20))
        + ", …."
    )


async def test_with_several_pbxs_one_has_to_be_chosen(
    hass: HomeAssistant, entry: MockConfigEntry, player: Player
) -> None:
    """The error names them."""
    async with PbxSimulator(https=False) as second_pbx:
        second_pbx.serial_number, second_pbx.name = "2", "Branch"
        branch = await load(hass, entry_for(second_pbx))

        message = await refusal(hass, extension="0042")
        assert message == (
            "Several PBXs are set up. Choose which one to use (config_entry_id): "
            f"PBX ({entry.entry_id}), Branch ({branch.entry_id})."
        )
        assert player.played == []

        response = await play(hass, extension="0042", config_entry_id=branch.entry_id)
        assert response["url"].startswith(second_pbx.base_url)


async def test_without_a_pbx(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """The error says where to add one."""
    await hass.config_entries.async_remove(entry.entry_id)

    assert await refusal(hass, extension="0042") == (
        "No PBX is set up. Add one under Settings > Devices & services."
    )


async def test_a_disabled_pbx_does_not_count(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    """As if there were none."""
    await hass.config_entries.async_set_disabled_by(
        entry.entry_id, ConfigEntryDisabler.USER
    )

    assert "No PBX is set up" in await refusal(hass, extension="0042")


async def test_a_pbx_that_is_not_loaded(
    hass: HomeAssistant, entry: MockConfigEntry, player: Player
) -> None:
    """Whether it is named or the only one."""
    await hass.config_entries.async_unload(entry.entry_id)

    assert "not loaded" in await refusal(hass, extension="0042")
    assert "not loaded" in await refusal(
        hass, extension="0042", config_entry_id=entry.entry_id
    )
    assert player.played == []


@pytest.mark.usefixtures("entry")
async def test_a_pbx_that_there_is_not(hass: HomeAssistant) -> None:
    """The error says so."""
    with pytest.raises(ServiceValidationError):
        await play(hass, extension="0042", config_entry_id="nothing")


# --- which players -------------------------------------------------------------------


@pytest.fixture
async def players(hass: HomeAssistant, http_entry: MockConfigEntry) -> list[Player]:
    """Return players of all kinds, in the area `house` and with the label `all`."""
    some = [
        Player("hall"),
        Player("bath"),
        Player("garage", available=False),
        Player("radio", MediaPlayerEntityFeature.PAUSE),
    ]
    await add_players(hass, *some)
    area = ar.async_get(hass).async_create("House")
    label = lr.async_get(hass).async_create("All")
    registry = er.async_get(hass)
    for some_player in some:
        registry.async_update_entity(
            some_player.entity_id, area_id=area.id, labels={label.label_id}
        )
    return some


@pytest.mark.usefixtures("players")
@pytest.mark.parametrize(
    ("entity_id", "message"),
    [
        ("media_player.nowhere", "There is no media player media_player.nowhere."),
        ("media_player.garage", "media_player.garage is not available right now."),
        ("media_player.radio", "media_player.radio cannot play media."),
        ("sun.sun", "sun.sun is not a media player."),
        (
            ["media_player.hall", "media_player.garage"],
            "media_player.garage is not available right now.",
        ),
        (
            "none",
            "None of the chosen targets has a media player that is available and can "
            "play media.",
        ),
    ],
)
async def test_a_player_that_cannot_play(
    hass: HomeAssistant,
    players: list[Player],
    http_pbx: PbxSimulator,
    entity_id: str | list[str],
    message: str,
) -> None:
    """Is an error before anything is played or the PBX is asked."""
    assert await refusal(hass, extension="0042", entity_id=entity_id) == message
    assert [some_player.played for some_player in players] == [[], [], [], []]
    assert http_pbx.requests == []


@pytest.mark.parametrize(
    "target", [{"area_id": "house"}, {"label_id": "all"}, {"entity_id": "all"}]
)
async def test_of_an_area_those_play_that_can(
    hass: HomeAssistant,
    players: list[Player],
    http_pbx: PbxSimulator,
    target: dict[str, str],
) -> None:
    """All at once, for one request."""
    await play(hass, extension="0042", file="hello.wav", **target)

    assert [len(some_player.played) for some_player in players] == [1, 1, 0, 0]
    assert len(http_pbx.requests) == 1


async def test_an_area_without_players(
    hass: HomeAssistant, players: list[Player]
) -> None:
    """Is an error rather than silence."""
    empty = ar.async_get(hass).async_create("Attic")

    assert "None of the chosen targets" in await refusal(
        hass, extension="0042", area_id=empty.id
    )


async def test_an_error_of_the_player_reaches_the_automation(
    hass: HomeAssistant, http_entry: MockConfigEntry, player: Player
) -> None:
    """As the player's integration words it."""
    player.error = HomeAssistantError("The loudspeaker is on fire")

    with pytest.raises(HomeAssistantError, match="on fire"):
        await play(hass, extension="0042")


@pytest.mark.usefixtures("http_entry", "player")
async def test_the_players_action_has_the_same_context(hass: HomeAssistant) -> None:
    """So that the logbook says who played."""
    calls = async_capture_events(hass, EVENT_CALL_SERVICE)
    context = Context(user_id=None)

    await hass.services.async_call(
        "yeastar_vm",
        "play_greeting",
        {"entity_id": KITCHEN, "extension": "0042"},
        blocking=True,
        context=context,
    )

    assert [call.context.id for call in calls] == [context.id, context.id]


# --- faults of the PBX ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        (
            Fault.RESET,
            "The PBX closed the connection before its answer was complete.",
        ),
        (
            Fault.HALF,
            "The PBX closed the connection before its answer was complete.",
        ),
        (
            Fault.HTML,
            "The answer does not come from a Yeastar P-Series PBX. Check the URL "
            "and that no proxy is in the way.",
        ),
        (Fault.BAD_GATEWAY_502, "The PBX is not available right now."),
        (
            Fault.REDIRECT,
            "The PBX redirects to http://example.invalid. Select Reconfigure "
            "in the integration's menu to enter that address.",
        ),
    ],
)
async def test_a_fault_of_the_pbx(
    hass: HomeAssistant,
    pbx: PbxSimulator,
    entry: MockConfigEntry,
    player: Player,
    fault: Fault,
    message: str,
) -> None:
    """Plays nothing, says what happened, and loses nothing."""
    pbx.faults["extension_vm_greeting/play"] = fault
    assert await refusal(hass, extension="0042", file="hello.wav") == message
    assert player.played == []

    pbx.faults.clear()
    await play(hass, extension="0042", file="hello.wav")

    assert len(player.played) == 1
    assert entry.state is ConfigEntryState.LOADED
    assert "get_token" not in [request.endpoint for request in pbx.requests]


@pytest.mark.parametrize(
    ("errcode", "message"),
    [
        (
            -2,
            "The PBX answered with error -2. Try again later. For details, see the "
            "vendor's table of error codes.",
        ),
        (
            10001,
            "The PBX's firmware cannot play greetings over its API. Update it to "
            "version xx.23.0 or later.",
        ),
        (
            10009,
            "The PBX denies access. Check under Integrations > API on the PBX that "
            "API access is switched on for this application.",
        ),
    ],
)
async def test_an_error_code_of_the_pbx(
    hass: HomeAssistant,
    pbx: PbxSimulator,
    entry: MockConfigEntry,
    player: Player,
    errcode: int,
    message: str,
) -> None:
    """Is said in words."""
    pbx.errcodes["extension_vm_greeting/play"] = errcode

    assert await refusal(hass, extension="0042", file="hello.wav") == message
    assert player.played == []


@pytest.mark.usefixtures("entry", "player")
async def test_old_firmware(hass: HomeAssistant, pbx: PbxSimulator) -> None:
    """Is told apart from a PBX that cannot be reached."""
    pbx.switches.greeting_endpoints = False

    assert "Update it to version xx.23.0" in await refusal(hass, extension="0042")


@pytest.mark.usefixtures("entry", "player")
async def test_a_block_says_until_when(
    hass: HomeAssistant, pbx: PbxSimulator, freezer: FrozenDateTimeFactory
) -> None:
    """In the user's time zone, and nothing is sent until then."""
    await hass.config.async_set_time_zone("Europe/Berlin")
    freezer.move_to("2026-11-23 12:00:00")
    pbx.errcodes["extension_vm_greeting/play"] = 70004

    for _ in range(3):
        message = await refusal(hass, extension="0042", file="hello.wav")
        assert "Nothing is sent until 13:11." in message

    assert len(pbx.requests) == 1
    await hass.config.async_set_time_zone("UTC")


async def test_a_closed_port(
    hass: HomeAssistant, pbx: PbxSimulator, entry: MockConfigEntry, player: Player
) -> None:
    """As while the PBX restarts."""
    await pbx.stop()
    assert "nothing answers at its address and port" in await refusal(
        hass, extension="0042"
    )

    await pbx.start()
    await play(hass, extension="0042")

    assert len(player.played) == 1


async def test_a_changed_certificate(
    hass: HomeAssistant, pbx: PbxSimulator, entry: MockConfigEntry, player: Player
) -> None:
    """Gets nothing, and the error says what to do."""
    await pbx.renew_certificate()

    assert "select Reconfigure" in await refusal(hass, extension="0042")
    assert pbx.requests == []
    assert player.played == []


async def test_a_sign_in_that_is_refused_asks_for_a_new_one(
    hass: HomeAssistant, pbx: PbxSimulator, entry: MockConfigEntry, player: Player
) -> None:
    """Once, and without trying again by itself."""
    pbx.reboot()
    pbx.client_secret = "changed"

    for _ in range(3):
        assert "Sign in again" in await refusal(
            hass, extension="0042", file="hello.wav"
        )
    await hass.async_block_till_done()

    [flow] = hass.config_entries.flow.async_progress()
    assert flow["context"]["source"] == "reauth"
    assert [request.endpoint for request in pbx.requests] == [
        "extension_vm_greeting/play",
        "refresh_token",
        "get_token",
    ]
    assert player.played == []


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        (Fault.HALF, "The PBX closed the connection"),
        (Fault.HTML, "does not lead to audio"),
        (Fault.EMPTY, "does not lead to audio"),
        (Fault.NOT_FOUND_404, "does not lead to audio"),
        (Fault.TOO_MANY_REQUESTS_429, "not available right now"),
        (Fault.BAD_GATEWAY_502, "not available right now"),
    ],
)
async def test_a_fault_of_the_audio(
    hass: HomeAssistant,
    pbx: PbxSimulator,
    entry: MockConfigEntry,
    player: Player,
    fault: Fault,
    message: str,
) -> None:
    """Reaches the automation before any player is called."""
    pbx.faults["download"] = fault

    assert message in await refusal(hass, extension="0042", file="hello.wav")
    assert player.played == []


async def test_audio_that_is_too_large(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    http_entry: MockConfigEntry,
    player: Player,
) -> None:
    """Is not a greeting."""
    greeting = SimulatedGreeting("a.wav", duration=2200)
    # To make or to encrypt it would keep the event loop from running for too long.
    await asyncio.to_thread(greeting.audio)
    http_pbx.extensions["0042"].greetings = [greeting]

    refused = await refusal(hass, extension="0042", delivery="relay")

    assert "larger than 32 MB" in refused
    assert player.played == []


@pytest.mark.parametrize("ffmpeg_binary", ["/nowhere/ffmpeg"])
@pytest.mark.usefixtures("ffmpeg_binary", "entry")
async def test_without_ffmpeg(
    hass: HomeAssistant, player: Player, expected_warnings: list[str]
) -> None:
    """16-bit audio passes as it is; the rest is an error that says why."""
    expected_warnings += ["FFmpeg fails", "Error starting FFmpeg"]
    response = await play(hass, extension="3200", file="vm_welcome.wav")
    assert ".wav?authSig=" in response["url"]
    assert len(player.played) == 1

    assert "has no FFmpeg" in await refusal(hass, extension="3200", file="closed.WAV")
    assert len(player.played) == 1


async def test_many_calls_at_once(
    hass: HomeAssistant, pbx: PbxSimulator, entry: MockConfigEntry, player: Player
) -> None:
    """Fetch the audio once."""
    await asyncio.gather(
        *(play(hass, extension="3200", file="closed.WAV") for _ in range(10))
    )

    endpoints = [request.endpoint for request in pbx.requests]
    assert endpoints.count("download") == 1
    assert len(player.played) == 10


async def test_a_greeting_recorded_anew_is_played_anew(
    hass: HomeAssistant, pbx: PbxSimulator, entry: MockConfigEntry, player: Player
) -> None:
    """A call never plays what was fetched for an earlier one."""
    await play(hass, extension="0042")
    before = entry.runtime_data.clips.size
    pbx.extensions["0042"].greetings = [SimulatedGreeting("hello.wav", duration=4)]

    await play(hass, extension="0042")

    assert entry.runtime_data.clips.size > 1.5 * before
