"""A client of the simulated PBX, and servers of a few lines."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
import time
from typing import Any

import aiohttp.web

from custom_components.yeastar_vm.pbx import (
    BaseUrl,
    Connections,
    Credentials,
    Pause,
    SignIn,
    TokenPair,
    YeastarClient,
)
from simulator import PbxSimulator
from tests.common import newly_asked


class Caller:
    """A client of a simulator, and what it asked to be kept."""

    def __init__(self, connections: Connections, pbx: PbxSimulator) -> None:
        """Sign in with the PBX's own credentials."""
        self.connections = connections
        self.pbx = pbx
        self.kept: list[SignIn] = []
        self.pause = Pause()
        self.client = self.new(SignIn(Credentials(pbx.client_id, pbx.client_secret)))

    def new(self, sign_in: SignIn, **changes: Any) -> YeastarClient:
        """Return another client, as after a restart."""
        arguments: dict[str, Any] = {
            "fingerprint": self.pbx.fingerprint or None,
            "sign_in": sign_in,
            "pause": self.pause,
        }
        client = YeastarClient(
            self.connections,
            BaseUrl(self.pbx.base_url),
            **{**arguments, **changes},
        )
        client.add_sign_in_listener(self.kept.append)
        return client

    def asked(self) -> list[str]:
        """Return the endpoints asked since the last time."""
        return newly_asked(self.pbx)


@asynccontextmanager
async def serve(answers: list[aiohttp.web.Response]) -> AsyncIterator[str]:
    """Serve answers, one a request, and yield the base URL."""
    left = iter(answers)

    async def answer(_: aiohttp.web.BaseRequest) -> aiohttp.web.Response:
        return next(left)

    runner = aiohttp.web.ServerRunner(
        aiohttp.web.Server(answer, access_log=None), shutdown_timeout=0.1
    )
    await runner.setup()
    await aiohttp.web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


def one_answer(text: str) -> AbstractAsyncContextManager[str]:
    """Serve one text, whatever it is."""
    body = text.encode(errors="surrogateescape")
    return serve([aiohttp.web.Response(body=body)])


def stranger(
    connections: Connections,
    base_url: str,
    *,
    sign_in: SignIn | None = None,
    fingerprint: str | None = None,
) -> YeastarClient:
    """Return a client of a server that is no simulator, with a token that is fresh."""
    tokens = TokenPair.of_unknown_age("token", "", time.time())
    return YeastarClient(
        connections,
        BaseUrl(base_url),
        fingerprint=fingerprint,
        sign_in=sign_in or SignIn(None, tokens),
        pause=Pause(),
    )
