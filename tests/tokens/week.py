"""A week of an entry: what may happen, and what must hold after each event."""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
import time
from typing import Any

from aiohttp import web
from homeassistant.config_entries import ConfigEntryDisabler, ConfigEntryState
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.exceptions import HomeAssistantError
from pytest_homeassistant_custom_component.common import MockConfigEntry

from simulator import Fault
from simulator.errors import ApiError
from simulator.lines import Answer
from simulator.tokens import SLOTS
from tests.common import HOUR, LINK, MINUTE, asked, load, play, reauth_flows
from tests.gate import Gate
from tests.stored import is_sign_in_refused, stored_access_token, stored_account

from .life import TokenLife

SIGN_IN = ("get_token", "refresh_token")


class Lost:
    """Lets the PBX act on a sign-in, and lose its answer."""

    def __init__(self, week: Week, manner: Fault) -> None:
        """Lose it in a manner of which the PBX itself knows nothing."""
        self._week = week
        self._manner = manner

    async def inflict(self, http: web.Request, answer: Answer) -> web.StreamResponse:
        """Remember what nobody is told of: a token, or that the secret is wrong."""
        before = set(self._week.pbx.live_access_tokens)
        failed = len(self._week.failed_logins)
        response = answer()
        self._week.lost |= set(self._week.pbx.live_access_tokens) - before
        self._week.untold += self._week.failed_logins[failed:]
        return await self._manner.inflict(http, lambda: response)


type Event = Callable[[Week], Coroutine[Any, Any, None]]


