"""Lists of messages that are odd: pages that shift, and IDs that are in two boxes."""

from aiohttp import web
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from simulator import MessageIds, PbxSimulator
from simulator.lines import Answer
from tests.common import call

from .common import (
    ANN_MESSAGE,
    Arrivals,
    ann_empty,
    leo_ball,
    load_with_mailboxes,
    message_ids,
    poll,
    unread,
)


class Shift:
    """Lets a message arrive between the first page of a list and the second."""

    def __init__(self, pbx: PbxSimulator) -> None:
        """Wait for the second page."""
        self._pbx = pbx
        self._pages = 0

    async def inflict(self, _: web.Request, answer: Answer) -> web.StreamResponse:
        """Answer with the page as it is by then."""
        self._pages += 1
        if self._pages == 2:
            self._pbx.leave_message("3200", "new", announced=False)
        return answer()


async def test_a_message_that_arrives_while_pages_are_read(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    leo: MockConfigEntry,
    arrivals: Arrivals,
) -> None:
    """It moves another to the next page; each counts and is reported once."""
    http_pbx.switches.max_page_size = 2
    for each in "1234":
        http_pbx.leave_message("3200", each, announced=False)
    http_pbx.faults["vm/get"] = Shift(http_pbx)

    answer = await call(hass, "list_messages", mailbox="3200")
    listed = message_ids(answer)
    assert len(listed) == len(set(listed))
    assert unread(hass) == str(len(listed))

    await poll(leo)
    await arrivals.wait_for(5)
    await poll(leo)
    assert sorted(arrivals.ids) == [
        each.msg_id for each in http_pbx.mailboxes.listed("3200")
    ]


@pytest.mark.parametrize("ids", MessageIds)
async def test_a_message_that_is_moved_or_copied_to_another_box(
    hass: HomeAssistant, http_pbx: PbxSimulator, ids: MessageIds
) -> None:
    """It is new there, also with the ID that it had before; each box counts its own."""
    http_pbx.switches.message_ids = ids
    entry = await load_with_mailboxes(hass, http_pbx, leo_ball(), ann_empty())
    leo, ann = Arrivals(hass), Arrivals(hass, ANN_MESSAGE)
    copied = http_pbx.leave_message("3200", "1")
    moved = http_pbx.leave_message("3200", "2")
    await leo.wait_for(2)

    http_pbx.mailboxes.add("3201", copied)
    http_pbx.delete_at_phone(moved.msg_id)
    http_pbx.mailboxes.add("3201", moved)
    await poll(entry)
    await ann.wait_for(2)
    await poll(entry)

    assert sorted(leo.ids) == sorted(ann.ids) == sorted([copied.msg_id, moved.msg_id])
    counts = [
        state.state for state in hass.states.async_all("sensor") if state.state != "0"
    ]
    assert sorted(counts) == ["1", "2"]
