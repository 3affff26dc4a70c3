"""What the tests of texts that come by themselves wait for, and what shows them."""

from typing import Any

from homeassistant.core import HomeAssistant

from custom_components.yeastar_vm.const import DOMAIN
from custom_components.yeastar_vm.transcription.transcriber import RETRY_AFTER
from tests.clock import Clock
from tests.common import call

from .common import until, updated


async def settled(hass: HomeAssistant) -> None:
    """Wait until no message is transcribed any longer."""
    await hass.async_block_till_done()
    entries = hass.config_entries.async_loaded_entries(DOMAIN)
    await until(lambda: not any(e.runtime_data.transcriber._working for e in entries))
    await hass.async_block_till_done()


async def later(hass: HomeAssistant, clock: Clock) -> None:
    """Let it be time to try again; the engine takes as long as it takes."""
    await clock.pass_time(RETRY_AFTER - 1)
    clock.tick(2)
    for entry in hass.config_entries.async_loaded_entries(DOMAIN):
        await updated(hass, entry)


async def listed(hass: HomeAssistant) -> list[Any]:
    """Return the transcripts that the action lists, of the newest message first."""
    answer = await call(hass, "list_messages", mailbox="3200")
    return [each["transcript"] for each in answer["messages"]]
