"""The media players that an action targets."""

import logging

from homeassistant.auth.models import User
from homeassistant.auth.permissions.const import POLICY_CONTROL
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
from homeassistant.core import HomeAssistant, ServiceCall, callback
from homeassistant.exceptions import Unauthorized
from homeassistant.helpers.target import (
    SelectedEntities,
    TargetSelection,
    async_extract_referenced_entity_ids,
)

from ..errors.invalid_input import (
    GroupInItself,
    NoPlayers,
    NotAPlayer,
    PlayerCannotPlay,
    PlayerNotFound,
    PlayerUnavailable,
)
from ..errors.translated import InvalidInput

_LOGGER = logging.getLogger(__name__)


@callback
def async_target_players(call: ServiceCall, user: User | None) -> list[str]:
    """Return the media players that an action of a user targets.

    Entities that the user names must be able to play media. Members of groups that
    can't are skipped with a warning, and those of areas, devices, floors and labels
    silently, as the actions of `media_player` do. Raise ServiceValidationError if no
    player is left, and Unauthorized if the user may not control what is targeted.
    """
    hass = call.hass
    if call.data.get(ATTR_ENTITY_ID) == ENTITY_MATCH_ALL:
        everything = [
            entity_id
            for entity_id in hass.states.async_entity_ids(MEDIA_PLAYER_DOMAIN)
            if _may_control(user, entity_id)
        ]
        # Selected by name, so that Home Assistant leaves out what the target excludes.
        selection = TargetSelection({**call.data, ATTR_ENTITY_ID: everything})
        found = selected_entities(hass, selection).referenced
    else:
        selection = TargetSelection(call.data)
        selected = selected_entities(hass, selection)
        found = selected.referenced | selected.indirectly_referenced
        for entity_id in found:
            if not _may_control(user, entity_id):
                raise Unauthorized(
                    context=call.context,
                    entity_id=entity_id,
                    permission=POLICY_CONTROL,
                )
        _check_named(hass, selection, selected)
    players = [entity_id for entity_id in found if not _problem(hass, entity_id)]
    if not players:
        raise NoPlayers
    return sorted(players)


def _may_control(user: User | None, entity_id: str) -> bool:
    return user is None or user.permissions.check_entity(entity_id, POLICY_CONTROL)


def selected_entities(
    hass: HomeAssistant, selection: TargetSelection
) -> SelectedEntities:
    """Return the entities of a target as Home Assistant finds them."""
    try:
        return async_extract_referenced_entity_ids(hass, selection)
    except RecursionError:
        raise GroupInItself from None


def _check_named(
    hass: HomeAssistant, selection: TargetSelection, selected: SelectedEntities
) -> None:
    """Raise for entities named by the user, and warn about the rest of a target."""
    for entity_id in sorted(selection.entity_ids):
        if entity_id in selected.referenced and (problem := _problem(hass, entity_id)):
            raise problem(entity_id=entity_id)
        # The members of a group are referenced in its place.
        if hass.states.get(entity_id) is None:
            raise PlayerNotFound(entity_id=entity_id)
    members = selected.referenced - selection.entity_ids
    problems = {member: _problem(hass, member) for member in members}
    selected.log_missing(
        {
            member
            for member, problem in problems.items()
            if problem not in (None, PlayerCannotPlay)
        },
        _LOGGER,
    )
    if unable := sorted(
        member for member, problem in problems.items() if problem is PlayerCannotPlay
    ):
        _LOGGER.warning("Members that cannot play media: %s", ", ".join(unable))


def _problem(hass: HomeAssistant, entity_id: str) -> type[InvalidInput] | None:
    """Return the error for what keeps an entity from playing media, if anything."""
    if not entity_id.startswith(f"{MEDIA_PLAYER_DOMAIN}."):
        return NotAPlayer
    if (state := hass.states.get(entity_id)) is None:
        return PlayerNotFound
    if state.state == STATE_UNAVAILABLE:
        return PlayerUnavailable
    features = state.attributes.get(ATTR_SUPPORTED_FEATURES, 0)
    if not features & MediaPlayerEntityFeature.PLAY_MEDIA:
        return PlayerCannotPlay
    return None
