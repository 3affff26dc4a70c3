"""An entry and its tokens, and what must hold of them, whatever happens."""

from collections.abc import Hashable
import time
from typing import Any

from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.core import HomeAssistant

from custom_components.yeastar_vm.sign_in.tokens import IssuedTokens
from simulator import PbxSimulator
from simulator.tokens import SLOTS
from tests.clock import Clock, wait
from tests.common import MINUTE, entry_for
from tests.life import Life
from tests.stored import is_sign_in_refused, stored_tokens
from tests.window import Window


class TokenLife(Life):
    """An entry, its PBX, and what is promised of its tokens."""

    def __init__(
        self,
        hass: HomeAssistant,
        clock: Clock,
        pbx: PbxSimulator,
        seed: int,
    ) -> None:
        """Begin with an entry that has no token."""
        super().__init__(clock, pbx, seed)
        self.hass = hass
        self.entry: ConfigEntry[Any] = entry_for(pbx)
        self.window = Window(hass, pbx)
        self._decks: dict[Hashable, list[Any]] = {}
        self.up = True
        self.played = 0
        self.others: set[str] = set()  # tokens of another application
        self.lost: set[str] = set()  # tokens of which nobody was told
        self.full_until = 0.0  # when a place is free again, and the pause over
        self.saved_tokens: IssuedTokens | None = None  # before the last event
        self.typed_wrong = 0  # wrong secrets that the user typed
        self.untold: list[str] = []  # those of which the answer was lost
        self.asked_user = False  # to sign in again, which the log says, too

    def draw[T](self, cards: tuple[T, ...]) -> T:
        """Return any of these cards; none comes again before all have come."""
        deck = self._decks.setdefault(cards, [])
        if not deck:
            deck += self.random.sample(cards, len(cards))
        card: T = deck.pop()
        return card

    async def check(self) -> None:
        """See that there are no more tokens and failed logins than promised."""
        now = time.time()
        places = [p for p in self.pbx.tokens._sessions if p.live_tokens(now)]
        if len(places) == SLOTS:
            self.full_until = now + 36 * MINUTE
        tokens = await stored_tokens(self.hass, self.entry)
        assert self.alive <= ({tokens.access_token} if tokens else set())
        told = self.failed_logins.count("get_token") - self.untold.count("get_token")
        wrong = not await self.is_right()
        assert told - self.typed_wrong <= int(wrong), "a failed login"
        assert not self.pbx.lockout._blocked_until
        self.asked_user |= self.entry.state is ConfigEntryState.SETUP_ERROR

    @property
    def alive(self) -> set[str]:
        """Return the entry's tokens, but for the last minute of those that ended."""
        now = time.time()
        return {
            list(place.access)[-1]
            for place in self.pbx.tokens._sessions
            if any(expires > now + MINUTE for expires in place.access.values())
        } - (self.others | self.lost)

    async def is_right(self) -> bool:
        """Return whether the entry has the right secret."""
        return bool(
            self.entry.data["client_secret"] == self.pbx.client_secret
            and not await is_sign_in_refused(self.hass, self.entry)
        )

    async def is_fair(self) -> bool:
        """Return whether nothing stands in the way of a play."""
        undisturbed = self.up and not self.pbx.faults
        undisturbed = undisturbed and time.time() >= self.full_until
        return undisturbed and await self.is_right()

    async def wait(self, seconds: float) -> None:
        """Let time pass, and Home Assistant do what it does then."""
        await wait(self.hass, self.clock, seconds)

    def _forget_failures(self) -> None:
        """Count from zero: there is a new sign-in."""
        self.failed_logins.clear()
        self.untold.clear()
        self.typed_wrong = 0
