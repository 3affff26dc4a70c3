"""The block list: five failed logins in a row lock an address out.

Vendor's documents: "Remove blocked API IP addresses". The first five failures are
answered as such, everything after them with 70004. A block refuses logins and
refreshes; a token that is still valid goes on working.
"""

from dataclasses import dataclass, field
from math import inf

from . import errors
from .switches import BlockExpiry, Switches

FAILURES_ALLOWED = 5


@dataclass
class Lockout:
    """Consecutive failed logins by source address, and the addresses blocked.

    Times are seconds since the epoch.
    """

    switches: Switches
    _failures: dict[str, int] = field(default_factory=dict)
    _blocked_until: dict[str, float] = field(default_factory=dict)

    def check(self, address: str, now: float) -> None:
        """Refuse a blocked address."""
        until = self._blocked_until.get(address)
        if until is None:
            return
        if until <= now:
            del self._blocked_until[address]
            return
        raise errors.ApiError(
            errors.ACCOUNT_IP_BLOCKED, **self._block_expire_time(until, now)
        )

    def failed(self, address: str, now: float) -> None:
        """Count a failed login, and block the address at the fifth in a row."""
        # "Security overview": addresses allowed are protected from the block list.
        if address in (self.switches.allow_list or ()):
            return
        failures = self._failures.get(address, 0) + 1
        self._failures[address] = failures
        if failures == FAILURES_ALLOWED:
            seconds = self.switches.block_seconds
            self._blocked_until[address] = inf if seconds is None else now + seconds
            self.succeeded(address)

    def succeeded(self, address: str) -> None:
        """Start counting from zero."""
        self._failures.pop(address, None)

    def lift(self) -> None:
        """Empty the block list."""
        self._blocked_until.clear()

    def _block_expire_time(self, until: float, now: float) -> dict[str, object]:
        form = self.switches.block_expire_time
        if form is BlockExpiry.MISSING or until == inf:
            return {}
        seconds = until if form is BlockExpiry.EPOCH else until - now
        return {"block_expire_time": round(seconds)}
