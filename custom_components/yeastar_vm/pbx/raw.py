"""Requests whose answers are returned as they come, to see how a PBX answers.

They are sent once: no access token is renewed because it was refused.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractContextManager, asynccontextmanager
from typing import Final

import aiohttp
from yarl import URL

from .errors import SignInPaused, YeastarError
from .http.answers import answer_error, parse_answer
from .http.api import PbxHttp, Watcher
from .http.bodies import RawAnswer
from .http.endpoint import INFORMATION, MAX_ANSWER, SUBSCRIBE
from .http.urls import query_string
from .tokens import TokenManager
from .values import JsonObject

# One of those that are asked: they have no errors of their own.
_ANY: Final = INFORMATION


class RawRequests:
    """Requests with the access token of a client."""

    def __init__(self, http: PbxHttp, tokens: TokenManager) -> None:
        self._http = http
        self._tokens = tokens

    async def sign_in(self) -> str:
        """Return the access token; obtain or renew it as every request does."""
        return await self._tokens.get()

    def watched(self, watcher: Watcher) -> AbstractContextManager[None]:
        """Let somebody see the answers to sign-ins, and refused handshakes."""
        return self._http.watched(watcher)

    async def get(self, path: str, parameters: Mapping[str, str]) -> RawAnswer:
        """Send a GET request. A pause that the answer demands begins."""
        query = {"access_token": await self.sign_in(), **parameters}
        url = self._http.base_url.endpoint(path, query)
        answer = await self._http.fetch_raw(url, MAX_ANSWER)
        try:
            read_success(answer.body or b"", answer.status)
        except SignInPaused as err:
            self._http.pause.start(err, _ANY)
        except YeastarError:
            pass  # Whoever asked reads it, too.
        return answer

    async def start_of(self, link: str, size: int, *, needs_token: bool) -> RawAnswer:
        """Fetch the first bytes of what a link of the PBX leads to."""
        if needs_token:
            query = query_string({"access_token": await self.sign_in()})
            link += f"{'&' if '?' in link else '?'}{query}"
        return await self._http.fetch_raw(URL(link, encoded=True), size)

    @asynccontextmanager
    async def web_socket(self) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
        """Open the WebSocket of the events."""
        query = {"access_token": await self.sign_in()}
        async with self._http.web_socket(SUBSCRIBE, query) as socket:
            yield socket


def read_success(body: bytes, status: int = 200) -> JsonObject:
    """Return an answer, or a frame, that says success; raise the error that it says."""
    errcode, answer = parse_answer(status, body)
    if errcode:
        raise answer_error(errcode, answer, _ANY)
    return answer
