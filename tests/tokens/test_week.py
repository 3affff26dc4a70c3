"""Hard weeks of an access token."""

from homeassistant.core import HomeAssistant
import pytest

from simulator import PbxSimulator, Refusal
from tests.clock import Clock
from tests.common import Player

from .week import Week


@pytest.mark.parametrize(
    ("seed", "switches"),
    [
        (3, {}),
        (4, {}),
        (7, {}),
        (3, {"old_access_token_dies_at_refresh": False}),
        (4, {"refused_refresh_is_failed_login": True}),
        (7, {"token_refusal": Refusal.HTTP_401, "refresh_refusal": Refusal.HTTP_401}),
        (3, {"token_refusal": Refusal.ACCESS_DENIED}),
        (4, {"refresh_refusal": Refusal.FAILURE}),
        (6, {"refresh_refusal": Refusal.HTTP_403}),
    ],
)
async def test_a_week(
    hass: HomeAssistant,
    clock: Clock,
    http_pbx: PbxSimulator,
    player: Player,
    expected_warnings: list[str],
    seed: int,
    switches: dict[str, object],
) -> None:
    """Of anything that may happen, in any order; a failure shows the order."""
    clock.move_to("2026-10-05 00:00:00")
    for switch, value in switches.items():
        setattr(http_pbx.switches, switch, value)
    week = Week(hass, clock, http_pbx, seed)
    try:
        with week.told():
            await week.run()
    finally:
        expected_warnings += ["could not authenticate"] * week.asked_user
    assert week.played > 20
