"""A user who may use the media players and sees no mailbox."""

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from .home_assistant import HomeAssistant

GUEST: Final = "guest"
"""The name of the user, and the password."""

_GROUP: Final = "guests"

GROUP_OF_GUESTS: Final = {
    "groups": [
        {
            "id": _GROUP,
            "name": "Guests",
            "policy": {"entities": {"domains": {"media_player": True}}},
        }
    ],
    "users": [],
    "credentials": [],
    "refresh_tokens": [],
}
"""What Home Assistant has stored of its users before the first one is created."""


async def add_guest(home: HomeAssistant) -> None:
    """Add the user."""
    created = await home.command(
        "config/auth/create", name=GUEST.title(), group_ids=[_GROUP]
    )
    await home.command(
        "config/auth_provider/homeassistant/create",
        user_id=created["user"]["id"],
        username=GUEST,
        password=GUEST,
    )
