"""The client of a PBX: one method for each thing that it can be asked."""

from collections.abc import Callable

import aiohttp

from . import extensions, greetings, system
from .certificate import Certificate
from .extensions import Extension
from .greetings import Greeting, PlayLink
from .http import PbxHttp
from .pause import Pause
from .session import PbxSession
from .system import PbxInfo
from .tokens import SignIn, TokenManager
from .transport import Resolver, Transport


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

    async def search_extensions(self, search: str) -> list[Extension]:
        """Return the extensions whose number, name or mail address contains a text."""
        return await extensions.search_extensions(self._session, search)

    async def count_extensions(self) -> int:
        """Return the number of extensions."""
        return await extensions.count_extensions(self._session)

    async def get_extension(self, number: str) -> Extension | None:
        """Return the extension with exactly this number, or None."""
        return await extensions.get_extension(self._session, number)

    async def list_greetings(self, extension: str) -> list[Greeting]:
        """Return the greetings of an extension: none if there is no such extension."""
        return await greetings.list_greetings(self._session, extension)

    async def search_greetings(self, search: str) -> list[Greeting]:
        """Return the greetings of all extensions whose file name contains a text."""
        return await greetings.search_greetings(self._session, search)

    async def get_play_link(self, extension: str, file: str) -> PlayLink:
        """Return the play link of a greeting; `file` is the full file name."""
        return await greetings.get_play_link(self._session, extension, file)

    async def download(self, link: PlayLink) -> bytes:
        """Return the audio of a link, at most 32 MB, as the PBX stores it."""
        return await greetings.download(self._session, link)

    async def probe_certificate(self) -> tuple[Certificate, bool]:
        """Return the certificate of an https server, and whether it is trusted.

        Nothing secret is sent to it. Raise CannotConnect if there is none.
        """
        return await self._http.probe_certificate()

    async def revoke(self) -> None:
        """Revoke the access token."""
        await self._tokens.revoke()

    async def close(self) -> None:
        """End all requests with Interrupted, and send no more of them.

        A token renewal that is already running may finish.
        """
        self._http.close()
        await self._tokens.close()
