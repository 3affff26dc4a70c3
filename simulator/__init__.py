"""A Yeastar P-Series PBX on the loopback interface, for tests and for trying out.

It does what the vendor's OpenAPI documents say, and where they say nothing it has a
switch. ``python -m simulator`` runs it alone.

    async with PbxSimulator() as pbx:
        pbx.base_url, pbx.client_id, pbx.client_secret
        pbx.switches.ranges = True
        pbx.faults["extension_vm_greeting/play"] = Fault.RESET
        pbx.errcodes["system/information"] = 70082
        await pbx.begin_outage(Outage.REFUSED)

        pbx.groups = default_groups()
        pbx.calls.phones["3201"] = Phone(Reaction.BUSY)
        message = pbx.leave_message("3200", "15550123", "Anna Weber")
        pbx.read_at_phone(message.msg_id)
        pbx.set_presence("3200", "away")
        pbx.events.faults[EventType.CALL_ENDED] = EventFault.TWICE
        pbx.drop_sockets()
        pbx.timeline.run_due()  # after a test moved the clock

    PbxSimulator(profile=Profile.named("p570"))  # as real ones were seen to be
"""

from .broken_requests import AfterActing, Reboot
from .calls import CallStatus
from .certificate import Authority, Certificate
from .default_mail import default_groups, leave_default_messages
from .event_frames import EventFault, EventType
from .fast_forward import FastForward
from .faults import Fault, Oddity, Passing, Says, Spoiler
from .groups import GroupMode, GroupType, SimulatedGroup
from .lines import Delay, Line
from .mailboxes import MailboxFullError, SimulatedMessage
from .model import RecordedRequest, SimulatedExtension, SimulatedGreeting
from .names import Names, Resolve
from .outages import DeadAddress, Outage
from .phones import Phone, Reaction
from .profile import DOCUMENTED, Profile
from .redirects import RedirectTo
from .simulator import PbxSimulator
from .switches import (
    BlockExpiry,
    CallParties,
    CustomPresence,
    DateFormat,
    EmptyBox,
    EmptyList,
    ErrMsg,
    HeartbeatAnswer,
    MessageIds,
    OldTokens,
    PastEnd,
    Refusal,
    SocketEnd,
    SocketRefusal,
    Switches,
    TimeFormat,
    TotalNumber,
    UnannouncedEnd,
    UnknownBox,
    UrlForm,
)
from .tls import Weakness
from .wav import Encoding

__all__ = [
    "DOCUMENTED",
    "AfterActing",
    "Authority",
    "BlockExpiry",
    "CallParties",
    "CallStatus",
    "Certificate",
    "CustomPresence",
    "DateFormat",
    "DeadAddress",
    "Delay",
    "EmptyBox",
    "EmptyList",
    "Encoding",
    "ErrMsg",
    "EventFault",
    "EventType",
    "FastForward",
    "Fault",
    "GroupMode",
    "GroupType",
    "HeartbeatAnswer",
    "Line",
    "MailboxFullError",
    "MessageIds",
    "Names",
    "Oddity",
    "OldTokens",
    "Outage",
    "Passing",
    "PastEnd",
    "PbxSimulator",
    "Phone",
    "Profile",
    "Reaction",
    "Reboot",
    "RecordedRequest",
    "RedirectTo",
    "Refusal",
    "Resolve",
    "Says",
    "SimulatedExtension",
    "SimulatedGreeting",
    "SimulatedGroup",
    "SimulatedMessage",
    "SocketEnd",
    "SocketRefusal",
    "Spoiler",
    "Switches",
    "TimeFormat",
    "TotalNumber",
    "UnannouncedEnd",
    "UnknownBox",
    "UrlForm",
    "Weakness",
    "default_groups",
    "leave_default_messages",
]
