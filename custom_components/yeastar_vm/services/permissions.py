"""The user of a call."""

from homeassistant.auth.models import User
from homeassistant.core import ServiceCall
from homeassistant.exceptions import UnknownUser


async def async_user(call: ServiceCall) -> User | None:
    """Return the user of a call, or None for an automation, which may do everything.

    Raise UnknownUser if the user is gone.
    """
    if call.context.user_id is None:
        return None
    if user := await call.hass.auth.async_get_user(call.context.user_id):
        return user
    raise UnknownUser(context=call.context)
