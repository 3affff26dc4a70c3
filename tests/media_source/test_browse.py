"""Folders and greetings in the media browser."""

from homeassistant.components.media_player import MediaClass
from homeassistant.components.media_source import (
    async_browse_media,
    async_resolve_media,
)
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from tests.demo.audio import measure
from tests.pbx_simulator import PbxSimulator, SimulatedExtension

from .media import ROOT, browse, search


async def test_from_the_pbx_to_a_greeting_that_plays(
    hass: HomeAssistant, here: str, hass_client: ClientSessionGenerator
) -> None:
    """Step by step, as in the Media panel."""
    pbxs = await browse(hass, ROOT)
    assert list(pbxs) == ["PBX"]

    extensions = await browse(hass, pbxs["PBX"].media_content_id)
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


@pytest.mark.parametrize(
    "file", ["after hours.wav", "a+b & c#1.wav", "50%20off.wav", "fermé.wav"]
)
async def test_any_file_name_plays(
    hass: HomeAssistant, here: str, pbx: PbxSimulator, file: str
) -> None:
    """Exactly that one."""
    await async_resolve_media(hass, f"{here}/greetings/3202/{file}", None)

    assert pbx.requests[0].query["file"] == file


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
    assert pbx.requests == []

    await browse(hass, here)
    assert [request.endpoint for request in pbx.requests] == ["extension/list"]


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
