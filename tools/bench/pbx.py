"""The simulated PBX in a process of its own, and how to ask it by hand."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
import re
import sys
from typing import Any

import aiohttp

from simulator import PbxSimulator
from tools.demo.errors import DemoError
from tools.demo.processes import running

PAGE_SIZE = 500
REQUESTS_AT_ONCE = 4
HEADERS = {"User-Agent": "OpenAPI"}
FILE = "welcome.wav"
"""The greeting that each extension of the simulator has."""
FIRST_NUMBER = 1000

_SECONDS_TO_START = 30
_SECONDS_BETWEEN_LOOKS = 0.05

type Answer = dict[str, Any]


@dataclass(frozen=True)
class Pbx:
    """A simulated PBX that runs, and a fresh access token of it.

    ``fingerprint`` is empty on http.
    """

    base_url: str
    client_id: str
    client_secret: str
    fingerprint: str
    token: str
    serial_number: str


@asynccontextmanager
async def simulator(folder: Path, *options: str) -> AsyncIterator[Pbx]:
    """Run the simulator with options of its command line."""
    output = folder / f"pbx{'-'.join(options)}.log"
    command = (sys.executable, "-m", "simulator", "--port", "0", *options)
    async with running(*command, output=output) as process:
        try:
            async with asyncio.timeout(_SECONDS_TO_START):
                while "Extensions:" not in (text := output.read_text()):
                    if process.returncode is not None:
                        raise DemoError(f"the simulator ended: {text}")
                    await asyncio.sleep(_SECONDS_BETWEEN_LOOKS)
        except TimeoutError:
            raise DemoError(f"the simulator does not start: {text}") from None
        told = dict(re.findall(r"^([A-Z].*?): +(\S+)", text, re.MULTILINE))
        names = told["Base URL"], told["Client ID"], told["Client Secret"]
        fingerprint = told["Fingerprint"] if names[0].startswith("https:") else ""
        token = await _sign_in(*names)
        yield Pbx(*names, fingerprint, token, PbxSimulator().serial_number)


class ByHand:
    """A PBX asked with aiohttp and nothing else: no integration can be faster."""

    def __init__(self, session: aiohttp.ClientSession, pbx: Pbx) -> None:
        """Ask over a session; the PBX's certificate is pinned."""
        self._session = session
        self._pbx = pbx
        self._ssl = (
            aiohttp.Fingerprint(bytes.fromhex(pbx.fingerprint))
            if pbx.fingerprint
            else True
        )

    async def get(self, endpoint: str, **query: str) -> Answer:
        """Return the answer of an endpoint."""
        async with self._session.get(
            f"{self._pbx.base_url}/openapi/v1.0/{endpoint}",
            params={"access_token": self._pbx.token, **query},
            headers=HEADERS,
            ssl=self._ssl,
        ) as response:
            answer: Answer = await response.json()
        if answer["errcode"] != 0:
            raise DemoError(f"{endpoint} answers {answer}")
        return answer

    async def play_url(self, number: str) -> str:
        """Return the link to the greeting of an extension."""
        answer = await self.get(
            "extension_vm_greeting/play", extension=number, file=FILE
        )
        return f"{self._pbx.base_url}{answer['play_resource_url']}"

    async def download(self, url: str) -> bytes:
        """Return what is behind a link."""
        async with self._session.get(url, headers=HEADERS, ssl=self._ssl) as response:
            return await response.read()

    async def upload(self, number: str, file: str, wav: bytes) -> None:
        """Upload a greeting of an extension, or replace it."""
        form = aiohttp.FormData({"owner": number, "is_check": "force"})
        form.add_field("file", wav, filename=file, content_type="audio/wav")
        async with self._session.post(
            f"{self._pbx.base_url}/openapi/v1.0/extension_vm_greeting/upload",
            params={"access_token": self._pbx.token},
            data=form,
            headers=HEADERS,
            ssl=self._ssl,
        ) as response:
            answer: Answer = await response.json()
        if answer["errcode"] != 0:
            raise DemoError(f"the upload is answered with {answer}")

    async def pages(self, endpoint: str, count: int, **query: str) -> None:
        """Read pages of a list: the first one, then the others, four at once."""
        polite = asyncio.Semaphore(REQUESTS_AT_ONCE)

        async def page(number: int) -> None:
            async with polite:
                paging = {"page": str(number), "page_size": str(PAGE_SIZE)}
                await self.get(
                    endpoint, sort_by="number", order_by="asc", **paging, **query
                )

        await page(1)
        await asyncio.gather(*(page(number) for number in range(2, count + 1)))


async def _sign_in(base_url: str, client_id: str, client_secret: str) -> str:
    async with (
        aiohttp.ClientSession(headers=HEADERS) as session,
        session.post(
            f"{base_url}/openapi/v1.0/get_token",
            json={"username": client_id, "password": client_secret},
            ssl=False,
        ) as response,
    ):
        token: str = (await response.json())["access_token"]
        return token
