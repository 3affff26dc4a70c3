"""Boxes without messages, of which the PBX may say nothing."""

from homeassistant.core import HomeAssistant
import pytest

from simulator import EmptyBox, PbxSimulator, default_groups
from tests.clock import Clock
from tests.common import HOUR, MINUTE, asked, call, issues, shown

from .common import (
    ANN_UNREAD,
    MESSAGE,
    PRESENCE,
    UNREAD,
    Arrivals,
    ann_empty,
    leo_ball,
    load_with_mailboxes,
    mailbox,
    poll,
)


@pytest.mark.parametrize("empty", EmptyBox)
async def test_the_first_message(
    hass: HomeAssistant, http_pbx: PbxSimulator, empty: EmptyBox
) -> None:
    """An empty mailbox shows 0, and tells of its first message at once."""
    http_pbx.switches.empty_box = empty
    await load_with_mailboxes(hass, http_pbx, leo_ball(), ann_empty())
    arrivals = Arrivals(hass)
    assert [shown(hass, UNREAD), shown(hass, ANN_UNREAD)] == ["0", "0"]
    assert shown(hass, MESSAGE) == "unknown"
    assert shown(hass, PRESENCE) == "available"
    listed = await call(hass, "list_messages", mailbox="3200")
    assert listed == {"messages": [], "total": 0}

    left = http_pbx.leave_message("3200", "15550123")
    await arrivals.wait_for(1)

    assert arrivals.ids == [left.msg_id]
    assert [shown(hass, UNREAD), shown(hass, ANN_UNREAD)] == ["1", "0"]
    assert issues(hass) == []


@pytest.mark.parametrize("empty", EmptyBox)
async def test_the_last_message(
    hass: HomeAssistant, http_pbx: PbxSimulator, empty: EmptyBox
) -> None:
    """Somebody deletes it on the phone, and another one comes without an event."""
    http_pbx.switches.empty_box = empty
    http_pbx.groups = default_groups()
    left = http_pbx.leave_message("3200", "15550123", announced=False)
    entry = await load_with_mailboxes(
        hass,
        http_pbx,
        leo_ball(),
        ann_empty(),
        mailbox("6300", default_groups()["6300"].name, "group"),
    )
    arrivals = Arrivals(hass)
    assert shown(hass, UNREAD) == "1"

    http_pbx.mailboxes.remove(left)
    await poll(entry)
    assert shown(hass, UNREAD) == "0"
    left = http_pbx.leave_message("3200", "15550123", announced=False)
    await poll(entry)

    assert shown(hass, UNREAD) == "1"
    assert arrivals.ids == [left.msg_id]


@pytest.mark.parametrize(
    ("empty", "requests"), [(EmptyBox.OMITTED, 1), (EmptyBox.REFUSED, 2)]
)
async def test_empty_boxes_are_not_looked_up_with_each_poll(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    clock: Clock,
    empty: EmptyBox,
    requests: int,
) -> None:
    """Whether they exist is asked once an hour."""
    http_pbx.switches.empty_box = empty
    entry = await load_with_mailboxes(hass, http_pbx, leo_ball(), ann_empty())
    http_pbx.requests.clear()

    await poll(entry)
    assert asked(http_pbx) == {"vm/query": requests}

    del http_pbx.extensions["3201"]
    await clock.pass_time(HOUR + 10 * MINUTE)
    assert issues(hass) == ["mailbox_gone"]
    assert [shown(hass, UNREAD), shown(hass, ANN_UNREAD)] == ["0", "unavailable"]
