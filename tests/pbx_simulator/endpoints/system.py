"""The PBX about itself: ``system/*``."""

from datetime import UTC, datetime

from tests.pbx_simulator.model import RecordedRequest
from tests.pbx_simulator.pbx import Pbx

from .family import Endpoint, Family, Fields


def _information(pbx: Pbx, request: RecordedRequest) -> Fields:
    """Answer "Query PBX information"; the PBX's time zone is UTC."""
    now = pbx.clock()
    return {
        "data": {
            "device_name": pbx.name,
            "model_name": pbx.model,
            "sn": pbx.serial_number,
            "hardware_version": "V1.00 0000-0000",
            "firmware_version": pbx.firmware,
            "system_time": f"{datetime.fromtimestamp(now, UTC):%Y/%m/%d %H:%M:%S}",
            "up_time": int(now - pbx.booted_at),
            "system_date_format": "YYYY/MM/DD",
            "system_time_format": "hh:mm:ss",
            "timestamp": int(now),
        }
    }


SYSTEM = Family({"system/information": Endpoint("GET", _information)})
