"""Users of Home Assistant, by what they may do with entities."""

from typing import Any

from homeassistant.auth.models import Credentials
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import CLIENT_ID, MockUser

EVERYTHING = {"entities": True}
NOTHING: dict[str, Any] = {"entities": {}}


def user_with(hass: HomeAssistant, policy: dict[str, Any]) -> MockUser:
    """Return a user who is allowed what a policy says."""
    user = MockUser().add_to_hass(hass)
    user.mock_policy(policy)
    return user


def may_read(*entity_ids: str) -> dict[str, Any]:
    """Return the policy to see some entities, and nothing else."""
    return {"entities": {"entity_ids": {each: {"read": True} for each in entity_ids}}}


async def access_token(hass: HomeAssistant, user: MockUser) -> str:
    """Return the token with which a user signs in."""
    credential = Credentials(
        id=user.id,
        auth_provider_type="homeassistant",
        auth_provider_id=None,
        data={"username": user.id},
        is_new=False,
    )
    user.credentials.append(credential)
    refresh_token = await hass.auth.async_create_refresh_token(
        user, CLIENT_ID, credential=credential
    )
    return hass.auth.async_create_access_token(refresh_token)
