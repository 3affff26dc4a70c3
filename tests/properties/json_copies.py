"""What becomes of values on their way: when they are sent, and when they are stored."""

import json
from typing import Any

from homeassistant.helpers.json import json_bytes
from homeassistant.util.json import json_loads


def as_sent(value: Any) -> Any:
    """Return a JSON value as it arrives: two halves of a surrogate pair are one."""
    return json.loads(json.dumps(value))


def stored(value: Any) -> Any:
    """Return a value after Home Assistant has stored it, or sent it to a browser."""
    return json_loads(json_bytes(value))
