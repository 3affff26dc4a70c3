"""A Yeastar P-Series PBX: one method for each endpoint that is used."""

from collections.abc import AsyncIterator, Callable, Mapping
import time
from typing import Final

import aiohttp

from .api import Api, Pause
from .errors import NoAudio, TokenRefused
from .models import (
    Extension,
    Greeting,
    JsonObject,
    PbxInfo,
    PlayLink,
    SignIn,
    whole_number,
)
from .tokens import Tokens
from .urls import resource_url

PAGE_SIZE: Final = 500
MAX_PAGES: Final = 1000
MAX_AUDIO: Final = 32 * 1024 * 1024  # bytes; an upload may have 8 MB


class YeastarClient:
    """A PBX, signed in to.

    Every method raises a YeastarError: CannotConnect, CertificateNotTrusted,
    CertificateChanged, Redirected or InvalidResponse where the PBX does not answer as
    one; InvalidCredentials or SignInPaused where it takes no sign-in; AccessDenied,
    NotSupported, NotFound or PbxFault where it answers with an error.
    """

    def __init__(
        self,
        session: aiohttp.ClientSession,
        base_url: str,
        *,
        fingerprint: str | None,
        sign_in: SignIn,
        on_change: Callable[[SignIn], None],
        pause: Pause,
    ) -> None:
        """Prepare a client; nothing is sent yet.

        `base_url` as `normalize_base_url` returns it. `fingerprint` pins the server's
        certificate (SHA-256, 64 hex digits); None trusts what an authority vouches for.
        `on_change` is called with each new SignIn, to be kept. `pause` is shared by all
        clients of one PBX.
        """
        self._api = Api(session, base_url, fingerprint, pause)
        self._tokens = Tokens(self._api, sign_in, on_change)
        self._denied: str | None = None

    @property
    def base_url(self) -> str:
        """Return the base URL."""
        return self._api.base_url

    @property
    def sign_in(self) -> SignIn:
        """Return the sign-in as it stands now."""
        return self._tokens.sign_in

    async def get_information(self) -> PbxInfo:
        """Return who the PBX is (vendor page "Query PBX Information")."""
        return PbxInfo.from_answer(await self._get("system/information"))

    async def search_extensions(self, search: str) -> AsyncIterator[Extension]:
        """Yield the extensions whose number, name or mail address contains a text.

        Vendor page "Search Specific Extensions"; a request for each 500 of them.
        """
        parameters = {"search_value": search, "sort_by": "number", "order_by": "asc"}
        async for row in self._rows("extension/search", "data", parameters):
            if extension := Extension.from_row(row):
                yield extension

    async def get_extension(self, number: str) -> Extension | None:
        """Return the extension with exactly this number, or None."""
        async for extension in self.search_extensions(number):
            if extension.number == number:
                return extension
        return None

    async def list_greetings(self, extension: str) -> list[Greeting]:
        """Return an extension's greetings.

        Vendor page "Query Extension Voicemail Greeting List". For an extension that
        does not exist the PBX may answer NotFound or an empty list.
        """
        return [
            greeting
            async for row in self._rows(
                "extension_vm_greeting/list", "greeting_list", {"extension": extension}
            )
            if (greeting := Greeting.from_row(row, extension))
        ]

    async def get_play_link(self, extension: str, file: str) -> PlayLink:
        """Return where a greeting's audio is for the next half hour.

        `file` is the full file name. Vendor page "Play an Extension Voicemail
        Greeting".
        """
        now = time.time()
        answer = await self._get(
            "extension_vm_greeting/play", {"extension": extension, "file": file}
        )
        url = resource_url(self.base_url, answer.get("play_resource_url"))
        return PlayLink(url, file, now + PlayLink.LIFETIME)

    async def download(self, link: PlayLink) -> bytes:
        """Return the audio of a greeting, at most 32 MB, as the PBX stores it.

        Raise NoAudio where the link leads to none, AudioTooLarge where to more.
        """
        answer = await self._api.download(link.url, MAX_AUDIO)
        if not _is_audio(answer.status, answer.body):
            # A play URL is documented to need no token, its twin for downloads to
            # need one, and neither what is answered otherwise.
            separator = "&" if "?" in link.url else "?"
            url = f"{link.url}{separator}access_token={await self._tokens.get()}"
            answer = await self._api.download(url, MAX_AUDIO)
            if not _is_audio(answer.status, answer.body):
                raise NoAudio
        return answer.body

    async def revoke(self) -> None:
        """Revoke the access token (vendor page "Revoke Access Token")."""
        await self._tokens.revoke()

    async def close(self) -> None:
        """Leave nothing running."""
        await self._tokens.close()

    async def _get(
        self, endpoint: str, parameters: Mapping[str, str] | None = None
    ) -> JsonObject:
        """Ask an endpoint; an access token that it refuses is renewed once."""
        token = await self._tokens.get()
        query = {"access_token": token, **(parameters or {})}
        try:
            return await self._api.call("GET", endpoint, query=query)
        except TokenRefused as err:
            if not err.expired and token == self._denied:
                raise
            query["access_token"] = await self._tokens.replace(token)
        try:
            return await self._api.call("GET", endpoint, query=query)
        except TokenRefused:
            # It is not the token's age: renewing at each call would not help.
            self._denied = query["access_token"]
            raise

    async def _rows(
        self, endpoint: str, key: str, parameters: Mapping[str, str]
    ) -> AsyncIterator[JsonObject]:
        """Yield the rows of a paged list, which may be null or missing when empty."""
        seen = 0
        first: object = None
        for page in range(1, MAX_PAGES + 1):
            paging = {"page": str(page), "page_size": str(PAGE_SIZE)}
            answer = await self._get(endpoint, {**parameters, **paging})
            rows = answer.get(key)
            # A PBX that ignores `page` would answer the same rows for ever.
            if not isinstance(rows, list) or not rows or rows[0] == first:
                return
            first = rows[0]
            for row in rows:
                if isinstance(row, dict):
                    yield row
            seen += len(rows)
            total = whole_number(answer.get("total_number"))
            if seen >= total if total is not None else len(rows) < PAGE_SIZE:
                return


def _is_audio(status: int, body: bytes) -> bool:
    """Return whether an answer can be audio rather than JSON or a page.

    Errors come with HTTP 200, too. What audio it is, decoding it will tell.
    """
    start = body[:64].removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    return status == 200 and start not in (b"", b"{", b"[", b"<")
