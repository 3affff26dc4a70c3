"""A Yeastar P-Series PBX on the loopback interface, for tests and for trying out.

It does what the vendor's OpenAPI documents say, and where they say nothing it has a
switch. ``python -m tests.pbx_simulator`` runs it alone.

    async with PbxSimulator() as pbx:
        pbx.base_url, pbx.client_id, pbx.client_secret
        pbx.switches.ranges = True
        pbx.faults["extension_vm_greeting/play"] = Fault.RESET
        pbx.errcodes["system/information"] = 70082
        await pbx.begin_outage(Outage.REFUSED)
"""

from .event_frames import EventFault, EventType
from .faults import Fault, Oddity
from .groups import GroupMode, GroupType, SimulatedGroup
from .model import RecordedRequest, SimulatedExtension, SimulatedGreeting
from .names import NameServer
from .outages import Outage
from .phones import Phone, Reaction
from .simulator import PbxSimulator
from .switches import (
    AfterUpload,
    AskAnswer,
    BlockExpiry,
    EmptyList,
    NameRule,
    Refusal,
    SocketEnd,
    SocketRefusal,
    Switches,
    UrlForm,
)
from .wav import Encoding

__all__ = [
    "AfterUpload",
    "AskAnswer",
    "BlockExpiry",
    "EmptyList",
    "Encoding",
    "EventFault",
    "EventType",
    "Fault",
    "GroupMode",
    "GroupType",
    "NameRule",
    "NameServer",
    "Oddity",
    "Outage",
    "PbxSimulator",
    "Phone",
    "Reaction",
    "RecordedRequest",
    "Refusal",
    "SimulatedExtension",
    "SimulatedGreeting",
    "SimulatedGroup",
    "SocketEnd",
    "SocketRefusal",
    "Switches",
    "UrlForm",
]
