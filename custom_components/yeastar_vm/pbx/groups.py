"""Group voicemail: the boxes that several extensions share."""

from dataclasses import dataclass
from typing import Final, Self

from .boxes import Box, BoxKind
from .errors import AccessDenied, NotSupported
from .http.endpoint import Endpoint
from .lists import BY_NUMBER, List
from .session import PbxSession
from .values import JsonObject, comparable, label, number_order, text

_BROADCAST: Final = "broadcast"


@dataclass(frozen=True, slots=True)
class Group:
    """A group voicemail.

    `mode` is `share`, or `broadcast` if each message is copied to the boxes of the
    members.
    """

    number: str
    name: str
    mode: str

    @classmethod
    def from_row(cls, row: JsonObject) -> Self | None:
        """Read a row of `vm_group/list`; return None if it has no number."""
        if not (number := text(row.get("number"))):
            return None
        return cls(number, label(row.get("name")), text(row.get("mode")))

    @property
    def has_messages(self) -> bool:
        """Return whether the messages are its own: `broadcast` copies them."""
        return self.mode != _BROADCAST

    @property
    def box(self) -> Box:
        """Return its box."""
        return Box(
            self.number, self.name, BoxKind.GROUP, has_messages=self.has_messages
        )

    def is_named(self, search: str) -> bool:
        """Return whether the number or the name contains a text, in any case."""
        wanted = comparable(search).casefold()
        return any(
            wanted in comparable(each).casefold() for each in (self.number, self.name)
        )


_LIST: Final = List(Endpoint("vm_group/list"), "vm_group_list", Group.from_row)


class Groups:
    """The group voicemails of a PBX."""

    def __init__(self, session: PbxSession) -> None:
        self._session = session

    async def find(self) -> list[Group] | None:
        """Return all group voicemails by number (page "Query Group Voicemail List").

        It is None if the PBX does not tell them: firmware without groups, or an API
        application that may not see them.
        """
        try:
            groups = await _LIST.rows(self._session, BY_NUMBER)
        except AccessDenied, NotSupported:
            return None
        return sorted(groups, key=lambda group: number_order(group.number))

    async def all(self) -> list[Group]:
        """Return all group voicemails by number: none if the PBX does not tell them."""
        return await self.find() or []

    async def get(self, number: str) -> Group | None:
        """Return the group voicemail with exactly this number, or None."""
        for group in await self.all():
            if group.number == number:
                return group
        return None
