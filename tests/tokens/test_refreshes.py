"""What a PBX may answer to a refresh token."""

from freezegun.api import FrozenDateTimeFactory
import pytest

from custom_components.yeastar_vm.pbx import SignIn, YeastarError
from tests.common import MINUTE, asked
from tests.pbx.caller import Caller
from tests.pbx_simulator import Fault, Refusal


@pytest.mark.parametrize(
    "refusal", [Refusal.HTTP_400, Refusal.HTTP_403, Refusal.HTTP_404]
)
async def test_a_refresh_token_that_is_refused_otherwise_than_documented(
    caller: Caller, refusal: Refusal
) -> None:
    """Does not keep a caller with credentials out for the day that it would last."""
    await caller.client.get_information()
    caller.pbx.switches.refresh_refusal = refusal
    caller.pbx.reboot()

    await caller.client.get_information()

    assert asked(caller.pbx)["get_token"] == 2


async def test_a_refused_refresh_token_may_count_as_a_failed_login(
    caller: Caller,
) -> None:
    """The sign-in that follows ends the count: no number of reboots blocks anybody."""
    caller.pbx.switches.refused_refresh_is_failed_login = True
    for _ in range(10):
        await caller.client.get_information()
        caller.pbx.reboot()

    await caller.client.get_information()

    assert caller.pbx.lockout._failures == {}


@pytest.mark.parametrize("errcode", [-2, 10001, 10009, 40003, 70082])
async def test_a_refresh_that_ends_in_an_error_of_the_pbx(
    caller: Caller, freezer: FrozenDateTimeFactory, errcode: int
) -> None:
    """Leads to a sign-in as well."""
    await caller.client.get_information()
    caller.pbx.errcodes["refresh_token"] = errcode
    freezer.tick(31 * MINUTE)

    await caller.client.get_information()

    assert len(caller.pbx.live_access_tokens) == 1


@pytest.mark.parametrize("fault", [Fault.HTML, Fault.EMPTY, Fault.FORBIDDEN_403])
async def test_a_refresh_without_credentials_can_be_tried_again(
    caller: Caller, freezer: FrozenDateTimeFactory, fault: Fault
) -> None:
    """The refresh token is all there is: a gateway's page is no reason to drop it."""
    await caller.client.get_information()
    client = caller.new(SignIn(None, caller.client.sign_in.tokens))
    freezer.tick(31 * MINUTE)
    caller.pbx.faults["refresh_token"] = fault
    with pytest.raises(YeastarError):
        await client.get_information()

    caller.pbx.faults.clear()
    await client.get_information()

    assert asked(caller.pbx)["get_token"] == 1
