"""Playing people over URLs, while a simulator runs alone."""

from collections.abc import AsyncGenerator
import json
from math import inf

from aiohttp import ClientSession
import pytest

from simulator import Encoding, Fault, PbxSimulator, Phone
from simulator.wav import tone

from .common import Client
from .websocket import connected, nothing_more

AUDIO = tone(Encoding.PCM16, 650, 4)


@pytest.fixture
async def person() -> AsyncGenerator[Client]:
    """Return somebody who can play people, and has signed in, too."""
    async with PbxSimulator(https=False) as pbx, ClientSession() as session:
        pbx.controlled = True
        client = Client(pbx, session)
        await client.login()
        yield client


async def act(client: Client, action: str, body: bytes = b"") -> tuple[int, str]:
    """Do something and return the status and the line that it answers."""
    reply = await client.send("POST", f"/control/{action}", data=body)
    return reply.status, reply.body.decode().removesuffix("\n")


async def test_leave_a_message(person: Client) -> None:
    """The caller, and audio of any length; whoever listens is told."""
    async with connected(person, [30012]) as websocket:
        status, msg_id = await act(
            person, "message?box=3200&number=15550123&name=Anna", AUDIO
        )

        event = await websocket.receive_json()

    row = (await person.get("vm/get", number="3200"))["data"][0]
    assert status == 200
    assert (row["msg_id"], row["number"], row["name"]) == (msg_id, "15550123", "Anna")
    assert (row["size"], row["duration"]) == (len(AUDIO), 4)
    assert json.loads(event["msg"])["status"] == "VOICEMAIL"


async def test_leave_a_message_without_audio(person: Client) -> None:
    """It is a tone."""
    _, msg_id = await act(person, "message?box=3200&duration=5")

    assert person.pbx.mailboxes.get(msg_id).duration == 5


async def test_hear_and_delete_a_message(person: Client) -> None:
    """As at a phone."""
    message = person.pbx.leave_message("3200", "1")

    heard = await act(person, f"read?msg_id={message.msg_id}")
    deleted = await act(person, f"delete?msg_id={message.msg_id}")

    assert heard == (200, "read")
    assert message.is_read
    assert deleted == (200, "deleted")
    assert person.pbx.mailboxes.listed("3200") == []


async def test_change_a_presence(person: Client) -> None:
    """A default one, and a name of one's own."""
    assert await act(person, "presence?extension=3200&status=away&custom=Lab") == (
        200,
        "away",
    )
    extension = person.pbx.extensions["3200"]
    assert (extension.presence, extension.custom_presence) == ("away", "Lab")


async def test_hang_up(person: Client) -> None:
    """The recording ends."""
    person.pbx.calls.phones["3201"] = Phone(rings=0, talks=inf)
    await person.get(
        "extension_vm_greeting/record", owner="3200", recorder="3201", file="spoken"
    )

    assert await act(person, "hang-up?extension=3201") == (200, "hung up")
    assert person.pbx.extensions["3200"].greetings[0].real_filename == "spoken.wav"


async def test_drop_sockets(person: Client) -> None:
    """It says how many there were."""
    async with connected(person) as websocket:
        assert await act(person, "drop-sockets") == (200, "1 dropped")
        assert (await websocket.receive()).data is None


@pytest.mark.parametrize(
    ("action", "reason"),
    [
        ("message", "There is no 'box'"),
        ("message?box=9999", "There is no '9999'"),
        ("message?box=3200&duration=long", "invalid literal for int"),
        ("read?msg_id=1-1", "There is no '1-1'"),
        ("presence?extension=3200&status=asleep", "The presences are available, "),
        ("presence?extension=9999&status=away", "There is no '9999'"),
        ("hang-up?extension=3201", "There is no '3201'"),
    ],
)
async def test_what_cannot_be_done(person: Client, action: str, reason: str) -> None:
    """One line says why."""
    status, line = await act(person, action)

    assert status == 400
    assert line.startswith(reason)


async def test_full_mailbox(person: Client) -> None:
    """Takes no message."""
    person.pbx.switches.full_mailbox_drops_oldest = False
    person.pbx.switches.mailbox_limit = 0

    assert await act(person, "message?box=3200") == (400, "The mailbox 3200 is full")


async def test_unknown_action(person: Client) -> None:
    """Nor is a GET an action."""
    assert (await act(person, "dance"))[0] == 404
    assert (await person.send("GET", "/control/message?box=3200")).status == 404


async def test_people_are_not_spoiled(person: Client) -> None:
    """Faults are the network's."""
    person.pbx.faults["*"] = Fault.RESET

    assert (await act(person, "message?box=3200"))[0] == 200


async def test_a_pbx_has_no_such_urls(person: Client) -> None:
    """Only where it was asked for."""
    person.pbx.controlled = False

    assert (await act(person, "message?box=3200"))[0] == 404
    async with connected(person, [30012]) as websocket:
        assert await nothing_more(websocket)
