"""Sign-ins that the PBX answers with an error: refused, or to be tried again later."""

import time

import pytest

from custom_components.yeastar_vm.pbx import (
    Credentials,
    InvalidCredentials,
    SignIn,
    SignInPaused,
    TokenPair,
    YeastarClient,
    YeastarError,
)
from custom_components.yeastar_vm.pbx.errors import ApiMissing, SignInFailed
from tests.clock import Clock
from tests.common import HOUR, MINUTE

from .caller import Caller

UNFORESEEN = [1, 2, 20002, 40011, 60101, 70001, 70003, 70082, 10009, 70084, -2]


async def errors_of_a_day(client: YeastarClient, clock: Clock) -> list[YeastarError]:
    """Ask every few seconds for an hour, then every hour; return what is raised."""
    errors: list[YeastarError] = []
    for pause in (*[5] * (HOUR // 5), *[HOUR] * 23):
        try:
            await client.system.information()
        except YeastarError as err:
            errors.append(err)
        clock.tick(pause)
    return errors


@pytest.mark.parametrize("code", UNFORESEEN)
async def test_a_wrong_secret_with_an_error_that_nobody_foresaw(
    caller: Caller, clock: Clock, code: int
) -> None:
    """The user is asked before the PBX blocks the address."""
    caller.pbx.switches.wrong_secret = code
    client = caller.new(SignIn(Credentials(caller.pbx.client_id, "wrong")))

    errors = await errors_of_a_day(client, clock)

    assert caller.asked() == ["get_token"] * (4 if code == -2 else 2)
    assert isinstance(errors[0], SignInFailed)
    assert errors[0].details == {"errcode": str(code)}
    assert isinstance(errors[-1], InvalidCredentials)
    assert caller.client.sign_in.refused or caller.kept[-1].refused


@pytest.mark.parametrize("code", [-1, 10004, 10005, 40001, 40002, 60001])
async def test_a_wrong_secret_as_expected(
    caller: Caller, clock: Clock, code: int
) -> None:
    """One sign-in is enough."""
    caller.pbx.switches.wrong_secret = code
    client = caller.new(SignIn(Credentials(caller.pbx.client_id, "wrong")))

    errors = await errors_of_a_day(client, clock)

    assert caller.asked() == ["get_token"]
    assert {type(error) for error in errors} == {InvalidCredentials}


@pytest.mark.parametrize("code", UNFORESEEN)
async def test_an_error_that_passes(caller: Caller, clock: Clock, code: int) -> None:
    """The next sign-in is due after a minute, and works; the next error is new."""
    for _ in range(3):
        client = caller.new(SignIn(caller.client.sign_in.credentials))
        caller.pbx.errcodes["get_token"] = code
        for _ in range(3):
            with pytest.raises(SignInFailed):
                await client.system.information()
        caller.pbx.errcodes.clear()
        clock.tick(MINUTE)

        await client.system.information()

    assert caller.asked() == ["get_token", "get_token", "system/information"] * 3


@pytest.mark.parametrize(
    ("code", "pauses"),
    [
        (10001, [60, 60]),
        (60002, [300, 300]),
        (70087, [60, 60]),
        (20002, [60]),
        (-2, [60, 300, 900]),
    ],
)
async def test_how_long_nothing_is_sent(
    caller: Caller, clock: Clock, code: int, pauses: list[int]
) -> None:
    """The error says until when, and the PBX is asked then, not before."""
    caller.pbx.errcodes["get_token"] = code

    for pause in pauses:
        for passed in (0, pause - 1):
            clock.tick(passed)
            with pytest.raises(SignInPaused) as caught:
                await caller.client.system.information()
            assert caught.value.retry_at - time.time() == pytest.approx(pause - passed)
        clock.tick(1)

    assert caller.asked() == ["get_token"] * len(pauses)


async def test_a_pbx_that_is_updating(caller: Caller, clock: Clock) -> None:
    """It has no API for a while: that is no refusal, however long it lasts."""
    caller.pbx.errcodes["get_token"] = 10001

    errors = await errors_of_a_day(caller.client, clock)

    assert {type(error) for error in errors} == {ApiMissing}
    assert caller.asked().count("get_token") <= 60 + 24
    caller.pbx.errcodes.clear()
    await caller.client.system.information()


@pytest.mark.parametrize("code", UNFORESEEN)
async def test_pasted_tokens_that_are_dead(
    caller: Caller, clock: Clock, code: int
) -> None:
    """They are not tried for ever."""
    await caller.client.system.information()
    pasted = caller.new(SignIn(None, caller.client.sign_in.tokens))
    caller.pbx.errcodes["refresh_token"] = code
    clock.tick(31 * MINUTE)
    caller.asked()

    errors = await errors_of_a_day(pasted, clock)

    assert caller.asked() == ["refresh_token"] * (4 if code == -2 else 2)
    assert isinstance(errors[-1], InvalidCredentials)


async def test_a_clock_that_jumps_by_a_day(signed_in: Caller, clock: Clock) -> None:
    """Without credentials, only the PBX knows whether the tokens still live."""
    tokens = signed_in.client.sign_in.tokens
    assert tokens
    pasted = signed_in.new(SignIn(None, tokens))
    alone = signed_in.new(
        SignIn(None, TokenPair.of_unknown_age(tokens.access_token, "", 0))
    )
    now = signed_in.pbx.clock()
    signed_in.pbx.clock = lambda: now
    clock.tick(48 * HOUR)

    await alone.system.information()
    await pasted.system.information()

    assert signed_in.asked() == [
        *("system/information", "refresh_token", "system/information"),
    ]


def test_a_pause_is_a_pause_whatever_the_error() -> None:
    """Its end is in the text of each."""
    for error in (ApiMissing(60.0), SignInFailed(60.0, 1)):
        assert isinstance(error, SignInPaused)
        assert error.until(90.0).retry_at == 90.0
        assert type(error.until(90.0)) is type(error)
