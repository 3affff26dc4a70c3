"""The URLs of a PBX: what a user types, what the API is asked, what the PBX answers."""

import re
from urllib.parse import quote, unquote, urlencode

from yarl import URL

from .errors import InvalidResponse, InvalidUrl

API_PATH = "/openapi/v1.0"
_MAX_LENGTH = 2048
_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:")
_UNPRINTABLE = re.compile(r"[\x00-\x20\x7f\\]")


def normalize_base_url(typed: str) -> str:
    """Return the base URL that a user means, without a slash at its end.

    The scheme may be left out (https); a path before `/openapi/v1.0` is kept, for a PBX
    behind a proxy. Raise InvalidUrl where it cannot be a base URL.
    """
    address = typed.strip()
    if "://" not in address:
        address = f"https://{address}"
    if len(address) > _MAX_LENGTH or _UNPRINTABLE.search(address):
        raise InvalidUrl
    try:
        url = URL(address)
        port = url.port
    except ValueError:
        raise InvalidUrl from None
    if (
        url.scheme not in ("http", "https")
        or not url.host
        or not port
        or url.user is not None
        or url.password is not None
        or "?" in address
        or "#" in address
    ):
        raise InvalidUrl
    path = url.raw_path.rstrip("/").removesuffix(API_PATH).rstrip("/")
    return f"{url.origin()}{path}"


def is_https(base_url: str) -> bool:
    """Return whether the PBX is reached over TLS."""
    return base_url.startswith("https://")


def same_origin(one: URL, other: URL) -> bool:
    """Return whether two absolute URLs have scheme, host and port in common."""
    return (one.scheme, one.host, one.port) == (other.scheme, other.host, other.port)


def endpoint_url(base_url: str, endpoint: str, parameters: dict[str, str]) -> URL:
    """Return the URL of an API request.

    Spaces become `%20` rather than `+`, which not every server reads as a space.
    """
    query = urlencode(parameters, quote_via=quote, safe="")
    return URL(f"{base_url}{API_PATH}/{endpoint}?{query}", encoded=True)


def resource_url(base_url: str, resource: object) -> str:
    """Return where a `play_resource_url` leads: `{base_url}` and it, with one slash.

    Raise InvalidResponse where it would leave the PBX's origin, climb out of its path,
    or is no URL at all.
    """
    if not isinstance(resource, str) or not 0 < len(resource) <= _MAX_LENGTH:
        raise InvalidResponse("the play URL is not one")
    if (
        _UNPRINTABLE.search(resource)
        or "#" in resource
        or resource.startswith("//")
        or ".." in unquote(unquote(resource)).replace("\\", "/").split("/")
    ):
        raise InvalidResponse("the play URL is not one that is followed")
    if _SCHEME.match(resource):
        link = resource
    else:
        link = f"{base_url}/{resource.removeprefix('/')}"
    try:
        url = URL(link)
        inside = same_origin(url, URL(base_url)) and url.user is None
    except ValueError:
        inside = False
    if not inside:
        raise InvalidResponse("the play URL leads away from the PBX")
    return link if link.isascii() else str(url)
