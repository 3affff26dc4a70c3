"""The PBX itself, without the network: settings, extensions, tokens, links."""

from collections.abc import Callable

from .defaults import default_extensions
from .links import Links
from .lockout import Lockout
from .model import SimulatedExtension
from .switches import Switches
from .tokens import Tokens

type Clock = Callable[[], float]
"""Returns the time in seconds since the epoch."""


class Pbx:
    """State of a simulated PBX. All public attributes may be changed at any time."""

    def __init__(self, clock: Clock) -> None:
        """Set up a PBX that has just been switched on."""
        self.clock = clock
        self.base_url = ""
        """Where the web portal is, without a slash at the end; known once started."""
        self.client_id = "SimulatedClientId000000000000001"
        self.client_secret = "SimulatedSecret00000000000000001"
        self.serial_number = "3631A2124001"
        self.name = "PBX"
        self.model = "Yeastar P550"
        self.firmware = "37.23.0.15"
        self.extensions: dict[str, SimulatedExtension] = default_extensions()
        self.switches = Switches()
        self.tokens = Tokens(self.switches)
        self.lockout = Lockout(self.switches)
        self.links = Links()
        self.booted_at = clock()

    @property
    def live_access_tokens(self) -> list[str]:
        """The access tokens that are valid now, oldest login first."""
        return self.tokens.live(self.clock())

    def reboot(self) -> None:
        """Forget tokens and links; failed logins and blocked addresses stay."""
        self.tokens.forget()
        self.links.forget()
        self.booted_at = self.clock()

    def lift_blocks(self) -> None:
        """Empty the block list, as the administrator does in the web portal."""
        self.lockout.lift()
