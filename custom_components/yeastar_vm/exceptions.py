"""Translate errors of the PBX library and of the audio conversion."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers.translation import async_get_translations
from homeassistant.util import dt as dt_util

from .audio import AudioError
from .const import DOMAIN
from .pbx import SignInPaused, YeastarError

MINUTE = 60  # seconds


def translated[E: HomeAssistantError](
    kind: type[E], key: str, **placeholders: str
) -> E:
    """Return a translated exception of a kind."""
    return kind(
        translation_domain=DOMAIN,
        translation_key=key,
        translation_placeholders=placeholders,
    )


def invalid(key: str, **placeholders: str) -> ServiceValidationError:
    """Return the translated exception for wrong input of the user."""
    return translated(ServiceValidationError, key, **placeholders)


def translate[E: HomeAssistantError](
    err: YeastarError | AudioError, kind: type[E]
) -> E:
    """Return the translated exception of a kind for an error."""
    return translated(kind, err.key, **error_placeholders(err))


def error_placeholders(err: YeastarError | AudioError) -> dict[str, str]:
    """Return the placeholders of the text of an error."""
    if not isinstance(err, SignInPaused):
        return err.details
    # Rounded up: a retry at the time that is shown must not be too early.
    until = dt_util.as_local(
        dt_util.utc_from_timestamp(-(-err.retry_at // MINUTE) * MINUTE)
    )
    today = until.date() == dt_util.now().date()
    return {"time": f"{until:%H:%M}" if today else f"{until:%F %H:%M}"}


@asynccontextmanager
async def localized_errors(hass: HomeAssistant) -> AsyncIterator[None]:
    """Localize the message of a translated error.

    The media browser shows `str(err)`, which is always English otherwise.
    """
    try:
        yield
    except HomeAssistantError as err:
        if err.translation_domain != DOMAIN or not err.translation_key:
            raise
        texts = await async_get_translations(
            hass, hass.config.language, "exceptions", [DOMAIN]
        )
        message = texts[f"component.{DOMAIN}.exceptions.{err.translation_key}.message"]
        placeholders = err.translation_placeholders
        raise type(err)(
            message.format(**placeholders or {}),
            translation_domain=DOMAIN,
            translation_key=err.translation_key,
            translation_placeholders=placeholders,
        ) from err
