"""What the tests of faults share."""

from collections.abc import AsyncIterator
import random

from homeassistant.components import stt
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.yeastar_vm.const import DOMAIN
from simulator import PbxSimulator, Resolve, default_groups
from tests.clock import Clock
from tests.common import Player, entry_for, load
from tests.engines import Engine
from tests.mailboxes.common import ann_empty, leo_ball, load_with_mailboxes, mailbox
from tests.window import Window

from .home import NAME, Home
from .mailbox_home import MailboxHome


@pytest.fixture
async def home(
    clock: Clock,
    resolve: Resolve,
    hass: HomeAssistant,
    pbx: PbxSimulator,
    player: Player,
    hass_client_no_auth: ClientSessionGenerator,
) -> Home:
    """Return a home with a PBX that has a name, in all respects as in production."""
    resolve(NAME, ["127.0.0.1"])
    pbx.base_url = f"https://{NAME}:{pbx.port}"
    assert await async_setup_component(hass, "media_source", {})
    assert await async_setup_component(hass, DOMAIN, {})
    speaker = await hass_client_no_auth()
    entry = await load(hass, entry_for(pbx))
    return Home(hass, pbx, resolve, clock, entry, Window(hass, pbx), player, speaker)


@pytest.fixture
async def mailboxes(
    clock: Clock,
    resolve: Resolve,
    hass: HomeAssistant,
    pbx: PbxSimulator,
    player: Player,
    hass_client_no_auth: ClientSessionGenerator,
) -> AsyncIterator[MailboxHome]:
    """Return a home with a PBX of five mailboxes, one of them of a group."""
    random.seed(0)  # Pauses of the integration have some chance in them.
    resolve(NAME, ["127.0.0.1"])
    pbx.base_url = f"{'https' if pbx.https else 'http'}://{NAME}:{pbx.port}"
    pbx.groups = default_groups()
    for domain in ("media_source", "stt", DOMAIN):
        assert await async_setup_component(hass, domain, {})
    await hass.data[stt.DATA_COMPONENT].async_add_entities([Engine()])
    entry = await load_with_mailboxes(
        hass,
        pbx,
        leo_ball(),
        ann_empty(),
        mailbox("3202", "Olive Odd"),
        mailbox("0042", "Zoë Zero"),
        mailbox("6300", "Sales", kind="group"),
    )
    speaker = await hass_client_no_auth()
    window = Window(hass, pbx)
    yield MailboxHome(hass, pbx, resolve, clock, entry, window, player, speaker)
    await hass.config_entries.async_unload(entry.entry_id)
