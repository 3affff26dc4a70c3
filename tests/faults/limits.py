"""How long each side waits for a PBX that does not answer, or not fast enough."""

from custom_components.yeastar_vm.lifecycle import SETUP_TIMEOUT
from custom_components.yeastar_vm.pbx.http.api import DOWNLOAD_TIMEOUT, TIMEOUT
from custom_components.yeastar_vm.pbx.http.transport import CONNECT_TIMEOUT
from custom_components.yeastar_vm.services.limits import DELIVERY_TIMEOUT

from .cases import AUDIO, Case, Side
from .promises import Within

assert TIMEOUT.total
assert DOWNLOAD_TIMEOUT.total
assert DOWNLOAD_TIMEOUT.sock_read
ANSWER = TIMEOUT.total
DOWNLOAD = DOWNLOAD_TIMEOUT.total
SILENCE = DOWNLOAD_TIMEOUT.sock_read
CONNECTION, DELIVERY, SETUP = CONNECT_TIMEOUT, DELIVERY_TIMEOUT, SETUP_TIMEOUT


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
