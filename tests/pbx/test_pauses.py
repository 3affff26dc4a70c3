"""Times in which nothing is sent to the PBX."""

import json
import time
from types import SimpleNamespace

import pytest

from custom_components.yeastar_vm.pbx import (
    AddressNotAllowed,
    Connections,
    Credentials,
    InvalidCredentials,
    Pause,
    SignIn,
)
from custom_components.yeastar_vm.pbx.errors import AddressBlocked, TooManyTokens
from custom_components.yeastar_vm.pbx.http import pause as pause_module
from custom_components.yeastar_vm.pbx.http.endpoint import (
    GET_TOKEN,
    INFORMATION,
    SUBSCRIBE,
)
from simulator import BlockExpiry
from tests.clock import Clock
from tests.common import HOUR, MINUTE

from .caller import Caller, one_answer, stranger


async def test_all_eight_tokens_in_use(caller: Caller, clock: Clock) -> None:
    """Nothing is sent for a while, and then it works."""
    for _ in range(8):
        other = caller.new(caller.client.sign_in, pause=Pause())
        await other.system.information()
    caller.asked()

    for _ in range(3):
        with pytest.raises(TooManyTokens) as caught:
            await caller.client.system.information()
    assert caller.asked() == ["get_token"]
    assert caught.value.retry_at == pytest.approx(time.time() + 5 * MINUTE, abs=5)
    assert str(caught.value) == "all access tokens are in use"

    clock.tick(31 * MINUTE)
    await caller.client.system.information()


async def test_all_eight_tokens_in_use_do_not_stop_a_refresh(
    caller: Caller, signed_in: Caller, clock: Clock
) -> None:
    """Which takes no place of a token."""
    clock.tick(29 * MINUTE)
    for _ in range(7):
        await caller.new(
            SignIn(signed_in.client.sign_in.credentials), pause=Pause()
        ).system.information()
    with pytest.raises(TooManyTokens):
        await caller.new(
            SignIn(signed_in.client.sign_in.credentials)
        ).system.information()
    caller.asked()

    await signed_in.client.system.information()

    assert caller.asked() == ["refresh_token", "system/information"]


async def test_a_blocked_address_fetches_no_audio(signed_in: Caller) -> None:
    """Nothing at all is sent for a while."""
    link = await signed_in.client.greetings.play_link("3200", "vm_welcome.wav")
    signed_in.pbx.errcodes["system/information"] = 70004
    with pytest.raises(AddressBlocked):
        await signed_in.client.system.information()
    signed_in.asked()

    with pytest.raises(AddressBlocked):
        await signed_in.client.audio.download(link)
    with pytest.raises(AddressBlocked):
        await signed_in.client.audio.read_start(link)
    with pytest.raises(AddressBlocked):
        await signed_in.client.raw.start_of(link.url, 10, needs_token=False)
    with pytest.raises(AddressBlocked):
        async with signed_in.client._session.web_socket(SUBSCRIBE):
            pass
    assert signed_in.asked() == []


@pytest.mark.parametrize("expiry", BlockExpiry)
async def test_a_blocked_address_waits(
    caller: Caller, clock: Clock, expiry: BlockExpiry
) -> None:
    """Until the time that the PBX says, or eleven minutes."""
    caller.pbx.switches.block_expire_time = expiry
    for _ in range(5):
        other = caller.new(SignIn(Credentials(caller.pbx.client_id, "wrong")))
        with pytest.raises(InvalidCredentials):
            await other.system.information()
    caller.asked()

    for _ in range(3):
        with pytest.raises(AddressBlocked) as caught:
            await caller.client.system.information()
    assert caller.asked() == ["get_token"]
    wait = caught.value.retry_at - time.time()
    assert 9 * MINUTE < wait <= 11 * MINUTE

    clock.tick(11 * MINUTE)
    await caller.client.system.information()


