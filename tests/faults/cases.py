"""Who asks the PBX for what: each endpoint from each side that a user sees."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum

from .home import Home, Token

GET_TOKEN = "get_token"
REFRESH_TOKEN = "refresh_token"
DEL_TOKEN = "del_token"
INFORMATION = "system/information"
EXTENSIONS = "extension/list"
SEARCH = "extension/search"
GROUPS = "vm_group/list"
GREETINGS = "extension_vm_greeting/list"
PLAY = "extension_vm_greeting/play"
AUDIO = "download"


class Side(StrEnum):
    """Where a user meets what the PBX does."""

    ACTION = "action"
    BROWSER = "browser"
    FORM = "form"
    SETUP = "setup"
    SPEAKER = "speaker"
    REMOVAL = "removal"


@dataclass(frozen=True)
class Case:
    """Something that is done, and an endpoint that it asks.

    ``asks`` is everything that it asks while all is well, in order. ``again`` does it
    another time.
    """

    side: Side
    endpoint: str
    asks: tuple[str, ...]
    do: Callable[[Home], Awaitable[str]]
    token: Token = Token.FRESH
    prepare: Callable[[Home], Awaitable[None]] | None = None
    again: Callable[[Home], Awaitable[str]] | None = None

    def __str__(self) -> str:
        """Return a name for messages of tests."""
        return f"{self.endpoint} ({self.side})"

    @property
    def before(self) -> str | None:
        """Return what is asked just before the endpoint, if anything."""
        position = self.asks.index(self.endpoint)
        return self.asks[position - 1] if position else None


_ADD = (GET_TOKEN, INFORMATION, DEL_TOKEN)
_ADD_TOKENS = (INFORMATION, REFRESH_TOKEN, INFORMATION)
# The audio is looked at first, and the player gets a link that nobody has used.
_PLAY_DIRECTLY = (PLAY, AUDIO, PLAY)


def _renewed(
    side: Side,
    asks: tuple[str, ...],
    do: Callable[[Home], Awaitable[str]],
    prepare: Callable[[Home], Awaitable[None]] | None = None,
) -> list[Case]:
    """Return something that is done without a token, and with one that has expired."""
    return [
        Case(side, renewal, (renewal, *asks), do, token, prepare)
        for renewal, token in (
            (GET_TOKEN, Token.GONE),
            (REFRESH_TOKEN, Token.EXPIRED),
        )
    ]


# The first of an endpoint is the one that stands for all where the others would only
# do the same. The removal comes last, for it takes the entry away.
CASES = (
    *_renewed(Side.ACTION, _PLAY_DIRECTLY, Home.play_directly),
    Case(Side.ACTION, SEARCH, (SEARCH, GROUPS), Home.search_extensions),
    Case(Side.ACTION, GROUPS, (SEARCH, GROUPS), Home.search_extensions),
    Case(
        Side.ACTION,
        GREETINGS,
        (GREETINGS, *_PLAY_DIRECTLY),
        Home.play_the_only_greeting,
    ),
    Case(Side.ACTION, PLAY, _PLAY_DIRECTLY, Home.play_directly),
    Case(Side.ACTION, AUDIO, (PLAY, AUDIO), Home.play),
    *_renewed(Side.BROWSER, (EXTENSIONS, GROUPS), Home.browse_extensions),
    Case(Side.BROWSER, EXTENSIONS, (EXTENSIONS, GROUPS), Home.browse_extensions),
    Case(Side.BROWSER, SEARCH, (SEARCH, GROUPS), Home.search_media),
    Case(Side.BROWSER, GROUPS, (EXTENSIONS, GROUPS), Home.browse_extensions),
    Case(Side.BROWSER, GREETINGS, (GREETINGS,), Home.browse_greetings),
    Case(Side.BROWSER, PLAY, (PLAY, AUDIO), Home.play_media),
    Case(Side.BROWSER, AUDIO, (PLAY, AUDIO), Home.play_media),
    Case(Side.FORM, GET_TOKEN, _ADD, Home.submit, prepare=Home.open_window),
    Case(
        Side.FORM,
        REFRESH_TOKEN,
        _ADD_TOKENS,
        Home.submit_tokens,
        prepare=Home.open_token_window,
    ),
    Case(Side.FORM, INFORMATION, _ADD, Home.submit, prepare=Home.open_window),
    Case(Side.FORM, DEL_TOKEN, _ADD, Home.submit, prepare=Home.open_window),
    *_renewed(Side.SETUP, (INFORMATION,), Home.set_up, Home.unload),
    Case(Side.SETUP, INFORMATION, (INFORMATION,), Home.set_up, prepare=Home.unload),
    *_renewed(Side.SPEAKER, (PLAY, AUDIO), Home.fetch),
    Case(Side.SPEAKER, PLAY, (PLAY, AUDIO), Home.fetch),
    Case(Side.SPEAKER, AUDIO, (PLAY, AUDIO), Home.fetch),
    Case(Side.REMOVAL, DEL_TOKEN, (DEL_TOKEN,), Home.remove, again=Home.add_again),
)
ENDPOINTS = tuple(dict.fromkeys(case.endpoint for case in CASES))
FIRST_CASES = tuple(
    next(case for case in CASES if case.endpoint == endpoint) for endpoint in ENDPOINTS
)
