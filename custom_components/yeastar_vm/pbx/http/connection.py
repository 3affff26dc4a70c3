"""One connection for each request, and one attempt.

The PBX closes each connection after its answer, whether it says so or not (vendor page
"API Request Overview"). aiohttp would send the next request over it, and if that fails,
send a GET again. But a GET can let a phone ring, or delete something.
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
    """Send a request once, over a connection of its own; a client middleware."""
    request.response_class = _OnlyAnswer
    try:
        return await handler(request)
    except aiohttp.ClientConnectorError:
        raise
    except aiohttp.ClientOSError, aiohttp.ServerDisconnectedError:
        # aiohttp does not send a request again after this error.
        raise aiohttp.ClientConnectionError from None
