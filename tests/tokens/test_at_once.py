"""A thousand calls at once."""

import asyncio

from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.yeastar_vm.pbx import Credentials, InvalidCredentials, SignIn
from custom_components.yeastar_vm.pbx.http.api import REQUESTS_AT_ONCE
from simulator import PbxSimulator
from tests.clock import Clock
from tests.common import LINK, MINUTE, Player, asked, play
from tests.gate import Gate
from tests.pbx.caller import Caller
from tests.stored import stored_access_token


async def test_a_thousand_plays_with_an_expired_token(
    hass: HomeAssistant,
    clock: Clock,
    http_pbx: PbxSimulator,
    http_entry: MockConfigEntry,
    player: Player,
) -> None:
    """Cause one renewal, and all play."""
    clock.tick(31 * MINUTE)

    await asyncio.gather(*(play(hass) for _ in range(1000)))

    assert len(player.played) == 1000
    counts = asked(http_pbx)
    assert (counts["refresh_token"], counts["get_token"]) == (1, 0)
    # The one check that they share uses a link up.
    assert counts[LINK] == 1001
    assert http_pbx.live_access_tokens == [await stored_access_token(hass, http_entry)]


async def test_a_thousand_calls_with_a_forgotten_token(caller: Caller) -> None:
    """Cause one sign-in, though each of them is refused first."""
    await caller.client.system.information()
    caller.pbx.reboot()
    caller.pbx.requests.clear()

    links = await asyncio.gather(
        *(
            caller.client.greetings.play_link("3200", "vm_welcome.wav")
            for _ in range(1000)
        )
    )

    assert len({link.url for link in links}) == 1000
    counts = asked(caller.pbx)
    assert (counts["refresh_token"], counts["get_token"]) == (1, 1)
    assert counts[LINK] <= 2000
    assert len(caller.pbx.live_access_tokens) == 1


async def test_a_thousand_calls_with_a_wrong_secret(caller: Caller) -> None:
    """Are one failed login."""
    client = caller.new(SignIn(Credentials(caller.pbx.client_id, "wrong")))

    results = await asyncio.gather(
        *(client.system.information() for _ in range(1000)), return_exceptions=True
    )

    assert {type(result) for result in results} == {InvalidCredentials}
    assert asked(caller.pbx) == {"get_token": 1}


async def test_waiting_for_others_is_no_failure_to_connect(
    caller: Caller, clock: Clock
) -> None:
    """A call may wait its turn for longer than a connection may take."""
    await caller.client.system.information()
    gate = Gate(caller.pbx, LINK)
    calls = [
        asyncio.create_task(caller.client.greetings.play_link("3200", "vm_welcome.wav"))
        for _ in range(REQUESTS_AT_ONCE + 1)
    ]
    await gate.arrived(REQUESTS_AT_ONCE)

    clock.tick(15)
    await asyncio.sleep(0)
    gate.open()

    assert len(await asyncio.gather(*calls)) == REQUESTS_AT_ONCE + 1
