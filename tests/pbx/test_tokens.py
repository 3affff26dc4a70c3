"""The access token: obtained, renewed, kept and given back."""

import asyncio
from dataclasses import replace
import logging
import time

import pytest

from custom_components.yeastar_vm.pbx import (
    AccessDenied,
    CannotConnect,
    Credentials,
    Interrupted,
    InvalidCredentials,
    SignIn,
    TokenPair,
)
from custom_components.yeastar_vm.pbx.errors import SignInFailed
from simulator import Fault, Refusal
from tests.clock import Clock
from tests.common import HOUR, LINK, MINUTE
from tests.gate import Gate

from .caller import Caller


async def test_one_token_serves_many_calls(caller: Caller) -> None:
    """And is kept for the next start."""
    for _ in range(3):
        await caller.client.system.information()

    assert caller.asked() == ["get_token", *["system/information"] * 3]
    assert [kept.tokens for kept in caller.kept] == [caller.client.sign_in.tokens]


@pytest.mark.parametrize(
    ("errcodes", "faults", "error"),
    [
        ({"get_token": 20002}, {}, SignInFailed),
        ({}, {"get_token": Fault.BAD_GATEWAY_502}, CannotConnect),
    ],
)
async def test_many_calls_share_a_sign_in_that_fails(
    caller: Caller,
    errcodes: dict[str, int],
    faults: dict[str, Fault],
    error: type[Exception],
) -> None:
    """It is sent once, and no call is sent without it."""
    caller.pbx.errcodes |= errcodes
    caller.pbx.faults |= faults

    calls = (caller.client.system.information() for _ in range(20))
    failures = await asyncio.gather(*calls, return_exceptions=True)

    assert {type(each) for each in failures} == {error}
    assert caller.asked() == ["get_token"]


async def test_a_restart_uses_the_kept_token(signed_in: Caller) -> None:
    """It costs no new one."""
    restarted = signed_in.new(signed_in.kept[-1])

    await restarted.system.information()

    assert signed_in.asked() == ["system/information"]


async def test_a_pbx_that_gave_no_refresh_token(
    signed_in: Caller, clock: Clock
) -> None:
    """When its token ends, the next sign-in needs no refusal."""
    kept = signed_in.kept[-1]
    assert kept.tokens
    tokens = replace(kept.tokens, refresh_token="")
    restarted = signed_in.new(replace(kept, tokens=tokens))
    clock.tick(31 * MINUTE)

    await restarted.system.information()

    assert signed_in.asked() == ["get_token", "system/information"]


@pytest.mark.parametrize(
    ("age", "asked"),
    [
        (28 * MINUTE, ["extension_vm_greeting/play"]),
        (29 * MINUTE, ["refresh_token", "extension_vm_greeting/play"]),
        (31 * MINUTE, ["refresh_token", "extension_vm_greeting/play"]),
        (25 * HOUR, ["get_token", "extension_vm_greeting/play"]),
    ],
)
async def test_a_token_is_renewed_early(
    signed_in: Caller, clock: Clock, age: int, asked: list[str]
) -> None:
    """A minute before its end; one request while it is fresh, two when it is not."""
    clock.tick(age)

    await signed_in.client.greetings.play_link("3200", "vm_welcome.wav")

    assert signed_in.asked() == asked
    assert len(signed_in.pbx.live_access_tokens) == 1


async def test_a_wrong_secret_is_never_tried_again(caller: Caller) -> None:
    """Not by later calls, and not after a restart."""
    client = caller.new(SignIn(Credentials(caller.pbx.client_id, "wrong")))
    for _ in range(10):
        with pytest.raises(InvalidCredentials):
            await client.system.information()

    restarted = caller.new(caller.kept[-1])
    with pytest.raises(InvalidCredentials):
        await restarted.system.information()

    assert caller.asked() == ["get_token"]


@pytest.mark.parametrize(
    "refusal", [Refusal.TOKEN_EXPIRED, Refusal.ACCESS_DENIED, Refusal.HTTP_401]
)
async def test_a_token_revoked_early_is_renewed_once(
    signed_in: Caller, refusal: Refusal
) -> None:
    """As after a reboot of the PBX, which forgets the refresh token, too."""
    signed_in.pbx.switches.token_refusal = refusal
    signed_in.pbx.switches.refresh_refusal = refusal
    signed_in.pbx.reboot()

    await signed_in.client.system.information()

    assert signed_in.asked() == [
        "system/information",
        "refresh_token",
        "get_token",
        "system/information",
    ]


async def test_a_refresh_token_that_is_refused_is_not_sent_again(
    signed_in: Caller, clock: Clock
) -> None:
    """Also if the sign-in that follows fails for now."""
    clock.tick(31 * MINUTE)
    signed_in.pbx.errcodes["refresh_token"] = 10004
    signed_in.pbx.faults["get_token"] = Fault.RESET
    for _ in range(2):
        with pytest.raises(CannotConnect):
            await signed_in.client.system.information()
    signed_in.pbx.faults.clear()

    await signed_in.client.system.information()

    assert signed_in.asked() == [
        *("refresh_token", "get_token"),
        "get_token",
        *("get_token", "system/information"),
    ]


async def test_a_token_that_expired_early_is_not_sent_again(signed_in: Caller) -> None:
    """Also if it cannot be renewed for now."""
    signed_in.pbx.switches.token_refusal = Refusal.TOKEN_EXPIRED
    signed_in.pbx.reboot()
    signed_in.pbx.faults["refresh_token"] = Fault.RESET

    for _ in range(2):
        with pytest.raises(CannotConnect):
            await signed_in.client.system.information()

    assert signed_in.asked() == ["system/information", *["refresh_token"] * 2]