@pytest.mark.parametrize(
    ("block_expire_time", "wait"),
    [
        (300, 300),
        ("300", 300),
        (1, 1),
        (86_400, 86_400),
        (86_401, 660),
        (1_800_000_300, 300),
        (1_800_000_300_000, 300),
        (1_800_086_390, 86_390),
        (1_800_086_410, 660),
        (0, 660),
        (-5, 660),
        (1_700_000_000, 660),
        (9_999_999_999, 660),
        ("2027/01/15 08:00:00", 660),
        (None, 660),
        ([], 660),
    ],
)
async def test_a_block_ends_when_the_pbx_says(
    connections: Connections,
    clock: Clock,
    block_expire_time: object,
    wait: int,
) -> None:
    """In whatever unit; within reason."""
    now = 1_800_000_000
    clock.move_to(time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(now)))
    answer = {"errcode": 70004, "block_expire_time": block_expire_time}
    async with one_answer(json.dumps(answer)) as base_url:
        with pytest.raises(AddressBlocked) as caught:
            await stranger(connections, base_url).system.information()

    assert caught.value.retry_at == pytest.approx(now + wait, abs=5)


async def test_a_block_of_sign_ins_leaves_a_valid_token_alone(
    signed_in: Caller,
) -> None:
    """Another program's wrong secret does not stop what works."""
    signed_in.pbx.errcodes["get_token"] = 70004
    other = signed_in.new(SignIn(Credentials("other", "wrong")))
    with pytest.raises(AddressBlocked):
        await other.system.information()

    await signed_in.client.system.information()


async def test_an_address_not_allowed_waits_a_minute(
    signed_in: Caller, clock: Clock
) -> None:
    """Then whoever fixed the list can go on."""
    signed_in.pbx.switches.allow_list = frozenset({"192.0.2.1"})
    for _ in range(3):
        with pytest.raises(AddressNotAllowed):
            await signed_in.client.system.information()
    assert signed_in.asked() == ["system/information"]

    signed_in.pbx.switches.allow_list = None
    clock.tick(MINUTE)
    await signed_in.client.system.information()


async def test_a_clock_that_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """A pause lasts as long as the PBX said, and never past the time that was told."""
    clock = {"time": 1_800_086_400.0, "monotonic": 1000.0}
    monkeypatch.setattr(
        pause_module,
        "time",
        SimpleNamespace(
            time=lambda: clock["time"], monotonic=lambda: clock["monotonic"]
        ),
    )
    pause = Pause()
    pause.start(AddressNotAllowed(clock["time"] + MINUTE), INFORMATION)
    clock["time"] -= 24 * HOUR

    with pytest.raises(AddressNotAllowed) as caught:
        pause.check(INFORMATION)
    assert caught.value.retry_at == pytest.approx(clock["time"] + MINUTE)

    clock["time"] += 24 * HOUR + MINUTE
    pause.check(INFORMATION)

    clock["time"] -= 24 * HOUR
    clock["monotonic"] += MINUTE
    pause.check(INFORMATION)


async def test_the_longest_of_two_pauses(clock: Clock) -> None:
    """It is the one that the user is told, whichever came first."""
    pause = Pause()
    pause.start(TooManyTokens(time.time() + 5 * MINUTE), GET_TOKEN)
    pause.start(AddressNotAllowed(time.time() + MINUTE), INFORMATION)

    with pytest.raises(TooManyTokens):
        pause.check(GET_TOKEN)
    with pytest.raises(AddressNotAllowed):
        pause.check(INFORMATION)
    clock.tick(MINUTE)
    pause.check(INFORMATION)
    with pytest.raises(TooManyTokens):
        pause.check(GET_TOKEN)


async def test_a_sign_in_that_fails_again(clock: Clock) -> None:
    """It is tried ever less often, and soon again once a person tried."""
    pause = Pause()

    def paused() -> float:
        """Return how long a failure is followed by a pause."""
        pause.failures += 1
        return pause.sign_in_failed(20002, GET_TOKEN).retry_at - time.time()

    assert [paused() for _ in range(4)] == [60, 300, 900, 900]

    pause.end()

    pause.check(GET_TOKEN)
    assert paused() == MINUTE


def test_a_pause_that_a_person_met_does_not_end_another() -> None:
    """The entry respects both."""
    pause, met = Pause(), Pause()
    now = time.time()
    pause.start(AddressNotAllowed(now + MINUTE), INFORMATION)
    met.start(TooManyTokens(now + 5 * MINUTE), GET_TOKEN)

    pause.include(met)

    with pytest.raises(AddressNotAllowed):
        pause.check(INFORMATION)
    with pytest.raises(TooManyTokens):
        pause.check(GET_TOKEN)
