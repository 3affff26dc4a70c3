"""Renaming and deleting greetings."""

import asyncio
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.yeastar_vm.services.greetings import box
from simulator import Fault, PbxSimulator, SimulatedGreeting
from simulator.default_mail import default_groups
from tests.common import call, endpoints
from tests.gate import Gate
from tests.mailboxes.common import leo_ball, load_with_mailboxes
from tests.relay.home import relayed

from .home import DELETE, LIST, RENAME, greetings, told

OLIVE = ["after hours.wav", "a+b & c#1.wav", "50%20off.wav", "fermé.wav"]


@pytest.mark.usefixtures("entry")
@pytest.mark.parametrize("file", ["vm_welcome.wav", "vm_welcome", " vm_welcome "])
async def test_rename(hass: HomeAssistant, pbx: PbxSimulator, file: str) -> None:
    """The audio is the same, the name is not."""
    audio = greetings(pbx, "3200")["vm_welcome.wav"]

    response = await call(
        hass, "rename_greeting", extension="3200", file=file, new_name="welcome.wav"
    )

    assert response == {
        "extension": "3200",
        "file": "welcome.wav",
        "media_content_id": (
            f"media-source://yeastar_vm/{pbx.serial_number}/greetings/3200/welcome.wav"
        ),
    }
    assert greetings(pbx, "3200")["welcome.wav"] == audio
    assert endpoints(pbx) == [LIST, RENAME, LIST]


@pytest.mark.usefixtures("entry")
@pytest.mark.parametrize("with_suffix", [True, False])
async def test_a_rename_that_leaves_the_file(
    hass: HomeAssistant, pbx: PbxSimulator, *, with_suffix: bool
) -> None:
    """The list shows the new name, which leads to the greeting from then on."""
    pbx.switches.renames_file = False
    pbx.switches.listed_with_suffix = with_suffix
    leo = {"extension": "3200"}

    renamed = await call(
        hass, "rename_greeting", **leo, file="vm_end", new_name="vm_bye"
    )
    taken = await told(
        hass, "rename_greeting", **leo, file="holiday", new_name="vm_bye"
    )
    deleted = await call(hass, "delete_greeting", **leo, file="vm_bye")

    assert renamed["file"] == deleted["file"] == "vm_welcome_001.wav"
    assert 'already has a greeting named "vm_bye"' in taken
    assert "vm_welcome_001.wav" not in greetings(pbx, "3200")


@pytest.mark.usefixtures("entry")
@pytest.mark.parametrize("file", OLIVE)
async def test_odd_names_can_be_changed(
    hass: HomeAssistant, pbx: PbxSimulator, file: str
) -> None:
    """Names that only the portal gives become ordinary ones."""
    greeting = {"extension": "3202", "file": file}

    renamed = await call(hass, "rename_greeting", **greeting, new_name="plain")
    await call(hass, "delete_greeting", extension="3202", file="plain.wav")

    assert renamed["file"] == "plain.wav"
    assert file not in greetings(pbx, "3202")
    assert len(greetings(pbx, "3202")) == 5


@pytest.mark.usefixtures("entry")
async def test_a_suffix_stays(hass: HomeAssistant, pbx: PbxSimulator) -> None:
    """It says how the audio is stored."""
    response = await call(
        hass, "rename_greeting", extension="3200", file="closed", new_name="shut"
    )

    assert response["file"] == "shut.WAV"
    assert "shut.WAV" in greetings(pbx, "3200")


@pytest.mark.usefixtures("entry")
async def test_a_name_that_is_taken(hass: HomeAssistant, pbx: PbxSimulator) -> None:
    """Nothing is sent."""
    before = greetings(pbx, "3200")

    message = await told(
        hass,
        "rename_greeting",
        extension="3200",
        file="vm_welcome.wav",
        new_name="closed",
    )

    assert message.startswith(
        'The voicemail of 3200 already has a greeting named "closed.WAV".'
    )
    assert endpoints(pbx) == [LIST]
    assert greetings(pbx, "3200") == before


@pytest.mark.usefixtures("entry")
async def test_a_name_that_the_pbx_does_not_take(
    hass: HomeAssistant, pbx: PbxSimulator
) -> None:
    """The PBX is not asked."""
    message = await told(
        hass, "rename_greeting", extension="3200", file="x", new_name="after hours"
    )

    assert '"after hours" cannot be the name of a greeting' in message
    assert pbx.requests == []


