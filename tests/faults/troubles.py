"""What goes wrong, besides what the simulator has names for."""

from dataclasses import dataclass

from simulator import (
    AfterActing,
    Delay,
    Fault,
    Line,
    Oddity,
    Outage,
    Refusal,
    Switches,
    Weakness,
)
from simulator.errors import ERRMSG

from .home import NAME, Home


@dataclass(frozen=True)
class Errcode:
    """The PBX answers with an error of its own, at HTTP status 200."""

    code: int

    def __str__(self) -> str:
        """Return the code as the vendor's table has it."""
        return f"{self.code} {ERRMSG[self.code]}"

    async def begin(self, home: Home, endpoint: str) -> None:
        """Let an endpoint answer so."""
        home.pbx.errcodes[endpoint] = self.code

    async def end(self, home: Home) -> None:
        """Let all endpoints answer as ever."""
        home.pbx.errcodes.clear()


class Switch:
    """The PBX behaves otherwise: switches of the simulator."""

    def __init__(self, **values: object) -> None:
        """Set these."""
        self._values = values

    def __str__(self) -> str:
        """Return the switches with their values."""
        return ", ".join(f"{name}={value}" for name, value in self._values.items())

    async def begin(self, home: Home, endpoint: str) -> None:
        """Set the switches."""
        for name, value in self._values.items():
            setattr(home.pbx.switches, name, value)

    async def end(self, home: Home) -> None:
        """Set them to their defaults."""
        for name in self._values:
            setattr(home.pbx.switches, name, getattr(Switches(), name))


@dataclass(frozen=True)
class Restart:
    """The PBX has restarted, and refuses the tokens from before with this."""

    refusal: Refusal

    def __str__(self) -> str:
        """Return the refusal."""
        return f"restart, {self.refusal.name}"

    async def begin(self, home: Home, endpoint: str) -> None:
        """Restart."""
        home.pbx.reboot()
        home.pbx.switches.token_refusal = self.refusal

    async def end(self, home: Home) -> None:
        """Refuse tokens as ever."""
        home.pbx.switches.token_refusal = Switches().token_refusal


@dataclass(frozen=True)
class Addresses:
    """The name of the PBX has these addresses, or none; it is at 127.0.0.1."""

    addresses: tuple[str, ...] = ()
    outage: Outage | None = None
    """What is wrong besides."""

    def __str__(self) -> str:
        """Return the addresses."""
        return " ".join(self.addresses)

    async def begin(self, home: Home, endpoint: str) -> None:
        """Let the name have the addresses."""
        home.resolve(NAME, self.addresses)
        if self.outage:
            await home.pbx.begin_outage(self.outage)

    async def end(self, home: Home) -> None:
        """Let the name have one address."""
        home.resolve(NAME, ["127.0.0.1"])


type Trouble = (
    Fault
    | Oddity
    | AfterActing
    | Delay
    | Line
    | Outage
    | Weakness
    | Errcode
    | Switch
    | Restart
    | Addresses
)
