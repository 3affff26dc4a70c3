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

from .faults import Fault, Oddity
from .model import RecordedRequest, SimulatedExtension, SimulatedGreeting
from .names import NameServer
from .outages import Outage
from .simulator import PbxSimulator
from .switches import BlockExpiry, EmptyList, Refusal, Switches, UrlForm
from .wav import Encoding

__all__ = [
    "BlockExpiry",
    "EmptyList",
    "Encoding",
    "Fault",
    "NameServer",
    "Oddity",
    "Outage",
    "PbxSimulator",
    "RecordedRequest",
    "Refusal",
    "SimulatedExtension",
    "SimulatedGreeting",
    "Switches",
    "UrlForm",
]
