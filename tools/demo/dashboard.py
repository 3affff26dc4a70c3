"""A dashboard for the card."""

from collections.abc import Mapping
from typing import Any, Final

from .errors import DemoError
from .home_assistant import HomeAssistant

DASHBOARD: Final = "voice-mail"
"""Its path."""

_CARD = "yeastar-vm-card"


async def add_dashboard(home: HomeAssistant, title: str) -> None:
    """Add a dashboard without cards."""
    await home.command(
        "lovelace/dashboards/create",
        url_path=DASHBOARD,
        title=title,
        icon="mdi:voicemail",
        mode="storage",
        show_in_sidebar=True,
        require_admin=False,
    )
    await show_cards(home)


async def show_cards(home: HomeAssistant, *cards: Mapping[str, Any]) -> None:
    """Replace the cards on the dashboard."""
    view = {"type": "sections", "sections": [{"type": "grid", "cards": cards}]}
    await home.command(
        "lovelace/config/save", url_path=DASHBOARD, config={"views": [view]}
    )


def voicemail_card(event: str, media_player: str) -> dict[str, Any]:
    """Return the card of a mailbox, by its event entity."""
    return {
        "type": f"custom:{_CARD}",
        "entities": [event],
        "media_player": media_player,
    }


async def require_card(home: HomeAssistant) -> None:
    """Raise DemoError unless dashboards load the card, and once."""
    resources = await home.command("lovelace/resources")
    urls = [each["url"] for each in resources if _CARD in each["url"]]
    if len(urls) != 1:
        raise DemoError(f"the dashboards load the card from {urls or 'nowhere'}")
    async with home.session.get(urls[0]) as response:
        if not response.ok or _CARD not in await response.text():
            raise DemoError(f"{urls[0]} is not the card")