async def test_no_permission_is_not_a_matter_of_the_token(signed_in: Caller) -> None:
    """It is renewed once, not at every call."""
    signed_in.pbx.errcodes["system/information"] = 10005

    for _ in range(3):
        with pytest.raises(AccessDenied):
            await signed_in.client.system.information()
        await signed_in.client.extensions.count()

    assert signed_in.asked().count("refresh_token") == 1


async def test_no_permission_while_the_pbx_does_not_say_whether_the_token_lives(
    signed_in: Caller,
) -> None:
    """What was asked for is denied, and the token is kept."""
    signed_in.pbx.errcodes["extension/list"] = 10005
    signed_in.pbx.faults["system/information"] = Fault.BAD_GATEWAY_502

    with pytest.raises(AccessDenied):
        await signed_in.client.extensions.count()

    assert signed_in.asked() == ["extension/list", "system/information"]


async def test_no_permission_is_looked_into_again_after_a_minute(
    signed_in: Caller, clock: Clock
) -> None:
    """The token may have been revoked meanwhile."""
    signed_in.pbx.errcodes["system/information"] = 10005

    for seconds in (0, MINUTE - 1, 1):
        clock.tick(seconds)
        with pytest.raises(AccessDenied):
            await signed_in.client.system.information()

    assert signed_in.asked().count("refresh_token") == 2


async def test_an_answer_that_comes_after_a_renewal_failed(signed_in: Caller) -> None:
    """It is refused for want of a token, and no other sign-in is tried."""
    signed_in.pbx.reboot()
    signed_in.pbx.errcodes["get_token"] = -1
    gate = Gate(signed_in.pbx, LINK)
    late = asyncio.create_task(
        signed_in.client.greetings.play_link("3200", "vm_welcome.wav")
    )
    await gate.arrived()
    with pytest.raises(InvalidCredentials):
        await signed_in.client.system.information()

    gate.open()

    with pytest.raises(InvalidCredentials):
        await late
    assert signed_in.asked().count("get_token") == 1


async def test_a_token_alone_dies(
    caller: Caller, signed_in: Caller, clock: Clock
) -> None:
    """Without a refresh token, nothing is sent after the PBX has refused it."""
    tokens = signed_in.client.sign_in.tokens
    assert tokens
    now = time.time()
    alone = TokenPair.of_unknown_age(tokens.access_token, "", now)
    client = caller.new(SignIn(None, alone))
    await client.system.information()
    clock.tick(31 * MINUTE)
    caller.asked()

    for _ in range(3):
        with pytest.raises(InvalidCredentials):
            await client.system.information()

    assert caller.asked() == ["system/information"]


async def test_a_caller_who_gives_up_does_not_end_the_renewal(
    signed_in: Caller, clock: Clock
) -> None:
    """Its tokens would be lost, and the refresh token with them."""
    clock.tick(31 * MINUTE)
    call = asyncio.create_task(signed_in.client.system.information())
    await asyncio.sleep(0)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call

    await signed_in.client.system.information()

    assert signed_in.asked() == ["refresh_token", "system/information"]


async def test_closing_lets_a_renewal_finish(signed_in: Caller, clock: Clock) -> None:
    """What it obtained is kept."""
    clock.tick(31 * MINUTE)
    call = asyncio.create_task(signed_in.client.system.information())
    await asyncio.sleep(0)
    call.cancel()

    await signed_in.client.close()

    tokens = signed_in.kept[-1].tokens
    assert tokens
    assert signed_in.pbx.live_access_tokens == [tokens.access_token]


async def test_closing_ends_a_renewal_that_hangs(caller: Caller, clock: Clock) -> None:
    """It leaves no task behind, and takes a few seconds at most."""
    caller.pbx.faults["get_token"] = Fault.SILENT
    call = asyncio.create_task(caller.client.system.information())
    await asyncio.sleep(0)
    started = asyncio.get_running_loop().time()

    with clock.running():
        await caller.client.close()

    assert asyncio.get_running_loop().time() - started <= 3.1
    with pytest.raises(Interrupted):
        await call


async def test_revoking_gives_the_place_back(signed_in: Caller, clock: Clock) -> None:
    """Once; a token that is no more is not asked about."""
    await signed_in.client.revoke()
    assert signed_in.pbx.live_access_tokens == []

    await signed_in.client.revoke()
    clock.tick(31 * MINUTE)
    await signed_in.client.revoke()

    assert signed_in.asked() == ["del_token", "del_token"]


async def test_nothing_secret_is_shown(
    signed_in: Caller, caplog: pytest.LogCaptureFixture
) -> None:
    """Not by values, and not by the log."""
    caplog.set_level(logging.DEBUG)
    await signed_in.client.system.information()
    sign_in = signed_in.client.sign_in
    assert sign_in.tokens
    assert sign_in.credentials

    for secret in (
        sign_in.tokens.access_token,
        sign_in.tokens.refresh_token,
        sign_in.credentials.client_secret,
    ):
        assert secret not in repr(sign_in)
        assert secret not in caplog.text
    assert "system/information: errcode 0 after" in caplog.text

    signed_in.pbx.faults["system/information"] = Fault.RESET
    with pytest.raises(CannotConnect):
        await signed_in.client.system.information()
    assert "system/information: connection_lost after" in caplog.text
