"""The client of a PBX: what it can be asked, by subject."""

from collections.abc import AsyncGenerator, Callable
from datetime import tzinfo

from .boxes import Box, BoxKind
from .events import StreamEvent, listen
from .extensions import Extensions
from .greetings import Greetings
from .groups import Groups
from .http.api import PbxHttp
from .http.certificate import Certificate
from .http.connection import Connections
from .http.mismatches import Mismatches
from .http.pause import Pause
from .http.transport import Transport
from .http.urls import BaseUrl
from .links import Audio
from .messages import Messages
from .raw import RawRequests
from .session import PbxSession
from .sign_in import SignIn
from .system import System
from .tokens import TokenManager


class YeastarClient:
    """The client of a Yeastar P-Series PBX.

    Every method raises a YeastarError: CannotConnect, CertificateNotTrusted,
    CertificateChanged, Redirected or InvalidResponse if the PBX does not answer as one;
    InvalidCredentials or SignInPaused if it accepts no sign-in; AccessDenied,
    NotSupported, NotFound or PbxFault if it answers with an error.
    """

    def __init__(
        self,
        connections: Connections,
        base_url: BaseUrl,
        *,
        fingerprint: str | None,
        sign_in: SignIn,
        pause: Pause,
        mismatches: Mismatches | None = None,
        time_zone: tzinfo | None = None,
    ) -> None:
        """Initialize the client; nothing is sent yet.

        `connections` may be shared by any clients, `pause` and `mismatches` are by
        those of one PBX.
        `fingerprint` pins the server's certificate (SHA-256, 64 hex digits); None
        accepts a certificate that a trusted authority signed. `time_zone` is the one
        in which the PBX is expected to be.
        """
        transport = Transport(connections, base_url, fingerprint)
        self._http = PbxHttp(transport, pause, mismatches or Mismatches())
        self._tokens = TokenManager(self._http, sign_in)
        self._session = session = PbxSession(self._http, self._tokens)
        self.audio = Audio(session)
        self.extensions = Extensions(session)
        self.greetings = Greetings(session)
        self.groups = Groups(session)
        self.messages = Messages(session, time_zone)
        self.raw = RawRequests(self._http, self._tokens)
        self.system = System(session)

    @property
    def base_url(self) -> BaseUrl:
        """Return the base URL."""
        return self._http.base_url

    @property
    def sign_in(self) -> SignIn:
        """Return the current sign-in."""
        return self._tokens.sign_in

    def add_sign_in_listener(self, listener: Callable[[SignIn], None]) -> None:
        """Call a listener with each new sign-in."""
        self._tokens.add_listener(listener)

    async def find_box(self, number: str) -> Box | None:
        """Return the extension or group voicemail with exactly this number, or None."""
        if extension := await self.extensions.get(number):
            return Box(number, extension.name, BoxKind.EXTENSION, extension.id)
        if group := await self.groups.get(number):
            return group.box
        return None

    def listen(self) -> AsyncGenerator[StreamEvent]:
        """Yield the events of the PBX; see `events.listen`."""
        return listen(self._session)

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
