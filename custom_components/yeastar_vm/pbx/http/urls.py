"""The URLs of a PBX: what a user types, what the API is asked, what the PBX answers."""

from collections.abc import Mapping
from ipaddress import IPv4Address
import re
from urllib.parse import quote, unquote

from yarl import URL

from ..errors import InvalidLink, InvalidUrl

API_PATH = "/openapi/v1.0"
_MAX_LENGTH = 2048
_MAX_HOST = 253
# What the vendor's pages and browsers show after the base URL: the endpoints of the
# API, and the first pages of the web portal.
_COPIED_PATH = re.compile(
    r"(?:/+login(?:\.\w+)?|/+index\.\w+)*(?:/+openapi(?:/.*)?)?/*$"
)
_AUTHORITY = re.compile(r"(?:\[[^\]]*\]|[^:\[\]]*)(?::[0-9]{0,5})?")
_NUMBER = re.compile(r"\d+|0x[\da-f]*", re.ASCII)
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

    The scheme may be left out (https). What was copied along from a browser or from the
    vendor's pages is cut off. A path before it is kept, for a PBX behind a proxy. Raise
    InvalidUrl if it cannot be a base URL.
    """
    address = re.split(r"[?#]", typed.strip(), maxsplit=1)[0]
    if "://" not in address:
        address = f"https://{address}"
    if len(address) > _MAX_LENGTH or _AMBIGUOUS.search(address) or "@" in address:
        raise InvalidUrl
    authority = address.split("/", 3)[2]
    # yarl also reads the digits of other scripts, and signs before a port.
    if not _AUTHORITY.fullmatch(authority) or any(
        mark.isdigit() and not mark.isascii() for mark in authority
    ):
        raise InvalidUrl
    try:
        url = URL(address)
        # `host` also reads Punycode.
        origin, host, port = str(url.origin()), url.host and url.raw_host, url.port
    except ValueError:
        raise InvalidUrl from None
    if not _ORIGIN.fullmatch(origin) or not host or not port or not _can_be_host(host):
        raise InvalidUrl
    return f"{origin}{_COPIED_PATH.sub('', url.raw_path)}"


def _can_be_host(host: str) -> bool:
    """Return whether a host can be looked up.

    One that ends in a number is an IPv4 address, as in browsers.
    """
    if ":" in host:
        return True
    labels = host.removesuffix(".").split(".")
    if _NUMBER.fullmatch(labels[-1]):
        try:
            IPv4Address(host)
        except ValueError:
            return False
    return len(host) <= _MAX_HOST and all(0 < len(label) < 64 for label in labels)


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
