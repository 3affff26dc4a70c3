"""Names that more than one module of the integration needs."""

from enum import StrEnum
from typing import Final

DOMAIN: Final = "yeastar_vm"

CONF_CERTIFICATE_FINGERPRINT: Final = "certificate_fingerprint"
CONF_DELIVERY: Final = "delivery"
CONF_REFRESH_TOKEN: Final = "refresh_token"

# The events of a mailbox.
EVENT_MESSAGE_RECEIVED: Final = "message_received"
EVENT_MESSAGE_TRANSCRIBED: Final = "message_transcribed"


class Delivery(StrEnum):
    """How a greeting gets to a player."""

    AUTO = "auto"
    DIRECT = "direct"
    RELAY = "relay"
