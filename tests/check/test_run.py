"""What a check asks, what it finds, and when it stops."""

import asyncio

import pytest

from custom_components.yeastar_vm.check import run
from custom_components.yeastar_vm.check.findings import Finding, Outcome, Subject
from custom_components.yeastar_vm.check.run import ENDPOINTS, PbxCheck
from custom_components.yeastar_vm.pbx import Connections
from simulator import (
    Fault,
    PbxSimulator,
    Profile,
    Says,
    Spoiler,
    default_groups,
    leave_default_messages,
    profile,
)
from tests.common import LINK, endpoints
from tests.gate import Gate

from .checker import check, client_of, outcomes

CHANGES = ("delete", "record", "update", "upload", "create", "edit", "set")
# The subject that an endpoint is asked for.
ASKED = {
    "system/information": Subject.INFORMATION,
    "extension/list": Subject.EXTENSIONS,
    "extension/search": Subject.SEARCH,
    "extension/query": Subject.PRESENCES,
    "vm_group/list": Subject.GROUPS,
    "extension_vm_greeting/list": Subject.GREETINGS,
    "vm_greeting/list": Subject.GROUP_GREETINGS,
    "extension_vm_greeting/play": Subject.GREETING_LINK,
    "vm/query": Subject.MESSAGES,
    "vm/get": Subject.MESSAGES_OF_ONE,
    "vm/download": Subject.MESSAGE_LINK,
    "subscribe": Subject.EVENTS,
}


@pytest.fixture
async def full_pbx(pbx: PbxSimulator) -> PbxSimulator:
    """Return a PBX that has something of everything."""
    pbx.groups = {"6300": default_groups()["6300"]}
    leave_default_messages(pbx)
    return pbx


async def test_everything_works(
    connections: Connections, full_pbx: PbxSimulator
) -> None:
    """Each endpoint is asked once, and nothing is changed."""
    unread = [each for each in full_pbx.mailboxes.listed("3200") if not each.is_read]
    full_pbx.switches.download_marks_as_read = True

    found = await check(connections, full_pbx)

    assert outcomes(found) == dict.fromkeys(Subject, Outcome.WORKS)
    assert sorted(endpoints(full_pbx)) == sorted(
        [*ENDPOINTS, "get_token", "subscribe", "download", "download"]
    )
    assert all(
        request.method == "GET"
        for request in full_pbx.requests
        if request.endpoint != "get_token"
    )
    assert not any(each.is_read for each in unread)
    assert all(0 <= each.answer.seconds < 60 for each in found.exchanges if each.answer)


def test_nothing_that_changes_something_is_allowed() -> None:
    """Nothing is marked, rung or deleted."""
    assert {*ASKED} - {"subscribe"} == ENDPOINTS
    for endpoint in ENDPOINTS:
        assert not endpoint.endswith(CHANGES)


async def test_the_mailbox_of_a_group(
    connections: Connections, full_pbx: PbxSimulator
) -> None:
    """Its number is not that of an extension, whose greetings are asked for."""
    found = outcomes(await check(connections, full_pbx, mailbox="6300"))

    assert found[Subject.SEARCH] is Outcome.WORKS
    assert found[Subject.GREETING_AUDIO] is Outcome.WORKS
    assert found[Subject.MESSAGES_OF_ONE] is Outcome.WORKS


async def test_a_mailbox_of_which_nobody_spoke_is_not_asked(
    connections: Connections, full_pbx: PbxSimulator
) -> None:
    """The messages are those of people."""
    found = outcomes(await check(connections, full_pbx, mailbox=""))

    assert found[Subject.MESSAGES] is Outcome.NO_MAILBOX
    assert found[Subject.MESSAGES_OF_ONE] is Outcome.NO_MAILBOX
    assert found[Subject.GREETING_AUDIO] is Outcome.WORKS
    assert not any(each.startswith("vm/") for each in endpoints(full_pbx))


