"""A simulated month of mail: every message is reported once, and no other."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest

from custom_components.yeastar_vm.mailboxes import messages
from custom_components.yeastar_vm.pbx import events
from simulator import PbxSimulator, default_groups, tokens
from tests.clock import Clock
from tests.common import HOUR, MINUTE

from .household import WrongClock
from .month import POLL_INTERVAL, Month

WARNINGS = [
    "denies access to extensions",
    "Error fetching PBX mailbox data",
    "Config entry 'PBX' for yeastar_vm integration",
    "Error setting up entry PBX",
]
STORM = 500  # requests in an hour


@pytest.fixture(autouse=True)
def _nothing_blocks(disable_block_async_io: None) -> None:
    """Let nobody measure how long each turn of the event loop takes."""


@pytest.fixture
async def month(
    freezer: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
    tmp_path: Path,
    ffmpeg_binary: str,
    monkeypatch: pytest.MonkeyPatch,
    possible_warnings: list[str],
    caplog: pytest.LogCaptureFixture,
    request: pytest.FixtureRequest,
) -> AsyncIterator[Month]:
    """Return a month that has not begun."""
    https, seed = request.param
    freezer.move_to("2026-10-05 04:00:00")
    caplog.set_level("WARNING")
    caplog.set_level("INFO", "custom_components.yeastar_vm")
    possible_warnings += WARNINGS
    # Otherwise, heartbeats, polls and renewals are nearly all that happens.
    monkeypatch.setattr(events, "HEARTBEAT", 5 * MINUTE)
    monkeypatch.setattr(messages, "POLL_INTERVAL", timedelta(seconds=POLL_INTERVAL))
    monkeypatch.setattr(tokens, "ACCESS_TOKEN_SECONDS", 4 * HOUR)
    pbx_clock = WrongClock()
    clock = Clock(freezer)
    async with PbxSimulator(https=https, clock=pbx_clock) as pbx:
        pbx.switches.silence_seconds = 10 * MINUTE
        pbx.groups = default_groups()
        with clock.taken_over():
            month = Month(tmp_path, ffmpeg_binary, clock, pbx, pbx_clock, seed)
            yield month
            await clock.during(month.stop())


@pytest.mark.timeout(600)  # a quarter of a minute, if nothing else runs
@pytest.mark.parametrize("month", [(False, 1)], indirect=True)
async def test_a_month_of_mail(month: Month, caplog: pytest.LogCaptureFixture) -> None:
    """Thousands of messages, hundreds of incidents."""
    await live(month, 30, caplog)

    assert len(month.ledger.left) > 2000
    assert month.incidents > 200
    assert month.ledger.told_in_time > 500


@pytest.mark.parametrize("month", [(True, 1)], indirect=True)
async def test_days_of_certificates(
    month: Month, caplog: pytest.LogCaptureFixture
) -> None:
    """Over https, where certificates change, too."""
    await live(month, 2, caplog)


async def live(month: Month, days: int, caplog: pytest.LogCaptureFixture) -> None:
    """Live through some days; a failure shows what happened last."""
    with month.told():
        await month.run(days)
    assert max(month.requests.by_hour.values()) < STORM
    # When it goes, and when it is back.
    lines = [each for each in caplog.messages if "yeastar_vm" in each or "PBX" in each]
    assert len(lines) <= 2 * month.incidents
