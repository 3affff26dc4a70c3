"""The presence of extensions, and what their details say."""

import json
from typing import Any

import pytest

from simulator import CustomPresence, Encoding, SimulatedExtension, SimulatedGreeting
from simulator.wav import tone

from .common import SUCCESS, Client
from .websocket import connected, nothing_more

EXTENSION_CHANGED, PRESENCE = 30022, 30009


async def update(client: Client, **body: object) -> Any:
    """Edit an extension."""
    return await client.call(
        "POST",
        "extension/update",
        params={"access_token": client.access_token},
        json=body,
    )


async def presence_in_list(client: Client, number: str) -> tuple[str, str]:
    """Return the presence in the list, and the custom one."""
    rows = (await client.get("extension/search", search_value=number))["data"]
    return rows[0]["presence_status"], rows[0]["custom_presence_status"]


async def test_change(client: Client) -> None:
    """A partial update is enough; lists and events say so."""
    async with connected(client, [PRESENCE, EXTENSION_CHANGED]) as websocket:
        answer = await update(client, id=1, presence_status="lunch")

        events = [await websocket.receive_json() for _ in range(2)]

    assert answer == SUCCESS
    assert await presence_in_list(client, "3200") == ("lunch", "")
    assert [(event["type"], json.loads(event["msg"])) for event in events] == [
        (PRESENCE, {"extension": "3200", "status": "lunch"}),
        (EXTENSION_CHANGED, {"ext_number": "3200", "option": "UPDATE"}),
    ]


async def test_change_at_the_phone(client: Client) -> None:
    """Is no change of the extension's settings."""
    async with connected(client, [PRESENCE, EXTENSION_CHANGED]) as websocket:
        client.pbx.set_presence("3200", "away")

        event = await websocket.receive_json()

        assert json.loads(event["msg"]) == {"extension": "3200", "status": "away"}
        assert await nothing_more(websocket)


async def test_change_to_the_same(client: Client) -> None:
    """Is none."""
    client.pbx.switches.api_change_announced = False
    async with connected(client, [PRESENCE, EXTENSION_CHANGED]) as websocket:
        await update(client, id="1", presence_status="available")
        client.pbx.set_presence("3200", "available")

        assert await nothing_more(websocket)


async def test_extension_that_is_not_monitored(client: Client) -> None:
    """Changes without an event."""
    client.pbx.switches.monitored = frozenset({"3201"})
    async with connected(client, [PRESENCE]) as websocket:
        client.pbx.set_presence("3200", "away")

        assert await nothing_more(websocket)
        assert await presence_in_list(client, "3200") == ("away", "")


@pytest.mark.parametrize(
    ("says_custom", "status"), [(False, "away"), (True, "In the lab")]
)
async def test_custom_presence(client: Client, says_custom: bool, status: str) -> None:
    """It stands beside a default one; which of them an event says is left open."""
    client.pbx.switches.presence_event_custom = says_custom
    async with connected(client, [PRESENCE]) as websocket:
        client.pbx.set_presence("3200", "away", "In the lab")

        event = await websocket.receive_json()

    assert await presence_in_list(client, "3200") == ("away", "In the lab")
    assert json.loads(event["msg"])["status"] == status


@pytest.mark.parametrize(
    ("form", "custom"),
    [
        (CustomPresence.EMPTY, ""),
        (CustomPresence.REPEATS, "lunch"),
        (CustomPresence.LAGS, "available"),
    ],
)
async def test_no_custom_presence(
    client: Client, form: CustomPresence, custom: str
) -> None:
    """Real ones were seen to repeat the default one; how fast is not known."""
    client.pbx.switches.custom_presence = form
    await update(client, id=1, presence_status="lunch")

    lunch = await presence_in_list(client, "3200")
    client.pbx.set_presence("3200", "away", "In the lab")

    assert lunch == ("lunch", custom)
    assert await presence_in_list(client, "3200") == ("away", "In the lab")


