"""A token that the PBX refuses: dead or not, and what is sent again."""

import asyncio
from collections.abc import Awaitable, Callable

from aiohttp import web
import pytest

from custom_components.yeastar_vm.pbx import (
    AccessDenied,
    Box,
    BoxKind,
    Extension,
    GatewayRefused,
    Greeting,
    YeastarClient,
)
from simulator import AfterActing, Fault, OldTokens, PbxSimulator, Refusal
from simulator.lines import Answer
from tests.clock import Clock
from tests.common import LINK, MINUTE

from .caller import Caller

PLAYS = 100
FAMILY = "extension_vm_greeting"
RECORD, DELETE = f"{FAMILY}/record", f"{FAMILY}/delete"
ANN = Box("3201", "Ann Empty", BoxKind.EXTENSION)
LEO = Extension("3200", "Leo Ball", "available")
DEAD = pytest.mark.parametrize(
    "refusal", [Refusal.TOKEN_EXPIRED, Refusal.ACCESS_DENIED, Refusal.HTTP_401]
)


class Killer:
    """Lets all access tokens die when some requests arrive, by their count."""

    def __init__(self, pbx: PbxSimulator, *counts: int) -> None:
        """Stand before the endpoint of a play link."""
        self._pbx = pbx
        self._counts = counts
        self._arrived = 0
        pbx.faults[LINK] = self

    async def inflict(self, http: web.Request, answer: Answer) -> web.StreamResponse:
        """Answer, perhaps after the tokens died."""
        self._arrived += 1
        if self._arrived in self._counts:
            for token in self._pbx.live_access_tokens:
                self._pbx.tokens.revoke(token)
        return answer()


async def play_all(caller: Caller) -> None:
    """Ask for many links at once; raise what one of them meets."""
    play = caller.client.greetings.play_link
    await asyncio.gather(*(play("3200", "vm_welcome.wav") for _ in range(PLAYS)))


@DEAD
async def test_plays_while_the_token_dies_twice(
    signed_in: Caller, refusal: Refusal
) -> None:
    """All of them succeed, however the PBX refuses a dead token."""
    signed_in.pbx.switches.token_refusal = refusal
    Killer(signed_in.pbx, 10, 60)

    await play_all(signed_in)

    asked = signed_in.asked()
    assert asked.count("refresh_token") + asked.count("get_token") == 2
    assert asked.count(LINK) <= PLAYS + 2 * 8


async def test_a_token_that_dies_before_the_second_answer(signed_in: Caller) -> None:
    """The play renews it once more."""
    Killer(signed_in.pbx, 1, 2)

    await signed_in.client.greetings.play_link("3200", "vm_welcome.wav")

    assert signed_in.asked().count(LINK) == 3


async def test_tokens_that_die_one_after_the_other(signed_in: Caller) -> None:
    """The play gives up after three of them."""
    Killer(signed_in.pbx, *range(1, 10))

    with pytest.raises(AccessDenied):
        await signed_in.client.greetings.play_link("3200", "vm_welcome.wav")

    assert signed_in.asked().count(LINK) == 3


async def test_a_pbx_that_lets_one_token_live(signed_in: Caller) -> None:
    """Another program may sign in at any time."""
    signed_in.pbx.switches.old_tokens_at_sign_in = OldTokens.ALL_DIE
    signed_in.pbx.tokens.issue(signed_in.pbx.clock())

    await play_all(signed_in)

    assert signed_in.asked().count("get_token") == 1


@DEAD
async def test_a_lost_token_after_a_permission_was_missing(
    signed_in: Caller, clock: Clock, refusal: Refusal
) -> None:
    """It is renewed within a minute, whatever happened before."""
    signed_in.pbx.switches.token_refusal = refusal
    signed_in.pbx.switches.permissions_missing = frozenset({FAMILY})
    with pytest.raises(AccessDenied):
        await signed_in.client.greetings.play_link("3200", "vm_welcome.wav")
    signed_in.pbx.switches.permissions_missing = frozenset()
    signed_in.pbx.reboot()
    clock.tick(MINUTE)

    assert await signed_in.client.greetings.play_link("3200", "vm_welcome.wav")


