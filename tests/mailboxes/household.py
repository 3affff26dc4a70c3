"""A PBX and a Home Assistant, and what people do with them in a month."""

from collections import Counter
from random import Random
import time
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType

from custom_components.yeastar_vm.const import DOMAIN
from simulator import PbxSimulator
from simulator.groups import Box
from simulator.lockout import FAILURES_ALLOWED
from simulator.model import RecordedRequest
from tests.clock import Clock
from tests.common import HOUR, entry_for
from tests.restarts import House
from tests.window import Window

from .common import mailbox
from .ledger import Ledger

# Event entities by the number of their box.
EVENTS: Final = {
    "3200": "event.leo_ball_3200_message",
    "3201": "event.ann_empty_3201_message",
    "6300": "event.sales_6300_message",
}


class WrongClock:
    """The clock of the PBX, which may be wrong."""

    wrong_by = 0.0

    def __call__(self) -> float:
        """Return the time in seconds since the epoch."""
        return time.time() + self.wrong_by


class Requests(list[RecordedRequest]):
    """Counts requests by the hour, and keeps none."""

    def __init__(self) -> None:
        """Begin with none."""
        super().__init__()
        self.by_hour = Counter[int]()

    def append(self, request: RecordedRequest) -> None:
        """Count a request."""
        self.by_hour[int(time.time() // HOUR)] += 1


class Household:
    """A PBX with an administrator and a user, and their Home Assistant."""

    def __init__(
        self,
        clock: Clock,
        pbx_clock: WrongClock,
        pbx: PbxSimulator,
        house: House,
        ledger: Ledger,
        seed: int,
    ) -> None:
        """Begin without a Home Assistant."""
        self.pbx = pbx
        self.hass: HomeAssistant | None = None
        self.random = Random(seed)
        self.clock = clock
        self.ledger = ledger
        self.starts = 0
        self.requests = Requests()
        pbx.requests = self.requests
        self.failed_sign_ins = 0
        self.changed_secrets = 0
        self._pbx_clock = pbx_clock
        self._house = house
        self._count_failed_sign_ins()

    @property
    def entry(self) -> ConfigEntry[Any]:
        """Return the entry of the PBX."""
        assert self.hass
        [entry] = self.hass.config_entries.async_entries(DOMAIN)
        return entry

    async def add_pbx(self) -> None:
        """Add the PBX and the mailboxes."""
        assert self.hass
        entry = entry_for(self.pbx)
        entry.add_to_hass(self.hass)
        boxes: dict[str, Box] = {**self.pbx.extensions, **self.pbx.groups}
        for number in EVENTS:
            kind = "extension" if number in self.pbx.extensions else "group"
            self.hass.config_entries.async_add_subentry(
                entry, mailbox(number, boxes[number].name, kind)
            )
        await self.hass.config_entries.async_setup(entry.entry_id)

    async def start(self) -> None:
        """Start Home Assistant, unless it runs."""
        if self.hass is None:
            self.hass = await self._house.start()
            self.starts += 1

    async def stop(self) -> None:
        """Stop Home Assistant, if it runs."""
        if self.hass:
            self.hass = None
            await self._house.stop()

    async def crash(self) -> None:
        """Let Home Assistant be gone, if it runs."""
        if self.hass:
            self.hass = None
            self.ledger.crash()
            await self._house.crash()

    def set_clock(self, wrong_by: float) -> None:
        """Set the clock of the PBX."""
        self._pbx_clock.wrong_by = wrong_by
        self.pbx.timeline.run_due()

    def change_secret(self, secret: str) -> None:
        """Let the administrator make a new secret."""
        self.changed_secrets += 1
        self.pbx.replace_secret(secret)

    async def put_right(self) -> bool:
        """Let the user do what there is to do; return whether it is done.

        That is to enter a new secret, to trust a new certificate, and to follow the
        repair of an entry that does not set itself up again.
        """
        if self.hass is None:
            return False
        entry = self.entry
        if entry.state is not ConfigEntryState.SETUP_ERROR and (
            (entry.data["client_secret"], entry.data["certificate_fingerprint"])
            == (self.pbx.client_secret, self.pbx.fingerprint or None)
        ):
            return True
        window = Window(self.hass, self.pbx)
        await window.reconfigure(entry)
        result = await window.sign_in()
        if result["type"] is FlowResultType.FORM and not result["errors"]:
            result = await window.submit()
        if result["type"] is FlowResultType.FORM:
            self.hass.config_entries.flow.async_abort(window.flow_id)
            return False
        return True

    def _count_failed_sign_ins(self) -> None:
        """Count those of Home Assistant."""
        failed = self.pbx.lockout.failed

        def count(address: str, now: float) -> None:
            self.failed_sign_ins += 1
            failed(address, now)

        self.pbx.lockout.failed = count  # type: ignore[method-assign]

    def block_address(self) -> None:
        """Let another application sign in with a wrong secret too often."""
        failed = self.failed_sign_ins
        for _ in range(FAILURES_ALLOWED):
            self.pbx.lockout.failed("127.0.0.1", self.pbx.clock())
        self.failed_sign_ins = failed
