"""Extensions: list, search and count them."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Final, Self

from .errors import NotFound
from .http.endpoint import Endpoint
from .lists import BY_NUMBER, List
from .session import PbxSession
from .values import JsonObject, contains, label, number_order, text, whole_number

# What the PBX calls a presence that nobody named.
STANDARD_PRESENCES: Final = {
    "available",
    "away",
    "business_trip",
    "do_not_disturb",
    "lunch",
    "off_work",
}
_LUNCH: Final = "launch"  # as the PBX spells it in some places


@dataclass(frozen=True, slots=True)
class Extension:
    """An extension; `number` is text, since it may begin with zeros.

    `presence_status` is a standard presence. `custom_presence` is the name of a custom
    one that stands for it: empty if there is none. It is None, like `id`, if the PBX
    does not say it.
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
        """Read a row of a list of extensions; return None if it has no number."""
        if not (number := text(row.get("number"))):
            return None
        return cls(
            number,
            label(row.get("caller_id_name")),
            _presence(row.get("presence_status")),
            _custom_presence(row.get("custom_presence_status")),
            whole_number(row.get("id")),
        )


def _presence(value: object) -> str:
    presence = label(value)
    return "lunch" if presence == _LUNCH else presence


def _custom_presence(value: object) -> str:
    """Return the name of a custom presence; the PBX may repeat a standard one."""
    presence = _presence(value)
    return "" if presence in STANDARD_PRESENCES else presence


_ALL: Final = List(Endpoint("extension/list"), "data", Extension.from_row)
_SEARCH: Final = List(
    Endpoint("extension/search", names=("search_value",)), "data", Extension.from_row
)
_UPDATE: Final = Endpoint("extension/update", acts=True)


class Extensions:
    """The extensions of a PBX."""

    def __init__(self, session: PbxSession) -> None:
        self._session = session

    async def all(self) -> list[Extension]:
        """Return all extensions by number (vendor page "Query Extension List")."""
        return _by_number(await _ALL.rows(self._session, BY_NUMBER))

    async def find(self, numbers: Collection[str]) -> dict[str, Extension]:
        """Return those of some extensions that exist, by number.

        The list of all is read until they are found. Raise NotFound if it is empty: a
        PBX has extensions, so these are not told.
        """
        wanted = set(numbers)
        extensions = await _ALL.rows(
            self._session,
            BY_NUMBER,
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
        parameters = {"search_value": search, **BY_NUMBER}
        found = _by_number(await _SEARCH.rows(self._session, parameters))
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
        """Return the number of extensions, with one request if the PBX tells it."""
        page = await _ALL.page(self._session, BY_NUMBER, size=1)
        return len(await self.all()) if page.total is None else page.total

    async def set_presence(self, extension: Extension, presence: str) -> None:
        """Set the presence of an extension, which also selects its greeting.

        Vendor page "Edit an Extension". Raise NotFound if the extension was deleted: if
        the PBX refuses a parameter, it need not be the one that names the extension.
        """
        body: dict[str, str | int] = {
            "id": extension.id or 0,
            "presence_status": presence,
        }
        await self._session.ask(_UPDATE, body=body)


def _by_number(extensions: Iterable[Extension]) -> list[Extension]:
    return sorted(extensions, key=lambda extension: number_order(extension.number))
