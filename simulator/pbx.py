"""The PBX itself, without the network: what it has and what it announces."""

from collections.abc import Callable
from itertools import count
from typing import ClassVar

from .calls import EndedCall
from .defaults import default_extensions
from .event_frames import Event, EventType, Msg
from .event_sockets import EventSockets
from .groups import SimulatedGroup
from .links import Links
from .lockout import Lockout
from .mailboxes import Mailboxes
from .model import SimulatedExtension
from .phones import Calls, CallState
from .profile import DOCUMENTED, Profile
from .switches import SocketEnd, Switches
from .timeline import Timeline
from .tokens import Tokens

type Clock = Callable[[], float]
"""Returns the time in seconds since the epoch."""


class Pbx:
    """State of a simulated PBX. All public attributes may be changed at any time."""

    default_profile: ClassVar = DOCUMENTED
    """What a PBX is like for which nobody says otherwise."""

    def __init__(self, clock: Clock, profile: Profile | None = None) -> None:
        """Set up a PBX that has just been switched on."""
        profile = profile or self.default_profile
        self.clock = clock
        self.base_url = ""
        """Where the web portal is, without a slash at the end; known once started."""
        self.client_id = "SimulatedClientId000000000000001"
        self.client_secret = "SimulatedSecret00000000000000001"
        self.serial_number = profile.serial_number
        self.name = "PBX"
        self.model = profile.model
        self.hardware = profile.hardware
        self.firmware = profile.firmware
        self.extensions: dict[str, SimulatedExtension] = default_extensions()
        self.groups: dict[str, SimulatedGroup] = {}
        self.switches = Switches()
        for switch, value in profile.switches.items():
            setattr(self.switches, switch, value)
        self.tokens = Tokens(self.switches)
        self.lockout = Lockout(self.switches)
        self.links = Links()
        self.timeline = Timeline(clock)
        self.events = EventSockets(self.switches, self.tokens, self.timeline)
        self.mailboxes = Mailboxes(self.switches, self.timeline)
        self.calls = Calls(self.timeline, self._announce_call_state)
        self.booted_at = clock()
        self._call_ids: dict[str, str] = {}
        self._extension_ids: dict[str, int] = {}
        self._new_ids = count(1)

    @property
    def live_access_tokens(self) -> list[str]:
        """The access tokens that are valid now, oldest login first."""
        return self.tokens.live(self.clock())

    def reboot(self) -> None:
        """Forget tokens and links; failed logins and blocked addresses stay."""
        self.events.end(SocketEnd.CUT)
        self.tokens.forget()
        self.links.forget()
        self.mailboxes.restart_count()
        self.booted_at = self.clock()

    def lift_blocks(self) -> None:
        """Empty the block list, as the administrator does in the web portal."""
        self.lockout.lift()

    def extension_id(self, number: str) -> int:
        """Return the ID of an extension, which stays until the extension is deleted."""
        if number not in self._extension_ids:
            for known in self.extensions:
                if known not in self._extension_ids:
                    self._extension_ids[known] = next(self._new_ids)
        return self._extension_ids[number]

    def forget_extension_id(self, number: str) -> None:
        """Give an extension of the same number another ID."""
        self._extension_ids.pop(number, None)

    def set_presence(self, number: str, status: str, custom: str = "") -> None:
        """Change the presence of an extension, and send event 30009 if it is new."""
        extension = self.extensions[number]
        before = (extension.presence, extension.custom_presence)
        extension.presence, extension.custom_presence = status, custom
        extension.presence_before = before[0]
        if before == (status, custom) or not self._is_monitored(number):
            return
        if custom and self.switches.presence_event_custom:
            status = custom
        self._publish(EventType.PRESENCE, {"extension": number, "status": status})

    def announce_call(self, call: EndedCall) -> None:
        """Send event 30012: a call has ended."""
        internal = call.caller.number in self.extensions
        stages = [call]
        if self.switches.call_event_stages:
            stages.insert(0, call.stage_before())
        for stage in stages:
            msg = stage.msg(self.switches, internal=internal)
            self._publish(EventType.CALL_ENDED, msg)

    def call_id(self, uid: str, started_at: float) -> str:
        """Return the ID of a call, the same for all of its stages."""
        if uid not in self._call_ids:
            self._call_ids[uid] = f"{int(started_at)}.{len(self._call_ids) + 1}"
        return self._call_ids[uid]

    def announce_extension(self, number: str, option: str) -> None:
        """Send event 30022: an extension is new, changed or gone."""
        msg: Msg = {"ext_number": number, "option": option}
        with_sn = self.switches.extension_event_sn
        self._publish(EventType.EXTENSION_CHANGED, msg, with_sn=with_sn)

    def _announce_call_state(self, number: str, state: CallState) -> None:
        """Send event 30008: the phone of an extension rings, is busy or idle."""
        if self._is_monitored(number):
            self._publish(EventType.CALL_STATE, {"extension": number, "status": state})

    def _is_monitored(self, number: str) -> bool:
        monitored = self.switches.monitored
        return monitored is None or number in monitored

    def _publish(self, kind: EventType, msg: Msg, *, with_sn: bool = True) -> None:
        self.events.publish(Event(kind, msg, self.serial_number if with_sn else None))

    def replace_secret(self, secret: str) -> None:
        """Have another Client Secret, as the web portal issues it; sessions end."""
        self.client_secret = secret
        self.tokens.forget()
        self.events.check()

    def replace_device(self, serial_number: str) -> None:
        """Be another device at the same address, of the same Client ID and secret.

        As after a repair with a restored backup.
        """
        self.serial_number = serial_number
        self.reboot()
