"""Errors with a text in the language of the user."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
import re
from typing import Any, ClassVar, Final

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers.translation import async_get_translations
from homeassistant.util import dt as dt_util

from ..const import DOMAIN
from ..library import LibraryError
from ..pbx import SignInPaused

MINUTE: Final = 60  # seconds

# The texts of errors without what they advise.
_REASONS: Final = {
    "gateway_refused": "gateway_refused_reason",
    "interrupted": "interrupted_reason",
}
_WORD: Final = re.compile(r"(?<!^)(?=[A-Z])")


class Translated(HomeAssistantError):
    """An error whose text has the name of its class as its key, in snake case.

    It is created with the placeholders of that text. `advises` tells whether the text
    says what to do, so that a reason in it must not say something else.
    """

    key: str
    advises: ClassVar[bool] = False

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Derive the key."""
        super().__init_subclass__(**kwargs)
        cls.key = _WORD.sub("_", cls.__name__).lower()

    def __init__(self, **placeholders: str) -> None:
        HomeAssistantError.__init__(
            self,
            translation_domain=DOMAIN,
            translation_key=self.key,
            translation_placeholders=placeholders,
        )


class InvalidInput(Translated, ServiceValidationError):
    """What the user asks for is not possible as it is."""


class Failed(Translated):
    """What the user asks for failed."""


def translated[E: HomeAssistantError](
    kind: type[E], key: str, **placeholders: str
) -> E:
    """Return an exception of a kind that has the text of a key."""
    return kind(
        translation_domain=DOMAIN,
        translation_key=key,
        translation_placeholders=placeholders,
    )


def translate[E: HomeAssistantError](err: LibraryError, kind: type[E]) -> E:
    """Return the exception of a kind for an error of the libraries."""
    return translated(kind, err.key, **error_placeholders(err))


def error_placeholders(err: LibraryError) -> dict[str, str]:
    """Return the placeholders of the text of an error."""
    if not isinstance(err, SignInPaused):
        return err.details
    # Rounded up: a retry at the time that is shown must not be too early.
    until = dt_util.as_local(
        dt_util.utc_from_timestamp(-(-err.retry_at // MINUTE) * MINUTE)
    )
    today = until.date() == dt_util.now().date()
    time = f"{until:%H:%M}" if today else f"{until:%F %H:%M}"
    return {**err.details, "time": time}


async def async_localized_message(hass: HomeAssistant, err: HomeAssistantError) -> str:
    """Return the message of a translated error in the language of Home Assistant.

    `str(err)` is English unless it says why: see `async_because`.
    """
    texts = await async_texts(hass, "exceptions")
    message = texts[f"{err.translation_key}.message"]
    return message.format(**err.translation_placeholders or {})


async def async_because[E: Translated](
    hass: HomeAssistant,
    kind: type[E],
    reason: LibraryError | HomeAssistantError,
    **placeholders: str,
) -> E:
    """Return an error whose text has the one of another error in it.

    All of it is in the language of Home Assistant, also `str(err)`, for the log.
    """
    if isinstance(reason, LibraryError):
        key = _REASONS.get(reason.key, reason.key) if kind.advises else reason.key
        reason = translated(HomeAssistantError, key, **error_placeholders(reason))
    err = kind(**placeholders, reason=await async_localized_message(hass, reason))
    # Home Assistant leaves the full stop out, too.
    err.args = ((await async_localized_message(hass, err)).removesuffix("."),)
    err.generate_message = False
    return err


async def async_texts(hass: HomeAssistant, category: str) -> dict[str, str]:
    """Return the texts of a category in the language of Home Assistant, by key."""
    texts = await async_get_translations(hass, hass.config.language, category, [DOMAIN])
    prefix = f"component.{DOMAIN}.{category}."
    return {key.removeprefix(prefix): text for key, text in texts.items()}


@asynccontextmanager
async def localized_errors(
    hass: HomeAssistant, kind: type[HomeAssistantError]
) -> AsyncIterator[None]:
    """Turn translated errors into a kind whose `str(err)` is localized.

    That is what the media browser shows.
    """
    try:
        yield
    except HomeAssistantError as err:
        raise kind(
            await async_localized_message(hass, err),
            translation_domain=DOMAIN,
            translation_key=err.translation_key,
            translation_placeholders=err.translation_placeholders,
        ) from err


@asynccontextmanager
async def time_limit(
    seconds: int, error: type[Failed] | None = None
) -> AsyncIterator[None]:
    """Limit how long something takes; the text of the error has the seconds.

    Each request has a limit of its own, and a user may wait for several.
    """
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError:
        raise (error or PbxTooSlow)(seconds=str(seconds)) from None


class PbxTooSlow(Failed):
    """All requests together took too long."""