async def test_older_firmware_has_no_custom_presence(client: Client) -> None:
    """The rows have no such field."""
    client.pbx.switches.custom_presence = CustomPresence.MISSING

    rows = (await client.get("extension/list"))["data"]

    assert all("custom_presence_status" not in row for row in rows)


@pytest.mark.parametrize("status", ["", "Available", "asleep", None, 1])
async def test_unknown_presence(client: Client, status: object) -> None:
    """Is refused."""
    answer = await update(client, id=1, presence_status=status)

    assert answer["errcode"] == 40002
    assert await presence_in_list(client, "3200") == ("available", "")


# Details


async def test_details_carry_passwords(client: Client) -> None:
    """A client has to keep them to itself."""
    one = await client.get("extension/get", id="1")
    several = await client.get("extension/query", ids="1,4")

    secrets = [value for value in one["data"].values() if "Secret" in str(value)]
    assert len(secrets) == 4
    assert [row["number"] for row in several["data"]] == ["3200", "0042"]
    assert several["data"][0] == one["data"]


@pytest.mark.parametrize(("named", "custom"), [(False, None), (True, "In the garden")])
async def test_details_may_name_a_custom_presence(
    client: Client, *, named: bool, custom: str | None
) -> None:
    """Their documents do not say whether they do."""
    client.pbx.switches.detail_custom_presence = named
    client.pbx.set_presence("3200", "away", "In the garden")

    row = (await client.get("extension/get", id="1"))["data"]

    assert row["presence_status"] == "away"
    assert row.get("custom_presence_status") == custom


async def test_details_say_what_callers_hear(client: Client) -> None:
    """The settings hold full names."""
    extension = client.pbx.extensions["3200"]
    extension.vm_greeting = "holiday.wav"
    extension.presence_greetings = {"away": "closed.WAV"}

    data = (await client.get("extension/get", id="1"))["data"]

    assert data["vm_greeting"] == "holiday.wav"
    assert data["presence_list"][:2] == [
        {"status": "available", "vm_greeting": ""},
        {"status": "away", "vm_greeting": "closed.WAV"},
    ]


async def test_details_without_greetings(client: Client) -> None:
    """Whether they are there could not be read in the documents."""
    client.pbx.switches.detail_greetings = False

    data = (await client.get("extension/get", id="1"))["data"]

    assert data.keys().isdisjoint({"vm_greeting", "presence_list"})
    assert data["presence_status"] == "available"


async def test_extensions_come_and_go(client: Client) -> None:
    """Event 30022 says so; no ID is given twice."""
    async with connected(client, [EXTENSION_CHANGED]) as websocket:
        await client.get("extension/list")
        client.pbx.delete_extension("0042")
        client.pbx.add_extension(SimulatedExtension("3300", "New One"))

        events = [await websocket.receive_json() for _ in range(2)]

    rows = (await client.get("extension/list"))["data"]
    assert [json.loads(event["msg"])["option"] for event in events] == [
        "DELETE",
        "CREATE",
    ]
    assert [row["id"] for row in rows] == [1, 2, 3, 5]


# What callers hear


async def test_greeting_for_callers(client: Client) -> None:
    """That of the presence, else that of the extension, else that of the system."""
    pbx = client.pbx
    pbx.add_extension(
        SimulatedExtension(
            "3300",
            "New One",
            [SimulatedGreeting("day.wav", frequency=1600)],
            vm_greeting="day.wav",
            presence_greetings={"away": "gone.wav", "lunch": "missing.wav"},
        )
    )
    pbx.extensions["3300"].greetings.append(
        SimulatedGreeting("gone.wav", frequency=1700)
    )

    heard = []
    for presence in ("available", "away", "lunch"):
        pbx.set_presence("3300", presence)
        heard.append(pbx.greeting_for_callers("3300"))

    day, gone = (tone(Encoding.PCM16, frequency, 2) for frequency in (1600, 1700))
    assert heard == [day, gone, day]
    assert pbx.greeting_for_callers("3200") is None
