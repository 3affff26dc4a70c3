"""The action that makes a greeting of any media of Home Assistant."""

import asyncio
from functools import partial
from typing import Final

from homeassistant.auth.models import User
from homeassistant.components.ffmpeg import get_ffmpeg_manager
from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import config_validation as cv
from homeassistant.util.hass_dict import HassKey
import voluptuous as vol

from ...audio import (
    MAX_UPLOAD,
    TELEPHONY_BYTES_A_SECOND,
    AudioError,
    AudioNotDecodable,
    AudioTooLong,
    drop_locals,
    sounds_like,
    to_telephony,
)
from ...const import DOMAIN
from ...errors.failures import (
    ChangeFailed,
    ChangeUnclear,
    UploadDiffers,
    UploadRefused,
)
from ...errors.invalid_input import MediaNotAudio, MediaTooLong, NotMedia
from ...errors.translated import translate
from ...library import LibraryError
from ...pbx import Greeting, Interrupted, NotFound, YeastarError
from ..fields import (
    ATTR_EXTENSION,
    ATTR_FILE,
    ATTR_MEDIA,
    PBX_FIELD,
    box_number,
    media_content_id,
)
from ..permissions import async_user
from .box import OpenBox, greeting_name, named, open_box, uploading
from .media import async_fetch_media

ATTR_OVERWRITE: Final = "overwrite"
ATTR_OVERWRITTEN: Final = "overwritten"

# Characters; the text that is to be spoken is part of it, each letter of some scripts
# as nine characters.
MAX_MEDIA_CONTENT_ID: Final = 32_768

# Each takes the memory of its media.
AT_ONCE: Final = 4

_SLOTS: HassKey[asyncio.Semaphore] = HassKey(f"{DOMAIN}_uploads")

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

    An existing one is replaced only if the action says so. The box is free for other
    actions while the media is fetched and converted.
    """
    name = greeting_name(call.data[ATTR_FILE])
    if not call.data[ATTR_MEDIA]:
        raise NotMedia
    user = await async_user(call)
    async with open_box(call) as free_box:
        _check(free_box, call, name)
    try:
        async with uploading(free_box, name):
            return await _prepare_and_upload(call, free_box, name, user)
    except BaseException as err:
        # Home Assistant keeps the error of an action for administrators, and with it
        # the audio, until a garbage collection.
        drop_locals(err)
        raise


def _check(box: OpenBox, call: ServiceCall, name: str) -> None:
    if call.data[ATTR_OVERWRITE]:
        box.check_overwrite(name, call.data[ATTR_FILE])
    else:
        box.check_free(name)


async def _prepare_and_upload(
    call: ServiceCall, free_box: OpenBox, name: str, user: User | None
) -> ServiceResponse:
    preparing = _prepare(call.hass, call.data[ATTR_MEDIA], user)
    try:
        wav = await free_box.pbx.run(preparing, f"prepare {name}")
    except Interrupted as err:
        raise await free_box.error(ChangeFailed, err) from None
    async with open_box(call) as box:
        _check(box, call, name)
        greeting = await _upload(box, name, wav)
        before = {each.file for each in box.greetings}
        response = box.response(greeting)
    return {**response, ATTR_OVERWRITTEN: greeting.file in before}


async def _prepare(hass: HomeAssistant, media: str, user: User | None) -> bytes:
    """Return media as the PBX stores it; a few at a time, for the sake of memory."""
    slots = hass.data.setdefault(_SLOTS, asyncio.Semaphore(AT_ONCE))
    async with slots:
        source = await async_fetch_media(hass, media, user)
        try:
            return await to_telephony(get_ffmpeg_manager(hass).binary, source)
        except AudioNotDecodable:
            raise MediaNotAudio from None
        except AudioTooLong:
            minutes = MAX_UPLOAD // (60 * TELEPHONY_BYTES_A_SECOND)
            raise MediaTooLong(minutes=str(minutes)) from None
        except AudioError as err:
            raise translate(err, HomeAssistantError) from err


async def _upload(box: OpenBox, name: str, wav: bytes) -> Greeting:
    """Upload a WAV file once, and return the greeting that it is on the PBX."""
    before = named(box.greetings, name)
    files = {f"{name}.wav", *([before.file] if before else [])}
    try:
        greeting, failure = await box.change(
            lambda: box.client.greetings.upload(box.box, name, wav),
            lambda greetings: named(greetings, name),
            *files,
        )
    except NotFound:
        raise UploadRefused(number=box.number) from None
    if failure and before and not await _is_uploaded(box, greeting, wav, failure):
        raise await box.error(UploadDiffers, failure)
    return greeting


async def _is_uploaded(
    box: OpenBox, greeting: Greeting, wav: bytes, failure: YeastarError
) -> bool:
    """Return whether a greeting is what was uploaded, rather than what was before."""
    try:
        link = await box.client.greetings.play_link(box.number, greeting.file)
        stored = await box.client.audio.download(link)
        return await sounds_like(get_ffmpeg_manager(box.pbx.hass).binary, stored, wav)
    except LibraryError as err:
        raise await box.error(ChangeUnclear, failure) from err
