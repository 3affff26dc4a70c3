"""The PBX about itself: ``system/*``."""

from simulator.display import displayed
from simulator.envelope import Fields
from simulator.model import RecordedRequest
from simulator.pbx import Pbx

from .family import Endpoint, Family, Row


def _information(pbx: Pbx, request: RecordedRequest) -> Fields:
    """Answer "Query PBX information"."""
    now = pbx.clock()
    data: Row = {
        "device_name": pbx.name,
        "model_name": pbx.model,
        "sn": pbx.serial_number,
        "hardware_version": pbx.hardware,
        "firmware_version": pbx.firmware,
        "system_time": displayed(pbx.switches, now),
        "up_time": int(now - pbx.booted_at),
    }
    if pbx.switches.system_formats:
        data |= {
            "system_date_format": pbx.switches.date_format,
            "system_time_format": pbx.switches.time_format,
            "timestamp": int(now),
        }
    return {"data": data}


SYSTEM = Family({"system/information": Endpoint("GET", _information)})
