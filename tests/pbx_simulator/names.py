"""Names of a PBX: a name server, and a resolver that knows several addresses."""

import asyncio
from collections.abc import Mapping, Sequence
import socket
import struct
from typing import Self, override

from aiohttp.abc import AbstractResolver, ResolveResult

HOST = "127.0.0.1"
_HEADER = struct.Struct("!HHHHHH")
_ANSWER = struct.Struct("!HHHIH4s")
_POINTER_TO_QUESTION = 0xC00C
_RESPONSE = 0x8180
_NO_SUCH_NAME = 3
_A, _IN = 1, 1


class NameServer(asyncio.DatagramProtocol):
    """A name server on the loopback interface (RFC 1035): one name, or none.

    It answers that ``name`` is 127.0.0.1 while it is ``known``.

    ``address`` is ``host:port``, known once started. Nobody may keep the answers.
    """

    def __init__(self, name: str) -> None:
        """Prepare a name server."""
        self.name = name
        self.known = True
        self.address = ""
        self._transport: asyncio.DatagramTransport

    async def __aenter__(self) -> Self:
        """Start."""
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(
            lambda: self, local_addr=(HOST, 0)
        )
        host, port = self._transport.get_extra_info("sockname")
        self.address = f"{host}:{port}"
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        """Stop."""
        self._transport.close()

    @override
    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        query_id = _HEADER.unpack_from(data)[0]
        end_of_name = data.index(0, _HEADER.size) + 1
        question = data[_HEADER.size : end_of_name + 4]
        kind, _ = struct.unpack_from("!HH", data, end_of_name)
        found = self.known and question[:-4] == _encoded(self.name)
        answer = b""
        if found and kind == _A:
            answer = _ANSWER.pack(
                _POINTER_TO_QUESTION, _A, _IN, 0, 4, bytes([127, 0, 0, 1])
            )
        flags = _RESPONSE | (0 if found else _NO_SUCH_NAME)
        header = _HEADER.pack(query_id, flags, 1, bool(answer), 0, 0)
        self._transport.sendto(header + question + answer, addr)


def _encoded(name: str) -> bytes:
    """Return a name as it stands in a question: each part after its length."""
    return b"".join(
        bytes([len(part)]) + part.encode() for part in [*name.split("."), ""]
    )


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
