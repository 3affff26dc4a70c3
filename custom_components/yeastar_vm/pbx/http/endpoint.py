"""The endpoints of the API, as far as requests and errors depend on them."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from ..errors import PbxFault

MAX_ANSWER: Final = 2 * 1024 * 1024  # bytes; 500 extensions take about 500 kB


@dataclass(frozen=True, slots=True, eq=False)
class Endpoint:
    """An endpoint of the API.

    `names` are the parameters that name what is asked for: if the PBX refuses one, it
    does not have it. An endpoint that `acts` changes something, or lets a phone ring.
    `faults` are the errors that only this endpoint has, by their code. `limit` is the
    largest answer, in bytes.
    """

    path: str
    names: tuple[str, ...] = ()
    acts: bool = False
    faults: Mapping[int, type[PbxFault]] = MappingProxyType({})
    limit: int = MAX_ANSWER


INFORMATION: Final = Endpoint("system/information")
SUBSCRIBE: Final = Endpoint("subscribe")

GET_TOKEN: Final = Endpoint("get_token")
REFRESH_TOKEN: Final = Endpoint("refresh_token")
DEL_TOKEN: Final = Endpoint("del_token")

SIGN_IN: Final = (GET_TOKEN, REFRESH_TOKEN)
