"""URLs as a browser reads them: the URL Standard (WHATWG), for http and https.

A browser forgives much that other parsers do not: tabs and newlines anywhere, back
slashes, missing and superfluous slashes, percent-encoded hosts, full-width characters,
IPv4 addresses in octal and hexadecimal.
"""

from dataclasses import dataclass
import ipaddress
import re
from typing import Self
from urllib.parse import unquote

import idna

_DEFAULT_PORTS = {"http": 80, "https": 443}
_SCHEME = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]*):(.*)", re.DOTALL)
_FORBIDDEN_IN_HOST = re.compile(r"[\x00-\x20#%/:<>?@\[\\\]^|\x7f]")
_DOT = re.compile("%2e", re.IGNORECASE)


class Refused(ValueError):
    """A browser would not follow this URL, or not as http or https."""


@dataclass(frozen=True, slots=True)
class BrowserUrl:
    """Where a browser would go; `path` without dot segments, `port` never None."""

    scheme: str
    host: str
    port: int
    path: str

    @classmethod
    def read(cls, text: str) -> Self:
        """Read an absolute URL; raise Refused where a browser would not go there."""
        text = re.sub(r"[\t\n\r]", "", text.strip("".join(map(chr, range(33)))))
        if not (match := _SCHEME.fullmatch(text)):
            raise Refused("no scheme")
        scheme = match[1].lower()
        if scheme not in _DEFAULT_PORTS:
            raise Refused("another scheme")
        rest = match[2].replace("\\", "/").lstrip("/").partition("#")[0]
        rest = rest.partition("?")[0]
        authority, _, path = rest.partition("/")
        host, port = _host_and_port(authority.rpartition("@")[2])
        return cls(scheme, host, port or _DEFAULT_PORTS[scheme], _path(path))

    @property
    def origin(self) -> tuple[str, str, int]:
        """Return what tells one server from another."""
        return self.scheme, self.host, self.port


def _host_and_port(text: str) -> tuple[str, int | None]:
    match = re.fullmatch(r"(\[[^\]]*\]|[^:]*)(?::([0-9]*))?", text, re.DOTALL)
    if not match:
        raise Refused("no host and port")
    port = int(match[2]) if match[2] else None
    if port is not None and port > 65535:
        raise Refused("no port")
    try:
        return _host(match[1]), port
    except ValueError as err:  # idna's and ipaddress's are among them
        raise Refused("no host") from err


def _host(text: str) -> str:
    if text.startswith("["):
        return str(ipaddress.IPv6Address(text[1:-1]))
    host = unquote(text, errors="strict")
    host = idna.uts46_remap(host, std3_rules=False)
    if not host.isascii():
        host = idna.encode(host).decode()
    if not host or _FORBIDDEN_IN_HOST.search(host):
        raise Refused("no host")
    return _ipv4(host)


def _ipv4(host: str) -> str:
    """Return an IPv4 address in its usual form, and any other host as it is."""
    parts = host.removesuffix(".").split(".")
    if not re.fullmatch(r"0x[0-9a-f]*|[0-9]+", parts[-1]):
        return host
    *firsts, last = [_ipv4_number(part) for part in parts]
    room = 256 ** (4 - len(firsts))
    if len(firsts) > 3 or last >= room or any(first > 255 for first in firsts):
        raise Refused("no IPv4 address")
    total = sum(first * 256 ** (3 - place) for place, first in enumerate(firsts))
    return str(ipaddress.IPv4Address(total + last))


def _ipv4_number(part: str) -> int:
    if part.startswith("0x"):
        return int(part[2:] or "0", 16)
    return int(part, 8 if part.startswith("0") and part != "0" else 10)


def _path(path: str) -> str:
    kept: list[str] = []
    *folders, last = (_DOT.sub(".", segment) for segment in path.split("/"))
    for segment in folders:
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
    if last == "..":
        del kept[-1:]
    return "/" + "/".join([*kept, "" if last in (".", "..") else last])
