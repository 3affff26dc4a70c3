"""The action that records a greeting at a phone."""

import asyncio
from typing import Final

from homeassistant.core import ServiceCall, ServiceResponse
from homeassistant.helpers import config_validation as cv
import voluptuous as vol

from ...errors.failures import (
    ChangesDenied,
    ChangesNotSupported,
    ChangeUnclear,
    RecordTimedOut,
)
from ...errors.invalid_input import RecorderEmpty, RecorderNotFound
from ...pbx import (
    AccessDenied,
    Greeting,
    Interrupted,
    NotFound,
    NotSupported,
    PbxFault,
    YeastarError,
)
from ..fields import ATTR_EXTENSION, ATTR_FILE, PBX_FIELD, box_number, whole_number
from .box import OpenBox, greeting_name, may_have_acted, named, open_box

ATTR_RECORDER: Final = "recorder"
ATTR_TIMEOUT: Final = "timeout"

POLL_INTERVAL: Final = 2  # seconds

# "Partial success" and "processing"; after other error codes, no phone rings.
_UNDER_WAY: Final = (1, 2)

RECORD_GREETING_SCHEMA: Final = vol.Schema(
    {
        vol.Required(ATTR_EXTENSION): box_number,
        vol.Required(ATTR_RECORDER): box_number,
        vol.Required(ATTR_FILE): cv.string,
        vol.Optional(ATTR_TIMEOUT, default=60): whole_number(10, 600),
        **PBX_FIELD,
    }
)


async def async_record_greeting(call: ServiceCall) -> ServiceResponse:
    """Let a phone ring, and wait for the greeting that is recorded there.

    It is not documented whether the PBX would replace an existing greeting, and its
    list would not show when: the name has to be free.
    """
    name = greeting_name(call.data[ATTR_FILE])
    if not (recorder := call.data[ATTR_RECORDER]):
        raise RecorderEmpty
    async with open_box(call) as box:
        box.check_free(name)
        failure = await _ring(box, recorder, name)
        greeting = await _wait_for(box, name, call, failure)
        return box.response(greeting)


async def _ring(box: OpenBox, recorder: str, name: str) -> YeastarError | None:
    """Let a phone ring, once. Return the error if it is not known whether it does."""
    try:
        await box.client.greetings.record(box.box, recorder, name)
    except NotFound:
        raise RecorderNotFound(recorder=recorder) from None
    except NotSupported:
        raise ChangesNotSupported from None
    except AccessDenied:
        raise ChangesDenied from None
    except YeastarError as err:
        refused = isinstance(err, PbxFault) and err.errcode not in _UNDER_WAY
        if refused or not may_have_acted(err):
            raise
        return err
    return None


async def _wait_for(
    box: OpenBox, name: str, call: ServiceCall, failure: YeastarError | None
) -> Greeting:
    """Return a greeting as soon as the PBX lists it.

    Somebody may be speaking: whatever the PBX answers, it is asked again until the time
    is over. Raise what is known then.
    """
    loop = box.pbx.hass.loop
    seconds: int = call.data[ATTR_TIMEOUT]
    deadline = loop.time() + seconds
    unread: YeastarError | None = None
    while (left := deadline - loop.time()) > 0:
        await asyncio.sleep(min(left, POLL_INTERVAL))
        try:
            greetings = await box.client.greetings.of_box(box.box)
        except Interrupted as err:
            raise await box.error(ChangeUnclear, err) from err
        except YeastarError as err:
            unread = err
            continue
        unread = None
        if greeting := named(greetings, name):
            return greeting
    if reason := unread or failure:
        raise await box.error(ChangeUnclear, reason)
    raise RecordTimedOut(recorder=call.data[ATTR_RECORDER], seconds=str(seconds))
