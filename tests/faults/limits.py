"""How long each side waits for a PBX that does not answer, or not fast enough."""

from .cases import AUDIO, Case, Side
from .promises import Within

# Seconds.
ANSWER = 30
DOWNLOAD = 300
SILENCE = 30
CONNECTION, DELIVERY, SETUP = 10, 120, 10


def limit_of(case: Case, within: Within) -> float:
    """Return the seconds after which a case ends; 0 where it need not wait."""
    if within in (Within.AT_ONCE, Within.ITS_TIME):
        return 0
    if case.side is Side.SETUP:
        return SETUP
    if within is Within.CONNECT_LIMIT:
        return CONNECTION
    if case.endpoint != AUDIO:
        return ANSWER
    if within is Within.LIMIT:
        return SILENCE
    return DOWNLOAD if case.side is Side.SPEAKER else DELIVERY
