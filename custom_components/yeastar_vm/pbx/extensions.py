"""Extensions: list, search and count them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Self

from .errors import NotFound
from .session import BY_NUMBER, PbxSession
from .values import JsonObject, contains, number_order, text, whole_number


@dataclass(frozen=True, slots=True)
class Extension:
    """An extension; `number` is text, since it may begin with zeros.

    `presence_status` is `available`, `away`, `business_trip`, `do_not_disturb`, `lunch`
    or `off_work`. `custom_presence` is the name of a custom one that stands for it:
    empty if there is none. It is None, like `id`, if the PBX does not say it.
    """

    number: str
    name: str
    presence_status: str
    custom_presence: str | None = None
    id: int | None = None

    @property
    def presence(self) -> str:
        """Return the presence as people call it."""
        return self.custom_presence or self.presence_status

    def is_named(self, search: str) -> bool:
        """Return whether the name contains a text, in upper or lower case."""
        return contains(self.name, search)

    @classmethod
    def from_row(cls, row: JsonObject) -> Self | None:
        """Read a row of an endpoint of extensions; return None if it has no number."""
        if not (number := text(row.get("number"))):
            return None
        return cls(
            number,
            text(row.get("caller_id_name")),
            text(row.get("presence_status")),
            text(row["custom_presence_status"])
            if "custom_presence_status" in row
            else None,
            whole_number(row.get("id")),
        )


class Extensions:
    """The extensions of a PBX."""

    def __init__(self, session: PbxSession) -> None:
        self._session = session

    async def all(self) -> list[Extension]:
        """Return all extensions by number (vendor page "Query Extension List")."""
        return await self._read("extension/list", {})

    async def find(self, numbers: Collection[str]) -> dict[str, Extension]:
        """Return those of some extensions that exist, by number.

        The list of all is read until they are found. Raise NotFound if it is empty: a
        PBX has extensions, so these are not told.
        """
        wanted = set(numbers)
        extensions = await self._session.list_rows(
            "extension/list",
            "data",
            BY_NUMBER,
            Extension.from_row,
            is_enough=lambda found: wanted <= {each.number for each in found},
        )
        if not extensions:
            raise NotFound
        return {each.number: each for each in extensions if each.number in wanted}

    async def search(self, search: str) -> list[Extension]:
        """Return the extensions whose number, name or mail address contains a text.

        They are sorted by number; vendor page "Search Specific Extensions". An empty
        text matches all of them. The PBX does not find a name that it has in another
        Unicode form, or with another kind of space: if it finds nothing, compare here.
        """
        if not search:
            return await self.all()
        found = await self._read(
            "extension/search",
            {"search_value": search},
            names=("search_value",),
        )
        if found or (search.isascii() and " " not in search):
            return found
        return [each for each in await self.all() if each.is_named(search)]

    async def get(self, number: str) -> Extension | None:
        """Return the extension with exactly this number, or None."""
        for extension in await self.search(number):
            if extension.number == number:
                return extension
        return None

    async def count(self) -> int:
        """Return the number of extensions, as the first page of their list has it."""
        answer = await self._session.get(
            "extension/list", {"page": "1", "page_size": "1"}
        )
        return whole_number(answer.get("total_number")) or 0

    async def set_presence(self, extension: Extension, presence: str) -> None:
        """Set the presence of an extension, which also selects its greeting.

        Vendor page "Edit an Extension". Raise NotFound if the extension was deleted.
        """
        body: dict[str, str | int] = {
            "id": extension.id or 0,
            "presence_status": presence,
        }
        await self._session.post("extension/update", body, names=("id",))

    async def _read(
        self,
        endpoint: str,
        parameters: Mapping[str, str],
        names: Collection[str] = (),
    ) -> list[Extension]:
        extensions = await self._session.list_rows(
            endpoint,
            "data",
            {**parameters, **BY_NUMBER},
            Extension.from_row,
            names,
        )
        return sorted(extensions, key=lambda extension: number_order(extension.number))
