"""A simulated month of mail: every message is reported once, and no other."""

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest

from tests.pbx_simulator import PbxSimulator

from .common import load_with_mailboxes, mailbox
from .month import Month

HOURS = 150


@pytest.mark.parametrize("seed", range(4))
async def test_a_week_of_mail(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    http_pbx: PbxSimulator,
    expected_warnings: list[str],
    caplog: pytest.LogCaptureFixture,
    seed: int,
) -> None:
    """Four of them are a month; a failure shows what happened."""
    caplog.set_level("WARNING")
    freezer.move_to("2026-10-05 00:00:00")
    expected_warnings.append("Error fetching PBX mailbox data")
    entry = await load_with_mailboxes(
        hass,
        http_pbx,
        mailbox("3200", "Leo Ball"),
        mailbox("3201", "Ann Empty"),
        mailbox("3202", "Olive Odd"),
    )
    month = Month(hass, freezer, http_pbx, entry, seed)
    try:
        await month.run(HOURS)
        lost, more = month.left - month.told, month.told - month.left
        assert (lost, more) == ({}, {})
    except BaseException as err:
        err.add_note("\n".join(month.history[-30:]))
        raise
    assert month.left.total() > 500
    await hass.config_entries.async_unload(entry.entry_id)
