"""Which greeting `play_greeting` plays."""

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
import voluptuous as vol

from simulator import PbxSimulator, SimulatedGreeting
from tests.common import LINK, Player, endpoints, play

from .calls import refusal


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
            "The PBX has no extension or group voicemail 9999. Check the number. In "
            "YAML, put a number that begins with zeros in quotation marks.",
        ),
        (
            {"extension": "320"},
            "The PBX has no extension or group voicemail 320. Check the number. In "
            "YAML, put a number that begins with zeros in quotation marks.",
        ),
        (
            {"extension": "3200", "file": "VM_welcome.wav"},
            'The voicemail of 3200 has no greeting named "VM_welcome.wav". Select '
            'one of these: "vm_welcome_001.wav", "vm_welcome.wav", "holiday.wav", '
            '"closed.WAV". File names are case-sensitive.',
        ),
        (
            {"extension": "3200"},
            "The voicemail of 3200 has several greetings. Specify one of them as the "
            'file: "vm_welcome_001.wav", "vm_welcome.wav", "holiday.wav", '
            '"closed.WAV".',
        ),
        (
            {"extension": "3201"},
            "The voicemail of 3201 has no greetings. Record or upload one first.",
        ),
        (
            {"extension": "3201", "file": "vm_welcome.wav"},
            "The voicemail of 3201 has no greetings. Record or upload one first.",
        ),
        (
            {"extension": " ", "file": "vm_welcome.wav"},
            "Enter the number of an extension or a group, for example 3200.",
        ),
        (
            {"extension": "3200", "file": " "},
            "Enter the full file name of a greeting, or leave the file out if "
            "there is just one greeting.",
        ),
    ],
)
async def test_a_greeting_that_is_not_there(
    hass: HomeAssistant, player: Player, data: dict[str, str], message: str
) -> None:
    """The error says what there is, and nothing is played."""
    assert await refusal(hass, **data) == message
    assert player.played == []


LIST, GROUP_LIST = "extension_vm_greeting/list", "vm_greeting/list"
GROUP_LINK = "vm_greeting/play"


@pytest.mark.usefixtures("entry", "player")
@pytest.mark.parametrize(
    ("data", "asked_for"),
    [
        ({"extension": "3200", "file": "wrong.wav"}, [LINK, GROUP_LINK, LIST]),
        (
            {"extension": "9999", "file": "wrong.wav"},
            [LINK, GROUP_LINK, LIST, GROUP_LIST, "extension/search", "vm_group/list"],
        ),
    ],
)
async def test_what_is_not_there_costs_few_requests(
    hass: HomeAssistant, pbx: PbxSimulator, data: dict[str, str], asked_for: list[str]
) -> None:
    """Nothing is asked twice."""
    await refusal(hass, **data)

    assert endpoints(pbx) == asked_for


@pytest.mark.usefixtures("entry")
async def test_a_listed_greeting_that_the_pbx_does_not_find(
    hass: HomeAssistant, pbx: PbxSimulator, player: Player
) -> None:
    """Is no matter of spelling."""
    pbx.errcodes["extension_vm_greeting/play"] = 60001

    message = await refusal(hass)

    assert message == (
        "The PBX did not find what was requested. Check on the PBX whether it was "
        "deleted or renamed."
    )
    assert player.played == []
    assert endpoints(pbx) == [LINK, GROUP_LINK, LIST]


@pytest.mark.usefixtures("entry", "player")
@pytest.mark.parametrize("errcode", [10001, 10005])
async def test_a_wrong_number_where_groups_cannot_be_asked_for(
    hass: HomeAssistant, pbx: PbxSimulator, errcode: int
) -> None:
    """The number is what is wrong, not the permission."""
    pbx.errcodes.update(dict.fromkeys((GROUP_LINK, GROUP_LIST), errcode))

    assert (await refusal(hass, extension="9999", file="vm_welcome.wav")).startswith(
        "The PBX has no extension or group voicemail 9999."
    )


async def test_an_extension_may_not_be_a_list(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    """What no form sends is refused by the schema."""
    with pytest.raises(vol.Invalid):
        await play(hass, extension=["3200"])


@pytest.mark.parametrize(
    ("count", "more"), [(2, ""), (20, ""), (21, ", …"), (100, ", …")]
)
async def test_an_error_lists_a_few_greetings(
    hass: HomeAssistant,
    pbx: PbxSimulator,
    entry: MockConfigEntry,
    player: Player,
    count: int,
    more: str,
) -> None:
    """It is to be read."""
    pbx.extensions["3201"].greetings = [
        SimulatedGreeting(f"{number}.wav") for number in range(count)
    ]

    assert await refusal(hass, extension="3201") == (
        "The voicemail of 3201 has several greetings. Specify one of them as the file: "
        + ", ".join(f'"{number}.wav"' for number in range(min(count, 20)))
        + f"{more}."
    )
