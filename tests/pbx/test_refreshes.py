"""What a PBX may answer to a refresh token."""

import pytest

from custom_components.yeastar_vm.pbx import (
    CannotConnect,
    SignIn,
    TokenPair,
    YeastarError,
)
from simulator import Fault, Refusal
from tests.clock import Clock
from tests.common import MINUTE, asked

from .caller import Caller


@pytest.mark.parametrize(
    "refusal",
    [
        Refusal.FAILURE,
        Refusal.TOKEN_EXPIRED,
        Refusal.ACCESS_DENIED,
        Refusal.PARAMETER_ERROR,
        Refusal.DATA_NOT_FOUND,
        Refusal.HTTP_400,
        Refusal.HTTP_401,
        Refusal.HTTP_403,
        Refusal.HTTP_404,
    ],
)
async def test_a_refused_refresh_leads_to_one_sign_in(
    signed_in: Caller, clock: Clock, refusal: Refusal
) -> None:
    """Whatever the PBX answers to a dead refresh token."""
    signed_in.pbx.switches.refuse_refresh = True
    signed_in.pbx.switches.refresh_refusal = refusal
    clock.tick(31 * MINUTE)

    await signed_in.client.system.information()

    assert signed_in.asked() == ["refresh_token", "get_token", "system/information"]


@pytest.mark.parametrize("errcode", [-2, 10001, 10009, 40003, 70082])
async def test_a_refresh_that_ends_in_an_error_of_the_pbx(
    caller: Caller, clock: Clock, errcode: int
) -> None:
    """Leads to a sign-in as well."""
    await caller.client.system.information()
    caller.pbx.errcodes["refresh_token"] = errcode
    clock.tick(31 * MINUTE)

    await caller.client.system.information()

    assert len(caller.pbx.live_access_tokens) == 1


async def test_a_refresh_that_fails_otherwise_loses_nothing(
    signed_in: Caller, clock: Clock
) -> None:
    """The next call refreshes again."""
    clock.tick(31 * MINUTE)
    signed_in.pbx.faults["refresh_token"] = Fault.BAD_GATEWAY_502
    with pytest.raises(CannotConnect):
        await signed_in.client.system.information()

    signed_in.pbx.faults.clear()
    await signed_in.client.system.information()

    assert signed_in.asked() == ["refresh_token", "refresh_token", "system/information"]


async def test_an_answer_to_a_refresh_may_get_lost(
    signed_in: Caller, clock: Clock
) -> None:
    """Then the PBX has rotated the tokens and a new sign-in is due."""
    clock.tick(31 * MINUTE)
    signed_in.pbx.faults["refresh_token"] = Fault.HALF
    with pytest.raises(CannotConnect):
        await signed_in.client.system.information()

    signed_in.pbx.faults.clear()
    await signed_in.client.system.information()

    assert signed_in.asked()[1:] == ["refresh_token", "get_token", "system/information"]


async def test_a_refused_refresh_token_may_count_as_a_failed_login(
    caller: Caller,
) -> None:
    """The sign-in that follows ends the count: no number of reboots blocks anybody."""
    caller.pbx.switches.refused_refresh_is_failed_login = True
    for _ in range(10):
        await caller.client.system.information()
        caller.pbx.reboot()

    await caller.client.system.information()

    assert caller.pbx.lockout._failures == {}


@pytest.mark.parametrize("fault", [Fault.HTML, Fault.EMPTY, Fault.FORBIDDEN_403])
async def test_a_refresh_without_credentials_can_be_tried_again(
    caller: Caller, clock: Clock, fault: Fault
) -> None:
    """The refresh token is all there is: a gateway's page is no reason to drop it."""
    await caller.client.system.information()
    client = caller.new(SignIn(None, caller.client.sign_in.tokens))
    clock.tick(31 * MINUTE)
    caller.pbx.faults["refresh_token"] = fault
    with pytest.raises(YeastarError):
        await client.system.information()

    caller.pbx.faults.clear()
    await client.system.information()

    assert asked(caller.pbx)["get_token"] == 1


def test_tokens_whose_lifetimes_are_not_stated() -> None:
    """They are those of the vendor's guide: half an hour, and a day."""
    answer: dict[str, object] = {"access_token": "access", "refresh_token": "refresh"}
    tokens = TokenPair("access", 1_800, "refresh", 86_400)

    assert TokenPair.from_answer(answer, now=0) == tokens
    assert TokenPair.of_unknown_age("access", "refresh", now=0) == tokens


def test_tokens_whose_lifetimes_are_stated() -> None:
    """They live as long as the PBX says."""
    answer: dict[str, object] = {
        "access_token": "access",
        "access_token_expire_time": 60,
        "refresh_token": "refresh",
        "refresh_token_expire_time": "3600",
    }

    tokens = TokenPair.from_answer(answer, now=0)

    assert tokens == TokenPair("access", 60, "refresh", 3_600)
