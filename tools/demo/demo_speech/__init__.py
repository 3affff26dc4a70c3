"""Speech without the internet: the entities `tts.espeak` and `stt.pocketsphinx`.

An integration of its own, for the Home Assistant of the demo.
"""

from homeassistant.components import stt, tts
from homeassistant.core import HomeAssistant
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.typing import ConfigType

from .hearing import Hearing
from .voice import Voice

CONFIG_SCHEMA = cv.empty_config_schema("demo_speech")


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Add the entities."""
    await hass.data[tts.const.DATA_COMPONENT].async_add_entities([Voice()])
    await hass.data[stt.DATA_COMPONENT].async_add_entities([Hearing()])
    return True
