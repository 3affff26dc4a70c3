"""The action that makes a greeting of any media of Home Assistant."""

from functools import partial
from typing import Final

from homeassistant.components.ffmpeg import get_ffmpeg_manager
from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse
from homeassistant.helpers import config_validation as cv
import voluptuous as vol

from ...audio import (
    MAX_UPLOAD,
    TELEPHONY_BYTES_A_SECOND,
    AudioNotDecodable,
    AudioTooLong,
    to_telephony,
)
from ...errors.failures import ChangeUnclear, UploadDiffers
from ...errors.invalid_input import MediaNotAudio, MediaTooLong, NotMedia
from ...pbx import Greeting, YeastarError
from ..fields import (
    ATTR_EXTENSION,
    ATTR_FILE,
    ATTR_MEDIA,
    PBX_FIELD,
    box_number,
    media_content_id,
)
from ..permissions import async_user
from .box import OpenBox, greeting_name, named, open_box
from .media import async_fetch_media

ATTR_OVERWRITE: Final = "overwrite"
ATTR_OVERWRITTEN: Final = "overwritten"

# Characters; the text that is to be spoken is part of it, each letter of some scripts
# as nine characters.
MAX_MEDIA_CONTENT_ID: Final = 32_768

UPLOAD_GREETING_SCHEMA: Final = vol.Schema(
    {
        vol.Required(ATTR_EXTENSION): box_number,
        vol.Required(ATTR_FILE): cv.string,
        vol.Required(ATTR_MEDIA): partial(media_content_id, limit=MAX_MEDIA_CONTENT_ID),
        vol.Optional(ATTR_OVERWRITE, default=False): cv.boolean,
        **PBX_FIELD,
    }
)


async def async_upload_greeting(call: ServiceCall) -> ServiceResponse:
    """Upload media as a greeting of a box.

    An existing one is replaced only if the action says so.
    """
    name = greeting_name(call.data[ATTR_FILE])
    if not (media := call.data[ATTR_MEDIA]):
        raise NotMedia
    user = await async_user(call)
    async with open_box(call) as box:
        if not call.data[ATTR_OVERWRITE]:
            box.check_free(name)
        source = await async_fetch_media(call.hass, media, user)
        wav = await _convert(call.hass, source)
        greeting = await _upload(box, name, wav)
        before = {each.file for each in box.greetings}
        response = box.response(greeting)
    if not call.return_response:
        return None
    return {**response, ATTR_OVERWRITTEN: greeting.file in before}


async def _convert(hass: HomeAssistant, source: bytes) -> bytes:
    try:
        return await to_telephony(get_ffmpeg_manager(hass).binary, source)
    except AudioNotDecodable:
        raise MediaNotAudio from None
    except AudioTooLong:
        minutes = MAX_UPLOAD // (60 * TELEPHONY_BYTES_A_SECOND)
        raise MediaTooLong(minutes=str(minutes)) from None


async def _upload(box: OpenBox, name: str, wav: bytes) -> Greeting:
    """Upload a WAV file once, and return the greeting that it is on the PBX."""
    before = named(box.greetings, name)
    files = {f"{name}.wav", *([before.file] if before else [])}
    greetings, failure = await box.change(
        box.client.greetings.upload(box.box, name, wav), *files
    )
    if (greeting := named(greetings, name)) is None:
        raise await box.not_changed(failure)
    if failure and not await _is_uploaded(box, greeting, wav, failure):
        raise await box.error(UploadDiffers, failure)
    return greeting


async def _is_uploaded(
    box: OpenBox, greeting: Greeting, wav: bytes, failure: YeastarError
) -> bool:
    """Return whether a greeting is what was uploaded, rather than what was before."""
    try:
        link = await box.client.greetings.play_link(box.number, greeting.file)
        return await box.client.audio.download(link) == wav
    except YeastarError as err:
        raise await box.error(ChangeUnclear, failure) from err
