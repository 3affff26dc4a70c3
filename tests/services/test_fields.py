"""What the fields of the actions take."""

from typing import Any
import unicodedata

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
import pytest
import voluptuous as vol

from simulator import PbxSimulator, SimulatedGreeting
from tests.common import Player, call, play

from .calls import KITCHEN, refusal

MEDIA = "media-source://yeastar_vm/{serial}/greetings/3200/vm_welcome.wav"
NOT_A_GREETING = (
    "This is not a greeting. Select a greeting of an extension or a group. To play a "
    'message, use the action "Play message".'
)


@pytest.mark.usefixtures("http_entry", "player")
@pytest.mark.parametrize(
    "extension", [3200, 3200.0, "3200", " 3200 ", "3200.0", "3200.00"]
)
async def test_an_extension_may_be_a_number(
    hass: HomeAssistant, extension: object
) -> None:
    """YAML makes one of digits, and a number helper has decimals."""
    response = await play(hass, extension=extension, file="vm_welcome.wav")

    assert response["extension"] == "3200"


@pytest.mark.usefixtures("http_entry", "player")
@pytest.mark.parametrize("extension", ["0042", "0042.0"])
async def test_an_extension_keeps_its_zeros(
    hass: HomeAssistant, extension: str
) -> None:
    """A single greeting needs no file."""
    response = await play(hass, extension=extension)

    assert (response["extension"], response["file"]) == ("0042", "hello.wav")


@pytest.mark.usefixtures("http_entry", "player")
@pytest.mark.parametrize("extension", ["3200.5", "3.200.0", ".0", "-3200.0"])
async def test_an_extension_that_is_none(hass: HomeAssistant, extension: str) -> None:
    """Nothing is made of it that the user does not mean."""
    message = await refusal(hass, extension=extension)

    assert f"has no extension or group voicemail {extension}." in message


@pytest.mark.parametrize(
    "wrap",
    [
        lambda media: media,
        lambda media: f" {media} ",
        lambda media: [media],
        lambda media: {"media_content_id": media},
        lambda media: [{"media_content_id": media, "media_content_type": "audio/wav"}],
        lambda media: {
            "media_content_id": media,
            "media_content_type": "audio/wav",
            "metadata": {"title": "vm_welcome.wav", "thumbnail": None},
        },
    ],
)
@pytest.mark.usefixtures("http_entry")
async def test_media_in_every_form(
    hass: HomeAssistant, http_pbx: PbxSimulator, player: Player, wrap: Any
) -> None:
    """The media selector gives mappings, templates texts, and both lists of one."""
    media = wrap(MEDIA.format(serial=http_pbx.serial_number))

    response = await play(hass, media=media)

    assert (response["extension"], response["file"]) == ("3200", "vm_welcome.wav")
    assert len(player.played) == 1


@pytest.mark.usefixtures("http_entry", "player")
@pytest.mark.parametrize(
    "media",
    [
        "",
        "hello.wav",
        "https://homeassistant.test/hello.wav",
        "media-source://yeastar_vm",
        "media-source://yeastar_vm/",
        "media-source://yeastar_vm/1/greetings/3200",
        "media-source://media_source/local/song.mp3",
        "media-source://tts/cloud?message=Hello",
        None,
        3200,
        [],
        {},
        {"media_content_id": None},
        {"entity_id": KITCHEN},
        [MEDIA, MEDIA],
        pytest.param(MEDIA + "x" * 1_000_000, id="too long"),
    ],
)
async def test_media_that_is_no_greeting(
    hass: HomeAssistant, http_pbx: PbxSimulator, media: object
) -> None:
    """The error says what to select, and the PBX is not asked."""
    assert await refusal(hass, media=media) == NOT_A_GREETING
    assert http_pbx.requests == []


@pytest.mark.usefixtures("http_entry")
@pytest.mark.parametrize("field", ["extension", "file", "search", "config_entry_id"])
async def test_a_field_that_is_too_long(
    hass: HomeAssistant, http_pbx: PbxSimulator, player: Player, field: str
) -> None:
    """It is refused before anything is sent."""
    text = "x" * 1_000_000
    action, fields = {
        "extension": ("list_greetings", {"extension": text}),
        "file": ("play_greeting", {"extension": "3200", "file": text}),
        "search": ("search_extensions", {"search": text}),
        "config_entry_id": (
            "list_greetings",
            {"extension": "3200", "config_entry_id": text},
        ),
    }[field]
    if action == "play_greeting":
        fields["entity_id"] = KITCHEN

    with pytest.raises(vol.Invalid):
        await call(hass, action, **fields)
    assert http_pbx.requests == []


