"""What the tests of the simulated PBX share: a client and what it expects."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
import json
import ssl
from typing import Any

from aiohttp import ClientSession

from simulator import PbxSimulator

SUCCESS = {"errcode": 0, "errmsg": "SUCCESS"}
REFUSED_LOGIN = {
    "errcode": -1,
    "errmsg": "FAILURE",
    "invalid_param_list": [{"field": "username or password", "value": "error"}],
}
INTERFACE_NOT_EXISTED = {"errcode": 10001, "errmsg": "INTERFACE NOT EXISTED"}
TOKEN_EXPIRED = {"errcode": 10004, "errmsg": "TOKEN EXPIRED"}
DATA_NOT_FOUND = {"errcode": 60001, "errmsg": "DATA NOT FOUND"}
IP_FORBIDDEN = {"errcode": 70087, "errmsg": "IP FORBIDDEN"}

LIST = "extension_vm_greeting/list"
PLAY = "extension_vm_greeting/play"
DOWNLOAD = "extension_vm_greeting/download"


@dataclass
class Clock:
    """The time in seconds since the epoch, as the test sets it."""

    now: float = 1_755_852_280.0

    def __call__(self) -> float:
        """Tell the time."""
        return self.now


@dataclass(frozen=True)
class Reply:
    """An HTTP answer, read to its end."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass
class Client:
    """Sends requests to a simulator, with the access token of its last login."""

    pbx: PbxSimulator
    session: ClientSession
    access_token: str = ""

    async def send(self, method: str, path: str, **options: Any) -> Reply:
        """Send a request to a path below the base URL."""
        url = self.pbx.base_url + path
        async with self.session.request(method, url, ssl=False, **options) as response:
            return Reply(response.status, response.headers, await response.read())

    async def call(self, method: str, endpoint: str, **options: Any) -> Any:
        """Call an endpoint and return its JSON, which comes with HTTP status 200."""
        reply = await self.send(method, f"/openapi/v1.0/{endpoint}", **options)
        assert reply.status == 200
        assert reply.headers["Content-Type"].startswith("application/json")
        return json_of(reply)

    async def get(self, endpoint: str, **query: str) -> Any:
        """Call a GET endpoint with the access token."""
        query = {"access_token": self.access_token, **query}
        return await self.call("GET", endpoint, params=query)

    async def login(self, secret: str | None = None) -> Any:
        """Call ``get_token``, and keep the access token if there is one."""
        answer = await self.call(
            "POST",
            "get_token",
            json={
                "username": self.pbx.client_id,
                "password": self.pbx.client_secret if secret is None else secret,
            },
        )
        self.access_token = answer.get("access_token", self.access_token)
        return answer

    async def refresh(self, refresh_token: str) -> Any:
        """Call ``refresh_token``."""
        return await self.call(
            "POST", "refresh_token", json={"refresh_token": refresh_token}
        )

    async def play_link(self, extension: str, file: str) -> str:
        """Return the path of a new play link."""
        answer = await self.get(PLAY, extension=extension, file=file)
        return str(answer["play_resource_url"])

    async def download_link(self, extension: str, file: str) -> str:
        """Return the path of a new download link, without a token."""
        answer = await self.get(DOWNLOAD, extension=extension, file=file)
        return str(answer["download_resource_url"])


def json_of(reply: Reply) -> Any:
    """Return the JSON document of an answer."""
    return json.loads(reply.body)


def accept_any_certificate() -> ssl.SSLContext:
    """Return a context of a client that looks at no certificate."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


async def shown_fingerprint(pbx: PbxSimulator) -> str:
    """Return the SHA-256 of the certificate that the server shows."""
    _, writer = await asyncio.open_connection(
        "127.0.0.1", pbx.port, ssl=accept_any_certificate()
    )
    certificate = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
    writer.transport.abort()
    return sha256(certificate).hexdigest()
