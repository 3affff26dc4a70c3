"""Browse: what a user sees in the Media panel, step by step."""

import asyncio

from homeassistant.components.media_player import MediaClass
from homeassistant.components.media_source import (
    async_browse_media,
    async_resolve_media,
)
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.yeastar_vm.playback import directory
from simulator import Fault, PbxSimulator, SimulatedExtension
from tests.clock import Clock
from tests.common import MINUTE, newly_asked
from tests.gate import Gate
from tools.demo.audio import measure

from .media import ROOT, browse, search


async def test_from_the_pbx_to_a_greeting_that_plays(
    hass: HomeAssistant, here: str, hass_client: ClientSessionGenerator
) -> None:
    """Step by step, as in the Media panel."""
    pbxs = await browse(hass, ROOT)
    assert list(pbxs) == ["PBX"]
    assert pbxs["PBX"].media_content_id == here

    extensions = await browse(hass, here)
    assert list(extensions) == [
        "0042 · Zoë Zero",
        "3200 · Leo Ball",
        "3201 · Ann Empty",
        "3202 · Olive Odd",
    ]

    greetings = await browse(hass, extensions["3200 · Leo Ball"].media_content_id)
    assert list(greetings) == [
        "vm_welcome_001.wav",
        "vm_welcome.wav",
        "holiday.wav",
        "closed.WAV",
    ]
    closed = greetings["closed.WAV"]
    assert closed.media_content_id == f"{here}/greetings/3200/closed.WAV"
    assert closed.can_play
    assert closed.media_content_type.startswith("audio/")

    media = await async_resolve_media(hass, closed.media_content_id, None)
    assert media.mime_type == "audio/mpeg"
    answer = await (await hass_client()).get(media.url)
    assert (await measure(await answer.read())).frequency == pytest.approx(600, abs=5)


async def test_folders_are_shown_as_pictures_and_greetings_as_a_list(
    hass: HomeAssistant, here: str
) -> None:
    """The media browser cuts off file names that stand below a picture."""

    async def shown(media_content_id: str) -> str:
        opened = await async_browse_media(hass, media_content_id)
        media_class: str = opened.as_dict()["children_media_class"]
        return media_class

    assert await shown(ROOT) == await shown(here) == MediaClass.DIRECTORY
    assert await shown(f"{here}/greetings/3200") == MediaClass.MUSIC


async def test_opening_an_extension_is_the_first_to_ask_for_greetings(
    hass: HomeAssistant, here: str, pbx: PbxSimulator
) -> None:
    """A PBX may have many."""
    await browse(hass, ROOT)
    assert newly_asked(pbx) == []

    await browse(hass, here)
    assert newly_asked(pbx) == ["extension/list", "vm_group/list"]

    await browse(hass, f"{here}/greetings/3200")
    assert newly_asked(pbx) == ["extension_vm_greeting/list"]


async def test_many_extensions_are_in_folders(
    hass: HomeAssistant, here: str, pbx: PbxSimulator
) -> None:
    """By their numbers, also of different lengths."""
    numbers = [str(number) for number in range(500, 1700)]
    pbx.extensions = {n: SimulatedExtension(n, f"Name {n}") for n in numbers}

    folders = await browse(hass, here)

    assert list(folders) == ["500 – 999", "1000 – 1499", "1500 – 1699"]  # noqa: RUF001
    opened = await browse(hass, list(folders.values())[1].media_content_id)
    assert list(opened) == [f"{n} · Name {n}" for n in range(1000, 1500)]


async def test_the_folders_of_a_large_pbx_share_one_list(
    hass: HomeAssistant,
    here: str,
    pbx: PbxSimulator,
    clock: Clock,
) -> None:
    """It is read again when the PBX is opened again, or after five minutes."""
    numbers = [str(number) for number in range(1000, 1600)]
    pbx.extensions = {n: SimulatedExtension(n, "") for n in numbers}
    pbx.switches.max_page_size = None
    folders = await browse(hass, here)
    first, last = (folder.media_content_id for folder in folders.values())
    assert newly_asked(pbx) == [*["extension/list"] * 2, "vm_group/list"]  # two pages

    await browse(hass, first)
    await browse(hass, last)
    assert newly_asked(pbx) == []

    pbx.extensions["1550"].name = "New Name"
    await browse(hass, here)
    assert "1550 · New Name" in await browse(hass, last)
    assert newly_asked(pbx) == ["extension/list"] * 2

    clock.tick(5 * MINUTE + 1)
    del pbx.extensions["1550"]
    assert "1550 · New Name" not in await browse(hass, last)
    assert newly_asked(pbx) == ["extension/list"] * 2


