"""What becomes of tokens."""

from dataclasses import dataclass
from enum import StrEnum, auto

from simulator import errors

from .refusal import Refusal


class OldTokens(StrEnum):
    """What a new sign-in does to the tokens of earlier ones; reports contradict."""

    STAY = auto()
    ACCESS_DIES = auto()
    ALL_DIE = auto()


@dataclass
class TokenSwitches:
    """Switches of access and refresh tokens."""

    token_refusal: Refusal = Refusal.TOKEN_EXPIRED
    """Answer to an access token that is expired, unknown or missing."""
    refuse_refresh: bool = False
    """Refuse every refresh token."""
    refresh_refusal: Refusal = Refusal.TOKEN_EXPIRED
    """Answer to a refresh token that is expired, unknown or already used."""
    refused_refresh_is_failed_login: bool = False
    """Count a refused refresh token as one of the five failed logins."""
    old_access_token_dies_at_refresh: bool = True
    old_tokens_at_sign_in: OldTokens = OldTokens.STAY
    wrong_secret: int = errors.FAILURE
    """Errcode of a refused sign-in; other than by default it names no parameter."""