class Week(TokenLife):
    """One week of an entry: what happens, and what must hold after each event.

    The same seed makes the same week, and every event is in each of them.
    """

    async def run(self) -> None:
        """Live through the week, and end it in fair weather."""
        assert isinstance(self.entry, MockConfigEntry)
        await load(self.hass, self.entry)
        end = time.time() + 7 * 24 * HOUR
        while time.time() < end:
            await self.wait(self.draw(GAPS))
            await self.happen(self.draw(EVENTS))
        for event in (Week.sign_in_again, Week.wait_for_others, Week.play):
            await self.happen(event)
        await self.wait(MINUTE + 1)
        assert self.pbx.live_access_tokens == [
            await stored_access_token(self.hass, self.entry)
        ]
        await self.hass.config_entries.async_remove(self.entry.entry_id)
        assert self.pbx.live_access_tokens == []

    async def happen(self, event: Event) -> None:
        """Let something happen, and see that what is promised still holds."""
        self.note(event.__name__)
        tokens = (await stored_account(self.hass, self.entry)).tokens
        await event(self)
        await self.hass.async_block_till_done(wait_background_tasks=True)
        await self.check()
        self.saved_tokens = tokens

    # What happens

    async def play(self) -> None:
        """Let automations play a greeting at the same time."""
        if await self.is_fair() and self.entry.state is ConfigEntryState.SETUP_RETRY:
            await self.wait(2 * MINUTE)
        self.pbx.requests.clear()
        results = await asyncio.gather(
            *(play(self.hass) for _ in range(self.random.randint(1, 4))),
            return_exceptions=True,
        )
        errors = [r for r in results if isinstance(r, BaseException)]
        self.note(f"  played, errors: {errors}")
        assert all(isinstance(error, HomeAssistantError) for error in errors)
        if await self.is_fair():
            assert not errors
            counts = asked(self.pbx)
            assert counts["refresh_token"] <= 1
            assert counts["get_token"] <= 1
            self.played += len(results)

    async def reload(self) -> None:
        """Let the user reload the entry."""
        await self.hass.config_entries.async_reload(self.entry.entry_id)

    async def restart(self) -> None:
        """Restart Home Assistant: it knows what it saved, and no more."""
        await self.hass.config_entries.async_unload(self.entry.entry_id)
        await self.hass.config_entries.async_setup(self.entry.entry_id)

    async def crash(self) -> None:
        """Kill Home Assistant before it has saved the token of the last event."""
        account = await stored_account(self.hass, self.entry)
        await self.hass.config_entries.async_unload(self.entry.entry_id)
        if account.tokens and account.tokens != self.saved_tokens:
            self.lost |= {account.tokens.pair.access_token}
            account.tokens = self.saved_tokens
        await self.hass.config_entries.async_setup(self.entry.entry_id)

    async def disable_and_enable(self) -> None:
        """Let the user disable the entry, and enable it again."""
        for by in (ConfigEntryDisabler.USER, None):
            await self.hass.config_entries.async_set_disabled_by(
                self.entry.entry_id, by
            )

    async def reboot(self) -> None:
        """Reboot the PBX, which forgets all tokens."""
        self.pbx.reboot()

    async def outage(self) -> None:
        """Take the PBX off the network for a while."""
        self.up = False
        await self.pbx.stop()
        await self.play()
        if self.random.random() < 0.5:
            await self.reload()
        await self.wait(self.draw(GAPS))
        await self.pbx.start()
        self.up = True

    async def refuse_to_refresh(self) -> None:
        """Let the PBX refuse every refresh token for a while, or no longer."""
        self.pbx.switches.refuse_refresh = not self.pbx.switches.refuse_refresh

    async def break_renewal(self) -> None:
        """Let something go wrong with the renewal of a token."""
        await self.wait(31 * MINUTE)
        for endpoint in self.draw((("get_token",), ("refresh_token",), SIGN_IN)):
            fault: Any = self.draw(UNHEARD)
            if self.random.random() < 0.5:
                fault = Lost(self, self.draw((*UNHEARD, *CUT_OFF)))
            self.pbx.faults[endpoint] = fault
            self.note(f"  {endpoint}: {fault}")
        await self.play()
        if self.random.random() < 0.3:
            await self.restart()
        self.pbx.faults.clear()

    async def renew_meanwhile(self) -> None:
        """Let something happen while a token is being renewed."""
        await self.wait(31 * MINUTE)
        await self._meanwhile(self.draw(SIGN_IN))

    async def answer_meanwhile(self) -> None:
        """Let something happen while a play waits for the PBX."""
        await self._meanwhile(LINK)

    async def fill_places(self) -> None:
        """Let another application use the Client ID, too."""
        for _ in range(self.random.randint(1, SLOTS)):
            with suppress(ApiError):
                token = self.pbx.tokens.issue(time.time())["access_token"]
                self.others.add(str(token))

    async def wait_for_others(self) -> None:
        """Wait until another application has no token left."""
        await self.wait(36 * MINUTE)

    async def change_secret(self) -> None:
        """Let the administrator make a new secret."""
        self.pbx.client_secret = f"Secret{self.random.randrange(10**6)}"
        if self.random.random() < 0.5:
            self.pbx.reboot()

    async def sign_in_again(self) -> None:
        """Let the user sign in again, where that is necessary, not always at once."""
        await self.wait(max(0, self.full_until - time.time()))
        if await is_sign_in_refused(self.hass, self.entry):
            [flow] = reauth_flows(self.hass)
            await self.window.follow(flow["flow_id"])
            if not self.untold and self.random.random() < 0.5:
                form = await self.window.sign_in_again(client_secret="wrong")
                assert form["errors"] == {"base": "invalid_auth"}
                self.typed_wrong += 1
            result = await self.window.sign_in_again()
            assert result["type"] is FlowResultType.ABORT, result["errors"]
        elif not await self.is_right():
            await self.reconfigure()
        self._forget_failures()

    async def reconfigure(self) -> None:
        """Let the user sign in again, though it may not be necessary."""
        await self.wait(max(0, self.full_until - time.time()))
        await self.window.reconfigure(self.entry)
        result = await self.window.sign_in()
        assert result["reason"] == "reconfigure_successful"
        self._forget_failures()

    async def abandon(self) -> None:
        """Let the user begin to add the PBX again, and close the window."""
        await self.window.open()
        if self.random.random() < 0.5:
            self.pbx.errcodes["system/information"] = -2
        result = await self.window.sign_in()
        self.pbx.errcodes.clear()
        if result["type"] is FlowResultType.FORM:
            await self.window.close()

    async def remove_and_add(self) -> None:
        """Let the user remove the PBX and add it again."""
        await self.wait(max(0, self.full_until - time.time()))
        await self.hass.config_entries.async_remove(self.entry.entry_id)
        alive = self.alive
        await self.window.open()
        result = await self.window.sign_in()
        self.entry = result["result"]
        self._forget_failures()
        assert alive == set()

    async def _meanwhile(self, endpoint: str) -> None:
        """Let something happen while the PBX is asked."""
        gate = Gate(self.pbx, endpoint, busy=self.random.random() < 0.5)
        playing = [asyncio.create_task(play(self.hass)) for _ in range(2)]
        arrival = asyncio.create_task(gate.arrived())
        await asyncio.wait([*playing, arrival], return_when=asyncio.FIRST_COMPLETED)
        arrival.cancel()
        event = self.draw(MEANWHILE)
        self.note(f"  meanwhile {event.__name__}, {gate.waiting} waiting")
        happening = asyncio.create_task(event(self))
        if self.random.random() < 0.3:
            playing[0].cancel()
        if endpoint == LINK and self.random.random() < 0.5:
            await happening
        for _ in range(self.random.randint(0, 20)):
            await asyncio.sleep(0)
        gate.open()
        await happening
        results = await asyncio.gather(*playing, return_exceptions=True)
        self.note(f"  played, {results}")
        errors = [r for r in results if isinstance(r, Exception)]
        assert all(isinstance(error, HomeAssistantError) for error in errors)


GAPS = (
    *[1, MINUTE, 10 * MINUTE, 28 * MINUTE, 29 * MINUTE, 31 * MINUTE, HOUR] * 4,
    *[3 * HOUR, 8 * HOUR, 25 * HOUR],
)
UNHEARD = (
    Fault.RESET,
    Fault.CLOSE,
    Fault.EMPTY,
    Fault.JSON_LIST,
    Fault.NO_ERRCODE,
    Fault.HTML,
    Fault.BAD_GATEWAY_502,
    Fault.TOO_MANY_REQUESTS_429,
)
"""Of what these answer, the PBX itself knows nothing."""
CUT_OFF = (Fault.HALF, Fault.NOT_JSON)
MEANWHILE: tuple[Event, ...] = (
    Week.reload,
    Week.restart,
    Week.disable_and_enable,
    Week.reboot,
    Week.change_secret,
    Week.reconfigure,
)
EVENTS: tuple[Event, ...] = (
    *[Week.play] * 8,
    Week.reload,
    Week.restart,
    Week.crash,
    Week.disable_and_enable,
    Week.reboot,
    Week.outage,
    Week.refuse_to_refresh,
    *[Week.break_renewal] * 3,
    *[Week.renew_meanwhile] * 2,
    *[Week.answer_meanwhile] * 2,
    Week.fill_places,
    Week.change_secret,
    *[Week.sign_in_again] * 3,
    Week.reconfigure,
    Week.abandon,
    Week.remove_and_add,
)
