"""The client of a PBX: one method for each thing that it can be asked."""

from collections.abc import AsyncGenerator, Callable, Iterable

import aiohttp

from . import events, extensions, greetings, groups, links, messages, system
from .http.certificate import Certificate
from .clock import PbxClock
from .events import StreamEvent
from .extensions import Extension
from .greetings import Box, Greeting
from .groups import Group
from .http.api import PbxHttp
from .links import PlayLink
from .messages import Message
from .http.pause import Pause
from .session import PbxSession
from .system import PbxInfo
from .tokens import SignIn, TokenManager
from .http.transport import Resolver, Transport


class YeastarClient:
    """The client of a Yeastar P-Series PBX.

    Every method raises a YeastarError: CannotConnect, CertificateNotTrusted,
    CertificateChanged, Redirected or InvalidResponse if the PBX does not answer as one;
    InvalidCredentials or SignInPaused if it accepts no sign-in; AccessDenied,
    NotSupported, NotFound or PbxFault if it answers with an error.
    """

    def __init__(
        self,
        session: aiohttp.ClientSession,
        base_url: str,
        *,
        fingerprint: str | None,
        sign_in: SignIn,
        pause: Pause,
        resolver: Resolver | None = None,
    ) -> None:
        """Initialize the client; nothing is sent yet.

        `base_url` as `normalize_base_url` returns it. `fingerprint` pins the server's
        certificate (SHA-256, 64 hex digits); None accepts a certificate that a trusted
        authority signed. `pause` is shared by all clients of one PBX. `resolver`
        returns the addresses of a host name as `session` resolves it.
        """
        transport = Transport(session, base_url, fingerprint, resolver)
        self._http = PbxHttp(transport, pause)
        self._tokens = TokenManager(self._http, sign_in)
        self._session = PbxSession(self._http, self._tokens)

    @property
    def base_url(self) -> str:
        """Return the base URL."""
        return self._http.base_url

    @property
    def sign_in(self) -> SignIn:
        """Return the current sign-in."""
        return self._tokens.sign_in

    def add_sign_in_listener(
        self, listener: Callable[[SignIn], None]
    ) -> Callable[[], None]:
        """Call a listener with each new sign-in; return a function that removes it."""
        return self._tokens.add_listener(listener)

    async def get_information(self) -> PbxInfo:
        """Return the identity of the PBX."""
        return await system.get_information(self._session)

    async def list_extensions(self) -> list[Extension]:
        """Return all extensions by number."""
        return await extensions.list_extensions(self._session)

    async def list_first_extensions(self) -> tuple[list[Extension], bool]:
        """Return the extensions on the first page, and whether it is all."""
        return await extensions.list_first_extensions(self._session)

    async def search_extensions(self, search: str) -> list[Extension]:
        """Return the extensions whose number, name or mail address contains a text."""
        return await extensions.search_extensions(self._session, search)

    async def count_extensions(self) -> int:
        """Return the number of extensions."""
        return await extensions.count_extensions(self._session)

    async def get_extension(self, number: str) -> Extension | None:
        """Return the extension with exactly this number, or None."""
        return await extensions.get_extension(self._session, number)

    async def query_extensions(self, ids: Iterable[int]) -> list[Extension]:
        """Return the extensions with some IDs."""
        return await extensions.query_extensions(self._session, ids)

    async def set_presence(self, extension: Extension, presence: str) -> None:
        """Set the presence of an extension."""
        await extensions.set_presence(self._session, extension, presence)

    async def find_groups(self) -> list[Group] | None:
        """Return all group voicemails by number, or None if the PBX does not tell."""
        return await groups.find_groups(self._session)

    async def list_groups(self) -> list[Group]:
        """Return all group voicemails by number: none if the PBX does not tell them."""
        return await groups.list_groups(self._session)

    async def find_box(self, number: str) -> Box | None:
        """Return the extension or group voicemail with exactly this number, or None."""
        return await greetings.find_box(self._session, number)

    async def list_greetings(self, number: str) -> list[Greeting]:
        """Return the greetings of a box: none if there is no such box."""
        return await greetings.list_greetings(self._session, number)

    async def list_box_greetings(self, box: Box) -> list[Greeting]:
        """Return the greetings of a box of a known kind."""
        return await greetings.list_box_greetings(self._session, box.number, box.kind)

    async def list_greetings_of(self, boxes: Iterable[Box]) -> list[Greeting]:
        """Return the greetings of several boxes, in their order."""
        return await greetings.list_greetings_of(self._session, boxes)

    async def get_play_link(self, number: str, file: str) -> PlayLink:
        """Return the play link of a greeting; `file` is the full file name."""
        return await greetings.get_play_link(self._session, number, file)

    async def upload_greeting(self, box: Box, name: str, wav: bytes) -> None:
        """Upload a WAV file as a greeting; one of the same name is replaced."""
        await greetings.upload_greeting(self._session, box, name, wav)

    async def record_greeting(self, box: Box, recorder: str, name: str) -> None:
        """Let an extension ring, and record a greeting there."""
        await greetings.record_greeting(self._session, box, recorder, name)

    async def rename_greeting(self, greeting: Greeting, name: str) -> None:
        """Rename a greeting; `name` has no suffix."""
        await greetings.rename_greeting(self._session, greeting, name)

    async def delete_greeting(self, greeting: Greeting) -> None:
        """Delete a greeting."""
        await greetings.delete_greeting(self._session, greeting)

    async def query_messages(
        self, numbers: Iterable[str], clock: PbxClock
    ) -> dict[str, list[Message]]:
        """Return the messages of boxes, by the number of the box."""
        return await messages.query_messages(self._session, numbers, clock)

    async def get_message_link(self, message_id: str) -> PlayLink:
        """Return the link of a message."""
        return await messages.get_message_link(self._session, message_id)

    async def get_call_link(self, uid: str) -> PlayLink:
        """Return the link of the message of a call, by the ID of its call record."""
        return await messages.get_call_link(self._session, uid)

    async def mark_message_read(self, message_id: str) -> None:
        """Mark a message as read."""
        await messages.mark_message_read(self._session, message_id)

    async def delete_message(self, message_id: str) -> None:
        """Delete a message."""
        await messages.delete_message(self._session, message_id)

    def listen(self) -> AsyncGenerator[StreamEvent]:
        """Yield the events of the PBX; see `events.listen`."""
        return events.listen(self._session)

    async def download(self, link: PlayLink) -> bytes:
        """Return the audio of a link, at most 32 MB, as the PBX stores it."""
        return await links.download(self._session, link)

    async def read_start(self, link: PlayLink) -> bytes:
        """Return the first bytes of the audio of a link, as a player gets them."""
        return await links.read_start(self._session, link)

    async def probe_certificate(self) -> tuple[Certificate, bool]:
        """Return the certificate of an https server, and whether it is trusted.

        Nothing secret is sent to it. Raise CannotConnect if there is none.
        """
        return await self._http.probe_certificate()

    async def revoke(self) -> None:
        """Revoke the access token."""
        await self._tokens.revoke()

    async def close(self, limit: float | None = None) -> None:
        """End all requests with Interrupted, and send no more of them.

        A token renewal that is already running may finish, if that does not take more
        than a few seconds, or than `limit`.
        """
        self._http.close()
        await self._tokens.close(limit)
