"""A user who may use the media players and sees no mailbox."""

from typing import Final

from .home_assistant import PLAYERS_ONLY, HomeAssistant

GUEST: Final = "guest"
"""The name of the user, and the password."""


async def add_guest(home: HomeAssistant) -> None:
    """Add the user."""
    created = await home.command(
        "config/auth/create", name=GUEST.title(), group_ids=[PLAYERS_ONLY]
    )
    await home.command(
        "config/auth_provider/homeassistant/create",
        user_id=created["user"]["id"],
        username=GUEST,
        password=GUEST,
    )
