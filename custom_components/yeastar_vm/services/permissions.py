"""What the user of a call may do."""

from collections.abc import Callable

from homeassistant.core import ServiceCall
from homeassistant.exceptions import Unauthorized, UnknownUser

type PermissionCheck = Callable[[str, str], bool]


async def async_permission_check(call: ServiceCall) -> PermissionCheck:
    """Return the check whether the user of a call may read or control an entity.

    An automation has no user, and may do everything. Raise UnknownUser if the user is
    gone.
    """
    if call.context.user_id is None:
        return lambda _entity_id, _permission: True
    user = await call.hass.auth.async_get_user(call.context.user_id)
    if user is None:
        raise UnknownUser(context=call.context)
    return user.permissions.check_entity


async def async_check_permission(
    call: ServiceCall, entity_id: str, permission: str
) -> None:
    """Raise Unauthorized if the user of a call may not read or control an entity."""
    may = await async_permission_check(call)
    if not may(entity_id, permission):
        raise Unauthorized(
            context=call.context, entity_id=entity_id, permission=permission
        )
