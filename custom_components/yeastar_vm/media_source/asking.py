"""Who asks the media source."""

from homeassistant.auth.models import User
from homeassistant.components.http.const import KEY_HASS_USER
from homeassistant.components.websocket_api import current_connection
from homeassistant.core import callback
from homeassistant.helpers.http import current_request
from homeassistant.helpers.script import script_stack_cv


@callback
def async_asking_user() -> User | None:
    """Return the user who browses, searches or plays, as far as Home Assistant says.

    It gives media sources no user, but a command over the WebSocket and a request over
    HTTP have one. What they set off inherits it: automations and scripts, which act for
    themselves, are told apart by their own mark.
    """
    if script_stack_cv.get() is not None:
        return None
    if connection := current_connection.get():
        return connection.user
    request = current_request.get()
    return request.get(KEY_HASS_USER) if request else None
