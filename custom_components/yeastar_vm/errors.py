"""What went wrong, in the user's words: the translation key of each error."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers.translation import async_get_translations
from homeassistant.util import dt as dt_util

from .audio import AudioError, FfmpegMissing
from .const import DOMAIN
from .entry import YeastarConfigEntry
from .issues import async_report_error, async_settle
from .pbx import (
    AccessDenied,
    AddressBlocked,
    AddressNotAllowed,
    AudioTooLarge,
    CannotConnect,
    CertificateChanged,
    CertificateNotTrusted,
    InvalidCredentials,
    InvalidResponse,
    InvalidUrl,
    NoAudio,
    NotFound,
    NotSupported,
    PbxFault,
    Redirected,
    SignInPaused,
    TooManyTokens,
    YeastarError,
)

_KEYS: dict[type[Exception], str] = {
    AccessDenied: "access_denied",
    AddressBlocked: "address_blocked",
    AddressNotAllowed: "address_not_allowed",
    AudioError: "audio_not_decodable",
    AudioTooLarge: "audio_too_large",
    CertificateChanged: "certificate_changed",
    CertificateNotTrusted: "certificate_not_trusted",
    FfmpegMissing: "ffmpeg_missing",
    InvalidCredentials: "invalid_auth",
    InvalidResponse: "not_a_pbx",
    InvalidUrl: "invalid_url",
    NoAudio: "no_audio",
    NotFound: "not_found",
    NotSupported: "not_supported",
    PbxFault: "pbx_fault",
    Redirected: "redirected",
    TooManyTokens: "too_many_tokens",
}


def translation_of(err: YeastarError | AudioError) -> tuple[str, dict[str, str]]:
    """Return the translation key and the placeholders that say what happened."""
    match err:
        case CannotConnect():
            return err.reason.value, {}
        case SignInPaused():
            until = dt_util.as_local(dt_util.utc_from_timestamp(err.retry_at))
            today = until.date() == dt_util.now().date()
            placeholders = {"time": f"{until:%H:%M}" if today else f"{until:%F %H:%M}"}
        case PbxFault():
            placeholders = {"errcode": str(err.errcode)}
        case Redirected():
            placeholders = {"origin": err.origin}
        case _:
            placeholders = {}
    key = next(_KEYS[kind] for kind in type(err).__mro__ if kind in _KEYS)
    return key, placeholders


def invalid(key: str, **placeholders: str) -> ServiceValidationError:
    """Return the error for something that the user asked for and cannot have."""
    return refused(ServiceValidationError, key, **placeholders)


def refused[E: HomeAssistantError](kind: type[E], key: str, **placeholders: str) -> E:
    """Return a translated error of a kind."""
    return kind(
        translation_domain=DOMAIN,
        translation_key=key,
        translation_placeholders=placeholders,
    )


def failed(
    err: YeastarError | AudioError,
    kind: type[HomeAssistantError] = HomeAssistantError,
) -> HomeAssistantError:
    """Return the translated error for what the PBX or its audio gave no chance to."""
    key, placeholders = translation_of(err)
    return refused(kind, key, **placeholders)


@contextmanager
def translated_errors(
    hass: HomeAssistant,
    entry: YeastarConfigEntry,
    kind: type[HomeAssistantError] = HomeAssistantError,
    *,
    greetings: bool = True,
) -> Iterator[None]:
    """Turn what the PBX does wrong into a translated error, and tell the user of it.

    What works again settles what was wrong before; without `greetings`, that is not the
    firmware, which may still lack them.
    """
    try:
        yield
    except (YeastarError, AudioError) as err:
        async_tell_user(hass, entry, err)
        raise failed(err, kind) from err
    async_settle(hass, entry, greetings=greetings)


@asynccontextmanager
async def localized_errors(hass: HomeAssistant) -> AsyncIterator[None]:
    """Give a translated error its text in Home Assistant's language.

    For where only the text gets to the user, as in the media browser: left to itself,
    it is English.
    """
    try:
        yield
    except HomeAssistantError as err:
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


@callback
def async_tell_user(
    hass: HomeAssistant, entry: YeastarConfigEntry, err: YeastarError | AudioError
) -> None:
    """Ask for a new sign-in, or create a repair issue, where only the user can help."""
    if isinstance(err, InvalidCredentials):
        entry.async_start_reauth(hass)
    async_report_error(hass, entry, err)
