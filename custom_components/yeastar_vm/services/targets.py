"""The media players that an action targets."""

from typing import Any

from homeassistant.components.media_player import (
    DOMAIN as MEDIA_PLAYER_DOMAIN,
    MediaPlayerEntityFeature,
)
from homeassistant.const import (
    ATTR_ENTITY_ID,
    ATTR_SUPPORTED_FEATURES,
    ENTITY_MATCH_ALL,
    STATE_UNAVAILABLE,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers.target import (
    TargetSelection,
    async_extract_referenced_entity_ids,
)

from ..exceptions import invalid


def target_players(hass: HomeAssistant, data: dict[str, Any]) -> list[str]:
    """Return the media players of a target.

    Entities that are named explicitly must be able to play media. Entities of areas,
    floors, labels and devices that cannot are skipped. Raise ServiceValidationError if
    no player is left.
    """
    if data.get(ATTR_ENTITY_ID) == ENTITY_MATCH_ALL:
        named = set[str]()
        others = set(hass.states.async_entity_ids(MEDIA_PLAYER_DOMAIN))
    else:
        selected = async_extract_referenced_entity_ids(hass, TargetSelection(data))
        named, others = selected.referenced, selected.indirectly_referenced
    for entity_id in named:
        if problem := _problem(hass, entity_id):
            raise invalid(problem, entity_id=entity_id)
    players = named | {other for other in others if not _problem(hass, other)}
    if not players:
        raise invalid("no_players")
    return sorted(players)


def _problem(hass: HomeAssistant, entity_id: str) -> str | None:
    """Return the translation key of what keeps an entity from playing media."""
    if not entity_id.startswith(f"{MEDIA_PLAYER_DOMAIN}."):
        return "not_a_player"
    if (state := hass.states.get(entity_id)) is None:
        return "player_not_found"
    if state.state == STATE_UNAVAILABLE:
        return "player_unavailable"
    features = state.attributes.get(ATTR_SUPPORTED_FEATURES, 0)
    if not features & MediaPlayerEntityFeature.PLAY_MEDIA:
        return "player_cannot_play"
    return None
