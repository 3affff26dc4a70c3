"""One connection for each request.

The PBX closes each after its answer, whether it says so or not (vendor page "API
Request Overview"). aiohttp would send the next request over it, and sends no POST
twice: renewing a token would fail for as long as there are calls.
"""

from typing import override

import aiohttp
from aiohttp.connector import Connection


class _OnlyAnswer(aiohttp.ClientResponse):
    """The one answer of its connection."""

    @override
    async def start(self, connection: Connection) -> aiohttp.ClientResponse:
        """Begin to read; aiohttp closes the connection at the end."""
        if connection.protocol is not None:  # an idle one counts as false
            connection.protocol.force_close()
        return await super().start(connection)


async def own_connection(
    request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
) -> aiohttp.ClientResponse:
    """Send a request over a connection that no other uses; a client middleware."""
    request.response_class = _OnlyAnswer
    return await handler(request)
