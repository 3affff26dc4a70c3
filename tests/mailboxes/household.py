"""A PBX and a Home Assistant, and what people do with them in a month."""

from collections import Counter
from pathlib import Path
import time
from typing import Final, override

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType

from simulator import PbxSimulator
from simulator.groups import Box
from simulator.lockout import FAILURES_ALLOWED
from simulator.model import RecordedRequest
from tests.clock import Clock
from tests.common import HOUR, entry_for
from tests.life import Life
from tests.restarts import House
from tests.window import Window

from .common import ANN_MESSAGE, MESSAGE, mailbox
from .ledger import Ledger

# Event entities by the number of their box.
EVENTS: Final = {
    "3200": MESSAGE,
    "3201": ANN_MESSAGE,
    "6300": "event.sales_6300_message",
}


class WrongClock:
    """The clock of the PBX, which may be wrong."""

    wrong_by = 0.0

    def __call__(self) -> float:
        """Return the time in seconds since the epoch."""
        return time.time() + self.wrong_by


class Requests(list[RecordedRequest]):
    """Counts requests by the hour, and keeps the last one."""

    def __init__(self) -> None:
        """Begin with none."""
        super().__init__()
        self.by_hour = Counter[int]()

    def append(self, request: RecordedRequest) -> None:
        """Count a request."""
        self[:] = [request]
        self.by_hour[int(time.time() // HOUR)] += 1


class Household(House, Life):
    """A PBX with an administrator and a user, and their Home Assistant."""

    def __init__(
        self,
        folder: Path,
        ffmpeg: str,
        clock: Clock,
        pbx: PbxSimulator,
        pbx_clock: WrongClock,
        seed: int,
    ) -> None:
        """Begin without a Home Assistant."""
        House.__init__(self, folder, ffmpeg)
        Life.__init__(self, clock, pbx, seed)
        self.ledger = Ledger(pbx, EVENTS)
        self.requests = Requests()
        pbx.requests = self.requests
        self.changed_secrets = 0
        self._pbx_clock = pbx_clock

    @override
    def watch(self, hass: HomeAssistant) -> None:
        self.ledger.watch(hass)

    async def add_pbx(self) -> None:
        """Add the PBX and the mailboxes."""
        entry = entry_for(self.pbx)
        entry.add_to_hass(self.hass)
        boxes: dict[str, Box] = {**self.pbx.extensions, **self.pbx.groups}
        for number in EVENTS:
            kind = "extension" if number in self.pbx.extensions else "group"
            self.hass.config_entries.async_add_subentry(
                entry, mailbox(number, boxes[number].name, kind)
            )
        await self.hass.config_entries.async_setup(entry.entry_id)

    @override
    async def start(self) -> None:
        if not self.is_running:
            await super().start()

    @override
    async def crash(self) -> None:
        if self.is_running:
            self.ledger.crash()
            await super().crash()

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
        if not self.is_running:
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

    def block_address(self) -> None:
        """Let another application sign in with a wrong secret too often."""
        failed = len(self.failed_logins)
        for _ in range(FAILURES_ALLOWED):
            self.pbx.lockout.failed("127.0.0.1", self.pbx.clock())
        del self.failed_logins[failed:]
