"""A life in which anything may happen, by chance."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from random import Random

from simulator import PbxSimulator

from .clock import Clock


class Life:
    """What befalls a PBX and its Home Assistant: the same for the same seed."""

    def __init__(self, clock: Clock, pbx: PbxSimulator, seed: int) -> None:
        """Begin with nothing that has happened."""
        self.clock = clock
        self.pbx = pbx
        self.seed = seed
        self.random = Random(seed)
        self.history: list[str] = []
        self.failed_logins: list[str] = []
        """The endpoints that counted one."""
        self._follow_lockout()

    def note(self, what: str) -> None:
        """Write the history."""
        self.history.append(f"{datetime.now(UTC):%d %a %H:%M:%S} {what}")

    @contextmanager
    def told(self) -> Iterator[None]:
        """Let a failure show what happened last."""
        try:
            yield
        except BaseException as err:
            err.add_note("\n".join(self.history[-40:]))
            raise

    def _follow_lockout(self) -> None:
        """Listen to what the PBX counts as a failed login."""
        count = self.pbx.lockout.failed

        def failed(address: str, now: float) -> None:
            self.failed_logins.append(self.pbx.requests[-1].endpoint)
            count(address, now)

        self.pbx.lockout.failed = failed  # type: ignore[method-assign]
