"""Who is let in: User-Agent, allow-list, signing in, the block list."""

import re
from typing import Any

import pytest

from simulator import BlockExpiry, Refusal

from .common import (
    IP_FORBIDDEN,
    LIST,
    REFUSED_LOGIN,
    SUCCESS,
    TOKEN_EXPIRED,
    Client,
    Clock,
    json_of,
)


@pytest.mark.parametrize(
    "without",
    [{"headers": {"User-Agent": ""}}, {"skip_auto_headers": ["User-Agent"]}],
    ids=["empty", "missing"],
)
async def test_user_agent_is_required(client: Client, without: dict[str, Any]) -> None:
    """API and audio want a User-Agent, unless switched off."""
    link = await client.play_link("3200", "vm_welcome.wav")
    path = "/openapi/v1.0/system/information"
    query = {"access_token": client.access_token}

    refused = await client.send("GET", path, params=query, **without)
    refused_audio = await client.send("GET", link, **without)
    client.pbx.switches.require_user_agent = False
    accepted = await client.send("GET", path, params=query, **without)

    assert json_of(refused) == {"errcode": 40002, "errmsg": "PARAMETER ERROR"}
    assert json_of(refused_audio) == json_of(refused)
    assert json_of(accepted)["errcode"] == 0


async def test_allow_list_comes_before_anything_else(stranger: Client) -> None:
    """A caller that is not on the list gets 70087 whatever it asks."""
    stranger.pbx.switches.allow_list = frozenset({"192.0.2.1"})

    assert await stranger.login() == IP_FORBIDDEN
    assert await stranger.login("wrong") == IP_FORBIDDEN
    assert await stranger.get("no/such/endpoint") == IP_FORBIDDEN


async def test_path_outside_of_the_api(stranger: Client) -> None:
    """A wrong base URL leads to HTTP status 404."""
    reply = await stranger.send("GET", "/openapi/v1.0")

    assert reply.status == 404


async def test_get_token(stranger: Client) -> None:
    """A login gives two tokens of 32 letters and digits, with their lifetimes."""
    answer = await stranger.login()

    access_token, refresh_token = answer["access_token"], answer["refresh_token"]
    assert answer == {
        **SUCCESS,
        "access_token_expire_time": 1800,
        "access_token": access_token,
        "refresh_token_expire_time": 86400,
        "refresh_token": refresh_token,
    }
    assert re.fullmatch(r"[A-Za-z0-9]{32}", access_token)
    assert re.fullmatch(r"[A-Za-z0-9]{32}", refresh_token)
    assert access_token != refresh_token
    assert stranger.pbx.live_access_tokens == [access_token]


@pytest.mark.parametrize("wrong", ["client_id", "client_secret"])
async def test_wrong_credentials(stranger: Client, wrong: str) -> None:
    """A wrong ID and a wrong secret are the same generic failure."""
    pbx = stranger.pbx
    body = {"username": pbx.client_id, "password": pbx.client_secret}
    setattr(pbx, wrong, "changed")

    answer = await stranger.call("POST", "get_token", json=body)

    assert answer == REFUSED_LOGIN


@pytest.mark.parametrize(
    "errcode",
    [1, -2, 20002, 40002, 40011, 60101, 70001, 70002, 70003, 70082, 10009, 70084],
)
async def test_wrong_credentials_under_another_code(
    stranger: Client, errcode: int
) -> None:
    """Which one is not known; it counts as a failed sign-in."""
    stranger.pbx.switches.wrong_secret = errcode

    answers = [await stranger.login("wrong") for _ in range(6)]

    assert [answer["errcode"] for answer in answers] == [errcode] * 5 + [70004]
    assert "invalid_param_list" not in answers[0]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"username=x", {"errcode": 40001, "errmsg": "PARAMETER SYNTAX ERROR"}),
        (b"[]", {"errcode": 40001, "errmsg": "PARAMETER SYNTAX ERROR"}),
        (
            b'{"username": "x"}',
            {
                "errcode": 40002,
                "errmsg": "PARAMETER ERROR",
                "invalid_param_list": [
                    {"field": "password", "validation_type": "required"}
                ],
            },
        ),
    ],
)
async def test_login_without_credentials(
    stranger: Client, body: bytes, expected: object
) -> None:
    """The body has to be a JSON object with both fields."""
    assert await stranger.call("POST", "get_token", data=body) == expected


async def test_five_failed_logins_block_the_address(
    stranger: Client, clock: Clock
) -> None:
    """Five failures are answered as such, then even the right secret is refused."""
    failures = [await stranger.login("wrong") for _ in range(5)]
    clock.now += 60

    answer = await stranger.login()

    assert failures == [REFUSED_LOGIN] * 5
    assert answer == {
        "errcode": 70004,
        "errmsg": "ACCOUNT IP BLOCKED",
        "block_expire_time": 540,
    }
    assert (await stranger.refresh("any"))["errcode"] == 70004


