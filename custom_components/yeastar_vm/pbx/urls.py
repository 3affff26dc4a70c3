"""The URLs of a PBX: what a user types, what the API is asked, what the PBX answers."""

from collections.abc import Mapping
import re
from urllib.parse import quote, unquote

from yarl import URL

from .errors import InvalidLink, InvalidUrl

API_PATH = "/openapi/v1.0"
_MAX_LENGTH = 2048
_API_PATHS = re.compile(rf"(?:/|{re.escape(API_PATH)})*$")
_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:")
# Scheme, host and port, without a user; the rest after the slash.
_ABSOLUTE = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]*://[^/?@]*)/(.*)")
# The host is a name (in Punycode), an IPv4 or an IPv6 address: some characters become
# white space, brackets or back slashes when a name is brought to ASCII.
_ORIGIN = re.compile(r"https?://([\w.-]+|\[[\da-f:.]+(%[\w.-]+)?\])(:\d+)?", re.ASCII)
# Control characters, back slashes, halves of surrogate pairs: parsers drop some of them
# or replace them, each others.
_AMBIGUOUS = re.compile(r"[\x00-\x20\x7f\\\ud800-\udfff]")


def normalize_base_url(typed: str) -> str:
    """Return the base URL that a user means, without a slash at its end.

    The scheme may be left out (https); a path before `/openapi/v1.0` is kept, for a PBX
    behind a proxy. Raise InvalidUrl where it cannot be a base URL.
    """
    address = typed.strip()
    if "://" not in address:
        address = f"https://{address}"
    if (
        len(address) > _MAX_LENGTH
        or _AMBIGUOUS.search(address)
        or any(mark in address for mark in "?#@")
    ):
        raise InvalidUrl
    try:
        url = URL(address)
        origin, host, port = str(url.origin()), url.host, url.port
    except ValueError:
        raise InvalidUrl from None
    if not _ORIGIN.fullmatch(origin) or not host or not port:
        raise InvalidUrl
    return f"{origin}{_API_PATHS.sub('', url.raw_path)}"


def same_origin(one: URL, other: URL) -> bool:
    """Return whether two absolute URLs have scheme, host and port in common."""
    return (one.scheme, one.host, one.port) == (other.scheme, other.host, other.port)


def query_string(parameters: Mapping[str, str]) -> str:
    """Return parameters, whose names need no encoding, as they stand in a URL.

    Spaces become `%20` rather than `+`, which not every server reads as a space; halves
    of surrogate pairs what no server takes for a character.
    """
    return "&".join(
        f"{name}={quote(value, safe='', errors='surrogatepass')}"
        for name, value in parameters.items()
    )


def endpoint_url(base_url: str, endpoint: str, parameters: Mapping[str, str]) -> URL:
    """Return the URL of an API request."""
    query = query_string(parameters)
    return URL(f"{base_url}{API_PATH}/{endpoint}?{query}", encoded=True)


def resource_url(base_url: str, resource: object) -> str:
    """Return the URL of a `play_resource_url`: `{base_url}` and it, with one slash.

    The PBX may begin it with no slash, one or two. An absolute URL must have the origin
    of the PBX, which is written again, so that each player reads it the same way. Raise
    InvalidLink if it would leave the origin or the path of the PBX, or is not a URL.
    """
    if not isinstance(resource, str) or not 0 < len(resource) <= _MAX_LENGTH:
        raise InvalidLink("the link is not a URL")
    if (
        _AMBIGUOUS.search(resource)
        or "#" in resource
        or ".." in re.split(r"[/?\\]", unquote(unquote(resource)))
    ):
        raise InvalidLink("the link is ambiguous")
    if match := _ABSOLUTE.fullmatch(resource):
        origin = URL(base_url).origin()
        try:
            inside = same_origin(URL(match[1]), origin)
        except ValueError:
            inside = False
        link = f"{origin}/{match[2]}"
    else:
        inside = not _SCHEME.match(resource)
        link = f"{base_url}/{resource.lstrip('/')}"
    if not inside:
        raise InvalidLink("the link leads away from the PBX")
    return link if link.isascii() else str(URL(link))
