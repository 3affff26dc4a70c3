"""What the log says of players that do not fetch what they were told to play."""

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator
from yarl import URL

from tests.clock import Clock, wait
from tests.common import Player, play

WARNING = (
    r"Greeting 'hello\.wav' of '0042' was not fetched from Home Assistant "
    r"within 15 seconds by media_player\.kitchen\. Check that the player can reach the "
    r"URL of Home Assistant under Settings > System > Network, and, if that URL begins "
    r"with https, that the player trusts its certificate"
)

pytestmark = pytest.mark.usefixtures("entry")


@pytest.mark.usefixtures("player")
@pytest.mark.parametrize("url", ["http://10.9.9.9:8123", "https://home.example:8123"])
async def test_a_player_that_stays_silent(
    hass: HomeAssistant,
    clock: Clock,
    expected_warnings: list[str],
    url: str,
) -> None:
    """The log names it, the greeting, and the two usual causes."""
    await hass.config.async_update(internal_url=url)
    expected_warnings.append(WARNING)

    await play(hass, extension="0042")
    await wait(hass, clock, 20)


@pytest.mark.usefixtures("player")
async def test_a_player_that_fetches_it(
    hass: HomeAssistant,
    clock: Clock,
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    """There is nothing to say."""
    speaker = await hass_client_no_auth()

    url = URL((await play(hass, extension="0042"))["url"])
    await speaker.get(url.relative())

    await wait(hass, clock, 20)


@pytest.mark.usefixtures("player")
@pytest.mark.parametrize("enqueue", ["next", "add"])
async def test_a_player_that_waits_for_its_queue(
    hass: HomeAssistant, clock: Clock, enqueue: str
) -> None:
    """It fetches the greeting when its turn comes."""
    await play(hass, extension="0042", enqueue=enqueue)

    await wait(hass, clock, 20)


async def test_a_player_that_fails(
    hass: HomeAssistant, clock: Clock, player: Player
) -> None:
    """The automation has its error already."""
    player.error = HomeAssistantError("The loudspeaker is on fire")

    with pytest.raises(HomeAssistantError, match="on fire"):
        await play(hass, extension="0042")

    await wait(hass, clock, 20)
