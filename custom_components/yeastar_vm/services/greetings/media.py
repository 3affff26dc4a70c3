"""Fetch media of Home Assistant: the audio behind a media content ID.

What may be fetched is what Home Assistant's own rules allow: its media sources, its own
URLs, and the URLs of `allowlist_external_urls`.
"""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Final
from urllib.parse import urljoin

import aiohttp
from homeassistant.auth.models import User
from homeassistant.components.http.auth import async_sign_path
from homeassistant.components.media_source import (
    PlayMedia,
    async_resolve_media,
    is_media_source_id,
)
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.helpers.network import is_hass_url
from yarl import URL

from ...entry import Pbx
from ...errors.failures import MediaNotResolved, MediaTooSlow, MediaUnavailable
from ...errors.invalid_input import (
    MediaEndless,
    MediaGone,
    MediaNotAllowed,
    MediaNotAudio,
    MediaTooLarge,
    NotMedia,
    SpeechEmpty,
)
from ...pbx import NotFound
from ...playback.references import (
    MediaReference,
    MessageReference,
    parse_media_content_id,
)

MAX_SOURCE: Final = 64 * 1024 * 1024  # bytes
MAX_REDIRECTS: Final = 5
CHUNK: Final = 64 * 1024  # bytes
# Seconds; text to speech in the cloud can take long for a long text.
FETCH_TIMEOUT: Final = 120
HTTP_TIMEOUT: Final = aiohttp.ClientTimeout(sock_connect=10, sock_read=60)
# For what does not say how long it is: it may be a live stream.
ENDLESS_TIME: Final = 30
SIGNATURE_LIFETIME: Final = timedelta(seconds=FETCH_TIMEOUT)

# How a server that listens on all addresses is reached.
_LOOPBACK: Final = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - not bound
_HOME_ASSISTANT: Final = "Home Assistant"
_REDIRECTS: Final = (301, 302, 303, 307, 308)
_SCHEMES: Final = ("http", "https")
_SIGNATURE: Final = "authSig"
_LOCAL: Final = "media-source://media_source/"
_TEXT_TO_SPEECH: Final = "media-source://tts/"
# Kinds of media in which there can be audio; cameras, for example, never end.
_AUDIO_TYPES: Final = ("audio/", "video/", "application/ogg", "application/octet")
# Playlists, and pictures one after the other.
_LIVE_TYPES: Final = (
    *("audio/mpegurl", "audio/x-mpegurl", "application/mpegurl"),
    *("application/x-mpegurl", "application/vnd.apple.mpegurl"),
    *("application/dash+xml", "audio/x-scpls", "application/pls+xml"),
    "multipart/x-mixed-replace",
)


async def async_fetch_media(
    hass: HomeAssistant, content_id: str, user: User | None = None
) -> bytes:
    """Return some media, at most 64 MB, as it is; a message only if a user may hear it.

    Raise ServiceValidationError for media that cannot be used, HomeAssistantError for
    media that cannot be fetched now.
    """
    try:
        async with asyncio.timeout(FETCH_TIMEOUT):
            content = await _fetch(hass, content_id, user)
    except TimeoutError:
        raise MediaTooSlow(seconds=str(FETCH_TIMEOUT)) from None
    if not content:
        raise MediaNotAudio
    return content


async def _fetch(hass: HomeAssistant, content_id: str, user: User | None) -> bytes:
    if parsed := parse_media_content_id(content_id):
        return await _fetch_from_pbx(hass, *parsed, user)
    if content_id.startswith(_TEXT_TO_SPEECH) and "tts" in hass.config.components:
        return await _speak(hass, content_id)
    if is_media_source_id(content_id):
        media = await _resolve(hass, content_id)
        if media.path:
            # The ending of a file says little: it will be tried.
            if media.mime_type.startswith("image/"):
                raise MediaNotAudio
            return await hass.async_add_executor_job(_read, media.path)
        if not media.mime_type.startswith(_AUDIO_TYPES):
            raise MediaNotAudio
        return await _download(hass, _parse_url(media.url), lambda _: True)
    return await _download(hass, _parse_url(content_id), _allowed(hass))