async def test_no_more_than_a_large_pbx_has_is_remembered(
    hass: HomeAssistant,
    here: str,
    entry: MockConfigEntry,
    pbx: PbxSimulator,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What is too much is read again, and nothing is missing."""
    monkeypatch.setattr(directory, "MAX_BOXES", 100)
    numbers = [str(number) for number in range(1000, 1600)]
    pbx.extensions = {n: SimulatedExtension(n, f"Name {n}") for n in numbers}
    pbx.switches.max_page_size = None
    first, last = (await browse(hass, here)).values()
    newly_asked(pbx)

    assert len(await browse(hass, first.media_content_id)) == 500
    assert len(await browse(hass, last.media_content_id)) == 100

    assert newly_asked(pbx) == ["extension/list"] * 4
    assert len(entry.runtime_data.directory.names) == 100


async def test_an_opened_extension_is_called_what_it_was_called_before(
    hass: HomeAssistant, here: str, pbx: PbxSimulator
) -> None:
    """By its number alone where nobody has seen its name."""
    extension = f"{here}/greetings/3200"
    assert (await async_browse_media(hass, extension)).title == "3200"

    await browse(hass, here)
    assert (await async_browse_media(hass, extension)).title == "3200 · Leo Ball"

    pbx.extensions["3200"].name = "Leo Bell"
    await search(hass, here, "3200")
    assert (await async_browse_media(hass, extension)).title == "3200 · Leo Bell"


async def test_an_extension_without_greetings(
    hass: HomeAssistant, here: str, pbx: PbxSimulator
) -> None:
    """Its folder is empty, which is no error; neither is a search in it."""
    assert await browse(hass, f"{here}/greetings/3201") == {}

    # A group could have this number. Whether there is such an extension is asked last.
    assert newly_asked(pbx) == [
        "extension_vm_greeting/list",
        "vm_greeting/list",
        "extension/search",
    ]


async def test_an_extension_that_does_not_exist(hass: HomeAssistant, here: str) -> None:
    """Another one has a number that contains this one."""
    with pytest.raises(HomeAssistantError, match="group voicemail 320"):
        await browse(hass, f"{here}/greetings/320")
    with pytest.raises(HomeAssistantError, match="group voicemail 3299"):
        await browse(hass, f"{here}/greetings/3299")


@pytest.mark.parametrize(
    "end",
    [
        "/greetings",
        "/greetings/3200/a.wav",
        "/a/b",
        "/extensions/1000",
        "/extensions/-",
        "/greetings/" + 256 * "1",
        "/" + 1_000_000 * "a",
    ],
    ids=lambda end: str(end)[:30],
)
async def test_what_is_no_folder_does_not_open(
    hass: HomeAssistant, here: str, pbx: PbxSimulator, end: str
) -> None:
    """The error says where to go, and the PBX is not asked."""
    with pytest.raises(HomeAssistantError, match="nothing to browse here"):
        await browse(hass, here + end)
    with pytest.raises(HomeAssistantError, match="nothing to browse here"):
        await search(hass, here + end, "leo")

    assert newly_asked(pbx) == []


async def test_a_fault_of_the_pbx_is_said_in_words(
    hass: HomeAssistant, here: str, pbx: PbxSimulator
) -> None:
    """Whatever the user does."""
    pbx.faults["*"] = Fault.RESET

    with pytest.raises(HomeAssistantError, match="closed the connection"):
        await browse(hass, here)
    with pytest.raises(HomeAssistantError, match="closed the connection"):
        await browse(hass, f"{here}/greetings/3200")
    with pytest.raises(HomeAssistantError, match="closed the connection"):
        await search(hass, here, "leo")
    with pytest.raises(HomeAssistantError, match="closed the connection"):
        await async_resolve_media(hass, f"{here}/greetings/3200/closed.WAV", None)


async def test_a_slow_pbx(
    hass: HomeAssistant,
    here: str,
    pbx: PbxSimulator,
    clock: Clock,
) -> None:
    """Each answer is in time, and all of them together take too long."""
    gates = [
        Gate(pbx, endpoint)
        for endpoint in (
            "extension_vm_greeting/list",
            "vm_greeting/list",
            "extension/search",
        )
    ]
    opened = asyncio.create_task(browse(hass, f"{here}/greetings/3201"))

    for gate in gates:
        await gate.arrived()
        clock.tick(25)
        gate.open()

    with pytest.raises(HomeAssistantError, match="more than 60 seconds"):
        await opened


async def test_what_is_wrong_is_said_in_the_language_of_home_assistant(
    hass: HomeAssistant, here: str
) -> None:
    """The Media panel shows a text as it comes, whatever language it is in."""
    hass.config.language = "de"

    with pytest.raises(HomeAssistantError) as unknown:
        await browse(hass, f"{here}/greetings/3299")
    with pytest.raises(HomeAssistantError) as gone:
        await async_resolve_media(hass, f"{here}/greetings/3201/gone.wav", None)

    assert str(unknown.value).startswith(
        "In der Telefonanlage gibt es keine Nebenstelle oder Gruppen-Voicemail 3299."
    )
    assert "gone.wav" in str(gone.value)
    assert "Wähle eine andere" in str(gone.value)
