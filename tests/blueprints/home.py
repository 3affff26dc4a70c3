"""A home in which somebody imports the blueprints, and makes automations of them."""

import asyncio
from pathlib import Path
from typing import Any, override

from aiohttp import web
from aiohttp.test_utils import TestServer
from homeassistant.components import stt
from homeassistant.components.automation import DATA_COMPONENT as AUTOMATIONS
from homeassistant.components.calendar import DATA_COMPONENT as CALENDARS
from homeassistant.components.media_player import DATA_COMPONENT as PLAYERS
from homeassistant.components.tts.const import DATA_COMPONENT as VOICES
from homeassistant.core import HomeAssistant
from homeassistant.helpers.typing import ConfigType
from homeassistant.setup import async_setup_component
from homeassistant.util.yaml import load_yaml_dict
from pytest_homeassistant_custom_component.common import MockModule, mock_integration

from tests.common import shown
from tests.engines import Engine, Voice
from tests.players import FetchingPlayer
from tests.restarts import House

from .administrator import Administrator
from .calendar import Holidays
from .phone import Phone

REPOSITORY = Path(__file__).parents[2]
FOLDER = REPOSITORY / "blueprints/automation/yeastar_vm"
NAMES = sorted(file.stem for file in FOLDER.glob("*.yaml"))

# What Home Assistant's default configuration has, as far as blueprints need it.
CONFIGURATION = """
homeassistant: {}
config:
mobile_app:
media_source:
conversation: {}
persistent_notification:
neighbors:
automation: !include automations.yaml
"""


class Home(House):
    """Home Assistant, what else it has, and who uses it."""

    player: FetchingPlayer
    engine: Engine
    voice: Voice

    def __init__(self, folder: Path, ffmpeg: str) -> None:
        """Begin with an empty folder."""
        super().__init__(folder, ffmpeg)
        self.user = Administrator()
        self.phone = Phone()
        self.holidays = Holidays()
        (folder / "automations.yaml").write_text("[]")
        (folder / "configuration.yaml").write_text(CONFIGURATION)

    @property
    def blueprints(self) -> Path:
        """Return the folder in which Home Assistant has the blueprints."""
        return self.folder / "blueprints"

    @override
    async def start(self) -> None:
        file = str(self.folder / "configuration.yaml")
        self.configuration |= await asyncio.to_thread(load_yaml_dict, file)
        await super().start()
        await self.user.sign_in(self.hass)

    @override
    async def stop(self) -> None:
        # Timers would end with the process of Home Assistant.
        await self.user.leave()
        for entity in (*self.hass.data[AUTOMATIONS].entities, self.holidays):
            await entity.async_will_remove_from_hass()
        await super().stop()

    async def import_blueprints(self, *names: str) -> None:
        """Import blueprints, as the user interface does."""
        website = web.Application()
        website.router.add_static("/", FOLDER)
        async with TestServer(website) as server:
            for name in names:
                url = str(server.make_url(f"/{name}.yaml"))
                found = await self.user.command("blueprint/import", url=url)
                assert found["validation_errors"] is None
                await self.user.command(
                    "blueprint/save",
                    domain="automation",
                    path=f"yeastar_vm/{name}",
                    yaml=found["raw_data"],
                    source_url=found["blueprint"]["metadata"]["source_url"],
                )

    async def automate(self, blueprint: str, number: int = 1, **inputs: Any) -> str:
        """Make an automation of a blueprint, as the user interface does.

        Return its entity ID.
        """
        await self.user.post(
            f"/api/config/automation/config/{number}",
            {
                "alias": f"{blueprint} {number}",
                "use_blueprint": {
                    "path": f"yeastar_vm/{blueprint}.yaml",
                    "input": inputs,
                },
            },
        )
        await self.hass.async_block_till_done()
        entity_id = f"automation.{blueprint}_{number}"
        assert self.state(entity_id) == "on"
        return entity_id

    async def call(self, action: str, **data: Any) -> None:
        """Perform an action, as the user interface does."""
        domain, name = action.split(".")
        await self.hass.services.async_call(domain, name, data, blocking=True)
        await self.hass.async_block_till_done()

    def state(self, entity_id: str) -> str:
        """Return the state of an entity."""
        return shown(self.hass, entity_id)

    @override
    def watch(self, hass: HomeAssistant) -> None:
        mock_integration(hass, MockModule("neighbors", async_setup=self._add_neighbors))

    async def _add_neighbors(self, hass: HomeAssistant, config: ConfigType) -> bool:
        """Set up what other integrations provide."""
        for domain in ("calendar", "media_player", "stt", "tts"):
            assert await async_setup_component(hass, domain, {})
        self.player = FetchingPlayer("kitchen")
        self.player.fetch = self.user.fetch
        self.engine = Engine()
        self.voice = Voice()
        self.holidays = Holidays(self.holidays.events)
        await hass.data[PLAYERS].async_add_entities([self.player])
        await hass.data[stt.DATA_COMPONENT].async_add_entities([self.engine])
        await hass.data[VOICES].async_add_entities([self.voice])
        await hass.data[CALENDARS].async_add_entities([self.holidays])
        return True