@pytest.mark.usefixtures("entry")
async def test_delete(hass: HomeAssistant, pbx: PbxSimulator) -> None:
    """That greeting, and no other."""
    response = await call(hass, "delete_greeting", extension="3202", file="night.wav")

    assert response == {"extension": "3202", "file": "night.wav"}
    assert [*greetings(pbx, "3202")] == [*OLIVE, "night.WAV"]
    assert endpoints(pbx) == [LIST, DELETE, LIST]


@pytest.mark.parametrize(
    ("action", "data"),
    [("rename_greeting", {"new_name": "bye"}), ("delete_greeting", {})],
)
async def test_a_link_to_what_is_no_longer_there(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    hass_client_no_auth: ClientSessionGenerator,
    expected_warnings: list[str],
    action: str,
    data: dict[str, str],
) -> None:
    """It leads nowhere at once."""
    expected_warnings.append("cannot be relayed: no such extension or file$")
    path = await relayed(entry, "hello.wav", "0042")
    player = await hass_client_no_auth()

    await call(hass, action, extension="0042", file="hello", **data)

    assert (await player.get(path)).status == 404


async def test_a_link_to_a_name_that_another_greeting_gets(
    hass: HomeAssistant,
    pbx: PbxSimulator,
    entry: MockConfigEntry,
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    """It leads to that one at once."""
    path = await relayed(entry, "hello.wav", "0042")
    player = await hass_client_no_auth()
    before = await (await player.get(path)).read()
    pbx.extensions["0042"].greetings = [SimulatedGreeting("new.wav", frequency=900)]

    await call(hass, "rename_greeting", extension="0042", file="new", new_name="hello")

    assert await (await player.get(path)).read() != before


@pytest.mark.usefixtures("entry")
@pytest.mark.parametrize("file", [" lead.wav", "lead.wav"])
async def test_names_that_differ_in_a_space(
    hass: HomeAssistant, pbx: PbxSimulator, file: str
) -> None:
    """The one that is named is deleted, and no other."""
    both = [SimulatedGreeting("lead.wav"), SimulatedGreeting(" lead.wav")]
    pbx.extensions["0042"].greetings = both

    await call(hass, "delete_greeting", extension="0042", file=file)

    assert [*greetings(pbx, "0042")] == [
        each.real_filename for each in both if each.real_filename != file
    ]


@pytest.mark.usefixtures("entry")
@pytest.mark.parametrize("action", ["delete_greeting", "rename_greeting"])
@pytest.mark.parametrize(
    ("extension", "file", "message"),
    [
        (
            "0042",
            "hullo.wav",
            'The voicemail of 0042 has no greeting named "hullo.wav". Select one '
            'of these: "hello.wav". File names are case-sensitive.',
        ),
        (
            "3202",
            "night",
            'The voicemail of 3202 has no greeting named "night". Select one of '
            'these: "after hours.wav", "a+b & c#1.wav", "50%20off.wav", "fermé.wav", '
            '"night.WAV", "night.wav". File names are case-sensitive.',
        ),
        (
            "3201",
            "hello.wav",
            "The voicemail of 3201 has no greetings. Record or upload one first.",
        ),
        (
            "9999",
            "hello.wav",
            "The PBX has no extension or group voicemail 9999. Check the number. In "
            "YAML, put a number that begins with zeros in quotation marks.",
        ),
        ("0042", " ", "Enter the file name of a greeting."),
    ],
)
async def test_what_is_not_there(
    hass: HomeAssistant,
    pbx: PbxSimulator,
    action: str,
    extension: str,
    file: str,
    message: str,
) -> None:
    """The error says what is, and nothing is changed."""
    new_name = {"new_name": "x"} if action == "rename_greeting" else {}

    assert (
        await told(hass, action, extension=extension, file=file, **new_name) == message
    )
    assert not {RENAME, DELETE} & {*endpoints(pbx)}


@pytest.mark.usefixtures("entry")
async def test_groups(hass: HomeAssistant, pbx: PbxSimulator) -> None:
    """They have the same actions."""
    pbx.groups = default_groups()
    night = {"extension": 6300, "file": "group_vm_night.wav"}

    await call(hass, "rename_greeting", **night, new_name="late")
    await call(hass, "delete_greeting", extension=6300, file="group_vm_absent")

    assert [*greetings(pbx, "6300")] == ["late.wav"]
    assert not {RENAME, DELETE} & {*endpoints(pbx)}


@pytest.mark.usefixtures("entry")
async def test_a_greeting_that_callers_hear(
    hass: HomeAssistant, pbx: PbxSimulator
) -> None:
    """The PBX may refuse to delete it."""
    pbx.switches.delete_in_use_refused = True
    pbx.extensions["0042"].vm_greeting = "hello.wav"

    assert await told(hass, "delete_greeting", extension="0042", file="hello.wav") == (
        "The PBX is using this greeting, so it cannot be changed or deleted. On the "
        "PBX, select another greeting in its place first."
    )


@pytest.mark.usefixtures("entry")
@pytest.mark.parametrize(
    ("errcode", "message"),
    [
        (10001, "The PBX's firmware cannot change greetings over its API."),
        (10009, "The PBX does not allow Home Assistant to change greetings."),
        (40003, "The PBX already has a greeting with this name."),
        (60001, "The PBX did not find what was requested."),
        (60002, "The PBX does not accept any more greetings for this voicemail."),
    ],
)
async def test_what_the_pbx_refuses(
    hass: HomeAssistant, pbx: PbxSimulator, errcode: int, message: str
) -> None:
    """The error says why."""
    pbx.errcodes[RENAME] = pbx.errcodes[DELETE] = errcode
    greeting = {"extension": "0042", "file": "hello.wav"}

    assert message in await told(hass, "rename_greeting", **greeting, new_name="bye")
    assert message in await told(hass, "delete_greeting", **greeting)


@pytest.mark.usefixtures("entry")
async def test_an_error_that_leaves_open_what_was_done(
    hass: HomeAssistant, pbx: PbxSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The list is looked at once: what the PBX answered, it has done or not."""
    monkeypatch.setattr(box, "LIST_TIME", 5)
    pbx.errcodes[DELETE] = 1

    message = await told(hass, "delete_greeting", extension="0042", file="hello.wav")

    assert "error 1" in message
    assert endpoints(pbx) == [LIST, DELETE, LIST]


@pytest.mark.usefixtures("entry")
async def test_success_that_is_none(hass: HomeAssistant, pbx: PbxSimulator) -> None:
    """The list does not show the change."""
    pbx.faults[RENAME] = pbx.faults[DELETE] = Fault.NO_FIELDS
    greeting = {"extension": "0042", "file": "hello.wav"}
    message = "The PBX accepted the change, but its list of greetings does not show it."

    assert message in await told(hass, "rename_greeting", **greeting, new_name="bye")
    assert message in await told(hass, "delete_greeting", **greeting)


@pytest.mark.usefixtures("entry")
async def test_the_name_that_it_has(hass: HomeAssistant, pbx: PbxSimulator) -> None:
    """It is not taken by another one."""
    before = greetings(pbx, "3200")

    response = await call(
        hass, "rename_greeting", extension="3200", file="closed", new_name="closed"
    )

    assert response["file"] == "closed.WAV"
    assert greetings(pbx, "3200") == before


async def test_an_unload_that_has_begun(
    hass: HomeAssistant, pbx: PbxSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is changed: what came of it would not be known."""
    entry = await load_with_mailboxes(hass, pbx, leo_ball())
    gate = Gate(pbx, LIST)
    deleting = asyncio.create_task(
        call(hass, "delete_greeting", extension="0042", file="hello.wav")
    )
    await gate.arrived()
    unload = hass.config_entries.async_unload_platforms

    async def unload_later(*args: Any) -> bool:
        gate.open()
        await asyncio.wait([deleting])
        return await unload(*args)

    monkeypatch.setattr(hass.config_entries, "async_unload_platforms", unload_later)
    await hass.config_entries.async_unload(entry.entry_id)

    with pytest.raises(HomeAssistantError, match="was interrupted"):
        await deleting
    assert DELETE not in endpoints(pbx)


@pytest.mark.usefixtures("entry")
async def test_two_at_once(hass: HomeAssistant, pbx: PbxSimulator) -> None:
    """The second one is told that the greeting is gone."""
    pbx.extensions["0042"].greetings.append(SimulatedGreeting("bye.wav"))
    greeting = {"extension": "0042", "file": "hello.wav"}

    calls = [call(hass, "delete_greeting", **greeting) for _ in range(2)]
    one, two = await asyncio.gather(*calls, return_exceptions=True)

    assert isinstance(one, dict)
    assert 'Select one of these: "bye.wav"' in str(two)
    assert endpoints(pbx).count(DELETE) == 1
