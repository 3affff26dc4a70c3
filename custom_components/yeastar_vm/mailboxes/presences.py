"""The presences of the extensions of mailboxes, with as few requests as possible."""

from collections.abc import Callable, Collection, Coroutine, Iterable, Mapping, Sequence
import logging
from typing import Any, Final

from ..pbx import (
    AccessDenied,
    Extension,
    InvalidResponse,
    NotFound,
    NotSupported,
    PbxFault,
    YeastarClient,
)
from .mailbox import Mailbox

_LOGGER = logging.getLogger(__name__)

# So many extensions are looked up one by one, more with lists.
FEW: Final = 3

# The API application may lack a permission, or the firmware an endpoint.
NOT_TOLD: Final = (AccessDenied, InvalidResponse, NotFound, NotSupported, PbxFault)

type Found = dict[str, Extension | None]


class PresenceSource:
    """Ask the PBX for presences, by the number of the extension.

    Details of extensions are asked for by their IDs. The ID in a mailbox may be that of
    an extension that was deleted since: what is answered counts only for the number
    that it has.
    """

    def __init__(
        self, client: YeastarClient, name: str, mailboxes: Mapping[str, Mailbox]
    ) -> None:
        self._client = client
        self._name = name
        # Those in the mailboxes, until the PBX tells them.
        self._ids = {
            number: mailbox.box.id
            for number, mailbox in mailboxes.items()
            if mailbox.box.id is not None
        }
        # The custom presences, each with the presence that it stands for.
        self._custom: dict[str, tuple[str, str]] = {}
        # The names of the extensions, as far as the PBX told them.
        self.names: dict[str, str] = {}
        # The extensions that the API application may not see.
        self._denied = set[str]()
        self._behind_first_page = set[str]()
        self._has_details = False
        self._has_read_all = False

    def forget_ids(self, numbers: Iterable[str]) -> None:
        """Forget the IDs of extensions that changed.

        An answer to a request by ID does not have the name. If the extension was
        created again, it has another ID.
        """
        for number in numbers:
            self._ids.pop(number, None)

    async def query(
        self, numbers: Collection[str], *, one_request: bool = False
    ) -> tuple[dict[str, str], list[str]]:
        """Return the presences of extensions, and those that do not exist.

        What the PBX does not tell is in neither. The first page of its list is enough
        for most of them. With `one_request`, no other is asked for.
        """
        found: Found = {}
        is_denied = False
        for ask in self._steps(numbers, one_request=one_request):
            if not (rest := [each for each in numbers if each not in found]):
                break
            try:
                found |= await ask(rest)
            except NOT_TOLD as err:
                _LOGGER.debug("The presences are not known: %s", err)
                is_denied = is_denied or isinstance(err, AccessDenied)
        # Where not all was asked, the rest may be allowed.
        is_denied = is_denied and (len(numbers) <= FEW or not one_request)
        self._note_denied(found, set(numbers) - found.keys() if is_denied else ())
        presences = {}
        for number, extension in found.items():
            if extension and extension.name:
                self.names[number] = extension.name
            if extension and (presence := self._presence(extension)):
                presences[number] = presence
        return presences, [number for number, each in found.items() if each is None]

    def _steps(
        self, numbers: Collection[str], *, one_request: bool
    ) -> Sequence[Callable[[list[str]], Coroutine[Any, Any, Found]]]:
        """Return the ways to ask: each for what those before did not find."""
        if len(numbers) <= FEW:
            return [self._one_by_one]
        if one_request:
            return [self._on_first_page]
        if self._has_details and not self._has_read_all:
            # Details have no names, perhaps not even those of custom presences.
            return [self._on_all_pages, self._by_id]
        steps = [self._on_first_page, self._by_id, self._on_all_pages]
        return steps[1:] if self._behind_first_page.issuperset(numbers) else steps

    async def set(self, number: str, presence: str) -> None:
        """Set the presence of an extension; raise NotFound if it does not exist."""
        if (extension := await self._client.extensions.get(number)) is None:
            raise NotFound
        await self._client.extensions.set_presence(extension, presence)
        self._custom.pop(number, None)

    def _note_denied(self, found: Found, denied: Collection[str]) -> None:
        """Log once that access is denied, and once that it is granted."""
        before = self._denied
        self._denied = before.difference(found).union(denied)
        if self._denied and not before:
            _LOGGER.warning(
                "%s denies access to extensions, so presences are unknown. Check under "
                "Integrations > API on the PBX that this application has the "
                "permissions for extensions",
                self._name,
            )
        elif before and not self._denied:
            _LOGGER.info("%s grants access to extensions again", self._name)

    async def _one_by_one(self, numbers: list[str]) -> Found:
        return {each: await self._client.extensions.get(each) for each in numbers}

    async def _on_first_page(self, numbers: list[str]) -> Found:
        extensions, is_all = await self._client.extensions.first_page()
        found = _selected(extensions, numbers)
        self._behind_first_page = set() if is_all else {*numbers} - found.keys()
        # None at all may as well mean that they are not told.
        return dict.fromkeys(numbers) | found if is_all and extensions else found

    async def _by_id(self, numbers: list[str]) -> Found:
        known = [self._ids[each] for each in numbers if each in self._ids]
        if not known:
            return {}
        extensions = await self._client.extensions.query(known)
        self._has_details = True
        return _selected(extensions, numbers)

    async def _on_all_pages(self, numbers: list[str]) -> Found:
        if len(numbers) <= FEW:
            return await self._one_by_one(numbers)
        every = await self._client.extensions.all()
        self._has_read_all = True
        return dict.fromkeys(numbers) | _selected(every, numbers) if every else {}

    def _presence(self, extension: Extension) -> str:
        """Return the presence of an extension.

        Where an answer does not name custom presences, a known one stays for as long as
        the presence that it stands for does.
        """
        number, status = extension.number, extension.presence_status
        if extension.id is not None:
            self._ids[number] = extension.id
        if extension.custom_presence:
            self._custom[number] = extension.custom_presence, status
        elif extension.custom_presence is None:
            custom, stands_for = self._custom.get(number, ("", ""))
            if custom and stands_for == status:
                return custom
        else:
            self._custom.pop(number, None)
        return extension.presence


def _selected(extensions: Iterable[Extension], numbers: Collection[str]) -> Found:
    wanted = set(numbers)
    return {each.number: each for each in extensions if each.number in wanted}
