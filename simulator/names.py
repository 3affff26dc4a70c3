"""Names that a client session resolves as a test says."""

from collections.abc import Callable, Mapping, Sequence
import socket
from typing import override

from aiohttp.abc import AbstractResolver, ResolveResult

type Resolve = Callable[[str, Sequence[str]], None]
"""Lets a name have these addresses, tried in this order."""


class Names(AbstractResolver):
    """A resolver for a client session: names with the addresses that a test says.

    The order of the addresses stays as it is; a name server's would be sorted. What is
    asked for is remembered in ``asked``.
    """

    def __init__(self, addresses: Mapping[str, Sequence[str]] | None = None) -> None:
        """Know the given names and no other."""
        self.addresses: dict[str, Sequence[str]] = {**(addresses or {})}
        self.asked: list[str] = []

    @override
    async def resolve(
        self,
        host: str,
        port: int = 0,
        family: socket.AddressFamily = socket.AF_UNSPEC,
    ) -> list[ResolveResult]:
        self.asked.append(host)
        found = [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=_family(address),
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
            for address in self.addresses.get(host, ())
            if family in (socket.AF_UNSPEC, _family(address))
        ]
        if not found:
            raise OSError(None, f"Name not known: {host}")
        return found

    @override
    async def close(self) -> None:
        """Do nothing; it may be asked on."""

    async def real_close(self) -> None:
        """Do nothing, as Home Assistant closes its own resolver."""


def _family(address: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in address else socket.AF_INET