async def test_an_endpoint_that_refuses_good_tokens(signed_in: Caller) -> None:
    """It is asked once a call, and no token is renewed for it again."""
    signed_in.pbx.errcodes[LINK] = 10004
    for _ in range(3):
        with pytest.raises(AccessDenied):
            await signed_in.client.greetings.play_link("3200", "vm_welcome.wav")

    assert signed_in.asked() == [
        *(LINK, "refresh_token", LINK, "system/information"),
        *(LINK, "system/information"),
        *(LINK, "system/information"),
    ]

    signed_in.pbx.errcodes.clear()
    await signed_in.client.greetings.play_link("3200", "vm_welcome.wav")
    signed_in.pbx.reboot()
    signed_in.asked()
    await signed_in.client.greetings.play_link("3200", "vm_welcome.wav")

    assert signed_in.asked() == [LINK, "refresh_token", "get_token", LINK]


@pytest.mark.parametrize("code", [10005, 10009, 70084])
async def test_what_is_refused_for_permission_is_not_repeated(
    signed_in: Caller, code: int
) -> None:
    """Neither is the phone rung again, nor the token renewed."""
    signed_in.pbx.errcodes[RECORD] = code

    with pytest.raises(AccessDenied):
        await signed_in.client.greetings.record(ANN, "3200", "holiday")

    asked = signed_in.asked()
    assert asked.count(RECORD) == 1
    assert "refresh_token" not in asked


HELLO = Greeting("0042", "hello.wav", "record", 1)


@pytest.mark.parametrize(
    ("endpoint", "act"),
    [
        (RECORD, lambda client: client.greetings.record(ANN, "3200", "holiday")),
        (DELETE, lambda client: client.greetings.delete(HELLO)),
        (f"{FAMILY}/update", lambda client: client.greetings.rename(HELLO, "bye")),
        (f"{FAMILY}/upload", lambda client: client.greetings.upload(ANN, "a", b"")),
        ("vm/update", lambda client: client.messages.mark_read("1")),
        ("vm/delete", lambda client: client.messages.delete("1")),
        (
            "extension/update",
            lambda client: client.extensions.set_presence(LEO, "lunch"),
        ),
    ],
)
async def test_http_401_after_the_pbx_has_acted(
    signed_in: Caller, endpoint: str, act: Callable[[YeastarClient], Awaitable[None]]
) -> None:
    """It acts once, even if nothing else is let through either."""
    signed_in.pbx.faults[endpoint] = AfterActing(Fault.UNAUTHORIZED_401)
    signed_in.pbx.faults["system/information"] = Fault.UNAUTHORIZED_401

    with pytest.raises(GatewayRefused, match="HTTP 401"):
        await act(signed_in.client)

    assert signed_in.asked().count(endpoint) == 1


@pytest.mark.parametrize("refusal", [Refusal.TOKEN_EXPIRED, Refusal.ACCESS_DENIED])
async def test_a_dead_token_does_not_keep_a_greeting(
    signed_in: Caller, refusal: Refusal
) -> None:
    """The PBX has not acted, so the request is sent again."""
    signed_in.pbx.switches.token_refusal = refusal
    signed_in.pbx.reboot()

    await signed_in.client.greetings.delete(Greeting("0042", "hello.wav", "record"))

    assert signed_in.pbx.extensions["0042"].greetings == []
    assert signed_in.asked().count(DELETE) == 2


async def test_the_audio_of_a_message_after_the_token_died(signed_in: Caller) -> None:
    """Its link needs one, which is renewed as for any other request."""
    left = signed_in.pbx.leave_message("3200", "15550123")
    link = await signed_in.client.messages.link(left.msg_id)
    for token in signed_in.pbx.live_access_tokens:
        signed_in.pbx.tokens.revoke(token)

    assert await signed_in.client.audio.download(link) == left.content
