"""What the tests of changed greetings share: a box and requests about it."""

from dataclasses import dataclass
from typing import Any

from aiohttp import FormData

from simulator import Encoding, SimulatedGreeting
from simulator.wav import tone

from .common import Client

AUDIO = tone(Encoding.PCM16, 650, 1.5)
OTHER_AUDIO = tone(Encoding.MULAW, 750, 1)
DUPLICATE = {"errcode": 40003, "errmsg": "DUPLICATE KEY VALUE"}


@dataclass(frozen=True)
class Box:
    """An extension or a group, and requests about its greetings."""

    client: Client
    prefix: str
    number: str
    greetings: list[SimulatedGreeting]

    async def get(self, endpoint: str, **query: str) -> Any:
        """Call a GET endpoint of the family."""
        return await self.client.get(f"{self.prefix}/{endpoint}", **query)

    async def upload(
        self, name: str, audio: bytes = AUDIO, is_check: str = "force", owner: str = ""
    ) -> Any:
        """Upload a file."""
        return await self.post("upload", data=self.form(name, audio, is_check, owner))

    def form(
        self, name: str, audio: bytes = AUDIO, is_check: str = "force", owner: str = ""
    ) -> FormData:
        """Return the body of an upload, in the documents' order."""
        form = FormData(quote_fields=False)
        form.add_field("file", audio, filename=name, content_type="audio/wav")
        form.add_field("owner", owner or self.number)
        form.add_field("is_check", is_check)
        return form

    async def record(self, file: str = "spoken", recorder: str = "3201") -> Any:
        """Let a phone ring to record a greeting."""
        return await self.get("record", owner=self.number, recorder=recorder, file=file)

    async def rename(self, greeting: int, file: str, **body: object) -> Any:
        """Give a greeting another name."""
        body = {"id": greeting, "number": self.number, "file": file, **body}
        return await self.post("update", json=body)

    async def delete(self, file: str) -> Any:
        """Delete a greeting."""
        return await self.get("delete", extension=self.number, file=file)

    async def post(self, endpoint: str, **options: Any) -> Any:
        """Call a POST endpoint of the family."""
        query = {"access_token": self.client.access_token}
        return await self.client.call(
            "POST", f"{self.prefix}/{endpoint}", params=query, **options
        )

    async def rows(self) -> list[dict[str, Any]]:
        """Return the list of the greetings."""
        answer = await self.get("list", extension=self.number, page_size="1000")
        rows: list[dict[str, Any]] = answer["greeting_list"]
        return rows

    async def names(self) -> list[str]:
        """Return the full names of the greetings."""
        return [row["real_filename"] for row in await self.rows()]

    async def heard(self, file: str) -> bytes:
        """Return the audio of a greeting."""
        answer = await self.get("play", extension=self.number, file=file)
        return (await self.client.send("GET", answer["play_resource_url"])).body