async def test_block_ends_by_itself(stranger: Client, clock: Clock) -> None:
    """After the time that was announced the count starts from zero."""
    for _ in range(5):
        await stranger.login("wrong")
    clock.now += 600

    failure = await stranger.login("wrong")
    success = await stranger.login()

    assert failure == REFUSED_LOGIN
    assert success["errcode"] == 0


async def test_block_until_it_is_lifted(stranger: Client, clock: Clock) -> None:
    """A block may last until the administrator lifts it, reboot or not."""
    stranger.pbx.switches.block_seconds = None
    for _ in range(5):
        await stranger.login("wrong")
    clock.now += 10 * 86400
    stranger.pbx.reboot()

    blocked = await stranger.login()
    stranger.pbx.lift_blocks()
    lifted = await stranger.login()

    assert blocked == {"errcode": 70004, "errmsg": "ACCOUNT IP BLOCKED"}
    assert lifted["errcode"] == 0


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        (BlockExpiry.SECONDS_LEFT, {"block_expire_time": 600}),
        (BlockExpiry.EPOCH, {"block_expire_time": 1_755_852_880}),
        (BlockExpiry.MISSING, {}),
    ],
)
async def test_block_expire_time(
    stranger: Client, form: BlockExpiry, expected: dict[str, int]
) -> None:
    """The format of the field is not documented."""
    stranger.pbx.switches.block_expire_time = form
    for _ in range(5):
        await stranger.login("wrong")

    answer = await stranger.login()

    assert answer == {"errcode": 70004, "errmsg": "ACCOUNT IP BLOCKED", **expected}


async def test_only_consecutive_failures_block(stranger: Client) -> None:
    """A login that succeeds starts the count from zero."""
    for secret in ["wrong"] * 4 + [None] + ["wrong"] * 4:
        await stranger.login(secret)

    assert (await stranger.login())["errcode"] == 0


async def test_allowed_address_is_not_blocked(stranger: Client) -> None:
    """Addresses on the allow-list are protected from the block list."""
    stranger.pbx.switches.allow_list = frozenset({"127.0.0.1"})

    failures = [await stranger.login("wrong") for _ in range(6)]

    assert failures == [REFUSED_LOGIN] * 6


# Permissions, malformed parameters, HTTP statuses


@pytest.mark.parametrize("missing", ["extension_vm_greeting", LIST])
async def test_a_permission_that_is_missing(client: Client, missing: str) -> None:
    """It is that of a family or of one endpoint; a dead token is refused before it."""
    client.pbx.switches.permissions_missing = frozenset({missing})

    refused = await client.get(LIST, extension="3200")
    other = await client.get("extension/list")
    client.access_token = "dead"
    dead = await client.get(LIST, extension="3200")

    assert refused == {"errcode": 10005, "errmsg": "ACCESS DENIED"}
    assert other["errcode"] == 0
    assert dead["errcode"] == 10004


@pytest.mark.parametrize(
    ("refusal", "errmsg"),
    [
        (Refusal.OPERATION_FAILED, "OPERATION FAILED"),
        (Refusal.ACTION_FORBIDDEN, "ACTION FORBIDDEN"),
    ],
)
async def test_other_words_for_a_missing_permission(
    client: Client, refusal: Refusal, errmsg: str
) -> None:
    """The table has three."""
    client.pbx.switches.permissions_missing = frozenset({LIST})
    client.pbx.switches.permission_refusal = refusal

    assert await client.get(LIST) == {"errcode": refusal, "errmsg": errmsg}


@pytest.mark.parametrize(
    ("method", "endpoint", "options"),
    [
        ("POST", "get_token", {"data": b"no JSON"}),
        ("POST", "get_token", {"json": {}}),
        ("GET", "extension/list", {"params": {"page": "0"}}),
    ],
)
async def test_malformed_parameters_as_a_fault_of_the_pbx(
    client: Client, method: str, endpoint: str, options: dict[str, Any]
) -> None:
    """Seen as -2 for what is 40001 or 40002 elsewhere."""
    client.pbx.switches.malformed_refusal = Refusal.INTERNAL_SERVER_ERROR
    if "params" in options:
        options["params"]["access_token"] = client.access_token

    answer = await client.call(method, endpoint, **options)

    assert answer == {"errcode": -2, "errmsg": "INTERNAL SERVER ERROR"}


async def test_a_missing_user_agent_is_no_malformed_parameter(client: Client) -> None:
    """Each has a switch of its own."""
    client.pbx.switches.malformed_refusal = Refusal.INTERNAL_SERVER_ERROR

    answer = await client.call("GET", "del_token", headers={"User-Agent": ""})

    assert answer["errcode"] == 40002


async def test_http_status_of_errors(stranger: Client) -> None:
    """It is 200 as far as it is known, but for a switch; successes always have 200."""
    stranger.pbx.switches.error_status = 401

    refused = await stranger.send("GET", f"/openapi/v1.0/{LIST}")
    success = await stranger.login()

    assert (refused.status, json_of(refused)) == (401, TOKEN_EXPIRED)
    assert success["errcode"] == 0
