"""The URLs of a PBX: what a user types, what the API is asked, what the PBX answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address
import re
from typing import Final, Self
import unicodedata
from urllib.parse import quote, unquote

from yarl import URL

from ..errors import InvalidLink, InvalidUrl

API_PATH: Final = "/openapi/v1.0"
_MAX_LENGTH: Final = 2048
_MAX_HOST: Final = 253
# What may stand around a URL in a text, and the full stop of some keyboards.
_QUOTES: Final = "\"'`<>()«»‹›„“”‚‘’"  # noqa: RUF001
_AFTER: Final = f"{_QUOTES}.,;:! \t\r\n"
# The marks of East Asian keyboards that stand for those of URLs.
_MARKS: Final = str.maketrans("：／．。｡", ":/...")  # noqa: RUF001
# The beginning of a URL with its usual slips: `https//`, `https:/`, `https:\\`.
_TYPED_SCHEME: Final = re.compile(
    r"[:/\\]*(https?)(?::[/\\]*|[.,;]*[/\\]+)", re.IGNORECASE
)
_OTHER_SCHEME: Final = re.compile(r"[\w+.-]+://")
# What the vendor's pages and browsers show after the base URL: the endpoints of the
# API, and the first pages of the web portal.
_COPIED_PATH: Final = re.compile(
    r"(?:/+login(?:\.\w+)?|/+index\.\w+)*(?:/+openapi(?:/.*)?)?/*$"
)
_AUTHORITY: Final = re.compile(r"(\[[^\]]*\]|[^:\[\]]*)(:[0-9]{1,5})?")
_NUMBER: Final = re.compile(r"\d+|0x[\da-f]*", re.ASCII)
_SCHEME: Final = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:")
# Scheme, host and port, without a user; the rest after the slash.
_ABSOLUTE: Final = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]*://[^/?@]*)/(.*)")
# The host is a name (in Punycode), an IPv4 or an IPv6 address: some characters become
# white space, brackets or back slashes when a name is brought to ASCII.
_ORIGIN: Final = re.compile(
    r"https?://([\w.-]+|\[[\da-f:.]+(%[\w.-]+)?\])(:\d+)?", re.ASCII
)
# Control characters, back slashes, halves of surrogate pairs: parsers drop some of them
# or replace them, each others.
_AMBIGUOUS: Final = re.compile(r"[\x00-\x20\x7f\\\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class BaseUrl:
    """The base URL of a PBX, without a slash at its end.

    It has a path for a PBX behind a proxy.
    """

    text: str

    @classmethod
    def from_typed(cls, typed: str) -> Self:
        """Return the base URL that a user means; raise InvalidUrl if there is none.

        The scheme may be left out (https). What was copied along from a text, a
        browser or the vendor's pages is cut off.
        """
        scheme, address = _scheme_and_address(typed)
        authority, slash, path = address.partition("/")
        match = _AUTHORITY.fullmatch(authority)
        # yarl also reads the digits of other scripts.
        if not match or any(
            mark.isdigit() and not mark.isascii() for mark in authority
        ):
            raise InvalidUrl
        # The zone of an IPv6 address is written after `%25` in URLs (RFC 6874).
        host = match[1].rstrip(".").replace("%25", "%")
        try:
            url = URL(f"{scheme}://{host}{match[2] or ''}{slash}{path}")
            # `host` also reads Punycode.
            origin, name, port = str(url.origin()), url.host and url.raw_host, url.port
        except ValueError:
            raise InvalidUrl from None
        assert name  # An origin has a host.
        if not _ORIGIN.fullmatch(origin) or not port or not _can_be_host(name):
            raise InvalidUrl
        return cls(f"{origin}{_without_copied(url.raw_path)}")

    def __str__(self) -> str:
        """Return the base URL as it is stored and shown."""
        return self.text

    @property
    def url(self) -> URL:
        """Return the base URL as aiohttp takes it."""
        return URL(self.text)

    @property
    def is_https(self) -> bool:
        """Return whether the server speaks TLS."""
        return self.url.scheme == "https"

    @property
    def host(self) -> str:
        """Return the host: its name in Punycode, or its address without brackets."""
        host = self.url.raw_host
        assert host is not None
        return host

    @property
    def origin(self) -> BaseUrl:
        """Return the base URL without its path."""
        return BaseUrl(str(self.url.origin()))

    def as_https(self, host: str | None = None) -> BaseUrl:
        """Return the https URL of the same port and path, at the same or another host.

        Raise InvalidUrl if that cannot be a host.
        """
        url, host = self.url, host or self.host
        if ":" in host:
            host = f"[{host}]"
        return BaseUrl.from_typed(f"https://{host}:{url.port}{url.raw_path}")

    def endpoint(self, path: str, parameters: Mapping[str, str]) -> URL:
        """Return the URL of an API request."""
        query = query_string(parameters)
        return URL(f"{self.text}{API_PATH}/{path}?{query}", encoded=True)

    def resource(self, resource: object) -> str:
        """Return the URL of a `play_resource_url`: the base URL, one slash, and it.

        The PBX may begin it with no slash, one or two. An absolute URL must have the
        origin of the PBX, which is written again, so that each player reads it the same
        way. Raise InvalidLink if it would leave the origin or the path of the PBX, or
        is not a URL.
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
            origin = self.url.origin()
            try:
                inside = _same_origin(URL(match[1]), origin)
            except ValueError:
                inside = False
            link = f"{origin}/{match[2]}"
        else:
            inside = not _SCHEME.match(resource)
            link = f"{self.text}/{resource.lstrip('/')}"
        if not inside:
            raise InvalidLink("the link leads away from the PBX")
        return link if link.isascii() else str(URL(link))


def _scheme_and_address(typed: str) -> tuple[str, str]:
    """Return the scheme that a user means, and what follows it up to the query."""
    # Without what nobody sees: spaces of no width, soft hyphens, marks of direction.
    seen = "".join(mark for mark in typed if unicodedata.category(mark) != "Cf")
    address = seen.translate(_MARKS).strip().lstrip(_QUOTES)
    address = re.split(r"[?#]", address, maxsplit=1)[0]
    scheme = "https"
    while match := _TYPED_SCHEME.match(address):
        scheme, address = match[1].lower(), address[match.end() :]
    address = address.lstrip(":/").rstrip(_AFTER)
    if (
        len(address) > _MAX_LENGTH
        or _OTHER_SCHEME.match(address)
        or _AMBIGUOUS.search(address)
        or "@" in address
    ):
        raise InvalidUrl
    return scheme, address


def _without_copied(path: str) -> str:
    """Return a path without what was copied along at its end."""
    while (shorter := _COPIED_PATH.sub("", path.rstrip(_AFTER))) != path:
        path = shorter
    return path


def _can_be_host(host: str) -> bool:
    """Return whether a host can be looked up.

    One that ends in a number is an IPv4 address, as in browsers.
    """
    if ":" in host:
        return True
    labels = host.split(".")
    if _NUMBER.fullmatch(labels[-1]):
        try:
            IPv4Address(host)
        except ValueError:
            return False
    return (
        host not in ("http", "https")
        and len(host) <= _MAX_HOST
        and all(0 < len(label) < 64 for label in labels)
    )


def _same_origin(one: URL, other: URL) -> bool:
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