@pytest.mark.parametrize(
    ("endpoint", "errcode", "outcome"),
    [
        *((endpoint, 10005, Outcome.NO_PERMISSION) for endpoint in sorted(ENDPOINTS)),
        ("vm_group/list", 10001, Outcome.NOT_SUPPORTED),
        ("vm/get", 60001, Outcome.EMPTY),
        ("vm/query", -2, Outcome.FAULT),
    ],
)
async def test_what_one_endpoint_answers(
    connections: Connections,
    full_pbx: PbxSimulator,
    endpoint: str,
    errcode: int,
    outcome: Outcome,
) -> None:
    """What is not asked because of it is said to be left out."""
    full_pbx.errcodes[endpoint] = errcode

    found = outcomes(await check(connections, full_pbx))

    assert found.pop(ASKED[endpoint]) is outcome
    assert {*found.values()} <= {Outcome.WORKS, Outcome.NOTHING_TO_ASK}
    assert found[Subject.EVENTS] is Outcome.WORKS


@pytest.mark.parametrize("endpoint", sorted(ASKED))
async def test_a_silent_endpoint(
    connections: Connections,
    full_pbx: PbxSimulator,
    endpoint: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The rest is checked all the same."""
    monkeypatch.setattr(run, "LONGEST_QUESTION", 0.3)
    full_pbx.faults[endpoint] = Fault.SILENT

    found = outcomes(await check(connections, full_pbx))

    assert found[ASKED[endpoint]] is Outcome.SILENT
    assert found[Subject.SIGN_IN] is Outcome.WORKS


async def test_a_pbx_that_says_nothing(
    connections: Connections, pbx: PbxSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sign-in fails, and nothing else is tried."""
    monkeypatch.setattr(run, "LONGEST_QUESTION", 0.3)
    pbx.faults["*"] = Fault.SILENT

    found = outcomes(await check(connections, pbx))

    assert found.pop(Subject.SIGN_IN) is Outcome.SILENT
    assert {*found.values()} == {Outcome.STOPPED}
    pbx.faults.clear()


async def test_the_whole_ends_in_time(
    connections: Connections, pbx: PbxSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was not found out by then is said."""
    monkeypatch.setattr(run, "LONGEST", 0.3)
    pbx.faults["system/information"] = Fault.SILENT

    found = outcomes(await check(connections, pbx))

    assert found.pop(Subject.SIGN_IN) is Outcome.WORKS
    assert {*found.values()} == {Outcome.NO_TIME}


@pytest.mark.parametrize("errcode", [70004, 70087, 10004])
async def test_it_stops_when_the_pbx_refuses(
    connections: Connections, full_pbx: PbxSimulator, errcode: int
) -> None:
    """Nothing further is sent, and no token is renewed."""
    full_pbx.errcodes["system/information"] = errcode

    found = outcomes(await check(connections, full_pbx))

    assert found.pop(Subject.SIGN_IN) is Outcome.WORKS
    assert found.pop(Subject.INFORMATION) is Outcome.REFUSED
    assert {*found.values()} == {Outcome.STOPPED}
    assert endpoints(full_pbx) == ["get_token", "system/information"]


@pytest.mark.parametrize("errcode", [70004, 70087])
@pytest.mark.parametrize("endpoint", sorted({*ASKED} - {"subscribe"}))
async def test_it_stops_at_the_first_sign_of_a_block(
    connections: Connections, full_pbx: PbxSimulator, endpoint: str, errcode: int
) -> None:
    """Wherever that is: what follows is not sent, and what waits is ended."""
    full_pbx.errcodes[endpoint] = errcode
    client = client_of(connections, full_pbx)

    found = outcomes(await PbxCheck(client, "3200", listen=0).run())

    asked = endpoints(full_pbx)
    assert found[ASKED[endpoint]] is Outcome.REFUSED
    assert asked.count(endpoint) == 1
    again = outcomes(await PbxCheck(client, "3200", listen=0).run())
    assert again[Subject.INFORMATION] is Outcome.REFUSED
    assert endpoints(full_pbx) == asked


async def test_it_stops_when_a_link_is_answered_by_a_block(
    connections: Connections, full_pbx: PbxSimulator
) -> None:
    """Though nothing else was refused."""
    full_pbx.errcodes["download"] = 70004

    found = outcomes(await check(connections, full_pbx))

    assert Outcome.REFUSED in {
        found[Subject.GREETING_AUDIO],
        found[Subject.MESSAGE_AUDIO],
    }


async def test_a_client_that_is_closed_ends_the_check(
    connections: Connections, full_pbx: PbxSimulator
) -> None:
    """The entry is reloaded in the middle: nothing is wrong with the PBX."""
    client = client_of(connections, full_pbx)
    gate = Gate(full_pbx, "extension/list")
    checking = asyncio.create_task(PbxCheck(client, "", listen=0).run())
    await gate.arrived()

    await client.close()
    found = outcomes(await checking)

    gate.open()
    assert found[Subject.INFORMATION] is Outcome.WORKS
    assert found[Subject.EXTENSIONS] is Outcome.STOPPED
    assert Outcome.REFUSED not in found.values()


async def test_a_check_that_is_cancelled_asks_nothing_further(
    connections: Connections, full_pbx: PbxSimulator
) -> None:
    """Whoever closes the dialog does not wait for it."""
    client = client_of(connections, full_pbx)
    gate = Gate(full_pbx, "extension/list")
    checking = asyncio.create_task(PbxCheck(client, "3200", listen=0).run())
    await gate.arrived()

    checking.cancel()
    await asyncio.wait([checking])

    asked = endpoints(full_pbx)
    gate.open()
    assert checking.cancelled()
    assert "extension/search" not in asked
    assert (await client.system.information()).model == full_pbx.model


@pytest.mark.parametrize("fault", [Fault.UNAUTHORIZED_401, Fault.HTML, Fault.REDIRECT])
async def test_a_gateway_in_front(
    connections: Connections, full_pbx: PbxSimulator, fault: Fault
) -> None:
    """What is no answer of the API is said; a refusal is the end."""
    full_pbx.faults["extension/list"] = fault

    found = outcomes(await check(connections, full_pbx))

    expected = Outcome.INVALID if fault is Fault.HTML else Outcome.REFUSED
    assert found[Subject.EXTENSIONS] is expected


async def test_a_sign_in_that_is_refused(
    connections: Connections, pbx: PbxSimulator
) -> None:
    """It is tried once."""
    pbx.errcodes["get_token"] = -1

    found = outcomes(await check(connections, pbx))

    assert found.pop(Subject.SIGN_IN) is Outcome.REFUSED
    assert {*found.values()} == {Outcome.STOPPED}
    assert endpoints(pbx) == ["get_token"]


@pytest.mark.parametrize("name", profile.names())
async def test_profiles(connections: Connections, name: str) -> None:
    """Whatever a PBX was seen to do, it is checked."""
    async with PbxSimulator(profile=Profile.named(name)) as pbx:
        found = outcomes(await check(connections, pbx, mailbox=""))

    assert found[Subject.INFORMATION] is Outcome.WORKS


@pytest.mark.parametrize(
    ("endpoint", "fault", "of_link", "of_audio"),
    [
        ("download", Fault.SILENT, Outcome.WORKS, Outcome.SILENT),
        (
            LINK,
            Says({"errcode": 0, "play_resource_url": "https://other.example/a.wav"}),
            Outcome.UNUSABLE,
            Outcome.NOTHING_TO_ASK,
        ),
    ],
)
async def test_a_link_that_leads_to_nothing(
    connections: Connections,
    full_pbx: PbxSimulator,
    monkeypatch: pytest.MonkeyPatch,
    endpoint: str,
    fault: Spoiler,
    of_link: Outcome,
    of_audio: Outcome,
) -> None:
    """What is wrong is said of the link or of its audio, and the rest is checked."""
    monkeypatch.setattr(run, "LONGEST_QUESTION", 0.3)
    full_pbx.faults[endpoint] = fault

    found = outcomes(await check(connections, full_pbx, mailbox=""))

    assert found[Subject.GREETING_LINK] is of_link
    assert found[Subject.GREETING_AUDIO] is of_audio
    assert found[Subject.EVENTS] is Outcome.WORKS


async def test_a_socket_that_ends_while_it_listens(
    connections: Connections, full_pbx: PbxSimulator
) -> None:
    """The check ends then: the answers have shown that there are events."""
    client = client_of(connections, full_pbx)
    listens = asyncio.Event()

    def note(finding: Finding) -> None:
        if finding.subject is Subject.EVENTS:
            listens.set()

    checking = asyncio.create_task(PbxCheck(client, "", on_found=note, listen=60).run())
    await listens.wait()

    full_pbx.drop_sockets()

    found = await checking
    assert outcomes(found)[Subject.EVENTS] is Outcome.WORKS
    assert [frame.is_sent for frame in found.frames] == [True, False, True, False]
