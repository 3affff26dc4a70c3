"""How much is measured: all of it, or in short."""

from collections.abc import Sequence
from dataclasses import dataclass

from .mailboxes import Extent
from .silent import ENDPOINTS


@dataclass(frozen=True)
class Effort:
    """How often, and how much of it.

    `rounds` is of what is short; `extensions` are numbers of extensions of the PBXs
    that are browsed, and `lengths` seconds of the greetings that are relayed. `full` is
    a number of mailboxes, `refused` one of uploads, `silent` names endpoints, and a
    voicemail is left for strangers in so many `minutes`.
    """

    rounds: int
    extensions: Sequence[int]
    lengths: Sequence[int]
    mailboxes: Extent
    full: int
    refused: int
    silent: Sequence[str]
    minutes: int

    @property
    def fewer_rounds(self) -> int:
        """Return how often what takes longer is measured."""
        return max(2, self.rounds // 2)

    @property
    def starts(self) -> int:
        """Return how often each integration starts in a process of its own."""
        return max(1, self.rounds // 3)


WHOLE = Effort(
    rounds=12,
    extensions=(100, 1_000, 10_000),
    lengths=(30, 300),
    mailboxes=Extent({1_000: (1, 10, 200), 10_000: (200,)}, rounds=10, seconds=3_600),
    full=200,
    refused=20,
    silent=ENDPOINTS,
    minutes=60,
)
# In short: whether it runs, and whether something became much worse. It leaves out the
# PBX of 10,000 extensions, long greetings, most numbers of mailboxes, and the endpoints
# that are waited for. Two rounds say little of times: only a whole run judges those.
QUICK = Effort(
    rounds=2,
    extensions=(100, 1_000),
    lengths=(30,),
    mailboxes=Extent({1_000: (1, 200)}, rounds=2, seconds=600),
    full=20,
    refused=3,
    silent=("vm/query",),
    minutes=10,
)
