"""The PBX itself."""

from dataclasses import dataclass
from typing import Self

from .errors import InvalidResponse
from .http.endpoint import INFORMATION
from .session import PbxSession
from .values import JsonObject, label


@dataclass(frozen=True, slots=True)
class PbxInfo:
    """The identity of a PBX (vendor page "Query PBX Information")."""

    serial_number: str
    name: str
    model: str
    firmware: str

    @classmethod
    def from_answer(cls, answer: JsonObject) -> Self:
        """Read `system/information`.

        Raise InvalidResponse if there is no serial number.
        """
        data = answer.get("data")
        if not isinstance(data, dict) or not (serial_number := label(data.get("sn"))):
            raise InvalidResponse("no serial number in the answer")
        model = label(data.get("model_name"))
        return cls(
            serial_number,
            label(data.get("device_name")) or model or serial_number,
            model,
            label(data.get("firmware_version")),
        )


class System:
    """The PBX itself."""

    def __init__(self, session: PbxSession) -> None:
        self._session = session

    async def information(self) -> PbxInfo:
        """Return the identity of the PBX."""
        answer = await self._session.ask(INFORMATION)
        with self._session.mismatches.noted(INFORMATION.path, answer):
            return PbxInfo.from_answer(answer)