async def _fetch_from_pbx(
    hass: HomeAssistant, pbx: str, reference: MediaReference, user: User | None
) -> bytes:
    """Return a greeting or a message, as its PBX stores it."""
    found = await Pbx.find(hass, pbx)
    if isinstance(reference, MessageReference):
        mailbox = found.mailbox(reference.number, user)
        await mailbox.find(reference.message_id)
        async with mailbox.audio_of(reference.message_id):
            link = await reference.get_link(found.client)
            return await found.client.audio.download(link)
    with found.errors():
        try:
            _, link = await reference.find(found.client)
        except NotFound:
            raise MediaGone from None
        return await found.client.audio.download(link)


async def _speak(hass: HomeAssistant, content_id: str) -> bytes:
    """Return text as speech, without a detour over HTTP that would hide errors."""
    # Its requirements are installed when it is set up.
    from homeassistant.components import tts  # noqa: PLC0415

    if not URL(content_id).query.get("message", "none, but a stream").strip():
        raise SpeechEmpty
    try:
        _, content = await tts.async_get_media_source_audio(hass, content_id)
    except Exception as err:
        raise _not_resolved(err) from err
    return content


async def _resolve(hass: HomeAssistant, content_id: str) -> PlayMedia:
    try:
        return await async_resolve_media(hass, content_id, None)
    except AssertionError as err:
        # The ending of a local file is not known, after its path was checked.
        folder, _, name = content_id.removeprefix(_LOCAL).partition("/")
        if folder not in hass.config.media_dirs:
            raise _not_resolved(err) from err
        path = Path(hass.config.media_dirs[folder], name)
        return PlayMedia(content_id, "", path=path)
    except Exception as err:
        raise _not_resolved(err) from err


def _not_resolved(err: Exception) -> MediaNotResolved:
    # Other texts can contain a URL with a key.
    reason = str(err)
    if not isinstance(err, HomeAssistantError) or "ffmpeg" in reason.lower():
        reason = type(err).__name__
    return MediaNotResolved(reason=reason.rstrip("."))


def _read(path: Path) -> bytes:
    """Return the content of a file; raise ServiceValidationError."""
    try:
        with path.open("rb") as file:
            content = file.read(MAX_SOURCE + 1)
    except OSError as err:
        raise MediaNotResolved(reason=str(err.strerror)) from err
    if len(content) > MAX_SOURCE:
        raise _too_large()
    return content


