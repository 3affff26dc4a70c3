"""Access and refresh tokens."""

from freezegun.api import FrozenDateTimeFactory
import pytest

from simulator import OldTokens, PbxSimulator, Refusal

from .common import (
    DATA_NOT_FOUND,
    LIST,
    REFUSED_LOGIN,
    SUCCESS,
    TOKEN_EXPIRED,
    Client,
    Clock,
    json_of,
)


async def test_access_token_expires_after_30_minutes(
    client: Client, clock: Clock
) -> None:
    """A second before it is valid still."""
    clock.now += 1799
    before = await client.get("system/information")
    clock.now += 1
    after = await client.get("system/information")

    assert before["errcode"] == 0
    assert after == TOKEN_EXPIRED
    assert client.pbx.live_access_tokens == []


@pytest.mark.parametrize(
    ("refusal", "status", "body"),
    [
        (Refusal.ACCESS_DENIED, 200, b'{"errcode": 10005, "errmsg": "ACCESS DENIED"}'),
        (Refusal.HTTP_401, 401, b"401"),
    ],
)
async def test_refusal_of_a_token(
    stranger: Client, refusal: Refusal, status: int, body: bytes
) -> None:
    """It may be another code, or an HTTP status."""
    stranger.pbx.switches.token_refusal = refusal

    reply = await stranger.send("GET", f"/openapi/v1.0/{LIST}")

    assert (reply.status, reply.body) == (status, body)


async def test_refresh_rotates_both_tokens(stranger: Client) -> None:
    """The previous refresh token is worth nothing after that."""
    first = await stranger.login()

    second = await stranger.refresh(first["refresh_token"])
    again = await stranger.refresh(first["refresh_token"])

    assert second.keys() == first.keys()
    assert second["access_token"] != first["access_token"]
    assert second["refresh_token"] != first["refresh_token"]
    assert again == TOKEN_EXPIRED
    assert stranger.pbx.live_access_tokens == [second["access_token"]]


async def test_refresh_that_spares_the_old_access_token(stranger: Client) -> None:
    """Whether the old one dies is not documented; it takes no slot of its own."""
    pbx = stranger.pbx
    pbx.switches.old_access_token_dies_at_refresh = False
    first = await stranger.login()

    second = await stranger.refresh(first["refresh_token"])
    more = [await stranger.login() for _ in range(8)]

    assert pbx.live_access_tokens[:2] == [first["access_token"], second["access_token"]]
    assert [answer["errcode"] for answer in more] == [0] * 7 + [60002]


async def test_refresh_after_the_access_token_expired(
    stranger: Client, clock: Clock
) -> None:
    """The refresh token lives for a day."""
    tokens = await stranger.login()
    clock.now += 86399

    answer = await stranger.refresh(tokens["refresh_token"])

    assert answer["errcode"] == 0
    assert stranger.pbx.live_access_tokens == [answer["access_token"]]


async def test_refresh_token_expires_after_a_day(
    stranger: Client, clock: Clock
) -> None:
    """And not a second later."""
    tokens = await stranger.login()
    clock.now += 86400

    assert await stranger.refresh(tokens["refresh_token"]) == TOKEN_EXPIRED


async def test_refused_refresh(stranger: Client) -> None:
    """How a refresh token is refused is not documented."""
    switches = stranger.pbx.switches
    switches.refuse_refresh = True
    switches.refresh_refusal = Refusal.FAILURE
    tokens = await stranger.login()

    answer = await stranger.refresh(tokens["refresh_token"])

    assert answer == {"errcode": -1, "errmsg": "FAILURE"}


@pytest.mark.parametrize(("counts", "errcode"), [(False, 0), (True, 70004)])
async def test_refused_refresh_as_failed_login(
    stranger: Client, counts: bool, errcode: int
) -> None:
    """Whether it counts is not documented."""
    stranger.pbx.switches.refused_refresh_is_failed_login = counts
    for _ in range(5):
        await stranger.refresh("unknown")

    assert (await stranger.login())["errcode"] == errcode


async def test_ninth_token(client: Client) -> None:
    """There are eight slots; refreshing keeps one, revoking frees one."""
    tokens = [await client.login() for _ in range(7)][-1]

    ninth = await client.login()
    refreshed = await client.refresh(tokens["refresh_token"])
    client.access_token = refreshed["access_token"]
    revoked = await client.get("del_token")
    retried = await client.login()

    assert ninth == {"errcode": 60002, "errmsg": "MAX LIMITATION EXCEEDED"}
    assert refreshed["errcode"] == 0
    assert revoked == SUCCESS
    assert retried["errcode"] == 0
    assert len(client.pbx.live_access_tokens) == 8


@pytest.mark.parametrize(
    ("old_tokens", "access", "refresh"),
    [
        (OldTokens.STAY, 0, 0),
        (OldTokens.ACCESS_DIES, 10004, 0),
        (OldTokens.ALL_DIE, 10004, 10004),
    ],
)
async def test_a_new_sign_in_and_the_old_tokens(
    stranger: Client, old_tokens: OldTokens, access: int, refresh: int
) -> None:
    """They add up by default; one author saw them die."""
    stranger.pbx.switches.old_tokens_at_sign_in = old_tokens
    first = await stranger.login()
    second = await stranger.login()

    stranger.access_token = first["access_token"]
    old_access = await stranger.get("system/information")
    old_refresh = await stranger.refresh(first["refresh_token"])
    stranger.access_token = second["access_token"]

    assert (old_access["errcode"], old_refresh["errcode"]) == (access, refresh)
    assert (await stranger.get("system/information"))["errcode"] == 0


async def test_sign_ins_that_kill_take_one_slot(client: Client) -> None:
    """However many there are."""
    client.pbx.switches.old_tokens_at_sign_in = OldTokens.ACCESS_DIES

    answers = [await client.login() for _ in range(20)]

    assert {answer["errcode"] for answer in answers} == {0}
    assert len(client.pbx.live_access_tokens) == 1


async def test_a_secret_that_is_issued_again(client: Client) -> None:
    """It ends all sessions, and the old one is refused."""
    old = client.pbx.client_secret

    client.pbx.replace_secret("another")

    assert await client.get("system/information") == TOKEN_EXPIRED
    assert await client.login(old) == REFUSED_LOGIN
    assert (await client.login())["errcode"] == 0


async def test_expiry_frees_slots(client: Client, clock: Clock) -> None:
    """An expired access token takes no slot, but getting it back does."""
    first = await client.login()
    clock.now += 1800
    logins = [await client.login() for _ in range(8)]

    refreshed = await client.refresh(first["refresh_token"])

    assert all(answer["errcode"] == 0 for answer in logins)
    assert refreshed["errcode"] == 60002


async def test_revoked_token(client: Client) -> None:
    """A revoked token is as good as an expired one."""
    await client.get("del_token")

    assert await client.get("system/information") == TOKEN_EXPIRED
    assert client.pbx.live_access_tokens == []


async def test_reboot_forgets_tokens_and_links(client: Client) -> None:
    """After a restart of the PBX its clients have to log in again."""
    link = await client.play_link("3200", "vm_welcome.wav")

    client.pbx.reboot()

    assert await client.get("system/information") == TOKEN_EXPIRED
    assert json_of(await client.send("GET", link)) == DATA_NOT_FOUND
    assert (await client.login())["errcode"] == 0


def test_default_clock_is_the_system_clock(freezer: FrozenDateTimeFactory) -> None:
    """So that tests may freeze it."""
    pbx = PbxSimulator()
    before = pbx.clock()

    freezer.tick(1800)

    assert pbx.clock() - before == 1800