@pytest.mark.usefixtures("http_entry", "player")
@pytest.mark.parametrize("number", ["1", "0" * 20, "1234567890123456789012345678901"])
async def test_a_number_of_any_length_is_asked_for(
    hass: HomeAssistant, http_pbx: PbxSimulator, number: str
) -> None:
    """What a PBX could have is up to the PBX."""
    http_pbx.extensions[number] = http_pbx.extensions["0042"]

    assert (await play(hass, extension=number))["extension"] == number


@pytest.mark.usefixtures("http_entry", "player")
@pytest.mark.parametrize(
    ("stored", "typed"),
    [
        (unicodedata.normalize("NFD", "Fermé à Noël.wav"), "Fermé à Noël.wav"),
        ("Fermé à Noël.wav", unicodedata.normalize("NFD", "Fermé à Noël.wav")),
        ("after\u00a0hours.wav", "after hours.wav"),
        ("after hours.wav", "after\u00a0hours.wav"),
        ("after hours.wav", " after  hours.wav "),
    ],
)
async def test_a_name_that_looks_the_same(
    hass: HomeAssistant, http_pbx: PbxSimulator, stored: str, typed: str
) -> None:
    """It is the same to a user; the PBX gets its own spelling."""
    http_pbx.extensions["0042"].greetings = [
        SimulatedGreeting("hello.wav"),
        SimulatedGreeting(stored),
    ]

    response = await play(hass, extension="0042", file=typed)

    assert response["file"] == stored


@pytest.mark.usefixtures("http_entry", "player")
async def test_of_two_names_that_look_the_same(
    hass: HomeAssistant, http_pbx: PbxSimulator
) -> None:
    """The one is played that is spelled as it was typed."""
    spellings = [unicodedata.normalize(form, "é.wav") for form in ("NFC", "NFD")]
    http_pbx.extensions["0042"].greetings = [
        SimulatedGreeting(spelling) for spelling in spellings
    ]

    for spelling in spellings:
        response = await play(hass, extension="0042", file=spelling)
        assert response["file"] == spelling


@pytest.mark.usefixtures("http_entry")
@pytest.mark.parametrize("enqueue", ["play", "next", "add", "replace"])
async def test_enqueue_is_passed_on(
    hass: HomeAssistant, player: Player, enqueue: str
) -> None:
    """The player gets it as from `media_player.play_media`."""
    await play(hass, extension="0042", enqueue=enqueue)

    [(_, _, options)] = player.played
    assert options["enqueue"] == enqueue


@pytest.mark.usefixtures("http_entry", "player")
@pytest.mark.parametrize(
    "options", [{"enqueue": "add", "announce": True}, {"enqueue": "later"}]
)
async def test_options_that_no_player_takes(
    hass: HomeAssistant, http_pbx: PbxSimulator, options: dict[str, Any]
) -> None:
    """They are refused as by `media_player.play_media`."""
    with pytest.raises(vol.Invalid):
        await play(hass, extension="0042", **options)
    assert http_pbx.requests == []


@pytest.mark.usefixtures("entry")
@pytest.mark.parametrize("search", ["leo\u00a0ball", " Leo  Ball "])
async def test_a_search_with_any_white_space(hass: HomeAssistant, search: str) -> None:
    """The PBX is asked with single spaces."""
    answer = await call(hass, "search_extensions", search=search)

    assert [found["number"] for found in answer["extensions"]] == ["3200"]


@pytest.mark.usefixtures("entry", "player")
@pytest.mark.parametrize("extension", ["", " "])
async def test_an_empty_extension(hass: HomeAssistant, extension: str) -> None:
    """Each action says so."""
    message = "Enter the number of an extension or a group, for example 3200."
    assert await refusal(hass, extension=extension) == message
    with pytest.raises(ServiceValidationError, match=message.rstrip(".")):
        await call(hass, "list_greetings", extension=extension)
