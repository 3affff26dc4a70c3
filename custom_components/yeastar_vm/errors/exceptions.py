"""Translate errors of the PBX library and of the audio conversion."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers.translation import async_get_translations
from homeassistant.util import dt as dt_util

from ..audio import AudioError
from ..const import DOMAIN
from ..pbx import SignInPaused, YeastarError

MINUTE: Final = 60  # seconds

_IN_BETWEEN: Final = (
    ConfigEntryState.SETUP_IN_PROGRESS,
    ConfigEntryState.UNLOAD_IN_PROGRESS,
)


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


async def async_localized_message(hass: HomeAssistant, err: HomeAssistantError) -> str:
    """Return the message of a translated error in the language of Home Assistant.

    `str(err)` is always English.
    """
    texts = await async_texts(hass, "exceptions")
    message = texts[f"{err.translation_key}.message"]
    return message.format(**err.translation_placeholders or {})


async def async_texts(hass: HomeAssistant, category: str) -> dict[str, str]:
    """Return the texts of a category in the language of Home Assistant, by key."""
    texts = await async_get_translations(hass, hass.config.language, category, [DOMAIN])
    prefix = f"component.{DOMAIN}.{category}."
    return {key.removeprefix(prefix): text for key, text in texts.items()}


@asynccontextmanager
async def localized_errors(hass: HomeAssistant) -> AsyncIterator[None]:
    """Localize the message of a translated error.

    The media browser shows `str(err)`.
    """
    try:
        yield
    except HomeAssistantError as err:
        if err.translation_domain != DOMAIN:
            raise
        raise type(err)(
            await async_localized_message(hass, err),
            translation_domain=DOMAIN,
            translation_key=err.translation_key,
            translation_placeholders=err.translation_placeholders,
        ) from err


@asynccontextmanager
async def time_limit(
    seconds: int,
    key: str = "pbx_too_slow",
    *,
    kind: type[HomeAssistantError] = HomeAssistantError,
) -> AsyncIterator[None]:
    """Limit how long something takes; `key` is that of the error.

    Each request has a limit of its own, and a user may wait for several.
    """
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError:
        raise translated(kind, key, seconds=str(seconds)) from None


async def not_loaded[E: HomeAssistantError](
    hass: HomeAssistant, entry: ConfigEntry[Any], kind: type[E]
) -> E:
    """Return the translated exception for an entry that is not loaded.

    If its setup failed, the exception has the reason, which is a text of ours.
    """
    if entry.disabled_by:
        return translated(kind, "pbx_disabled", name=entry.title)
    if entry.state in _IN_BETWEEN:
        return translated(kind, "pbx_in_between", name=entry.title)
    if not (key := entry.error_reason_translation_key):
        return translated(kind, "pbx_not_loaded", name=entry.title)
    reason = translated(kind, key, **entry.error_reason_translation_placeholders or {})
    if entry.state is not ConfigEntryState.SETUP_RETRY:
        return reason
    return translated(
        kind,
        "pbx_not_connected",
        name=entry.title,
        reason=await async_localized_message(hass, reason),
    )
