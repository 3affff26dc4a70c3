"""The fields that several actions have."""

import re
from typing import Any, Final

from homeassistant.components.media_player import (
    ATTR_MEDIA_ANNOUNCE,
    ATTR_MEDIA_ENQUEUE,
    ATTR_MEDIA_EXTRA,
    MediaPlayerEnqueue,
)
from homeassistant.const import ATTR_CONFIG_ENTRY_ID
from homeassistant.helpers import config_validation as cv
import voluptuous as vol

from ..const import CONF_DELIVERY, Delivery

ATTR_DELIVERY: Final = CONF_DELIVERY
ATTR_EXTENSION: Final = "extension"
ATTR_FILE: Final = "file"
ATTR_LIMIT: Final = "limit"
ATTR_MEDIA: Final = "media"

# Characters. A PBX has shorter ones; what cannot be one is not sent to it.
MAX_NUMBER: Final = 64
MAX_TEXT: Final = 255
MAX_MEDIA_CONTENT_ID: Final = 2048

# A number helper has decimals.
_WHOLE_NUMBER: Final = re.compile(r"(\d+)\.0+", re.ASCII)


def without_decimals(typed: str) -> str:
    """Return the number of a box, which may come from a number helper."""
    number = typed.strip()
    whole = _WHOLE_NUMBER.fullmatch(number)
    return whole[1] if whole else number


def media_content_id(value: Any, limit: int = MAX_MEDIA_CONTENT_ID) -> str:
    """Return the media content ID that a value has; it is empty if there is none.

    The media selector gives a mapping, with more keys, or a list of one if it is for
    several; `list_greetings` and media players give the text itself.
    """
    match value:
        case str() if len(value) <= limit:
            return value.strip()
        case {"media_content_id": str(content_id)} | [
            {"media_content_id": str(content_id)} | str(content_id)
        ]:
            return media_content_id(content_id, limit)
    return ""


def whole_number(lowest: int, highest: int) -> vol.All:
    """Return the validator of a whole number, which may come as a decimal."""
    return vol.All(
        # Before 2026.9, a value that did not fit the other type was an error.
        vol.Any(int, vol.Coerce(float)),
        vol.Range(min=lowest, max=highest),
        vol.Coerce(int),
    )


text: Final = vol.All(cv.string, vol.Length(max=MAX_TEXT))
box_number: Final = vol.All(cv.string, vol.Length(max=MAX_NUMBER), without_decimals)

LIMIT_FIELD: Final = {vol.Optional(ATTR_LIMIT, default=20): whole_number(1, 500)}

PBX_FIELD: Final = {vol.Optional(ATTR_CONFIG_ENTRY_ID): text}
GREETING_FIELDS: Final = {
    vol.Optional(ATTR_EXTENSION): box_number,
    vol.Optional(ATTR_FILE): text,
    vol.Optional(ATTR_MEDIA): media_content_id,
    **PBX_FIELD,
}
# What is passed on to `media_player.play_media`, which refuses the first two together.
PLAYER_FIELDS: Final = {
    vol.Exclusive(ATTR_MEDIA_ENQUEUE, "enqueue_announce"): vol.Coerce(
        MediaPlayerEnqueue
    ),
    vol.Exclusive(ATTR_MEDIA_ANNOUNCE, "enqueue_announce"): cv.boolean,
    vol.Optional(ATTR_MEDIA_EXTRA): dict,
}
DELIVERY_FIELD: Final = {vol.Optional(ATTR_DELIVERY): vol.Coerce(Delivery)}
PLAYER_OPTIONS: Final = (ATTR_MEDIA_ENQUEUE, ATTR_MEDIA_ANNOUNCE, ATTR_MEDIA_EXTRA)
