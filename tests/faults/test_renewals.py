"""What goes wrong while a token is renewed, and what a refused token costs."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from simulator import Fault, OldTokens, Refusal
from tests.common import newly_asked

from .cases import (
    AUDIO,
    EXTENSIONS,
    GET_TOKEN,
    GREETINGS,
    GROUPS,
    INFORMATION,
    PLAY,
    REFRESH_TOKEN,
    SEARCH,
)
from .home import WORKS, Home, Token

CALLS = 20


async def play_at_once(home: Home) -> set[str]:
    """Play many greetings at the same time; return what was said."""
    return set(await asyncio.gather(*(home.play_directly() for _ in range(CALLS))))


@pytest.mark.parametrize(
    ("token", "endpoint"), [(Token.EXPIRED, REFRESH_TOKEN), (Token.GONE, GET_TOKEN)]
)
@pytest.mark.parametrize(
    ("fault", "message"),
    [
        (Fault.RESET, "The PBX closed the connection before its answer"),
        (Fault.HALF, "The PBX closed the connection before its answer"),
        (Fault.SILENT, "The PBX did not answer in time"),
        (Fault.BAD_GATEWAY_502, "The PBX is not available right now"),
        (Fault.REDIRECT, "The PBX redirects to http://example.invalid"),
    ],
)
async def test_a_renewal_that_fails_is_tried_once_for_all_who_wait(
    home: Home,
    token: Token,
    endpoint: str,
    fault: Fault,
    message: str,
) -> None:
    """They are told the same; once the fault is gone, all of them play."""
    await home.age_token(token)
    newly_asked(home.pbx)

    home.pbx.faults[endpoint] = fault
    [said] = await home.clock.during(play_at_once(home))
    assert said.startswith(message)
    assert newly_asked(home.pbx) == [endpoint]

    await home.let_limits_run_out()
    home.pbx.faults.clear()
    assert await play_at_once(home) == {WORKS}
    after = newly_asked(home.pbx)
    assert after.count(REFRESH_TOKEN) + after.count(GET_TOKEN) <= 2
    assert after.count(GET_TOKEN) <= 1
    assert after.count(PLAY) == CALLS + 1  # one is for the check of the link
    assert len(home.pbx.live_access_tokens) <= 2  # one of a lost answer


@pytest.mark.parametrize(
    ("endpoint", "ask", "then"),
    [
        (EXTENSIONS, Home.browse_extensions, [GROUPS]),
        (SEARCH, Home.search_extensions, [GROUPS]),
        (GREETINGS, Home.browse_greetings, []),
        (PLAY, Home.play_directly, [AUDIO, PLAY]),
    ],
)
@pytest.mark.parametrize(
    ("refusal", "message"),
    [
        (401, "A proxy or gateway in front of the PBX refused the request"),
        (10004, "The PBX denies access"),
        (10005, "The PBX denies access"),
    ],
)
async def test_a_token_that_is_refused_elsewhere_alone(
    home: Home,
    endpoint: str,
    ask: Callable[[Home], Awaitable[str]],
    then: list[str],
    refusal: int,
    message: str,
) -> None:
    """The PBX is asked whether it lives; with 10004, it says that it does not."""
    await home.age_token(Token.FRESH)
    newly_asked(home.pbx)
    if refusal == 401:
        home.pbx.faults[endpoint] = Fault.UNAUTHORIZED_401
    else:
        home.pbx.errcodes[endpoint] = refusal
    renewed = [endpoint, REFRESH_TOKEN] if refusal == 10004 else []

    assert (await ask(home)).startswith(message)
    assert newly_asked(home.pbx) == [*renewed, endpoint, INFORMATION]
    assert (await ask(home)).startswith(message)
    assert newly_asked(home.pbx) == [endpoint, INFORMATION]

    home.pbx.faults.clear()
    home.pbx.errcodes.clear()
    assert await ask(home) == WORKS
    assert newly_asked(home.pbx) == [endpoint, *then]


@pytest.mark.parametrize(
    "refusal", [Refusal.TOKEN_EXPIRED, Refusal.ACCESS_DENIED, Refusal.HTTP_401]
)
async def test_a_permission_that_is_missing_concerns_nothing_else(
    home: Home, refusal: Refusal
) -> None:
    """A token that dies later is renewed as ever, however the PBX refuses it."""
    home.pbx.switches.token_refusal = refusal
    home.pbx.switches.permissions_missing = frozenset({SEARCH})
    assert (await home.search_extensions()).startswith("The PBX denies access")

    home.pbx.reboot()
    newly_asked(home.pbx)

    assert await home.play_directly() == WORKS
    question = [] if refusal is Refusal.TOKEN_EXPIRED else [INFORMATION]
    renewal = [*question, REFRESH_TOKEN, GET_TOKEN]
    assert newly_asked(home.pbx) == [PLAY, *renewal, PLAY, AUDIO, PLAY]


async def test_another_program_that_signs_in(home: Home) -> None:
    """Some PBXs end all earlier tokens then; the next play signs in again, once."""
    home.pbx.switches.old_tokens_at_sign_in = OldTokens.ALL_DIE
    assert await home.play_directly() == WORKS
    newly_asked(home.pbx)

    home.pbx.tokens.issue(home.pbx.clock())

    assert await play_at_once(home) == {WORKS}
    after = newly_asked(home.pbx)
    assert after.count(REFRESH_TOKEN) == after.count(GET_TOKEN) == 1