def _too_large() -> MediaTooLarge:
    return MediaTooLarge(size=str(MAX_SOURCE // (1024 * 1024)))


def _parse_url(text: str) -> URL:
    """Return a URL of http or https, or one without a host: Home Assistant's own."""
    try:
        url = URL(text)
    except ValueError:
        raise NotMedia from None
    is_own = text.startswith("/") and not url.raw_authority
    if not is_own and (url.scheme not in _SCHEMES or not url.host):
        raise NotMedia
    return url


def _allowed(hass: HomeAssistant) -> Callable[[URL], bool]:
    """Return the check whether the user may fetch a URL of another server.

    The list has servers, and may have them with the user that a URL names.
    """
    return lambda url: any(
        hass.config.is_allowed_external_url(str(each))
        for each in (url, url.with_user(None))
    )


async def _download(
    hass: HomeAssistant, url: URL, may_fetch: Callable[[URL], bool]
) -> bytes:
    """Return what a URL leads to; every server on the way has to be allowed.

    Home Assistant's session refuses to be redirected to this machine.
    """
    if not url.host or is_hass_url(hass, str(url)):
        return await _download_own(hass, url)
    session = async_get_clientsession(hass)
    for _ in range(MAX_REDIRECTS + 1):
        if not may_fetch(url):
            raise MediaNotAllowed(origin=str(url.origin()))
        assert url.host
        content = await _get(session, url, url.host)
        if isinstance(content, bytes):
            return content
        host, url = url.host, content
    raise _unavailable(host, "too many redirects")


async def _download_own(hass: HomeAssistant, url: URL) -> bytes:
    """Return what a URL of Home Assistant leads to, whatever its address is outside."""
    server = hass.http
    base = URL.build(
        scheme="http" if server.ssl_certificate is None else "https",
        host=_reachable(server.server_host),
        port=server.server_port,
    )
    own = URL(f"{base.origin()}{url.raw_path_qs}")
    if _SIGNATURE not in own.query:
        signed = async_sign_path(
            hass, own.raw_path_qs, SIGNATURE_LIFETIME, use_content_user=True
        )
        signature = signed.rpartition(f"{_SIGNATURE}=")[2]
        own = own.update_query({_SIGNATURE: signature})
    # The certificate is for the name that others know this machine by.
    session = async_get_clientsession(hass, verify_ssl=False)
    content = await _get(session, own, _HOME_ASSISTANT)
    if not isinstance(content, bytes):
        raise _unavailable(_HOME_ASSISTANT, "redirect")
    return content


def _reachable(hosts: list[str] | None) -> str:
    """Return an address at which a server that listens on these is reached."""
    host = hosts[0] if hosts else ""
    return _LOOPBACK.get(host, host) or "127.0.0.1"


async def _get(session: aiohttp.ClientSession, url: URL, host: str) -> bytes | URL:
    """Return what a server answers, or where it redirects to; `host` is its name."""
    try:
        async with session.get(
            url, allow_redirects=False, timeout=HTTP_TIMEOUT
        ) as response:
            location = response.headers.get("Location")
            if response.status in _REDIRECTS and location:
                return _redirect(url, location, host)
            if response.status != HTTPStatus.OK:
                raise _unavailable(host, f"HTTP {response.status}")
            if response.content_type in ("text/html", "application/json"):
                raise MediaNotAudio
            if _is_live(response):
                raise MediaEndless
            if (response.content_length or 0) > MAX_SOURCE:
                raise _too_large()
            return await _read_body(response)
    except aiohttp.ClientResponseError as err:
        # Old radio stations do not speak HTTP.
        if "ICY" in err.message:
            raise MediaEndless from None
        raise _unavailable(host, type(err).__name__) from None
    except aiohttp.ClientError as err:
        # The text contains the URL, which can contain a key.
        raise _unavailable(host, type(err).__name__) from None


def _is_live(response: aiohttp.ClientResponse) -> bool:
    """Return whether a server says that what it sends never ends, as radio stations."""
    server = response.headers.get("Server", "").lower()
    return (
        response.content_type in _LIVE_TYPES
        or any(name.lower().startswith(("icy-", "ice-")) for name in response.headers)
        or any(name in server for name in ("icecast", "shoutcast"))
    )


async def _read_body(response: aiohttp.ClientResponse) -> bytes:
    """Return a body; one that does not say how long it is has less time to end."""
    content = bytearray()
    limit = None if response.content_length is not None else ENDLESS_TIME
    try:
        async with asyncio.timeout(limit):
            async for chunk in response.content.iter_chunked(CHUNK):
                content += chunk
                if len(content) > MAX_SOURCE:
                    raise _too_large()
    except TimeoutError:
        if limit is None:
            raise
        raise MediaEndless from None
    return bytes(content)


def _redirect(url: URL, location: str, host: str) -> URL:
    try:
        target = URL(urljoin(str(url), location))
    except ValueError:
        raise _unavailable(host, "redirect") from None
    if target.scheme not in _SCHEMES or not target.host:
        raise _unavailable(host, "redirect")
    return target


def _unavailable(host: str, reason: str) -> MediaUnavailable:
    return MediaUnavailable(host=host, reason=reason)
