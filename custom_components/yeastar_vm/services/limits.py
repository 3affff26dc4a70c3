"""How long the parts of an action may take."""

from typing import Final

# Seconds for all requests that find what is meant. One alone ends before that, with the
# error that says so.
LOOKUP_TIMEOUT: Final = 40
# Seconds for the download and the conversion, which have limits of their own, too. The
# players have as long as they need.
DELIVERY_TIMEOUT: Final = 120
