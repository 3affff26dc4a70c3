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

from custom_components.yeastar_vm.const import DOMAIN
from tests.common import Player
from tests.greetings.engines import Voice
from tests.mailboxes.ears import Ears
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


class Speaker(Player):
    """A player that has fetched what it is told to play when it says so."""

    user: Administrator

    @override
    async def async_play_media(
        self, media_type: str, media_id: str, **kwargs: Any
    ) -> None:
        await super().async_play_media(media_type, media_id, **kwargs)
        await self.user.fetch(media_id)


class Home:
    """Home Assistant, what else it has, and who uses it."""

    hass: HomeAssistant
    player: Speaker
    ears: Ears
    voice: Voice

    def __init__(self, folder: Path, ffmpeg: str) -> None:
        """Begin with an empty folder."""
        self.folder = folder
        self.user = Administrator()
        self.phone = Phone()
        self.holidays = Holidays()
        self._automations = folder / "automations.yaml"
        self._automations.write_text("[]")
        (folder / "configuration.yaml").write_text(CONFIGURATION)
        self._configuration: ConfigType = {"ffmpeg": {"ffmpeg_bin": ffmpeg}}
        self.house = House(str(folder), self._configuration, self._watch)

    async def start(self) -> None:
        """Start Home Assistant with what is in the folder."""
        file = str(self.folder / "configuration.yaml")
        self._configuration |= await asyncio.to_thread(load_yaml_dict, file)
        self.hass = await self.house.start()
        await self.user.sign_in(self.hass)

    async def stop(self) -> None:
        """Stop Home Assistant; timers would end with its process."""
        await self.user.leave()
        for entity in (*self.hass.data[AUTOMATIONS].entities, self.holidays):
            await entity.async_will_remove_from_hass()
        await self.house.stop()

    async def restart(self) -> None:
        """Restart Home Assistant."""
        await self.stop()
        await self.start()

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

    @property
    def entry(self) -> Any:
        """Return the entry of the PBX."""
        [entry] = self.hass.config_entries.async_entries(DOMAIN)
        return entry

    def state(self, entity_id: str) -> str:
        """Return the state of an entity."""
        state = self.hass.states.get(entity_id)
        assert state
        return state.state

    def _watch(self, hass: HomeAssistant) -> None:
        mock_integration(hass, MockModule("neighbors", async_setup=self._add_neighbors))

    async def _add_neighbors(self, hass: HomeAssistant, config: ConfigType) -> bool:
        """Set up what other integrations provide."""
        for domain in ("calendar", "media_player", "stt", "tts"):
            assert await async_setup_component(hass, domain, {})
        self.player = Speaker("kitchen")
        self.player.user = self.user
        self.ears = Ears()
        self.voice = Voice()
        self.holidays = Holidays(self.holidays.events)
        await hass.data[PLAYERS].async_add_entities([self.player])
        await hass.data[stt.DATA_COMPONENT].async_add_entities([self.ears])
        await hass.data[VOICES].async_add_entities([self.voice])
        await hass.data[CALENDARS].async_add_entities([self.holidays])
        return True
