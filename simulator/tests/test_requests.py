"""What all endpoints want: their method, a firmware, a token, and parameters."""

from typing import Any

import pytest

from simulator import SimulatedGreeting, SimulatedGroup
from simulator.endpoints import ENDPOINTS

from .common import DATA_NOT_FOUND, INTERFACE_NOT_EXISTED, TOKEN_EXPIRED, Client

EXTENSION, GROUP = "extension_vm_greeting", "vm_greeting"
GOOD: dict[str, object] = {
    "extension": "3200",
    "owner": "3200",
    "recorder": "3201",
    "number": "3200",
    "file": "vm_welcome.wav",
    "id": "1",
    "ids": "1",
    "vm_status": 1,
    "username": "x",
    "password": "x",
}
REQUIRED = {
    "get_token": ("username", "password"),
    "refresh_token": ("refresh_token",),
    "extension/get": ("id",),
    "extension/query": ("ids",),
    "extension/update": ("id",),
    "vm/get": ("number",),
    "vm/query": ("number",),
    "vm/download": ("msg_id",),
    "vm/update": ("vm_status", "id"),
    "vm/delete": ("id",),
    **{
        f"{prefix}/{endpoint}": fields
        for prefix in (EXTENSION, GROUP)
        for endpoint, fields in {
            "list": ("extension",),
            "play": ("extension", "file"),
            "download": ("extension", "file"),
            "record": ("owner", "recorder", "file"),
            "update": ("id", "number", "file"),
            "delete": ("extension", "file"),
        }.items()
    },
}


async def ask(client: Client, endpoint: str, **fields: object) -> Any:
    """Send fields as an endpoint wants them: in the query, or as JSON."""
    if ENDPOINTS[endpoint].method == "GET":
        return await client.get(endpoint, **{n: str(v) for n, v in fields.items()})
    query = {"access_token": client.access_token}
    return await client.call("POST", endpoint, params=query, json=fields)


@pytest.mark.parametrize("endpoint", ["no/such/endpoint", *ENDPOINTS])
async def test_endpoint_or_method_that_does_not_exist(
    client: Client, endpoint: str
) -> None:
    """There is one method for each endpoint."""
    known = ENDPOINTS.get(endpoint)
    method = "GET" if known and known.method == "POST" else "POST"
    query = {"access_token": client.access_token}

    answer = await client.call(method, endpoint, params=query)

    assert answer == INTERFACE_NOT_EXISTED


@pytest.mark.parametrize(
    ("switch", "family"),
    [
        ("greeting_endpoints", EXTENSION),
        ("group_greeting_endpoints", GROUP),
        ("group_endpoints", "vm_group"),
    ],
)
async def test_older_firmware(client: Client, switch: str, family: str) -> None:
    """It has everything but one family: before xx.23.0 no greetings."""
    setattr(client.pbx.switches, switch, False)

    for endpoint in ENDPOINTS:
        answer = await ask(client, endpoint)

        is_missing = endpoint.startswith(f"{family}/")
        assert (answer == INTERFACE_NOT_EXISTED) is is_missing, endpoint


@pytest.mark.parametrize(
    "endpoint", [path for path, endpoint in ENDPOINTS.items() if endpoint.needs_token]
)
@pytest.mark.parametrize("token", ["", "unknown"])
async def test_endpoints_that_need_a_token(
    stranger: Client, endpoint: str, token: str
) -> None:
    """All but the two that give tokens do; an unknown one has no code of its own."""
    stranger.access_token = token

    assert await ask(stranger, endpoint) == TOKEN_EXPIRED


@pytest.mark.parametrize(
    ("endpoint", "field"),
    [(path, field) for path, fields in REQUIRED.items() for field in fields],
)
async def test_a_parameter_that_is_missing(
    client: Client, endpoint: str, field: str
) -> None:
    """The answer names it; an empty one is missing, too."""
    given = {name: GOOD.get(name, "x") for name in REQUIRED[endpoint] if name != field}

    for fields in (given, {**given, field: ""}):
        assert await ask(client, endpoint, **fields) == {
            "errcode": 40002,
            "errmsg": "PARAMETER ERROR",
            "invalid_param_list": [{"field": field, "validation_type": "required"}],
        }


async def test_several_parameters_that_are_missing(client: Client) -> None:
    """The answer names all of them."""
    answer = await client.get(f"{EXTENSION}/play")

    named = [each["field"] for each in answer["invalid_param_list"]]
    assert named == ["extension", "file"]


@pytest.mark.parametrize(
    ("endpoint", "fields"),
    [
        (f"{EXTENSION}/list", {"extension": "9999"}),
        (f"{EXTENSION}/list", {"extension": "6300"}),
        (f"{GROUP}/list", {"extension": "3200"}),
        *(
            (f"{EXTENSION}/{endpoint}", {"extension": extension, "file": file})
            for endpoint in ("play", "download", "delete")
            # Case, suffix and leading zeros matter.
            for extension, file in (
                ("3200", "vm_welcome"),
                ("3200", "vm_end.wav"),
                ("3200", "VM_WELCOME.wav"),
                ("3200", "closed.wav"),
                ("3201", "vm_welcome.wav"),
                ("42", "hello.wav"),
                ("9999", "vm_welcome.wav"),
            )
        ),
        (f"{GROUP}/play", {"extension": "6300", "file": "vm_welcome.wav"}),
        (f"{EXTENSION}/record", {"owner": "9999", "recorder": "3201", "file": "a"}),
        (f"{EXTENSION}/record", {"owner": "3200", "recorder": "9999", "file": "a"}),
        (f"{GROUP}/record", {"owner": "3200", "recorder": "3201", "file": "a"}),
        (f"{EXTENSION}/update", {"id": 8, "number": "3200", "file": "new"}),
        (f"{EXTENSION}/update", {"id": 20, "number": "9999", "file": "new"}),
        (f"{GROUP}/update", {"id": 20, "number": "6300", "file": "new"}),
        ("extension/get", {"id": 99}),
        ("extension/query", {"ids": "1,99"}),
        ("extension/update", {"id": 99}),
        ("extension/update", {"id": 3200}),
        ("vm/get", {"number": "9999"}),
        ("vm/download", {"msg_id": "1-1"}),
        ("vm/download", {"uid": "1"}),
        ("vm/update", {"id": "1-1", "vm_status": 1}),
        ("vm/delete", {"id": "1-1"}),
    ],
)
async def test_what_does_not_exist(
    client: Client, endpoint: str, fields: dict[str, object]
) -> None:
    """It is found by its exact name in its own box, and by nothing like it."""
    greetings = [SimulatedGreeting("hello.wav", id=7)]
    client.pbx.groups["6300"] = SimulatedGroup("6300", "Sales", greetings=greetings)
    client.pbx.leave_message("3200", "15550123")

    assert await ask(client, endpoint, **fields) == DATA_NOT_FOUND
