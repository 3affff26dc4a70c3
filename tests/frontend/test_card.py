"""The card is a resource of the dashboards while there is a PBX."""

from typing import Any

from homeassistant.components.frontend import DATA_EXTRA_MODULE_URL
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import (
    ClientSessionGenerator,
    WebSocketGenerator,
)

from custom_components.yeastar_vm.frontend.card import PATH, Changes, changes
from simulator import PbxSimulator
from tests.common import entry_for, load

OTHER = {"id": "other", "type": "module", "url": "/local/other-card.js?v=1"}
URL = f"{PATH}?v=2"


def own(resource_id: str, url: str = URL) -> dict[str, str]:
    """Return a resource that is the card."""
    return {"id": resource_id, "type": "module", "url": url}


@pytest.mark.parametrize(
    ("items", "wanted", "expected"),
    [
        pytest.param([], URL, Changes(create=True), id="first"),
        pytest.param([OTHER], URL, Changes(create=True), id="beside another card"),
        pytest.param([own("a")], URL, Changes(), id="as it should be"),
        pytest.param([own("a", f"{PATH}?v=1")], URL, Changes(update="a"), id="older"),
        pytest.param([own("a", PATH)], URL, Changes(update="a"), id="added by hand"),
        pytest.param(
            [own("a", f"{PATH}?v=1"), OTHER, own("b")],
            URL,
            Changes(update="a", delete=("b",)),
            id="twice",
        ),
        pytest.param([], None, Changes(), id="never was there"),
        pytest.param(
            [own("a"), OTHER, own("b")], None, Changes(delete=("a", "b")), id="goes"
        ),
    ],
)
def test_what_changes(
    items: list[dict[str, str]], wanted: str | None, expected: Changes
) -> None:
    """Another card is never touched."""
    assert changes(items, wanted) == expected


@pytest.fixture
async def dashboards(hass: HomeAssistant) -> None:
    """Set up the dashboards, whose resources the user interface manages."""
    assert await async_setup_component(hass, "lovelace", {})


async def resources(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator
) -> list[str]:
    """Return the URLs of the resources, as a dashboard asks for them."""
    await hass.async_block_till_done()
    browser = await hass_ws_client(hass)
    await browser.send_json_auto_id({"type": "lovelace/resources"})
    answer: dict[str, Any] = await browser.receive_json()
    return [resource["url"] for resource in answer["result"]]


@pytest.mark.usefixtures("dashboards")
async def test_a_pbx_brings_the_card_and_takes_it_along(
    hass: HomeAssistant,
    pbx: PbxSimulator,
    http_pbx: PbxSimulator,
    hass_ws_client: WebSocketGenerator,
) -> None:
    """It stays on reload and unload, and goes with the last PBX."""
    http_pbx.serial_number = "3631A2124002"
    first = await load(hass, entry_for(pbx))
    [url] = await resources(hass, hass_ws_client)
    assert url.startswith(f"{PATH}?v=")

    second = await load(hass, entry_for(http_pbx))
    await hass.config_entries.async_reload(first.entry_id)
    await hass.config_entries.async_unload(second.entry_id)
    assert await resources(hass, hass_ws_client) == [url]

    await hass.config_entries.async_remove(first.entry_id)
    assert await resources(hass, hass_ws_client) == [url]

    await hass.config_entries.async_remove(second.entry_id)
    assert await resources(hass, hass_ws_client) == []


@pytest.mark.parametrize("stored", [[own("a", f"{PATH}?v=1"), OTHER, own("b")], []])
async def test_an_update_replaces_what_was_stored(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    pbx: PbxSimulator,
    hass_ws_client: WebSocketGenerator,
    stored: list[dict[str, str]],
) -> None:
    """Also if the dashboards are set up after the integration."""
    hass_storage["lovelace_resources"] = {
        "version": 1,
        "key": "lovelace_resources",
        "data": {"items": stored},
    }
    await load(hass, entry_for(pbx))

    assert await async_setup_component(hass, "lovelace", {})

    urls = await resources(hass, hass_ws_client)
    [url] = [url for url in urls if url.startswith(PATH)]
    assert url != f"{PATH}?v=1"
    assert [each for each in urls if each != url] == [
        each["url"] for each in stored if each is OTHER
    ]


async def test_resources_in_yaml(
    hass: HomeAssistant, pbx: PbxSimulator, hass_ws_client: WebSocketGenerator
) -> None:
    """They cannot be written: the frontend loads the card, as long as it is wanted."""
    config = {"lovelace": {"resource_mode": "yaml", "resources": []}, "frontend": {}}
    assert await async_setup_component(hass, "frontend", config)
    before = set(hass.data[DATA_EXTRA_MODULE_URL].urls)

    entry = await load(hass, entry_for(pbx))
    await hass.async_block_till_done()
    [url] = set(hass.data[DATA_EXTRA_MODULE_URL].urls) - before
    assert url.startswith(f"{PATH}?v=")
    assert await resources(hass, hass_ws_client) == []

    await hass.config_entries.async_remove(entry.entry_id)
    await hass.async_block_till_done()
    assert set(hass.data[DATA_EXTRA_MODULE_URL].urls) == before


@pytest.mark.parametrize("mode", ["yaml", "storage", None])
async def test_a_home_assistant_without_a_frontend(
    hass: HomeAssistant, pbx: PbxSimulator, mode: str | None
) -> None:
    """A PBX is added and removed there, too."""
    if mode:
        lovelace = {"lovelace": {"resource_mode": mode}}
        assert await async_setup_component(hass, "lovelace", lovelace)
    entry = await load(hass, entry_for(pbx))

    await hass.config_entries.async_remove(entry.entry_id)
    await hass.async_block_till_done()


async def test_the_file_may_be_kept_by_browsers(
    hass: HomeAssistant, entry: MockConfigEntry, hass_client: ClientSessionGenerator
) -> None:
    """Its address changes with its content."""
    browser = await hass_client()

    response = await browser.get(PATH)

    assert response.status == 200
    assert "javascript" in response.headers["Content-Type"]
    assert "max-age" in response.headers["Cache-Control"]
    assert "yeastar-vm-card" in await response.text()
